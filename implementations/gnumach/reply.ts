import { typeNumbers } from './items.js';
import type { Range } from './window.js';

/** What came back of a call: a message or the results of a reply, and what their items refer to. */
export interface Brought { readonly bytes: Buffer; readonly regions: Buffer }

/** One item of a message, as it lies in the bytes. */
export interface Item {
  readonly type: number;
  readonly bits: number;
  readonly number: number;
  readonly inline: boolean;
  readonly long: boolean;
  readonly deallocate: boolean;
  /** The elements without padding; of an item by reference, what it refers to, if that was read. */
  readonly bytes: Buffer;
  /** Of an item by reference: where that lies. */
  readonly address: number | null;
}

const inlineBit = 1 << 28;
const longFormBit = 1 << 29;
const deallocateBit = 1 << 30;
const longDescriptor = 12;

function readDescriptor(message: Buffer, at: number): Omit<Item, 'bytes' | 'address'> & { length: number } {
  const word = message.readUInt32LE(at);
  const inline = (word & inlineBit) !== 0;
  const deallocate = (word & deallocateBit) !== 0;
  if ((word & longFormBit) === 0) {
    const [type, bits, number] = [word & 0xff, word >>> 8 & 0xff, word >>> 16 & 0xfff];
    return { type, bits, number, inline, long: false, deallocate, length: 4 };
  }
  const shape = message.readUInt32LE(at + 4);
  const number = message.readUInt32LE(at + 8);
  return {
    type: shape & 0xffff, bits: shape >>> 16, number, inline, long: true, deallocate, length: longDescriptor,
  };
}

/** Whether elements of this type are names: rights that are carried, or, in a simple message, only named. */
export const isRight = (type: number): boolean =>
  type >= typeNumbers['move-receive'] && type <= typeNumbers['make-send-once'];

const padded = (size: number): number => size + (-size & 3);

/** Whether there is room for a whole descriptor at `at`. */
function isDescriptor(message: Buffer, at: number): boolean {
  if (at + 4 > message.length) return false;
  return (message.readUInt32LE(at) & longFormBit) === 0 || at + longDescriptor <= message.length;
}

/** The items of a message, from the byte `at` on. */
export function readItems({ bytes: message, regions }: Brought, at: number): Item[] {
  const items: Item[] = [];
  let region = 0;
  while (isDescriptor(message, at)) {
    const { length, ...item } = readDescriptor(message, at);
    /* Names are words, also where a simple message says something else of them. */
    const bits = isRight(item.type) ? 32 : item.bits;
    const size = Math.ceil(bits * item.number / 8);
    const end = at + length + (item.inline ? padded(size) : 4);
    if (end > message.length) break;
    const bytes = item.inline
      ? message.subarray(at + length, at + length + size)
      : regions.subarray(region, region + size);
    const address = item.inline ? null : message.readUInt32LE(at + length);
    items.push({ ...item, bytes, address });
    if (!item.inline) region += padded(size);
    at = end;
  }
  return items;
}

/** How many bytes the elements of an item have. */
export const sizeOf = ({ bits, number }: Pick<Item, 'bits' | 'number'>): number => Math.ceil(bits * number / 8);

/** The results of a request that succeeded. */
export class Reply {
  readonly items: readonly Item[];

  constructor(brought: Brought) {
    this.items = readItems(brought, 0);
  }

  /** The words of result `at`. */
  list(at: number): number[] {
    const { bytes } = this.items[at]!;
    return Array.from({ length: bytes.length / 4 }, (_, word) => bytes.readUInt32LE(word * 4));
  }

  /** The one word of result `at`. */
  word(at: number): number { return this.list(at)[0]!; }

  /** The memory that result `at` refers to. */
  region(at: number): Range {
    const item = this.items[at]!;
    return { address: item.address!, size: sizeOf(item) };
  }

  /** The type number of result `at`. */
  type(at: number): number { return this.items[at]!.type; }
}
