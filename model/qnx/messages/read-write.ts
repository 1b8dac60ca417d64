import type { Part, Pid, ProcessId } from '#spec/qnx/vocabulary';
import { addressesOf, contentsOf, sourceAt, toParts } from '#model/qnx/memory/bytes';
import { faultOf } from '#model/qnx/messages/reply';
import type { Replying } from '#model/qnx/state';
import type { Qnx, QnxOperation } from '#model/qnx/world';
import { raised, returned, spoiled } from '#model/operation';

/** Reads from the message of a client that waits for the reply. */
export const readmsg: QnxOperation<'Readmsg'> = {
  implements: ['qnx/readmsg-reads-the-message'],
  step: (world, { thread, pid, offset, buffer }) => readParts(world, thread, pid, offset, [buffer]),
};

export const readmsgmx: QnxOperation<'Readmsgmx'> = {
  implements: ['qnx/readmsg-reads-the-message', 'qnx/parts-are-their-concatenation'],
  step: (world, { thread, pid, offset, buffer }) => readParts(world, thread, pid, offset, buffer),
};

/** Writes into the reply buffer of a client that waits for the reply. */
export const writemsg: QnxOperation<'Writemsg'> = {
  implements: ['qnx/writemsg-writes-the-reply'],
  step: (world, { thread, pid, offset, message }) => writeParts(world, thread, pid, offset, [message]),
};

export const writemsgmx: QnxOperation<'Writemsgmx'> = {
  implements: ['qnx/writemsg-writes-the-reply', 'qnx/parts-are-their-concatenation'],
  step: (world, { thread, pid, offset, message }) => writeParts(world, thread, pid, offset, message),
};

/** The client under a pid, or the error that says why there is none to read from or write to. */
function client(world: Qnx, thread: ProcessId, pid: Pid, parts: readonly Part[]) {
  world.charge('trap');
  const { state, mechanisms } = world;
  const found = mechanisms.clientOf(state, thread, pid);
  const errors: ('ESRCH' | 'EINVAL')[] = [];
  if (found === null) errors.push('ESRCH');
  if (parts.length > state.limits.parts) errors.push('EINVAL');
  if (found === null || errors.length > 0) return raised(world.choose('error', errors, (error) => error));
  const { message, reply } = (state.processes[found]!.run as Replying).sent;
  return { tag: 'found', process: found, message, reply } as const;
}

function readParts(world: Qnx, thread: ProcessId, pid: Pid, offset: number, given: readonly Part[]) {
  // Guards.
  const found = client(world, thread, pid, given);
  if (found.tag === 'raised') return found;
  // Effect.
  const { state, mechanisms } = world;
  const buffer = toParts(given);
  const source = sourceAt(state, found.process, mechanisms.fromOffset(addressesOf(found.message), offset));
  const copied = mechanisms.transfer(world, source, { process: thread, addresses: addressesOf(buffer) });
  if (copied.tag !== 'copied') return spoiled('EFAULT', null);
  return returned({ count: copied.count, buffer: contentsOf(state, thread, buffer) });
}

function writeParts(world: Qnx, thread: ProcessId, pid: Pid, offset: number, given: readonly Part[]) {
  // Guards.
  const found = client(world, thread, pid, given);
  if (found.tag === 'raised') return found;
  // Effect.
  const { state, mechanisms } = world;
  const source = sourceAt(state, thread, addressesOf(toParts(given)));
  const addresses = mechanisms.fromOffset(addressesOf(found.reply), offset);
  const copied = mechanisms.transfer(world, source, { process: found.process, addresses });
  if (copied.tag !== 'copied') return spoiled(faultOf(copied.tag), null);
  return returned({ count: copied.count });
}

/** The addresses of a buffer from an offset on; none beyond its end. */
export const fromOffset = (addresses: readonly number[], offset: number): readonly number[] => addresses.slice(offset);
