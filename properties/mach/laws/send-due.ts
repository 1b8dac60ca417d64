import { entryAt } from '#properties/mach/facts';
import { isReceiver } from '#properties/mach/laws/expected-send';
import { expectedOf, remember, sendsIn, type Sends } from '#properties/mach/laws/message-steps';
import { roomFor } from '#properties/mach/laws/send-room';
import type { MachStep } from '#properties/mach/obligation';

/** How a send must end that is not refused, given the room it finds and what its options ask for. */
export type SendDue =
  | { readonly tag: 'sent' | 'waiting' | 'forced' }
  | { readonly tag: 'given back'; readonly errors: readonly string[] };

/** Null where there is no such send, or where the documents leave it open. */
export const sendDue = remember((step): SendDue | null => {
  const call = sendsIn(step);
  const room = roomFor(step);
  if (call === null || room === null || room.verdict === 'open') return null;
  if (room.verdict === 'proceeds') return { tag: 'sent' };
  const timed = call.options.includes('send-timeout');
  const polls = timed && call.timeout === 0;
  if (call.options.includes('send-notify') && (!timed || polls)) return dueByForce(step, call);
  return polls ? { tag: 'given back', errors: ['MACH_SEND_TIMED_OUT'] } : { tag: 'waiting' };
});

/** Which of two faults of a request is reported, where it has both, is open. */
function dueByForce(step: MachStep, { notify }: Sends): SendDue {
  const { message, space } = expectedOf(step)!;
  const isOwed = space.names.some((entry) =>
    entry?.tag === 'port' && entry.port === message.destination.port && entry.accepted);
  const isBad = !isReceiver(space.at(notify));
  if (!isOwed && !isBad) return { tag: 'forced' };
  return {
    tag: 'given back',
    errors: [...(isOwed ? ['MACH_SEND_NOTIFY_IN_PROGRESS'] : []), ...(isBad ? ['MACH_SEND_INVALID_NOTIFY'] : [])],
  };
}

/** Whether a notify name that a step's caller gave with the cancel option is no receive right. */
export function cancelsBadly(step: MachStep): boolean {
  const call = sendsIn(step);
  if (call === null || !call.options.includes('send-cancel')) return false;
  return !isReceiver(entryAt(step.before, step.before.threads[call.thread]!.task, call.notify));
}
