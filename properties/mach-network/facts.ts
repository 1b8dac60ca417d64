import type { Name, TaskId } from '#spec/mach/vocabulary';
import type { AnyCall } from '#model/kernel';
import type { Entry, MachState, PortEntry, PortId } from '#model/mach/state';
import type { Cargo, MachNetworkState, Outgoing, Proxy, Real, Server } from '#model/mach-network/state';
import type { NodeId, Packet } from '#model/network/wire';
import type { MachNetworkStep } from '#properties/mach-network/obligation';

/** What the server of a node has under a name in its own space. */
export function serverEntry(state: MachNetworkState, node: NodeId, name: Name): Entry | null {
  const { kernel, manager } = state.nodes[node]!;
  return kernel.tasks[manager.task]!.names[name] ?? null;
}

/** The port that the server has under a name, dead or alive; null where the name denotes none. */
export function serverPort(state: MachNetworkState, node: NodeId, name: Name): PortId | null {
  const entry = serverEntry(state, node, name);
  return entry?.tag === 'port' || entry?.tag === 'send-once' ? entry.port : null;
}

export const isReceiveEntry = (entry: Entry | null | undefined): entry is PortEntry => entry?.tag === 'port' && entry.receive;

/** The port set of a server, as its kernel knows it. */
export function serverSet(state: MachNetworkState, node: NodeId): number | null {
  const entry = serverEntry(state, node, state.nodes[node]!.manager.set.name);
  return entry?.tag === 'set' ? entry.set : null;
}

/** Whether a server has a message to take. */
export function hasWork(state: MachNetworkState, node: NodeId): boolean {
  const { up, kernel } = state.nodes[node]!;
  const set = serverSet(state, node);
  return up && set !== null && kernel.ports.some((port) => port.set === set && port.queue.length > 0);
}

export const entriesOf = ({ entries }: Server) => ({
  proxies: entries.filter((entry): entry is Proxy => entry.tag === 'proxy'),
  reals: entries.filter((entry): entry is Real => entry.tag === 'real'),
});

export const entryIn = (server: Server, port: number) => server.entries.find(({ id }) => id.public === port) ?? null;

/** The packets that a step has put on the wire. */
export function posted({ before, after, call }: MachNetworkStep): readonly Packet<Cargo>[] {
  if (call.operation === 'packet_is_duplicated') return [];
  const gone = call.operation === 'packet_arrives' || call.operation === 'packet_is_lost' ? 1 : 0;
  return after.wire.packets.slice(before.wire.packets.length - gone);
}

/** The packet that a step is about; null where it is about none. */
export function packetOf({ before, call }: MachNetworkStep): Packet<Cargo> | null {
  return call.operation.startsWith('packet_') ? before.wire.packets[(call as AnyCall & { packet: number }).packet] ?? null : null;
}

/** The node on which a step happens; null for what happens to links. */
export function nodeOf(step: MachNetworkStep): NodeId | null {
  if (step.call.operation === 'packet_arrives') return packetOf(step)!.to;
  return (step.call as AnyCall & { node?: NodeId }).node ?? null;
}

/** What arrives at a node that is up, of one kind. */
export function arrived<Tag extends Cargo['tag']>(step: MachNetworkStep, tag: Tag): (Packet<Cargo> & { readonly cargo: Extract<Cargo, { tag: Tag }> }) | null {
  if (step.call.operation !== 'packet_arrives') return null;
  const packet = packetOf(step)!;
  return packet.cargo.tag === tag && step.before.nodes[packet.to]!.up ? packet as never : null;
}

/** The names of all tasks but the server that denote a port of a node. */
export function holders({ kernel, manager }: { readonly kernel: MachState; readonly manager: Server }, port: PortId): readonly { task: TaskId; name: Name; entry: Entry }[] {
  return kernel.tasks.flatMap(({ names }, task) => (task === manager.task ? [] : names.flatMap((entry, name) =>
    ((entry?.tag === 'port' || entry?.tag === 'send-once') && entry.port === port ? [{ task: task as TaskId, name: name as Name, entry }] : []))));
}

export const isMachCall = ({ call }: MachNetworkStep): boolean => call.thread !== undefined || call.operation === 'timeout' || call.operation === 'evict';

/** A number that tells ports of all nodes apart, whenever they lived. */
export const portKey = (state: MachNetworkState, node: NodeId, port: PortId): string => `${node}.${state.nodes[node]!.epoch}:${port}`;

type PacketOf<Tag extends Cargo['tag']> = Packet<Cargo> & { readonly cargo: Extract<Cargo, { tag: Tag }> };

/** What a step has put on the wire, of one kind. */
export const postedOf = <Tag extends Cargo['tag']>(step: MachNetworkStep, tag: Tag): readonly PacketOf<Tag>[] =>
  posted(step).filter((packet): packet is PacketOf<Tag> => packet.cargo.tag === tag);

/** Whether a message that a server keeps has a right to a port in it. */
export const carries = ({ content: { reply, body } }: Pick<Outgoing, 'content'>, port: number): boolean =>
  [reply, ...body.flatMap((item) => (item.tag === 'rights' ? item.rights : []))].some((right) => 'id' in right && right.id.public === port);

/** Whether nothing on a node has to do with a port that lives elsewhere. */
export function isUnused(state: MachNetworkState, node: NodeId, { id, local }: Proxy, outgoing = state.nodes[node]!.manager.outgoing): boolean {
  const { kernel } = state.nodes[node]!;
  const port = serverPort(state, node, local.name);
  if (port === null) return true;
  const { sendRights, sendOnceRights, queue } = kernel.ports[port]!;
  const carried = outgoing.some((sent) => sent.port === id.public || carries(sent, id.public));
  return sendRights === 0 && sendOnceRights === 0 && queue.length === 0 && !carried;
}
