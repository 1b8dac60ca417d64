import { carryingMutants } from '#properties/mach-network/laws/carrying-mutants';
import { guaranteeMutants } from '#properties/mach-network/laws/guarantee-mutants';
import { tableMutants } from '#properties/mach-network/laws/table-mutants';
import { whereaboutsMutants } from '#properties/mach-network/laws/whereabouts-mutants';
import type { MachNetworkMutants } from '#properties/mach-network/obligation';

/** Networks whose servers have one fault. */
export const machNetworkMutants: MachNetworkMutants = { ...tableMutants, ...carryingMutants, ...whereaboutsMutants, ...guaranteeMutants };
