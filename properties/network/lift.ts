import { threadArguments, threadSort } from '#spec/network/vocabulary';
import type { Leaf, Vocabulary } from '#spec/vocabulary';
import type { AnyCall } from '#model/kernel';
import { callWithin, type NodeCall } from '#model/network/compose';
import { nodeOfThread, threadOn, threadWithin, type NetworkState } from '#model/network/nodes';
import { areApart, mayArrive, mayBeDuplicated, type NodeId } from '#model/network/wire';
import type { Symbol, Symbols } from '#properties/suite';

type AnyNetwork<S> = NetworkState<S, unknown, unknown>;

/** A call on a node of a network, as the node's own kernel has it; null for what happens to the network itself. */
export function callOnNode<Call extends AnyCall>(vocabulary: Vocabulary): (call: AnyCall) => { readonly node: NodeId; readonly call: Call } | null {
  const threads = threadArguments(vocabulary);
  return (call) => {
    const own = threads[call.operation];
    if (own === undefined) return null;
    const { node } = call as NodeCall<AnyCall>;
    return { node, call: callWithin<Call>(call as NodeCall<AnyCall>, own) };
  };
}

/** The same call in the network: on a node, with the threads' numbers there. */
export function callInNetwork<Call extends AnyCall>(vocabulary: Vocabulary): (node: NodeId, call: Call) => NodeCall<Call> {
  const threads = threadArguments(vocabulary);
  return (node, call) => {
    const lifted = { ...call, node } as unknown as Record<string, unknown>;
    for (const argument of threads[call.operation]!) {
      const thread = lifted[argument];
      if (typeof thread === 'number') lifted[argument] = threadOn(node, thread);
    }
    return lifted as unknown as NodeCall<Call>;
  };
}

/** A space of a node is another one each time the node is started. */
const spaceOn = <S>({ nodes }: AnyNetwork<S>, node: NodeId, space: string): string => `${node}.${nodes[node]!.epoch}/${space}`;

/** The node of a space, and what the node's kernel calls it; null if the node has been started anew since. */
export function spaceWithin<S>({ nodes }: AnyNetwork<S>, space: string): { readonly node: NodeId; readonly space: string } | null {
  const [place, ...rest] = space.split('/');
  const [node, epoch] = place!.split('.').map(Number);
  return nodes[node!]?.epoch === epoch ? { node: node!, space: rest.join('/') } : null;
}

/** How the values of a network's calls and answers denote things: those of each node are that node's alone. */
export function networkSymbols<S, Call extends AnyCall>(
  symbols: Symbols<S, Call>, vocabulary: Vocabulary,
): Symbols<AnyNetwork<S>, NodeCall<Call>> {
  const within = callOnNode<Call>(vocabulary);
  const isThread = (leaf: Leaf) => leaf.sort === threadSort(vocabulary);
  return {
    of(leaf, value, state, call): Symbol | null {
      const on = within(call);
      if (on === null) return null;
      const own = isThread(leaf) ? threadWithin(value as number) : value;
      const symbol = symbols.of(leaf, own, state.nodes[on.node]!.kernel, on.call);
      return symbol === null ? null : { space: spaceOn(state, on.node, symbol.space), id: symbol.id };
    },
    replace(leaf, value, id) {
      return isThread(leaf) ? threadOn(nodeOfThread(value as number), id) : symbols.replace(leaf, value, id);
    },
    fresh(space, state) {
      const on = spaceWithin(state, space);
      return on === null ? 0 : symbols.fresh(on.space, state.nodes[on.node]!.kernel);
    },
  };
}

/** Whether something can happen to the network itself; undefined where it is no such thing. */
export function eventIsEnabled(state: AnyNetwork<unknown>, call: AnyCall): boolean | undefined {
  const { packet = -1, one = 0, other = 0, node = -1 } = call as unknown as Partial<Record<'packet' | 'one' | 'other' | 'node', number>>;
  const { nodes, wire } = state;
  const isLink = one !== other && nodes[one] !== undefined && nodes[other] !== undefined;
  switch (call.operation) {
    case 'packet_arrives': return mayArrive(wire, packet);
    case 'packet_is_lost': return wire.packets[packet] !== undefined;
    case 'packet_is_duplicated': return mayBeDuplicated(wire, packet);
    case 'link_fails': return isLink && !areApart(wire, one, other);
    case 'link_heals': return isLink && areApart(wire, one, other);
    case 'node_crashes': return nodes[node]?.up === true;
    case 'node_reboots': return nodes[node]?.up === false;
    default: return undefined;
  }
}

/** Whether a call of a node's kernel could be made: the node is up, and its kernel's own suite says so. */
export function callIsEnabled<S, Call extends AnyCall>(
  isEnabled: (state: S, call: Call) => boolean, vocabulary: Vocabulary,
): (state: AnyNetwork<S>, call: AnyCall) => boolean {
  const threads = threadArguments(vocabulary);
  return ({ nodes }, call) => {
    const { node } = call as NodeCall<AnyCall>;
    if (nodes[node]?.up !== true) return false;
    const values = (threads[call.operation] ?? []).map((argument) => (call as unknown as Record<string, unknown>)[argument]);
    if (values.some((thread) => typeof thread === 'number' && nodeOfThread(thread) !== node)) return false;
    return isEnabled(nodes[node].kernel, callWithin<Call>(call as NodeCall<AnyCall>, threads[call.operation] ?? []));
  };
}
