import type { ThreadId } from '#spec/mach/vocabulary';
import { mappingAt, memoryOf, within } from '#model/mach/memory/space';
import { objectOf } from '#model/mach/memory/object';
import { askUnlock } from '#model/mach/memory/pager';
import { READ, WRITE, type Mapping, type MemoryObject, type ObjectId } from '#model/mach/memory/state';
import type { ReceiveChoices } from '#model/mach/messages/receive';
import type { SendChoices } from '#model/mach/messages/send';
import { implementing, type Cascade, type Mach, type MachOperation } from '#model/mach/world';
import type { MachState, Run, Touch } from '#model/mach/state';
import { blocked, change, ended, returned } from '#model/operation';

/** What became of a touch: the byte, or the thread waits, or is no more. */
export type Touched = { readonly tag: 'done'; readonly byte: string } | { readonly tag: 'waiting' } | { readonly tag: 'ended' };

export type FaultChoices = SendChoices | ReceiveChoices | 'reused name' | 'cleaning order' | 'unhandled exception' | 'orphaned reply port';

/** One thread reads or writes one byte, if the map of its space lets it; otherwise it raises an exception. */
export const touchByte = implementing(
  ['mach/access-is-judged-by-the-map'],
  (world: Mach<FaultChoices>, thread: ThreadId, touch: Touch): Touched => {
    const { state, mechanisms } = world;
    const { task } = state.threads[thread]!;
    const { pageSize } = memoryOf(state);
    const mapping = mappingAt(state, task, Math.floor(touch.address / pageSize));
    if (mapping === null) return mechanisms.raiseException(world, thread, 'thread', 'KERN_INVALID_ADDRESS', touch);
    if (!within(accessOf(world, mapping, touch), mapping.current)) {
      return mechanisms.raiseException(world, thread, 'thread', 'KERN_PROTECTION_FAILURE', touch);
    }
    const fetched = mechanisms.fetchPage(world, mapping, touch.tag === 'store');
    if (fetched.tag === 'here') return { tag: 'done', byte: mechanisms.perform(world, mapping, touch) };
    if (fetched.tag === 'gone') return mechanisms.raiseException(world, thread, 'thread', 'KERN_MEMORY_ERROR', touch);
    const { object } = fetched;
    world.charge('fault');
    change(state.threads[thread]!).run = { tag: 'faulting', object, index: mapping.index, touch, woken: false, failed: false, broken: null };
    return { tag: 'waiting' };
  },
);

/** What a touch needs to be allowed. In one variant, to write a byte is to read it as well. */
function accessOf(world: Mach, { current }: Mapping, { tag }: Touch): number {
  if (tag === 'load') return READ;
  if (world.state.variant !== 'gnumach') return WRITE;
  if ((current & (READ | WRITE)) === WRITE) world.deviate('mach/access-is-judged-by-the-map');
  return READ | WRITE;
}

/** Whether a page can be touched now, must be waited for at some object, or will never come. */
export type Fetched = { readonly tag: 'here' } | { readonly tag: 'gone' } | { readonly tag: 'away'; readonly object: ObjectId };

/**
 * Looks for a page down the chain of what its object shadows, and asks the pager where one must be asked: for the
 * page, or to allow what it forbids. Of what is shadowed, nothing is ever written.
 */
export const fetchPage = implementing(
  [
    'mach/page-states-follow-the-table', 'mach/unlock-is-asked-once', 'mach/absent-page-raises-no-exception', 'mach/pager-death-fails-waiting-threads',
  ],
  (world: Mach<Cascade>, { object: top, index }: Mapping, write: boolean): Fetched => {
    const { state, mechanisms } = world;
    for (let at: ObjectId | null = top; at !== null; at = objectOf(state, at).shadow) {
      const { pages, pager }: MemoryObject = objectOf(state, at);
      const page = pages[index] ?? null;
      const access = write && at === top ? writing(state) : READ;
      if (page?.tag === 'resident') {
        if ((page.forbidden & access) === 0) return unlessCopyWaits(state, top, index, write);
        if (pager === null || pager.status === 'gone') return { tag: 'gone' };
        askUnlock(world, at, index, page, access);
        return { tag: 'away', object: at };
      }
      if (page?.tag === 'absent' || pager === null) continue;
      if (pager.status === 'gone') return { tag: 'gone' };
      mechanisms.askPager(world, at, index, write && at === top);
      return { tag: 'away', object: at };
    }
    return unlessCopyWaits(state, top, index, write);
  },
);

/** A page that is to be written, unless it is not yet known whether the copy of its object needs the old version. */
function unlessCopyWaits(state: MachState, object: ObjectId, index: number, write: boolean): Fetched {
  const { copy } = objectOf(state, object);
  const waits = write && copy !== null && objectOf(state, copy).pages[index]?.tag === 'awaited';
  return waits ? { tag: 'away', object: copy } : { tag: 'here' };
}

/** What writing needs of a pager's page: in one variant, to write is to read as well. */
const writing = ({ variant }: MachState): number => (variant === 'gnumach' ? READ | WRITE : WRITE);

/** What a thread does whose page may have come: it tries again, or hears of an error. */
export const afterFault = implementing(
  ['mach/data-error-reaches-waiting-threads', 'mach/paging-is-messages'],
  (world: Mach<FaultChoices>, thread: ThreadId, { touch, failed }: Extract<Run, { tag: 'faulting' }>): Touched => {
    const { state, mechanisms } = world;
    change(state.threads[thread]!).run = { tag: 'ready' };
    return failed ? mechanisms.raiseException(world, thread, 'thread', 'KERN_MEMORY_ERROR', touch) : mechanisms.touchByte(world, thread, touch);
  },
);

/** Reads or writes the byte itself. */
export const perform = implementing(
  ['mach/access-is-judged-by-the-map'],
  (world: Mach<Cascade>, { object, index }: Mapping, touch: Touch): string => {
    const { mechanisms, state } = world;
    const at = (touch.address % memoryOf(state).pageSize) * 2;
    const bytes = mechanisms.contents(world, object, index);
    if (touch.tag === 'load') return bytes.slice(at, at + 2);
    mechanisms.writePage(world, object, index, bytes.slice(0, at) + touch.byte + bytes.slice(at + 2));
    return touch.byte;
  },
);

/** A thread reads a byte of its task's memory. */
export const load: MachOperation<'load', FaultChoices> = {
  implements: ['mach/access-is-judged-by-the-map'],

  step(world, { thread, address }) {
    const touched = world.mechanisms.touchByte(world, thread, { tag: 'load', address });
    if (touched.tag === 'done') return returned({ byte: touched.byte });
    return touched.tag === 'waiting' ? blocked : ended;
  },
};

/** A thread writes a byte of its task's memory. */
export const store: MachOperation<'store', FaultChoices> = {
  implements: ['mach/access-is-judged-by-the-map'],

  step(world, { thread, address, byte }) {
    const touched = world.mechanisms.touchByte(world, thread, { tag: 'store', address, byte });
    if (touched.tag === 'done') return returned(null);
    return touched.tag === 'waiting' ? blocked : ended;
  },
};
