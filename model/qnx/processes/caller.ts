import type { ProcessId } from '#spec/qnx/vocabulary';
import type { Qnx } from '#model/qnx/world';
import { change, ended } from '#model/operation';

/** The end of the caller itself is seen as the end of its call. */
export function endedCaller({ state }: Qnx, thread: ProcessId) {
  change(state.processes[thread]!).ending = false;
  return ended;
}
