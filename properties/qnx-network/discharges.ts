import { attachLaws } from '#properties/qnx-network/laws/attach';
import { costLaws } from '#properties/qnx-network/laws/each-way-is-two-copies';
import { endingLaws } from '#properties/qnx-network/laws/ending';
import { exchangeLaws } from '#properties/qnx-network/laws/exchanges';
import { frameLaws } from '#properties/qnx-network/laws/frame';
import { interruptionLaws } from '#properties/qnx-network/laws/interrupted-sender-withdraws';
import { nameLaws } from '#properties/qnx-network/laws/name-is-found-on-another-node';
import { relayLaws } from '#properties/qnx-network/laws/relay-stays-on-its-node';
import { sendingLaws } from '#properties/qnx-network/laws/sending';
import { signalLaws } from '#properties/qnx-network/laws/signal-crosses-a-circuit';
import { standInLaws } from '#properties/qnx-network/laws/stand-in-triggers-its-proxy';
import type { NetLaws } from '#properties/qnx-network/obligation';

/** How each rule of a network of QNX nodes is discharged. */
export const qnxNetworkDischarges: NetLaws = {
  ...frameLaws,
  ...attachLaws,
  ...sendingLaws,
  ...exchangeLaws,
  ...endingLaws,
  ...interruptionLaws,
  ...relayLaws,
  ...signalLaws,
  ...standInLaws,
  ...nameLaws,
  ...costLaws,
};
