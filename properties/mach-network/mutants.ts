import type { MachNetworkMutants } from '#properties/mach-network/obligation';

/** Networks whose servers have one fault. */
export const machNetworkMutants: MachNetworkMutants = {};
