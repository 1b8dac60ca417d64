import type { Capability } from '#spec/chorus/vocabulary';
import type { ChorusState } from '#model/chorus/state';
import { actorFor, isCall, messagesIn, returned } from '#properties/chorus/facts';
import { same } from '#properties/chorus/laws/changes';
import { asIfEager } from '#properties/chorus/laws/eager';
import { bytesOf, layout, pagesIn } from '#properties/chorus/laws/layout';
import { refusing } from '#properties/chorus/laws/refusals';
import { together, type ChorusLaws } from '#properties/chorus/obligation';

/** How many copies there are that were put off. */
const copies = ({ objects }: ChorusState): number => objects.filter(({ life, parent }) => life === 'live' && parent !== null).length;

/** Memory that nobody maps, no message has and no copy depends on, and that is there all the same. */
function leaked(state: ChorusState): readonly string[] {
  const used = new Set<number | null>([
    ...[...state.actors, ...state.sites].flatMap(({ regions }) => regions.map(({ object }) => object)),
    ...state.objects.flatMap(({ life, parent }) => (life === 'live' ? [parent] : [])),
    ...messagesIn(state).map(([{ parcel }]) => parcel),
    ...state.threads.map(({ run }) => (run.tag === 'answered' && run.answer.tag === 'replied' ? run.answer.parcel : null)),
  ]);
  return state.objects.flatMap(({ life, segment }, id) => (life === 'dead' || segment !== null || used.has(id) ? [] : [`o${id + 1} is of use to nobody`]));
}

export const copyLaws = {
  'chorus/mapped-memory-is-shared': together(refusing('chorus/mapped-memory-is-shared'), {
    monitor: asIfEager('chorus/mapped-memory-is-shared'),
    sometimes: { 'shared memory is written': (step) => isCall(step, 'memoryWrite') && returned(step)
      && step.before.objects.some((_, object) => step.before.actors.filter(({ life, regions }) => life === 'live'
        && regions.some((region) => region.object === object)).length > 1) },
  }),

  'chorus/copies-are-snapshots': together(refusing('chorus/copies-are-snapshots'), {
    monitor: asIfEager(null),
    sometimes: {
      'a source is written': (step) => isCall(step, 'memoryWrite') && returned(step) && copies(step.before) > 0
        && step.before.objects.some(({ history }) => history !== null),
      'a copy of a copy is there': ({ after }) => after.objects.some(({ life, parent }) => life === 'live' && parent !== null
        && after.objects[parent]!.parent !== null),
      'a source goes before its copy': (step) => isCall(step, 'rgnFree') && returned(step) && copies(step.before) > 0,
      'a page that a copy depends on is evicted': (step) => isCall(step, 'pageIsEvicted') && step.before.objects[step.call.object]!.history !== null,
    },
  }),

  'chorus/source-has-one-history': {
    always: ({ objects, actors }) => objects.flatMap(({ life, history, segment }, id) => {
      if (life === 'dead') return [];
      const children = objects.flatMap((other, at) => (other.life === 'live' && other.parent === id ? [at] : []));
      const used = segment !== null || actors.some(({ regions }) => regions.some(({ object }) => object === id));
      if (history !== null) return same(children, [history]) ? [] : [`o${id + 1} has ${children.length} copies beside its history`];
      return used && children.length > 0 ? [`o${id + 1} has a copy, and no history`] : children.length > 2
        ? [`o${id + 1} stands between ${children.length} copies`] : [];
    }),
    sometimes: { 'an object stands between two copies': ({ after: { objects } }) => objects.some((_, id) => objects.filter(({ life,
      parent }) => life === 'live' && parent === id).length > 1) },
  },

  'chorus/copies-outlive-their-source': {
    always: (state) => [
      ...state.objects.flatMap(({ life, parent, history }, id) => (life === 'live' && [parent, history].some((other) => other !== null
        && state.objects[other]!.life === 'dead') ? [`o${id + 1} depends on what is gone`] : [])),
      ...[...state.actors, ...state.sites].flatMap(({ regions }) => regions.flatMap(({ object }) => (state.objects[object]!.life === 'dead'
        ? [`a region shows o${object + 1}, which is gone`] : []))),
      ...leaked(state),
    ],
    sometimes: { 'nobody maps a source any more': ({ after: { objects, actors } }) => objects.some(({ life, segment, parent }, id) => life === 'live'
      && segment === null && parent === null
      && objects.some((other) => other.life === 'live' && other.parent === id) && !actors.some(({ regions }) => regions.some(({ object }) => object === id))) },
  },

  'chorus/explicit-copy-is-whole-or-nothing': together(refusing('chorus/explicit-copy-is-whole-or-nothing'), {
    on: ['vmCopy'],
    step: (step) => {
      if (!isCall(step, 'vmCopy') || !returned(step)) return [];
      const { before, after, call } = step;
      const bytes = (state: ChorusState, capability: Capability | null, start: number) => {
        const shown = layout(state.actors[actorFor(state, call.thread, capability)!]!);
        return Array.from({ length: call.size }, (_, index) => {
          const view = shown.get(Math.floor((start + index) / state.limits.page));
          const at = (start + index) % state.limits.page;
          return view === undefined ? '??' : bytesOf(state, view.object, view.page)?.slice(2 * at, 2 * at + 2) ?? '??';
        }).join('');
      };
      const target = layout(before.actors[actorFor(before, call.thread, call.actor)!]!);
      const pages = pagesIn(before, call.to, call.size).map((at) => `${target.get(at)?.object}/${target.get(at)?.page}`);
      if (new Set(pages).size < pages.length) return [];
      return bytes(before, call.source, call.from) === bytes(after, call.actor, call.to) ? [] : ['the target does not hold what the source held'];
    },
    sometimes: { 'bytes are copied to another actor': (step) => isCall(step, 'vmCopy') && returned(step)
      && actorFor(step.before, step.call.thread, step.call.source) !== actorFor(step.before, step.call.thread, step.call.actor) },
  }),
} satisfies ChorusLaws;
