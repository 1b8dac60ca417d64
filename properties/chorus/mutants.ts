import { actorMutants } from '#properties/chorus/laws/actors';
import { callingMutants } from '#properties/chorus/laws/calling';
import { failureMutants } from '#properties/chorus/laws/failures';
import { groupMutants } from '#properties/chorus/laws/groups';
import { migrationMutants } from '#properties/chorus/laws/migration';
import { namingMutants } from '#properties/chorus/laws/naming';
import { portMutants } from '#properties/chorus/laws/ports';
import { privilegeMutants } from '#properties/chorus/laws/privileges';
import { receivingMutants } from '#properties/chorus/laws/receiving';
import { sendingMutants } from '#properties/chorus/laws/sending';
import { threadMutants } from '#properties/chorus/laws/threads';
import type { ChorusMutants } from '#properties/chorus/obligation';

/** Chorus's mutants by slug. */
export const chorusMutants: ChorusMutants = {
  ...namingMutants,
  ...actorMutants,
  ...privilegeMutants,
  ...threadMutants,
  ...portMutants,
  ...migrationMutants,
  ...groupMutants,
  ...sendingMutants,
  ...receivingMutants,
  ...callingMutants,
  ...failureMutants,
};
