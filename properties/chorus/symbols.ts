import type { Capability, ThreadId } from '#spec/chorus/vocabulary';
import { actorNamed } from '#model/chorus/naming/identifiers';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import type { Symbol, Symbols } from '#properties/suite';

const LIS = 'local identifiers of ';
const SAVED = 'saved in ';

/** How the values of Chorus's calls and answers denote things. */
export const chorusSymbols: Symbols<ChorusState, ChorusCall> = {
  of(leaf, value, state, call) {
    const id = value as number;
    switch (leaf.sort) {
      case 'li': return within(LIS, leaf.space === 'target' ? targetOf(state, call) : callerOf(state, call), id);
      case 'li-after-migration': return within(LIS, destinationOf(state, call), id);
      case 'saved': return within(SAVED, callerOf(state, call), id);
      case 'ui':
      case 'key': return id === 0 ? null : { space: leaf.sort, id };
      default: return { space: leaf.sort, id };
    }
  },

  replace: (_leaf, _value, id) => id,

  fresh(space, state) {
    switch (space) {
      case 'thread': return state.threads.length;
      case 'site': return state.sites.length;
      case 'transaction': return state.transactions.length;
      case 'ui':
      case 'key': return state.uis.length;
      default: {
        const actor = state.actors[Number(space.replace(LIS, '').replace(SAVED, ''))];
        return (space.startsWith(LIS) ? actor?.ports : actor?.saved)?.length ?? 1;
      }
    }
  },
};

const within = (space: string, actor: number | null, id: number): Symbol | null =>
  (actor === null || id === 0 ? null : { space: `${space}${actor}`, id });

export const callerOf = (state: ChorusState, call: ChorusCall): number | null =>
  ('thread' in call ? state.threads[call.thread as ThreadId]?.actor ?? null : null);

/** The actor a call is about, by the identifier of its capability. */
export const targetOf = (state: ChorusState, call: ChorusCall): number | null =>
  (!('actor' in call) || call.actor === null ? callerOf(state, call) : named(state, call.actor));

const destinationOf = (state: ChorusState, call: ChorusCall): number | null =>
  (call.operation !== 'portMigrate' || call.to === null ? callerOf(state, call) : named(state, call.to));

const named = (state: ChorusState, { ui }: Capability): number | null =>
  actorNamed(state, ui) ?? (state.actors.findLastIndex((actor) => actor.ui === ui) >= 0 ? state.actors.findLastIndex((actor) => actor.ui === ui) : null);
