import { machVocabulary } from '#spec/mach/vocabulary';
import type { AnyCall } from '#model/kernel';
import type { MachCall } from '#model/mach/world';
import type { MachNetworkState } from '#model/mach-network/state';
import { mayArrive } from '#model/network/wire';
import { hasWork } from '#properties/mach-network/facts';
import { callInNetwork } from '#properties/network/lift';
import type { Random } from '#properties/random';

/** A call of a node's kernel as a call of the network. */
export const inNetwork = callInNetwork<MachCall>(machVocabulary('model'));

/** A packet comes, or a server takes a message. */
export function drawProgress(state: MachNetworkState, random: Random, inOrder = false): AnyCall | null {
  const coming = state.wire.packets.flatMap((_, packet) => (mayArrive(state.wire, packet) ? [packet] : []));
  const busy = state.nodes.flatMap((_, node) => (hasWork(state, node) ? [node] : []));
  if (coming.length === 0 && busy.length === 0) return null;
  if (busy.length === 0 || (coming.length > 0 && random.once(2))) {
    return { operation: 'packet_arrives', packet: !inOrder && random.once(4) ? random.pick(coming) : coming[0]! } as AnyCall;
  }
  return { operation: 'netmsgserver_runs', node: random.pick(busy) } as AnyCall;
}
