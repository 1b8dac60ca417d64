import { change, ModelError, returned } from '#model/operation';
import type { Node } from '#model/network/nodes';
import { areApart, mayArrive, mayBeDuplicated, withCut, withLink, withPacket, withoutPacket, type NodeId, type Wire } from '#model/network/wire';
import type { NetworkWorld } from '#model/network/world';

/** What a node is made of when it is started again. */
export interface Restart<S, Manager> {
  /** A new kernel, in the place of the one that crashed; `before`: its manager, where the new one keeps in mind what the machine is. */
  readonly kernel: (crashed: S, before: Manager) => S;
  /** `before`: the manager that crashed with the kernel; null at the start. */
  readonly manager: (kernel: S, node: NodeId, before: Manager | null) => Manager;
}

type Part<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * What happens to machines, and to the wire between them, by itself: the operations of a network that have no caller.
 * They know of no kernel. Nobody is told of a packet that is lost, nor of a machine that crashes; a link that is down
 * keeps the packets that are under way, which arrive or are lost when it is up again.
 */
export function networkEvents<S, Manager, Cargo>(restart: Restart<S, Manager>) {
  type W = NetworkWorld<S, Manager, Cargo>;
  const setWire = ({ state }: W, wire: Wire<Cargo>): void => { (change(state) as { wire: Wire<Cargo> }).wire = wire; };
  const partOf = ({ state }: W, node: NodeId) => change(state.nodes[node]!) as unknown as Part<Node<S, Manager>>;

  return {
    packet_arrives(world: W, { packet }: { readonly packet: number }) {
      const { wire, nodes } = world.state;
      if (!mayArrive(wire, packet)) throw new ModelError('no such packet may arrive now');
      const arrived = wire.packets[packet]!;
      setWire(world, withoutPacket(wire, packet));
      if (nodes[arrived.to]!.up) world.mechanisms.packetComes(world, arrived);
      return returned(null);
    },

    packet_is_lost(world: W, { packet }: { readonly packet: number }) {
      const { wire } = world.state;
      if (wire.packets[packet] === undefined) throw new ModelError('no such packet is under way');
      setWire(world, withoutPacket(wire, packet));
      return returned(null);
    },

    packet_is_duplicated(world: W, { packet }: { readonly packet: number }) {
      const { wire } = world.state;
      if (!mayBeDuplicated(wire, packet)) throw new ModelError('no such packet can come twice');
      setWire(world, withPacket(wire, wire.packets[packet]!));
      return returned(null);
    },

    link_fails(world: W, { one, other }: { readonly one: NodeId; readonly other: NodeId }) {
      const { wire } = world.state;
      if (one === other || areApart(wire, one, other)) throw new ModelError('there is no such link');
      setWire(world, withCut(wire, one, other));
      return returned(null);
    },

    link_heals(world: W, { one, other }: { readonly one: NodeId; readonly other: NodeId }) {
      const { wire } = world.state;
      if (!areApart(wire, one, other)) throw new ModelError('the link is up');
      setWire(world, withLink(wire, one, other));
      return returned(null);
    },

    node_crashes(world: W, { node }: { readonly node: NodeId }) {
      if (world.state.nodes[node]?.up !== true) throw new ModelError('the node is not up');
      partOf(world, node).up = false;
      return returned(null);
    },

    node_reboots(world: W, { node }: { readonly node: NodeId }) {
      const crashed = world.state.nodes[node];
      if (crashed === undefined || crashed.up) throw new ModelError('the node is not down');
      const kernel = restart.kernel(crashed.kernel, crashed.manager);
      Object.assign(partOf(world, node), { up: true, epoch: crashed.epoch + 1, kernel, manager: restart.manager(kernel, node, crashed.manager) });
      world.mechanisms.nodeHasStarted(world, node);
      return returned(null);
    },
  };
}

export type NetworkEventName = keyof ReturnType<typeof networkEvents>;
