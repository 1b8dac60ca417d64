import type { Pid, ProcessId } from '#spec/qnx/vocabulary';
import { pidOf } from '#model/qnx/entries';
import { exchangeWithProc } from '#model/qnx/messages/send';
import { ANY, type QnxState } from '#model/qnx/state';
import type { Qnx, QnxOperation } from '#model/qnx/world';
import { blocked, change, raised, returned } from '#model/operation';

/** Waits for a child to end, or takes note of one that has. */
export const waitpid: QnxOperation<'waitpid'> = {
  implements: ['qnx/wait-takes-a-zombie', 'qnx/proc-serves-by-messages'],

  step(world, { thread, pid, noHang }) {
    world.charge('trap');
    exchangeWithProc(world);
    const { state, mechanisms } = world;
    // Guards.
    const children = mechanisms.childrenOf(state, thread, pid);
    if (children.length === 0) return raised('ECHILD');
    const zombies = children.filter((child) => state.processes[child]!.life === 'zombie');
    // Effect.
    if (zombies.length > 0) return returned(reap(world, world.choose('which zombie', zombies, (child) => `P${child}`)));
    if (noHang) return returned({ pid: ANY, status: 0 });
    change(state.processes[thread]!).run = { tag: 'waiting', child: pid };
    return blocked;
  },
};

/** The children of a process that are alive or not yet waited for. */
export function childrenOf({ processes }: QnxState, parent: ProcessId, pid: Pid): readonly ProcessId[] {
  const children: ProcessId[] = [];
  processes.forEach((process, id) => {
    if (id > 0 && process.parent === parent && process.life !== 'gone' && (pid === ANY || process.pid === pid)) children.push(id as ProcessId);
  });
  return children;
}

/** What is left of a child goes once its parent knows of its end. */
export function reap({ state }: Qnx, child: ProcessId): { readonly pid: Pid; readonly status: number } {
  const zombie = change(state.processes[child]!);
  zombie.life = 'gone';
  return { pid: pidOf(state, child), status: zombie.status };
}

/** A parent that waits is told of a child that ended, or that it has none to wait for any more. */
export function tellWaiting(world: Qnx, parent: ProcessId): void {
  const { state, mechanisms } = world;
  const { run } = state.processes[parent]!;
  if (run.tag !== 'waiting') return;
  const children = mechanisms.childrenOf(state, parent, run.child);
  const zombie = children.find((child) => state.processes[child]!.life === 'zombie');
  if (zombie !== undefined) mechanisms.wake(world, parent, { tag: 'waited', ...reap(world, zombie) });
  else if (children.length === 0) mechanisms.wake(world, parent, { tag: 'error', error: 'ECHILD' });
}
