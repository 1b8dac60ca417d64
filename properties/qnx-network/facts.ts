import type { Part, Pid } from '#spec/qnx/vocabulary';
import type { Event } from '#model/kernel';
import type { Cargo, Circuit, Outgoing, Process, QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import { nodeOfThread, threadOn, threadWithin } from '#model/network/nodes';
import type { NodeId, Packet } from '#model/network/wire';
import type { QnxNetworkState } from '#model/qnx-network/state';
import type { NetStep } from '#properties/qnx-network/obligation';
import { oncePerStep } from '#properties/remember';

/** A call of one of a node's own operations, with the caller's number on the node. */
export interface Local<Op extends QnxCall['operation'] = QnxCall['operation']> {
  readonly node: NodeId;
  readonly thread: number;
  readonly call: Extract<QnxCall, { operation: Op }>;
  readonly before: QnxState;
  readonly after: QnxState;
}

/** A call on a node by a process of it; null where nobody calls. */
export function localCall<Op extends QnxCall['operation']>({ call, before, after }: NetStep, ...operations: readonly Op[]): Local<Op> | null {
  if (call.thread === undefined || (operations.length > 0 && !(operations as readonly string[]).includes(call.operation))) return null;
  const node = nodeOfThread(call.thread);
  const thread = threadWithin(call.thread);
  return { node, thread, call: { ...call, thread } as never, before: before.nodes[node]!.kernel, after: after.nodes[node]!.kernel };
}

/** The packet that comes in a step, and the node it comes to; null if none does, or nobody takes it there. */
export interface Arrival<Tag extends Cargo['tag'] = Cargo['tag']> {
  readonly from: NodeId;
  readonly to: NodeId;
  /** What the node it comes from is called. */
  readonly nid: number;
  readonly cargo: Extract<Cargo, { readonly tag: Tag }>;
  readonly before: QnxState;
  readonly after: QnxState;
}

export function arrival<Tag extends Cargo['tag']>({ call, before, after }: NetStep, ...tags: readonly Tag[]): Arrival<Tag> | null {
  if (call.operation !== 'packet_arrives') return null;
  const packet = before.wire.packets[(call as unknown as { readonly packet: number }).packet]!;
  const { from, to, cargo } = packet;
  if (tags.length > 0 && !(tags as readonly string[]).includes(cargo.tag)) return null;
  const node = before.nodes[to]!;
  if (!node.up || !node.kernel.net) return null;
  return { from, to, nid: from + 1, cargo: cargo as never, before: node.kernel, after: after.nodes[to]!.kernel };
}

/** The node on which something happens to its network manager, or time passes. */
export function happening({ call, before, after }: NetStep, operation: string): { readonly node: NodeId; readonly before: QnxState; readonly after: QnxState } | null {
  if (call.operation !== operation) return null;
  const { node } = call;
  return { node, before: before.nodes[node]!.kernel, after: after.nodes[node]!.kernel };
}

/** Packets that a step puts on the wire. */
export const posted = oncePerStep(({ call, before, after }: NetStep): readonly Packet<Cargo>[] => {
  const gone = call.operation === 'packet_arrives' || call.operation === 'packet_is_lost' ? 1 : 0;
  return after.wire.packets.slice(before.wire.packets.length - gone);
});

export const postedOf = <Tag extends Cargo['tag']>(step: NetStep, tag: Tag) => posted(step).flatMap((packet) =>
  (packet.cargo.tag === tag ? [{ ...packet, cargo: packet.cargo as Extract<Cargo, { readonly tag: Tag }> }] : []));

/** A live end of a circuit. */
export interface End { readonly row: number; readonly process: Process; readonly circuit: Circuit }

export function endsOn(state: QnxState): readonly End[] {
  const ends: End[] = [];
  state.processes.forEach((process, row) => {
    if (process.circuit !== null && process.life === 'live') ends.push({ row, process, circuit: process.circuit });
  });
  return ends;
}

/** The live end that goes by a pid. */
export const endUnder = (state: QnxState, pid: Pid): End | null => endsOn(state).find(({ process }) => process.pid === pid) ?? null;

/** The end that a packet is for: the other end of it is where the packet comes from. */
export function endOf({ before, nid }: Pick<Arrival, 'before' | 'nid'>, cargo: { readonly end: Pid; readonly other: Pid }): End | null {
  const end = endUnder(before, cargo.end);
  return end !== null && end.circuit.nid === nid && end.circuit.vid === cargo.other ? end : null;
}

/** Whether there is still such an end after. */
export const isThere = (state: QnxState, row: number): boolean => state.processes[row]?.life === 'live';

export const eventOn = ({ events }: NetStep, node: NodeId, thread: number): Event | undefined =>
  events.findLast((event) => event.thread === threadOn(node, thread));

/** The error that the caller is given; null if it is given none. */
export function errorOf(step: NetStep): string | null {
  const event = step.events.findLast(({ thread }) => thread === step.call.thread);
  return event?.tag === 'raised' ? event.error : null;
}

export const valueTo = <T>(step: NetStep, node: NodeId, thread: number): T | null => {
  const event = eventOn(step, node, thread);
  return event?.tag === 'returned' ? event.value as T : null;
};

export const nodesUp = ({ nodes }: QnxNetworkState): readonly (readonly [NodeId, QnxState])[] =>
  nodes.flatMap(({ up, kernel }, node) => (up ? [[node, kernel] as const] : []));

export const lengthOf = (parts: readonly Part[]): number => parts.reduce((sum, { length }) => sum + length, 0);

export const memoryUsed = ({ processes }: QnxState): number => processes.reduce((sum, { memory }) => sum + memory.length, 0);

export const waitsIn = ({ processes }: QnxState, process: number, end: number): boolean => {
  const { run, life } = processes[process]!;
  return life === 'live' && (((run.tag === 'sending' || run.tag === 'replying') && run.on === end)
    || (run.tag === 'receiving' && run.from === processes[end]!.pid));
};

export const messagesOut = ({ outgoing }: QnxState): readonly Extract<Outgoing, { tag: 'message' }>[] =>
  outgoing.flatMap((entry) => (entry.tag === 'message' ? [entry] : []));
