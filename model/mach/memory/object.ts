import { implementing, type Cascade, type Mach } from '#model/mach/world';
import type { MachState } from '#model/mach/state';
import { messagesOf } from '#model/mach/entries';
import { memoryOf, pagesOf, type Pages } from '#model/mach/memory/space';
import type { MemoryObject, ObjectId, Page } from '#model/mach/memory/state';
import { BeyondScope, change } from '#model/operation';

/** An object of so many pages, none of which is there yet: each is zeros until it is written. */
export function newObject(state: MachState, pages: number): ObjectId {
  const { objects } = memoryOf(state);
  change(objects).push({
    life: 'live', pages: Array.from({ length: pages }, () => null), shadow: null, copy: null, pager: null,
  });
  return objects.length - 1 as ObjectId;
}

export const objectOf = (state: MachState, id: ObjectId): MemoryObject => memoryOf(state).objects[id]!;

export const resident = (bytes: string, dirty: boolean): Page =>
  ({ tag: 'resident', bytes, dirty, precious: false, forbidden: 0, asked: 0 });

/** The places of an object that a range of bytes touches. However much a pager asks for, there are no more than the object has. */
export function placesOf(state: MachState, object: ObjectId, { offset, size }: { readonly offset: number; readonly size: number }): Pages {
  const { first, end } = pagesOf(memoryOf(state), { address: offset, size });
  return { first, end: Math.min(end, objectOf(state, object).pages.length) };
}

export function setPage(state: MachState, object: ObjectId, index: number, page: Page | null): void {
  change(objectOf(state, object).pages)[index] = page;
}

/** What a page of an object holds: the topmost version down the chain of what it shadows, or zeros. */
export const contents = implementing(
  ['mach/copy-on-write-is-invisible'],
  ({ state }: Mach, id: ObjectId, index: number): string => {
    for (let at: ObjectId | null = id; at !== null; at = objectOf(state, at).shadow) {
      const page = objectOf(state, at).pages[index] ?? null;
      if (page?.tag === 'resident') return page.bytes;
      if (page?.tag !== 'absent' && objectOf(state, at).pager !== null) throw new BeyondScope('a page that its pager has');
    }
    return '00'.repeat(memoryOf(state).pageSize);
  },
);

/** Whether there is a page to be copied, somewhere down the chain; what was never written is zeros, and costs no copy. */
function isHeld(state: MachState, id: ObjectId | null, index: number): boolean {
  for (let at = id; at !== null; at = objectOf(state, at).shadow) if (objectOf(state, at).pages[index]?.tag === 'resident') return true;
  return false;
}

/**
 * Writes a page of an object. The newest copy first gets the old version, unless it has one of its own: it and
 * the copies above it go on showing what was there when they were made.
 */
export const writePage = implementing(
  ['mach/copy-on-write-is-invisible', 'mach/access-is-judged-by-the-map'],
  (world: Mach<Cascade>, id: ObjectId, index: number, bytes: string): void => {
    const { state, mechanisms } = world;
    const { copy, shadow } = objectOf(state, id);
    const page = objectOf(state, id).pages[index] ?? null;
    const preserved = copy !== null && mechanisms.pushPage(world, copy, index, () => mechanisms.contents(world, id, index));
    const copies = Number(preserved && isHeld(state, id, index)) + Number(page?.tag !== 'resident' && isHeld(state, shadow, index));
    if (copies > 0) {
      world.charge('fault');
      world.charge('page copy', copies);
    }
    setPage(state, id, index, page?.tag === 'resident' ? { ...page, bytes, dirty: true } : resident(bytes, true));
  },
);

/** A snapshot of a whole object. Nothing is copied yet: it takes its place in the chain, nearest to the original. */
export const copyObject = implementing(
  ['mach/copy-on-write-is-invisible', 'mach/child-inherits-range-by-range'],
  (world: Mach, id: ObjectId): ObjectId => {
    const { state } = world;
    const original = change(objectOf(state, id));
    const made = newObject(state, original.pages.length);
    const older = original.copy;
    change(objectOf(state, made)).shadow = id;
    change(objectOf(state, made)).copy = older;
    if (older !== null) change(objectOf(state, older)).shadow = made;
    original.copy = made;
    return made;
  },
);

/**
 * Snapshots of pages of several objects: one for each object, however many of its pages are wanted. A page that is
 * wanted twice is in two snapshots, for its copies share nothing.
 */
export function copying(world: Mach): (object: ObjectId, index: number) => ObjectId {
  const made: { readonly of: ObjectId; readonly copy: ObjectId; readonly taken: Set<number> }[] = [];
  return (object, index) => {
    let found = made.find(({ of, taken }) => of === object && !taken.has(index));
    if (found === undefined) {
      found = { of: object, copy: world.mechanisms.copyObject(world, object), taken: new Set() };
      made.push(found);
    }
    found.taken.add(index);
    return found.copy;
  };
}

export type ReclaimChoices = Cascade | 'cached object';

/** Objects that no space and no message refers to any longer go. What only they still hold for a copy above goes there first. */
export const reclaim = implementing(
  ['mach/copy-on-write-is-invisible'],
  (world: Mach<ReclaimChoices>): void => {
    const { state, mechanisms } = world;
    // The end of one object may leave the one below it to nobody.
    for (;;) {
      const unused = unusedObjects(state).filter((object) => !isAwaited(world, object));
      const paged = unused.filter((object) => objectOf(state, object).pager !== null);
      for (const object of unused) if (!paged.includes(object) && !isPagedCopy(state, object)) mechanisms.collapse(world, object);
      for (const object of paged) if (objectOf(state, object).copy === null) mechanisms.releaseObject(world, object);
      if (unused.every((object) => objectOf(state, object).life === 'live')) return;
    }
  },
);

/** Objects of which no space and no message has a page. */
function unusedObjects(state: MachState): readonly ObjectId[] {
  const used = new Set<ObjectId>();
  for (const { pages } of memoryOf(state).spaces) for (const mapping of pages) if (mapping !== null) used.add(mapping.object);
  for (const { body } of messagesOf(state)) {
    for (const item of body) if (item.tag === 'region') for (const page of item.pages) used.add(page.object);
  }
  return memoryOf(state).objects.flatMap(({ life }, object) =>
    (life === 'live' && !used.has(object as ObjectId) ? [object as ObjectId] : []));
}

/** Whether a thread that waits for a page keeps its object: in one variant, until it has its answer. */
function isAwaited(world: Mach<ReclaimChoices>, object: ObjectId): boolean {
  const { variant, threads } = world.state;
  if (variant !== 'gnumach' || !threads.some(({ run, life }) => life === 'live' && run.tag === 'faulting' && run.object === object)) return false;
  world.deviate('mach/last-unmap-terminates');
  return true;
}

/** Whether the default memory manager may have pages of the copy that was made of an object: only it knows which. */
const isPagedCopy = (state: MachState, object: ObjectId): boolean => {
  const { copy } = objectOf(state, object);
  return copy !== null && objectOf(state, copy).pager !== null;
};

/** Takes an object out of its chain. */
export const collapse = implementing(
  ['mach/copy-on-write-is-invisible'],
  ({ state }: Mach, id: ObjectId): void => {
    const { shadow, copy, pages } = objectOf(state, id);
    if (copy !== null) {
      pages.forEach((page, index) => {
        if (page !== null && objectOf(state, copy).pages[index] === null) setPage(state, copy, index, page);
      });
      change(objectOf(state, copy)).shadow = shadow;
    }
    if (shadow !== null) change(objectOf(state, shadow)).copy = copy;
    const gone = change(objectOf(state, id));
    gone.life = 'dead';
    gone.pages = [];
    gone.shadow = null;
    gone.copy = null;
  },
);
