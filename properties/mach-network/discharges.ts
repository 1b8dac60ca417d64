import { carryingLaws } from '#properties/mach-network/laws/carrying';
import { whereaboutsLaws } from '#properties/mach-network/laws/whereabouts';
import { messageLaws } from '#properties/mach-network/laws/messages';
import { tableLaws } from '#properties/mach-network/laws/tables';
import type { MachNetworkLaws } from '#properties/mach-network/obligation';

/** How each rule is discharged: by an obligation, or by a waiver that says why not. */
export const machNetworkDischarges = { ...tableLaws, ...messageLaws, ...carryingLaws, ...whereaboutsLaws } as Required<MachNetworkLaws>;
