import { qnxNetwork, type QnxNetworkCall } from '#model/qnx-network/kernel';
import type { QnxNetwork } from '#model/qnx-network/net';
import type { Effects, Verdict } from '#model/operation';

type Step = (world: QnxNetwork, call: QnxNetworkCall) => Verdict<Effects>;

/** An operation of the sound network. */
export const sound = (name: string): Step => qnxNetwork.operations[name]!.step as unknown as Step;

/** The operation with another step, for a mutant. */
export const altered = (name: string, step: Step) => ({ [name]: { ...qnxNetwork.operations[name]!, step: step as never } });
