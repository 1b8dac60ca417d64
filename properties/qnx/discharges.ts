import { costLaws } from '#properties/qnx/laws/costs';
import { exchangeLaws } from '#properties/qnx/laws/exchanges';
import { failureLaws } from '#properties/qnx/laws/failures';
import { heldLaws } from '#properties/qnx/laws/held';
import { nameLaws } from '#properties/qnx/laws/names';
import { nodeLaws } from '#properties/qnx/laws/node';
import { orderLaws } from '#properties/qnx/laws/order';
import { partsLaws } from '#properties/qnx/laws/parts-are-their-concatenation';
import { priorityLaws } from '#properties/qnx/laws/priorities';
import { processLaws } from '#properties/qnx/laws/processes';
import { proxyLaws } from '#properties/qnx/laws/proxies';
import { receiveLaws } from '#properties/qnx/laws/receive';
import { redirectionLaws } from '#properties/qnx/laws/redirection';
import { relayLaws } from '#properties/qnx/laws/relay-passes-a-message-on';
import { replyLaws } from '#properties/qnx/laws/reply';
import { schedulingLaws } from '#properties/qnx/laws/scheduling';
import { semaphoreLaws } from '#properties/qnx/laws/semaphore-counts-and-blocks';
import { sendLaws } from '#properties/qnx/laws/send';
import { descriptorLaws } from '#properties/qnx/laws/sendfd-sends-through-a-descriptor';
import { sharedMemoryLaws } from '#properties/qnx/laws/shared-memory';
import { signalLaws } from '#properties/qnx/laws/signals';
import { transferLaws } from '#properties/qnx/laws/transfer';
import type { QnxLaws } from '#properties/qnx/obligation';

/** How each of QNX's rules is discharged: by an obligation, or by a waiver that says why not. */
export const qnxDischarges: QnxLaws = {
  ...costLaws,
  ...exchangeLaws,
  ...failureLaws,
  ...heldLaws,
  ...nameLaws,
  ...nodeLaws,
  ...orderLaws,
  ...partsLaws,
  ...priorityLaws,
  ...processLaws,
  ...proxyLaws,
  ...receiveLaws,
  ...redirectionLaws,
  ...relayLaws,
  ...replyLaws,
  ...schedulingLaws,
  ...semaphoreLaws,
  ...sendLaws,
  ...descriptorLaws,
  ...sharedMemoryLaws,
  ...signalLaws,
  ...transferLaws,
};
