import { leaveSemaphore, releaseWaiter } from '#model/qnx/memory/semaphores';
import { dropUnused } from '#model/qnx/memory/shared';
import { transfer } from '#model/qnx/memory/transfer';
import { contentOf, nextItem, offer, remove, takeNext, waitsFor, wake } from '#model/qnx/messages/deliver';
import { enqueue } from '#model/qnx/messages/queue';
import { fromOffset } from '#model/qnx/messages/read-write';
import { clientOf } from '#model/qnx/messages/reply';
import { sendErrors } from '#model/qnx/messages/send';
import {
  cancelComes, endComes, endFor, failureComes, heardFrom, messageComes, pollComes, replyComes, waiterOf,
} from '#model/qnx/network/arrivals';
import { conclude, create, sharedEnd } from '#model/qnx/network/attach';
import {
  bufferErrors, endCircuit, endCircuits, endErrors, freeOwner, makeEnd, tearDown, withdrawMessage,
} from '#model/qnx/network/circuit';
import { killAfar } from '#model/qnx/network/kill';
import { answerFails, carryMessage, carryOff, carryReply, giveUp, pollEnds, stopNet, transmissionFails } from '#model/qnx/network/net';
import {
  createComes, createdComes, locateComes, locatedComes, refusalComes, signalComes, signalledComes, standComes, standsComes, triggerComes, unstandComes,
} from '#model/qnx/network/proc';
import { dropQuestion, failQuestion } from '#model/qnx/network/question';
import { dropStandIns, triggerAfar } from '#model/qnx/network/stand-in';
import { answerErrors, answerThrough, cancelThrough, sendThrough, throughErrors } from '#model/qnx/network/through';
import { leaveImage } from '#model/qnx/processes/exec';
import { dropNames, searched } from '#model/qnx/processes/names';
import { spawned } from '#model/qnx/processes/spawn';
import { childrenOf, tellWaiting } from '#model/qnx/processes/wait';
import { float, idle, mayGovern, mayRaise, prioritise } from '#model/qnx/scheduling/priority';
import { makeReady, renewSlice } from '#model/qnx/scheduling/queue';
import { expire, hasSlices, nextToRun, preempt, recover, reschedule, unblocked } from '#model/qnx/scheduling/schedule';
import { imageOf, isTableFull } from '#model/qnx/processes/fork';
import {
  bury, inform, release, releasePeers, releaseReceivers, segmentFault, terminate,
} from '#model/qnx/processes/terminate';
import { endProxy, serve, trigger } from '#model/qnx/proxies/proxy';
import { discardIgnored, maySignal, reorder } from '#model/qnx/signals/permission';
import { deliverable, holdsClients, interruptWait, notice, post, tellServer } from '#model/qnx/signals/post';

/** The steps that operations share. They call one another through this table, so that a mutant can replace any. */
export const mechanisms = {
  transfer, dropUnused, leaveSemaphore, releaseWaiter, sendErrors, offer, waitsFor, wake, enqueue, nextItem, contentOf, takeNext, remove, clientOf, fromOffset,
  trigger, serve, endProxy,
  maySignal, post, deliverable, notice, holdsClients, tellServer, interruptWait, discardIgnored, reorder,
  float, idle, mayGovern, prioritise, makeReady, renewSlice, nextToRun, hasSlices, expire, reschedule, recover, unblocked, preempt,
  imageOf, isTableFull, leaveImage, spawned, mayRaise, dropNames, childrenOf, tellWaiting, inform, terminate, release, releasePeers, releaseReceivers, bury, segmentFault,
  endErrors, bufferErrors, makeEnd, sharedEnd, create, conclude, searched, endCircuit, endCircuits, tearDown, freeOwner, withdrawMessage,
  sendThrough, throughErrors, answerThrough, answerErrors, cancelThrough, killAfar, dropQuestion, failQuestion, triggerAfar, dropStandIns,
  endFor, waiterOf, heardFrom, messageComes, replyComes, failureComes, cancelComes, endComes, pollComes,
  createComes, createdComes, locateComes, locatedComes, standComes, standsComes, unstandComes, triggerComes, signalComes, signalledComes, refusalComes,
  carryOff, carryMessage, carryReply, transmissionFails, answerFails, giveUp, pollEnds, stopNet,
};

export type Mechanisms = typeof mechanisms;
