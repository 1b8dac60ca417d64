import { headerBytes } from './items.js';

/** One item of a message, as it lies in the bytes. */
export interface Item {
  readonly type: number;
  readonly bits: number;
  readonly number: number;
  readonly inline: boolean;
  readonly long: boolean;
  /** The elements without padding; of an item by reference, what it refers to. */
  readonly bytes: Buffer;
}

const inlineBit = 1 << 28;
const longFormBit = 1 << 29;
const longDescriptor = 12;

function readDescriptor(message: Buffer, at: number): Omit<Item, 'bytes'> & { length: number } {
  const word = message.readUInt32LE(at);
  const inline = (word & inlineBit) !== 0;
  if ((word & longFormBit) === 0) {
    return { type: word & 0xff, bits: word >>> 8 & 0xff, number: word >>> 16 & 0xfff, inline, long: false, length: 4 };
  }
  const shape = message.readUInt32LE(at + 4);
  const number = message.readUInt32LE(at + 8);
  return { type: shape & 0xffff, bits: shape >>> 16, number, inline, long: true, length: longDescriptor };
}

const padded = (size: number): number => size + (-size & 3);

/** How many bytes of `message` are missing for a whole descriptor at `at`; 0 when it is there. */
function isDescriptor(message: Buffer, at: number, end: number): boolean {
  if (at + 4 > end) return false;
  return (message.readUInt32LE(at) & longFormBit) === 0 || at + longDescriptor <= end;
}

/**
 * The items of a message. `report` is the message and, behind it, what its items by reference refer to.
 */
export function readItems(report: Buffer, size: number, start: number): Item[] {
  const items: Item[] = [];
  let at = start;
  let region = padded(size);
  while (isDescriptor(report, at, size)) {
    const { length, ...item } = readDescriptor(report, at);
    const bytes = Math.ceil(item.bits * item.number / 8);
    const from = item.inline ? at + length : region;
    const end = at + length + (item.inline ? padded(bytes) : 4);
    if (end > size) break;
    items.push({ ...item, bytes: report.subarray(from, from + bytes) });
    if (!item.inline) region += padded(bytes);
    at = end;
  }
  return items;
}

/** The kernel's reply to a request: a return code, and results that are there when it is 0. */
export class Reply {
  readonly code: number;
  readonly items: readonly Item[];

  constructor(report: Buffer) {
    const replyItems = headerBytes + 8;
    this.code = report.readUInt32LE(headerBytes + 4);
    const size = report.readUInt32LE(4);
    this.items = this.code === 0 ? readItems(report, size, replyItems) : [];
  }

  /** The words of result `at`. */
  list(at: number): number[] {
    const { bytes } = this.items[at]!;
    return Array.from({ length: bytes.length / 4 }, (_, word) => bytes.readUInt32LE(word * 4));
  }

  /** The one word of result `at`. */
  word(at: number): number { return this.list(at)[0]!; }

  /** The type number of result `at`. */
  type(at: number): number { return this.items[at]!.type; }
}
