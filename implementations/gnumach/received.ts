import { codeName, migBadId } from './codes.js';
import { headerBytes, typeNumbers } from './items.js';
import { kindName } from './operations.js';
import type { Disposition } from './program.js';
import { unplacedNumbers } from './memory.js';
import { type Brought, isRight, type Item, readItems, sizeOf } from './reply.js';
import type { Window } from './window.js';

const complexBit = 0x8000_0000;

interface Side { readonly name: number; readonly kind: string | null }

export interface Header {
  readonly id: number;
  readonly remote: Side;
  readonly local: Side;
  readonly complex: boolean;
  readonly size: number;
  readonly sequence: number;
}

export function readHeader(bytes: Buffer): Header {
  const bits = bytes.readUInt32LE(0);
  return {
    id: bytes.readInt32LE(20),
    remote: { name: bytes.readUInt32LE(8), kind: kindName(bits & 0xff) },
    local: { name: bytes.readUInt32LE(12), kind: kindName(bits >>> 8 & 0xff) },
    complex: (bits & complexBit) !== 0,
    size: bytes.readUInt32LE(4),
    sequence: bytes.readUInt32LE(16),
  };
}

const firstNotification = 64;
const lastNotification = 72;
const noSenders = 70;
const returnCodeReply = 32;

const hasNoReply = ({ remote }: Header): boolean => remote.name === 0 && remote.kind === null;

/** Whether the kernel sent this to notify: through a send-once right, and without a reply right. */
const isNotification = (header: Header): boolean =>
  header.id >= firstNotification && header.id <= lastNotification &&
  header.local.kind === 'send-once' && hasNoReply(header);

const wordsOf = ({ bytes, number }: Item): number[] =>
  Array.from({ length: number }, (_, at) => bytes.readUInt32LE(at * 4));

/** The kernel's refusal of a request it does not know. */
const isRefusal = (header: Header, item: Item): boolean =>
  header.size === returnCodeReply && hasNoReply(header) && item.type === typeNumbers.integer &&
  item.number === 1 && item.bits === 32 && item.bytes.readUInt32LE(0) === migBadId;

const dispositionNames: Readonly<Record<number, Disposition>> = {
  16: 'move-receive', 17: 'move-send', 18: 'move-send-once',
  19: 'copy-send', 20: 'make-send', 21: 'make-send-once',
};

/** Rights that came with a complex message, or their sender's names for them in a simple one. */
function describeRights(header: Header, item: Item): object {
  const { type, long } = item;
  const names = wordsOf(item);
  return header.complex
    ? { tag: 'rights', kind: kindName(type), names, long }
    : { tag: 'uninterpreted', disposition: dispositionNames[type], names, long };
}

/** Memory that came with a complex message, or the sender's address of it in a simple one. */
function describeRegion(header: Header, item: Item, window: Window): object {
  const { type, bits, long, deallocate } = item;
  const range = { address: item.address!, size: sizeOf(item) };
  const tag = header.complex ? 'region' : 'pointer';
  return { tag, type, bits, long, ...window.range(range), deallocate };
}

function describe(header: Header, item: Item, window: Window | null): object {
  if (!item.inline && window !== null) return describeRegion(header, item, window);
  if (isRight(item.type) && item.inline) return describeRights(header, item);
  if (isNotification(header)) {
    if (item.type === typeNumbers.name) return { tag: 'name', name: wordsOf(item)[0] };
    const isCount = item.type === typeNumbers.integer && header.id === noSenders;
    if (isCount) return { tag: 'count', count: wordsOf(item)[0] };
  }
  if (isRefusal(header, item)) return { tag: 'code', code: codeName(migBadId) };
  const { type, bits, bytes, long } = item;
  return { tag: 'data', type, bits, bytes: bytes.toString('hex'), long };
}

/** The one word of an item that is a number; null: it is something else. */
const numberIn = ({ type, bits, number, inline, bytes }: Item): number | null =>
  (inline && !isRight(type) && bits === 32 && number === 1 ? bytes.readUInt32LE(0) : null);

const withNumber = (item: Item, number: number): Item => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number >>> 0);
  return { ...item, bytes };
};

/** The items of a message that the kernel may have sent about memory, with numbers as the program knows them. */
function translated(header: Header, items: readonly Item[], window: Window): readonly Item[] {
  const numbers = items.map(numberIn).filter((number) => number !== null);
  const known = [...unplacedNumbers(header.id, numbers, window)];
  return items.map((item) => (numberIn(item) === null ? item : withNumber(item, known.shift()!)));
}

/** A whole message as the receiver found it. */
export function readMessage(brought: Brought, window: Window | null): Header & { body: object[] } {
  const header = readHeader(brought.bytes);
  const items = readItems(brought, headerBytes);
  const known = window === null ? items : translated(header, items, window);
  return { ...header, body: known.map((item) => describe(header, item, window)) };
}

/** A message that was given back to its sender: nobody has received it, so it has no sequence number. */
export const readReturned = (brought: Brought, window: Window | null): Header & { body: object[] } =>
  ({ ...readMessage(brought, window), sequence: 0 });
