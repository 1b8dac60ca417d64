import type { Part, Pid, ProcessId } from '#spec/qnx/vocabulary';
import { isProc, lookupFor } from '#model/qnx/entries';
import { contentsOf, faults, toParts } from '#model/qnx/memory/bytes';
import { standInErrors } from '#model/qnx/network/stand-in';
import type { FarError } from '#model/qnx/network/question';
import type { Parts, Sent } from '#model/qnx/state';
import type { Qnx, QnxOperation } from '#model/qnx/world';
import { blocked, raised, returned, spoiled } from '#model/operation';

type SendError = 'ESRCH' | 'EFAULT' | 'EINVAL' | 'EDEADLK' | 'EAGAIN' | 'ENOMEM' | FarError;

/** Sends one contiguous message, and waits for the reply to it. */
export const send: QnxOperation<'Send'> = {
  implements: [
    'qnx/send-blocks-until-replied', 'qnx/send-says-why-it-failed', 'qnx/send-to-a-proxy-triggers',
    'qnx/send-needs-no-permission', 'qnx/message-stays-with-its-sender', 'qnx/system-messages-are-code-zero',
    'qnx/send-to-oneself-is-open', 'qnx/each-way-is-one-copy', 'qnx/destination-is-one-process',
  ],
  step: (world, { thread, pid, message, reply }) => sendParts(world, thread, pid, [message], [reply]),
};

/** Sends a message whose parts, and those of the reply, lie apart. */
export const sendmx: QnxOperation<'Sendmx'> = {
  implements: ['qnx/parts-are-their-concatenation'],
  step: (world, { thread, pid, message, reply }) => sendParts(world, thread, pid, message, reply),
};

export function sendParts(world: Qnx, thread: ProcessId, pid: Pid, message: readonly Part[], reply: readonly Part[]) {
  world.charge('trap');
  const { state, mechanisms } = world;
  const sent: Sent = { tag: 'sent', message: toParts(message), reply: toParts(reply) };
  // Guards.
  const errors = mechanisms.sendErrors(world, thread, pid, sent);
  if (errors.length > 0) return raised(world.choose('error', errors, (error) => error));
  const to = lookupFor(state, thread, pid)!;
  if (to.tag === 'proxy') {
    if (mechanisms.trigger(world, to.proxy) === 'refused') return raised('EAGAIN');
    return returned({ reply: contentsOf(state, thread, sent.reply) });
  }
  if (to.tag === 'circuit') return mechanisms.sendThrough(world, thread, to.process, sent);
  if (isProc(to.process)) return askProc(world, thread, sent.reply);
  if (to.process === thread && selfSend(world) === 'refused') return raised('EDEADLK');
  // Effect.
  return mechanisms.offer(world, thread, to.process, sent) === 'faults' ? spoiled('EDSTFAULT', null) : blocked;
}

const selfSend = (world: Qnx) => world.choose('send to self', ['waits', 'refused'] as const, (option) => option);

/** The errors of a Send that apply before anything is copied. */
export function sendErrors(world: Qnx, thread: ProcessId, pid: Pid, { message, reply }: Sent): readonly SendError[] {
  const { state } = world;
  const errors: SendError[] = [];
  const to = lookupFor(state, thread, pid);
  if (to === null || to.tag === 'zombie') errors.push('ESRCH');
  if (to?.tag === 'circuit') errors.push(...world.mechanisms.throughErrors(world, to.process, { tag: 'sent', message, reply }));
  if (to?.tag === 'proxy') errors.push(...standInErrors(state, to.proxy));
  if (message.length > state.limits.parts || reply.length > state.limits.parts) errors.push('EINVAL');
  const looked = () => world.choose('buffer check', ['when it is given', 'when it is used'] as const, (option) => option);
  if (faults(state, thread, message)) errors.push('EFAULT');
  else if (faults(state, thread, reply) && (to?.tag === 'circuit' || (errors.length === 0 && looked() === 'when it is given'))) errors.push('EFAULT');
  return errors;
}

/** A request to Proc is an exchange of messages like any other. */
export function exchangeWithProc(world: Qnx): void {
  world.charge('message', 2);
  world.charge('copy', 2);
  world.charge('switch', 2);
}

/** Proc answers what it does not know with nothing; the requests it knows are calls of their own. */
function askProc(world: Qnx, thread: ProcessId, reply: Parts) {
  exchangeWithProc(world);
  return returned({ reply: contentsOf(world.state, thread, reply) });
}
