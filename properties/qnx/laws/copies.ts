import type { Item, Parts, QnxState, Sent } from '#model/qnx/state';
import type { QnxStep } from '#properties/qnx/obligation';
import { remember } from '#properties/remember';
import {
  bytesAt, cellAt, clientUnder, isProc, laidOut, originOf, ownerOf, readIn, receiveIn, replyIn, sendIn, signalNames, waitsFor, writeIn,
} from '#properties/qnx/facts';

/** The copy that a step has to make: which bytes, of how many, and where to. */
export interface Copy {
  readonly bytes: readonly number[];
  /** How long the source is; fewer bytes than that can be read where it is not its owner's. */
  readonly length: number;
  readonly to: number;
  readonly addresses: readonly number[];
}

/** Where in a buffer the first address lies that its process cannot reach. */
export function reachOf(state: QnxState, process: number, addresses: readonly number[]): number {
  const bad = addresses.findIndex((address) => cellAt(state, process, address) === null);
  return bad < 0 ? addresses.length : bad;
}

/** How many bytes a copy moves if nothing faults. */
export const countOf = ({ length, addresses }: Copy): number => Math.min(length, addresses.length);

/** Whose memory a copy faults in first: the source's, the target's, either, or none. */
export function faultIn(state: QnxState, copy: Copy): 'source' | 'target' | 'either' | null {
  const count = countOf(copy);
  const readable = Math.min(count, copy.bytes.length);
  const writable = Math.min(count, reachOf(state, copy.to, copy.addresses));
  if (readable === count && writable === count) return null;
  if (readable === writable) return 'either';
  return readable < writable ? 'source' : 'target';
}

export const messageOf = (state: QnxState, process: number, parts: Parts): Pick<Copy, 'bytes' | 'length'> => {
  const addresses = laidOut(parts);
  return { bytes: bytesAt(state, process, addresses), length: addresses.length };
};

/** What an item of a queue holds for whoever receives it. */
export function contentOf(state: QnxState, item: Item): Pick<Copy, 'bytes' | 'length'> {
  switch (item.tag) {
    case 'message': return messageOf(state, item.from, sentBy(state, item.from).message);
    case 'proxy': return { bytes: state.proxies[item.proxy]!.data, length: state.proxies[item.proxy]!.data.length };
    case 'death': return { bytes: [0, 0, item.pid], length: 3 };
    case 'signal': return { bytes: [0, 1, signalNames.indexOf(item.signal) + 1], length: 3 };
  }
}

export const sentBy = (state: QnxState, process: number): Sent => (state.processes[process]!.run as { readonly sent: Sent }).sent;

/** The first item of a queue that a receive from a pid is to take. */
export const firstFrom = (state: QnxState, receiver: number, pid: number): Item | undefined =>
  state.processes[receiver]!.queue.find((item) => pid === 0 || originOf(state, item) === pid);

/** The copy between memories that a message call has to make, as the state before it has it; null if it makes none. */
export const copyIn = remember((step: QnxStep): Copy | null =>
  copyOfSend(step) ?? copyOfReceive(step) ?? copyOfReply(step) ?? copyOfReadOrWrite(step) ?? copyOfRelay(step) ?? copyOfTrigger(step));

function copyOfSend(step: QnxStep): Copy | null {
  const send = sendIn(step);
  if (send === null) return null;
  const { before } = step;
  const { thread, pid, message, reply } = send;
  if (message.length > before.limits.parts || reply.length > before.limits.parts) return null;
  const to = ownerOf(before, pid);
  if (to?.tag === 'proxy') return toOwner(before, to.id);
  if (to?.tag !== 'process' || isProc(to) || !waitsFor(before, to.id, before.processes[thread]!.pid)) return null;
  return intoReceiver(before, to.id, messageAt(before, thread, message));
}

const messageAt = (state: QnxState, process: number, parts: readonly { readonly at: number; readonly length: number }[]) => {
  const addresses = laidOut(parts);
  return { bytes: bytesAt(state, process, addresses), length: addresses.length };
};

function intoReceiver(state: QnxState, receiver: number, source: Pick<Copy, 'bytes' | 'length'>): Copy {
  const { buffer } = state.processes[receiver]!.run as { readonly buffer: Parts };
  return { ...source, to: receiver, addresses: laidOut(buffer) };
}

/** The data of a proxy go straight to an owner that waits for them. */
function toOwner(state: QnxState, id: number): Copy | null {
  const { owner, pid, data, count } = state.proxies[id]!;
  if (!waitsFor(state, owner, pid) || count >= state.limits.triggers) return null;
  return intoReceiver(state, owner, { bytes: data, length: data.length });
}

function copyOfReceive(step: QnxStep): Copy | null {
  const receive = receiveIn(step);
  if (receive === null || receive.buffer.length > step.before.limits.parts) return null;
  const { thread, pid, buffer } = receive;
  const item = firstFrom(step.before, thread, pid);
  return item === undefined ? null : { ...contentOf(step.before, item), to: thread, addresses: laidOut(buffer) };
}

function copyOfReply(step: QnxStep): Copy | null {
  const reply = replyIn(step);
  if (reply === null || reply.message.length > step.before.limits.parts) return null;
  const client = clientUnder(step.before, reply.thread, reply.pid);
  if (client === null) return null;
  return { ...messageAt(step.before, reply.thread, reply.message), to: client, addresses: laidOut(sentBy(step.before, client).reply) };
}

function copyOfReadOrWrite(step: QnxStep): Copy | null {
  const { before } = step;
  const read = readIn(step);
  if (read !== null && read.buffer.length <= before.limits.parts) {
    const client = clientUnder(before, read.thread, read.pid);
    if (client === null) return null;
    const addresses = laidOut(sentBy(before, client).message).slice(read.offset);
    return { bytes: bytesAt(before, client, addresses), length: addresses.length, to: read.thread, addresses: laidOut(read.buffer) };
  }
  const write = writeIn(step);
  if (write === null || write.message.length > before.limits.parts) return null;
  const client = clientUnder(before, write.thread, write.pid);
  if (client === null) return null;
  return { ...messageAt(before, write.thread, write.message), to: client, addresses: laidOut(sentBy(before, client).reply).slice(write.offset) };
}

function copyOfRelay({ before, call }: QnxStep): Copy | null {
  if (call.operation !== 'Relay') return null;
  const client = clientUnder(before, call.thread, call.pid);
  const to = ownerOf(before, call.to);
  if (client === null || to === null) return null;
  if (to.tag === 'proxy') return toOwner(before, to.id);
  if (to.tag === 'zombie' || isProc(to) || !waitsFor(before, to.id, before.processes[client]!.pid)) return null;
  return intoReceiver(before, to.id, messageOf(before, client, sentBy(before, client).message));
}

function copyOfTrigger({ before, call }: QnxStep): Copy | null {
  if (call.operation !== 'Trigger' && call.operation !== 'interrupt') return null;
  const owner = ownerOf(before, call.proxy);
  return owner?.tag === 'proxy' ? toOwner(before, owner.id) : null;
}
