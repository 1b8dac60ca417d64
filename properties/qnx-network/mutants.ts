import { attachMutants } from '#properties/qnx-network/laws/attach-mutants';
import { costMutants } from '#properties/qnx-network/laws/each-way-is-two-copies';
import { endingMutants } from '#properties/qnx-network/laws/ending-mutants';
import { exchangeMutants } from '#properties/qnx-network/laws/exchange-mutants';
import { frameMutants } from '#properties/qnx-network/laws/frame';
import { interruptionMutants } from '#properties/qnx-network/laws/interrupted-sender-withdraws';
import { nameMutants } from '#properties/qnx-network/laws/name-is-found-on-another-node';
import { relayMutants } from '#properties/qnx-network/laws/relay-stays-on-its-node';
import { sendingMutants } from '#properties/qnx-network/laws/sending-mutants';
import { signalMutants } from '#properties/qnx-network/laws/signal-crosses-a-circuit';
import { standInMutants } from '#properties/qnx-network/laws/stand-in-triggers-its-proxy';
import type { NetMutants } from '#properties/qnx-network/obligation';

/** The mutants of networks of QNX, by slug. */
export const qnxNetworkMutants: NetMutants = {
  ...frameMutants,
  ...attachMutants,
  ...sendingMutants,
  ...exchangeMutants,
  ...endingMutants,
  ...interruptionMutants,
  ...relayMutants,
  ...signalMutants,
  ...standInMutants,
  ...nameMutants,
  ...costMutants,
};
