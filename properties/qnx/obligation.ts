import type { QnxRule } from '#spec/qnx/rules';
import type { QnxKernel } from '#model/qnx/kernel';
import type { QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import type { Mutant, Obligation, Step, Waiver } from '#properties/obligation';

export type QnxStep = Step<QnxState, QnxCall>;
export type QnxObligation = Obligation<QnxState, QnxCall>;

/** Some of QNX's obligations, by the rules they discharge. */
export type QnxLaws = Partial<Readonly<Record<QnxRule, QnxObligation | Waiver>>>;

/** A QNX kernel with one fault. */
export interface QnxMutant extends Mutant<QnxKernel> { readonly rule: QnxRule }
export type QnxMutants = Readonly<Record<string, QnxMutant>>;

/** A call of one operation, as a law about it sees it. */
export type CallOf<Op extends QnxCall['operation']> = Extract<QnxCall, { operation: Op }>;
