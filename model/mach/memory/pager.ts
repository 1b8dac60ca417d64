import { booleanItem, integerItem, requestOf } from '#model/mach/memory/exception';
import { newObject, objectOf, resident, setPage } from '#model/mach/memory/object';
import { memoryOf } from '#model/mach/memory/space';
import type { ObjectId, Page, Pager } from '#model/mach/memory/state';
import { makeSend } from '#model/mach/tasks/new-task';
import { copySend } from '#model/mach/tasks/special-ports';
import { implementing, type Cascade, type Mach } from '#model/mach/world';
import type { Carried, Item } from '#model/mach/state';
import { change } from '#model/operation';

/** The requests of the kernel to pagers, by number. */
export const INIT = 2200;
export const TERMINATE = 2201;
export const DATA_REQUEST = 2203;
export const DATA_UNLOCK = 2204;
export const LOCK_COMPLETED = 2206;
export const SUPPLY_COMPLETED = 2207;
export const DATA_RETURN = 2208;
export const CHANGE_COMPLETED = 2209;
/** What only the default memory manager hears: of an object of the kernel's, and of what a page of it began as. */
export const CREATE = 2250;
export const DATA_INITIALIZE = 2251;

/** The pager of an object that still has one. */
export function pagerOf(world: Mach, object: ObjectId): Pager | null {
  const { pager } = objectOf(world.state, object);
  return pager === null || pager.status === 'gone' ? null : pager;
}

export const rightsItem = (kind: 'send' | 'receive', right: Carried): Item => ({ tag: 'rights', kind, rights: [right], long: false });

/** A request to the pager of an object. The kernel never waits for what becomes of it. */
export const sendToPager = implementing(
  ['mach/paging-is-messages', 'mach/kernel-messages-ignore-queue-limits'],
  (world: Mach<Cascade>, { port, control }: Pager, id: number, words: readonly Item[]): void => {
    const { state } = world;
    const right = copySend(state, { tag: 'right', port, kind: 'send' });
    if (right.tag !== 'right') return;
    const body = [rightsItem('send', makeSend(state, control)), ...words];
    world.mechanisms.enqueue(world, requestOf(state, id, { port, kind: 'send' }, { tag: 'null', kind: null }, body));
  },
);

/** Tells whoever asked that something is done; to nobody if no reply port was given. */
export function complete(world: Mach<Cascade>, reply: Carried, id: number, body: () => readonly Item[]): void {
  if (reply.tag !== 'right' || reply.kind === 'receive') return;
  const { port, kind } = reply;
  world.mechanisms.enqueue(world, requestOf(world.state, id, { port, kind }, { tag: 'null', kind: null }, body()));
}

/** What a completion says of an object: first by which port it is controlled, then in numbers. */
export const ofObject = (world: Mach<Cascade>, object: ObjectId, numbers: readonly number[]) => (): readonly Item[] =>
  [rightsItem('send', makeSend(world.state, pagerOf(world, object)!.control)), ...numbers.map(integerItem)];

export const offsetItem = (world: Mach, index: number): Item => integerItem(index * memoryOf(world.state).pageSize);

/** Asks for a page, unless it has been asked for, its pager is not ready, or too many pages are awaited. */
export const askPager = implementing(
  ['mach/page-is-asked-for-once', 'mach/no-request-before-ready', 'mach/page-states-follow-the-table'],
  (world: Mach<Cascade>, object: ObjectId, index: number, write: boolean): void => {
    const { state, mechanisms } = world;
    const pager = pagerOf(world, object)!;
    const { pages } = objectOf(state, object);
    const page = pages[index] ?? null;
    if (page?.tag === 'awaited') {
      if (write && !page.write) setPage(state, object, index, { tag: 'awaited', write });
      return;
    }
    const { pageSize, requestLimit } = memoryOf(state);
    if (pager.status !== 'ready' || pages.filter((one) => one?.tag === 'awaited').length >= requestLimit) return;
    setPage(state, object, index, { tag: 'awaited', write });
    mechanisms.sendToPager(world, pager, DATA_REQUEST, [offsetItem(world, index), integerItem(pageSize), integerItem(write ? 3 : 1)]);
  },
);

/** Asks that more be allowed of a page, once for each increase of what is wanted. */
export function askUnlock(world: Mach<Cascade>, object: ObjectId, index: number, page: Extract<Page, { tag: 'resident' }>, access: number): void {
  if (pagerOf(world, object)!.status !== 'ready' || (page.asked & access) === access) return;
  setPage(world.state, object, index, { ...page, asked: page.asked | access });
  world.mechanisms.sendToPager(world, pagerOf(world, object)!, DATA_UNLOCK,
    [offsetItem(world, index), integerItem(memoryOf(world.state).pageSize), integerItem(world.state.variant === 'gnumach' ? page.asked | access : access)]);
}

/** Sends a page to its pager, as memory that is the pager's from then on. */
export const returnPage = implementing(
  ['mach/dirty-pages-are-returned'],
  (world: Mach<Cascade>, object: ObjectId, index: number, { bytes, dirty }: Extract<Page, { tag: 'resident' }>, kept: boolean): void => {
    world.mechanisms.sendToPager(world, pagerOf(world, object)!, DATA_RETURN,
      [offsetItem(world, index), pageItem(world, bytes), booleanItem(dirty), booleanItem(kept)]);
  },
);

/** A page as memory that whoever receives it may do with as it likes. */
export function pageItem({ state }: Mach, bytes: string): Item {
  const made = newObject(state, 1);
  setPage(state, made, 0, resident(bytes, true));
  return { tag: 'region', type: 9, bits: 8, long: true, offset: 0, size: memoryOf(state).pageSize, pages: [{ object: made, index: 0 }] };
}

/**
 * Threads that wait for a page of an object try again; all of its pages where none is named. In one variant those
 * that wait for its pager to be ready wait for nothing else.
 */
export const wakeFaulters = implementing(
  ['mach/page-states-follow-the-table'],
  ({ state }: Mach, object: ObjectId, index: number | null): void => {
    if (index !== null && state.variant === 'gnumach' && objectOf(state, object).pager?.status === 'silent') return;
    state.threads.forEach(({ run, life }, thread) => {
      if (life === 'dead' || run.tag !== 'faulting' || run.object !== object || (index !== null && run.index !== index)) return;
      change(state.threads[thread]!).run = { ...run, woken: true };
    });
  },
);
