import { attachMutants } from '#properties/qnx-network/laws/attach-mutants';
import { frameMutants } from '#properties/qnx-network/laws/frame';
import type { NetMutants } from '#properties/qnx-network/obligation';

/** The mutants of networks of QNX, by slug. */
export const qnxNetworkMutants: NetMutants = {
  ...frameMutants,
  ...attachMutants,
};
