import type { MachArguments, MachOperationName, MachReturns, Name, ReceivedMessage } from '#spec/mach/vocabulary';
import type { MachNetworkRule } from '#spec/mach-network/rules';
import type { Event, World } from '#model/kernel';
import { mach } from '#model/mach/kernel';
import type { MachCall } from '#model/mach/world';
import type { MachState } from '#model/mach/state';
import type { ServerMechanisms } from '#model/mach-network/mechanisms';
import type { Cargo, MachNetworkState, Server } from '#model/mach-network/state';
import type { NodeId } from '#model/network/wire';
import { post, request } from '#model/network/world';
import { BeyondScope, change, type Draft } from '#model/operation';

/** The world in which network message servers act. */
export interface Servers extends World<MachNetworkState, ServerChoices> { readonly mechanisms: ServerMechanisms }

/** What is open to a server. */
type ServerChoices =
  /** Whether a message of which nothing was heard is sent again or given up. */
  | 'network failure'
  /** Whether an ordinary message that comes again is delivered again. */
  | 'duplicate';

export const serverOf = ({ state }: { readonly state: MachNetworkState }, node: NodeId): Server => state.nodes[node]!.manager;

/** What a server keeps in mind, to be changed. */
export const minding = (world: Servers, node: NodeId): Draft<Server> => change(serverOf(world, node));

type Asked<Op extends MachOperationName> = Omit<MachArguments<Op>, 'thread'>;

/** The server's thread makes a call on its node. */
export function ask<Op extends MachOperationName>(world: Servers, node: NodeId, operation: Op, call: Asked<Op>): Event {
  const { thread } = serverOf(world, node);
  const heard = request(mach, world as never, node, { operation, thread, ...call } as unknown as MachCall);
  if (heard === null) throw new BeyondScope('the network message server waits for somebody else');
  return heard;
}

/** The same, where it succeeds unless something has gone that was named; null if it does not succeed. */
export function asked<Op extends MachOperationName>(world: Servers, node: NodeId, operation: Op, call: Asked<Op>): MachReturns<Op> | null {
  const heard = ask(world, node, operation, call);
  return heard.tag === 'returned' ? heard.value as MachReturns<Op> : null;
}

/** The server's task, as an argument. */
export const self = (world: Servers, node: NodeId) => ({ task: { tag: 'identity', identity: serverOf(world, node).task } }) as const;

/** A name in the server's own space. */
export const own = (world: Servers, node: NodeId, name: Name) => ({ task: serverOf(world, node).task, name });

export const tell = (world: Servers, from: NodeId, to: NodeId, cargo: Cargo): void => post<MachState, Server, Cargo>(world as never, { from, to, stream: null, cargo });

export function tellAll(world: Servers, from: NodeId, cargo: Cargo): void {
  for (let to = 0; to < world.state.nodes.length; to += 1) if (to !== from) tell(world, from, to, cargo);
}

/** A number that was never given before. */
export function tick(world: Servers, node: NodeId): number {
  const server = minding(world, node);
  server.clock += 1;
  return server.clock * world.state.nodes.length + node;
}

const rulesOfMechanisms = new WeakMap<object, readonly MachNetworkRule[]>();

/** Names the rules a shared mechanism implements. */
export function serving<F extends object>(rules: readonly MachNetworkRule[], mechanism: F): F {
  rulesOfMechanisms.set(mechanism, rules);
  return mechanism;
}

export const implementedBy = (mechanism: object): readonly MachNetworkRule[] => rulesOfMechanisms.get(mechanism) ?? [];

export type { Name, ReceivedMessage };
