import type { HandlerKind } from '#spec/chorus/vocabulary';
import type { ActorId, ChorusState } from '#model/chorus/state';
import { actorAt, actorFor, actorName, isCall, returned, siteAt, threadName, valueOf } from '#properties/chorus/facts';
import { besides, same } from '#properties/chorus/laws/changes';
import { actorIs, threadIs } from '#properties/chorus/laws/marks';
import { refusing } from '#properties/chorus/laws/refusals';
import { together, type CallOf, type ChorusLaws, type ChorusStep } from '#properties/chorus/obligation';

const entryCalls = ['svActorHandlerConnect', 'svActorHandlerDisconnect', 'svActorHandlerGetConnected'] as const;
type EntryCall = CallOf<(typeof entryCalls)[number]>;
type Vectors = ChorusState['actors'][number]['handlers'];

/** The vectors of the actor that a call was about, before and after. */
function vectors(step: ChorusStep): { readonly actor: ActorId; readonly call: EntryCall; readonly old: Vectors; readonly now: Vectors } | null {
  if (!isCall(step, ...entryCalls) || !returned(step)) return null;
  const call = step.call as EntryCall;
  const actor = actorFor(step.before, call.thread, call.actor);
  return actor === null ? null : { actor, call, old: step.before.actors[actor]!.handlers, now: step.after.actors[actor]!.handlers };
}

/** The vectors as they are to be, with one entry other than it was. */
const withEntry = (old: Vectors, kind: HandlerKind, entry: number, handler: number | null): Vectors =>
  ({ ...old, [kind]: old[kind].map((was, at) => (at === entry ? handler : was)) });

/** The handler that the entry of a call had before it. */
const handlerBefore = (step: ChorusStep): number | null => {
  const found = vectors(step);
  return found === null ? null : found.old[found.call.kind][found.call.entry] ?? null;
};

const abortHandlers = ({ before, call }: ChorusStep): readonly number[] =>
  before.actors[actorAt(before, (call as CallOf<'threadGoesHome'>).thread)]!.handlers.abort.filter((handler) => handler !== null);

const ran = (step: ChorusStep): readonly number[] => valueOf<{ ran: readonly number[] }>(step).ran;

interface Listed { readonly ui: number; readonly name: string; readonly privilege: string; readonly stopped: boolean }

const byUi = (listed: readonly Listed[]): readonly Listed[] => listed.toSorted((a, b) => a.ui - b.ui);

export const handlerLaws = {
  'chorus/handlers-are-for-supervisors': refusing('chorus/handlers-are-for-supervisors'),

  'chorus/handlers-stand-in-their-entry': {
    on: entryCalls,
    step: (step) => {
      const found = vectors(step);
      if (found === null) return [];
      const { actor, call, old, now } = found;
      if (call.operation === 'svActorHandlerGetConnected') {
        return [...(same(valueOf(step), { handler: handlerBefore(step) }) ? [] : ['another handler was told than the entry has']), ...besides(step)];
      }
      const due = withEntry(old, call.kind, call.entry, call.operation === 'svActorHandlerConnect' ? call.handler : null);
      return [...(same(now, due) ? [] : [`the handlers of ${actorName(actor)} are not as asked`]), ...besides(step, actorIs(actor, 'handlers'))];
    },
    sometimes: {
      'a handler takes the place of another': (step) => isCall(step, 'svActorHandlerConnect') && handlerBefore(step) !== null
        && handlerBefore(step) !== step.call.handler,
      'an entry is cleared': (step) => isCall(step, 'svActorHandlerDisconnect') && handlerBefore(step) !== null,
      'a connected handler is told': (step) => isCall(step, 'svActorHandlerGetConnected') && handlerBefore(step) !== null,
    },
  },

  'chorus/new-actor-inherits-handlers': {
    on: ['actorCreate'],
    step: (step) => {
      if (!isCall(step, 'actorCreate') || !returned(step)) return [];
      const pattern = step.before.actors[actorFor(step.before, step.call.thread, step.call.initial)!]!;
      return same(step.after.actors.at(-1)!.handlers, pattern.handlers) ? [] : ['the new actor has other handlers than its pattern'];
    },
    sometimes: {
      'the pattern has an abort handler': (step) => isCall(step, 'actorCreate') && returned(step)
        && step.after.actors.at(-1)!.handlers.abort.some((handler) => handler !== null),
    },
  },

  'chorus/abort-handlers-run-in-order': {
    on: ['threadGoesHome'],
    step: (step) => {
      if (!isCall(step, 'threadGoesHome')) return [];
      const { thread } = step.call;
      const due = step.before.threads[thread]!.aborted ? abortHandlers(step) : [];
      const aborted = step.before.threads[thread]!.aborted && due.length === 0;
      return [
        ...(returned(step) && same(ran(step), due) ? [] : [`${threadName(thread)} did not run the abort handlers of its actor, or ran others`]),
        ...(step.after.threads[thread]!.aborted === aborted ? [] : [`${threadName(thread)} ${aborted ? 'is aborted no longer' : 'is still aborted'}`]),
        ...besides(step, threadIs(thread, 'aborted')),
      ];
    },
    sometimes: {
      'an aborted thread runs several handlers': (step) => isCall(step, 'threadGoesHome') && new Set(ran(step)).size > 1,
      'an aborted thread finds no handler': (step) => isCall(step, 'threadGoesHome') && step.before.threads[step.call.thread]!.aborted && ran(step).length === 0,
      'a thread is not aborted, and there is a handler': (step) => isCall(step, 'threadGoesHome') && !step.before.threads[step.call.thread]!.aborted
        && abortHandlers(step).length > 0,
    },
  },

  'chorus/actors-have-names': together(refusing('chorus/actors-have-names'), {
    on: ['actorName'],
    step: (step) => {
      if (!isCall(step, 'actorName') || !returned(step)) return [];
      const { thread, actor: capability, set } = step.call;
      const actor = actorFor(step.before, thread, capability)!;
      const old = step.before.actors[actor]!.name;
      const due = set === null ? old : set.substring(0, step.before.limits.name);
      return [
        ...(same(valueOf(step), { old }) ? [] : ['actorName told another name than there was']),
        ...(step.after.actors[actor]!.name === due ? [] : [`${actorName(actor)} is not called as asked`]),
        ...besides(step, actorIs(actor, 'name')),
      ];
    },
    sometimes: {
      'a name is too long': (step) => isCall(step, 'actorName') && returned(step) && (step.call.set?.length ?? 0) > step.before.limits.name,
      'a name is asked for': (step) => isCall(step, 'actorName') && returned(step) && step.call.set === null && valueOf<{ old: string }>(step).old !== '',
    },
  }),

  'chorus/actors-of-a-site-are-listed': {
    on: ['actorStat'],
    step: (step) => {
      if (!isCall(step, 'actorStat') || !returned(step)) return [];
      const here = siteAt(step.before, step.call.thread);
      const due = step.before.actors.flatMap(({ life, site, ui, name, privilege, stopped }) =>
        (life === 'live' && site === here ? [{ ui, name, privilege, stopped }] : []));
      const told = valueOf<{ actors: readonly Listed[] }>(step).actors;
      return [...(same(byUi(told), byUi(due)) ? [] : ['actorStat told of other actors than those of the site']), ...besides(step)];
    },
    sometimes: {
      'an actor of the site has gone': (step) => isCall(step, 'actorStat')
        && step.before.actors.some(({ life, site }) => life === 'dead' && site === siteAt(step.before, step.call.thread)),
      'there are actors on another site': (step) => isCall(step, 'actorStat')
        && step.before.actors.some(({ life, site }) => life === 'live' && site !== siteAt(step.before, step.call.thread)),
      'an actor of the site is stopped': (step) => isCall(step, 'actorStat')
        && step.before.actors.some(({ life, stopped, site }) => life === 'live' && stopped && site === siteAt(step.before, step.call.thread)),
    },
  },
} satisfies ChorusLaws;
