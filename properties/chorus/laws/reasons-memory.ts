import type { Capability } from '#spec/chorus/vocabulary';
import type { ChorusState, Region } from '#model/chorus/state';
import { actorFor, connected, siteAt } from '#properties/chorus/facts';
import { layout, pagesIn } from '#properties/chorus/laws/layout';
import type { Named, Reason } from '#properties/chorus/laws/reason';
import type { OperationName } from '#properties/chorus/obligation';

/** A call on memory, with whatever arguments it may have. */
interface Memory extends Named {
  readonly space?: string;
  readonly start?: number | null;
  readonly size?: number;
  readonly offset?: number;
  readonly bytes?: string;
  readonly source?: never;
}

const placing = ['rgnAllocate', 'rgnMapFromActor', 'rgnInitFromActor', 'rgnMap', 'rgnInit'] as const satisfies readonly OperationName[];
const ranging = ['rgnFree', 'rgnSetProtect', 'rgnSetInherit'] as const satisfies readonly OperationName[];
export const onRegions = [...placing, ...ranging, 'rgnDup', 'vmCopy'] as const satisfies readonly OperationName[];

/** The regions of the address space that a call is about; null if it leads to none. */
function regionsOf(state: ChorusState, call: Memory): readonly Region[] | null {
  const actor = actorFor(state, call.thread, call.actor ?? null);
  if (actor === null) return null;
  return call.space === 'supervisor' ? state.sites[state.actors[actor]!.site]!.regions : state.actors[actor]!.regions;
}

const sourceOf = (call: Memory): Capability | null => (call as unknown as { source: Capability | null }).source;

/** The pages that a call would place something at. */
const placed = (state: ChorusState, { start, size }: Memory): readonly number[] =>
  pagesIn(state, Math.floor(start! / state.limits.page) * state.limits.page, Math.ceil(size! / state.limits.page) * state.limits.page);

const isOdd = (state: ChorusState, bytes: number | null | undefined): boolean => bytes !== null && bytes !== undefined && bytes % state.limits.page !== 0;

const lacks = (regions: readonly Region[] | null, pages: readonly number[]): boolean => {
  if (regions === null) return false;
  const shown = layout({ regions });
  return pages.some((page) => !shown.has(page));
};

/** Whether there is room for so many pages in a row. */
function hasRoom(state: ChorusState, regions: readonly Region[], count: number): boolean {
  const shown = layout({ regions });
  for (let first = 0; first + count <= state.limits.space; first += 1) {
    if (Array.from({ length: count }, (_, at) => first + at).every((page) => !shown.has(page))) return true;
  }
  return false;
}

type When = (state: ChorusState, call: Memory) => boolean;
const reason = (rule: Reason['rule'], on: readonly OperationName[], error: string, what: string, when: When): Reason =>
  ({ rule, on, errors: [error], what, when: when as Reason['when'] });

/** Every reason to refuse a call on memory. */
export const memoryReasons: readonly Reason[] = [
  reason('chorus/regions-do-not-overlap', placing, 'K_ESIZE', 'nothing is to be mapped', (_state, { size }) => size === 0),
  reason('chorus/regions-do-not-overlap', placing, 'K_EROUND', 'a region is to begin within a page', (state, call) =>
    isOdd(state, call.start) || isOdd(state, call.offset) || isOdd(state, (call as unknown as { from?: number }).from)),
  reason('chorus/regions-do-not-overlap', placing, 'K_EOVERLAP', 'there is a region already', (state, call) => {
    const regions = regionsOf(state, call);
    return regions !== null && call.start !== null && placed(state, call).some((page) => layout({ regions }).has(page));
  }),
  reason('chorus/regions-do-not-overlap', placing, 'K_ESPACE', 'there is no room for a region', (state, call) => {
    const count = Math.ceil(call.size! / state.limits.page);
    const segment = call.offset !== undefined && Math.ceil((call.offset + call.size!) / state.limits.page) > state.limits.space;
    if (call.start !== null) return segment || Math.floor(call.start! / state.limits.page) + count > state.limits.space;
    const regions = regionsOf(state, call);
    return regions !== null && count > 0 && !hasRoom(state, regions, count);
  }),
  reason('chorus/mapped-memory-is-shared', ['rgnMapFromActor'], 'K_EADDRESS', 'something of the source is not mapped', sourceLacks),
  reason('chorus/copies-are-snapshots', ['rgnInitFromActor'], 'K_EADDRESS', 'something of the source is not mapped', sourceLacks),
  reason('chorus/free-takes-exactly-the-range', ['rgnFree'], 'K_EROUND', 'a range begins within a page', (state, { start }) => isOdd(state, start)),
  reason('chorus/free-takes-exactly-the-range', ['rgnFree'], 'K_EADDRESS', 'nothing of a range is mapped', (state, call) => {
    const regions = regionsOf(state, call);
    return regions !== null && !placed(state, call).some((page) => layout({ regions }).has(page));
  }),
  reason('chorus/attributes-change-on-the-range', ['rgnSetProtect', 'rgnSetInherit'], 'K_EROUND', 'a range begins within a page', (state,
    { start }) => isOdd(state, start)),
  reason('chorus/attributes-change-on-the-range', ['rgnSetProtect', 'rgnSetInherit'], 'K_EADDRESS', 'something of a range is not mapped', (state, call) =>
    lacks(regionsOf(state, call), placed(state, call))),
  reason('chorus/duplication-goes-by-inheritance', ['rgnDup'], 'K_EINVAL', 'the target is not empty', (state, call) => (regionsOf(state, call)?.length ?? 0) > 0),
  reason('chorus/explicit-copy-is-whole-or-nothing', ['vmCopy'], 'K_EADDRESS', 'something is not mapped, or may not be written', (state, call) => {
    const { from, to } = call as unknown as { readonly from: number; readonly to: number };
    const source = actorFor(state, call.thread, sourceOf(call));
    const target = regionsOf(state, call);
    const [read, written] = [from, to].map((start) => pagesIn(state, start, call.size!));
    const shown = target === null ? null : layout({ regions: target });
    return (source !== null && lacks(state.actors[source]!.regions, read!)) || lacks(target, written!)
      || (shown !== null && written!.some((page) => shown.get(page)?.writable === false));
  }),
  reason('chorus/explicit-and-mapped-access-agree', ['sgRead', 'sgWrite'], 'K_EADDRESS', 'a segment has no such bytes', (state, { offset, size, bytes }) =>
    offset! + (size ?? bytes!.length / 2) > state.limits.page * state.limits.space),
  reason('chorus/flush-leaves-what-it-may', ['sgFlush', 'lcFlush'], 'K_EROUND', 'a range is no whole pages', (state, { offset, size }) =>
    isOdd(state, offset) || isOdd(state, size)),
  reason('chorus/flush-leaves-what-it-may', ['sgFlush', 'lcFlush'], 'K_EADDRESS', 'a segment has no such pages', (state, { offset, size }) =>
    offset! + size! > state.limits.page * state.limits.space),
  reason('chorus/caches-elsewhere-are-flushed-too', ['lcFlush'], 'K_EUNKNOWN', 'a site cannot be reached, or is none', (state, call) => {
    const ui = (call as unknown as { readonly site: number }).site;
    const site = state.sites.findIndex((other) => other.ui === ui && other.up);
    return site < 0 || !connected(state, siteAt(state, call.thread), site as never);
  }),
  reason('chorus/memory-is-local', onRegions, 'K_ESITE', 'an actor is on another site', (state, call) => [call.actor, sourceOf(call)].some((capability) => {
    const actor = capability === null || capability === undefined ? null : actorFor(state, call.thread, capability);
    return actor !== null && state.actors[actor]!.site !== siteAt(state, call.thread);
  })),
];

function sourceLacks(state: ChorusState, call: Memory): boolean {
  const { from } = call as unknown as { readonly from: number };
  const source = actorFor(state, call.thread, sourceOf(call));
  const { page } = state.limits;
  return source !== null && lacks(state.actors[source]!.regions, pagesIn(state, Math.floor(from / page) * page, Math.ceil(call.size! / page) * page));
}
