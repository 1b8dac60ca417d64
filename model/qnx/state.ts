import { signals, processFlags } from '#model/qnx/words';
import type { Action, Pid, Policy, ProcessId } from '#spec/qnx/vocabulary';
import {
  flag, ghost, id, integer, list, nullable, oneOf, struct, table, union, type Schema, type Sink, type Static,
} from '#model/schema';

declare const sort: unique symbol;
export type ProxyId = number & { readonly [sort]: 'proxy' };

/** Proc, the process manager: there from the start, under pid 1. */
export const PROC = 0 as ProcessId;
export const PROC_PID = 1 as Pid;
/** Any process or proxy, as the source of a receive; oneself, as the owner of a proxy. */
export const ANY = 0 as Pid;
/** A proxy of this priority has that of its owner. */
export const OWNERS_PRIORITY = -1;

const process = id<ProcessId>('process');
const proxy = id<ProxyId>('proxy');
const pid = integer<Pid>;
const signal = oneOf(...signals);

/** A buffer: stretches of the address space of the process that gave it. */
const parts = list(union({ part: { at: integer(), length: integer() } }));
export type Parts = Static<typeof parts>;

/** The buffers of an outstanding Send: the bytes themselves stay in the sender's memory. */
const sent = union({ sent: { message: parts, reply: parts } });
export type Sent = Static<typeof sent>;

/** What a process will be answered when it next runs. */
const answer = union({
  /** A reply has come: `reply` is where it lies. */
  replied: { reply: parts },
  received: { pid: pid(), buffer: parts },
  error: { error: text() },
  waited: { pid: pid(), status: integer() },
  done: {},
  /** What was made or found on another node: what it is called here, and how many there are; 0 if that was not asked. */
  found: { pid: pid(), copies: integer() },
  /** What a stand-in is called on its node. */
  stands: { proxy: pid() },
});
export type Answer = Static<typeof answer>;

/** Something of another node, by what it is called there. */
const place = union({ place: { nid: integer(), pid: pid() } });
export type Place = Static<typeof place>;

/** What Proc is asked about other nodes: by a serial number, so that an answer that comes late is told from one to another question. */
const question = union({
  question: {
    serial: integer(),
    /** A circuit to be made, a name to be found, a proxy or a signal to be passed on. */
    about: oneOf('circuit', 'name on a node', 'name on all nodes', 'proxy', 'signal'),
    /** The end of the circuit that is made here; 0 if there is none yet. */
    vid: pid(),
    /** How large its buffer is to be. */
    length: integer(),
    /** The nodes that have not answered, and what has been found. */
    nodes: list(integer()),
    found: list(place),
    /** Whether the caller is told how many there are. */
    counts: flag(),
    /** How often it was polled for an answer. */
    silent: integer(),
  },
});
export type Question = Static<typeof question>;

/** What a process is doing inside the kernel, if anything. */
const run = union({
  /** It executes its own instructions, and may call. */
  ready: {},
  /** SEND-blocked: the receiver has not taken its message. */
  sending: { on: process, sent },
  /** RECEIVE-blocked on one pid, or on any. */
  receiving: { from: pid(), buffer: parts },
  /** REPLY-blocked; `signalled`: SIGNAL-blocked, a signal waits with it for the reply. */
  replying: { on: process, sent, signalled: flag() },
  /** WAIT-blocked: until a child has ended, any or one. */
  waiting: { child: pid() },
  /** SEMAPHORE-blocked. */
  semaphore: { semaphore: integer() },
  /** It has asked Proc about another node, whose answer is to come. */
  asking: { question },
  answered: { answer },
});
export type Run = Static<typeof run>;
export type Receiving = Extract<Run, { tag: 'receiving' }>;
export type Replying = Extract<Run, { tag: 'replying' }>;

/** What a process finds when it receives: in the order in which it is to be received. */
const item = union({
  message: { from: process, priority: integer(), arrival: ghost(integer()) },
  /** A proxy, however often it was triggered: the proxy itself counts. */
  proxy: { proxy, priority: integer(), arrival: ghost(integer()) },
  /** The kernel says that a signal waits with a client. */
  signal: { client: process, signal, priority: integer(), arrival: ghost(integer()) },
  /** Proc says that a process has ended. */
  death: { pid: pid(), priority: integer(), arrival: ghost(integer()) },
});
export type Item = Static<typeof item>;

const life = oneOf('live', 'zombie', 'gone');

/**
 * One end of a virtual circuit: a row of the process table that stands for a process of another node. Its owner sends to
 * it; and it sends to its owner in the name of that process, out of a buffer that is its memory.
 */
const circuit = union({
  circuit: {
    /** The process of this node that it is an end for; and what that at the other end is called there, as is the other end. */
    owner: process, nid: integer(), pid: pid(), vid: pid(),
    /** It stays as a zombie when that process ends. */
    remains: flag(),
    /** How often it was attached. */
    users: integer(),
    /** How many messages its owner has sent by it; and the number of that which it passes on to its owner. */
    sent: integer(), heard: integer(),
    /** How often it was polled since anything was last heard from the other end. */
    silent: integer(),
  },
});
export type Circuit = Static<typeof circuit>;

/** What Net is to carry off, by the end of the circuit that it is for. */
const outgoing = union({
  message: { end: process },
  reply: { end: process, exchange: integer(), bytes: list(integer()) },
  trigger: { nid: integer(), proxy: pid() },
});
export type Outgoing = Static<typeof outgoing>;

/** What goes from node to node: for an end of a circuit, from the other; for Proc, from Proc. Bytes of a reply that were not written are -1. */
export const cargo = union({
  message: { end: pid(), other: pid(), exchange: integer(), priority: integer(), bytes: list(integer()), room: integer() },
  reply: { end: pid(), other: pid(), exchange: integer(), bytes: list(integer()) },
  failed: { end: pid(), other: pid(), exchange: integer(), error: text() },
  /** The sender of a message waits for it no longer. */
  cancel: { end: pid(), other: pid(), exchange: integer() },
  ends: { end: pid(), other: pid() },
  poll: { end: pid(), other: pid() },
  alive: { end: pid(), other: pid() },
  create: { serial: integer(), other: pid(), from: pid(), to: pid(), length: integer() },
  created: { serial: integer(), end: pid(), other: pid() },
  locate: { serial: integer(), name: text() },
  /** `pid` 0: nobody goes by the name. */
  located: { serial: integer(), pid: pid() },
  stand: { serial: integer(), proxy: pid() },
  stands: { serial: integer(), proxy: pid() },
  unstand: { proxy: pid(), from: pid() },
  trigger: { proxy: pid() },
  signal: { serial: integer(), end: pid(), other: pid(), signal: nullable(signal), user: integer() },
  signalled: { serial: integer() },
  refused: { serial: integer(), error: text() },
});
export type Cargo = Static<typeof cargo>;

const note = union({ note: { nid: integer(), cargo } });

const qnxProcess = struct({
  life,
  pid: pid(),
  parent: process,
  /** What it ended with, while it is a zombie. */
  status: integer(),
  /** It has ended, and nobody has seen it yet. */
  ending: flag(),
  run,
  queue: list(item),
  memory: list(integer()),
  /** Stopped: it keeps what it was doing, and does not run. */
  held: flag(),
  /** How often each signal waits for it, by place in the list of signals. */
  pending: list(integer()),
  mask: list(flag()),
  actions: list(oneOf<Action>('default', 'ignore', 'catch')),
  /** The signals its handlers ran for, since it last looked. */
  handled: list(signal),
  flags: list(oneOf(...processFlags)),
  /** What it has now; what it has when it has not decayed; what it was last given by anyone but its clients. */
  priority: integer(),
  base: integer(),
  own: integer(),
  policy: oneOf<Policy>('fifo', 'round-robin', 'adaptive'),
  /** Ticks that are left of its slice. */
  slice: integer(),
  uid: integer(),
  /** Descriptors: what each is bound to; 0 where it is free. */
  files: list(pid()),
  /** Descriptors of shared memory: which object each is for; -1 where it is closed. */
  shared: list(integer()),
  /** Which object lies in each window of the address space; -1 where none does. */
  windows: list(integer()),
  group: pid(),
  session: pid(),
  environment: integer(),
  directory: integer(),
  umask: integer(),
  /** What makes it an end of a circuit, and no process that runs. */
  circuit: nullable(circuit),
});
export type Process = Static<typeof qnxProcess>;

const qnxProxy = struct({
  life: oneOf('live', 'gone'),
  pid: pid(),
  owner: process,
  data: list(integer()),
  priority: integer(),
  count: integer(),
  /** The proxy of another node that it stands for; and what stands for it on others. */
  standsFor: nullable(place),
  standIns: list(place),
});
export type Proxy = Static<typeof qnxProxy>;

/** Memory that several processes may have in their address spaces. */
const sharedObject = struct({ name: text(), linked: flag(), bytes: list(integer()) });

/** A semaphore, at a place of a shared object. */
const semaphore = struct({ live: flag(), object: integer(), offset: integer(), value: integer(), waiters: list(process) });

/** The kernel's own limits, and how many there may be before a run is cut. */
const limits = struct({
  processes: integer(), proxies: integer(), parts: integer(), proxyData: integer(), triggers: integer(), memory: integer(),
  processTable: integer(), names: integer(), files: integer(),
  /** Bytes of private memory that there are for all processes. */
  /** Ticks in a slice. */
  slice: integer(),
  pool: integer(), objects: integer(), windows: integer(),
  /** Ends of circuits, the largest buffer of one, what may wait for Net, and how often the other end is polled before it is given up. */
  circuits: integer(), circuit: integer(), outgoing: integer(), polls: integer(),
});
export type Limits = Static<typeof limits>;

export const qnxSchema = struct({
  variant: oneOf('documented', 'pid-reuse', 'yield-on-kernel-calls', 'long-timeslice'),
  limits: ghost(limits),
  processes: table('process', qnxProcess, ({ life: alive }) => alive === 'gone'),
  proxies: table('proxy', qnxProxy, ({ life: alive }) => alive === 'gone'),
  objects: list(sharedObject),
  semaphores: list(semaphore),
  /** Who goes by which name, by the id it was given; null where one is free. */
  names: list(nullable(union({ name: { name: text(), owner: process } }))),
  /** Whether only the process that has the processor can call; else any that is not blocked can. */
  modelled: flag(),
  /** Who has the processor; -1: it is to be dispatched. */
  running: integer<ProcessId>(),
  /** The ready queues laid end to end, from the highest priority to the lowest. */
  ready: list(process),
  /** The lowest pid that was never given out. */
  nextPid: integer(),
  arrivals: ghost(integer()),
  /** What this node is called, and how many there are. */
  nid: integer(),
  nodes: integer(),
  /** Whether there is a network manager; what waits for it; and what Proc has it send at once. */
  net: flag(),
  outgoing: list(outgoing),
  notes: list(note),
  /** The serial number of the last question. */
  questions: integer(),
});
export type QnxState = Static<typeof qnxSchema>;

/** Text as a length and its character codes. */
function text(): Schema<string> {
  return {
    put: (value: string, sink: Sink) => {
      sink.number(value.length);
      for (let i = 0; i < value.length; i += 1) sink.number(value.charCodeAt(i));
    },
    take: (source) =>
      String.fromCharCode(...Array.from({ length: source.number() }, () => source.number())),
  };
}
