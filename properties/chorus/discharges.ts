import { actorLaws } from '#properties/chorus/laws/actors';
import { callingLaws } from '#properties/chorus/laws/calling';
import { failureLaws } from '#properties/chorus/laws/failures';
import { groupLaws } from '#properties/chorus/laws/groups';
import { migrationLaws } from '#properties/chorus/laws/migration';
import { namingLaws } from '#properties/chorus/laws/naming';
import { portLaws } from '#properties/chorus/laws/ports';
import { privilegeLaws } from '#properties/chorus/laws/privileges';
import { receivingLaws } from '#properties/chorus/laws/receiving';
import { sendingLaws } from '#properties/chorus/laws/sending';
import { threadLaws } from '#properties/chorus/laws/threads';
import type { ChorusRule } from '#spec/chorus/rules';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import type { Discharges } from '#properties/obligation';

/** How each of Chorus's rules is discharged: by an obligation, or by a waiver that says why not. */
export const chorusDischarges: Discharges<ChorusRule, ChorusState, ChorusCall> = {
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
};
