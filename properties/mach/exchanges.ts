import type { Name, SentMessage, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { NULL, type MachState } from '#model/mach/state';
import type { MachScope } from '#model/mach/kernel';
import type { MachCall } from '#model/mach/world';
import type { ExchangeForm, Shape } from '#properties/exchange';

const SERVER = 0 as TaskId;
const CLIENT = 1 as TaskId;
const server = 0 as ThreadId;
const client = 1 as ThreadId;
const ROOM = 1 << 20;
const PAGE = 4096;
/** Bytes, as the documents number types. */
const BYTES = 9;

const identity = <Id>(id: Id) => ({ tag: 'identity', identity: id }) as const;
const scope: MachScope = { threads: [1, 1] };
const paged: MachScope = { threads: [1, 1], memory: { pageSize: PAGE, pageCount: 64 } };

type Body = SentMessage['body'];
type Side = SentMessage['remote'];

const isReceive = (state: MachState, task: TaskId): Name =>
  state.tasks[task]!.names.findIndex((entry) => entry?.tag === 'port' && entry.receive) as Name;

const sendRight = (state: MachState, task: TaskId): Name =>
  state.tasks[task]!.names.findIndex((entry) => entry?.tag === 'port' && !entry.receive && entry.sends > 0) as Name;

const replyRight = (state: MachState): Name =>
  state.tasks[SERVER]!.names.findIndex((entry) => entry?.tag === 'send-once') as Name;

/** Sends, and receives on the caller's own port, in one call. */
const call = (thread: ThreadId, own: Name, remote: Side, local: Side, body: Body): MachCall => ({
  operation: 'mach_msg', thread, options: [], timeout: 0, notify: NULL,
  send: { id: 1, remote, local, complex: body.some(({ tag }) => tag === 'region'), body: [...body], size: null },
  receive: { name: own, size: ROOM },
});

const nothing: Side = { name: NULL, disposition: null };

/** A service with one client; the server waits. */
function* before(look: () => MachState): Iterable<MachCall> {
  yield { operation: 'mach_port_allocate', thread: server, task: identity(SERVER), right: 'receive' };
  const service = isReceive(look(), SERVER);
  const under = 1 as Name;
  yield { operation: 'mach_port_insert_right', thread: server, task: identity(CLIENT), name: under, right: { name: service, disposition: 'make-send' } };
  yield { operation: 'mach_reply_port', thread: client };
  yield { operation: 'mach_msg', thread: server, options: [], timeout: 0, notify: NULL, send: null, receive: { name: service, size: ROOM } };
}

/** The canonical procedure call: the reply travels on a send-once right. */
const exchange = (bodyOf: (shape: Shape, of: TaskId, look: () => MachState) => Body): ExchangeForm<MachState, MachCall>['calls'] =>
  function* calls(look, shape) {
    const replies = isReceive(look(), CLIENT);
    const request: Side = { name: sendRight(look(), CLIENT), disposition: 'copy-send' };
    yield call(client, replies, request, { name: replies, disposition: 'make-send-once' }, bodyOf(shape, CLIENT, look));
    const answer: Side = { name: replyRight(look()), disposition: 'move-send-once' };
    yield call(server, isReceive(look(), SERVER), answer, nothing, bodyOf(shape, SERVER, look));
  };

/** The parts lie in the message itself, each as an item: the sender puts them there, the receiver takes them out. */
const inline: ExchangeForm<MachState, MachCall> = {
  scope: { ...scope },
  before,
  calls: exchange(({ parts, bytes }) => Array.from({ length: parts }, () => (
    { tag: 'data', type: BYTES, bits: 8, bytes: '00'.repeat(bytes), long: bytes > 255, deallocate: false } as const))),
  passes: ({ parts }) => (parts === 1 ? 0 : 4),
  carries: () => true,
};

const pagesOf = (bytes: number): number => Math.ceil(bytes / PAGE) * PAGE;

/** The message says where the parts are, and their pages are copied only if somebody writes to them. */
const outOfLine: ExchangeForm<MachState, MachCall> = {
  scope: { ...paged },
  * before(look, { parts, bytes }) {
    for (const [thread, task] of [[server, SERVER], [client, CLIENT]] as const) {
      yield { operation: 'vm_allocate', thread, task: identity(task), address: 0, size: parts * pagesOf(bytes), anywhere: false };
    }
    yield* before(look);
  },
  calls: exchange(({ parts, bytes }) => Array.from({ length: parts }, (_, part) => (
    { tag: 'region', type: BYTES, bits: 8, long: true, address: part * pagesOf(bytes), size: bytes, deallocate: false } as const))),
  passes: () => 0,
  carries: ({ parts, bytes }) => parts * pagesOf(bytes) * 2 <= 32 * PAGE,
};

/** The forms in which Mach has a request answered. */
export const machExchanges = { inline, 'out-of-line': outOfLine };
