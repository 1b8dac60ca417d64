import type { ProcessId } from '#spec/qnx/vocabulary';
import { sharedAt } from '#model/qnx/memory/bytes';
import type { QnxState } from '#model/qnx/state';
import type { Qnx, QnxOperation } from '#model/qnx/world';
import { blocked, change, raised, returned } from '#model/operation';

/** The semaphore at an address of a process, by its number; -1 if there is none. */
function semaphoreAt(state: QnxState, thread: ProcessId, address: number): number {
  const place = sharedAt(state, thread, address);
  if (place === null) return -1;
  return state.semaphores.findIndex(({ live, object, offset }) => live && object === place.object && offset === place.offset);
}

/** Makes a semaphore in shared memory, where whoever has that memory finds it. */
export const semInit: QnxOperation<'sem_init'> = {
  implements: ['qnx/semaphore-counts-and-blocks'],

  step(world, { thread, at, value }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const place = sharedAt(state, thread, at);
    if (place === null) return raised('EINVAL');
    const known = semaphoreAt(state, thread, at);
    if (known >= 0 && state.semaphores[known]!.waiters.length > 0) return raised('EBUSY');
    // Effect.
    if (known >= 0) change(state.semaphores[known]!).value = value;
    else change(state).semaphores.push({ live: true, ...place, value, waiters: [] });
    return returned(null);
  },
};

/** Takes one from a semaphore, and waits until there is one to take. */
export const semWait: QnxOperation<'sem_wait'> = {
  implements: ['qnx/semaphore-counts-and-blocks'],

  step(world, { thread, at }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const found = semaphoreAt(state, thread, at);
    if (found < 0) return raised('EINVAL');
    // Effect.
    const semaphore = change(state.semaphores[found]!);
    if (semaphore.value > 0) {
      semaphore.value -= 1;
      return returned(null);
    }
    semaphore.waiters = [...semaphore.waiters, thread];
    change(state.processes[thread]!).run = { tag: 'semaphore', semaphore: found };
    return blocked;
  },
};

export const semTrywait: QnxOperation<'sem_trywait'> = {
  implements: ['qnx/semaphore-counts-and-blocks'],

  step(world, { thread, at }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const found = semaphoreAt(state, thread, at);
    if (found < 0) return raised('EINVAL');
    if (state.semaphores[found]!.value === 0) return raised('EAGAIN');
    // Effect.
    change(state.semaphores[found]!).value -= 1;
    return returned(null);
  },
};

export const semPost: QnxOperation<'sem_post'> = {
  implements: ['qnx/semaphore-counts-and-blocks'],

  step(world, { thread, at }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const found = semaphoreAt(state, thread, at);
    if (found < 0) return raised('EINVAL');
    // Effect.
    if (state.semaphores[found]!.waiters.length > 0) world.mechanisms.releaseWaiter(world, found);
    else change(state.semaphores[found]!).value += 1;
    return returned(null);
  },
};

export const semDestroy: QnxOperation<'sem_destroy'> = {
  implements: ['qnx/semaphore-counts-and-blocks'],

  step(world, { thread, at }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const found = semaphoreAt(state, thread, at);
    if (found < 0) return raised('EINVAL');
    if (state.semaphores[found]!.waiters.length > 0) return raised('EBUSY');
    // Effect.
    change(state.semaphores[found]!).live = false;
    return returned(null);
  },
};

/** The first in priority of those that wait has the semaphore; among equals that is open. */
export function releaseWaiter(world: Qnx, found: number): void {
  const { state, mechanisms } = world;
  const semaphore = change(state.semaphores[found]!);
  const highest = Math.max(...semaphore.waiters.map((process) => state.processes[process]!.priority));
  const equals = semaphore.waiters.filter((process) => state.processes[process]!.priority === highest);
  const next = world.choose('semaphore order', equals, (process) => `P${process}`);
  semaphore.waiters = semaphore.waiters.filter((process) => process !== next);
  mechanisms.wake(world, next, { tag: 'done' });
}

/** A process that is interrupted or ends waits for no semaphore any more. */
export function leaveSemaphore({ state }: Qnx, process: ProcessId): void {
  const { run } = state.processes[process]!;
  if (run.tag !== 'semaphore') return;
  const semaphore = change(state.semaphores[run.semaphore]!);
  semaphore.waiters = semaphore.waiters.filter((other) => other !== process);
}
