import { FIRST_WINDOW, WINDOW } from '#model/qnx/memory/bytes';
import { exchangeWithProc } from '#model/qnx/messages/send';
import type { QnxState } from '#model/qnx/state';
import type { Qnx, QnxOperation } from '#model/qnx/world';
import { BeyondScope, change, raised, returned } from '#model/operation';

const CLOSED = -1;

/** The lowest free place of a list. */
function lowestFree(places: readonly number[]): number {
  const free = places.indexOf(CLOSED);
  return free < 0 ? places.length : free;
}

const withPlace = (places: readonly number[], at: number, value: number): number[] => [...places.slice(0, at), value, ...places.slice(at + 1)];

/** Opens the object of a name, which is made if that is asked for. */
export const shmOpen: QnxOperation<'shm_open'> = {
  implements: ['qnx/shared-memory-is-one-for-all', 'qnx/proc-serves-by-messages'],

  step(world, { thread, name, create, exclusive }) {
    world.charge('trap');
    exchangeWithProc(world);
    const { state } = world;
    // Guards.
    const known = state.objects.findIndex((object) => object.linked && object.name === name);
    const fd = lowestFree(state.processes[thread]!.shared);
    if (known < 0 && !create) return raised('ENOENT');
    if (known >= 0 && create && exclusive) return raised('EEXIST');
    if (fd >= state.limits.files) return raised('EMFILE');
    if (known < 0 && state.objects.length >= state.limits.objects) throw new BeyondScope('too many shared objects');
    // Effect.
    const object = known < 0 ? state.objects.length : known;
    if (known < 0) change(state).objects.push({ name, linked: true, bytes: Array.from({ length: WINDOW }, () => 0) });
    const process = change(state.processes[thread]!);
    process.shared = withPlace(process.shared, fd, object);
    return returned({ fd });
  },
};

/** Takes the name away from an object, which is there as long as somebody has it. */
export const shmUnlink: QnxOperation<'shm_unlink'> = {
  implements: ['qnx/shared-memory-is-one-for-all', 'qnx/proc-serves-by-messages'],

  step(world, { name }) {
    world.charge('trap');
    exchangeWithProc(world);
    const { objects } = world.state;
    // Guards.
    const known = objects.findIndex((object) => object.linked && object.name === name);
    if (known < 0) return raised('ENOENT');
    // Effect.
    change(objects[known]!).linked = false;
    world.mechanisms.dropUnused(world);
    return returned(null);
  },
};

export const mmap: QnxOperation<'mmap'> = {
  implements: ['qnx/shared-memory-is-one-for-all', 'qnx/proc-serves-by-messages'],

  step(world, { thread, fd }) {
    world.charge('trap');
    exchangeWithProc(world);
    const { state } = world;
    const { shared, windows } = state.processes[thread]!;
    // Guards.
    const object = shared[fd] ?? CLOSED;
    if (object === CLOSED) return raised('EBADF');
    const window = lowestFree(windows);
    if (window >= state.limits.windows) return raised('ENOMEM');
    // Effect.
    change(state.processes[thread]!).windows = withPlace(windows, window, object);
    return returned({ at: FIRST_WINDOW + window * WINDOW });
  },
};

export const munmap: QnxOperation<'munmap'> = {
  implements: ['qnx/shared-memory-is-one-for-all', 'qnx/proc-serves-by-messages'],

  step(world, { thread, at }) {
    world.charge('trap');
    exchangeWithProc(world);
    const { windows } = world.state.processes[thread]!;
    const window = (at - FIRST_WINDOW) / WINDOW;
    // Guards.
    if ((windows[window] ?? CLOSED) === CLOSED) return raised('EINVAL');
    // Effect.
    change(world.state.processes[thread]!).windows = withPlace(windows, window, CLOSED);
    world.mechanisms.dropUnused(world);
    return returned(null);
  },
};

/** One object, in the first window of every process but Proc. */
export function shareFirstWindow(state: QnxState): void {
  change(state).objects.push({ name: 'first', linked: true, bytes: Array.from({ length: WINDOW }, () => 0) });
  for (const process of state.processes.slice(1)) change(process).windows = [0];
}

/** Objects without a name that nobody has any more are gone, and the semaphores in them. */
export function dropUnused({ state }: Qnx): void {
  state.objects.forEach(({ linked, bytes }, object) => {
    if (linked || bytes.length === 0) return;
    if (state.processes.some(({ shared, windows }) => shared.includes(object) || windows.includes(object))) return;
    change(state.objects[object]!).bytes = [];
    for (const semaphore of state.semaphores) if (semaphore.object === object) change(semaphore).live = false;
  });
}
