import { sendMutants } from '#properties/qnx/laws/send';
import { transferMutants } from '#properties/qnx/laws/transfer';
import type { QnxMutants } from '#properties/qnx/obligation';

/** QNX's mutants by slug. */
export const qnxMutants: QnxMutants = {
  ...sendMutants,
  ...transferMutants,
};
