import { actorLaws } from '#properties/chorus/laws/actors';
import { bodyLaws } from '#properties/chorus/laws/bodies';
import { callingLaws } from '#properties/chorus/laws/calling';
import { conditionVariableLaws } from '#properties/chorus/laws/condition-variables-are-built';
import { copyLaws } from '#properties/chorus/laws/copies';
import { costLaws } from '#properties/chorus/laws/costs';
import { failureLaws } from '#properties/chorus/laws/failures';
import { flushLaws } from '#properties/chorus/laws/flush';
import { forkingLaws } from '#properties/chorus/laws/fork-is-built-of-calls';
import { groupLaws } from '#properties/chorus/laws/groups';
import { handlerLaws } from '#properties/chorus/laws/handlers';
import { mapperLaws } from '#properties/chorus/laws/mappers';
import { migrationLaws } from '#properties/chorus/laws/migration';
import { namingLaws } from '#properties/chorus/laws/naming';
import { pageOutLaws } from '#properties/chorus/laws/page-out';
import { portLaws } from '#properties/chorus/laws/ports';
import { privilegeLaws } from '#properties/chorus/laws/privileges';
import { receivingLaws } from '#properties/chorus/laws/receiving';
import { regionLaws } from '#properties/chorus/laws/regions';
import { locationLaws } from '#properties/chorus/laws/locations-are-hints';
import { retransmissionLaws } from '#properties/chorus/laws/retransmission';
import { schedulingLaws } from '#properties/chorus/laws/scheduling';
import { sendingLaws } from '#properties/chorus/laws/sending';
import { isSending, putBack } from '#properties/chorus/laws/sent';
import { threadLaws } from '#properties/chorus/laws/threads';
import type { ChorusRule } from '#spec/chorus/rules';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { isWaiver, type Discharges } from '#properties/obligation';
import { errorOf } from '#properties/chorus/facts';
import type { ChorusObligation, ChorusStep } from '#properties/chorus/obligation';
import { operations, strict } from '#model/chorus/kernel';
import { mechanisms } from '#model/chorus/mechanisms';

const laws: Discharges<ChorusRule, ChorusState, ChorusCall> = {
  ...namingLaws,
  ...actorLaws,
  ...handlerLaws,
  ...privilegeLaws,
  ...threadLaws,
  ...portLaws,
  ...migrationLaws,
  ...groupLaws,
  ...sendingLaws,
  ...receivingLaws,
  ...callingLaws,
  ...failureLaws,
  ...retransmissionLaws,
  ...locationLaws,
  ...regionLaws,
  ...copyLaws,
  ...mapperLaws,
  ...pageOutLaws,
  ...flushLaws,
  ...bodyLaws,
  ...schedulingLaws,
  ...conditionVariableLaws,
  ...forkingLaws,
  ...costLaws,
};

const isSound = (kernel: { readonly operations: object; readonly mechanisms: object }): boolean =>
  kernel.mechanisms === mechanisms && (kernel.operations === operations || kernel.operations === strict.operations);

const SHUT_OUT = 'chorus/user-threads-call-the-nucleus';

/** Where user actors may not call the nucleus, what it says to them is the affair of that rule alone. */
const isShutOut = (step: ChorusStep): boolean => !step.before.userCalls && errorOf(step) === 'K_EPRIV';

/** Rules that speak of sends that wait for the pages of what they send. All others speak of them when those have come. */
const patient: ReadonlySet<string> = new Set(['chorus/bodies-are-in-own-memory', 'chorus/bodies-are-copied-later', 'chorus/send-never-waits', 'chorus/page-in-is-a-call']);

const isPutBack = ({ call, after }: ChorusStep): boolean => isSending(call) && putBack(after, call.thread) !== null;

/**
 * A broken kernel may be in a state that a law cannot make sense of. Then the others are to speak: a law that
 * trips says nothing. Over a sound kernel no law may trip.
 */
function surefooted(rule: string, obligation: ChorusObligation): ChorusObligation {
  const { step: law } = obligation;
  if (law === undefined) return obligation;
  return {
    ...obligation,
    step: (step) => {
      if (obligation.on !== undefined && isPutBack(step) && !patient.has(rule)) return [];
      if (isShutOut(step) && rule !== SHUT_OUT && rule !== 'chorus/queries-change-nothing') return [];
      try {
        return law(step);
      } catch (error) {
        if (isSound(step.kernel)) throw error;
        return [];
      }
    },
  };
}

/** How each of Chorus's rules is discharged: by an obligation, or by a waiver that says why not. */
export const chorusDischarges = Object.fromEntries(Object.entries(laws).map(([rule, discharge]) =>
  [rule, isWaiver(discharge) ? discharge : surefooted(rule, discharge)])) as typeof laws;
