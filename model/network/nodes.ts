import { flag, integer, scoped, struct, type Schema, type Sink } from '#model/schema';
import { quietWire, wireSchema, type NodeId, type Wire } from '#model/network/wire';

/** A machine: its kernel, and what its network manager knows. */
export interface Node<S, Manager> {
  readonly up: boolean;
  /** How often it has been started. */
  readonly epoch: number;
  readonly kernel: S;
  readonly manager: Manager;
}

/** Several machines, each with a kernel of its own, and what lies between them. */
export interface NetworkState<S, Manager, Cargo> {
  readonly nodes: readonly Node<S, Manager>[];
  readonly wire: Wire<Cargo>;
}

/** What there is at the start: a scope of its own for each node's kernel. */
export interface NetworkScope<Scope = unknown> { readonly nodes: readonly Scope[] }

/**
 * Threads of all nodes have numbers in common, so that what is seen of one names no node. There are no more nodes than
 * the vocabulary of networks allows.
 */
const MOST_NODES = 8;
export const threadOn = (node: NodeId, thread: number): number => thread * MOST_NODES + node;
export const nodeOfThread = (thread: number): NodeId => thread % MOST_NODES;
export const threadWithin = (thread: number): number => Math.floor(thread / MOST_NODES);

/** The rows of each node's tables are rows of that node alone. */
function nodesSchema<S, Manager>(kernel: Schema<S>, manager: Schema<Manager>): Schema<readonly Node<S, Manager>[]> {
  const node = struct({ up: flag(), epoch: integer(), kernel, manager } as never) as unknown as Schema<Node<S, Manager>>;
  return {
    put: (nodes, sink: Sink) => {
      sink.number(nodes.length);
      nodes.forEach((value, at) => scoped(`${at}/`, node).put(value, sink));
    },
    take: (source) => Array.from({ length: source.number() }, () => node.take(source)),
  };
}

export const networkSchema = <S, Manager, Cargo>(
  kernel: Schema<S>, manager: Schema<Manager>, cargo: Schema<Cargo>,
): Schema<NetworkState<S, Manager, Cargo>> =>
  struct({ nodes: nodesSchema(kernel, manager), wire: wireSchema(cargo) } as never) as unknown as Schema<NetworkState<S, Manager, Cargo>>;

/** The machines as they are when all have just been started. */
export function startedNodes<S, Manager, Cargo>(
  kernels: readonly S[], managerOf: (kernel: S, node: NodeId) => Manager,
): NetworkState<S, Manager, Cargo> {
  const nodes = kernels.map((kernel, node) => ({ up: true, epoch: 1, kernel, manager: managerOf(kernel, node) }));
  return { nodes, wire: quietWire };
}
