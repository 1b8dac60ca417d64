import { receiveRightMutants } from '#properties/mach/laws/receive-right-is-exclusive';
import { deadNameMutants } from '#properties/mach/laws/dead-name-notifications';
import type { MachMutants } from '#properties/mach/obligation';

/** Mach's mutants by slug. */
export const machMutants: MachMutants = { ...receiveRightMutants, ...deadNameMutants };
