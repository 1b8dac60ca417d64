import type { Part, Pid, ProcessId } from '#spec/qnx/vocabulary';
import { isSource } from '#model/qnx/entries';
import { contentsOf, faults, toParts } from '#model/qnx/memory/bytes';
import { ANY, type Parts } from '#model/qnx/state';
import type { Qnx, QnxOperation } from '#model/qnx/world';
import { blocked, change, raised, returned, spoiled } from '#model/operation';

/** Receives a message into one buffer, and waits for one if there is none. */
export const receive: QnxOperation<'Receive'> = {
  implements: ['qnx/receive-takes-or-waits', 'qnx/receive-says-why-it-failed', 'qnx/queue-keeps-its-order'],
  step: (world, { thread, pid, buffer }) => receiveOrWait(world, thread, pid, [buffer]),
};

export const receivemx: QnxOperation<'Receivemx'> = {
  implements: ['qnx/parts-are-their-concatenation'],
  step: (world, { thread, pid, buffer }) => receiveOrWait(world, thread, pid, buffer),
};

/** The same, but never waits. */
export const creceive: QnxOperation<'Creceive'> = {
  implements: ['qnx/creceive-never-blocks'],
  step: (world, { thread, pid, buffer }) => receiveNow(world, thread, pid, [buffer]),
};

export const creceivemx: QnxOperation<'Creceivemx'> = {
  implements: ['qnx/creceive-never-blocks', 'qnx/parts-are-their-concatenation'],
  step: (world, { thread, pid, buffer }) => receiveNow(world, thread, pid, buffer),
};

function receiveOrWait(world: Qnx, thread: ProcessId, pid: Pid, given: readonly Part[]) {
  const received = receiveParts(world, thread, pid, given);
  if (received.tag !== 'none') return received;
  const { state } = world;
  const { buffer } = received;
  if (faults(state, thread, buffer) && looked(world) === 'when it is given') return spoiled('EFAULT', null);
  change(state.processes[thread]!).run = { tag: 'receiving', from: pid, buffer };
  world.mechanisms.idle(world, thread);
  return blocked;
}

function receiveNow(world: Qnx, thread: ProcessId, pid: Pid, given: readonly Part[]) {
  const received = receiveParts(world, thread, pid, given);
  if (received.tag !== 'none') return received;
  return raised(world.choose('no message', ['ENOMSG', 'EAGAIN'] as const, (option) => option));
}

const looked = (world: Qnx) => world.choose('buffer check', ['when it is given', 'when it is used'] as const, (option) => option);

/** Takes what is there; `none` if there is nothing. */
function receiveParts(world: Qnx, thread: ProcessId, pid: Pid, given: readonly Part[]) {
  world.charge('trap');
  const { state, mechanisms } = world;
  const buffer: Parts = toParts(given);
  // Guards.
  const errors: ('ESRCH' | 'EINVAL')[] = [];
  if (pid !== ANY && !isSource(state, thread, pid)) errors.push('ESRCH');
  if (buffer.length > state.limits.parts) errors.push('EINVAL');
  if (errors.length > 0) return raised(world.choose('error', errors, (error) => error));
  // Effect.
  const taken = mechanisms.takeNext(world, thread, pid, buffer);
  if (taken === 'none') return { tag: 'none', buffer } as const;
  if (taken === 'faults') return spoiled('EFAULT', null);
  return returned({ pid: taken, buffer: contentsOf(state, thread, buffer) });
}
