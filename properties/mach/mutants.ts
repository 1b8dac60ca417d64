import { receiveRightMutants } from '#properties/mach/laws/receive-right-is-exclusive';
import type { MachMutants } from '#properties/mach/obligation';

/** Mach's mutants by slug. */
export const machMutants: MachMutants = { ...receiveRightMutants };
