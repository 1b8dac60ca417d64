import type { MachNetworkRule } from '#spec/mach-network/rules';
import type { AnyCall } from '#model/kernel';
import type { MachNetworkKernel } from '#model/mach-network/kernel';
import type { MachNetworkState } from '#model/mach-network/state';
import type { Mutant, Obligation, Step, Waiver } from '#properties/obligation';

export type MachNetworkStep = Step<MachNetworkState, AnyCall>;
export type MachNetworkObligation = Obligation<MachNetworkState, AnyCall>;

/** Some obligations of Mach networks, by the rules they discharge. */
export type MachNetworkLaws = Partial<Readonly<Record<MachNetworkRule, MachNetworkObligation | Waiver>>>;

/** A network of Mach machines with one fault. */
export interface MachNetworkMutant extends Mutant<MachNetworkKernel> { readonly rule: MachNetworkRule }
export type MachNetworkMutants = Readonly<Record<string, MachNetworkMutant>>;

/** Whether the servers keep every promise they could. */
export const isIdeal = ({ kernel }: MachNetworkStep): boolean => kernel.variant === 'ideal';
