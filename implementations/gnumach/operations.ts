import { type Items, typeNumbers } from './items.js';
import { memoryRequests, pagerWords, touches } from './memory-operations.js';
import type { GivenRight, NameRight, PlainCall, TypeFlag } from './program.js';
import type { Reply } from './reply.js';
import { Unsupported } from './unsupported.js';

/** What the names in the answer to a request are: nothing, the first value, the words of the first item. */
export type Yield = 'nothing' | 'value' | 'list';

/** An operation that is a request to the kernel. */
export interface Request {
  /** The number of the request in the kernel's interface. */
  readonly id: number;
  /** Which argument says what it is for. */
  readonly on: 'task' | 'target';
  /**
   * Whether it gives or takes rights of the caller's space, or does something to the caller: then the caller
   * itself must send it. Every other request may come from the agent when its target is given by identity.
   */
  readonly sender: 'anyone' | 'caller';
  /** Whether its reply brings rights, so that the caller must receive it. */
  readonly receiver: 'anyone' | 'caller';
  readonly makes?: 'task' | 'thread';
  readonly yields: Yield;
  /** Writes the arguments. */
  readonly items: (call: PlainCall, items: Items) => Items;
  /** What the arguments refer to, if something does not stand in the message: words. */
  readonly region?: (call: PlainCall, items: Items) => Items;
  /** Whether the message refers to memory of the caller's. */
  readonly refers?: boolean;
  /** Reads the results. */
  readonly answer: (reply: Reply) => unknown;
}

/** An operation that is a trap without a message. */
export interface Trap {
  readonly number: number;
  readonly arguments: (call: PlainCall) => readonly (number | NonNullable<PlainCall['to']>)[];
  /** What the result is: a name, a return code, a byte, nothing. */
  readonly result: 'name' | 'code' | 'byte' | 'nothing';
}

/** Stand for `other`: numbers that are none of those the operation knows. */
const noRight = 7;
const noDisposition = 1;
const noNotification = 1;
const noSpecialPort = 9;
const noOption = 9;

const rightNumbers = {
  'send': 0, 'receive': 1, 'send-once': 2, 'port-set': 3, 'dead-name': 4, 'other': noRight,
};
const notificationNumbers = {
  'port-destroyed': 69, 'no-senders': 70, 'dead-name': 72, 'other': noNotification,
};
const portNumbers = { self: 1, exception: 3, bootstrap: 4, other: noSpecialPort };
const optionNumbers = { none: 0, depress: 1, wait: 2, other: noOption };

const flagBits: readonly (readonly [TypeFlag, number])[] = [
  ['send', 1 << 16], ['receive', 1 << 17], ['send-once', 1 << 18], ['port-set', 1 << 19],
  ['dead-name', 1 << 20],
  ['dead-name-request', 1 << 31], ['msg-accepted-request', 1 << 30],
];
const typeFlags = (type: number): TypeFlag[] =>
  flagBits.filter(([, bit]) => (type & bit) !== 0).map(([flag]) => flag);

const kindNames: Readonly<Record<number, string>> = { 16: 'receive', 17: 'send', 18: 'send-once' };
export const kindName = (type: number): string | null => kindNames[type] ?? null;

const nothing = () => null;
const noItems = (_call: PlainCall, items: Items): Items => items;
const onlyName = (call: PlainCall, items: Items): Items => items.portName(call.name!);
const whichPort = (call: PlainCall, items: Items): Items => items.integer(portNumbers[call.which!]);
const rightNumber = (call: PlainCall): number => rightNumbers[call.right as NameRight | 'other'];
const answerName = (reply: Reply) => ({ name: reply.word(0) });

const onTask = {
  on: 'task', sender: 'anyone', receiver: 'anyone', yields: 'nothing', answer: nothing,
} as const;
const giving = { ...onTask, sender: 'caller' } as const;
const taking = {
  ...giving, receiver: 'caller', yields: 'value', answer: answerName,
} as const;
const onThread = { ...giving, on: 'target', items: noItems } as const;

/** The most rights `mach_ports_register` can be sent in one message of ours. */
const registerLimit = 64;

function registerItems(call: PlainCall, items: Items): Items {
  const { names, disposition } = call.ports!;
  if (names.length > registerLimit) throw new Unsupported(`more than ${registerLimit} ports to register`);
  const byReference = { inline: false, long: true };
  items.descriptor({ type: typeNumbers[disposition], bits: 32, number: names.length, ...byReference });
  return items.address(items.end + 4);
}

export const requests: Readonly<Record<string, Request>> = {
  mach_port_names: {
    ...onTask, id: 3200, yields: 'list', items: noItems,
    answer: (reply) => {
      const types = reply.list(1);
      return { names: reply.list(0).map((name, at) => ({ name, type: typeFlags(types[at]!) })) };
    },
  },
  mach_port_type: {
    ...onTask, id: 3201, items: onlyName, answer: (reply) => ({ type: typeFlags(reply.word(0)) }),
  },
  mach_port_rename: {
    ...onTask, id: 3202, items: (call, items) => items.portName(call.name!).portName(call.to!),
  },
  mach_port_allocate_name: {
    ...onTask, id: 3203, items: (call, items) => items.integer(rightNumber(call)).portName(call.name!),
  },
  mach_port_allocate: {
    ...onTask, id: 3204, yields: 'value', answer: answerName,
    items: (call, items) => items.integer(rightNumber(call)),
  },
  mach_port_destroy: { ...onTask, id: 3205, items: onlyName },
  mach_port_deallocate: { ...onTask, id: 3206, items: onlyName },
  mach_port_get_refs: {
    ...onTask, id: 3207, answer: (reply) => ({ refs: reply.word(0) }),
    items: (call, items) => items.portName(call.name!).integer(rightNumber(call)),
  },
  mach_port_mod_refs: {
    ...onTask, id: 3208,
    items: (call, items) => items.portName(call.name!).integer(rightNumber(call)).integer(call.delta!),
  },
  mach_port_set_qlimit: {
    ...onTask, id: 3210, items: (call, items) => items.portName(call.name!).integer(call.limit!),
  },
  mach_port_set_mscount: {
    ...onTask, id: 3211, items: (call, items) => items.portName(call.name!).integer(call.makeSend!),
  },
  mach_port_get_set_status: {
    ...onTask, id: 3212, yields: 'list', items: onlyName, answer: (reply) => ({ members: reply.list(0) }),
  },
  mach_port_move_member: {
    ...onTask, id: 3213, items: (call, items) => items.portName(call.member!).portName(call.set!),
  },
  mach_port_request_notification: {
    ...taking, id: 3214, answer: (reply) => ({ previous: reply.word(0) }),
    items: (call, items) => items.portName(call.name!)
      .integer(notificationNumbers[call.kind!]).integer(call.sync!)
      .right(call.notify!.name, call.notify!.disposition),
  },
  mach_port_insert_right: {
    ...giving, id: 3215,
    items: (call, items) => {
      const { name, disposition } = call.right as GivenRight;
      return items.portName(call.name!).right(name, disposition);
    },
  },
  mach_port_extract_right: {
    ...taking, id: 3216, answer: (reply) => ({ name: reply.word(0), kind: kindName(reply.type(0)) }),
    items: (call, items) => items.portName(call.name!)
      .integer(call.disposition === 'other' ? noDisposition : typeNumbers[call.disposition!]),
  },
  mach_port_get_receive_status: {
    ...onTask, id: 3217, yields: 'value', items: onlyName,
    answer: (reply) => {
      const [set, sequence, makeSend, queueLimit, messages, sendOnceRights, ...flags] = reply.list(0);
      const [sendRights, portDestroyedRequest, noSendersRequest] = flags.map((flag) => flag !== 0);
      return {
        set, sequence, makeSend, queueLimit, messages, sendOnceRights,
        sendRights, portDestroyedRequest, noSendersRequest,
      };
    },
  },
  mach_port_set_seqno: {
    ...onTask, id: 3218, items: (call, items) => items.portName(call.name!).integer(call.sequence!),
  },
  task_create: { ...taking, id: 2007, makes: 'task', items: (call, items) => items.boolean(call.inherit!) },
  task_terminate: { ...giving, id: 2008, items: noItems },
  task_suspend: { ...giving, id: 2056, items: noItems },
  task_resume: { ...giving, id: 2057, items: noItems },
  task_get_special_port: { ...taking, id: 2058, items: whichPort },
  task_set_special_port: {
    ...giving, id: 2059,
    items: (call, items) => whichPort(call, items).right(call.port!.name, call.port!.disposition),
  },
  mach_ports_register: {
    ...giving, id: 2033, items: registerItems,
    region: (call, items) => {
      for (const name of call.ports!.names) items.name(name);
      return items;
    },
  },
  mach_ports_lookup: {
    ...taking, id: 2034, yields: 'list', items: noItems, answer: (reply) => ({ names: reply.list(0) }),
  },
  thread_create: { ...taking, id: 2061, makes: 'thread', items: noItems },
  thread_terminate: { ...onThread, id: 2016 },
  thread_suspend: { ...onThread, id: 2062 },
  thread_resume: { ...onThread, id: 2063 },
  thread_abort: { ...onThread, id: 2064 },
  thread_get_special_port: {
    ...taking, on: 'target', id: 2067, items: whichPort,
  },
  thread_set_special_port: {
    ...onThread, id: 2068,
    items: (call, items) => whichPort(call, items).right(call.port!.name, call.port!.disposition),
  },
  ...memoryRequests,
};

const self = (number: number): Trap => ({ number, arguments: () => [], result: 'name' });

export const traps: Readonly<Record<string, Trap>> = {
  mach_reply_port: self(26),
  mach_thread_self: self(27),
  mach_task_self: self(28),
  mach_host_self: self(29),
  swtch_pri: { number: 59, arguments: (call) => [call.priority!], result: 'nothing' },
  swtch: { number: 60, arguments: () => [], result: 'nothing' },
  thread_switch: {
    number: 61, result: 'code',
    arguments: (call) => [call.to!, optionNumbers[call.option!], call.milliseconds!],
  },
  ...touches,
};

/** The operations this adapter implements. */
export const operationNames: readonly string[] =
  ['mach_msg', 'timeout', ...Object.keys(requests), ...Object.keys(pagerWords), ...Object.keys(traps)];
