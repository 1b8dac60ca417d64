import { cargo, type Cargo, type QnxState } from '#model/qnx/state';
import { integer, list, struct, type Schema, type Static } from '#model/schema';
import type { NetworkState } from '#model/network/nodes';

/** What a machine is, whatever runs on it: the processes that it begins with each time it is started, by priority and user. */
export const machineSchema = struct({ priorities: list(integer()), users: list(integer()) });
export type Machine = Static<typeof machineSchema>;

export const cargoSchema: Schema<Cargo> = cargo;
export type QnxNetworkState = NetworkState<QnxState, Machine, Cargo>;
