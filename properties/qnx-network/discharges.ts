import { attachLaws } from '#properties/qnx-network/laws/attach';
import { frameLaws } from '#properties/qnx-network/laws/frame';
import type { NetLaws } from '#properties/qnx-network/obligation';

/** How each rule of a network of QNX nodes is discharged. */
export const qnxNetworkDischarges: NetLaws = {
  ...frameLaws,
  ...attachLaws,
};
