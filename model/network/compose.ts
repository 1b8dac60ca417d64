import type { AnyCall, Kernel, Scope } from '#model/kernel';
import { ModelError } from '#model/operation';
import type { Schema } from '#model/schema';
import { networkEvents, type NetworkEventName, type Restart } from '#model/network/events';
import { networkSchema, nodeOfThread, startedNodes, threadWithin, type NetworkScope, type NetworkState } from '#model/network/nodes';
import type { NodeId } from '#model/network/wire';
import { settleNode, stepOfNode, type ManagerMechanisms } from '#model/network/world';

/** A call on one node of a network; its thread has a number in the network. */
export type NodeCall<Call extends AnyCall> = Call & { readonly node: NodeId };

/** What makes a network of nodes that all run one kernel. */
export interface Composition<S, Call extends AnyCall, Manager, Cargo> {
  readonly name: string;
  readonly variant: string;
  readonly kernel: Kernel<S, Call>;
  /** Which arguments of its operations are threads, besides the caller. */
  readonly threads: Readonly<Record<string, readonly string[]>>;
  readonly schema: { readonly manager: Schema<Manager>; readonly cargo: Schema<Cargo> };
  readonly restart: Restart<S, Manager>;
  /** What the managers do, with the kernel's own mechanisms beside. */
  readonly mechanisms: ManagerMechanisms<S, Manager, Cargo>;
  /** What the managers do by themselves, as operations without a caller. */
  readonly operations: Kernel['operations'];
  /** Which rules the network's own events implement. */
  readonly implements: Readonly<Record<NetworkEventName, readonly string[]>>;
  /** What a node has at the start besides what its scope says. */
  readonly prepare?: (scope: Scope, node: NodeId) => Scope;
}

/**
 * The network of nodes as a kernel of its own: every operation of the nodes' kernel, on a node; what happens to wire
 * and machines by itself; and what the network managers do.
 */
export function compose<S, Call extends AnyCall, Manager, Cargo>(
  parts: Composition<S, Call, Manager, Cargo>,
): Kernel<NetworkState<S, Manager, Cargo>, NodeCall<AnyCall>> {
  const { kernel, threads, restart, prepare = (scope: Scope) => scope } = parts;
  const boot = ({ nodes }: NetworkScope<Scope>) =>
    startedNodes<S, Manager, Cargo>(nodes.map((scope, node) => kernel.boot(prepare(scope, node) as never)), (state, node) => restart.manager(state, node, null));
  return {
    name: parts.name,
    variant: parts.variant,
    boot,
    operations: { ...onNodes(kernel, threads), ...eventsOf(parts), ...parts.operations },
    mechanisms: { ...kernel.mechanisms, ...parts.mechanisms },
    settle: (world: never) => {
      const { nodes } = (world as { readonly state: NetworkState<S, Manager, Cargo> }).state;
      for (let node = 0; node < nodes.length; node += 1) if (nodes[node]!.up) settleNode(kernel, world, node);
    },
    schema: networkSchema(kernel.schema, parts.schema.manager, parts.schema.cargo),
    ...(kernel.narrow === undefined ? {} : { narrow: kernel.narrow }),
  };
}

/** A call as the node's own kernel has it: without the node, its threads by their numbers there. */
export function callWithin<Call extends AnyCall>({ node, ...call }: NodeCall<AnyCall>, threads: readonly string[]): Call {
  const own: Record<string, unknown> = call;
  for (const argument of threads) {
    const thread = own[argument];
    if (typeof thread !== 'number') continue;
    if (nodeOfThread(thread) !== node) throw new ModelError(`${argument} is a thread of another node`);
    own[argument] = threadWithin(thread);
  }
  return call as unknown as Call;
}

/** The operations of a kernel, each on a node that is up. */
function onNodes<S, Call extends AnyCall>(kernel: Kernel<S, Call>, threads: Composition<S, Call, unknown, unknown>['threads']): Kernel['operations'] {
  return Object.fromEntries(Object.entries(kernel.operations).map(([name, { implements: rules }]) => [name, {
    implements: rules,
    step: (world: never, call: NodeCall<AnyCall>) => {
      const { nodes } = (world as { readonly state: NetworkState<S, unknown, unknown> }).state;
      if (nodes[call.node]?.up !== true) throw new ModelError('the node is not up');
      return stepOfNode(kernel, world, call.node, callWithin(call, ['thread', ...threads[name] ?? []]));
    },
  }]));
}

function eventsOf<S, Call extends AnyCall, Manager, Cargo>(
  { restart, implements: rules }: Composition<S, Call, Manager, Cargo>,
): Kernel['operations'] {
  const events = networkEvents<S, Manager, Cargo>(restart);
  return Object.fromEntries(Object.entries(events).map(([name, step]) =>
    [name, { implements: rules[name as NetworkEventName], step: step as never }]));
}
