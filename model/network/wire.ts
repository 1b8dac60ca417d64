import { integer, list, nullable, struct, union, type Schema } from '#model/schema';

/** A node of a network, by its place. */
export type NodeId = number;

/**
 * Something on its way from one node to another. Packets of no stream may overtake each other, come twice or not at
 * all; those of one stream come in the order in which they were sent and at most once, which is what a driver that
 * numbers them makes of the rest.
 */
export interface Packet<Cargo> {
  readonly tag: 'packet';
  readonly from: NodeId;
  readonly to: NodeId;
  readonly stream: number | null;
  readonly cargo: Cargo;
}

/** Two nodes that cannot reach each other. */
interface Pair { readonly tag: 'pair'; readonly one: NodeId; readonly other: NodeId }

/** What lies between the nodes: which links are down, and the packets under way, in the order in which they were sent. */
export interface Wire<Cargo> { readonly apart: readonly Pair[]; readonly packets: readonly Packet<Cargo>[] }

export const wireSchema = <Cargo>(cargo: Schema<Cargo>): Schema<Wire<Cargo>> => struct({
  apart: list(union({ pair: { one: integer(), other: integer() } })),
  packets: list(union({ packet: { from: integer(), to: integer(), stream: nullable(integer()), cargo } })),
}) as unknown as Schema<Wire<Cargo>>;

export const quietWire = { apart: [], packets: [] } as const;

/** The wire with one more packet under way. */
export const withPacket = <Cargo>(wire: Wire<Cargo>, packet: Omit<Packet<Cargo>, 'tag'>): Wire<Cargo> =>
  ({ apart: wire.apart, packets: [...wire.packets, { tag: 'packet', ...packet }] });

export const withoutPacket = <Cargo>(wire: Wire<Cargo>, at: number): Wire<Cargo> =>
  ({ apart: wire.apart, packets: wire.packets.filter((_, place) => place !== at) });

/** Whether two nodes cannot reach each other; a node always reaches itself. */
export const areApart = ({ apart }: Wire<unknown>, a: NodeId, b: NodeId): boolean => apart.some((pair) => isBetween(pair, a, b));

/** Whether a packet may be the next to arrive: its link is up, and nothing of its stream was sent before it. */
export function mayArrive(wire: Wire<unknown>, at: number): boolean {
  const packet = wire.packets[at];
  if (packet === undefined || areApart(wire, packet.from, packet.to)) return false;
  return packet.stream === null || !wire.packets.slice(0, at).some((earlier) => isOfOneStream(earlier, packet));
}

/** Whether a packet may come twice. */
export const mayBeDuplicated = ({ packets }: Wire<unknown>, at: number): boolean => packets[at]?.stream === null;

export const withCut = <Cargo>(wire: Wire<Cargo>, one: NodeId, other: NodeId): Wire<Cargo> =>
  ({ packets: wire.packets, apart: [...wire.apart, { tag: 'pair', one, other }] });

export const withLink = <Cargo>(wire: Wire<Cargo>, one: NodeId, other: NodeId): Wire<Cargo> =>
  ({ packets: wire.packets, apart: wire.apart.filter((pair) => !isBetween(pair, one, other)) });

const isBetween = ({ one, other }: Pair, a: NodeId, b: NodeId): boolean =>
  (one === a && other === b) || (one === b && other === a);

const isOfOneStream = (a: Packet<unknown>, b: Packet<unknown>): boolean =>
  a.stream === b.stream && a.from === b.from && a.to === b.to;
