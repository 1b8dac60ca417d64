import { z } from 'zod';
import { leaves, unordered, type Form, type Leaf, type Vocabulary } from '#spec/vocabulary';

/** What an actor may do, and where it runs. */
export const privileges = ['user', 'system', 'supervisor'] as const;
export type Privilege = (typeof privileges)[number];

/** How a thread is scheduled. */
export const policies = ['fifo', 'round-robin', 'time-sharing'] as const;

export const groupKinds = ['dynamic', 'static-user', 'static-system'] as const;
export type GroupKind = (typeof groupKinds)[number];

/** How a group is addressed: all members, any one, one on a site, one other than a given one. */
export const addressings = ['broad', 'func', 'funcu', 'funcx'] as const;
export type Addressing = (typeof addressings)[number];

export type ChorusError =
  | 'K_EINVAL' | 'K_EUNKNOWN' | 'K_EPRIV' | 'K_ESITE' | 'K_EFULL' | 'K_ENOMEM' | 'K_ETOOMUCH' | 'K_ENOPORT'
  | 'K_ETIMEOUT' | 'K_EABORT' | 'K_EROUND' | 'K_EOVERLAP' | 'K_ESPACE' | 'K_ESIZE' | 'K_EADDRESS' | 'K_EFAULT' | 'K_EMAPPER' | 'exception';

declare const sort: unique symbol;
/** A unique identifier: one space for all sites, for all time. */
export type Ui = number & { readonly [sort]: 'ui' };
/** The secret half of a capability. */
export type Key = number & { readonly [sort]: 'key' };
/** A port's local identifier: it means something in its actor only. */
export type Li = number & { readonly [sort]: 'li' };
/** A saved message's identifier within its actor. */
export type SavedId = number & { readonly [sort]: 'saved' };
export type ThreadId = number & { readonly [sort]: 'thread' };
export type SiteId = number & { readonly [sort]: 'site' };
/** The identifier of a remote procedure call in the making. */
export type TransactionId = number & { readonly [sort]: 'transaction' };
export interface Capability { readonly ui: Ui; readonly key: Key }

/** Actors and threads have two vectors of handlers each with so many entries. */
export const handlerKinds = ['exception', 'abort'] as const;
export type HandlerKind = (typeof handlerKinds)[number];

/** Types follow the model's form; the other forms are for validation only. */
const mark = <Value>(schema: z.ZodType, leaf: Leaf): z.ZodType<Value> =>
  schema.register(leaves, leaf) as z.ZodType<Value>;

/**
 * The leaves in one form. Identifiers are symbols in the model, counted from 1 in the order the kernel made
 * them. On the wire those of sites, actors and default ports that are there at the start cross as the text
 * the harness calls them by (`u1`, `k1`); all others as the implementation's own numbers.
 */
function leafSchemas(form: Form) {
  const spelled = (letter: string) => z.string().regex(new RegExp(`^${letter}(0|[1-9][0-9]*)$`));
  const number = () => z.int().min(0).max(Number.MAX_SAFE_INTEGER);
  const symbol = (letter: string): z.ZodType => ({
    model: () => z.int().min(0),
    trace: () => spelled(letter),
    wire: () => z.union([spelled(letter), number()]),
    program: () => z.union([
      spelled(letter),
      number(),
      /** What stands at place `name` (from 0) in the answer to call `call` (from 0) of this program. */
      z.object({ call: z.int().min(0), name: z.int().min(0) }),
    ]),
  })[form]();
  const identity = (letter: string) => (form === 'model' ? z.int().min(0) : spelled(letter));
  return {
    ui: () => mark<Ui>(symbol('u'), { sort: 'ui' }),
    key: () => mark<Key>(symbol('k'), { sort: 'key' }),
    /** A port of the calling thread's actor. */
    li: () => mark<Li>(symbol('l'), { sort: 'li', space: 'caller' }),
    /** A port of the actor the call is about. */
    targetLi: () => mark<Li>(symbol('l'), { sort: 'li', space: 'target' }),
    /** A port of the actor that a port migrates to. */
    movedLi: () => mark<Li>(symbol('l'), { sort: 'li-after-migration' }),
    saved: () => mark<SavedId>(symbol('m'), { sort: 'saved', space: 'caller' }),
    transaction: () => mark<TransactionId>(symbol('x'), { sort: 'transaction' }),
    thread: () => mark<ThreadId>(identity('t'), { sort: 'thread' }),
    site: () => mark<SiteId>(identity('S'), { sort: 'site' }),
  };
}

const none = z.null();
const hex = () => z.string().regex(/^([0-9a-f]{2})*$/);
/** Milliseconds; null waits for ever, 0 does not wait. */
const delay = () => z.int().min(0).max(0x7fff_ffff).nullable();
const bytes = () => z.int().min(0).max(0x7fff_ffff);
const priority = () => z.int().min(0).max(255);

/** A list whose order means nothing. */
function anyOrder<Item extends z.ZodType>(item: Item, because: string): z.ZodArray<Item> {
  const list = z.array(item);
  unordered.add(list, { because });
  return list;
}

/** The vocabulary in one form. The shapes are the same in all; only the leaves differ. */
export function chorusVocabulary(form: Form) {
  const leaf = leafSchemas(form);
  const capability = z.object({ ui: leaf.ui(), key: leaf.key() });
  const by = { thread: leaf.thread() };
  /** An actor by capability; null is `K_MYACTOR`. */
  const address = () => z.int().min(0).max(0x7fff_ffff);
  const on = { ...by, actor: capability.nullable() };
  /** A thread of that actor; null is `K_MYSELF`. */
  const onThread = { ...on, target: leaf.thread().nullable() };
  const onPort = { ...on, port: leaf.targetLi() };
  const destination = z.object({
    ui: leaf.ui(),
    /** As tagged by `ipcTarget`; null: never tagged. */
    mode: z.enum(addressings).nullable(),
    coTarget: leaf.ui().nullable(),
  });
  /** Bytes, or what is in the memory of the sender. */
  const body = z.union([hex(), z.object({ tag: z.literal('memory'), address: address(), size: address() })]);
  /** Where a message is sent from and to, and what is in it. A null source is `K_DEFAULTPORT`. */
  const sending = { ...by, source: leaf.li().nullable(), destination, annex: hex().nullable(), body };
  const actorErrors = ['K_EINVAL', 'K_EUNKNOWN'] as const;
  const localErrors = [...actorErrors, 'K_ESITE'] as const;
  const sendErrors = ['K_EINVAL', 'K_EUNKNOWN', 'K_EFULL', 'K_ETOOMUCH', 'K_EFAULT', 'K_EMAPPER'] as const;
  const privilege = z.enum(privileges);
  const name = z.string().max(64);
  /** An entry of one of the vectors of handlers of an actor. */
  const entry = { ...on, kind: z.enum(handlerKinds), entry: z.int().min(0).max(255) };
  /** A routine, which is only told from others. */
  const handler = z.int().min(0).max(255);
  /** The size of the body; the annex and as much of the body as there was room for, null where none was asked. */
  const received = { size: bytes(), annex: hex().nullable(), body: hex().nullable() };

  /** Where in the memory of its actor a semaphore or a lock is. */
  const lock = () => z.int().min(0).max(3);
  /** `time-sharing` is the class whose priorities degrade. */
  const policy = z.enum(policies);
  const inherit = z.enum(['none', 'share', 'copy']);
  const attributes = { writable: z.boolean(), inherit };
  const range = { start: address(), size: address() };
  const between = { ...range, source: capability.nullable(), from: address() };
  /** What may be left of what is flushed: it as it is, what cannot be written, or nothing. */
  const flushed = { segment: capability, offset: address(), size: address(), keep: z.enum(['writable', 'readable', 'nothing']) };
  const page = { object: z.int().min(0), page: z.int().min(0) };
  const regionErrors = ['K_EROUND', 'K_ESIZE', 'K_EOVERLAP', 'K_ESPACE'] as const;

  return {
    uiBuild: {
      takes: z.object({ ...by, stamp: z.int().min(0).max(0xffff_ffff) }),
      returns: z.object({ ui: leaf.ui() }),
      raises: [],
    },
    actorCreate: {
      takes: z.object({ ...by, initial: capability.nullable(), privilege, status: z.enum(['active', 'stopped']) }),
      returns: capability,
      raises: [...localErrors, 'K_EPRIV'],
    },
    actorDelete: { takes: z.object(on), returns: none, raises: [...localErrors, 'K_EPRIV'] },
    /** A thread that stops its own actor has its answer once the actor is started. */
    actorStop: { takes: z.object(on), returns: none, raises: localErrors, blocks: true },
    actorStart: { takes: z.object(on), returns: none, raises: localErrors },
    actorSelf: { takes: z.object(by), returns: capability, raises: [] },
    actorPrivilege: {
      takes: z.object({ ...on, set: privilege.nullable() }),
      returns: z.object({ old: privilege }),
      raises: [...localErrors, 'K_EPRIV'],
    },
    actorPi: {
      takes: z.object({ ...on, set: z.int().min(0).nullable() }),
      returns: z.object({ old: z.int() }),
      raises: [...localErrors, 'K_EPRIV'],
    },
    /** The name as it was; null leaves it. */
    actorName: { takes: z.object({ ...on, set: name.nullable() }), returns: z.object({ old: name }), raises: localErrors },
    actorStat: {
      takes: z.object(by),
      returns: z.object({ actors: anyOrder(z.object({ ui: leaf.ui(), name, privilege, stopped: z.boolean() }), 'the sources give no order') }),
      raises: [],
    },
    svActorHandlerConnect: { takes: z.object({ ...entry, handler }), returns: none, raises: [...localErrors, 'K_EPRIV'] },
    svActorHandlerDisconnect: { takes: z.object(entry), returns: none, raises: [...localErrors, 'K_EPRIV'] },
    svActorHandlerGetConnected: { takes: z.object(entry), returns: z.object({ handler: handler.nullable() }), raises: [...localErrors, 'K_EPRIV'] },
    /** The thread goes on in its home actor: the abort handlers that it ran on the way. */
    threadGoesHome: { takes: z.object(by), returns: z.object({ ran: z.array(handler) }), raises: [] },
    threadCreate: {
      takes: z.object({
        ...on, status: z.enum(['active', 'inactive']), privilege: z.enum(['user', 'supervisor']),
        /** Null: as the creator's. */
        priority: priority().nullable(),
        /** What the harness calls the new thread from now on. */
        child: leaf.thread(),
      }),
      returns: none,
      raises: [...localErrors, 'K_EPRIV'],
    },
    threadDelete: { takes: z.object(onThread), returns: none, raises: [...localErrors, 'K_EPRIV'] },
    threadActivate: { takes: z.object(onThread), returns: none, raises: localErrors },
    /** A thread that suspends itself has its answer once it is resumed. */
    threadSuspend: { takes: z.object(onThread), returns: none, raises: localErrors, blocks: true },
    threadResume: { takes: z.object(onThread), returns: none, raises: localErrors },
    threadAbort: { takes: z.object(onThread), returns: none, raises: localErrors },
    threadAborted: { takes: z.object(by), returns: z.object({ aborted: z.boolean() }), raises: [] },
    threadDelay: { takes: z.object({ ...by, delay: delay() }), returns: none, raises: [], spoils: { K_EABORT: none }, blocks: true },
    semInit: { takes: z.object({ ...by, semaphore: lock(), count: z.int().min(0).max(255) }), returns: none, raises: [] },
    semP: { takes: z.object({ ...by, semaphore: lock() }), returns: none, raises: ['K_EINVAL'], spoils: { K_EABORT: none }, blocks: true },
    semV: { takes: z.object({ ...by, semaphore: lock() }), returns: none, raises: ['K_EINVAL'] },
    mutexInit: { takes: z.object({ ...by, mutex: lock(), spin: z.boolean() }), returns: none, raises: [] },
    /** Waits for a mutex, or turns round a spin lock, until it is free. */
    mutexGet: { takes: z.object({ ...by, mutex: lock() }), returns: none, raises: ['K_EINVAL'], blocks: true },
    mutexTry: { takes: z.object({ ...by, mutex: lock() }), returns: z.object({ got: z.boolean() }), raises: ['K_EINVAL'] },
    mutexRel: { takes: z.object({ ...by, mutex: lock() }), returns: none, raises: ['K_EINVAL'] },
    threadScheduler: {
      takes: z.object({ ...onThread, set: z.object({ policy, priority: priority() }).nullable() }),
      returns: z.object({ policy, priority: priority() }),
      raises: localErrors,
    },
    portCreate: {
      takes: z.object(on),
      returns: z.object({ ui: leaf.ui(), port: leaf.targetLi() }),
      raises: [...localErrors, 'K_EFULL', 'K_ENOMEM'],
    },
    portDeclare: {
      takes: z.object({ ...on, ui: leaf.ui() }),
      returns: z.object({ port: leaf.targetLi() }),
      raises: [...localErrors, 'K_EPRIV', 'K_EFULL', 'K_ENOMEM'],
    },
    portUi: { takes: z.object({ ...by, port: leaf.li() }), returns: z.object({ ui: leaf.ui() }), raises: ['K_EINVAL'] },
    portLi: { takes: z.object({ ...by, ui: leaf.ui() }), returns: z.object({ port: leaf.li() }), raises: ['K_EINVAL'] },
    portEnable: { takes: z.object({ ...onPort, priority: priority() }), returns: none, raises: localErrors },
    portDisable: { takes: z.object(onPort), returns: none, raises: localErrors },
    portDelete: { takes: z.object(onPort), returns: none, raises: localErrors },
    portMigrate: {
      takes: z.object({ ...onPort, to: capability.nullable(), messages: z.boolean() }),
      /** The local identifier in the actor the port went to. */
      returns: z.object({ port: leaf.movedLi(), sequence: z.int() }),
      raises: [...localErrors, 'K_EFULL'],
    },
    portGetSeqNum: { takes: z.object({ ...by, port: leaf.li() }), returns: z.object({ sequence: z.int() }), raises: ['K_EINVAL'] },
    portPi: {
      takes: z.object({ ...onPort, set: z.int().min(0).nullable() }),
      returns: z.object({ old: z.int() }),
      raises: [...localErrors, 'K_EPRIV'],
    },
    grpAllocate: {
      takes: z.object({ ...by, kind: z.enum([...groupKinds, 'other']), stamp: z.int().min(0).max(0xffff_ffff) }),
      returns: capability,
      raises: ['K_EINVAL', 'K_EPRIV'],
    },
    grpPortInsert: {
      takes: z.object({ ...by, group: capability, port: leaf.ui() }),
      returns: none,
      raises: [...localErrors, 'K_EPRIV'],
    },
    grpPortRemove: {
      takes: z.object({ ...by, group: capability, port: leaf.ui() }),
      returns: none,
      raises: [...localErrors, 'K_EPRIV'],
    },
    ipcTarget: {
      takes: z.object({ ...by, ui: leaf.ui(), mode: z.enum([...addressings, 'other']) }),
      returns: none,
      raises: ['K_EINVAL'],
    },
    /** Who sends what is in its memory may have to wait for its pages, and waits for nothing else. */
    ipcSend: { takes: z.object(sending), returns: none, raises: sendErrors, blocks: true },
    ipcReceive: {
      takes: z.object({
        ...by,
        /** One port, the default port, or any that is enabled. */
        from: z.union([z.object({ tag: z.literal('port'), port: leaf.li() }), z.object({ tag: z.literal('default') }), z.object({ tag: z.literal('any') })]),
        delay: delay(),
        abortable: z.boolean(),
        /** How many bytes of the body there is room for; null leaves the body with the system. */
        room: bytes().nullable(),
      }),
      returns: z.object({ port: leaf.li(), sequence: z.int(), ...received }),
      raises: ['K_EINVAL', 'K_ETIMEOUT', 'K_EABORT', 'K_ENOPORT'],
      /** Messages of the network that came while it looked are in their queues all the same. */
      spoils: { K_ETIMEOUT: none, K_ENOPORT: none, K_EABORT: none },
      blocks: true,
    },
    ipcCall: {
      takes: z.object({ ...sending, delay: delay(), abortable: z.boolean(), room: bytes() }),
      returns: z.object(received),
      raises: [...sendErrors, 'K_ETIMEOUT', 'K_EABORT', 'K_ENOPORT'],
      spoils: { K_EABORT: none },
      blocks: true,
    },
    ipcReply: { takes: z.object({ ...by, annex: hex().nullable(), body }), returns: none, raises: sendErrors, blocks: true },
    ipcSave: { takes: z.object(by), returns: z.object({ saved: leaf.saved() }), raises: ['K_EINVAL', 'K_EFULL', 'K_ETOOMUCH'] },
    ipcRestore: { takes: z.object({ ...by, saved: leaf.saved() }), returns: none, raises: ['K_EINVAL'] },
    ipcGetData: { takes: z.object({ ...by, room: bytes() }), returns: z.object({ size: bytes(), body: hex() }), raises: ['K_EINVAL'] },
    ipcSysInfo: {
      takes: z.object(by),
      returns: z.object({
        size: bytes(), source: leaf.ui(), target: leaf.ui(), coTarget: leaf.ui().nullable(),
        /** Null: it was sent, not called. */
        transaction: leaf.transaction().nullable(),
        actorPi: z.int(), portPi: z.int(),
      }),
      raises: ['K_EINVAL'],
    },
    /** Volatile memory. A null start is `K_ANYWHERE`. */
    rgnAllocate: {
      takes: z.object({ ...on, space: z.enum(['actor', 'supervisor']), start: address().nullable(), size: address(), zero: z.boolean(), ...attributes }),
      returns: z.object({ start: address() }),
      raises: [...localErrors, ...regionErrors],
    },
    rgnFree: { takes: z.object({ ...on, space: z.enum(['actor', 'supervisor']), ...range }), returns: none, raises: [...localErrors, 'K_EROUND', 'K_EADDRESS'] },
    /** What is behind a range of the source actor, in the target actor too. */
    rgnMapFromActor: { takes: z.object({ ...on, ...between, ...attributes }), returns: none, raises: [...localErrors, ...regionErrors, 'K_EADDRESS'] },
    /** A copy of a range of the source actor, in the target actor. */
    rgnInitFromActor: { takes: z.object({ ...on, ...between, ...attributes }), returns: none, raises: [...localErrors, ...regionErrors, 'K_EADDRESS'] },
    rgnDup: {
      takes: z.object({ ...on, source: capability.nullable(), inherit: z.enum(['share', 'copy']).nullable() }),
      returns: none,
      raises: localErrors,
    },
    rgnMap: { takes: z.object({ ...on, segment: capability, offset: address(), ...range, ...attributes }), returns: none, raises: [...localErrors,
      ...regionErrors] },
    rgnInit: { takes: z.object({ ...on, segment: capability, offset: address(), ...range, ...attributes }), returns: none, raises: [...localErrors,
      ...regionErrors] },
    rgnSetProtect: { takes: z.object({ ...on, ...range, writable: z.boolean() }), returns: none, raises: [...localErrors, 'K_EROUND', 'K_EADDRESS'] },
    rgnSetInherit: { takes: z.object({ ...on, ...range, inherit }), returns: none, raises: [...localErrors, 'K_EROUND', 'K_EADDRESS'] },
    vmCopy: {
      takes: z.object({ ...on, source: capability.nullable(), from: address(), to: address(), size: address() }),
      returns: none,
      raises: [...localErrors, 'K_EADDRESS'],
      spoils: { K_EMAPPER: none },
      blocks: true,
    },
    /** The thread reads its memory. Where its actor has no handler for exceptions an illegal access ends it. */
    memoryRead: {
      takes: z.object({ ...by, address: address(), size: address() }),
      returns: z.object({ bytes: hex() }),
      raises: ['exception'], blocks: true,
    },
    memoryWrite: {
      takes: z.object({ ...by, address: address(), bytes: hex() }),
      returns: none,
      raises: ['exception'], blocks: true,
    },
    sgRead: { takes: z.object({ ...by, segment: capability, offset: address(), size: address() }), returns: z.object({ bytes: hex() }), raises: ['K_EADDRESS'],
      spoils: { K_EMAPPER: none }, blocks: true },
    sgWrite: { takes: z.object({ ...by, segment: capability, offset: address(), bytes: hex() }), returns: none, raises: ['K_EADDRESS'],
      spoils: { K_EMAPPER: none }, blocks: true },
    /** Writes back what was changed of a range of a segment, in the cache of the caller's site, and keeps of it what may be kept. */
    sgFlush: { takes: z.object({ ...by, ...flushed }), returns: none, raises: ['K_EROUND', 'K_EADDRESS'], spoils: { K_EMAPPER: none }, blocks: true },
    /** The same in the cache of any site: a cache is named by the site and by its segment. */
    lcFlush: { takes: z.object({ ...by, site: leaf.ui(), ...flushed }), returns: none, raises: ['K_EROUND', 'K_EADDRESS', 'K_EUNKNOWN'],
      spoils: { K_EMAPPER: none }, blocks: true },
    /** The nucleus needs the memory of a page that it can have again from its mapper. */
    pageIsEvicted: { takes: z.object(page), returns: none, raises: [], spontaneous: true },
    /** The nucleus gives a page back to its mapper; that of volatile memory is the default mapper. */
    pageIsPushedOut: { takes: z.object(page), returns: none, raises: [], spontaneous: true },
    /** The default mapper is told that volatile memory has gone, of which it keeps something. */
    segmentIsReleased: { takes: z.object({ object: z.int().min(0) }), returns: none, raises: [], spontaneous: true },
    /** The nucleus finds out that what it asked for itself will not be answered. */
    requestIsGivenUp: { takes: z.object({ transaction: z.int().min(0) }), returns: none, raises: [], spontaneous: true },
    /** The network delivers one of the packets under way, counted from the oldest. */
    packetArrives: { takes: z.object({ packet: z.int().min(0) }), returns: none, raises: [], spontaneous: true },
    packetIsLost: { takes: z.object({ packet: z.int().min(0) }), returns: none, raises: [], spontaneous: true },
    /** A request or an answer under way comes twice. */
    packetIsDuplicated: { takes: z.object({ packet: z.int().min(0) }), returns: none, raises: [], spontaneous: true },
    /** The nucleus of a client sends its request to another site once more. */
    requestIsSentAgain: { takes: z.object({ client: leaf.thread() }), returns: none, raises: [], spontaneous: true },
    /** The nucleus of a client finds out that its call will not be answered. */
    failureIsNoticed: { takes: z.object({ client: leaf.thread() }), returns: none, raises: [], spontaneous: true },
    timeout: {
      takes: z.object({
        /** The thread whose wait has lasted as long as it asked. */
        waiting: leaf.thread(),
      }),
      returns: none,
      raises: [],
      spontaneous: true,
    },
    siteCrashes: { takes: z.object({ site: leaf.site() }), returns: none, raises: [], spontaneous: true },
    /** The site comes up again with one system actor and one thread in it. */
    siteReboots: { takes: z.object({ site: leaf.site(), child: leaf.thread() }), returns: none, raises: [], spontaneous: true },
    /** A part of a quantum has gone by for the thread that runs on a site. */
    clockTicks: { takes: z.object({ site: leaf.site() }), returns: none, raises: [], spontaneous: true },
    linkFails: { takes: z.object({ site: leaf.site(), other: leaf.site() }), returns: none, raises: [], spontaneous: true },
    linkHeals: { takes: z.object({ site: leaf.site(), other: leaf.site() }), returns: none, raises: [], spontaneous: true },
  } as const satisfies Vocabulary;
}

type Shapes = ReturnType<typeof chorusVocabulary>;
export type ChorusOperationName = keyof Shapes;

type Deep<T> = T extends number | string | boolean | null | undefined ? T
  : T extends readonly (infer Item)[] ? readonly Deep<Item>[]
  : { readonly [K in keyof T]: Deep<T[K]> };

/** The arguments of an operation, in the model's form. */
export type ChorusArguments<Op extends ChorusOperationName> = Deep<z.infer<Shapes[Op]['takes']>>;
export type ChorusReturns<Op extends ChorusOperationName> = Deep<z.infer<Shapes[Op]['returns']>>;
export type ChorusRaises<Op extends ChorusOperationName> = Shapes[Op]['raises'][number];
export type ChorusSpoils<Op extends ChorusOperationName> = Shapes[Op] extends { spoils: infer Table }
  ? { [Error in keyof Table]: { error: Error; value: null } }[keyof Table]
  : never;
export type ChorusBlocks<Op extends ChorusOperationName> = Shapes[Op] extends { blocks: true } ? true : false;
export type Destination = ChorusArguments<'ipcSend'>['destination'];
