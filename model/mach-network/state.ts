import { reported, type MachState } from '#model/mach/state';
import { flag, id, integer, list, nullable, oneOf, struct, text, union, type Static } from '#model/schema';
import type { NetworkState } from '#model/network/nodes';
import type { TaskId, ThreadId } from '#spec/mach/vocabulary';

/** What a port is called between nodes: two numbers that no other port has, and where it is believed to be. */
const identifier = union({
  identifier: {
    public: integer(),
    /** Known to those alone that have, or had, the receive right; null for all others. */
    secret: nullable(integer()),
    /** Where its receive right is believed to be, and where the identifier was made. Both are hints. */
    receiver: integer(), owner: integer(),
  },
});
export type Identifier = Static<typeof identifier>;

/** Requests that sit on a port go with its receive right, each as a right to be notified through. */
const request = union({ request: { kind: oneOf('no-senders', 'port-destroyed'), right: identifier } });
export type TravellingRequest = Static<typeof request>;

/** A right on the wire. */
const right = union({
  send: { id: identifier },
  'send-once': { id: identifier },
  receive: { id: identifier, requests: list(request) },
  /** `kind`: what it would have been. */
  null: { kind: nullable(oneOf('receive', 'send', 'send-once')) },
  dead: { kind: nullable(oneOf('receive', 'send', 'send-once')) },
});
export type NetworkRight = Static<typeof right>;

const item = union({
  /** `bigEndian`: the order of the bytes in which the sender's machine keeps its numbers. */
  data: { type: integer(), bits: integer(), bytes: text(), long: flag() },
  rights: { kind: oneOf('receive', 'send', 'send-once'), rights: list(right), long: flag() },
  /** Memory goes over as its bytes. */
  region: { type: integer(), bits: integer(), long: flag(), bytes: text() },
});
export type NetworkItem = Static<typeof item>;

/** A message between nodes. */
const content = union({ content: { id: integer(), complex: flag(), bigEndian: flag(), reply: right, body: list(item) } });
export type Content = Static<typeof content>;

/** What becomes of a message at the node it was sent to. */
const completion = oneOf('accepted', 'blocked', 'moved', 'dead', 'unknown');
export type Completion = Static<typeof completion>;

/** What a node knows of a port that it is asked about. */
const whereabouts = oneOf('here', 'here but moved', 'not here but moved', 'dead', 'unknown');
export type Whereabouts = Static<typeof whereabouts>;

/** What servers send to each other. Ports go by their public numbers. */
export const cargoSchema = union({
  /** `settled`: every message from this node with a smaller number is over and done with. */
  message: { serial: integer(), settled: integer(), port: integer(), content },
  completion: { serial: integer(), completion, receiver: nullable(integer()) },
  /** There is room again. */
  unblock: { port: integer() },
  question: { port: integer(), believed: integer() },
  answer: { port: integer(), whereabouts, receiver: nullable(integer()) },
  /** A hint: the port is dead. */
  death: { port: integer() },
  /** A hint: the server of this node has been started anew. */
  restarted: {},
  /** Whether anybody can still send to a port, asked of all nodes in turn. */
  token: { port: integer(), round: integer(), pass: integer(), home: integer(), nobody: flag(), exports: integer() },
  'look up': { serial: integer(), name: text() },
  'looked up': { serial: integer(), right: nullable(right) },
});
export type Cargo = Static<typeof cargoSchema>;

/** What a server knows of one port. */
const entry = union({
  /** A port that lives elsewhere. The server has the receive right of what stands for it here. */
  proxy: {
    id: identifier, kind: oneOf('port', 'once'), local: reported,
    /** Whether messages are taken from it. */
    suspended: flag(),
    /** Its receive right is on its way to another node. */
    leaving: flag(),
    /** Who was asked last where the port is, and has not said so yet. */
    asked: oneOf('nobody', 'receiver', 'owner', 'everyone'),
    /** Who was refused here, for the time being. */
    waiting: list(integer()),
  },
  /** A port that lives here. The server has a send right for it, or the one send-once right. */
  real: {
    id: identifier, kind: oneOf('port', 'once'), local: reported,
    /** The last message was forced into its queue. */
    full: flag(), waiting: list(integer()),
    /** Checkups since the last sign of a holder elsewhere. */
    quiet: integer(),
    /** A send-once right: the node it was given to; and whether that has been asked, and has not said so yet. */
    holder: nullable(integer()), asked: flag(),
    /** The round of a token that is out to look for senders, and what the first pass of it found. */
    round: nullable(integer()), exports: nullable(integer()),
  },
  /** A port that was known, and is no more. */
  gone: { id: identifier },
});
export type Entry = Static<typeof entry>;
export type Proxy = Extract<Entry, { tag: 'proxy' }>;
export type Real = Extract<Entry, { tag: 'real' }>;

/** A message that has been taken from a proxy, until its fate is known. */
const outgoing = union({
  outgoing: {
    serial: integer(), port: integer(), content, rpc: flag(), blocked: flag(),
    /** Where it was sent, and may have been taken; null where it is known that nobody has it. */
    at: nullable(integer()),
    /** Checkups since it was last answered for. */
    tries: integer(),
  },
});
export type Outgoing = Static<typeof outgoing>;

/** A message that came from another node, and what it was answered. */
const taken = union({ taken: { from: integer(), serial: integer(), completion, receiver: nullable(integer()) } });
export type Taken = Static<typeof taken>;

/** A name that somebody asks another node for: who waits for the answer, and how many nodes have yet to say. */
const lookup = union({ lookup: { serial: integer(), host: nullable(integer()), name: text(), id: integer(), reply: reported, kind: oneOf('send', 'send-once'), tries: integer() } });
export type Lookup = Static<typeof lookup>;

const service = union({ service: { name: text(), port: reported, signature: nullable(reported) } });
export type Service = Static<typeof service>;

/** The network message server of one node: an ordinary task with one thread, and what it keeps in mind. */
export const serverSchema = struct({
  task: id<TaskId>('task'),
  thread: id<ThreadId>('thread'),
  /** How many threads each task of this machine starts with. */
  machine: list(integer()),
  bigEndian: flag(),
  /** Names of the server's: of the set it receives from, of the port where it is asked, and of that where it is notified. */
  set: reported, service: reported, notify: reported,
  entries: list(entry),
  outgoing: list(outgoing),
  taken: list(taken),
  /** Of each node: every message with a smaller number is over and done with. */
  settled: list(integer()),
  services: list(service),
  lookups: list(lookup),
  /** Identifiers and messages are numbered by the clock: no number is given twice, not even after a crash. */
  clock: integer(),
  /** How often a right has been sent on from here. */
  exports: integer(),
});
export type Server = Static<typeof serverSchema>;

export type MachNetworkState = NetworkState<MachState, Server, Cargo>;
