import type { AnyCall, Choose, Event, Kernel, World } from '#model/kernel';
import { change, ModelError, type Effects, type Verdict } from '#model/operation';
import { threadOn, type NetworkState } from '#model/network/nodes';
import { withPacket, type NodeId, type Packet } from '#model/network/wire';

/**
 * What a kernel's network manager does when something happens to its node. It is a user-level program: it may make
 * calls on its own node (`request`) and put packets on the wire (`post`), and cannot see any other node.
 */
export interface ManagerMechanisms<S, Manager, Cargo> {
  readonly packetComes: (world: NetworkWorld<S, Manager, Cargo>, packet: Packet<Cargo>) => void;
  /** The node has just been started again: its kernel is new, its manager has been made from it. */
  readonly nodeHasStarted: (world: NetworkWorld<S, Manager, Cargo>, node: NodeId) => void;
}

/** The world of an operation on a network of nodes. */
export interface NetworkWorld<S, Manager, Cargo> extends World<NetworkState<S, Manager, Cargo>> {
  readonly mechanisms: ManagerMechanisms<S, Manager, Cargo>;
}

type AnyNetworkWorld<S> = World<NetworkState<S, unknown, unknown>> & { readonly mechanisms: object };

/**
 * The world of one node's kernel: it sees its own state, and reports its threads by their numbers in the network. Others
 * may inherit from it, so nothing here is private to the object.
 */
class NodeWorld<S> implements World<S> {
  readonly network: AnyNetworkWorld<S>;
  readonly node: NodeId;
  /** A thread whose events go to `heard`, and to nobody else. */
  readonly own: number | null;
  readonly heard: Event[] = [];
  /** The operations of the node's kernel, which a message to it may ask for. */
  readonly operations: Kernel['operations'];

  constructor(network: AnyNetworkWorld<S>, node: NodeId, own: number | null = null, operations: Kernel['operations'] = {}) {
    this.network = network;
    this.node = node;
    this.own = own;
    this.operations = operations;
  }

  get state(): S { return this.network.state.nodes[this.node]!.kernel; }

  get mechanisms(): object { return this.network.mechanisms; }

  choose: Choose = (kind, options, label) => this.network.choose(kind, options, label);

  report(event: Event): void {
    if (event.thread === this.own) this.heard.push(event);
    else this.network.report({ ...event, thread: threadOn(this.node, event.thread) });
  }

  charge(event: string, count = 1): void { this.network.charge(event, count); }

  deviate(rule: string): void { this.network.deviate(rule); }
}

/** The world of one node's kernel, for what its manager does there through the kernel's own mechanisms. */
export const worldOn = <S>(network: AnyNetworkWorld<S>, node: NodeId): World<S> & { readonly mechanisms: object } => new NodeWorld(network, node);

/** Takes a step of a node's kernel. In `call`, threads have the numbers that they have on the node. */
export function stepOfNode<S, Call extends AnyCall>(
  kernel: Kernel<S, Call>, network: AnyNetworkWorld<S>, node: NodeId, call: AnyCall,
): Verdict<Effects> {
  return kernel.operations[call.operation]!.step(new NodeWorld(network, node, null, kernel.operations) as never, call as never);
}

/** Lets the threads of a node run that were set free. */
export function settleNode<S>(kernel: Kernel<S>, network: AnyNetworkWorld<S>, node: NodeId): void {
  kernel.settle(new NodeWorld(network, node, null, kernel.operations) as never);
}

/**
 * A network manager's own thread makes a call on its node, and the node comes to rest. `call.thread` is the thread's
 * number on the node. What the thread is told is answered and reported to nobody; null: it waits.
 */
export function request<S, Call extends AnyCall>(
  kernel: Kernel<S, Call>, network: AnyNetworkWorld<S>, node: NodeId, call: Call,
): Event | null {
  const { thread } = call;
  if (thread === undefined) throw new ModelError('a network manager makes calls with a thread of its own');
  const world = new NodeWorld(network, node, thread, kernel.operations);
  const verdict = kernel.operations[call.operation]!.step(world as never, call as never);
  if (verdict.tag !== 'raised') kernel.settle(world as never);
  if (verdict.tag === 'blocked') return world.heard.at(-1) ?? null;
  return { ...verdict, thread } as Event;
}

/** Something happens by itself on a node, such as time running out for a thread of its manager. */
export function happensOn<S, Call extends AnyCall>(
  kernel: Kernel<S, Call>, network: AnyNetworkWorld<S>, node: NodeId, call: Call,
): void {
  const world = new NodeWorld(network, node, null, kernel.operations);
  kernel.operations[call.operation]!.step(world as never, call as never);
  kernel.settle(world as never);
}

/** Puts a packet on the wire. */
export function post<S, Manager, Cargo>(world: World<NetworkState<S, Manager, Cargo>>, packet: Omit<Packet<Cargo>, 'tag'>): void {
  world.charge('packet');
  const state = change(world.state) as { wire: typeof world.state.wire };
  state.wire = withPacket(world.state.wire, packet);
}
