import { callerEvent } from '#properties/mach/facts';
import { refusalsOf } from '#properties/mach/laws/expected-send';
import { once } from '#properties/mach/laws/ledger';
import { expectedOf, sendsIn } from '#properties/mach/laws/message-steps';
import type { MachStep } from '#properties/mach/obligation';

const bodyErrors: ReadonlySet<string> = new Set(
  ['MACH_SEND_MSG_TOO_SMALL', 'MACH_SEND_INVALID_TYPE', 'MACH_SEND_INVALID_RIGHT', 'MACH_SEND_INVALID_MEMORY'],
);
const refusals: ReadonlySet<string> = new Set([
  'MACH_SEND_MSG_TOO_SMALL', 'MACH_SEND_INVALID_HEADER', 'MACH_SEND_INVALID_NOTIFY', 'MACH_SEND_INVALID_DEST', 'MACH_SEND_INVALID_REPLY',
]);

/** Every cause there is to refuse the send half of a call before it takes anything; null without a send half. */
export const causesOf = once((step) => {
  const call = sendsIn(step);
  return call === null ? null : refusalsOf(step.before, call);
});

/** The error with which the send half of a call ended before anything was queued, or null. */
export function sendErrorOf(step: MachStep): string | null {
  const event = callerEvent(step);
  if (sendsIn(step) === null || event?.tag !== 'raised') return null;
  const isGivenBack = event.value !== undefined && event.error === 'MACH_SEND_INVALID_NOTIFY';
  return !isGivenBack && (refusals.has(event.error) || bodyErrors.has(event.error)) ? event.error : null;
}

/**
 * Whether a send was refused, or failed in its body, otherwise than what there is to say against it would have
 * it. Size, form and notify port are looked at in this order; of the two header rights either may be blamed.
 */
export const missent = once((step): readonly string[] => {
  const causes = causesOf(step);
  if (causes === null) return [];
  const error = sendErrorOf(step);
  const due = causes.length > 0 ? causes : [expectedOf(step)!.error].filter((one) => one !== null);
  if (error === null) return due.length === 0 ? [] : [`a message was sent in spite of ${due.join(', ')}`];
  const isOpen = step.before.variant === 'documented' && /DEST|REPLY/.test(due[0] ?? '');
  return (isOpen ? due.includes(error as never) : due[0] === error) ? []
    : [`a send ended in ${error}; what applies is ${due.join(', ') || 'nothing'}`];
});
