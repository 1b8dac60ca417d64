import type { QnxMutants } from '#properties/qnx/obligation';

/** QNX's mutants by slug. */
export const qnxMutants: QnxMutants = {
};
