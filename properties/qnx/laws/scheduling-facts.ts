import type { Process, QnxState } from '#model/qnx/state';
import type { QnxStep } from '#properties/qnx/obligation';
import { errorOf, isCall } from '#properties/qnx/facts';

/** Whether a process could use the processor. */
export const canRun = ({ processes }: QnxState, id: number): boolean => {
  const process = processes[id];
  return process?.life === 'live' && !process.held && (process.run.tag === 'ready' || process.run.tag === 'answered');
};

export const priorityOf = ({ processes }: QnxState, id: number): number => processes[id]!.priority;

/** The process that had the processor before a step and has it no longer; null if none. */
export function loser({ before, after }: QnxStep): number | null {
  return before.modelled && before.running > 0 && after.running !== before.running ? before.running : null;
}

/** Ready processes of higher priority than one. */
export const above = (state: QnxState, id: number): boolean => state.ready.some((other) => other !== id
  && priorityOf(state, other) > priorityOf(state, id));

/** The running process used up its slice in this step. */
export const expired = ({ before, call }: QnxStep): boolean => call.operation === 'tick' && before.modelled && before.running > 0
  && before.processes[before.running]!.policy !== 'fifo' && before.processes[before.running]!.slice === 1;

export const yields = ({ before, call }: QnxStep): boolean => call.operation === 'Yield' && before.modelled;

/** In one variant a kernel call costs a FIFO process its turn. */
export const yieldsByCall = ({ before, call }: QnxStep): boolean => before.variant === 'yield-on-kernel-calls' && 'thread' in call
  && before.running > 0 && before.processes[before.running]!.policy === 'fifo';

/** Live processes that can run after a step, do not, and could not before it. */
export function newlyReady({ before, after }: QnxStep): readonly number[] {
  if (!after.modelled) return [];
  const found: number[] = [];
  for (let id = 1; id < after.processes.length; id += 1) if (canRun(after, id) && !canRun(before, id)) found.push(id);
  return found;
}

export const equals = (state: QnxState, id: number): readonly number[] => state.ready.filter((other) => other !== id
  && priorityOf(state, other) === priorityOf(state, id));

export const placeOf = ({ ready }: QnxState, id: number): number => ready.indexOf(id as never);

/** A call that set a priority or policy, and was not refused. */
export function governed(step: QnxStep): { readonly target: number; readonly priority: number; readonly policy: Process['policy'] | null } | null {
  if (!isCall(step, 'setprio', 'sched_setscheduler') || errorOf(step) !== null) return null;
  const { call, before } = step;
  const target = call.pid === 0 ? call.thread : before.processes.findIndex(({ pid, life }) => pid === call.pid && life === 'live');
  return { target, priority: call.priority, policy: call.operation === 'setprio' ? null : call.policy as Process['policy'] };
}
