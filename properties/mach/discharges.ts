import { nameLaws } from '#properties/mach/laws/names-change-as-asked';
import { receiveRightLaws } from '#properties/mach/laws/receive-right-is-exclusive';
import { rightsCountedLaws } from '#properties/mach/laws/rights-are-counted';
import { deadNameLaws } from '#properties/mach/laws/dead-name-notifications';
import { messageFormLaws } from '#properties/mach/laws/message-form';
import { noSendersLaws } from '#properties/mach/laws/no-senders';
import { notificationFormLaws } from '#properties/mach/laws/notification-forms';
import { notificationRequestLaws } from '#properties/mach/laws/notification-requests';
import { costLaws } from '#properties/mach/laws/costs';
import { openDeliveryLaws } from '#properties/mach/laws/open-deliveries';
import { procedureCallLaws } from '#properties/mach/laws/procedure-calls';
import { receiverWaitLaws } from '#properties/mach/laws/receiver-waits';
import { receiveLaws } from '#properties/mach/laws/receives';
import { refusedSendLaws } from '#properties/mach/laws/refused-sends';
import { sendOnceLaws } from '#properties/mach/laws/send-once-notifications';
import { sendOptionLaws } from '#properties/mach/laws/send-options';
import { sendRoomLaws } from '#properties/mach/laws/send-room';
import { sendWakesLaws } from '#properties/mach/laws/send-wakes';
import { unsentMessageLaws } from '#properties/mach/laws/unsent-messages';
import { suspensionLaws } from '#properties/mach/laws/suspension';
import { threadWaitLaws } from '#properties/mach/laws/thread-waits';
import { specialPortLaws } from '#properties/mach/laws/special-ports';
import { taskCreationLaws } from '#properties/mach/laws/task-creation';
import { kernelRequestLaws } from '#properties/mach/laws/kernel-requests';
import { kernelPortLaws } from '#properties/mach/laws/kernel-ports';
import { requestLaws } from '#properties/mach/laws/requests';
import { deviceLaws } from '#properties/mach/laws/devices';
import { remoteControlLaws } from '#properties/mach/laws/remote-control';
import { handOverLaws } from '#properties/mach/laws/hand-over';
import { taskDeathLaws } from '#properties/mach/laws/task-death';
import { memoryLaws } from '#properties/mach/laws/memory/laws';
import { arrivingLaws } from '#properties/mach/laws/arriving-rights';
import { dispositionLaws } from '#properties/mach/laws/dispositions';
import { entryLaws } from '#properties/mach/laws/entries';
import { headerLaws } from '#properties/mach/laws/header-rights';
import { nameErrorLaws } from '#properties/mach/laws/name-errors';
import { freeNameLaws } from '#properties/mach/laws/free-names';
import { openOrderLaws } from '#properties/mach/laws/notifications-may-come-in-any-order';
import { portEndLaws } from '#properties/mach/laws/port-ends';
import { failedServerLaws } from '#properties/mach/laws/failed-server-hands-over-to-backup';
import { redirectionLaws } from '#properties/mach/laws/redirection';
import { proxyLaws } from '#properties/mach/laws/proxies';
import type { MachLaws } from '#properties/mach/obligation';

/** How each of Mach's rules is discharged: by an obligation, or by a waiver that says why not. */
export const machDischarges: MachLaws = {
  ...memoryLaws,
  ...nameLaws,
  ...receiveRightLaws,
  ...rightsCountedLaws,
  ...deadNameLaws,
  ...messageFormLaws,
  ...noSendersLaws,
  ...notificationFormLaws,
  ...notificationRequestLaws,
  ...costLaws,
  ...openDeliveryLaws,
  ...procedureCallLaws,
  ...receiverWaitLaws,
  ...receiveLaws,
  ...refusedSendLaws,
  ...sendOnceLaws,
  ...sendOptionLaws,
  ...sendRoomLaws,
  ...sendWakesLaws,
  ...unsentMessageLaws,
  ...suspensionLaws,
  ...threadWaitLaws,
  ...specialPortLaws,
  ...taskCreationLaws,
  ...kernelRequestLaws,
  ...kernelPortLaws,
  ...requestLaws,
  ...remoteControlLaws,
  ...deviceLaws,
  ...handOverLaws,
  ...taskDeathLaws,
  ...arrivingLaws,
  ...dispositionLaws,
  ...entryLaws,
  ...headerLaws,
  ...nameErrorLaws,
  ...freeNameLaws,
  ...openOrderLaws,
  ...portEndLaws,
  ...redirectionLaws,
  ...failedServerLaws,
  ...proxyLaws,
};
