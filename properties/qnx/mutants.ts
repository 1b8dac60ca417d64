import { costMutants } from '#properties/qnx/laws/costs';
import { exchangeMutants } from '#properties/qnx/laws/exchanges';
import { failureMutants } from '#properties/qnx/laws/failures';
import { nameMutants } from '#properties/qnx/laws/names';
import { nodeMutants } from '#properties/qnx/laws/node';
import { orderMutants } from '#properties/qnx/laws/order';
import { partsMutants } from '#properties/qnx/laws/parts-are-their-concatenation';
import { processMutants } from '#properties/qnx/laws/process-mutants';
import { proxyMutants } from '#properties/qnx/laws/proxy-mutants';
import { receiveMutants } from '#properties/qnx/laws/receive';
import { redirectionMutants } from '#properties/qnx/laws/redirection';
import { relayMutants } from '#properties/qnx/laws/relay-passes-a-message-on';
import { replyMutants } from '#properties/qnx/laws/reply';
import { schedulingMutants } from '#properties/qnx/laws/scheduling-mutants';
import { semaphoreMutants } from '#properties/qnx/laws/semaphore-counts-and-blocks';
import { sendMutants } from '#properties/qnx/laws/send';
import { descriptorMutants } from '#properties/qnx/laws/sendfd-sends-through-a-descriptor';
import { sharedMemoryMutants } from '#properties/qnx/laws/shared-memory';
import { signalMutants } from '#properties/qnx/laws/signal-mutants';
import { transferMutants } from '#properties/qnx/laws/transfer';
import type { QnxMutants } from '#properties/qnx/obligation';

/** QNX's mutants by slug. */
export const qnxMutants: QnxMutants = {
  ...costMutants,
  ...exchangeMutants,
  ...failureMutants,
  ...nameMutants,
  ...nodeMutants,
  ...orderMutants,
  ...partsMutants,
  ...processMutants,
  ...proxyMutants,
  ...receiveMutants,
  ...redirectionMutants,
  ...relayMutants,
  ...replyMutants,
  ...schedulingMutants,
  ...semaphoreMutants,
  ...sendMutants,
  ...descriptorMutants,
  ...sharedMemoryMutants,
  ...signalMutants,
  ...transferMutants,
};
