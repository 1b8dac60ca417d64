import type { Disposition, Name, SentItem, SentMessage, TaskId } from '#spec/mach/vocabulary';
import type { MachNetworkScope } from '#spec/mach-network/scope';
import type { AnyCall } from '#model/kernel';
import { NULL, type Entry } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import type { MachNetworkState } from '#model/mach-network/state';
import type { NodeId } from '#model/network/wire';
import { callersOn } from '#properties/mach-network/draw';
import { drawProgress, inNetwork } from '#properties/mach-network/progress';
import type { Random } from '#properties/random';

/** One call of a scene; null if it cannot be made. */
type Line = (stage: Stage) => AnyCall | null;

/**
 * A short story on two or three machines. On each there is one program; that of machine 0 receives on a port for which all
 * others have send rights, and so does that of machine 1.
 */
export class Scene {
  readonly scope: MachNetworkScope;
  readonly #lines: Line[];

  constructor(random: Random) {
    const [title, lines] = random.pick(stories);
    const count = title === 'memory' || random.once(3) ? 2 : 3;
    const limits = title === 'room' || random.once(4) ? { queueLimit: 1 } : {};
    const nodes = Array.from({ length: count }, () => ({ threads: [title === 'room' ? 2 : 1], limits, ...(title === 'memory' ? { memory: { pageSize: 4, pageCount: 6 } } : {}) }));
    const all = nodes.map((_, node) => ({ node, task: 0 }));
    const introduced = [0, 1].map((home) => ({ receiver: { node: home, task: 0 }, senders: all.filter(({ node }) => node !== home) }));
    this.scope = { nodes, introduced, ...(title === 'memory' && random.once(2) ? { bigEndian: [1] } : {}) };
    this.#lines = lines.flatMap((line) => (random.once(12) ? [] : [line]));
  }

  /** The next call; null once the story is over. */
  next(state: MachNetworkState, random: Random, number: () => number): AnyCall | null {
    const stage = new Stage(state, random, number);
    for (let line = this.#lines[0]; line !== undefined; line = this.#lines[0]) {
      const call = line(stage);
      if (line !== rest || call === null) this.#lines.shift();
      if (call !== null) return call;
    }
    return null;
  }
}

const isReceive = (entry: Entry): boolean => entry.tag === 'port' && entry.receive;
const isOnce = (entry: Entry): boolean => entry.tag === 'send-once';
const isSend = (entry: Entry): boolean => entry.tag === 'port' && entry.sends > 0 && !entry.receive;

/** Where a story is played. */
class Stage {
  readonly state: MachNetworkState;
  readonly random: Random;
  readonly number: () => number;

  constructor(state: MachNetworkState, random: Random, number: () => number) {
    this.state = state;
    this.random = random;
    this.number = number;
  }

  on(node: NodeId, make: (by: { thread: never; task: { tag: 'identity'; identity: TaskId } }) => MachCall | null): AnyCall | null {
    if (this.state.nodes[node] === undefined) return null;
    const thread = callersOn(this.state, node)[0];
    if (thread === undefined) return null;
    const call = make({ thread: thread as never, task: { tag: 'identity', identity: 0 as TaskId } });
    return call === null ? null : inNetwork(node, call);
  }

  names(node: NodeId, wanted: (entry: Entry) => boolean): readonly Name[] {
    return this.state.nodes[node]!.kernel.tasks[0]!.names.flatMap((entry, name) => (entry !== null && wanted(entry) ? [name as Name] : []));
  }

  name(node: NodeId, wanted: (entry: Entry) => boolean): Name | null { return this.names(node, wanted)[0] ?? null; }

  last(node: NodeId, wanted: (entry: Entry) => boolean): Name | null { return this.names(node, wanted).at(-1) ?? null; }
}

const plain = { options: [], send: null, receive: null, timeout: 0, notify: NULL as Name } as const;
const nobody = { name: NULL, disposition: null } as const;

/** Servers run and packets come, until there is nothing to do. */
const rest: Line = ({ state, random }) => drawProgress(state, random, true);

const sends = (from: NodeId, to: (stage: Stage) => Name | null, body: (stage: Stage) => SentItem[] | null = () => [], local: (stage: Stage) => SentMessage['local'] | null = () => nobody): Line =>
  (stage) => stage.on(from, ({ thread }) => {
    const name = to(stage);
    const items = body(stage);
    const reply = local(stage);
    if (name === null || items === null || reply === null) return null;
    const disposition = isOnceAt(stage, from, name) ? 'move-send-once' : 'copy-send';
    const send: SentMessage = { id: stage.number(), remote: { name, disposition }, local: reply, complex: items.some(({ tag }) => tag !== 'data'), body: items, size: null };
    return { operation: 'mach_msg', thread, ...plain, options: stage.random.once(2) ? ['send-timeout'] : [], send };
  });

const isOnceAt = ({ state }: Stage, node: NodeId, name: Name): boolean => state.nodes[node]!.kernel.tasks[0]!.names[name]?.tag === 'send-once';

const far = (node: NodeId) => (stage: Stage): Name | null => stage.name(node, isSend);
const once = (node: NodeId) => (stage: Stage): Name | null => stage.name(node, isOnce);
const home = (node: NodeId) => (stage: Stage): Name | null => stage.name(node, isReceive);
const lastPort = (node: NodeId) => (stage: Stage): Name | null => stage.last(node, isReceive);

const rights = (disposition: Disposition, which: (stage: Stage) => Name | null) => (stage: Stage): SentItem[] | null => {
  const name = which(stage);
  return name === null ? null : [{ tag: 'rights', disposition, names: [name], bits: 32, long: false, deallocate: false }];
};

const replyTo = (node: NodeId) => (stage: Stage): SentMessage['local'] | null => {
  const name = stage.last(node, isReceive);
  return name === null ? null : { name, disposition: 'make-send-once' };
};

const asks = (from: NodeId): Line => sends(from, far(from), () => [], replyTo(from));

const receives = (node: NodeId, which: (stage: Stage) => Name | null = home(node)): Line => (stage) => stage.on(node, ({ thread }) => {
  const name = which(stage);
  return name === null ? null : { operation: 'mach_msg', thread, ...plain, options: ['receive-timeout'], receive: { name, size: 4096 } };
});

const allocates = (node: NodeId): Line => (stage) => stage.on(node, (by) => ({ operation: 'mach_port_allocate', ...by, right: 'receive' }));

const lets = (node: NodeId, which: (stage: Stage) => Name | null): Line => (stage) => stage.on(node, (by) => {
  const name = which(stage);
  return name === null ? null : { operation: 'mach_port_deallocate', ...by, name };
});

const destroys = (node: NodeId): Line => (stage) => stage.on(node, (by) => {
  const name = stage.name(node, isReceive);
  return name === null ? null : { operation: 'mach_port_destroy', ...by, name };
});

const watches = (node: NodeId, kind: 'no-senders' | 'port-destroyed', how: (stage: Stage) => { name: Name | null; disposition: 'make-send-once' | 'move-send-once' }): Line =>
  (stage) => stage.on(node, (by) => {
    const name = stage.name(node, isReceive);
    const notify = how(stage);
    if (name === null || notify.name === null) return null;
    return { operation: 'mach_port_request_notification', ...by, name, kind, sync: 0, notify: { name: notify.name, disposition: notify.disposition } };
  });

/** With no room at all the first message is forced into the queue. */
const closes = (node: NodeId): Line => (stage) => stage.on(node, (by) => {
  const name = stage.name(node, isReceive);
  return name === null ? null : { operation: 'mach_port_set_qlimit', ...by, name, limit: 0 };
});

const happens = (call: object): Line => ({ state }) => {
  const { node = 0, operation } = call as { node?: NodeId; operation: string };
  const there = state.nodes[node];
  return there === undefined || there.up === (operation === 'node_reboots') ? null : call as AnyCall;
};

const checkup = (node: NodeId): Line => happens({ operation: 'checkup', node });
const crashes = (node: NodeId): Line => happens({ operation: 'node_crashes', node });
const restarts = (node: NodeId): Line => happens({ operation: 'netmsgserver_restarts', node });
const cut: Line = ({ state }) => (state.wire.apart.length > 0 ? null : { operation: 'link_fails', one: 0, other: 1 } as AnyCall);
const heal: Line = ({ state }) => (state.wire.apart.length === 0 ? null : { operation: 'link_heals', one: 0, other: 1 } as AnyCall);
/** The first packet on the wire is lost, or comes twice. */
const loses: Line = ({ state }) => (state.wire.packets.length === 0 ? null : { operation: 'packet_is_lost', packet: 0 } as AnyCall);
const doubles: Line = ({ state }) => (state.wire.packets.length === 0 ? null : { operation: 'packet_is_duplicated', packet: 0 } as AnyCall);
/** A packet comes that was sent after another. */
const overtakes: Line = ({ state }) => (state.wire.packets.length < 2 ? null : { operation: 'packet_arrives', packet: 1 } as AnyCall);
const runs = (node: NodeId): Line => happens({ operation: 'netmsgserver_runs', node });
const comes: Line = ({ state, random }) => (state.wire.packets.length === 0 ? null : drawProgress(state, random, true));

const ends = (node: NodeId): Line => (stage) => stage.on(node, (by) => ({ operation: 'task_terminate', ...by }));

const self = (node: NodeId): Line => (stage) => stage.on(node, ({ thread }) => ({ operation: 'mach_task_self', thread }));

/** The name of a kernel port. */
const taskPort = (node: NodeId) => (stage: Stage): Name | null => {
  const { kernel } = stage.state.nodes[node]!;
  return stage.name(node, (entry) => entry.tag === 'port' && kernel.ports[entry.port]!.kernel === 'task');
};

/** A request to the kernel of another node, about the task whose port came last. */
const commands = (node: NodeId, id: number): Line => (stage) => stage.on(node, ({ thread }) => {
  const [name, reply] = [stage.last(node, isSend), stage.last(node, isReceive)];
  if (name === null || reply === null) return null;
  const local = { name: reply, disposition: 'make-send-once' } as const;
  return { operation: 'mach_msg', thread, ...plain, send: { id, remote: { name, disposition: 'copy-send' }, local, complex: false, body: [], size: null } };
});

const SUSPEND = 2056;
const RESUME = 2057;
const TERMINATE = 2008;

const looksFor = (node: NodeId): Line => (stage) => stage.on(node, (by) => ({ operation: 'task_get_special_port', ...by, which: 'bootstrap' }));

/** A request to the server of a node: its name is the last send right that the program has been given. */
const serves = (node: NodeId, id: number, body: (stage: Stage) => SentItem[] | null): Line => (stage) => stage.on(node, ({ thread }) => {
  const { kernel } = stage.state.nodes[node]!;
  const held = kernel.tasks[0]!.bootstrap;
  const name = stage.name(node, (entry) => entry.tag === 'port' && entry.sends > 0 && held?.tag === 'right' && entry.port === held.port);
  const reply = stage.last(node, isReceive);
  const items = body(stage);
  if (name === null || reply === null || items === null) return null;
  const local = { name: reply, disposition: 'make-send-once' } as const;
  const send: SentMessage = { id, remote: { name, disposition: 'copy-send' }, local, complex: items.some(({ tag }) => tag !== 'data'), body: items, size: null };
  return { operation: 'mach_msg', thread, ...plain, send };
});

const text = (bytes: string): SentItem => ({ tag: 'data', type: 8, bits: 8, bytes, long: false, deallocate: false });

const named = (node: NodeId, signed: boolean, alone = false) => (stage: Stage): SentItem[] | null => {
  const port = stage.name(node, isReceive);
  const signature = signed ? stage.last(node, isReceive) : NULL;
  if (port === null || signature === null) return null;
  return [text('61'), { tag: 'rights', disposition: 'make-send', names: alone ? [signature] : [signature, port], bits: 32, long: false, deallocate: false }];
};

const asksFor = (host: string) => (): SentItem[] => [text(host), text('61')];

const memory = (node: NodeId): readonly Line[] => [
  (stage) => stage.on(node, (by) => ({ operation: 'vm_allocate', ...by, address: 0, size: 4, anywhere: true })),
  (stage) => stage.on(node, ({ thread }) => ({ operation: 'store', thread, address: mapped(stage, node) + stage.random.below(4), byte: '5a' })),
];

function mapped({ state }: Stage, node: NodeId): number {
  const { pageSize, spaces } = state.nodes[node]!.kernel.memory!;
  return Math.max(0, spaces[0]!.pages.findIndex((page) => page !== null)) * pageSize;
}

const region = (node: NodeId) => (stage: Stage): SentItem[] => {
  const bits = stage.random.pick([8, 16]);
  return [{ tag: 'region', type: 8, bits, long: false, address: mapped(stage, node) + stage.random.below(2), size: 2, deallocate: stage.random.once(3) }];
};

const request: readonly Line[] = [allocates(0), asks(0), rest, receives(1)];
const move: readonly Line[] = [sends(0, far(0), rights('move-receive', home(0))), rest, receives(1), rest];
const waits = (node: NodeId) => ({ name: null, disposition: 'make-send-once' as const, node });

const notifyAt = (node: NodeId) => (stage: Stage) => ({ ...waits(node), name: stage.last(node, isReceive) });

/** Machine 0 gets the task port of the program on machine 1. */
const ruling: readonly Line[] = [self(1), sends(1, far(1), rights('copy-send', taskPort(1))), rest, receives(0), allocates(0)];

/** A right of another node's to be told through, registered with the port of machine 0. */
const backup: readonly Line[] = [
  allocates(1), asks(1), rest, receives(0),
  watches(0, 'port-destroyed', (stage) => ({ name: stage.name(0, isOnce), disposition: 'move-send-once' })),
];

/** A service on machine 1, and somebody on machine 0 who is going to ask for it. */
const checkIn = (signed: boolean): readonly Line[] => [looksFor(1), serves(1, 1040, named(1, signed)), rest, looksFor(0), allocates(0)];

const stories: readonly (readonly [title: string, lines: readonly Line[]])[] = [
  ['answer', [...request, sends(1, once(1)), rest, receives(0, lastPort(0))]],
  ['answer that is dropped', [...request, lets(1, once(1)), rest, receives(0, lastPort(0))]],
  ['answerer that ends', [...request, ends(1), rest, receives(0, lastPort(0))]],
  ['answerer that crashes', [
    ...request, crashes(1), checkup(0), checkup(0), receives(0, lastPort(0)),
    happens({ operation: 'node_reboots', node: 1 }), rest,
  ]],
  ['answerer whose server is new', [...request, restarts(1), checkup(0), rest, checkup(0), rest, receives(0, lastPort(0))]],
  ['move', [sends(2, far(2)), rest, ...move, sends(2, far(2)), rest, receives(1, lastPort(1)), receives(1, lastPort(1)), checkup(2), rest]],
  ['move of what is waited for', [
    allocates(0), watches(0, 'no-senders', notifyAt(0)), ...move, sends(2, far(2)), rest, receives(1, lastPort(1)),
  ]],
  ['move to and fro', [...move, sends(1, far(1), rights('move-receive', lastPort(1))), rest, sends(2, far(2)), rest, checkup(2), rest]],
  ['move that is interrupted', [
    sends(0, far(0), rights('move-receive', home(0))), runs(0), sends(2, far(2)), runs(2), comes, comes, comes, rest,
    receives(1), rest, receives(1, lastPort(1)),
  ]],
  ['move that is asked for', [...move, checkup(2), rest, sends(2, far(2)), rest]],
  ['move from a machine that crashes', [...move, crashes(0), checkup(2), checkup(2), rest, sends(2, far(2)), rest]],
  ['nobody left', [
    allocates(0), watches(0, 'no-senders', notifyAt(0)), lets(1, far(1)), lets(2, far(2)), checkup(1), checkup(2),
    checkup(0), checkup(0), rest, receives(0, lastPort(0)),
  ]],
  ['somebody left', [
    allocates(0), watches(0, 'no-senders', notifyAt(0)), lets(1, far(1)), checkup(0), checkup(0), rest, checkup(0), rest,
    receives(0, lastPort(0)),
  ]],
  ['right under way', [
    allocates(0), watches(0, 'no-senders', notifyAt(0)), sends(2, (stage) => stage.last(2, isSend), rights('move-send', far(2))), lets(1, far(1)),
    checkup(0), checkup(0), rest, receives(1), rest,
  ]],
  ['backup', [...backup, sends(2, far(2)), rest, ends(0), rest, receives(1, lastPort(1)), receives(1, lastPort(1))]],
  ['backup', [...backup, ends(0), rest, receives(1, lastPort(1)), receives(1, lastPort(1))]],
  ['backup', [...backup, destroys(0), rest, receives(1, lastPort(1)), receives(1, lastPort(1))]],
  ['backup of a crashed machine', [...backup, crashes(0), checkup(1), checkup(1), checkup(1)]],
  ['room', [
    sends(0, far(0)), rest, sends(0, far(0)), rest, sends(0, far(0)), rest, sends(0, far(0)), sends(0, far(0)), receives(1),
    rest, receives(1), rest, receives(1), rest,
  ]],
  ['room', [
    sends(0, far(0)), rest, sends(0, far(0)), rest, sends(0, far(0)), rest, receives(1), runs(1), loses, checkup(0), rest,
    receives(1), rest,
  ]],
  ['room', [
    sends(2, far(2)), rest, sends(2, far(2)), rest, sends(2, far(2)), sends(1, far(1)), rest, receives(0), rest, receives(0),
    rest, receives(0), rest,
  ]],
  ['room', [closes(1), asks(0), rest, asks(0), rest, receives(1), rest, receives(1), rest]],
  ['room', [closes(1), sends(0, far(0)), rest, sends(0, far(0)), rest, checkup(0), rest, receives(1), runs(1), rest]],
  ['room', [closes(1), asks(0), rest, asks(0), runs(0), asks(0), runs(0), rest, receives(1), runs(1), rest, receives(1), rest]],
  ['home', [
    sends(0, far(0), rights('make-send', home(0))), rest, receives(1),
    sends(1, far(1), rights('copy-send', (stage) => stage.last(1, isSend))), rest, receives(0),
  ]],
  ['home', [sends(0, far(0), rights('copy-send', far(0))), rest, receives(1)]],
  ['twice', [
    sends(0, far(0), rights('make-send', home(0))), rest, receives(1), sends(0, far(0), rights('make-send', home(0))), rest,
    receives(1), sends(2, far(2), rights('copy-send', far(2))), rest, receives(0),
  ]],
  ['memory', [...memory(0), sends(0, far(0), region(0)), rest, receives(1)]],
  ['memory', [...memory(0), sends(0, far(0), region(0)), rest, receives(1)]],
  ['memory', [...memory(1), sends(1, far(1), region(1)), rest, receives(0)]],
  ['task', [...ruling, commands(0, SUSPEND), rest, receives(0, lastPort(0)), commands(0, RESUME), rest, receives(0, lastPort(0)), commands(0, RESUME), rest]],
  ['task', [...ruling, commands(0, SUSPEND), rest, commands(0, TERMINATE), rest, receives(0, lastPort(0)), receives(0, lastPort(0))]],
  ['task', [...ruling, sends(0, (stage) => stage.last(0, isSend), () => [], replyTo(0)), rest, receives(0, lastPort(0))]],
  ['death', [destroys(1), rest, sends(0, far(0)), rest]],
  ['death that nobody heard of', [destroys(1), runs(1), loses, loses, sends(0, far(0)), rest, checkup(0), rest]],
  ['crash', [
    sends(0, far(0)), crashes(1), checkup(0), checkup(0), checkup(0), checkup(0), sends(0, far(0)),
    happens({ operation: 'node_reboots', node: 1 }), rest,
  ]],
  ['partition', [cut, sends(0, far(0)), rest, checkup(0), checkup(0), checkup(0), heal, rest, sends(0, far(0)), checkup(1), rest]],
  ['loss', [sends(0, far(0), rights('make-send-once', home(0))), runs(0), loses, checkup(0), rest, receives(1)]],
  ['loss', [
    sends(0, far(0), rights('make-send-once', home(0))), runs(0), loses, checkup(0), loses, checkup(0), loses, checkup(0),
    rest, receives(0),
  ]],
  ['echo', [sends(0, far(0)), runs(0), doubles, rest, receives(1), receives(1)]],
  ['echo', [sends(0, far(0)), runs(0), comes, loses, checkup(0), rest, receives(1), receives(1)]],
  ['echo', [
    sends(0, far(0)), runs(0), doubles, comes, overtakes, sends(0, far(0)), runs(0), overtakes, comes, rest, receives(1),
    receives(1), receives(1),
  ]],
  ['new server', [sends(0, far(0)), restarts(1), rest, checkup(0), rest, checkup(0), sends(0, far(0)), rest]],
  ['names', [
    ...checkIn(false), serves(0, 1041, asksFor('2a')), rest, receives(0, lastPort(0)),
    sends(0, (stage) => stage.last(0, isSend)), rest, receives(1),
  ]],
  ['names', [
    ...checkIn(true), serves(0, 1041, asksFor('31')), rest, receives(0, lastPort(0)), serves(1, 1042, named(1, true, true)),
    rest, serves(0, 1041, asksFor('31')), rest,
  ]],
  ['names', [
    looksFor(1), allocates(1), serves(1, 1040, named(1, true)), rest, serves(1, 1042, named(1, false, true)), rest,
    serves(1, 1040, named(1, false)), rest, serves(1, 1041, asksFor('')), rest,
  ]],
  ['names', [
    looksFor(0), serves(0, 1040, named(0, true)), rest, serves(0, 1042, named(0, true, true)), rest,
    serves(0, 1041, asksFor('')), rest,
  ]],
  ['names', [looksFor(0), crashes(1), serves(0, 1041, asksFor('31')), rest, checkup(0), checkup(0), rest, receives(0)]],
];
