import { actorMutants } from '#properties/chorus/laws/actors-mutants';
import { bodyMutants } from '#properties/chorus/laws/bodies-mutants';
import { callingMutants } from '#properties/chorus/laws/calling-mutants';
import { conditionVariableMutants } from '#properties/chorus/laws/condition-variables-are-built';
import { copyMutants } from '#properties/chorus/laws/copies-mutants';
import { costMutants } from '#properties/chorus/laws/costs';
import { failureMutants } from '#properties/chorus/laws/failures-mutants';
import { flushMutants } from '#properties/chorus/laws/flush-mutants';
import { forkingMutants } from '#properties/chorus/laws/fork-is-built-of-calls-mutants';
import { groupMutants } from '#properties/chorus/laws/groups-mutants';
import { handlerMutants } from '#properties/chorus/laws/handlers-mutants';
import { mapperMutants } from '#properties/chorus/laws/mappers-mutants';
import { migrationMutants } from '#properties/chorus/laws/migration-mutants';
import { namingMutants } from '#properties/chorus/laws/naming';
import { pageOutMutants } from '#properties/chorus/laws/page-out-mutants';
import { portMutants } from '#properties/chorus/laws/ports-mutants';
import { privilegeMutants } from '#properties/chorus/laws/privileges';
import { receivingMutants } from '#properties/chorus/laws/receiving-mutants';
import { regionMutants } from '#properties/chorus/laws/regions-mutants';
import { locationMutants } from '#properties/chorus/laws/locations-are-hints';
import { retransmissionMutants } from '#properties/chorus/laws/retransmission-mutants';
import { schedulingMutants } from '#properties/chorus/laws/scheduling-mutants';
import { sendingMutants } from '#properties/chorus/laws/sending-mutants';
import { threadMutants } from '#properties/chorus/laws/threads-mutants';
import type { ChorusMutants } from '#properties/chorus/obligation';

/** Chorus's mutants by slug. */
export const chorusMutants: ChorusMutants = {
  ...namingMutants,
  ...actorMutants,
  ...handlerMutants,
  ...privilegeMutants,
  ...threadMutants,
  ...portMutants,
  ...migrationMutants,
  ...groupMutants,
  ...sendingMutants,
  ...receivingMutants,
  ...callingMutants,
  ...failureMutants,
  ...retransmissionMutants,
  ...locationMutants,
  ...regionMutants,
  ...copyMutants,
  ...mapperMutants,
  ...pageOutMutants,
  ...flushMutants,
  ...bodyMutants,
  ...schedulingMutants,
  ...conditionVariableMutants,
  ...forkingMutants,
  ...costMutants,
};
