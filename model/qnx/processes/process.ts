import type { Pid, Policy } from '#spec/qnx/vocabulary';
import { pidOf } from '#model/qnx/entries';
import { contentsOf, faults, toParts, writeByte } from '#model/qnx/memory/bytes';
import { ANY, PROC, PROC_PID, type Process, type QnxState } from '#model/qnx/state';
import { signals } from '#model/qnx/words';
import { endedCaller } from '#model/qnx/processes/caller';
import type { QnxOperation } from '#model/qnx/world';
import { change, returned } from '#model/operation';

export const fresh = (): Omit<Process, 'pid' | 'parent' | 'memory'> => ({
  life: 'live', status: 0, ending: false, run: { tag: 'ready' }, queue: [], held: false,
  pending: signals.map(() => 0), mask: signals.map(() => false), actions: signals.map(() => 'default' as const),
  handled: [], flags: [], priority: 10, base: 10, own: 10, policy: 'round-robin', slice: 1, uid: 100,
  files: [], shared: [], windows: [], group: PROC_PID, session: PROC_PID, environment: 0, directory: 0, umask: 0, circuit: null,
});

const add = (state: QnxState, process: Process): void => { change(state).processes.push(change(process)); };

/** Proc, which waits for requests all the time that no one asks it for anything. */
export function bootProc(state: QnxState): void {
  add(state, {
    ...fresh(), pid: 1 as Pid, parent: PROC, memory: [], run: { tag: 'receiving', from: ANY, buffer: [] }, priority: 30, base: 30, own: 30, uid: 0,
  });
}

/** One of the processes that a run begins with; Proc is their parent. */
export function bootProcess(state: QnxState, priority: number, policy: Policy, uid: number): void {
  const pid = state.nextPid as Pid;
  change(state).nextPid += 1;
  const memory = Array.from({ length: state.limits.memory }, () => 0);
  add(state, {
    ...fresh(), pid, parent: PROC, memory, priority, base: priority, own: priority, policy,
    slice: state.limits.slice, uid, group: pid, session: pid,
  });
}

export const getpid: QnxOperation<'getpid'> = {
  implements: ['qnx/ids-share-one-space'],

  step(world, { thread }) {
    const { state } = world;
    const { pid, parent } = state.processes[thread]!;
    return returned({ pid, parent: pidOf(state, parent) });
  },
};

/** The caller's own instructions write to its memory. Beyond it there is nothing but a signal. */
export const store: QnxOperation<'store'> = {
  implements: ['qnx/address-spaces-are-apart', 'qnx/bad-access-is-a-fault'],

  step(world, { thread, at, bytes }) {
    const { state, mechanisms } = world;
    if (faults(state, thread, toParts([{ at, length: bytes.length }]))) return mechanisms.segmentFault(world, thread);
    bytes.forEach((byte, place) => writeByte(state, thread, at + place, byte));
    return returned(null);
  },
};

export const load: QnxOperation<'load'> = {
  implements: ['qnx/address-spaces-are-apart', 'qnx/bad-access-is-a-fault'],

  step(world, { thread, at, length }) {
    const { state, mechanisms } = world;
    const parts = toParts([{ at, length }]);
    if (faults(state, thread, parts)) return mechanisms.segmentFault(world, thread);
    return returned({ bytes: contentsOf(state, thread, parts) });
  },
};

export const exit: QnxOperation<'_exit'> = {
  implements: ['qnx/process-ends-in-two-stages'],

  step(world, { thread, status }) {
    world.charge('trap');
    world.mechanisms.terminate(world, thread, status);
    return endedCaller(world, thread);
  },
};
