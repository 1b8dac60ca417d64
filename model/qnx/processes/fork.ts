import { newPid } from '#model/qnx/entries';
import { exchangeWithProc } from '#model/qnx/messages/send';
import { copy } from '#model/copy';
import type { Process, QnxState } from '#model/qnx/state';
import type { QnxOperation } from '#model/qnx/world';
import { BeyondScope, change, ModelError, raised, returned } from '#model/operation';

/** Makes a copy of the caller, which is in no exchange with anyone. */
export const fork: QnxOperation<'fork'> = {
  implements: [
    'qnx/fork-copies-the-caller', 'qnx/ids-share-one-space', 'qnx/fork-copies-memory', 'qnx/child-inherits-by-the-table',
    'qnx/proc-serves-by-messages',
  ],

  step(world, { thread, child }) {
    world.charge('trap');
    exchangeWithProc(world);
    const { state, mechanisms } = world;
    // Guards.
    if (child !== state.processes.length) throw new ModelError('the next process has another number');
    if (mechanisms.isTableFull(state)) return raised('EAGAIN');
    if (state.processes.length >= state.limits.processes) throw new BeyondScope('too many processes');
    // Effect.
    const pid = newPid(world);
    change(state).processes.push(change({ ...mechanisms.imageOf(state.processes[thread]!), pid, parent: thread }));
    return returned({ pid });
  },
};

/** Whether there is no room for another process; zombies take room too. */
export const isTableFull = ({ processes, limits }: QnxState): boolean =>
  processes.filter(({ life }) => life !== 'gone').length >= limits.processTable;

/** What a copy of a process starts with: all that it is, but nothing that it waits for or that waits for it. */
export const imageOf = (process: Process): Process => ({
  ...copy(process), queue: [], pending: process.pending.map(() => 0), handled: [...process.handled],
});
