import type { ProcessId } from '#spec/qnx/vocabulary';
import type { QnxState } from '#model/qnx/state';
import type { Qnx } from '#model/qnx/world';
import { change } from '#model/operation';

/** Nobody has the processor. */
export const NOBODY = -1 as ProcessId;

/** Whether a process could use the processor. */
export function isRunnable({ processes }: QnxState, process: ProcessId): boolean {
  const { life, held, run, circuit } = processes[process]!;
  return life === 'live' && circuit === null && !held && (run.tag === 'ready' || run.tag === 'answered');
}

/** Takes a process out of the ready queues. */
export function withdraw(state: QnxState, process: ProcessId): void {
  if (state.ready.includes(process)) change(state).ready = state.ready.filter((other) => other !== process);
}

/**
 * Puts a process into the ready queue of its priority, at the head or the tail. The queues are kept as one
 * list, from the highest priority to the lowest.
 */
export function makeReady(world: Qnx, process: ProcessId, end: 'head' | 'tail'): void {
  const { state } = world;
  withdraw(state, process);
  const priorityOf = (other: ProcessId) => state.processes[other]!.priority;
  const own = priorityOf(process);
  const behind = state.ready.findIndex((other) => (end === 'head' ? priorityOf(other) <= own : priorityOf(other) < own));
  const at = behind < 0 ? state.ready.length : behind;
  change(state).ready = [...state.ready.slice(0, at), process, ...state.ready.slice(at)];
}

/** The running process has a full slice before it. */
export function renewSlice({ state }: Qnx, process: ProcessId): void {
  change(state.processes[process]!).slice = state.limits.slice;
}
