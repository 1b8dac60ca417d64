import type { Name, SentMessage, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { NULL, type Entry, type MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';

/** Who takes part in scripted exchanges: tasks of one thread each, so that a task and its thread have one number. */
export const SERVER = 0;
export const CLIENT = 1;

export const PAGE = 4096;
/** Room for whatever comes. */
export const ROOM = 1 << 22;
/** Bytes, as the documents number types. */
const BYTES = 9;

export type Body = SentMessage['body'];
export type Side = SentMessage['remote'];

export const task = (party: number) => ({ tag: 'identity', identity: party as TaskId }) as const;
export const thread = (party: number) => party as ThreadId;
export const nothing: Side = { name: NULL, disposition: null };

/** The latest name of a party that denotes what is looked for. */
export const nameOf = (state: MachState, party: number, is: (entry: Entry) => boolean): Name =>
  state.tasks[party]!.names.findLastIndex((entry) => entry !== null && is(entry)) as Name;

export const isReceive = (entry: Entry): boolean => entry.tag === 'port' && entry.receive;
export const isSend = (entry: Entry): boolean => entry.tag === 'port' && !entry.receive && entry.sends > 0;
export const isSendOnce = (entry: Entry): boolean => entry.tag === 'send-once';

/** What is sent: where to, where an answer is to go, and what is in it. */
interface Sent { readonly id?: number; readonly remote: Side; readonly local: Side; readonly body: Body }

/** `mach_msg`, with a send half, a receive half, or both. */
export const message = (party: number, send: Sent | null, from: Name | null): MachCall => ({
  operation: 'mach_msg', thread: thread(party), options: [], timeout: 0, notify: NULL,
  send: send === null ? null : { id: 1, ...send, complex: send.body.some(({ tag }) => tag !== 'data'), body: [...send.body], size: null },
  receive: from === null ? null : { name: from, size: ROOM },
});

/** A message of some number that nobody answers, and what comes next at a port of the caller's own. */
export const tells = (party: number, port: Name, id: number, body: Body, from: Name): MachCall =>
  message(party, { id, remote: { name: port, disposition: 'copy-send' }, local: nothing, body }, from);

/** A new port of a party's. */
export const allocates = (party: number): MachCall =>
  ({ operation: 'mach_port_allocate', thread: thread(party), task: task(party), right: 'receive' });

/** Puts a right made of one's own port into the space of another, under a name that is free there. */
export const gives = (state: MachState, from: number, name: Name, to: number, disposition: 'make-send' | 'make-send-once'): MachCall => ({
  operation: 'mach_port_insert_right', thread: thread(from), task: task(to), name: state.tasks[to]!.names.length as Name, right: { name, disposition },
});

/** Data that lies in the message itself, in so many items. */
export const inline = (bytes: number, items = 1): Body => Array.from({ length: items }, () => (
  { tag: 'data', type: BYTES, bits: 8, bytes: '00'.repeat(bytes), long: bytes > 255, deallocate: false }));

/** Data that the message points to. */
export const region = (address: number, size: number): Body[number] =>
  ({ tag: 'region', type: BYTES, bits: 8, long: true, address, size, deallocate: false });

/** Memory of a party's own, from a place on. */
export const claims = (party: number, address: number, size: number): MachCall =>
  ({ operation: 'vm_allocate', thread: thread(party), task: task(party), address, size, anywhere: false });

/** Writes to each page of so much memory. */
export function* writes(party: number, size: number): Generator<MachCall, void> {
  for (let address = 0; address < size; address += PAGE) yield { operation: 'store', thread: thread(party), address, byte: '01' };
}

/** Memory from the start, every page of which has been written. */
export function* filled(party: number, size: number): Generator<MachCall, void> {
  yield claims(party, 0, size);
  yield* writes(party, size);
}

/** A service of the server with some clients, each with a port for its replies; the server waits. */
export function* service(look: () => MachState, clients: readonly number[]): Generator<MachCall, void> {
  yield allocates(SERVER);
  const port = nameOf(look(), SERVER, isReceive);
  for (const client of clients) {
    yield gives(look(), SERVER, port, client, 'make-send');
    yield { operation: 'mach_reply_port', thread: thread(client) };
  }
}

/** A client's request to a port, the latest it knows if none is said, and its wait for the reply. */
export const asks = (state: MachState, client: number, body: Body, port = nameOf(state, client, isSend)): MachCall => {
  const replies = nameOf(state, client, isReceive);
  const remote: Side = { name: port, disposition: 'copy-send' };
  return message(client, { remote, local: { name: replies, disposition: 'make-send-once' }, body }, replies);
};

/** A server's reply to the latest request, and its wait for the next one on a port. */
export const answers = (state: MachState, server: number, port: Name, body: Body): MachCall =>
  message(server, { remote: { name: nameOf(state, server, isSendOnce), disposition: 'move-send-once' }, local: nothing, body }, port);

/** The clients of a service that has so many: the parties after the server. */
export const clientsOf = (size: number): readonly number[] => Array.from({ length: size }, (_, at) => at + 1);

/** Lets so many messages queue at a party's port. */
export const widened = (state: MachState, party: number, limit: number): MachCall =>
  ({ operation: 'mach_port_set_qlimit', thread: thread(party), task: task(party), name: nameOf(state, party, isReceive), limit });

/** One party ends the task of another. */
export const ends = (party: number, other: number): MachCall => ({ operation: 'task_terminate', thread: thread(party), task: task(other) });
