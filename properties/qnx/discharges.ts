import { exchangeLaws } from '#properties/qnx/laws/exchanges';
import { heldLaws } from '#properties/qnx/laws/held';
import { orderLaws } from '#properties/qnx/laws/order';
import { partsLaws } from '#properties/qnx/laws/parts-are-their-concatenation';
import { proxyLaws } from '#properties/qnx/laws/proxies';
import { receiveLaws } from '#properties/qnx/laws/receive';
import { relayLaws } from '#properties/qnx/laws/relay-passes-a-message-on';
import { replyLaws } from '#properties/qnx/laws/reply';
import { sendLaws } from '#properties/qnx/laws/send';
import { signalLaws } from '#properties/qnx/laws/signals';
import { transferLaws } from '#properties/qnx/laws/transfer';
import type { QnxLaws } from '#properties/qnx/obligation';

/** How each of QNX's rules is discharged: by an obligation, or by a waiver that says why not. */
export const qnxDischarges: QnxLaws = {
  ...exchangeLaws,
  ...heldLaws,
  ...orderLaws,
  ...partsLaws,
  ...proxyLaws,
  ...receiveLaws,
  ...relayLaws,
  ...replyLaws,
  ...sendLaws,
  ...signalLaws,
  ...transferLaws,
};
