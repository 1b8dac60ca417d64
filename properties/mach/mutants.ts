import { nameMutants } from '#properties/mach/laws/names-change-as-asked';
import { receiveRightMutants } from '#properties/mach/laws/receive-right-is-exclusive';
import { rightsCountedMutants } from '#properties/mach/laws/rights-are-counted';
import { deadNameMutants } from '#properties/mach/laws/dead-name-notifications';
import { messageFormMutants } from '#properties/mach/laws/message-form-mutants';
import { noSendersMutants } from '#properties/mach/laws/no-senders';
import { notificationFormMutants } from '#properties/mach/laws/notification-forms';
import { notificationRequestMutants } from '#properties/mach/laws/notification-requests';
import { costMutants } from '#properties/mach/laws/costs-mutants';
import { openDeliveryMutants } from '#properties/mach/laws/open-deliveries-mutants';
import { procedureCallMutants } from '#properties/mach/laws/procedure-calls-mutants';
import { receiverWaitMutants } from '#properties/mach/laws/receiver-waits-mutants';
import { receiveMutants } from '#properties/mach/laws/receives-mutants';
import { refusedSendMutants } from '#properties/mach/laws/refused-sends-mutants';
import { sendOnceMutants } from '#properties/mach/laws/send-once-notifications';
import { sendOptionMutants } from '#properties/mach/laws/send-options-mutants';
import { sendRoomMutants } from '#properties/mach/laws/send-room-mutants';
import { sendWakesMutants } from '#properties/mach/laws/send-wakes-mutants';
import { unsentMessageMutants } from '#properties/mach/laws/unsent-messages-mutants';
import { suspensionMutants } from '#properties/mach/laws/suspension-mutants';
import { threadWaitMutants } from '#properties/mach/laws/thread-waits-mutants';
import { specialPortMutants } from '#properties/mach/laws/special-ports-mutants';
import { taskCreationMutants } from '#properties/mach/laws/task-creation-mutants';
import { kernelRequestMutants } from '#properties/mach/laws/kernel-requests-mutants';
import { kernelPortMutants } from '#properties/mach/laws/kernel-ports-mutants';
import { requestMutants } from '#properties/mach/laws/requests-mutants';
import { deviceMutants } from '#properties/mach/laws/devices-mutants';
import { remoteControlMutants } from '#properties/mach/laws/remote-control-mutants';
import { handOverMutants } from '#properties/mach/laws/hand-over-mutants';
import { taskDeathMutants } from '#properties/mach/laws/task-death-mutants';
import { memoryMutants } from '#properties/mach/laws/memory/mutants';
import { arrivingMutants } from '#properties/mach/laws/arriving-rights-mutants';
import { dispositionMutants } from '#properties/mach/laws/dispositions-mutants';
import { entryMutants } from '#properties/mach/laws/entries-mutants';
import { freeNameMutants } from '#properties/mach/laws/free-names-mutants';
import { headerMutants } from '#properties/mach/laws/header-rights-mutants';
import { nameErrorMutants } from '#properties/mach/laws/name-errors-mutants';
import { portEndMutants } from '#properties/mach/laws/port-ends-mutants';
import { redirectionMutants } from '#properties/mach/laws/redirection-mutants';
import { proxyMutants } from '#properties/mach/laws/proxies-mutants';
import type { MachMutants } from '#properties/mach/obligation';

/** Mach's mutants by slug. */
export const machMutants: MachMutants = {
  ...memoryMutants,
  ...nameMutants,
  ...receiveRightMutants,
  ...rightsCountedMutants,
  ...deadNameMutants,
  ...messageFormMutants,
  ...noSendersMutants,
  ...notificationFormMutants,
  ...notificationRequestMutants,
  ...costMutants,
  ...openDeliveryMutants,
  ...procedureCallMutants,
  ...receiverWaitMutants,
  ...receiveMutants,
  ...refusedSendMutants,
  ...sendOnceMutants,
  ...sendOptionMutants,
  ...sendRoomMutants,
  ...sendWakesMutants,
  ...unsentMessageMutants,
  ...suspensionMutants,
  ...threadWaitMutants,
  ...specialPortMutants,
  ...taskCreationMutants,
  ...kernelRequestMutants,
  ...kernelPortMutants,
  ...requestMutants,
  ...remoteControlMutants,
  ...deviceMutants,
  ...handOverMutants,
  ...taskDeathMutants,
  ...arrivingMutants,
  ...dispositionMutants,
  ...entryMutants,
  ...freeNameMutants,
  ...headerMutants,
  ...nameErrorMutants,
  ...portEndMutants,
  ...redirectionMutants,
  ...proxyMutants,
};
