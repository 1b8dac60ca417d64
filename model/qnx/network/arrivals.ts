import type { Pid, ProcessId } from '#spec/qnx/vocabulary';
import { addressesOf, writeByte } from '#model/qnx/memory/bytes';
import { growTo } from '#model/qnx/network/attach';
import { circuitOf, setCircuit, tell } from '#model/qnx/network/circuit';
import type { Cargo, QnxState, Sent } from '#model/qnx/state';
import type { Qnx } from '#model/qnx/world';
import { change } from '#model/operation';

export type Cargoes = { readonly [Tag in Cargo['tag']]: Extract<Cargo, { readonly tag: Tag }> };

/** The end that something is for: one whose other end is where it comes from. */
export function endFor({ processes }: QnxState, from: number, { end, other }: { readonly end: Pid; readonly other: Pid }): ProcessId | null {
  const row = processes.findIndex(({ pid, circuit, life }) =>
    pid === end && life === 'live' && circuit !== null && circuit.nid === from && circuit.vid === other);
  return row < 0 ? null : row as ProcessId;
}

/** What comes for a circuit of which there is no end here says that the other end is one of nothing. */
function missing(world: Qnx, from: number, { end, other }: { readonly end: Pid; readonly other: Pid }): void {
  tell(world, from, { tag: 'ends', end: other, other: end });
}

/** A message comes by a circuit: the end of this node sends it on, out of its own buffer and with the priority of the sender. */
export function messageComes(world: Qnx, from: number, cargo: Cargoes['message']): void {
  const { state, mechanisms } = world;
  const end = mechanisms.endFor(state, from, cargo);
  if (end === null) return missing(world, from, cargo);
  const { bytes, room, exchange, priority } = cargo;
  const fails = (error: string) => tell(world, from, { tag: 'failed', end: cargo.other, other: cargo.end, exchange, error });
  mechanisms.withdrawMessage(world, end);
  setCircuit(state, end, { heard: exchange });
  const span = bytes.length + room;
  const errors = mechanisms.bufferErrors(state, span, span - state.processes[end]!.memory.length);
  if (errors.length > 0) return fails(errors[0]!);
  growTo(state, end, span);
  const buffer = change(state.processes[end]!);
  buffer.priority = priority;
  buffer.memory = buffer.memory.map((byte, at) => (at < bytes.length ? bytes[at]! : at < span ? UNWRITTEN : byte));
  world.charge('copy');
  world.charge('byte', bytes.length);
  const sent: Sent = {
    tag: 'sent', message: [{ tag: 'part', at: 0, length: bytes.length }], reply: [{ tag: 'part', at: bytes.length, length: room }],
  };
  if (mechanisms.offer(world, end, circuitOf(state, end).owner, sent) === 'faults') fails('EDSTFAULT');
}

/** What was not written of the room for a reply: there the client's own bytes stay. */
export const UNWRITTEN = -1;

/** The process that waits for the answer to what it sent by an end; null if it waits no longer. */
export function waiterOf(state: QnxState, end: ProcessId, exchange: number): ProcessId | null {
  const { owner, sent } = circuitOf(state, end);
  const { run } = state.processes[owner]!;
  return run.tag === 'replying' && run.on === end && sent === exchange ? owner : null;
}

/** A reply comes by a circuit, for the process that waits for it. */
export function replyComes(world: Qnx, from: number, cargo: Cargoes['reply']): void {
  const { state, mechanisms } = world;
  const end = mechanisms.endFor(state, from, cargo);
  const client = end === null ? null : mechanisms.waiterOf(state, end, cargo.exchange);
  if (client === null) return;
  const { sent } = state.processes[client]!.run as { readonly sent: Sent };
  addressesOf(sent.reply).forEach((address, at) => {
    const byte = cargo.bytes[at] ?? UNWRITTEN;
    if (byte !== UNWRITTEN) writeByte(state, client, address, byte);
  });
  world.charge('copy');
  world.charge('byte', cargo.bytes.filter((byte) => byte !== UNWRITTEN).length);
  mechanisms.wake(world, client, { tag: 'replied', reply: sent.reply });
  mechanisms.notice(world, client);
}

/** The message that was sent by a circuit could not be taken. */
export function failureComes(world: Qnx, from: number, cargo: Cargoes['failed']): void {
  const { state, mechanisms } = world;
  const end = mechanisms.endFor(state, from, cargo);
  const client = end === null ? null : mechanisms.waiterOf(state, end, cargo.exchange);
  if (client === null) return;
  mechanisms.wake(world, client, { tag: 'error', error: cargo.error });
  mechanisms.notice(world, client);
}

/** The sender of a message waits for it no longer: its message is not received any more, or a reply goes nowhere. */
export function cancelComes(world: Qnx, from: number, cargo: Cargoes['cancel']): void {
  const { state, mechanisms } = world;
  const end = mechanisms.endFor(state, from, cargo);
  if (end !== null && circuitOf(state, end).heard === cargo.exchange) mechanisms.withdrawMessage(world, end);
}

/** The other end is no more; where that was wanted, what stood for the process remains as a zombie. */
export function endComes(world: Qnx, from: number, cargo: Cargoes['ends']): void {
  const { state, mechanisms } = world;
  const end = mechanisms.endFor(state, from, cargo);
  if (end !== null) mechanisms.endCircuit(world, end, 'ESRCH', circuitOf(state, end).remains ? 'zombie' : 'gone');
}

/** The other end asks whether this one is there. */
export function pollComes(world: Qnx, from: number, cargo: Cargoes['poll']): void {
  if (world.mechanisms.endFor(world.state, from, cargo) === null) missing(world, from, cargo);
  else tell(world, from, { tag: 'alive', end: cargo.other, other: cargo.end });
}

/** Whatever comes by a circuit shows that the other end is there. */
export function heardFrom(world: Qnx, from: number, cargo: Cargo): void {
  if (!('end' in cargo) || !('other' in cargo)) return;
  const end = world.mechanisms.endFor(world.state, from, cargo);
  if (end !== null && circuitOf(world.state, end).silent > 0) setCircuit(world.state, end, { silent: 0 });
}
