import type { Pid, ProcessId } from '#spec/qnx/vocabulary';
import { processUnder } from '#model/qnx/entries';
import { ANY, type QnxState } from '#model/qnx/state';
import type { Qnx, QnxOperation } from '#model/qnx/world';
import { change, raised, returned } from '#model/operation';

/** The highest priority that a process may give without privilege, and the highest there is. */
export const ORDINARY_LIMIT = 20;
export const HIGHEST = 31;

/** Whether a process may give a priority: the superuser any, others up to the limit, and none above it anew. */
export function mayRaise({ processes }: QnxState, process: ProcessId, priority: number): boolean {
  const { uid, priority: own } = processes[process]!;
  return uid === 0 || priority <= Math.max(own, ORDINARY_LIMIT);
}

const targetOf = (state: QnxState, thread: ProcessId, pid: Pid): ProcessId | null => (pid === ANY ? thread : processUnder(state, pid));

export const getprio: QnxOperation<'getprio'> = {
  implements: ['qnx/setprio-changes-the-priority'],

  step(world, { thread, pid }) {
    world.charge('trap');
    const target = targetOf(world.state, thread, pid);
    return target === null ? raised('ESRCH') : returned({ priority: world.state.processes[target]!.priority });
  },
};

export const getscheduler: QnxOperation<'sched_getscheduler'> = {
  implements: ['qnx/setprio-changes-the-priority'],

  step(world, { thread, pid }) {
    world.charge('trap');
    const target = targetOf(world.state, thread, pid);
    return target === null ? raised('ESRCH') : returned({ policy: world.state.processes[target]!.policy });
  },
};

/** The errors of giving a process a priority. */
function errorsOf(world: Qnx, thread: ProcessId, target: ProcessId | null, priority: number): ('ESRCH' | 'EINVAL' | 'EPERM')[] {
  const { state, mechanisms } = world;
  const errors: ('ESRCH' | 'EINVAL' | 'EPERM')[] = [];
  if (priority < 0 || priority > HIGHEST) errors.push('EINVAL');
  if (target === null) errors.push('ESRCH');
  else if (!mechanisms.mayGovern(state, thread, target) || !mechanisms.mayRaise(state, thread, priority)) errors.push('EPERM');
  return errors;
}

/** Whose scheduling a process may change: its own and that of its user's; the superuser anyone's but Proc's. */
export function mayGovern({ processes }: QnxState, process: ProcessId, target: ProcessId): boolean {
  const { uid } = processes[process]!;
  return target !== 0 && (uid === 0 || uid === processes[target]!.uid);
}

export const setprio: QnxOperation<'setprio'> = {
  implements: ['qnx/setprio-changes-the-priority', 'qnx/priorities-are-in-range'],

  step(world, { thread, pid, priority }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const target = targetOf(state, thread, pid);
    const errors = errorsOf(world, thread, target, priority);
    if (target === null || errors.length > 0) return raised(world.choose('error', errors, (error) => error));
    // Effect.
    const before = state.processes[target]!.priority;
    change(state.processes[target]!).own = priority;
    mechanisms.prioritise(world, target, priority);
    return returned({ priority: before });
  },
};

export const setscheduler: QnxOperation<'sched_setscheduler'> = {
  implements: ['qnx/setprio-changes-the-priority', 'qnx/priorities-are-in-range'],

  step(world, { thread, pid, policy, priority }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const target = targetOf(state, thread, pid);
    const errors = errorsOf(world, thread, target, priority);
    if (policy === 'other') errors.push('EINVAL');
    if (target === null || errors.length > 0 || policy === 'other') return raised(world.choose('error', errors, (error) => error));
    // Effect.
    const before = state.processes[target]!.policy;
    Object.assign(change(state.processes[target]!), { own: priority, policy });
    mechanisms.renewSlice(world, target);
    mechanisms.prioritise(world, target, priority);
    return returned({ policy: before });
  },
};

/** A process has a new priority, and whatever it had decayed is forgotten. Where it stands among its new equals is open. */
export function prioritise(world: Qnx, target: ProcessId, priority: number): void {
  const { state, mechanisms } = world;
  const process = change(state.processes[target]!);
  process.base = priority;
  process.priority = priority;
  if (!state.ready.includes(target)) return;
  mechanisms.makeReady(world, target, world.choose('place after a change', ['tail', 'head'] as const, (option) => option));
}

/**
 * A server whose priority is driven by its clients has that of the message it receives; while it is busy, a
 * message of higher priority that comes raises it.
 */
export function float(world: Qnx, server: ProcessId, priority: number, when: 'received' | 'queued'): void {
  const process = world.state.processes[server]!;
  if (!process.flags.includes('PRIORITY_FLOAT') || priority === process.priority) return;
  if (when === 'received' || priority > process.priority) world.mechanisms.prioritise(world, server, priority);
}

/** A server that has nothing to do keeps the priority it has come to, or has its own again: that is open. */
export function idle(world: Qnx, server: ProcessId): void {
  const { flags, priority, own } = world.state.processes[server]!;
  if (!flags.includes('PRIORITY_FLOAT') || priority === own) return;
  if (world.choose('idle priority', ['kept', 'its own'] as const, (option) => option) === 'its own') world.mechanisms.prioritise(world, server, own);
}
