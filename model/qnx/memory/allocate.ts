import { exchangeWithProc } from '#model/qnx/messages/send';
import { FIRST_WINDOW } from '#model/qnx/memory/bytes';
import type { QnxState } from '#model/qnx/state';
import type { QnxOperation } from '#model/qnx/world';
import { change, raised, returned } from '#model/operation';

/** Private memory that processes have. */
export const inUse = ({ processes }: QnxState): number => processes.reduce((sum, { memory }) => sum + memory.length, 0);

/** Asks Proc for more memory. There is some or there is none: nothing is ever paged out to make room. */
export const sbrk: QnxOperation<'sbrk'> = {
  implements: ['qnx/memory-is-given-or-refused', 'qnx/proc-serves-by-messages'],

  step(world, { thread, bytes }) {
    world.charge('trap');
    exchangeWithProc(world);
    const { state } = world;
    const { memory } = state.processes[thread]!;
    // Guards.
    if (inUse(state) + bytes > state.limits.pool || memory.length + bytes > FIRST_WINDOW) return raised('ENOMEM');
    // Effect.
    change(state.processes[thread]!).memory = [...memory, ...Array.from({ length: bytes }, () => 0)];
    return returned({ at: memory.length });
  },
};
