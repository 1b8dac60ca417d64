import { killActor, killThread } from '#model/chorus/actors/kill';
import { abandonCall, failRequest, noticeFailure } from '#model/chorus/messages/call';
import { bodyOf, dropParcels, parcelFor, putOff } from '#model/chorus/messages/bodies';
import { makeCurrent } from '#model/chorus/messages/current';
import { letArrive, nextPort, serveWaiting, take } from '#model/chorus/messages/receive';
import { cacheOf, copyLater, preserve, release, writePage } from '#model/chorus/memory/objects';
import { evict } from '#model/chorus/memory/eviction';
import { advanceFlushes, beginFlush, flushEnds, pushFails, revoke } from '#model/chorus/memory/flush';
import { errandFails, errandIsAnswered, pageIsTaken } from '#model/chorus/memory/page-out';
import { askMapper, fetch, fetchFails, install, mapperAnswers, pagingFails, request, resume } from '#model/chorus/memory/paging';
import { copyRegion, shareRegion, unmap } from '#model/chorus/memory/regions';
import { answerRequest, completeCall } from '#model/chorus/messages/reply';
import { compose, enqueue, hasRoom, routeTo, sendMessage, transmit } from '#model/chorus/messages/send';
import { arrive, arriveAtPort, forgetMemory, lose, startSite } from '#model/chorus/network/network';
import { learn, locate } from '#model/chorus/network/location';
import { asFirst, keepAnswer, keepRequest, sendAgain, suppress } from '#model/chorus/network/retransmission';
import { destroyPort, detach, emptyQueue, leaveGroups } from '#model/chorus/ports/destroy-port';
import { migrate } from '#model/chorus/ports/migrate';
import { wake } from '#model/chorus/synchronisation/locks';
import { degrade, elect } from '#model/chorus/threads/processor';
import { abortThread, answer, consumeAbort } from '#model/chorus/threads/waits';

/** The steps that operations share. They call one another through this table, so that a mutant can replace any. */
export const mechanisms = {
  answer, abortThread, consumeAbort, killThread, killActor,
  detach, emptyQueue, destroyPort, leaveGroups, migrate,
  routeTo, sendMessage, hasRoom, compose, transmit, enqueue,
  parcelFor, putOff, bodyOf, dropParcels,
  letArrive, nextPort, take, serveWaiting, makeCurrent,
  failRequest, noticeFailure, abandonCall, answerRequest, completeCall,
  learn, locate,
  asFirst, suppress, keepRequest, keepAnswer, sendAgain,
  arrive, arriveAtPort, lose, startSite, forgetMemory,
  cacheOf, copyLater, preserve, writePage, release, unmap, shareRegion, copyRegion, evict,
  wake, elect, degrade,
  request, askMapper, fetch, fetchFails, mapperAnswers, install, pagingFails, resume,
  errandIsAnswered, errandFails, pageIsTaken, beginFlush, revoke, advanceFlushes, pushFails, flushEnds,
};

export type Mechanisms = typeof mechanisms;
