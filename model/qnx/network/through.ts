import type { ProcessId } from '#spec/qnx/vocabulary';
import { addressesOf } from '#model/qnx/memory/bytes';
import { nextArrival } from '#model/qnx/messages/queue';
import { growTo } from '#model/qnx/network/attach';
import { circuitOf, queueForNet, setCircuit, tell } from '#model/qnx/network/circuit';
import { downErrors, type FarError } from '#model/qnx/network/question';
import type { Parts, QnxState, Sent } from '#model/qnx/state';
import type { Qnx } from '#model/qnx/world';
import { blocked, change } from '#model/operation';

export const lengthOf = (parts: Parts): number => parts.reduce((sum, { length }) => sum + length, 0);

/** What a message and the room for its reply take. */
export const spanOf = ({ message, reply }: Sent): number => lengthOf(message) + lengthOf(reply);

/** Why a message cannot go by a circuit. */
export function throughErrors(world: Qnx, end: ProcessId, sent: Sent): readonly (FarError | 'EAGAIN' | 'EINVAL' | 'ENOMEM')[] {
  const { state } = world;
  const span = spanOf(sent);
  const errors: (FarError | 'EAGAIN' | 'EINVAL' | 'ENOMEM')[] = [
    ...downErrors(state), ...world.mechanisms.bufferErrors(state, span, span - state.processes[end]!.memory.length),
  ];
  if (state.net && state.outgoing.length >= state.limits.outgoing) errors.push('EAGAIN');
  return errors;
}

/** A message goes by a circuit: its sender is SEND-blocked on the end of this node until Net has carried it off. */
export function sendThrough(world: Qnx, thread: ProcessId, end: ProcessId, sent: Sent) {
  const { state, mechanisms } = world;
  const { priority } = state.processes[thread]!;
  growTo(state, end, spanOf(sent));
  mechanisms.enqueue(world, end, { tag: 'message', from: thread, priority, arrival: nextArrival(world) });
  change(state.processes[thread]!).run = { tag: 'sending', on: end, sent };
  setCircuit(state, end, { sent: circuitOf(state, end).sent + 1 });
  queueForNet(world, { tag: 'message', end });
  return blocked;
}

/** Why a reply cannot go back by a circuit. */
export function answerErrors(state: QnxState, end: ProcessId): readonly (FarError | 'EAGAIN')[] {
  if (state.processes[end]!.circuit === null) return [];
  return state.net && state.outgoing.length >= state.limits.outgoing ? ['EAGAIN'] : downErrors(state);
}

/** What an end is answered in the name of the process it stands for goes to the other end. */
export function answerThrough(world: Qnx, end: ProcessId): void {
  const { state } = world;
  const { run, memory } = state.processes[end]!;
  if (run.tag !== 'replying') return;
  const bytes = addressesOf(run.sent.reply).map((address) => memory[address]!);
  queueForNet(world, { tag: 'reply', end, exchange: circuitOf(state, end).heard, bytes });
  change(state.processes[end]!).run = { tag: 'ready' };
}

/** A process that waits for a reply by a circuit does so no longer: the other end is told. */
export function cancelThrough(world: Qnx, process: ProcessId): void {
  const { state } = world;
  const { run } = state.processes[process]!;
  if (run.tag !== 'replying' || state.processes[run.on]!.circuit === null) return;
  const { nid, vid, sent } = circuitOf(state, run.on);
  tell(world, nid, { tag: 'cancel', end: vid, other: state.processes[run.on]!.pid, exchange: sent });
}

