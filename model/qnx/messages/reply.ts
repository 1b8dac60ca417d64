import type { Part, Pid, ProcessId } from '#spec/qnx/vocabulary';
import { lookup } from '#model/qnx/entries';
import { addressesOf, sourceAt, toParts } from '#model/qnx/memory/bytes';
import type { FarError } from '#model/qnx/network/question';
import type { QnxState, Replying } from '#model/qnx/state';
import type { Qnx, QnxOperation } from '#model/qnx/world';
import { raised, returned, spoiled } from '#model/operation';

/** Answers a client that waits for it. */
export const reply: QnxOperation<'Reply'> = {
  implements: ['qnx/reply-frees-its-client', 'qnx/reply-says-why-it-failed', 'qnx/replies-come-in-any-order'],
  step: (world, { thread, pid, message }) => replyParts(world, thread, pid, [message]),
};

export const replymx: QnxOperation<'Replymx'> = {
  implements: ['qnx/parts-are-their-concatenation'],
  step: (world, { thread, pid, message }) => replyParts(world, thread, pid, message),
};

/** The client under a pid whose message the caller has received and not answered. */
export function clientOf(state: QnxState, server: ProcessId, pid: Pid): ProcessId | null {
  const denoted = lookup(state, pid);
  if (denoted?.tag !== 'process' && denoted?.tag !== 'circuit') return null;
  const { run } = state.processes[denoted.process]!;
  return run.tag === 'replying' && run.on === server ? denoted.process : null;
}

/** What a fault in a copy from the caller to its client is called. */
export const faultOf = (tag: 'source faults' | 'target faults') => (tag === 'source faults' ? 'EFAULT' : 'EDSTFAULT');

function replyParts(world: Qnx, thread: ProcessId, pid: Pid, message: readonly Part[]) {
  world.charge('trap');
  const { state, mechanisms } = world;
  // Guards.
  const proxy = lookup(state, pid)?.tag === 'proxy';
  if (proxy && world.choose('reply to a proxy', ['0', 'ESRCH'] as const, (option) => option) === '0') return returned(null);
  const client = mechanisms.clientOf(state, thread, pid);
  const errors: ('ESRCH' | 'EINVAL' | 'EAGAIN' | FarError)[] = [];
  if (client === null) errors.push('ESRCH');
  else errors.push(...mechanisms.answerErrors(state, client));
  if (message.length > state.limits.parts) errors.push('EINVAL');
  if (client === null || errors.length > 0) return raised(world.choose('error', errors, (error) => error));
  // Effect.
  const { sent } = state.processes[client]!.run as Replying;
  const source = sourceAt(state, thread, addressesOf(toParts(message)));
  const copied = mechanisms.transfer(world, source, { process: client, addresses: addressesOf(sent.reply) });
  if (copied.tag !== 'copied') return spoiled(faultOf(copied.tag), null);
  world.charge('message');
  mechanisms.wake(world, client, { tag: 'replied', reply: sent.reply });
  mechanisms.notice(world, client);
  return returned(null);
}
