import type { ChorusRule } from '#spec/chorus/rules';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { errorOf, threadName } from '#properties/chorus/facts';
import type { Named, Reason } from '#properties/chorus/laws/reason';
import { actorReasons } from '#properties/chorus/laws/reasons-actors';
import { memoryReasons } from '#properties/chorus/laws/reasons-memory';
import { messageReasons } from '#properties/chorus/laws/reasons-messages';
import type { ChorusObligation, ChorusStep, OperationName } from '#properties/chorus/obligation';

/** Every reason to refuse a call that Chorus's rules know of. */
const reasons: readonly Reason[] = [...memoryReasons, ...actorReasons, ...messageReasons];

/** What a receive may come to without anything being wrong with the call; other laws say when. */
const outcomes: Readonly<Partial<Record<OperationName, readonly string[]>>> = {
  ipcReceive: ['K_ETIMEOUT', 'K_ENOPORT', 'K_EABORT'], ipcCall: ['K_EABORT', 'K_ENOPORT', 'K_EUNKNOWN', 'K_ETIMEOUT', 'K_EMAPPER'], threadDelay: ['K_EABORT'], semP: ['K_EABORT'],
  ipcSend: ['K_EMAPPER'], ipcReply: ['K_EMAPPER'],
  memoryRead: ['exception'], memoryWrite: ['exception'], sgRead: ['K_EMAPPER'], sgWrite: ['K_EMAPPER'], sgFlush: ['K_EMAPPER'], lcFlush: ['K_EMAPPER'], vmCopy: ['K_EMAPPER'],
};

const speaking = new Map<string, readonly Reason[]>();

function reasonsFor(operation: OperationName): readonly Reason[] {
  let found = speaking.get(operation);
  if (found === undefined) speaking.set(operation, found = reasons.filter(({ on }) => on.includes(operation)));
  return found;
}

/** The reasons that apply to a call. */
const applying = (state: ChorusState, call: ChorusCall): readonly Reason[] =>
  reasonsFor(call.operation).filter(({ when }) => when(state, call as unknown as Named));

/** Whether anything at all is wrong with a call, or may be. */
export const isRefusable = (step: ChorusStep): boolean => applying(step.before, step.call).some(({ may }) => may !== true);

/** What one rule asks of refusals: that they come where there is reason, and nowhere else. */
export function refusing(rule: ChorusRule): ChorusObligation {
  const own = reasons.filter((reason) => reason.rule === rule);
  return {
    on: [...new Set(own.flatMap(({ on }) => on))],
    step: (step) => {
      if (!('thread' in step.call)) return [];
      const error = errorOf(step);
      const apply = applying(step.before, step.call);
      const allowed = new Set<string | null>(apply.flatMap(({ errors }) => errors));
      const who = threadName(step.call.thread);
      const missed = apply.filter((reason) => reason.rule === rule && reason.may !== true && !allowed.has(error));
      const governed = own.some(({ on, errors }) => on.includes(step.call.operation) && error !== null && errors.includes(error));
      const unasked = governed && !allowed.has(error) && !(outcomes[step.call.operation] ?? []).includes(error!);
      return [
        ...missed.map(({ what, errors }) => `${who}: ${what}, and ${step.call.operation} gave ${error ?? 'no error'}, not ${errors.join(' or ')}`),
        ...(unasked ? [`${who}: ${step.call.operation} was refused with ${error} without a reason`] : []),
      ];
    },
    sometimes: Object.fromEntries(own.map(({ what, on, when }) =>
      [what, (step: ChorusStep) => on.includes(step.call.operation) && when(step.before, step.call as unknown as Named)])),
  };
}

/** Every error that some rule explains, for a call. */
export const explained = (step: ChorusStep, error: string): boolean =>
  applying(step.before, step.call).some(({ errors }) => errors.includes(error)) || (outcomes[step.call.operation] ?? []).includes(error);
