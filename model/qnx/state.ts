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
});
export type Answer = Static<typeof answer>;

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
});
export type Process = Static<typeof qnxProcess>;

const qnxProxy = struct({
  life: oneOf('live', 'gone'),
  pid: pid(),
  owner: process,
  data: list(integer()),
  priority: integer(),
  count: integer(),
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
