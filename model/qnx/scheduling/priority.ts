import type { ProcessId } from '#spec/qnx/vocabulary';
import type { QnxState } from '#model/qnx/state';

/** The highest priority that a process may give without privilege. */
export const ORDINARY_LIMIT = 20;

/** Whether a process may give a priority: the superuser any, others up to the limit, and none above it anew. */
export function mayRaise({ processes }: QnxState, process: ProcessId, priority: number): boolean {
  const { uid, priority: own } = processes[process]!;
  return uid === 0 || priority <= Math.max(own, ORDINARY_LIMIT);
}
