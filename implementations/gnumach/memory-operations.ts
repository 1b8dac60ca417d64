import type { Items } from './items.js';
import { typeNumbers } from './items.js';
import type { Request, Trap } from './operations.js';
import type { Inheritance, PlainCall, Protection } from './program.js';

/** The bits of a protection, and what the kernel calls the inheritances. */
const protectionBits = { read: 1, write: 2, execute: 4 };
const inheritanceNumbers = { share: 0, copy: 1, none: 2, other: 9 };

const protectionNumber = (some: readonly Protection[]): number =>
  some.reduce((bits, one) => bits | protectionBits[one], 0);

const protections = (bits: number): Protection[] =>
  (['read', 'write', 'execute'] as const).filter((one) => (bits & protectionBits[one]) !== 0);

const inheritances: readonly Inheritance[] = ['share', 'copy', 'none'];

const nothing = () => null;
const range = (call: PlainCall, items: Items): Items => items.integer(call.address!).integer(call.size!);

/** A description of bytes that a request refers to, long enough for any number of them. */
const bytes = { type: typeNumbers.byte, bits: 8, long: true, deallocate: false };

/**
 * The caller itself asks: where the call would have to wait for a pager, the agent must not. A program that is
 * about memory has nothing else in its caller's space that a request could disturb.
 */
const onSpace = {
  on: 'task', sender: 'caller', receiver: 'anyone', yields: 'nothing', answer: nothing,
} as const;

/** The requests that are about address spaces. Addresses are the machine's. */
export const memoryRequests: Readonly<Record<string, Request>> = {
  vm_allocate: {
    ...onSpace, id: 2021, answer: (reply) => ({ address: reply.word(0) }),
    items: (call, items) => range(call, items).boolean(call.anywhere!),
  },
  vm_deallocate: { ...onSpace, id: 2023, items: range },
  vm_protect: {
    ...onSpace, id: 2024,
    items: (call, items) => range(call, items).boolean(call.setMaximum!).integer(protectionNumber(call.protection!)),
  },
  vm_inherit: {
    ...onSpace, id: 2025,
    items: (call, items) => range(call, items).integer(inheritanceNumbers[call.inheritance!]),
  },
  vm_read: {
    ...onSpace, id: 2026, receiver: 'caller', items: range, answer: (reply) => reply.region(0),
  },
  vm_write: {
    ...onSpace, id: 2027, refers: true,
    items: (call, items) => items.integer(call.address!).region({ address: call.data!, size: call.size! }, bytes),
  },
  vm_copy: {
    ...onSpace, id: 2028,
    items: (call, items) => items.integer(call.source!).integer(call.size!).integer(call.destination!),
  },
  vm_region: {
    ...onSpace, id: 2029, items: (call, items) => items.integer(call.address!),
    answer: (reply) => ({
      address: reply.word(0), size: reply.word(1),
      protection: protections(reply.word(2)), maximum: protections(reply.word(3)),
      inheritance: inheritances[reply.word(4)] ?? null,
    }),
  },
  vm_map: {
    ...onSpace, id: 2089, answer: (reply) => ({ address: reply.word(0) }),
    items: (call, items) => range(call, items).integer(call.mask!).boolean(call.anywhere!)
      .right(call.object!.name, call.object!.disposition)
      .integer(call.offset!).boolean(call.copy!)
      .integer(protectionNumber(call.protection!)).integer(protectionNumber(call.maximum!))
      .integer(inheritanceNumbers[call.inheritance!]),
  },
};

/** What a pager says to the port by which it controls an object: messages that are not answered. */
export interface Word {
  readonly id: number;
  readonly items: (call: PlainCall, items: Items) => Items;
}

const strategyNumbers = { none: 0, delay: 2, temporary: 3 };
const returnNumbers = { nothing: 0, dirty: 1, all: 2 };

const place = (call: PlainCall, items: Items): Items => items.integer(call.offset!).integer(call.size!);
const replyTo = (call: PlainCall, items: Items): Items => items.right(call.reply!.name, call.reply!.disposition);
const attributes = (call: PlainCall, items: Items): Items =>
  items.boolean(call.cacheable!).integer(strategyNumbers[call.strategy!]);

export const pagerWords: Readonly<Record<string, Word>> = {
  memory_object_ready: { id: 2094, items: attributes },
  memory_object_data_supply: {
    id: 2093,
    items: (call, items) => replyTo(call, items.integer(call.offset!)
      .region({ address: call.data!, size: call.size! }, bytes)
      .integer(protectionNumber(call.lock!)).boolean(call.precious!)),
  },
  memory_object_data_unavailable: { id: 2039, items: place },
  memory_object_data_error: { id: 2090, items: (call, items) => place(call, items).integer(call.reason!) },
  memory_object_lock_request: {
    id: 2044,
    items: (call, items) => replyTo(call, place(call, items).integer(returnNumbers[call.clean!])
      .boolean(call.flush!).integer(protectionNumber(call.lock!))),
  },
  memory_object_change_attributes: { id: 2095, items: (call, items) => replyTo(call, attributes(call, items)) },
  memory_object_destroy: { id: 2092, items: (call, items) => items.integer(call.reason!) },
};

/** What a thread does by itself; the numbers are none of the kernel's, and known to the agent. */
export const touches: Readonly<Record<string, Trap>> = {
  load: { number: 1, arguments: (call) => [call.address!], result: 'byte' },
  store: { number: 2, arguments: (call) => [call.address!, Number.parseInt(call.byte!, 16)], result: 'nothing' },
};

export const isMemoryCall = (operation: string): boolean =>
  operation in memoryRequests || operation in pagerWords || operation in touches;
