import { devicesSchema } from '#model/mach/devices/state';
import { memorySchema, type ObjectId } from '#model/mach/memory/state';
import type { Name, ReportedName, RightKind, TaskId, ThreadId } from '#spec/mach/vocabulary';
import {
  flag, ghost, id, integer, list, nullable, oneOf, struct, table, text, union, type Schema, type Static,
} from '#model/schema';

declare const sort: unique symbol;
export type PortId = number & { readonly [sort]: 'port' };
export type SetId = number & { readonly [sort]: 'set' };

/** `MACH_PORT_NULL` and `MACH_PORT_DEAD`: never keys of a name space. */
export const NULL = 0 as Name;
export const DEAD = -1 as Name;

const port = id<PortId>('port');
const set = id<SetId>('set');
const task = id<TaskId>('task');
const thread = id<ThreadId>('thread');
const kind = oneOf<RightKind>('receive', 'send', 'send-once');

/** A name of some space, as data. */
export const reported: Schema<ReportedName> = {
  put: ({ task: owner, name }, sink) => {
    sink.number(name > 0 ? 1 : name);
    sink.reference('task', owner, -1);
    if (name > 0) sink.reference('name', name, owner);
  },
  take: (source) => {
    const named = source.number();
    return { task: source.number() as TaskId, name: (named === 1 ? source.number() : named) as Name };
  },
};

/** A right outside every name space: in a message, or on its way. `null` and `dead` stand in for one. */
const carried = union({
  right: { port, kind },
  null: { kind: nullable(kind) },
  dead: { kind: nullable(kind) },
});
export type Carried = Static<typeof carried>;

const disposition = oneOf(
  'move-receive', 'move-send', 'move-send-once', 'copy-send', 'make-send', 'make-send-once',
);

const item = union({
  data: { type: integer(), bits: integer(), bytes: text(), long: flag() },
  rights: { kind, rights: list(carried), long: flag() },
  uninterpreted: { disposition, names: list(reported), long: flag() },
  /** Pages of objects, and which bytes of them are meant. */
  region: { type: integer(), bits: integer(), long: flag(), offset: integer(), size: integer(), pages: list(struct({ object: id<ObjectId>('memory-object'), index: integer() })) },
  pointer: { type: integer(), bits: integer(), long: flag(), address: integer(), size: integer(), deallocate: flag() },
  name: { name: reported },
  count: { count: integer() },
  /** How the reply to a request begins. */
  code: { code: text() },
});
export type Item = Static<typeof item>;

/** What a message owes its sender: a msg-accepted notification once it is received. */
const accepted = union({ accepted: { name: reported, notify: port } });
export type Accepted = Static<typeof accepted>;

const message = union({
  message: {
    id: integer(),
    /** The right it was sent through, which it holds until it is received. */
    destination: struct({ port, kind }),
    reply: carried,
    complex: flag(),
    body: list(item),
    size: integer(),
    /** It carries a receive right that would end in its own queue. */
    circular: flag(),
    accepted: nullable(accepted),
    /** When it was queued: messages of one moment have no order among themselves. */
    moment: ghost(integer()),
    /** Where it stands among the messages of a set: later arrivals, and those of later members, are greater. */
    arrival: ghost(integer()),
    /** Tells messages apart, for laws about what becomes of each. */
    serial: ghost(integer()),
    /** Who sent it; -1 for the kernel where it notifies or answers, -2 where it asks something of a task. */
    sender: ghost(integer()),
  },
});
export type Message = Static<typeof message>;

/** A queue, which keeps the order of its messages but for those of one moment. */
const queue: Schema<readonly Message[]> = {
  put: (messages, sink) => {
    sink.number(messages.length);
    messages.forEach((value, index) => {
      sink.number(index > 0 && messages[index - 1]!.moment === value.moment ? 1 : 0);
      message.put(value, sink);
    });
  },
  take: (source) => Array.from({ length: source.number() }, () => {
    source.number();
    return message.take(source);
  }),
};

/** What one name of a space denotes. */
const entry = union({
  /** A receive right, send rights, or both. */
  port: { port, receive: flag(), sends: integer(), request: nullable(port), accepted: flag() },
  'send-once': { port, request: nullable(port) },
  set: { set },
  /** `untouched`: what it was when its port died, until the name is next looked at. */
  dead: { refs: integer(), untouched: nullable(struct({ kind, refs: integer() })) },
});
export type Entry = Static<typeof entry>;
export type PortEntry = Extract<Entry, { tag: 'port' }>;

/** The receive half of a `mach_msg`, as a waiting thread remembers it. */
const receive = union({
  receive: {
    name: reported, size: integer(), large: flag(), timed: flag(),
    /** It does not wait at all: its time is over as soon as it begins. */
    polls: flag(),
    notify: nullable(reported),
  },
});
export type Receive = Static<typeof receive>;

/** A byte a thread wants to read, or to write. */
const touch = union({ load: { address: integer() }, store: { address: integer(), byte: text() } });
export type Touch = Static<typeof touch>;

const broken = nullable(oneOf('timed-out', 'interrupted'));

/** What a thread is doing inside the kernel, if anything. */
const run = union({
  /** It executes its own instructions, and may call. */
  ready: {},
  /** It waits for room in a queue; its rights are in the message. Woken, it tries again when it runs. */
  sending: {
    to: port, message, timed: flag(), notify: nullable(reported), afterwards: nullable(receive), woken: flag(), broken,
  },
  receiving: { from: union({ port: { port }, set: { set } }), wait: receive, broken },
  /** A message was handed to it, which it has not yet taken out. */
  handed: { message, sequence: ghost(integer()), wait: receive },
  /** It gave up the processor for a while. */
  pausing: { broken },
  /** It has raised an exception, and waits at a port of the kernel's for what the handler says. */
  raising: {
    /** Whose exception port was tried. */
    level: oneOf('thread', 'task'), reply: port, fault: oneOf('KERN_INVALID_ADDRESS', 'KERN_PROTECTION_FAILURE', 'KERN_MEMORY_ERROR'),
    touch, verdict: nullable(oneOf('handled', 'failed')), broken,
  },
  /** It waits for a page, which the pager of some object has been asked for. */
  faulting: { object: id<ObjectId>('memory-object'), index: integer(), touch, woken: flag(), failed: flag(), broken },
  /** It has its answer, and gives it when it next runs. `given`: what comes with it, in JSON. */
  answered: { error: nullable(text()), size: integer(), given: nullable(text()) },
});
export type Run = Static<typeof run>;

const life = oneOf('live', 'dead');

const machThread = struct({
  life,
  task,
  port,
  suspends: integer(),
  self: nullable(carried),
  exception: nullable(carried),
  run,
});
export type Thread = Static<typeof machThread>;

const machTask = struct({
  life,
  port,
  suspends: integer(),
  self: nullable(carried),
  exception: nullable(carried),
  bootstrap: nullable(carried),
  registered: list(nullable(carried)),
  /** By name; null where a name denotes nothing. Place 0 stands for `MACH_PORT_NULL`. */
  names: table('name', nullable(entry), (value) => value === null),
});
export type Task = Static<typeof machTask>;

const machPort = struct({
  life,
  /** What the kernel itself receives for; null for ports made by tasks. */
  kernel: nullable(oneOf('task', 'thread', 'host', 'reply', 'control', 'name', 'host-control', 'device-master', 'device')),
  queueLimit: integer(),
  /** Given out with every message, and asked by nobody else. */
  sequence: ghost(integer()),
  makeSend: integer(),
  sendRights: integer(),
  sendOnceRights: integer(),
  set: nullable(set),
  queue,
  /** Threads waiting for room, and for a message, in the order in which they came. */
  senders: list(thread),
  receivers: list(thread),
  noSenders: nullable(port),
  portDestroyed: nullable(port),
  /** Dead-name requests whose name was made dead while the port lives on: a known defect of one variant. */
  stray: list(union({ stray: { name: reported, notify: port } })),
});
export type Port = Static<typeof machPort>;

const machSet = struct({ life, receivers: list(thread) });
export type PortSet = Static<typeof machSet>;

/** How many there may be before a run is cut; and the kernel's own limits. */
const limits = struct({
  tasks: integer(), threads: integer(), ports: integer(), sets: integer(), names: integer(), messages: integer(),
  queueLimit: integer(), maximumQueueLimit: integer(), references: integer(), registered: integer(),
  makeSend: integer(),
});
export type Limits = Static<typeof limits>;

export const machSchema = struct({
  variant: oneOf('documented', 'gnumach'),
  limits: ghost(limits),
  tasks: table('task', machTask, ({ life: alive }) => alive === 'dead'),
  threads: table('thread', machThread, ({ life: alive }) => alive === 'dead'),
  ports: table('port', machPort, ({ life: alive }) => alive === 'dead'),
  sets: table('set', machSet, ({ life: alive }) => alive === 'dead'),
  host: port,
  /** Address spaces and memory objects; null in scopes without memory. */
  memory: nullable(memorySchema),
  /** What is behind the ports of devices; null in scopes without any. */
  devices: nullable(devicesSchema),
  /** Messages about to be destroyed; none while the kernel is at rest. */
  doomed: list(message),
  /** Counts calls, so that what happens in one moment can be told. */
  moment: ghost(integer()),
  serial: ghost(integer()),
  arrival: ghost(integer()),
});
export type MachState = Static<typeof machSchema>;
