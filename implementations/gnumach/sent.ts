import { headerBytes, Items, shortNumberLimit, typeNumbers } from './items.js';
import type { HeaderRight, MessageOption, SentItem, SentMessage } from './program.js';
import { Unsupported } from './unsupported.js';

/** The room a thread has for a message; must agree with the agent. */
export const messageCapacity = 32768 - 1024 - 64;

export const complexBit = 0x8000_0000;

export const sendBit = 0x1;
export const receiveBit = 0x2;
const optionBits: Readonly<Record<MessageOption, number>> = {
  'send-timeout': 0x10,
  'send-notify': 0x20,
  'send-interrupt': 0x40,
  'send-cancel': 0x80,
  'receive-timeout': 0x100,
  'receive-notify': 0x200,
  'receive-interrupt': 0x400,
  'receive-large': 0x800,
};

export const optionWord = (options: readonly MessageOption[]): number =>
  options.reduce((word, option) => word | optionBits[option], 0);

const dispositionNumber = ({ disposition }: HeaderRight): number =>
  disposition === null ? 0 : typeNumbers[disposition];

function checkNumber(number: number, long: boolean): void {
  if (number > shortNumberLimit && !long) {
    throw new Unsupported(`an item of ${number} elements needs a long descriptor`);
  }
}

function writeItem(items: Items, item: SentItem): void {
  const { bits, long, deallocate } = item;
  if (item.tag === 'region') {
    checkNumber(bits === 0 ? 0 : item.size * 8 / bits, long || item.size === 0);
    items.region(item, item);
    return;
  }
  if (item.tag === 'data') {
    const bytes = Buffer.from(item.bytes, 'hex');
    const number = bits === 0 ? 0 : Math.floor(bytes.length * 8 / bits);
    checkNumber(number, long);
    items.descriptor({ type: item.type, bits, number, long, deallocate }).data(bytes);
    return;
  }
  checkNumber(item.names.length, long);
  const type = typeNumbers[item.disposition];
  items.descriptor({ type, bits, number: item.names.length, long, deallocate });
  for (const name of item.names) items.name(name);
}

/** A message as the thread's buffer is to hold it, and how much of the buffer is sent. */
export interface Encoded { readonly items: Items; readonly size: number }

export function encodeMessage(message: SentMessage): Encoded {
  const items = new Items(0);
  const bits = dispositionNumber(message.remote) | dispositionNumber(message.local) << 8;
  items.word((bits | (message.complex ? complexBit : 0)) >>> 0).word(0);
  items.name(message.remote.name).name(message.local.name);
  items.word(0).word(message.id);
  for (const item of message.body) writeItem(items, item);
  const exact = items.end;
  const size = message.size ?? exact;
  const room = Math.max(size, exact);
  if (room > messageCapacity) throw new Unsupported(`a message of ${room} bytes`);
  /* Behind the message there is nothing but zeros, whatever was in the buffer before. */
  items.data(new Uint8Array(Math.max(0, size - exact)));
  return { items, size };
}

/** What stands in the buffer of a call that sends nothing. */
export const emptyMessage = (): Encoded =>
  ({ items: new Items(0).data(new Uint8Array(headerBytes)), size: 0 });
