import { codeName, migBadId } from './codes.js';
import { headerBytes, typeNumbers } from './items.js';
import { kindName } from './operations.js';
import type { Disposition } from './program.js';
import { type Brought, isRight, type Item, readItems } from './reply.js';

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

function describe(header: Header, item: Item): object {
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

/** A whole message as the receiver found it. */
export function readMessage(brought: Brought): Header & { body: object[] } {
  const header = readHeader(brought.bytes);
  const body = readItems(brought, headerBytes).map((item) => describe(header, item));
  return { ...header, body };
}

/** A message that was given back to its sender: nobody has received it, so it has no sequence number. */
export const readReturned = (brought: Brought): Header & { body: object[] } =>
  ({ ...readMessage(brought), sequence: 0 });
