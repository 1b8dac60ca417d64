import { nameMutants } from '#properties/mach/laws/names-change-as-asked';
import { receiveRightMutants } from '#properties/mach/laws/receive-right-is-exclusive';
import { rightsCountedMutants } from '#properties/mach/laws/rights-are-counted';
import type { MachMutants } from '#properties/mach/obligation';

/** Mach's mutants by slug. */
export const machMutants: MachMutants = {
  ...receiveRightMutants,
  ...rightsCountedMutants,
  ...nameMutants,
};
