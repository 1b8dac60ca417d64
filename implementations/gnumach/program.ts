import type { MemoryScope } from './window.js';

/**
 * The programs an adapter is asked to run: the vocabulary of Mach as it crosses the wire. Written down here
 * once more, because an adapter shares nothing with the suite but the protocol.
 */

/** A name in some task's space, or the name at place `name` in the answer to call `call`. */
export type Name = number | { readonly call: number; readonly name: number };

export type Disposition =
  | 'move-receive' | 'move-send' | 'move-send-once' | 'copy-send' | 'make-send' | 'make-send-once';
export type RightKind = 'receive' | 'send' | 'send-once';
export type NameRight = 'send' | 'receive' | 'send-once' | 'port-set' | 'dead-name';
export type TypeFlag = NameRight | 'dead-name-request' | 'msg-accepted-request';

export type MessageOption =
  | 'send-timeout' | 'send-notify' | 'send-cancel' | 'send-interrupt'
  | 'receive-timeout' | 'receive-notify' | 'receive-large' | 'receive-interrupt';

export type Protection = 'read' | 'write' | 'execute';
export type Inheritance = 'share' | 'copy' | 'none';

export type SentItem =
  | {
    /** Data of the sender's memory that the message refers to. */
    readonly tag: 'region';
    readonly type: number;
    readonly bits: number;
    readonly address: number;
    readonly size: number;
    readonly long: boolean;
    readonly deallocate: boolean;
  }
  | {
    readonly tag: 'data';
    readonly type: number;
    readonly bits: number;
    readonly bytes: string;
    readonly long: boolean;
    readonly deallocate: boolean;
  }
  | {
    readonly tag: 'rights';
    readonly disposition: Disposition;
    readonly names: readonly Name[];
    readonly bits: number;
    readonly long: boolean;
    readonly deallocate: boolean;
  };

export interface HeaderRight { readonly name: Name; readonly disposition: Disposition | null }

export interface SentMessage {
  readonly id: number;
  readonly remote: HeaderRight;
  readonly local: HeaderRight;
  readonly complex: boolean;
  readonly body: readonly SentItem[];
  readonly size: number | null;
}

/** The arguments of `mach_msg`. */
export interface MessageCall {
  readonly operation: 'mach_msg';
  readonly thread: string;
  readonly options: readonly MessageOption[];
  readonly send: SentMessage | null;
  readonly receive: { readonly name: Name; readonly size: number } | null;
  readonly timeout: number;
  readonly notify: Name;
}

/** Time has passed until the wait of a thread has expired: the one call without a caller. */
export interface TimeCall { readonly operation: 'timeout'; readonly waiting: string }

/** What a right is called in a call that takes one. */
export interface GivenRight { readonly name: Name; readonly disposition: Disposition | 'other' }

/**
 * Every other call. The arguments are read one by one, by the operation that takes them; which are there is
 * said in the vocabulary.
 */
export interface PlainCall {
  readonly operation: string;
  readonly thread: string;
  /** The task a call is for: `T2`, or a name in the caller's space. */
  readonly task?: string | Name;
  /** The thread a call is for: `t2`, or a name in the caller's space. */
  readonly target?: string | Name;
  readonly name?: Name;
  readonly to?: Name;
  readonly member?: Name;
  readonly set?: Name;
  readonly right?: NameRight | 'other' | GivenRight;
  readonly disposition?: Disposition | 'other';
  readonly delta?: number;
  readonly limit?: number;
  readonly makeSend?: number;
  readonly sequence?: number;
  readonly kind?: 'port-destroyed' | 'no-senders' | 'dead-name' | 'other';
  readonly sync?: number;
  readonly notify?: GivenRight;
  readonly which?: 'self' | 'exception' | 'bootstrap' | 'other';
  readonly port?: GivenRight;
  readonly ports?: { readonly names: readonly GivenRight['name'][]; readonly disposition: Disposition };
  readonly inherit?: boolean;
  /** What the harness calls the task or thread that the call makes. */
  readonly child?: string;
  readonly priority?: number;
  readonly option?: 'none' | 'depress' | 'wait' | 'other';
  readonly milliseconds?: number;
  /** What memory calls are about: a range, and other places in a space or an object. */
  readonly address?: number;
  readonly size?: number;
  readonly data?: number;
  readonly source?: number;
  readonly destination?: number;
  readonly offset?: number;
  readonly mask?: number;
  readonly anywhere?: boolean;
  readonly protection?: readonly Protection[];
  readonly maximum?: readonly Protection[];
  readonly setMaximum?: boolean;
  readonly inheritance?: Inheritance | 'other';
  readonly object?: GivenRight;
  readonly copy?: boolean;
  /** One byte, as two hexadecimal digits. */
  readonly byte?: string;
  /** The port by which a pager controls an object, and what it says there. */
  readonly control?: Name;
  readonly cacheable?: boolean;
  readonly strategy?: 'none' | 'delay' | 'temporary';
  readonly lock?: readonly Protection[];
  readonly precious?: boolean;
  readonly reason?: number;
  readonly clean?: 'nothing' | 'dirty' | 'all';
  readonly flush?: boolean;
  readonly reply?: GivenRight;
}

export type Call = MessageCall | TimeCall | PlainCall;

export interface Program {
  readonly case: string;
  readonly scope: { readonly threads: readonly number[]; readonly memory?: MemoryScope };
  readonly calls: readonly Call[];
}

/** What a thread was seen to do. */
export type Event =
  | { readonly tag: 'returned'; readonly thread: string; readonly value: unknown }
  | { readonly tag: 'raised'; readonly thread: string; readonly error: string; readonly value?: unknown }
  | { readonly tag: 'blocked' | 'ended' | 'indeterminate'; readonly thread: string }
  | { readonly tag: 'unsupported'; readonly thread: string; readonly why: string };

export interface Run { steps: { events: Event[] }[]; stopped?: string }

export const isMessage = (call: Call): call is MessageCall => call.operation === 'mach_msg';
export const isTime = (call: Call): call is TimeCall => call.operation === 'timeout';

/** The thread an event of this call would be about. */
export const callerOf = (call: Call): string => (isTime(call) ? call.waiting : (call as PlainCall).thread);
