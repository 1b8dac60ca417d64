import type { ProcessId } from '#spec/qnx/vocabulary';
import { isIgnored } from '#model/qnx/signals/post';
import { isByPriority } from '#model/qnx/messages/queue';
import { placeOf, signals } from '#model/qnx/words';
import { isProc } from '#model/qnx/entries';
import type { Item, QnxState } from '#model/qnx/state';
import type { Qnx } from '#model/qnx/world';
import { change } from '#model/operation';

/** Whether a process may send another one signals: the superuser to all, others to their own. */
export function maySignal({ processes }: QnxState, sender: ProcessId, target: ProcessId): boolean {
  const { uid } = processes[sender]!;
  return !isProc(target) && (uid === 0 || uid === processes[target]!.uid);
}

/** Signals that a process has come to ignore no longer wait for it. */
export function discardIgnored({ state }: Qnx, target: ProcessId): void {
  const process = change(state.processes[target]!);
  for (const signal of signals) if (isIgnored(process, signal)) process.pending[placeOf(signal)] = 0;
}

/** The order of a queue changes with the flag for it, or at once for none that are there already. */
export function reorder(world: Qnx, receiver: ProcessId): void {
  const process = change(world.state.processes[receiver]!);
  const key = (item: Item) => (isByPriority(process) ? -item.priority : 0);
  const sorted = [...process.queue].sort((a, b) => key(a) - key(b) || a.arrival - b.arrival);
  if (sorted.every((item, at) => item === process.queue[at])) return;
  if (world.choose('reorder', ['stays', 'reordered'] as const, (option) => option) === 'reordered') process.queue = sorted;
}
