import type { ActorId, ChorusState } from '#model/chorus/state';
import { actorAt, actorFor, callerEvent, errorOf, isCall, returned, threadName, valueOf } from '#properties/chorus/facts';
import { besides, changes, same } from '#properties/chorus/laws/changes';
import { asIfEager } from '#properties/chorus/laws/eager';
import { bytesOf, layout, pagesIn, rootOf, targetOf, type Shown } from '#properties/chorus/laws/layout';
import { actorIs } from '#properties/chorus/laws/marks';
import { isLegal, isOwnAccess } from '#properties/chorus/laws/paging';
import { refusing } from '#properties/chorus/laws/refusals';
import { together, type CallOf, type ChorusLaws, type ChorusStep } from '#properties/chorus/obligation';

const memoryOperations = [
  'rgnAllocate', 'rgnFree', 'rgnMapFromActor', 'rgnInitFromActor', 'rgnDup', 'rgnMap', 'rgnInit', 'rgnSetProtect', 'rgnSetInherit',
] as const;
type RegionCall = CallOf<(typeof memoryOperations)[number]>;

/** An operation on regions that went through, with the address space it was about before and after. */
function changed(step: ChorusStep): { readonly actor: ActorId; readonly old: ReadonlyMap<number, Shown>; readonly now: ReadonlyMap<number,
  Shown>; readonly call: RegionCall } | null {
  if (!isCall(step, ...memoryOperations) || !returned(step)) return null;
  const call = step.call as RegionCall;
  const actor = targetOf(step.before, call);
  if (actor === null) return null;
  if ('space' in call && call.space === 'supervisor') {
    const { site } = step.before.actors[actor]!;
    return { actor, old: layout(step.before.sites[site]!), now: layout(step.after.sites[site]!), call };
  }
  return { actor, old: layout(step.before.actors[actor]!), now: layout(step.after.actors[actor]!), call };
}

/** The words for the address space that a call changes. */
function where(step: ChorusStep, actor: ActorId): string {
  const { call } = step;
  return 'space' in call && call.space === 'supervisor' ? `S${step.before.actors[actor]!.site + 1}.regions` : actorIs(actor, 'regions');
}

/** Pages that are not as they were, and were not to change. */
const unasked = (old: ReadonlyMap<number, Shown>, now: ReadonlyMap<number, Shown>, range: readonly number[]): readonly string[] => [
  ...[...old].flatMap(([page, shown]) => (range.includes(page) || same(shown, now.get(page)) ? [] : [`page ${page} is another than before`])),
  ...[...now].flatMap(([page]) => (range.includes(page) || old.has(page) ? [] : [`page ${page} is mapped, and nobody asked`])),
];

const wholePages = ({ limits }: ChorusState, size: number): number => Math.ceil(size / limits.page) * limits.page;

const tookContents = (step: ChorusStep, byte: string): boolean => isCall(step, 'rgnAllocate')
  && step.choices.some(({ kind, taken }) => kind === 'contents' && taken === byte);

export const regionLaws = {
  'chorus/new-region-is-as-asked': {
    on: ['rgnAllocate'],
    monitor: asIfEager('chorus/new-region-is-as-asked'),
    step: (step) => {
      const found = changed(step);
      if (found === null || found.call.operation !== 'rgnAllocate') return [];
      const { actor, old, now, call } = found;
      const { start } = valueOf<{ start: number }>(step);
      const range = pagesIn(step.before, start, wholePages(step.before, call.size));
      const fits = range.every((page) => now.get(page)?.writable === call.writable && now.get(page)?.inherit === call.inherit
        && now.get(page)!.object >= step.before.objects.length);
      const filled = !call.zero || range.every((page) => bytesOf(step.after, now.get(page)!.object, now.get(page)!.page) === '00'.repeat(step.before.limits.page));
      return [
        ...(call.start === null || call.start === start ? [] : [`memory was allocated at ${start}, not at ${call.start}`]),
        ...(range.every((page) => !old.has(page)) && fits && start % step.before.limits.page === 0 ? [] : ['the new region is not as asked']),
        ...(filled ? [] : ['the new region is not filled with zeros']),
        ...unasked(old, now, range), ...besides(step, where(step, actor), 'memory'),
      ];
    },
    sometimes: {
      'memory is allocated anywhere': (step) => isCall(step, 'rgnAllocate') && returned(step) && step.call.start === null,
      'a size is no whole page': (step) => isCall(step, 'rgnAllocate') && returned(step) && step.call.size % step.before.limits.page !== 0,
    },
  },

  'chorus/regions-do-not-overlap': together(refusing('chorus/regions-do-not-overlap'), {
    always: (state) => [...state.actors, ...state.sites].flatMap(({ regions }) => regions.flatMap(({ start, size }, at) =>
      (size > 0 && regions.every((other, place) => place === at || other.start + other.size <= start || start + size <= other.start) ? []
        : [`a region at page ${start} overlaps another, or is empty`]))),
    sometimes: { 'an actor has several regions': ({ after }) => after.actors.some(({ regions }) => regions.length > 2) },
  }),

  'chorus/unfilled-memory-is-unspecified': {
    on: ['rgnAllocate'],
    step: (step) => {
      if (!isCall(step, 'rgnAllocate') || !returned(step)) return [];
      const { kind, of } = step.choices.find((choice) => choice.kind === 'contents') ?? { kind: null, of: 0 };
      if (step.call.zero) return kind === null ? [] : ['what memory that is to be filled holds is left open'];
      return of > 1 ? [] : ['what memory that nobody filled holds is not left open'];
    },
    sometimes: {
      'memory that nobody filled holds zeros': (step) => tookContents(step, '00'),
      'memory that nobody filled holds something else': (step) => tookContents(step, 'a5'),
    },
  },

  'chorus/free-takes-exactly-the-range': together(refusing('chorus/free-takes-exactly-the-range'), {
    on: ['rgnFree'],
    step: (step) => {
      const found = changed(step);
      if (found === null || found.call.operation !== 'rgnFree') return [];
      const { actor, old, now, call } = found;
      const range = pagesIn(step.before, call.start, wholePages(step.before, call.size));
      return [
        ...range.flatMap((page) => (now.has(page) ? [`page ${page} is still mapped`] : [])),
        ...unasked(old, now, range), ...besides(step, where(step, actor), 'memory'),
      ];
    },
    sometimes: {
      'a region is split': (step) => isCall(step, 'rgnFree') && returned(step) && step.call.space === 'actor'
        && step.after.actors[targetOf(step.before, step.call)!]!.regions.length > step.before.actors[targetOf(step.before, step.call)!]!.regions.length,
      'two regions are cut': (step) => isCall(step, 'rgnFree') && returned(step) && step.call.space === 'actor'
        && step.before.actors[targetOf(step.before, step.call)!]!.regions
        .filter(({ start, size }) => pagesIn(step.before, (step.call as CallOf<'rgnFree'>).start,
          (step.call as CallOf<'rgnFree'>).size).some((page) => page >= start && page < start + size)).length > 1,
    },
  }),

  'chorus/memory-is-local': refusing('chorus/memory-is-local'),

  'chorus/duplication-goes-by-inheritance': together(refusing('chorus/duplication-goes-by-inheritance'), {
    on: ['rgnDup'],
    monitor: asIfEager('chorus/duplication-goes-by-inheritance'),
    step: (step) => {
      const found = changed(step);
      if (found === null || found.call.operation !== 'rgnDup') return [];
      const { actor, now, call } = found;
      const source = layout(step.before.actors[actorFor(step.before, call.thread, call.source)!]!);
      const expected = [...source].filter(([, { inherit }]) => (call.inherit ?? inherit) !== 'none');
      const wrong = expected.flatMap(([page, shown]) => {
        const view = now.get(page);
        const shares = (call.inherit ?? shown.inherit) === 'share';
        const fits = view !== undefined && view.writable === shown.writable && view.inherit === shown.inherit && (view.object === shown.object) === shares;
        return fits ? [] : [`page ${page} is not duplicated as it is to be`];
      });
      return [...wrong, ...(now.size === expected.length ? [] : ['something else was duplicated']), ...besides(step, where(step, actor), 'memory')];
    },
    sometimes: {
      'a region is not duplicated': (step) => isCall(step, 'rgnDup') && returned(step) && step.call.inherit === null
        && step.before.actors[actorFor(step.before, step.call.thread, step.call.source)!]!.regions.some(({ inherit }) => inherit === 'none'),
      'a region is shared, and another copied': (step) => isCall(step, 'rgnDup') && returned(step) && step.call.inherit === null
        && new Set(step.before.actors[actorFor(step.before, step.call.thread, step.call.source)!]!.regions.map(({ inherit }) => inherit)).size > 1,
    },
  }),

  'chorus/segments-are-mapped-by-offset': {
    on: ['rgnMap', 'rgnInit'],
    monitor: asIfEager('chorus/segments-are-mapped-by-offset'),
    step: (step) => {
      const found = changed(step);
      if (found === null || (found.call.operation !== 'rgnMap' && found.call.operation !== 'rgnInit')) return [];
      const { actor, old, now, call } = found;
      const { site } = step.before.actors[actor]!;
      const range = pagesIn(step.before, call.start, wholePages(step.before, call.size));
      const wrong = range.flatMap((page, at) => {
        const view = now.get(page);
        if (view === undefined || view.writable !== call.writable || view.inherit !== call.inherit) return [`page ${page} is not mapped as asked`];
        const [object, place] = call.operation === 'rgnMap' ? [view.object, view.page] : rootOf(step.after, view.object, view.page);
        const row = step.after.objects[object]!;
        return same(row.segment, call.segment) && row.site === site && place === call.offset / step.before.limits.page + at ? []
          : [`page ${page} shows another part of the segment`];
      });
      return [...wrong, ...unasked(old, now, range), ...besides(step, where(step, actor), 'memory')];
    },
    sometimes: { 'a segment is mapped from an offset': (step) => isCall(step, 'rgnMap') && returned(step) && step.call.offset > 0 },
  },

  'chorus/supervisor-regions-outlive-actors': {
    step: (step) => step.before.sites.flatMap(({ regions, up }, id) => {
      const space = isCall(step, 'rgnAllocate', 'rgnFree') && (step.call as CallOf<'rgnFree'>).space === 'supervisor';
      return !up || space || step.call.operation === 'siteCrashes' || same(regions, step.after.sites[id]!.regions) ? []
        : [`the supervisor space of S${id + 1} has other regions`];
    }),
    sometimes: {
      'an actor goes while there are such regions': (step) => isCall(step, 'actorDelete') && errorOf(step) === null
        && step.before.sites.some(({ regions }) => regions.length > 0),
    },
  },

  'chorus/attributes-change-on-the-range': together(refusing('chorus/attributes-change-on-the-range'), {
    on: ['rgnSetProtect', 'rgnSetInherit'],
    step: (step) => {
      const found = changed(step);
      if (found === null || (found.call.operation !== 'rgnSetProtect' && found.call.operation !== 'rgnSetInherit')) return [];
      const { actor, old, now, call } = found;
      const range = pagesIn(step.before, call.start, wholePages(step.before, call.size));
      const attribute = call.operation === 'rgnSetProtect' ? { writable: call.writable } : { inherit: call.inherit };
      return [
        ...range.flatMap((page) => (same({ ...old.get(page), ...attribute }, now.get(page)) ? [] : [`page ${page} is not as asked`])),
        ...unasked(old, now, range), ...besides(step, where(step, actor)),
      ];
    },
    sometimes: {
      'a part of a region is protected': (step) => isCall(step, 'rgnSetProtect') && returned(step) && changes(step).length > 0,
      'a part of a region is inherited otherwise': (step) => isCall(step, 'rgnSetInherit') && returned(step) && changes(step).length > 0,
    },
  }),

  'chorus/illegal-access-is-an-exception': {
    on: ['memoryRead', 'memoryWrite'],
    step: (step) => {
      if (!isOwnAccess(step)) return [];
      const { thread } = step.call as CallOf<'memoryRead'>;
      const handled = step.before.actors[actorAt(step.before, thread)]!.handlers.exception.some((handler) => handler !== null);
      const tag = callerEvent(step)?.tag;
      if (isLegal(step)) return tag === 'ended' ? [`${threadName(thread)} had a right to that access, and has gone`] : [];
      const dead = step.after.actors[actorAt(step.before, thread)]!.life === 'dead';
      if (handled) return errorOf(step) === 'exception' && changes(step).length === 0 ? [] : [`${threadName(thread)} had no right to that access, and was not told`];
      return tag === 'ended' && dead ? [] : [`${threadName(thread)} had no right to that access, and its actor is still there`];
    },
    sometimes: {
      'an illegal access is told to the handler': (step) => isOwnAccess(step) && !isLegal(step) && errorOf(step) === 'exception',
      'an illegal access ends an actor': (step) => isOwnAccess(step) && callerEvent(step)?.tag === 'ended',
      'memory that is read only is written': (step) => isCall(step, 'memoryWrite') && !isLegal(step)
        && pagesIn(step.before, step.call.address, step.call.bytes.length / 2)
        .every((page) => layout(step.before.actors[actorAt(step.before, (step.call as CallOf<'memoryWrite'>).thread)]!).has(page)),
    },
  },
} satisfies ChorusLaws;
