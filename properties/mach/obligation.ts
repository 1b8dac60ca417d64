import type { MachRule } from '#spec/mach/rules';
import type { MachKernel } from '#model/mach/kernel';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import type { Mutant, Obligation, Step, Waiver } from '#properties/obligation';

export type MachStep = Step<MachState, MachCall>;
export type MachObligation = Obligation<MachState, MachCall>;

/** Some of Mach's obligations, by the rules they discharge. */
export type MachLaws = Partial<Readonly<Record<MachRule, MachObligation | Waiver>>>;

/** A Mach kernel with one fault. */
export interface MachMutant extends Mutant<MachKernel> { readonly rule: MachRule }
export type MachMutants = Readonly<Record<string, MachMutant>>;

/** A call of one operation, as a law about it sees it. */
export type CallOf<Op extends MachCall['operation']> = Extract<MachCall, { operation: Op }>;
