import { discardSpace, findSpace, mapPages, unmapPages } from '#model/mach/memory/allocate';
import {
  afterException, endVictim, raiseException, sendException, takeExceptionReply,
} from '#model/mach/memory/exception';
import { inheritSpace } from '#model/mach/memory/inherit';
import { createPager, pushPage } from '#model/mach/memory/default-manager';
import { collapse, contents, copyObject, reclaim, writePage } from '#model/mach/memory/object';
import { lockPage } from '#model/mach/memory/lock-request';
import { enterObject, loseObject, memoryObjectAt, releaseObject, terminateObject } from '#model/mach/memory/object-control';
import { askPager, returnPage, sendToPager, wakeFaulters } from '#model/mach/memory/pager';
import { givePages } from '#model/mach/memory/supply';
import { copyinRegion, copyoutRegion } from '#model/mach/memory/region';
import { alterPages, mayProtect, regionAt } from '#model/mach/memory/protect';
import { afterFault, fetchPage, perform, touchByte } from '#model/mach/memory/touch';
import { accessErrors, overwrite, placePages, takePages } from '#model/mach/memory/transfer';
import { payAccepted } from '#model/mach/notifications/accepted';
import {
  notify, notifyDeadName, notifyMsgAccepted, notifyNoSenders, notifyPortDeleted, notifyPortDestroyed, notifySendOnce,
} from '#model/mach/notifications/notify';
import { copyin } from '#model/mach/rights/copyin';
import { copyout } from '#model/mach/rights/copyout';
import { destroyRight, dropSendOnce, releaseSend, releaseSendOnce } from '#model/mach/rights/release';
import { isCircular } from '#model/mach/ports/circularity';
import { clearReceiver, destroySet } from '#model/mach/ports/clear-receiver';
import { buryNames, destroyPort, killPort } from '#model/mach/ports/destroy-port';
import { destroyEntry } from '#model/mach/names/destroy-entry';
import { joinSet } from '#model/mach/sets/join-set';
import { copyinBody } from '#model/mach/messages/copyin-body';
import { copyinHeader } from '#model/mach/messages/copyin-header';
import { cleanMessage, destroyBody, destroyMessage } from '#model/mach/messages/destroy-message';
import { closeDevice, openDevice, readDevice, writeDevice } from '#model/mach/devices/device';
import { heldBack } from '#model/mach/messages/mach-msg';
import { deliver, enqueue } from '#model/mach/messages/enqueue';
import { pseudoReceive } from '#model/mach/messages/pseudo-receive';
import {
  copyoutDestination, copyoutHeader, nextMessage, receiveMessage, takeMessage, waitForMessage, wakeSender,
} from '#model/mach/messages/receive';
import { force, hasRoom, queueOrWait, sendMessage, waitForRoom } from '#model/mach/messages/send';
import { carryOut, inside, sendReply, serve } from '#model/mach/messages/serve';
import { killTask } from '#model/mach/tasks/kill-task';
import { haltThread } from '#model/mach/threads/halt-thread';
import { killThread, releaseHeld } from '#model/mach/threads/kill-thread';

/** The steps that operations share. They call one another through this table, so that a mutant can replace any. */
export const mechanisms = {
  copyin, copyout,
  releaseSend, releaseSendOnce, dropSendOnce, destroyRight, releaseHeld,
  isCircular, clearReceiver, destroyPort, killPort, buryNames, destroyEntry,
  joinSet, destroySet,
  sendMessage, copyinHeader, copyinBody, queueOrWait, hasRoom, waitForRoom, force, pseudoReceive,
  enqueue, deliver, serve, carryOut, inside, sendReply, heldBack, openDevice, closeDevice, readDevice, writeDevice,
  receiveMessage, nextMessage, waitForMessage, takeMessage, wakeSender, copyoutHeader, copyoutDestination,
  destroyMessage, cleanMessage, destroyBody,
  notify, notifyPortDeleted, notifyMsgAccepted, notifyDeadName, notifyNoSenders, notifySendOnce, notifyPortDestroyed,
  payAccepted,
  haltThread, killThread, killTask,
  findSpace, mapPages, unmapPages, discardSpace, inheritSpace, alterPages, mayProtect, regionAt,
  contents, writePage, copyObject, reclaim, collapse, accessErrors, takePages, placePages, overwrite,
  createPager, pushPage, enterObject, askPager, sendToPager, returnPage, wakeFaulters, givePages, lockPage, releaseObject, terminateObject, loseObject, memoryObjectAt,
  copyinRegion, copyoutRegion, touchByte, afterFault, fetchPage, perform, raiseException, sendException, takeExceptionReply, endVictim, afterException,
};

export type Mechanisms = typeof mechanisms;
