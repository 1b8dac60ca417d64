import type { Capability, ThreadId } from '#spec/chorus/vocabulary';
import { localActor } from '#model/chorus/naming/resolve';
import { implementing, refusal, type Chorus, type ChorusOperation } from '#model/chorus/world';
import type { Actor, ActorId, ChorusState, Region } from '#model/chorus/state';
import { newVolatile } from '#model/chorus/memory/objects';
import { change, returned } from '#model/operation';

type RegionError = 'K_EROUND' | 'K_ESIZE' | 'K_EOVERLAP' | 'K_ESPACE';
type Holder = Pick<Actor, 'regions'>;

export const pagesOf = (state: ChorusState, bytes: number): number => Math.ceil(bytes / state.limits.page);
const isRound = (state: ChorusState, bytes: number): boolean => bytes % state.limits.page === 0;
const overlaps = ({ start, size }: Region, first: number, count: number): boolean => start < first + count && first < start + size;

/** The region a page is in. */
export const regionAt = ({ regions }: Holder, page: number): Region | undefined =>
  regions.find(({ start, size }) => page >= start && page < start + size);

/** What is wrong with the place of a new region. */
function wrongPlace(state: ChorusState, holder: Holder | null, start: number, size: number): readonly (RegionError | false)[] {
  const first = Math.floor(start / state.limits.page);
  const count = pagesOf(state, size);
  return [
    size === 0 && 'K_ESIZE', !isRound(state, start) && 'K_EROUND', first + count > state.limits.space && 'K_ESPACE',
    holder !== null && size > 0 && holder.regions.some((region) => overlaps(region, first, count)) && 'K_EOVERLAP',
  ];
}

/** The places where there is room for so many pages. */
const gaps = (state: ChorusState, { regions }: Holder, count: number): readonly number[] =>
  Array.from({ length: Math.max(0, state.limits.space - count + 1) }, (_, first) => first)
    .filter((first) => !regions.some((region) => overlaps(region, first, count)));

const addRegion = (holder: Holder, region: Region): void => { change(holder).regions = [...holder.regions, region].toSorted((a, b) => a.start - b.start); };

/** Fresh memory, anywhere or where it is asked for, filled with zeros or with nobody knows what. */
export const rgnAllocate: ChorusOperation<'rgnAllocate', 'error' | 'address' | 'contents'> = {
  implements: ['chorus/new-region-is-as-asked', 'chorus/regions-do-not-overlap', 'chorus/supervisor-regions-outlive-actors'],

  step(world, { thread, actor, space, start, size, zero, writable, inherit }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const { id, wrong } = localActor(state, thread, actor);
    const holder = id === null ? null : space === 'supervisor' ? state.sites[state.actors[id]!.site]! : state.actors[id]!;
    const count = pagesOf(state, size);
    const free = holder === null || start !== null ? [] : gaps(state, holder, count);
    const place = start === null ? [size === 0 && 'K_ESIZE' as const, size > 0 && holder !== null && free.length === 0 && 'K_ESPACE' as const]
      : wrongPlace(state, holder, start, size);
    const no = refusal(world, [...wrong, ...place]);
    if (no !== null) return no;
    // Effect.
    const first = start === null ? world.choose('address', free, String) : start / state.limits.page;
    const byte = zero ? '00' : world.choose('contents', ['00', 'a5'] as const, String);
    const object = newVolatile(state, state.actors[id!]!.site, count, byte);
    addRegion(holder!, { start: first, size: count, object, offset: 0, writable, inherit });
    return returned({ start: first * state.limits.page });
  },
};

/** Frees pages, whatever regions they are in; what is left of a region stays. */
export const rgnFree: ChorusOperation<'rgnFree', 'error'> = {
  implements: ['chorus/free-takes-exactly-the-range', 'chorus/copies-outlive-their-source'],

  step(world, { thread, actor, space, start, size }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const { id, wrong } = localActor(state, thread, actor);
    const holder = id === null ? null : space === 'supervisor' ? state.sites[state.actors[id]!.site]! : state.actors[id]!;
    const [first, count] = [Math.floor(start / state.limits.page), pagesOf(state, size)];
    const nothing = holder !== null && !holder.regions.some((region) => overlaps(region, first, count));
    const no = refusal(world, [...wrong, !isRound(state, start) && 'K_EROUND', nothing && 'K_EADDRESS']);
    if (no !== null) return no;
    // Effect.
    mechanisms.unmap(world, holder!, first, count);
    return returned(null);
  },
};

/** Takes pages out of an address space. */
export const unmap = implementing(
  ['chorus/free-takes-exactly-the-range'],
  (world: Chorus, holder: Holder, first: number, count: number): void => {
    const { regions } = holder;
    change(holder).regions = regions.flatMap((region) => without(region, first, count));
    for (const { object } of regions) world.mechanisms.release(world, object);
  },
);

/** What is left of a region without some pages: a part before them, and a part after them. */
function without(region: Region, first: number, count: number): readonly Region[] {
  if (count === 0 || !overlaps(region, first, count)) return [region];
  return [part(region, region.start, first), part(region, first + count, region.start + region.size)].filter(({ size }) => size > 0);
}

const part = (region: Region, from: number, to: number): Region =>
  ({ ...region, start: from, size: to - from, offset: region.offset + from - region.start });

/** The parts of regions that a range of pages is made of; null where something of it is not mapped. */
export function partsOf({ regions }: Holder, first: number, count: number): readonly Region[] | null {
  const parts = regions.filter((region) => count > 0 && overlaps(region, first, count))
    .map((region) => part(region, Math.max(first, region.start), Math.min(first + count, region.start + region.size)));
  return parts.reduce((sum, { size }) => sum + size, 0) === count ? parts : null;
}

interface Between { readonly thread: ThreadId; readonly actor: Capability | null; readonly source: Capability | null; readonly start: number; readonly size: number; readonly from: number }

/** What a transfer between two actors is about, and what is wrong with it. */
function transfer(state: ChorusState, { thread, actor, source, start, size, from }: Between) {
  const target = localActor(state, thread, actor);
  const origin = localActor(state, thread, source);
  const parts = origin.id === null ? [] : partsOf(state.actors[origin.id]!, Math.floor(from / state.limits.page), pagesOf(state, size));
  const wrong = [
    ...target.wrong, ...origin.wrong, ...wrongPlace(state, target.id === null ? null : state.actors[target.id]!, start, size),
    !isRound(state, from) && 'K_EROUND' as const, parts === null && 'K_EADDRESS' as const,
  ];
  return { target: target.id, parts: parts ?? [], wrong, shift: (start - from) / state.limits.page };
}

/** The target maps what is behind the range of the source: what either writes, both read. */
export const rgnMapFromActor: ChorusOperation<'rgnMapFromActor', 'error'> = {
  implements: ['chorus/mapped-memory-is-shared', 'chorus/regions-do-not-overlap'],

  step(world, { writable, inherit, ...call }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const { target, parts, wrong, shift } = transfer(state, call);
    const no = refusal(world, wrong);
    if (no !== null) return no;
    // Effect.
    for (const region of parts) mechanisms.shareRegion(world, target!, { ...region, start: region.start + shift, writable, inherit });
    return returned(null);
  },
};

/** The target gets a copy of the range of the source, as it is now. */
export const rgnInitFromActor: ChorusOperation<'rgnInitFromActor', 'error'> = {
  implements: ['chorus/copies-are-snapshots', 'chorus/regions-do-not-overlap'],

  step(world, { writable, inherit, ...call }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const { target, parts, wrong, shift } = transfer(state, call);
    const no = refusal(world, wrong);
    if (no !== null) return no;
    // Effect.
    for (const region of parts) mechanisms.copyRegion(world, target!, { ...region, start: region.start + shift, writable, inherit });
    return returned(null);
  },
};

export const shareRegion = implementing(
  ['chorus/mapped-memory-is-shared'],
  ({ state }: Pick<Chorus, 'state'>, target: ActorId, region: Region): void => addRegion(state.actors[target]!, region),
);

export const copyRegion = implementing(
  ['chorus/copies-are-snapshots'],
  (world: Chorus, target: ActorId, region: Region): void => {
    const { state, mechanisms } = world;
    const object = mechanisms.copyLater(world, region.object, region.offset, region.size);
    addRegion(state.actors[target]!, { ...region, object, offset: 0 });
  },
);

/** An address space after the pattern of another, shared or copied region by region: what fork is made of. */
export const rgnDup: ChorusOperation<'rgnDup', 'error'> = {
  implements: ['chorus/duplication-goes-by-inheritance', 'chorus/fork-is-built-of-calls'],

  step(world, { thread, actor, source, inherit }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const target = localActor(state, thread, actor);
    const origin = localActor(state, thread, source);
    const full = target.id !== null && state.actors[target.id]!.regions.length > 0;
    const no = refusal(world, [...target.wrong, ...origin.wrong, full && 'K_EINVAL']);
    if (no !== null) return no;
    // Effect.
    for (const region of state.actors[origin.id!]!.regions) {
      const how = inherit ?? region.inherit;
      if (how === 'share') mechanisms.shareRegion(world, target.id!, region);
      if (how === 'copy') mechanisms.copyRegion(world, target.id!, region);
    }
    return returned(null);
  },
};

interface OfSegment extends Pick<Between, 'thread' | 'actor' | 'start' | 'size'> { readonly segment: Capability; readonly offset: number }

function mapping(state: ChorusState, { thread, actor, start, size, offset }: OfSegment) {
  const { id, wrong } = localActor(state, thread, actor);
  const beyond = pagesOf(state, offset + size) > state.limits.space;
  return {
    id, first: start / state.limits.page, count: pagesOf(state, size), skipped: offset / state.limits.page,
    wrong: [...wrong, ...wrongPlace(state, id === null ? null : state.actors[id]!, start, size), !isRound(state, offset) && 'K_EROUND' as const, beyond
      && 'K_ESPACE' as const],
  };
}

/** A range of a segment, from some offset, in an address space. Nothing is read of it yet. */
export const rgnMap: ChorusOperation<'rgnMap', 'error'> = {
  implements: ['chorus/segments-are-mapped-by-offset', 'chorus/one-cache-for-a-segment', 'chorus/regions-do-not-overlap'],

  step(world, { segment, writable, inherit, ...call }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const { id, first, count, skipped, wrong } = mapping(state, { segment, ...call });
    const no = refusal(world, wrong);
    if (no !== null) return no;
    // Effect.
    const object = mechanisms.cacheOf(world, state.actors[id!]!.site, segment);
    addRegion(state.actors[id!]!, { start: first, size: count, object, offset: skipped, writable, inherit });
    return returned(null);
  },
};

/** A private copy of a range of a segment. */
export const rgnInit: ChorusOperation<'rgnInit', 'error'> = {
  implements: ['chorus/copies-are-snapshots', 'chorus/segments-are-mapped-by-offset', 'chorus/regions-do-not-overlap'],

  step(world, { segment, writable, inherit, ...call }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const { id, first, count, skipped, wrong } = mapping(state, { segment, ...call });
    const no = refusal(world, wrong);
    if (no !== null) return no;
    // Effect.
    const object = mechanisms.cacheOf(world, state.actors[id!]!.site, segment);
    mechanisms.copyRegion(world, id!, { start: first, size: count, object, offset: skipped, writable, inherit });
    return returned(null);
  },
};

type Change = Partial<Pick<Region, 'writable' | 'inherit'>>;

/** Gives every page of a range other attributes; regions are split where it begins and ends. */
function setAttributes(world: Chorus<'error'>, { thread, actor, start, size }: Omit<Between, 'source' | 'from'>, attributes: Change) {
  const { state } = world;
  const { id, wrong } = localActor(state, thread, actor);
  const [first, count] = [Math.floor(start / state.limits.page), pagesOf(state, size)];
  const parts = id === null ? [] : partsOf(state.actors[id]!, first, count);
  const no = refusal(world, [...wrong, !isRound(state, start) && 'K_EROUND', parts === null && 'K_EADDRESS']);
  if (no !== null) return no;
  const holder = state.actors[id!]!;
  change(holder).regions = holder.regions.flatMap((region) => without(region, first, count));
  for (const region of parts!) addRegion(holder, { ...region, ...attributes });
  return returned(null);
}

export const rgnSetProtect: ChorusOperation<'rgnSetProtect', 'error'> = {
  implements: ['chorus/attributes-change-on-the-range'],
  step(world, { writable, ...call }) {
    world.charge('trap');
    return setAttributes(world, call, { writable });
  },
};

export const rgnSetInherit: ChorusOperation<'rgnSetInherit', 'error'> = {
  implements: ['chorus/attributes-change-on-the-range'],
  step(world, { inherit, ...call }) {
    world.charge('trap');
    return setAttributes(world, call, { inherit });
  },
};

