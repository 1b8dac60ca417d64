import { actorLaws } from '#properties/chorus/laws/actors';
import { callingLaws } from '#properties/chorus/laws/calling';
import { failureLaws } from '#properties/chorus/laws/failures';
import { groupLaws } from '#properties/chorus/laws/groups';
import { memoryLaws } from '#properties/chorus/laws/memory';
import { migrationLaws } from '#properties/chorus/laws/migration';
import { namingLaws } from '#properties/chorus/laws/naming';
import { portLaws } from '#properties/chorus/laws/ports';
import { privilegeLaws } from '#properties/chorus/laws/privileges';
import { receivingLaws } from '#properties/chorus/laws/receiving';
import { schedulingLaws } from '#properties/chorus/laws/scheduling';
import { sendingLaws } from '#properties/chorus/laws/sending';
import { threadLaws } from '#properties/chorus/laws/threads';
import type { ChorusRule } from '#spec/chorus/rules';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { isWaiver, type Discharges } from '#properties/obligation';
import type { ChorusObligation } from '#properties/chorus/obligation';
import { operations } from '#model/chorus/kernel';
import { mechanisms } from '#model/chorus/mechanisms';

const laws: Discharges<ChorusRule, ChorusState, ChorusCall> = {
  ...namingLaws,
  ...actorLaws,
  ...privilegeLaws,
  ...threadLaws,
  ...portLaws,
  ...migrationLaws,
  ...groupLaws,
  ...sendingLaws,
  ...receivingLaws,
  ...callingLaws,
  ...failureLaws,
  ...memoryLaws,
  ...schedulingLaws,
};

/**
 * A broken kernel may be in a state that a law cannot make sense of. Then the others are to speak: a law that
 * trips says nothing. Over a sound kernel no law may trip.
 */
function surefooted(obligation: ChorusObligation): ChorusObligation {
  const { step: law } = obligation;
  if (law === undefined) return obligation;
  return {
    ...obligation,
    step: (step) => {
      try {
        return law(step);
      } catch (error) {
        if (step.kernel.operations === operations && step.kernel.mechanisms === mechanisms) throw error;
        return [];
      }
    },
  };
}

/** How each of Chorus's rules is discharged: by an obligation, or by a waiver that says why not. */
export const chorusDischarges = Object.fromEntries(Object.entries(laws).map(([rule, discharge]) =>
  [rule, isWaiver(discharge) ? discharge : surefooted(discharge)])) as typeof laws;
