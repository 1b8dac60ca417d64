import type { QnxNetworkRule } from '#spec/qnx-network/rules';
import type { QnxNetworkCall, QnxNetworkKernel } from '#model/qnx-network/kernel';
import type { QnxNetworkState } from '#model/qnx-network/state';
import type { Mutant, Obligation, Step, Waiver } from '#properties/obligation';

export type NetStep = Step<QnxNetworkState, QnxNetworkCall>;
export type NetObligation = Obligation<QnxNetworkState, QnxNetworkCall>;
export type NetLaws = Partial<Readonly<Record<QnxNetworkRule, NetObligation | Waiver>>>;

/** A network of QNX nodes with one fault. */
export interface NetMutant extends Mutant<QnxNetworkKernel> { readonly rule: QnxNetworkRule }
export type NetMutants = Readonly<Record<string, NetMutant>>;
