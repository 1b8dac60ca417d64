import type { Key, Li, SavedId, SiteId, ThreadId, TransactionId, Ui } from '#spec/chorus/vocabulary';
import {
  flag, ghost, id, integer, list, nullable, oneOf, struct, table, union, type Schema, type Sink, type Static,
} from '#model/schema';

declare const sort: unique symbol;
export type ActorId = number & { readonly [sort]: 'actor' };
export type PortId = number & { readonly [sort]: 'port' };
export type GroupId = number & { readonly [sort]: 'group' };
export type ObjectId = number & { readonly [sort]: 'object' };

const actor = id<ActorId>('actor');
const port = id<PortId>('port');
const thread = id<ThreadId>('thread');
const site = id<SiteId>('site');
const ui = id<Ui>('ui');
const transaction = id<TransactionId>('transaction');
const object = id<ObjectId>('object');
const key = integer<Key>();
const life = oneOf('live', 'dead');
const privilege = oneOf('user', 'system', 'supervisor');

/** What a unique identifier is made of: no two ever made are made of the same. */
const identifier = union({
  /** Identifier 0 is that of nothing. */
  none: {},
  /** The place among those that a site has made since it was last started. */
  made: { site, epoch: integer(), serial: integer() },
  /** Built from a stamp: the same on every site, at any time. */
  built: { stamp: integer() },
  'group stamp': { kind: oneOf('static-user', 'static-system'), stamp: integer() },
});
export type Identifier = Static<typeof identifier>;

/** A message, as it is from the moment it is sent. */
const message = union({
  message: {
    source: ui,
    target: ui,
    coTarget: nullable(ui),
    /** The call it is the request of; null if it was just sent. */
    transaction: nullable(transaction),
    actorPi: integer(),
    portPi: integer(),
    annex: nullable(text()),
    /** What was sent, byte by byte. */
    body: text(),
    /** Where the system reads it from, if it is a copy of memory that was put off. */
    parcel: nullable(object),
    /** Tells messages apart, for laws about what becomes of each. */
    serial: ghost(integer()),
    /** The thread that sent it. */
    sender: ghost(integer()),
  },
});
export type Message = Static<typeof message>;

/** The message a thread received last. `kept`: its body is still with the system. */
const current = union({ current: { message, kept: flag() } });
export type Current = Static<typeof current>;

const answerKind = union({
  nothing: {},
  /** A received message, under the local identifier that its port had. */
  received: { port: local(), sequence: integer(), message, room: nullable(integer()) },
  replied: { annex: nullable(text()), body: text(), parcel: nullable(object), room: integer() },
  /** What was read of memory or of a segment. */
  bytes: { bytes: text() },
});
export type Answer = Static<typeof answerKind>;

/** What a thread is doing inside the nucleus, if anything. */
const run = union({
  /** It executes its own instructions, and may call. */
  ready: {},
  receiving: { from: union({ port: { port }, any: {} }), timed: flag(), abortable: flag(), room: nullable(integer()) },
  calling: { transaction, timed: flag(), abortable: flag(), room: integer() },
  delaying: { timed: flag() },
  /** It waits for a semaphore, a mutex or a spin lock of its actor. */
  locking: { at: integer() },
  /** A page it needs is asked for from a mapper; then it does again what it was about to do: a call, in JSON. */
  paging: { transaction, object, page: integer(), write: flag(), retry: text() },
  /** It waits until a cache has been flushed. */
  flushing: { transaction },
  /** The page is there: it goes on when it next runs. */
  resuming: { retry: text() },
  /** It has its answer, and gives it when it next runs. */
  answered: { error: nullable(text()), answer: answerKind },
});
export type Run = Static<typeof run>;

/** A range of pages of an address space, and what is behind it. */
const region = struct({
  start: integer(), size: integer(), object, offset: integer(), writable: flag(), inherit: oneOf('none', 'share', 'copy'),
});
export type Region = Static<typeof region>;

/** A page in memory: its bytes, whether its mapper has seen them, and whether it lets it be written. */
const page = union({ page: { bytes: text(), dirty: flag(), writable: flag() } });
export type Page = Static<typeof page>;

/**
 * What regions map: volatile memory, the local cache of a segment on a site, or a copy that was put off. A copy
 * holds the pages that differ from those of its parent, which keeps its former pages in its history.
 */
const memoryObject = struct({
  life,
  site,
  segment: nullable(struct({ ui, key })),
  size: integer(),
  pages: list(nullable(page)),
  parent: nullable(object),
  /** Where in its parent its first page is. */
  offset: integer(),
  /** The copy, or the object between several copies, that takes what this one is about to lose. */
  history: nullable(object),
  /** Where the default mapper keeps what of volatile memory was pushed out, if anything ever was. */
  store: nullable(union({ asked: {}, made: { ui, key } })),
  /** The pages that are kept there, and as what they were last pushed out. */
  stored: list(struct({ page: integer(), bytes: ghost(text()) })),
  /** Whether it is the body of messages that are on their way. */
  parcel: flag(),
});
export type MemoryObject = Static<typeof memoryObject>;

/** A semaphore, a mutex or a spin lock in the memory of an actor, and who waits for it in the order of coming. */
const lock = struct({ kind: oneOf('semaphore', 'mutex', 'spin lock'), count: integer(), waiting: list(thread) });
export type Lock = Static<typeof lock>;

const chorusSite = struct({
  ui,
  up: flag(),
  /** How often it was started. */
  epoch: integer(),
  /** How many identifiers it has made since it was started. */
  made: integer(),
  /** Where it believes ports of other sites to be, as far as that is not where their identifiers were made. */
  beliefs: list(union({ belief: { port: ui, site } })),
  /** Regions of the supervisor space, which belong to no actor. */
  regions: list(region),
  /** Who runs, and who could, in the order of the queues; both empty where anybody may call. */
  running: nullable(thread),
  queue: list(thread),
});
export type Site = Static<typeof chorusSite>;

const chorusActor = struct({
  life,
  ui,
  key,
  site,
  privilege,
  stopped: flag(),
  name: text(),
  /** By entry: a routine, or none. */
  handlers: struct({ exception: list(nullable(integer())), abort: list(nullable(integer())) }),
  pi: integer(),
  defaultPort: port,
  /** By local identifier; null where one denotes nothing. Place 0 stands for none. */
  ports: table('li', nullable(port), (value) => value === null),
  saved: table('saved', nullable(current), (value) => value === null),
  regions: list(region),
  locks: list(nullable(lock)),
  /** Its threads that wait for a message, in the order in which they came. */
  waiting: list(thread),
});
export type Actor = Static<typeof chorusActor>;

const chorusThread = struct({
  life,
  actor,
  supervisor: flag(),
  /** Created inactive, a thread does not run before it is activated. */
  active: flag(),
  suspends: integer(),
  priority: integer(),
  policy: oneOf('fifo', 'round-robin', 'time-sharing'),
  /** The priority it was given, which its own is never better than where that degrades. */
  given: integer(),
  /** Ticks of its quantum that have gone by. */
  used: integer(),
  aborted: flag(),
  current: nullable(current),
  run,
});
export type Thread = Static<typeof chorusThread>;

const chorusPort = struct({
  life,
  ui,
  actor,
  li: integer<Li>(),
  /** Null: disabled. */
  priority: nullable(integer()),
  pi: integer(),
  /** Messages received since it was attached to its actor. */
  received: integer(),
  queue: list(message),
});
export type Port = Static<typeof chorusPort>;

const group = struct({
  ui,
  key,
  kind: oneOf('dynamic', 'static-user', 'static-system'),
  members: list(port),
});
export type Group = Static<typeof group>;

/** What may be left of the pages of a cache that are flushed: all, what is not written, or nothing. */
const keep = oneOf('writable', 'readable', 'nothing');

/** What the nucleus asks of others for itself, or does for others. */
const errand = union({
  none: {},
  /** A page, or the right to write one that is there. What is flushed meanwhile is to be asked for again. */
  fetch: { object, page: integer(), write: flag(), pulls: flag(), stale: flag() },
  /** A segment of the default mapper for volatile memory. */
  create: { object },
  /** That a mapper takes a page as it was then. */
  push: { object, page: integer(), bytes: text() },
  /** That the default mapper forgets a segment. */
  release: {},
  /** A cache is flushed, for who waits for it. */
  flush: { object, first: integer(), count: integer(), keep },
});

/** What the nuclei at both ends keep of a request, so that it can be sent again and is carried out once. */
const sentRequest = union({
  sent: {
    message,
    port: ui,
    /** It was taken by its port: whatever else comes of it is a duplicate. */
    taken: flag(),
    /** Nothing of it is under way: what was, was lost. */
    lost: flag(),
    /** The answer to it, kept on the site that gave it. */
    answer: nullable(union({ answer: { annex: nullable(text()), body: text(), from: site } })),
  },
});
export type SentRequest = Static<typeof sentRequest>;

const chorusTransaction = struct({
  /** Null: the nucleus itself. */
  client: nullable(thread),
  /** Where it was called from. */
  site,
  /** `failed`: it will not be answered, and its client has yet to find out. */
  life: oneOf('open', 'failed', 'closed'),
  errand,
  /** What its request was, if that went to another site; null if it did not. */
  sent: nullable(sentRequest),
});
export type Transaction = Static<typeof chorusTransaction>;

/** What is under way between two sites. */
const packet = union({
  packet: {
    from: site,
    to: site,
    cargo: union({
      message: { message, port: ui },
      reply: { transaction, annex: nullable(text()), body: text() },
      /** Another of the same request or answer, which was sent again or came twice. */
      'second message': { message, port: ui },
      'second reply': { transaction, annex: nullable(text()), body: text() },
      /** The client of a call was aborted: so is the thread that serves it. */
      abort: { transaction },
      /** A cache of the site is to be flushed. */
      flush: { transaction, segment: struct({ ui, key }), first: integer(), count: integer(), keep },
    }),
  },
});
export type Packet = Static<typeof packet>;

/** How many there may be before a run is cut; and the nucleus's own limits. */
const limits = struct({
  actors: integer(), threads: integer(), identifiers: integer(), messages: integer(),
  annex: integer(), body: integer(), queue: integer(), saved: integer(), ports: integer(), packets: integer(),
  /** Bytes of a page, and pages of an address space and of a segment. */
  page: integer(), space: integer(),
  /** Ticks of the clock in a quantum. */
  quantum: integer(),
  /** Entries of a vector of handlers, and characters of a name. */
  handlers: integer(), name: integer(),
});
export type Limits = Static<typeof limits>;

export const chorusSchema = struct({
  /** What the sources disagree about: whether user actors may call the nucleus, and whether ports change sites. */
  userCalls: ghost(flag()),
  intersite: ghost(flag()),
  limits: ghost(limits),
  /** Whether the processors of the sites are modelled, so that only who runs may call. */
  processors: ghost(flag()),
  /** How many identifiers there were at the start. */
  known: ghost(integer()),
  uis: table('ui', identifier),
  sites: table('site', chorusSite),
  actors: table('actor', chorusActor, ({ life: alive }) => alive === 'dead'),
  threads: table('thread', chorusThread, ({ life: alive }) => alive === 'dead'),
  ports: table('port', chorusPort, ({ life: alive }) => alive === 'dead'),
  groups: table('group', group),
  transactions: table('transaction', chorusTransaction, ({ life: state }) => state === 'closed'),
  objects: table('object', memoryObject, ({ life: alive, store }) => alive === 'dead' && store === null),
  /** The port of the mapper that keeps volatile memory. */
  defaultMapper: ui,
  network: list(packet),
  /** Pairs of sites whose link is down. */
  apart: list(union({ pair: { one: site, other: site } })),
  serial: ghost(integer()),
});
export type ChorusState = Static<typeof chorusSchema>;

/** A local identifier of some actor, as data. */
function local(): Schema<{ readonly actor: ActorId; readonly li: Li }> {
  return {
    put: (value, sink) => {
      sink.reference('actor', value.actor, -1);
      sink.reference('li', value.li, value.actor);
    },
    take: (source) => ({ actor: source.number() as ActorId, li: source.number() as Li }),
  };
}

/** Text as a length and its character codes. */
function text(): Schema<string> {
  return {
    put: (value: string, sink: Sink) => {
      sink.number(value.length);
      for (let i = 0; i < value.length; i += 1) sink.number(value.charCodeAt(i));
    },
    take: (source) => String.fromCharCode(...Array.from({ length: source.number() }, () => source.number())),
  };
}

export const NO_UI = 0 as Ui;
export const NO_KEY = 0 as Key;
export const NO_LI = 0 as Li;
export const NO_SAVED = 0 as SavedId;
