import type { ThreadId } from '#spec/mach/vocabulary';
import { mappingAt, memoryOf } from '#model/mach/memory/space';
import { READ, WRITE, type Mapping } from '#model/mach/memory/state';
import type { ReceiveChoices } from '#model/mach/messages/receive';
import type { SendChoices } from '#model/mach/messages/send';
import { implementing, type Mach, type MachOperation } from '#model/mach/world';
import type { Touch } from '#model/mach/state';
import { blocked, ended, returned } from '#model/operation';

/** What became of a touch: the byte, or the thread waits, or is no more. */
export type Touched = { readonly tag: 'done'; readonly byte: string } | { readonly tag: 'waiting' } | { readonly tag: 'ended' };

export type FaultChoices = SendChoices | ReceiveChoices | 'reused name' | 'cleaning order' | 'unhandled exception';

/** One thread reads or writes one byte, if the map of its space lets it; otherwise it raises an exception. */
export const touchByte = implementing(
  ['mach/access-is-judged-by-the-map'],
  (world: Mach<FaultChoices>, thread: ThreadId, touch: Touch): Touched => {
    const { state, mechanisms } = world;
    const { task } = state.threads[thread]!;
    const { pageSize } = memoryOf(state);
    const mapping = mappingAt(state, task, Math.floor(touch.address / pageSize));
    if (mapping === null) return mechanisms.raiseException(world, thread, 'thread', 'KERN_INVALID_ADDRESS', touch);
    if ((mapping.current & (touch.tag === 'load' ? READ : WRITE)) === 0) {
      return mechanisms.raiseException(world, thread, 'thread', 'KERN_PROTECTION_FAILURE', touch);
    }
    return { tag: 'done', byte: mechanisms.perform(world, mapping, touch) };
  },
);

/** Reads or writes the byte itself. */
export const perform = implementing(
  ['mach/access-is-judged-by-the-map'],
  (world: Mach, { object, index }: Mapping, touch: Touch): string => {
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
