import { z } from 'zod';
import { memoryOperations, pointer, receivedRegion, sentRegion, type MemoryError } from '#spec/mach/memory-vocabulary';
import { leaves, unordered, type Form, type Leaf, type Vocabulary } from '#spec/vocabulary';

/** The six dispositions a sender may give a right, in the order of the documents. */
export const dispositions = [
  'move-receive', 'move-send', 'move-send-once', 'copy-send', 'make-send', 'make-send-once',
] as const;
export type Disposition = (typeof dispositions)[number];

/** What a right is when it arrives. */
export const rightKinds = ['receive', 'send', 'send-once'] as const;
export type RightKind = (typeof rightKinds)[number];

/** The rights a name may denote, as `mach_port_allocate` and `mach_port_mod_refs` count them. */
export const nameRights = ['send', 'receive', 'send-once', 'port-set', 'dead-name'] as const;
export type NameRight = (typeof nameRights)[number];

/** What `mach_port_type` reports of a name: its rights, and the requests that sit on it. */
export const typeFlags = [...nameRights, 'dead-name-request', 'msg-accepted-request'] as const;
export type TypeFlag = (typeof typeFlags)[number];

export const notificationKinds = ['port-destroyed', 'no-senders', 'dead-name'] as const;
export type NotificationKind = (typeof notificationKinds)[number];

/** `mach_msg` options. The interrupt options only tell the library wrapper not to retry; the trap ignores them. */
export const messageOptions = [
  'send-timeout', 'send-notify', 'send-cancel', 'send-interrupt',
  'receive-timeout', 'receive-notify', 'receive-large', 'receive-interrupt',
] as const;
export type MessageOption = (typeof messageOptions)[number];

export const taskPorts = ['self', 'exception', 'bootstrap'] as const;
export const threadPorts = ['self', 'exception'] as const;

/** `kern_return_t` values of the port and task calls. */
export type KernError =
  | 'KERN_INVALID_NAME' | 'KERN_INVALID_RIGHT' | 'KERN_INVALID_VALUE' | 'KERN_INVALID_TASK'
  | 'KERN_INVALID_CAPABILITY' | 'KERN_INVALID_ARGUMENT' | 'KERN_NAME_EXISTS' | 'KERN_RIGHT_EXISTS'
  | 'KERN_UREFS_OVERFLOW' | 'KERN_NOT_IN_SET' | 'KERN_NO_SPACE' | 'KERN_FAILURE';

/** `mach_msg_return_t` values of the send half. */
export type SendError =
  | 'MACH_SEND_MSG_TOO_SMALL' | 'MACH_SEND_INVALID_HEADER' | 'MACH_SEND_INVALID_DEST'
  | 'MACH_SEND_INVALID_REPLY' | 'MACH_SEND_INVALID_NOTIFY' | 'MACH_SEND_INVALID_RIGHT'
  | 'MACH_SEND_INVALID_TYPE' | 'MACH_SEND_TIMED_OUT' | 'MACH_SEND_INTERRUPTED'
  | 'MACH_SEND_NOTIFY_IN_PROGRESS' | 'MACH_SEND_WILL_NOTIFY';

/** `mach_msg_return_t` values of the receive half. */
export type ReceiveError =
  | 'MACH_RCV_INVALID_NAME' | 'MACH_RCV_IN_SET' | 'MACH_RCV_TIMED_OUT' | 'MACH_RCV_INTERRUPTED'
  | 'MACH_RCV_PORT_DIED' | 'MACH_RCV_PORT_CHANGED' | 'MACH_RCV_BODY_ERROR' | 'MACH_RCV_TOO_LARGE' | 'MACH_RCV_INVALID_NOTIFY';

export { protections, inheritances, type Protection, type Inheritance, type MemoryError } from '#spec/mach/memory-vocabulary';
export type MachError = KernError | SendError | ReceiveError | MemoryError;

declare const sort: unique symbol;
/** A name in some task's space. Never an identity: two spaces may use one number for different rights. */
export type Name = number & { readonly [sort]: 'name' };
export type TaskId = number & { readonly [sort]: 'task' };
export type ThreadId = number & { readonly [sort]: 'thread' };
/** A task or thread as an argument: by identity, or by the caller's name for its port. */
export type Reference<Id> =
  | { readonly tag: 'identity'; readonly identity: Id }
  | { readonly tag: 'name'; readonly name: Name };
/** A name as data: it means something only in the space of `task`. */
export interface ReportedName { readonly task: TaskId; readonly name: Name }

/** Types follow the model's form; the other forms are for validation only. */
const mark = <Value>(schema: z.ZodType, leaf: Leaf): z.ZodType<Value> =>
  schema.register(leaves, leaf) as z.ZodType<Value>;

/**
 * The leaves in one form. A name in the model is a symbol: 0 is `MACH_PORT_NULL`, -1 `MACH_PORT_DEAD`, and
 * 1, 2, … the names of one space in the order the kernel made them; a name once freed is never used again.
 */
function leafSchemas(form: Form) {
  const name = {
    model: () => z.int().min(-1),
    trace: () => z.string().regex(/^(n[1-9][0-9]*|null|dead)$/),
    wire: () => z.int().min(0).max(0xffff_ffff),
    program: () => z.union([
      z.int().min(0).max(0xffff_ffff),
      /** The name that stands at place `name` (from 0) in the answer to call `call` (from 0) of this program. */
      z.object({ call: z.int().min(0), name: z.int().min(0) }),
    ]),
  }[form];
  const identity = (letter: string) =>
    form === 'model' ? z.int().min(0) : z.string().regex(new RegExp(`^${letter}[1-9][0-9]*$`));
  const reference = (letter: string): z.ZodType => ({
    model: () => z.union([
      z.object({ tag: z.literal('identity'), identity: z.int().min(0) }),
      z.object({ tag: z.literal('name'), name: z.int().min(-1) }),
    ]),
    trace: () => z.string().regex(new RegExp(`^(${letter}[1-9][0-9]*|n[1-9][0-9]*|null|dead)$`)),
    wire: () => z.union([identity(letter), name()]),
    program: () => z.union([identity(letter), name()]),
  })[form]();
  return {
    /** A name in the space of the calling thread's task. */
    name: () => mark<Name>(name(), { sort: 'name', space: 'caller' }),
    /** A name in the space of the task the call is about. */
    targetName: () => mark<Name>(name(), { sort: 'name', space: 'target' }),
    /** A name as data in a notification: it means something in the space it was requested for. */
    reportedName: () => mark<ReportedName>({
      model: () => z.object({ task: z.int().min(0), name: z.int().min(-1) }) as z.ZodType,
      trace: () => z.string().regex(/^(T[1-9][0-9]*:n[1-9][0-9]*|null|dead)$/),
      wire: () => name(),
      program: () => name(),
    }[form](), { sort: 'reported-name' }),
    thread: () => mark<ThreadId>(identity('t'), { sort: 'thread' }),
    task: () => mark<TaskId>(identity('T'), { sort: 'task' }),
    /** A task, by identity (the harness holds its port) or by the caller's name for its port. */
    taskPort: () => mark<Reference<TaskId>>(reference('T'), { sort: 'task-port', space: 'caller' }),
    threadPort: () => mark<Reference<ThreadId>>(reference('t'), { sort: 'thread-port', space: 'caller' }),
  };
}

const size = () => z.int().min(0).max(0xffff_ffff);
const count = () => z.int().min(0).max(0xffff_ffff);
const none = z.null();
const anyOrder = <T extends z.ZodType>(list: T): T => {
  unordered.add(list, { because: 'the documents give no order' });
  return list;
};

/** The vocabulary in one form. The shapes are the same in all three; only the leaves differ. */
export function machVocabulary(form: Form) {
  const leaf = leafSchemas(form);
  /** Where the interface takes a send right, the stubs refuse other kinds before the kernel sees them. */
  const sendDisposition = z.enum(['move-send', 'copy-send', 'make-send']);
  const sendRight = z.object({ name: leaf.name(), disposition: sendDisposition });
  const replyRight = z.object({ name: leaf.name(), disposition: z.enum(dispositions).exclude(['move-receive']) });
  const anyRight = () => z.object({
    name: leaf.name(),
    /** `other` stands for a type that is no right at all. */
    disposition: z.enum([...dispositions, 'other']),
  });

  const sentItem = z.union([
    z.object({
      tag: z.literal('data'),
      /** `msgt_name`: any number that is not a right. */
      type: z.int().min(0).max(255),
      /** `msgt_size`: bits of one element. */
      bits: z.int().min(0).max(255),
      /** The bytes, as lowercase hex. */
      bytes: z.string().regex(/^([0-9a-f]{2})*$/),
      long: z.boolean(),
      deallocate: z.boolean(),
    }),
    z.object({
      tag: z.literal('rights'),
      disposition: z.enum(dispositions),
      names: z.array(leaf.name()),
      bits: z.int().min(0).max(255),
      long: z.boolean(),
      deallocate: z.boolean(),
    }),
    sentRegion(),
    /** A name as data: one of the task whose port the message is sent to, or else of the sender's. */
    z.object({ tag: z.literal('name'), name: leaf.targetName() }),
  ]);

  const sentMessage = z.object({
    id: z.int(),
    remote: z.object({ name: leaf.name(), disposition: z.enum(dispositions).nullable() }),
    local: z.object({ name: leaf.name(), disposition: z.enum(dispositions).nullable() }),
    complex: z.boolean(),
    body: z.array(sentItem),
    /**
     * `send_size` in bytes, at most the exact size of header and body; null: the exact size. Of a simple
     * message that the size cuts short, a last item that does not fit is left out of the answer.
     */
    size: size().nullable(),
  });

  const receivedItem = z.union([
    z.object({
      tag: z.literal('data'),
      type: z.int().min(0).max(255),
      bits: z.int().min(0).max(255),
      bytes: z.string().regex(/^([0-9a-f]{2})*$/),
      long: z.boolean(),
    }),
    z.object({
      tag: z.literal('rights'),
      kind: z.enum(rightKinds),
      names: z.array(leaf.name()),
      long: z.boolean(),
    }),
    /** What a simple message makes of rights: the sender's names, as bytes like any others. */
    z.object({
      tag: z.literal('uninterpreted'),
      disposition: z.enum(dispositions),
      names: z.array(leaf.reportedName()),
      long: z.boolean(),
    }),
    receivedRegion(),
    pointer(),
    z.object({ tag: z.literal('name'), name: leaf.reportedName() }),
    z.object({ tag: z.literal('count'), count: count() }),
    z.object({ tag: z.literal('code'), code: z.string() }),
  ]);

  const headerFields = {
    id: z.int(),
    remote: z.object({ name: leaf.name(), kind: z.enum(rightKinds).nullable() }),
    local: z.object({ name: leaf.name(), kind: z.enum(rightKinds).nullable() }),
    complex: z.boolean(),
    size: size(),
    sequence: count(),
  };
  const header = z.object(headerFields);
  const receivedMessage = z.object({ ...headerFields, body: z.array(receivedItem) });

  const by = { thread: leaf.thread() };
  const on = { ...by, task: leaf.taskPort() };
  const onThread = { ...by, target: leaf.threadPort() };
  const named = z.object({ name: leaf.name() });

  return {
    mach_port_allocate: {
      takes: z.object({ ...on, right: z.enum([...nameRights, 'other']) }),
      returns: z.object({ name: leaf.targetName() }),
      raises: ['KERN_INVALID_VALUE'],
    },
    mach_port_allocate_name: {
      takes: z.object({ ...on, right: z.enum([...nameRights, 'other']), name: leaf.targetName() }),
      returns: none,
      raises: ['KERN_INVALID_VALUE', 'KERN_NAME_EXISTS'],
    },
    mach_port_deallocate: {
      takes: z.object({ ...on, name: leaf.targetName() }),
      returns: none,
      raises: ['KERN_INVALID_NAME', 'KERN_INVALID_RIGHT'],
    },
    mach_port_destroy: {
      takes: z.object({ ...on, name: leaf.targetName() }),
      returns: none,
      raises: ['KERN_INVALID_NAME'],
    },
    mach_port_mod_refs: {
      takes: z.object({ ...on, name: leaf.targetName(), right: z.enum([...nameRights, 'other']), delta: z.int() }),
      returns: none,
      raises: ['KERN_INVALID_VALUE', 'KERN_INVALID_NAME', 'KERN_INVALID_RIGHT', 'KERN_UREFS_OVERFLOW'],
    },
    mach_port_get_refs: {
      takes: z.object({ ...on, name: leaf.targetName(), right: z.enum([...nameRights, 'other']) }),
      returns: z.object({ refs: count() }),
      raises: ['KERN_INVALID_VALUE', 'KERN_INVALID_NAME'],
    },
    mach_port_type: {
      takes: z.object({ ...on, name: leaf.targetName() }),
      returns: z.object({ type: z.array(z.enum(typeFlags)) }),
      raises: ['KERN_INVALID_NAME'],
    },
    mach_port_names: {
      takes: z.object(on),
      returns: z.object({
        names: anyOrder(z.array(z.object({ name: leaf.targetName(), type: z.array(z.enum(typeFlags)) }))),
      }),
      raises: [],
    },
    mach_port_rename: {
      takes: z.object({ ...on, name: leaf.targetName(), to: leaf.targetName() }),
      returns: none,
      raises: ['KERN_INVALID_VALUE', 'KERN_NAME_EXISTS', 'KERN_INVALID_NAME'],
    },
    mach_port_insert_right: {
      takes: z.object({ ...on, name: leaf.targetName(), right: anyRight() }),
      returns: none,
      raises: [],
      spoils: {
        MACH_SEND_INVALID_RIGHT: none, KERN_INVALID_TASK: none,
        KERN_INVALID_VALUE: none, KERN_INVALID_CAPABILITY: none,
        KERN_NAME_EXISTS: none, KERN_RIGHT_EXISTS: none, KERN_UREFS_OVERFLOW: none,
      },
    },
    mach_port_extract_right: {
      takes: z.object({ ...on, name: leaf.targetName(), disposition: z.enum([...dispositions, 'other']) }),
      returns: z.object({ name: leaf.name(), kind: z.enum(rightKinds) }),
      raises: ['KERN_INVALID_VALUE', 'KERN_INVALID_NAME', 'KERN_INVALID_RIGHT'],
    },
    mach_port_move_member: {
      takes: z.object({ ...on, member: leaf.targetName(), set: leaf.targetName() }),
      returns: none,
      raises: ['KERN_INVALID_NAME', 'KERN_INVALID_RIGHT', 'KERN_NOT_IN_SET'],
    },
    mach_port_get_set_status: {
      takes: z.object({ ...on, name: leaf.targetName() }),
      returns: z.object({ members: anyOrder(z.array(leaf.targetName())) }),
      raises: ['KERN_INVALID_NAME', 'KERN_INVALID_RIGHT'],
    },
    mach_port_get_receive_status: {
      takes: z.object({ ...on, name: leaf.targetName() }),
      returns: z.object({
        /** The set the port is in, or `MACH_PORT_NULL`. */
        set: leaf.targetName(),
        sequence: count(),
        makeSend: count(),
        queueLimit: count(),
        messages: count(),
        sendOnceRights: count(),
        sendRights: z.boolean(),
        portDestroyedRequest: z.boolean(),
        noSendersRequest: z.boolean(),
      }),
      raises: ['KERN_INVALID_NAME', 'KERN_INVALID_RIGHT'],
    },
    mach_port_set_qlimit: {
      takes: z.object({ ...on, name: leaf.targetName(), limit: count() }),
      returns: none,
      raises: ['KERN_INVALID_VALUE', 'KERN_INVALID_NAME', 'KERN_INVALID_RIGHT'],
    },
    mach_port_set_mscount: {
      takes: z.object({ ...on, name: leaf.targetName(), makeSend: count() }),
      returns: none,
      raises: ['KERN_INVALID_NAME', 'KERN_INVALID_RIGHT'],
    },
    mach_port_set_seqno: {
      takes: z.object({ ...on, name: leaf.targetName(), sequence: count() }),
      returns: none,
      raises: ['KERN_INVALID_NAME', 'KERN_INVALID_RIGHT'],
    },
    mach_port_request_notification: {
      takes: z.object({
        ...on,
        name: leaf.targetName(),
        kind: z.enum([...notificationKinds, 'other']),
        sync: count(),
        /** The send-once right to notify through; `MACH_PORT_NULL` cancels. */
        notify: z.object({ name: leaf.name(), disposition: z.enum(['make-send-once', 'move-send-once']) }),
      }),
      /** The right that was registered before, in the caller's space, or `MACH_PORT_NULL`. */
      returns: z.object({ previous: leaf.name() }),
      raises: [],
      spoils: {
        MACH_SEND_INVALID_RIGHT: none, KERN_INVALID_TASK: none,
        KERN_INVALID_VALUE: none, KERN_INVALID_CAPABILITY: none,
        KERN_INVALID_NAME: none, KERN_INVALID_RIGHT: none, KERN_INVALID_ARGUMENT: none,
        KERN_UREFS_OVERFLOW: none,
      },
    },
    mach_reply_port: { takes: z.object(by), returns: named, raises: [] },
    mach_task_self: { takes: z.object(by), returns: named, raises: [] },
    mach_thread_self: { takes: z.object(by), returns: named, raises: [] },
    mach_host_self: { takes: z.object(by), returns: named, raises: [] },
    mach_msg: {
      takes: z.object({
        ...by,
        options: z.array(z.enum(messageOptions)),
        /** The message to send; null: no send half. */
        send: sentMessage.nullable(),
        /** Where to receive from, and into how many bytes; null: no receive half. */
        receive: z.object({ name: leaf.name(), size: size() }).nullable(),
        /** Milliseconds; looked at only with a timeout option. 0 polls. */
        timeout: count(),
        /** Looked at only with a notify or cancel option. */
        notify: leaf.name(),
      }),
      returns: z.object({ message: receivedMessage.nullable() }),
      raises: [
        'MACH_SEND_MSG_TOO_SMALL', 'MACH_SEND_INVALID_HEADER', 'MACH_SEND_INVALID_DEST', 'MACH_SEND_INVALID_REPLY',
        'MACH_SEND_INVALID_NOTIFY', 'MACH_RCV_INVALID_NAME', 'MACH_RCV_IN_SET', 'MACH_RCV_TIMED_OUT',
        'MACH_RCV_INTERRUPTED', 'MACH_RCV_PORT_DIED', 'MACH_RCV_PORT_CHANGED',
      ],
      spoils: {
        /** The message was too short for its last item: what had been copied in is gone. */
        MACH_SEND_MSG_TOO_SMALL: none,
        MACH_SEND_INVALID_RIGHT: none, MACH_SEND_INVALID_TYPE: none, MACH_SEND_INVALID_MEMORY: none,
        /** The next four give the message back by pseudo-receive. */
        MACH_SEND_TIMED_OUT: receivedMessage,
        MACH_SEND_INTERRUPTED: receivedMessage,
        MACH_SEND_INVALID_NOTIFY: receivedMessage,
        MACH_SEND_NOTIFY_IN_PROGRESS: receivedMessage,
        MACH_SEND_WILL_NOTIFY: none,
        /** With `receive-large` the size the message needs; without, the header of the destroyed message. */
        MACH_RCV_TOO_LARGE: z.union([
          z.object({ tag: z.literal('kept'), size: size() }),
          z.object({ tag: z.literal('destroyed'), header }),
        ]),
        MACH_RCV_INVALID_NOTIFY: header,
        MACH_RCV_BODY_ERROR: receivedMessage,
        /** The send half had succeeded before these: the receive half changed nothing. */
        MACH_RCV_INVALID_NAME: none,
        MACH_RCV_IN_SET: none,
        MACH_RCV_TIMED_OUT: none,
        MACH_RCV_INTERRUPTED: none,
        MACH_RCV_PORT_DIED: none,
        MACH_RCV_PORT_CHANGED: none,
      },
      blocks: true,
    },
    task_create: {
      takes: z.object({
        ...on,
        inherit: z.boolean(),
        /** What the harness calls the new task from now on. */
        child: leaf.task(),
      }),
      returns: named,
      raises: [],
    },
    task_terminate: { takes: z.object(on), returns: none, raises: ['KERN_FAILURE'] },
    /** A thread that suspends itself or its own task has its answer once it is resumed. */
    task_suspend: { takes: z.object(on), returns: none, raises: [], blocks: true },
    task_resume: { takes: z.object(on), returns: none, raises: ['KERN_FAILURE'] },
    task_get_special_port: {
      takes: z.object({ ...on, which: z.enum([...taskPorts, 'other']) }),
      returns: named,
      raises: ['KERN_INVALID_ARGUMENT'],
    },
    task_set_special_port: {
      takes: z.object({ ...on, which: z.enum([...taskPorts, 'other']), port: z.object({ name: leaf.name(), disposition: sendDisposition }) }),
      returns: none,
      raises: [],
      spoils: { MACH_SEND_INVALID_RIGHT: none, KERN_INVALID_ARGUMENT: none },
    },
    mach_ports_register: {
      takes: z.object({
        ...on,
        ports: z.object({ names: z.array(leaf.name()), disposition: sendDisposition }),
      }),
      returns: none,
      raises: [],
      spoils: { MACH_SEND_INVALID_RIGHT: none, KERN_INVALID_ARGUMENT: none },
    },
    mach_ports_lookup: {
      takes: z.object(on),
      returns: z.object({ names: z.array(leaf.name()) }),
      raises: [],
    },
    thread_create: {
      takes: z.object({ ...on, child: leaf.thread() }),
      returns: named,
      raises: [],
    },
    thread_terminate: { takes: z.object(onThread), returns: none, raises: ['KERN_FAILURE'] },
    thread_suspend: { takes: z.object(onThread), returns: none, raises: [], blocks: true },
    thread_resume: { takes: z.object(onThread), returns: none, raises: ['KERN_FAILURE'] },
    thread_abort: { takes: z.object(onThread), returns: none, raises: ['KERN_INVALID_ARGUMENT'] },
    thread_get_special_port: {
      takes: z.object({ ...onThread, which: z.enum([...threadPorts, 'other']) }),
      returns: named,
      raises: ['KERN_INVALID_ARGUMENT'],
    },
    thread_set_special_port: {
      takes: z.object({ ...onThread, which: z.enum([...threadPorts, 'other']), port: z.object({ name: leaf.name(), disposition: sendDisposition }) }),
      returns: none,
      raises: [],
      spoils: { MACH_SEND_INVALID_RIGHT: none, KERN_INVALID_ARGUMENT: none },
    },
    ...memoryOperations({ by, on, name: leaf.name, task: leaf.task, right: () => sendRight, reply: () => replyRight }),
    swtch: { takes: z.object(by), returns: none, raises: [] },
    swtch_pri: { takes: z.object({ ...by, priority: z.int() }), returns: none, raises: [] },
    thread_switch: {
      takes: z.object({ ...by, to: leaf.name(), option: z.enum(['none', 'depress', 'wait', 'other']), milliseconds: count() }),
      returns: none,
      raises: ['KERN_INVALID_ARGUMENT'],
      blocks: true,
    },
    timeout: {
      takes: z.object({
        /** The thread whose wait has lasted as long as it asked. */
        waiting: leaf.thread(),
      }),
      returns: none,
      raises: [],
      spontaneous: true,
    },
  } as const satisfies Vocabulary;
}

type Shapes = ReturnType<typeof machVocabulary>;

/** Every call through a port may find no port there, or one that is not what the call is about. */
export type MissingPort = 'MACH_SEND_INVALID_DEST' | 'KERN_INVALID_TASK' | 'KERN_INVALID_ARGUMENT';
export type MachOperationName = keyof Shapes;

type Deep<T> = T extends number | string | boolean | null | undefined ? T
  : T extends readonly (infer Item)[] ? readonly Deep<Item>[]
  : { readonly [K in keyof T]: Deep<T[K]> };

/** The arguments of an operation, in the model's form. */
export type MachArguments<Op extends MachOperationName> = Deep<z.infer<Shapes[Op]['takes']>>;
export type MachReturns<Op extends MachOperationName> = Deep<z.infer<Shapes[Op]['returns']>>;
export type MachRaises<Op extends MachOperationName> =
  | Shapes[Op]['raises'][number]
  | (MachArguments<Op> extends { task: unknown } | { target: unknown } ? MissingPort : never);
export type MachSpoils<Op extends MachOperationName> = Shapes[Op] extends { spoils: infer Table }
  ? { [Error in keyof Table]: { error: Error; value: Table[Error] extends z.ZodType<infer V> ? Deep<V> : never } }[keyof Table]
  : never;
export type MachBlocks<Op extends MachOperationName> = Shapes[Op] extends { blocks: true } ? true : false;

export type SentMessage = NonNullable<MachArguments<'mach_msg'>['send']>;
export type SentItem = SentMessage['body'][number];
export type ReceivedMessage = NonNullable<MachReturns<'mach_msg'>['message']>;
export type ReceivedItem = ReceivedMessage['body'][number];
