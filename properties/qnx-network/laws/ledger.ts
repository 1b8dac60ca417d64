import type { Part, Pid } from '#spec/qnx/vocabulary';
import type { Parts, QnxState, Run } from '#model/qnx/state';
import type { NodeId } from '#model/network/wire';
import { bytesAt, isMessage, isPlain, laidOut } from '#properties/qnx/facts';
import {
  arrival, endOf, endsOn, eventOn, happening, localCall, nodesUp, postedOf, valueTo, type End,
} from '#properties/qnx-network/facts';
import type { NetStep } from '#properties/qnx-network/obligation';

/** What is known of one message that was carried off: told by its circuit and its number there. */
interface Entry {
  readonly bytes: readonly number[];
  readonly priority: number;
  received: boolean;
  answered: boolean;
  /** What the room for the reply is written over with; -1 where it is not. */
  readonly written: number[];
}

/** What the books say of a step. */
export interface Finding { readonly about: 'message' | 'access' | 'reply' | 'peer'; readonly says: string }

type Blocked = Extract<Run, { readonly tag: 'sending' | 'replying' }>;

/** Keeps book of every message that goes by a circuit, from its sender's memory to the reply's in it. */
export class Ledger {
  readonly #entries = new Map<string, Entry>();

  take(step: NetStep): readonly Finding[] {
    return [...this.#carried(step), ...this.#queued(step), ...this.#received(step), ...this.#read(step), ...this.#written(step), ...this.#replied(step)];
  }

  /** A message leaves its sender: these bytes, at this priority. */
  #carried(step: NetStep): Finding[] {
    const runs = happening(step, 'net_runs');
    const [first] = runs?.before.outgoing ?? [];
    if (runs === null || first?.tag !== 'message') return [];
    const { process, circuit } = endAt(runs.before, first.end);
    const [item] = process.queue;
    if (item === undefined || !isMessage(item)) return [];
    const { sent } = runs.before.processes[item.from]!.run as Blocked;
    const [packet] = postedOf(step, 'message');
    if (packet === undefined) return [];
    const key = keyOf(runs.node, process.pid, packet.cargo.exchange);
    const bytes = bytesAt(runs.before, item.from, laidOut(sent.message));
    const { length } = laidOut(sent.reply);
    const wrong: Finding[] = this.#entries.has(key) ? [{ about: 'reply', says: `two messages by p${process.pid} of node ${runs.node} have the same number` }] : [];
    this.#entries.set(key, { bytes, priority: item.priority, received: false, answered: false, written: Array.from({ length }, () => -1) });
    if (packet.to !== circuit.nid - 1 || packet.cargo.end !== circuit.vid) wrong.push({ about: 'message', says: 'a message is carried to another circuit' });
    if (packet.cargo.room !== length) wrong.push({ about: 'message', says: `room for ${packet.cargo.room} bytes is asked for instead of ${length}` });
    return wrong;
  }

  /** One that comes and is not received at once stands with its sender's priority. */
  #queued(step: NetStep): Finding[] {
    const comes = arrival(step, 'message');
    const end = comes === null ? null : endOf(comes, comes.cargo);
    if (comes === null || end === null) return [];
    const entry = this.#entries.get(keyOf(comes.from, comes.cargo.other, comes.cargo.exchange));
    const item = comes.after.processes[end.circuit.owner]!.queue.find((other) => isMessage(other) && other.from === end.row);
    return entry === undefined || item === undefined || item.priority === entry.priority ? []
      : [{ about: 'message', says: `a message of priority ${entry.priority} stands with ${item.priority}` }];
  }

  /** Messages that are received in a step: those of ends that were not answered for before. */
  #received(step: NetStep): Finding[] {
    const wrong: Finding[] = [];
    for (const [node, after] of nodesUp(step.after)) {
      if (after === step.before.nodes[node]!.kernel) continue;
      for (const end of endsOn(after)) {
        const was = step.before.nodes[node]!.kernel.processes[end.row];
        const { run } = end.process;
        const again = was?.run.tag === 'replying' && was.circuit?.heard === end.circuit.heard;
        if (run.tag === 'replying' && !again) wrong.push(...this.#receives(step, node, after, end, run.on));
      }
    }
    return wrong;
  }

  #receives(step: NetStep, node: NodeId, after: QnxState, { process: { pid }, circuit }: End, receiver: number): Finding[] {
    const entry = this.#entries.get(keyOf(circuit.nid - 1, circuit.vid, circuit.heard));
    if (entry === undefined) return [{ about: 'message', says: `P${receiver} of node ${node} receives by p${pid} what nobody sent` }];
    const wrong: Finding[] = entry.received ? [{ about: 'message', says: `P${receiver} of node ${node} receives a message twice` }] : [];
    entry.received = true;
    const value = valueTo<{ pid: Pid; buffer: readonly number[] }>(step, node, receiver);
    if (value === null) return wrong;
    if (value.pid !== pid) wrong.push({ about: 'peer', says: `P${receiver} of node ${node} is given p${value.pid} for a message that came by p${pid}` });
    const buffer = bufferOf(step, node, receiver);
    if (buffer === null || !isPlain(after, receiver, buffer)) return wrong;
    const due = entry.bytes.slice(0, laidOut(buffer).length);
    if (due.some((byte, at) => value.buffer[at] !== byte)) wrong.push({ about: 'message', says: `[${entry.bytes.join(' ')}] is received as [${value.buffer.join(' ')}]` });
    return wrong;
  }

  #entryOf(before: QnxState, thread: number, pid: Pid): Entry | null {
    const end = endsOn(before).find(({ process }) => process.pid === pid && process.run.tag === 'replying' && process.run.on === thread);
    return end === undefined ? null : this.#entries.get(keyOf(end.circuit.nid - 1, end.circuit.vid, end.circuit.heard)) ?? null;
  }

  #read(step: NetStep): Finding[] {
    const local = localCall(step, 'Readmsg', 'Readmsgmx');
    if (local === null) return [];
    const { node, thread, before, after, call: { pid, offset, buffer: given } } = local;
    const entry = this.#entryOf(before, thread, pid);
    const value = valueTo<{ count: number; buffer: readonly number[] }>(step, node, thread);
    if (entry === null || value === null) return [];
    const buffer = partsOf(given);
    const due = entry.bytes.slice(offset, offset + laidOut(buffer).length);
    if (value.count !== due.length) return [{ about: 'access', says: `${value.count} bytes are read of a message instead of ${due.length}` }];
    return isPlain(after, thread, buffer) && due.some((byte, at) => value.buffer[at] !== byte)
      ? [{ about: 'access', says: `[${due.join(' ')}] of a message is read as [${value.buffer.join(' ')}]` }] : [];
  }

  #written(step: NetStep): Finding[] {
    const local = localCall(step, 'Writemsg', 'Writemsgmx', 'Reply', 'Replymx');
    if (local === null) return [];
    const { node, thread, before, call } = local;
    const entry = this.#entryOf(before, thread, call.pid);
    if (entry === null || eventOn(step, node, thread)?.tag !== 'returned') return [];
    const offset = 'offset' in call ? call.offset : 0;
    const bytes = bytesAt(before, thread, laidOut(partsOf(call.message)));
    const { length } = entry.written;
    const count = Math.min(bytes.length, Math.max(0, length - offset));
    for (let at = 0; at < count; at += 1) entry.written[offset + at] = bytes[at]!;
    if (!('offset' in call)) {
      entry.answered = true;
      return [];
    }
    const value = valueTo<{ count: number }>(step, node, thread);
    return value?.count === count ? [] : [{ about: 'access', says: `${value?.count ?? 0} bytes are written into a reply instead of ${count}` }];
  }

  /** The client finds in its reply buffer what was written, and the rest as it was. */
  #replied(step: NetStep): Finding[] {
    const comes = arrival(step, 'reply');
    if (comes === null) return [];
    const { to: node, from, before, after, cargo } = comes;
    const end = endOf(comes, cargo);
    const client = end === null ? null : before.processes[end.circuit.owner]!;
    const waits = end !== null && client!.run.tag === 'replying' && client!.run.on === end.row && end.circuit.sent === cargo.exchange;
    if (!waits) {
      const still = before.processes.every((process, row) => row === end?.row || after.processes[row] === process);
      return still && step.events.length === 0 ? [] : [{ about: 'reply', says: 'a reply comes for which nobody waits, and is taken' }];
    }
    const entry = this.#entries.get(keyOf(node, cargo.end, cargo.exchange));
    if (entry === undefined || !entry.answered) return [{ about: 'reply', says: `a reply comes from node ${from} that nobody gave` }];
    const { owner } = end.circuit;
    const now = after.processes[owner]!;
    const { sent } = client!.run as Blocked;
    const event = eventOn(step, node, owner);
    const wrong: Finding[] = [];
    if (!client!.held && event?.tag !== 'returned') wrong.push({ about: 'reply', says: `P${owner} of node ${node} does not go on though its reply has come` });
    if (now.life === 'live' && isPlain(after, owner, sent.reply)) wrong.push(...overwritten(before, after, owner, sent.reply, entry.written));
    return wrong;
  }
}

function overwritten(before: QnxState, after: QnxState, client: number, reply: Parts, written: readonly number[]): Finding[] {
  const addresses = laidOut(reply);
  const was = bytesAt(before, client, addresses);
  const is = bytesAt(after, client, addresses);
  const wrong: Finding[] = written.some((byte, at) => is[at] !== (byte < 0 ? was[at] : byte))
    ? [{ about: 'access', says: `a reply that was written as [${written.join(' ')}] is found as [${is.join(' ')}]` }] : [];
  const inside = new Set(addresses);
  const { memory } = before.processes[client]!;
  const beyond = memory.some((byte, at) => !inside.has(at) && after.processes[client]!.memory[at] !== byte);
  return beyond ? [...wrong, { about: 'access', says: 'a reply is written beyond its buffer' }] : wrong;
}

const keyOf = (node: NodeId, vid: Pid, exchange: number): string => `${node}/${vid}/${exchange}`;
const partsOf = (given: Part | readonly Part[]): readonly Part[] => (Array.isArray(given) ? given : [given as Part]);
const endAt = (state: QnxState, row: number): End => ({ row, process: state.processes[row]!, circuit: state.processes[row]!.circuit! });

/** Where a process receives in a step: what it waited with, or what it now calls with. */
function bufferOf(step: NetStep, node: NodeId, receiver: number): Parts | readonly Part[] | null {
  const { run } = step.before.nodes[node]!.kernel.processes[receiver]!;
  if (run.tag === 'receiving') return run.buffer;
  const local = localCall(step, 'Receive', 'Receivemx', 'Creceive', 'Creceivemx');
  return local === null || local.node !== node || local.thread !== receiver ? null : partsOf(local.call.buffer);
}
