import type { World } from '#model/kernel';
import { mechanisms as qnxMechanisms } from '#model/qnx/mechanisms';
import type { Departure } from '#model/qnx/network/net';
import type { Cargo } from '#model/qnx/state';
import type { Qnx } from '#model/qnx/world';
import { areApart, withoutPacket, type NodeId, type Packet } from '#model/network/wire';
import { post, worldOn } from '#model/network/world';
import type { QnxNetworkState } from '#model/qnx-network/state';
import { change, ModelError, returned } from '#model/operation';

/** The steps that nodes and their network managers share. */
export const mechanisms = { ...qnxMechanisms, packetComes, dispatch, send, flush, nodeHasStarted: () => {} };
export type NetMechanisms = typeof mechanisms;

/** The world of an operation on a network of QNX nodes. */
export interface QnxNetwork extends World<QnxNetworkState> { readonly mechanisms: NetMechanisms }

/** Nodes are called by numbers from 1. */
export const nidOf = (node: NodeId): number => node + 1;
export const nodeCalled = (nid: number): NodeId => nid - 1;

export const qnxOn = (world: QnxNetwork, node: NodeId): Qnx => worldOn(world, node) as unknown as Qnx;

/** Everything that one node sends to another comes in the order in which it was sent: the drivers see to that. */
const STREAM = 0;

/** Puts something on the wire. A link that is down keeps it, until it is up again or the driver gives it up. */
export function send(world: QnxNetwork, from: NodeId, { nid, cargo }: Departure): void {
  post(world, { from, to: nodeCalled(nid), stream: STREAM, cargo });
}

/** What Proc has to say to other nodes leaves at once, if there is a network manager. */
export function flush(world: QnxNetwork, node: NodeId): void {
  const { kernel } = world.state.nodes[node]!;
  const { notes, net } = kernel;
  if (notes.length === 0) return;
  change(kernel).notes = [];
  if (net) for (const note of notes) world.mechanisms.send(world, node, note);
}

/** A packet comes to a node: nobody takes it if there is no network manager. */
export function packetComes(world: QnxNetwork, { from, to, cargo }: Packet<Cargo>): void {
  if (!world.state.nodes[to]!.kernel.net) return;
  const on = qnxOn(world, to);
  on.mechanisms.heardFrom(on, nidOf(from), cargo);
  world.mechanisms.dispatch(on, nidOf(from), cargo);
}

/** Net gives what has come to whom it is for: the end of a circuit, or Proc. */
export function dispatch(world: Qnx, from: number, cargo: Cargo): void {
  const { mechanisms: take } = world;
  switch (cargo.tag) {
    case 'message': return take.messageComes(world, from, cargo);
    case 'reply': return take.replyComes(world, from, cargo);
    case 'failed': return take.failureComes(world, from, cargo);
    case 'cancel': return take.cancelComes(world, from, cargo);
    case 'ends': return take.endComes(world, from, cargo);
    case 'poll': return take.pollComes(world, from, cargo);
    case 'alive': return;
    case 'create': return take.createComes(world, from, cargo);
    case 'created': return take.createdComes(world, from, cargo);
    case 'locate': return take.locateComes(world, from, cargo);
    case 'located': return take.locatedComes(world, from, cargo);
    case 'stand': return take.standComes(world, from, cargo);
    case 'stands': return take.standsComes(world, from, cargo);
    case 'unstand': return take.unstandComes(world, from, cargo);
    case 'trigger': return take.triggerComes(world, from, cargo);
    case 'signal': return take.signalComes(world, from, cargo);
    case 'signalled': return take.signalledComes(world, from, cargo);
    case 'refused': return take.refusalComes(world, from, cargo);
  }
}

type OnNode = { readonly node: NodeId };

const running = ({ state }: QnxNetwork, node: NodeId): boolean => state.nodes[node]?.up === true && state.nodes[node]!.kernel.net;

/** Net runs: it carries off what has waited for it longest. */
export const netRuns = {
  implements: ['qnx-network/message-is-carried-once', 'qnx-network/sender-is-blocked-as-at-home', 'qnx-network/failed-link-may-be-noticed'],

  step(world: QnxNetwork, { node }: OnNode) {
    if (!running(world, node)) throw new ModelError('there is no network manager');
    const on = qnxOn(world, node);
    const departure = on.mechanisms.carryOff(on);
    if (departure === null) return returned(null);
    const notices = areApart(world.state.wire, node, nodeCalled(departure.nid))
      && world.choose('transmission', ['is tried again and again', 'fails at once'] as const, (option) => option) === 'fails at once';
    if (notices) on.mechanisms.transmissionFails(on, departure.cargo);
    else world.mechanisms.send(world, node, departure);
    return returned(null);
  },
};

/** Time passes on a node: Proc looks after its circuits. */
export const poll = {
  implements: ['qnx-network/silence-is-polled'],

  step(world: QnxNetwork, { node }: OnNode) {
    if (world.state.nodes[node]?.up !== true) throw new ModelError('the node is not up');
    const on = qnxOn(world, node);
    on.mechanisms.pollEnds(on);
    return returned(null);
  },
};

export const netStops = {
  implements: ['qnx-network/net-comes-and-goes'],

  step(world: QnxNetwork, { node }: OnNode) {
    if (!running(world, node)) throw new ModelError('there is no network manager');
    const on = qnxOn(world, node);
    on.mechanisms.stopNet(on);
    return returned(null);
  },
};

export const netStarts = {
  implements: ['qnx-network/net-comes-and-goes'],

  step(world: QnxNetwork, { node }: OnNode) {
    const { nodes } = world.state;
    if (nodes[node]?.up !== true || running(world, node)) throw new ModelError('there is a network manager already, or no node');
    change(nodes[node]!.kernel).net = true;
    return returned(null);
  },
};

/** The driver gives a packet up, after it has sent it again so often: Net of the node that sent it hears so. */
export const packetIsLost = {
  implements: ['qnx-network/failed-link-may-be-noticed'],

  step(world: QnxNetwork, { packet }: { readonly packet: number }) {
    const { wire, nodes } = world.state;
    const lost = wire.packets[packet];
    if (lost === undefined) throw new ModelError('no such packet is under way');
    (change(world.state) as { wire: typeof wire }).wire = withoutPacket(wire, packet);
    if (nodes[lost.from]!.up && nodes[lost.from]!.kernel.net) {
      const on = qnxOn(world, lost.from);
      on.mechanisms.transmissionFails(on, lost.cargo);
    }
    return returned(null);
  },
};
