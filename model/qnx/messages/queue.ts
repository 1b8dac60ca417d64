import type { Pid, ProcessId } from '#spec/qnx/vocabulary';
import { pidOf } from '#model/qnx/entries';
import { PROC_PID, type Item, type Process, type QnxState } from '#model/qnx/state';
import { withhold } from '#model/qnx/network/circuit';
import type { Qnx } from '#model/qnx/world';
import { change } from '#model/operation';

/** Who an item is received from. */
export function senderOf(state: QnxState, item: Item): Pid {
  switch (item.tag) {
    case 'message': return pidOf(state, item.from);
    case 'proxy': return state.proxies[item.proxy]!.pid;
    case 'signal': return pidOf(state, item.client);
    case 'death': return PROC_PID;
  }
}

export const isByPriority = ({ flags }: Process): boolean => flags.includes('PRIORITY_REC') || flags.includes('PRIORITY_FLOAT');

/** Puts an item where its receiver's order has it: last, or before the first of lower priority. */
export function enqueue(world: Qnx, receiver: ProcessId, item: Item): void {
  const process = change(world.state.processes[receiver]!);
  const behind = isByPriority(process) ? process.queue.findIndex(({ priority }) => priority < item.priority) : -1;
  const at = behind < 0 ? process.queue.length : behind;
  process.queue = [...process.queue.slice(0, at), item, ...process.queue.slice(at)];
}

/** A new arrival stands behind all others of its kind. */
export function nextArrival({ state }: Qnx): number {
  const arrival = state.arrivals;
  change(state).arrivals += 1;
  return arrival;
}

/** Takes items out of a queue. */
export function dequeue(state: QnxState, receiver: ProcessId, leaves: (item: Item) => boolean): void {
  const process = change(state.processes[receiver]!);
  if (!process.queue.some(leaves)) return;
  process.queue = process.queue.filter((item) => !leaves(item));
  if (process.circuit !== null) withhold(state, receiver, 'message');
}
