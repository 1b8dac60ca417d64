import type { MachArguments, MessageOption, Name, SentItem, SentMessage, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { isRunnable } from '#model/mach/entries';
import { DEAD, NULL, type Entry, type MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import type { MachNetworkState } from '#model/mach-network/state';
import type { NodeId } from '#model/network/wire';
import { Random, Weighted } from '#properties/random';

type MachMsg = MachArguments<'mach_msg'>;

/** The threads of a node that may call: those of its server call by themselves. */
export function callersOn({ nodes }: MachNetworkState, node: NodeId): readonly ThreadId[] {
  const { up, kernel, manager } = nodes[node]!;
  if (!up) return [];
  return kernel.threads.flatMap(({ run, task }, thread) =>
    (run.tag === 'ready' && task !== manager.task && isRunnable(kernel, thread as ThreadId) ? [thread as ThreadId] : []));
}

/** A thread of a program that uses the network, and what it may do next. */
export class Player {
  readonly state: MachState;
  readonly random: Random;
  readonly thread: ThreadId;
  readonly task: TaskId;
  readonly self: { readonly tag: 'identity'; readonly identity: TaskId };
  readonly nodes: number;
  /** Messages of a run have numbers that tell them apart. */
  readonly number: () => number;

  constructor(state: MachNetworkState, node: NodeId, thread: ThreadId, random: Random, number: () => number) {
    this.state = state.nodes[node]!.kernel;
    this.nodes = state.nodes.length;
    this.random = random;
    this.thread = thread;
    this.task = this.state.threads[thread]!.task;
    this.self = { tag: 'identity', identity: this.task };
    this.number = number;
  }

  names(wanted: (entry: Entry) => boolean): Name[] {
    return this.state.tasks[this.task]!.names.flatMap((entry, name) => (entry !== null && wanted(entry) ? [name as Name] : []));
  }

  name(wanted: (entry: Entry) => boolean): Name | null {
    const names = this.names(wanted);
    return names.length === 0 ? null : this.random.pick(names);
  }
}

type Row = (player: Player) => MachCall | null;

const isReceive = (entry: Entry): boolean => entry.tag === 'port' && entry.receive;
const isSend = (entry: Entry): boolean => entry.tag === 'port' && entry.sends > 0;
const isPureSend = (entry: Entry): boolean => entry.tag === 'port' && entry.sends > 0 && !entry.receive;
const isOnce = (entry: Entry): boolean => entry.tag === 'send-once';

const plain = ({ thread }: Player): MachMsg => ({ thread, options: [], send: null, receive: null, timeout: 0, notify: NULL });

/** A send that mostly waits for no room for ever: else all threads would wait in the end. */
function patience({ random }: Player): Pick<MachMsg, 'options' | 'timeout'> {
  const options: MessageOption[] = random.once(3) ? [] : ['send-timeout'];
  return { options, timeout: 0 };
}

const noReply = { name: NULL, disposition: null } as const;

function message(player: Player, name: Name, disposition: SentMessage['remote']['disposition'], local: SentMessage['local'] = noReply): SentMessage {
  const body = bodyOf(player);
  return { id: player.number(), remote: { name, disposition }, local, complex: body.some(({ tag }) => tag !== 'data'), body, size: null };
}

function bodyOf(player: Player): SentItem[] {
  const { random } = player;
  const items: SentItem[] = [];
  if (random.once(3)) items.push(data(player));
  if (random.once(3)) items.push(...rights(player));
  if (player.state.memory !== null && random.once(3)) items.push(...region(player));
  return items;
}

const digits = ({ random }: Player, bytes: number): string =>
  Array.from({ length: bytes }, () => random.below(256).toString(16).padStart(2, '0')).join('');

function data(player: Player): SentItem {
  const [type, bits, bytes] = player.random.pick([[8, 8, 3], [1, 16, 4], [2, 32, 4], [2, 32, 8], [2, 32, 6]] as const);
  return { tag: 'data', type, bits, bytes: digits(player, bytes), long: player.random.once(4), deallocate: false };
}

const carriable = (entry: Entry | null): boolean => entry?.tag === 'port' || entry?.tag === 'dead';

function rights(player: Player): SentItem[] {
  const { random } = player;
  const disposition = random.pick(['copy-send', 'copy-send', 'make-send', 'make-send', 'move-send', 'make-send-once', 'move-send-once', 'move-receive', 'move-receive'] as const);
  const wanted = disposition === 'move-send-once' ? isOnce : disposition.endsWith('-send') && !disposition.startsWith('make') ? isSend : isReceive;
  const first = player.name(wanted);
  if (first === null || !carriable(player.state.tasks[player.task]!.names[first] ?? null) && disposition !== 'move-send-once') return [];
  const more = disposition === 'copy-send' && random.once(3) ? [player.name(isSend)!] : [];
  const standIns = random.once(8) ? [random.once(2) ? NULL : DEAD] : [];
  return [{ tag: 'rights', disposition, names: [first, ...more, ...standIns], bits: 32, long: false, deallocate: false }];
}

function region(player: Player): SentItem[] {
  const { pageSize, spaces } = player.state.memory!;
  const mapped = spaces[player.task]!.pages.flatMap((page, at) => (page === null ? [] : [at]));
  if (mapped.length === 0) return [];
  const page = player.random.pick(mapped);
  const size = 1 + player.random.below(pageSize);
  const bits = player.random.pick([8, 16]);
  return [{ tag: 'region', type: 8, bits, long: false, address: page * pageSize, size, deallocate: player.random.once(4) }];
}

/** A one-way message to whatever the task has a right to. */
const sends: Row = (player) => {
  const name = player.name(isPureSend) ?? player.name(isSend);
  return name === null ? null : { operation: 'mach_msg', ...plain(player), ...patience(player), send: message(player, name, 'copy-send') };
};

/** A request with a reply port, on which the caller may wait. */
const asks: Row = (player) => {
  const name = player.name(isPureSend);
  const reply = player.name(isReceive);
  if (name === null || reply === null) return null;
  const disposition = player.random.once(5) ? 'make-send' : 'make-send-once';
  const send = message(player, name, 'copy-send', { name: reply, disposition });
  return { operation: 'mach_msg', ...plain(player), ...patience(player), send };
};

/** An answer through a send-once right. */
const answers: Row = (player) => {
  const name = player.name(isOnce);
  return name === null ? null : { operation: 'mach_msg', ...plain(player), send: message(player, name, 'move-send-once') };
};

const receives: Row = (player) => {
  const full = player.names((entry) => isReceive(entry) && entry.tag === 'port' && player.state.ports[entry.port]!.queue.length > 0);
  const name = full.length > 0 ? player.random.pick(full) : player.random.once(4) ? player.name(isReceive) : null;
  if (name === null) return null;
  const options: MessageOption[] = full.length > 0 || !player.random.once(3) ? ['receive-timeout'] : [];
  return { operation: 'mach_msg', ...plain(player), options, receive: { name, size: 4096 } };
};

const lets: Row = (player) => {
  const name = player.name((entry) => entry.tag !== 'set' && !isReceive(entry));
  return name === null ? null : { operation: 'mach_port_deallocate', thread: player.thread, task: player.self, name };
};

const destroys: Row = (player) => {
  const name = player.name(isReceive);
  return name === null ? null : { operation: 'mach_port_destroy', thread: player.thread, task: player.self, name };
};

const allocates: Row = ({ thread, self }) => ({ operation: 'mach_port_allocate', thread, task: self, right: 'receive' });

const limits: Row = (player) => {
  const name = player.name(isReceive);
  return name === null ? null : { operation: 'mach_port_set_qlimit', thread: player.thread, task: player.self, name, limit: player.random.pick([0, 1, 2, 5]) };
};

const looks: Row = (player) => {
  const name = player.name(() => true);
  return name === null ? null : { operation: 'mach_port_type', thread: player.thread, task: player.self, name };
};

/** Asks to be told when nobody can send any more, or when the port goes to a backup; sometimes through a right of another node's. */
const watches: Row = (player) => {
  const name = player.name(isReceive);
  const once = player.name(isOnce);
  const own = player.name(isReceive);
  if (name === null || own === null) return null;
  const notify = once !== null && player.random.once(2) ? { name: once, disposition: 'move-send-once' } as const : { name: own, disposition: 'make-send-once' } as const;
  const kind = player.random.pick(['no-senders', 'no-senders', 'port-destroyed'] as const);
  const sync = kind === 'no-senders' ? player.random.pick([0, 1]) : 0;
  return { operation: 'mach_port_request_notification', thread: player.thread, task: player.self, name, kind, sync, notify };
};

/** The port at which the server is asked for names. */
const bootstrap: Row = ({ thread, self }) => ({ operation: 'task_get_special_port', thread, task: self, which: 'bootstrap' });

/** Its own task port, to be given to others. */
const itself: Row = ({ thread }) => ({ operation: 'mach_task_self', thread });

const characters = (bytes: string): SentItem => ({ tag: 'data', type: 8, bits: 8, bytes, long: false, deallocate: false });

const CHECK_IN = 1040;
const LOOK_UP = 1041;
const CHECK_OUT = 1042;

const isNameService = ({ state, task }: Player) => (entry: Entry): boolean => {
  const { bootstrap: held } = state.tasks[task]!;
  return entry.tag === 'port' && entry.sends > 0 && held?.tag === 'right' && entry.port === held.port;
};

const service = ({ random }: Player): SentItem => characters(random.pick(['61', '6162']));

const checksIn: Row = (player) => {
  const server = player.name(isNameService(player));
  const port = player.name(isReceive);
  const reply = player.name(isReceive);
  if (server === null || port === null) return null;
  const signature = player.random.once(2) ? NULL : port;
  const body = [service(player), { tag: 'rights', disposition: 'make-send', names: [signature, port], bits: 32, long: false, deallocate: false } as const];
  return naming(player, server, player.random.once(8) ? CHECK_OUT : CHECK_IN, body, reply);
};

const checksOut: Row = (player) => {
  const server = player.name(isNameService(player));
  const port = player.name(isReceive);
  if (server === null || port === null) return null;
  const body = [service(player), { tag: 'rights', disposition: 'make-send', names: [player.random.once(2) ? NULL : port], bits: 32, long: false, deallocate: false } as const];
  return naming(player, server, CHECK_OUT, body, player.name(isReceive));
};

const looksUp: Row = (player) => {
  const server = player.name(isNameService(player));
  if (server === null) return null;
  const host = player.random.pick(['', '2a', '2a', '30', '31', '31', '39']);
  return naming(player, server, LOOK_UP, [characters(host), service(player)], player.name(isReceive));
};

function naming(player: Player, server: Name, id: number, body: SentItem[], reply: Name | null): MachCall {
  const local = reply === null ? noReply : { name: reply, disposition: 'make-send-once' } as const;
  const send: SentMessage = { id, remote: { name: server, disposition: 'copy-send' }, local, complex: id !== LOOK_UP, body, size: null };
  return { operation: 'mach_msg', ...plain(player), ...patience(player), send };
}

const reserves: Row = ({ state, thread, self }) =>
  (state.memory === null ? null : { operation: 'vm_allocate', thread, task: self, address: 0, size: state.memory.pageSize, anywhere: true });

const stores: Row = (player) => {
  const { memory } = player.state;
  const mapped = memory?.spaces[player.task]!.pages.flatMap((page, at) => (page === null ? [] : [at])) ?? [];
  if (memory === null || mapped.length === 0) return null;
  const address = player.random.pick(mapped) * memory.pageSize + player.random.below(memory.pageSize);
  return { operation: 'store', thread: player.thread, address, byte: digits(player, 1) };
};

const ends: Row = ({ thread, self }) => ({ operation: 'task_terminate', thread, task: self });

const rows: readonly (readonly [weight: number, row: Row])[] = [
  [20, sends], [12, asks], [10, answers], [24, receives], [7, lets], [2, destroys], [5, allocates], [3, limits], [2, looks], [5, watches],
  [3, bootstrap], [2, itself], [4, checksIn], [1, checksOut], [5, looksUp], [3, reserves], [3, stores], [1, ends],
];

/** How often a run has each kind of call: some it has often, some not at all. */
export const shares = (random: Random): Weighted<Row> =>
  new Weighted(rows.map(([weight, row]) => [weight * (row === sends || row === receives ? 2 : random.pick([0, 1, 2, 4])), row]));

/** A call of a program of some node; null if nobody finds anything to do. */
export function drawCall(state: MachNetworkState, random: Random, table: Weighted<Row>, number: () => number): { readonly node: NodeId; readonly call: MachCall } | null {
  const nodes = state.nodes.flatMap((_, node) => (callersOn(state, node).length > 0 ? [node] : []));
  if (nodes.length === 0) return null;
  for (let tries = 0; tries < 12; tries += 1) {
    const node = random.pick(nodes);
    const player = new Player(state, node, random.pick(callersOn(state, node)), random, number);
    const call = table.draw(random)(player);
    if (call !== null) return { node, call };
  }
  return null;
}
