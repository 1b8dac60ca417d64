import type { MessageCall, PlainCall } from './program.js';
import type { Range, Window } from './window.js';

/** The call of a program with addresses, sizes and offsets as the machine has them. */
export function placed(call: PlainCall, window: Window): PlainCall {
  const { address, size, data, source, destination, offset, mask, control } = call;
  /* How many bytes of the machine a size is depends on where it begins. */
  const start = data ?? source ?? (control === undefined ? address : offset) ?? 0;
  return {
    ...call,
    ...(address === undefined ? {} : { address: window.address(address) }),
    ...(data === undefined ? {} : { data: window.address(data) }),
    ...(source === undefined ? {} : { source: window.address(source) }),
    ...(destination === undefined ? {} : { destination: window.address(destination) }),
    ...(offset === undefined ? {} : { offset: window.offset(offset) }),
    ...(mask === undefined ? {} : { mask: window.mask(mask) }),
    ...(size === undefined ? {} : { size: window.size({ address: start, size }) }),
  };
}

/** A message call likewise: its regions are the sender's memory. */
export function placedMessage(call: MessageCall, window: Window): MessageCall {
  if (call.send === null) return call;
  const body = call.send.body.map((item) => (item.tag === 'region'
    ? { ...item, address: window.address(item.address), size: window.size(item) }
    : item));
  return { ...call, send: { ...call.send, body } };
}

/** The answer of a memory call as the program is to see it. */
export function unplaced(value: unknown, window: Window): unknown {
  if (typeof value !== 'object' || value === null || !('address' in value)) return value;
  if (!('size' in value)) return { ...value, address: window.programAddress(value.address as number) };
  const range = value as Range;
  /* What the agent keeps occupied may have grown together with what lies next to it. */
  const below = range.address === 0 ? 0 : Math.max(0, window.base - range.address);
  return { ...range, ...window.range({ address: range.address + below, size: range.size - below }) };
}

/** Which numbers of the kernel's own messages are offsets in an object, and lengths after the offset before. */
const pagerNumbers: Readonly<Record<number, readonly ('offset' | 'length' | 'other')[]>> = {
  2200: ['length'],
  2203: ['offset', 'length'],
  2204: ['offset', 'length'],
  2206: ['offset', 'length'],
  2207: ['offset', 'length', 'other', 'offset'],
  2208: ['offset'],
};
const exception = 2400;
const subcodeAt = 2;

/** Translates the numbers in a message of the kernel's about memory, in the order in which they stand there. */
export function unplacedNumbers(id: number, numbers: readonly number[], window: Window): readonly number[] {
  if (id === exception) return numbers.map((number, at) => (at === subcodeAt ? window.programAddress(number) : number));
  const kinds = pagerNumbers[id];
  if (kinds === undefined) return numbers;
  let start = 0;
  return numbers.map((number, at) => {
    if (kinds[at] === 'length') return window.programRange(start, number).size;
    if (kinds[at] !== 'offset') return number;
    start = number;
    return window.programRange(number, 0).address;
  });
}
