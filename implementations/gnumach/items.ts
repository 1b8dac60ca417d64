import type { Disposition, Name } from './program.js';
import type { Range } from './window.js';
import { Words } from './words.js';

/** Numbers of the typed message format. */
export const typeNumbers = {
  boolean: 0,
  integer: 2,
  byte: 9,
  name: 15,
  'move-receive': 16,
  'move-send': 17,
  'move-send-once': 18,
  'copy-send': 19,
  'make-send': 20,
  'make-send-once': 21,
} as const;

const inlineBit = 1 << 28;
const longFormBit = 1 << 29;
const deallocateBit = 1 << 30;

export const headerBytes = 24;

/** How a name or an address stands in a message: as itself, as a reference, or counted from the beginning. */
type MentionSort = 0 | 1 | 2;

export interface Descriptor {
  readonly type: number;
  readonly bits: number;
  readonly number: number;
  readonly inline?: boolean;
  readonly long?: boolean;
  readonly deallocate?: boolean;
}

/** The largest number a short descriptor has room for. */
export const shortNumberLimit = 0xfff;

/**
 * The items of a message, written one after the other. Names are noted, so that the agent can put in those
 * that only become known while the program runs.
 */
export class Items {
  readonly mentions: number[] = [];
  private readonly content = new Words();
  private readonly start: number;

  /** `start`: how many bytes of the message stand before the items. */
  constructor(start: number) {
    this.start = start;
  }

  get bytes(): Buffer { return this.content.take(); }

  /** How many bytes of the message there are so far. */
  get end(): number { return this.start + this.content.length; }

  descriptor({ type, bits, number, inline = true, long = false, deallocate = false }: Descriptor): this {
    const flags = (inline ? inlineBit : 0) | (long ? longFormBit : 0) | (deallocate ? deallocateBit : 0);
    if (!long) this.content.word(type | bits << 8 | number << 16 | flags);
    else this.content.word(flags).word(type | bits << 16).word(number);
    return this;
  }

  word(value: number): this {
    this.content.word(value);
    return this;
  }

  /** Bytes, padded to whole words. */
  data(bytes: Uint8Array): this {
    this.content.bytes(bytes).bytes(new Uint8Array(-bytes.length & 3));
    return this;
  }

  name(name: Name): this {
    this.mention(typeof name === 'number' ? 0 : 1);
    return this.word(encodeName(name));
  }

  /** The address of what stands `offset` bytes after the beginning of the message. */
  address(offset: number): this {
    this.mention(2);
    return this.word(offset);
  }

  integer(value: number): this {
    return this.descriptor({ type: typeNumbers.integer, bits: 32, number: 1 }).word(value);
  }

  boolean(value: boolean): this {
    return this.descriptor({ type: typeNumbers.boolean, bits: 32, number: 1 }).word(value ? 1 : 0);
  }

  /** Bytes of the sender's memory. */
  region({ address, size }: Range, { type, bits, long, deallocate }: Required<Omit<Descriptor, 'number' | 'inline'>>): this {
    const number = bits === 0 ? 0 : Math.floor(size * 8 / bits);
    return this.descriptor({ type, bits, number, inline: false, long, deallocate }).word(address);
  }

  portName(name: Name): this {
    return this.descriptor({ type: typeNumbers.name, bits: 32, number: 1 }).name(name);
  }

  right(name: Name, disposition: Disposition | 'other'): this {
    const type = disposition === 'other' ? typeNumbers.integer : typeNumbers[disposition];
    return this.descriptor({ type, bits: 32, number: 1 }).name(name);
  }

  private mention(sort: MentionSort): void {
    this.mentions.push(this.end | sort << 16);
  }
}

/** One word for a name: itself, or the call and place it refers to. */
export const encodeName = (name: Name): number =>
  typeof name === 'number' ? name : (name.call << 16 | name.name) >>> 0;

export const isReference = (name: Name): boolean => typeof name !== 'number';
