import {
  convertData, deliverHere, importOnce, importReceive, importRight, importSend, onceDisposition, writeRegion,
} from '#model/mach-network/arriving';
import { completeMessage, completionComes, forwardMessage, retryOrAbort, transmit, unblockComes } from '#model/mach-network/carrying';
import {
  checkOnce, checkOnceAsSend, checkProxy, checkReal, checkRealByQuiet, checkUp, isUsed, letGo, passEnds, tokenComes,
} from '#model/mach-network/checkup';
import { alreadyTaken, alreadyTakenIfSecret, isFull, judgeMessage, messageComes, packetComes } from '#model/mach-network/incoming';
import { exportMessage, exportOnce, exportReceive, exportRight, exportSend, readRegion } from '#model/mach-network/leaving';
import { checkLookup, lookedUpComes, lookUpComes, serveNames } from '#model/mach-network/names';
import { bury, declareDead, discardContent, makeProxy, resumeProxy, suspendProxy, vanish } from '#model/mach-network/proxies';
import { answerComes, peerHasRestarted, questionComes, searchOn, whereIs } from '#model/mach-network/searching';
import { heed, nodeHasStarted } from '#model/mach-network/serving';

/** What network message servers do. They call one another through this table, so that a mutant can replace any. */
export const ideal = {
  packetComes, nodeHasStarted, heed,
  makeProxy, suspendProxy, resumeProxy, declareDead, discardContent, vanish, bury,
  forwardMessage, transmit, completionComes, completeMessage, unblockComes, retryOrAbort,
  exportMessage, exportRight, exportSend, exportOnce, exportReceive, readRegion,
  messageComes, alreadyTaken, judgeMessage, isFull, deliverHere,
  importRight, importSend, importOnce, importReceive, convertData, writeRegion, onceDisposition,
  searchOn, questionComes, whereIs, answerComes, peerHasRestarted,
  checkUp, checkProxy, isUsed, checkOnce, checkReal, tokenComes, passEnds, letGo,
  serveNames, lookUpComes, lookedUpComes, checkLookup,
};

export type ServerMechanisms = typeof ideal;

/** As the server of 1989 did it: no send-once rights, no count of senders, and no numbers on ordinary messages. */
export const legacy: ServerMechanisms = {
  ...ideal,
  onceDisposition: () => 'make-send',
  checkOnce: checkOnceAsSend,
  checkReal: checkRealByQuiet,
  alreadyTaken: alreadyTakenIfSecret,
};
