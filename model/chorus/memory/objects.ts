import type { Capability, SiteId } from '#spec/chorus/vocabulary';
import { implementing, type Chorus } from '#model/chorus/world';
import type { ChorusState, MemoryObject, ObjectId, Page, Region } from '#model/chorus/state';
import { change } from '#model/operation';

type In = Pick<Chorus, 'state'>;

/** Where the bytes of a page of an object are: with itself or its mapper, or with the nearest ancestor that has them. */
export interface Found { readonly object: ObjectId; readonly page: number; readonly there: Page | null }

/** Whether the default mapper keeps a page, though it may be in memory as well. */
export const isStored = (stored: MemoryObject['stored'], page: number): boolean => stored.some((kept) => kept.page === page);

export function find(state: ChorusState, object: ObjectId, page: number): Found {
  for (let at = object, place = page; ;) {
    const { pages, stored, parent, offset } = state.objects[at]!;
    const there = pages[place] ?? null;
    if (there !== null || parent === null || isStored(stored, place)) return { object: at, page: place, there };
    at = parent;
    place += offset;
  }
}

const unused = (size: number): (Page | null)[] => Array.from({ length: size }, () => null);

function newObject(state: ChorusState, made: Omit<MemoryObject, 'life' | 'history' | 'pages' | 'store' | 'stored' | 'parcel'>, pages: (Page | null)[]): ObjectId {
  change(state.objects).push({ life: 'live', history: null, ...made, pages, store: null, stored: [], parcel: false });
  return state.objects.length - 1 as ObjectId;
}

/** Memory that nothing else keeps: every page is there from the start. */
export function newVolatile(state: ChorusState, site: SiteId, size: number, byte: string): ObjectId {
  const page: Page = { tag: 'page', bytes: byte.repeat(state.limits.page), dirty: true, writable: true };
  return newObject(state, { site, segment: null, size, parent: null, offset: 0 }, Array.from({ length: size }, () => page));
}

/** The one cache that a site has of a segment. */
export const cacheOf = implementing(
  ['chorus/one-cache-for-a-segment'],
  ({ state }: In, site: SiteId, segment: Capability): ObjectId => {
    const known = state.objects.findIndex((object) => object.life === 'live' && object.site === site
      && object.segment?.ui === segment.ui && object.segment.key === segment.key);
    if (known >= 0) return known as ObjectId;
    return newObject(state, { site, segment, size: state.limits.space, parent: null, offset: 0 }, unused(state.limits.space));
  },
);

/**
 * A copy of some pages of an object, which copies nothing yet. The object gives its copy what it is about to
 * lose from now on. Where it has a copy already, both hang on a third object that stands between.
 */
export const copyLater = implementing(
  ['chorus/copies-are-snapshots', 'chorus/source-has-one-history'],
  ({ state }: In, source: ObjectId, offset: number, size: number): ObjectId => {
    const { site, history, size: whole } = state.objects[source]!;
    const made = { site, segment: null, size, offset };
    if (history === null) {
      const copy = newObject(state, { ...made, parent: source }, unused(size));
      change(state.objects[source]!).history = copy;
      return copy;
    }
    const between = newObject(state, { site, segment: null, size: whole, parent: source, offset: 0 }, unused(whole));
    change(state.objects[history]!).parent = between;
    change(state.objects[source]!).history = between;
    return newObject(state, { ...made, parent: between }, unused(size));
  },
);

/** Gives the history of an object the page that is about to change, unless it has one of its own. */
export const preserve = implementing(
  ['chorus/copies-are-snapshots'],
  (world: Pick<Chorus, 'state' | 'charge'>, object: ObjectId, page: number): void => {
    const { state } = world;
    const { history } = state.objects[object]!;
    if (history === null) return;
    const { offset, size, pages, stored } = state.objects[history]!;
    const place = page - offset;
    if (place < 0 || place >= size || pages[place] !== null || isStored(stored, place)) return;
    const { there } = find(state, object, page);
    if (there === null) return;
    chargePage(world);
    change(pages)[place] = { tag: 'page', bytes: there.bytes, dirty: true, writable: true };
  },
);

/** What was put off when a copy was made: a page of it is copied. */
function chargePage(world: Pick<Chorus, 'state' | 'charge'>): void {
  world.charge('copy');
  world.charge('byte', world.state.limits.page);
}

/** Writes within a page that is there. A copy gets a page of its own. */
export const writePage = implementing(
  ['chorus/copies-are-snapshots', 'chorus/mapped-memory-is-shared', 'chorus/explicit-and-mapped-access-agree'],
  (world: Chorus, object: ObjectId, page: number, at: number, bytes: string): void => {
    const { state, mechanisms } = world;
    const { there, object: holder } = find(state, object, page);
    mechanisms.preserve(world, object, page);
    if (holder !== object) chargePage(world);
    const old = there!.bytes;
    const written = old.slice(0, 2 * at) + bytes + old.slice(2 * at + bytes.length);
    change(state.objects[object]!.pages)[page] = { tag: 'page', bytes: written, dirty: true, writable: true };
  },
);

/** An object that no region maps, no message has, and no copy depends on, is gone; so may be what it hung on. */
export const release = implementing(
  ['chorus/copies-outlive-their-source'],
  (world: Chorus, object: ObjectId): void => {
    const { state, mechanisms } = world;
    const { life, segment, parent, parcel } = state.objects[object]!;
    if (life === 'dead' || segment !== null || parcel || isUsed(state, object)) return;
    Object.assign(change(state.objects[object]!), { life: 'dead', pages: [], stored: [], parent: null });
    if (parent === null) return;
    if (state.objects[parent]!.history === object) change(state.objects[parent]!).history = null;
    mechanisms.release(world, parent);
  },
);

const isUsed = ({ objects, actors, sites }: ChorusState, object: ObjectId): boolean => {
  const maps = ({ regions }: { readonly regions: readonly Region[] }) => regions.some((region) => region.object === object);
  return objects.some(({ life, parent }) => life === 'live' && parent === object) || actors.some(maps) || sites.some(maps);
};
