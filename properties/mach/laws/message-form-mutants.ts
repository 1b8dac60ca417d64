import type { ReceivedItem, ReceivedMessage } from '#spec/mach/vocabulary';
import type { Item } from '#model/mach/state';
import type { Mechanisms } from '#model/mach/mechanisms';
import { copyinBody } from '#model/mach/messages/copyin-body';
import { copyinHeader } from '#model/mach/messages/copyin-header';
import { copyoutHeader, takeMessage } from '#model/mach/messages/receive';
import { sendMessage } from '#model/mach/messages/send';
import type { MachMutants } from '#properties/mach/obligation';

/** A kernel that alters what its receivers see. */
const onReceipt = (alter: (message: ReceivedMessage) => ReceivedMessage): Partial<Mechanisms> => ({
  takeMessage: (...asked) => {
    const received = takeMessage(...asked);
    return received.tag === 'received' ? { ...received, message: alter(received.message) } : received;
  },
});

const onItems = (alter: (item: ReceivedItem) => ReceivedItem) =>
  onReceipt((message) => ({ ...message, body: message.body.map(alter) }));

/** A kernel that alters the items it takes in. */
const onTaking = (alter: (item: Item) => Item): Partial<Mechanisms> => ({
  copyinBody: (...asked) => {
    const copied = copyinBody(...asked);
    return { ...copied, body: copied.body.map(alter) };
  },
});

export const messageFormMutants: MachMutants = {
  'header-kinds-stay-as-sent': {
    rule: 'mach/header-fields-swap-on-receipt',
    fault: 'the names of the header are swapped on receipt, and the dispositions are not',
    mechanisms: {
      copyoutHeader: (...asked) => {
        const { remote, local } = copyoutHeader(...asked);
        return { remote: { ...remote, kind: local.kind }, local: { ...local, kind: remote.kind } };
      },
    },
  },
  'reply-of-a-simple-message-is-dropped': {
    rule: 'mach/header-fields-swap-on-receipt',
    fault: 'a message sent through a send-once right arrives without its reply right',
    mechanisms: {
      copyinHeader: (world, task, header, cancel) => {
        const copied = copyinHeader(world, task, header, cancel);
        return copied.destination.kind === 'send-once' ? { ...copied, reply: { tag: 'null', kind: copied.reply.kind } } : copied;
      },
    },
  },
  'received-size-leaves-out-the-header': {
    rule: 'mach/header-fields-swap-on-receipt',
    fault: 'the size in a received header counts the body alone',
    mechanisms: onReceipt((message) => ({ ...message, size: message.size - 24 })),
  },
  'simple-bodies-are-translated': {
    rule: 'mach/simple-body-is-plain-bytes',
    fault: 'the type descriptors of a simple message are obeyed',
    mechanisms: {
      sendMessage: (world, thread, sent, ...rest) => sendMessage(world, thread, { ...sent, complex: true }, ...rest),
    },
  },
  'simple-messages-leave-the-reply-behind': {
    rule: 'mach/simple-body-is-plain-bytes',
    fault: 'a simple message carries no reply right',
    mechanisms: {
      sendMessage: (world, thread, sent, ...rest) => {
        const local = sent.complex ? sent.local : { name: 0 as typeof sent.local.name, disposition: null };
        return sendMessage(world, thread, { ...sent, local }, ...rest);
      },
    },
  },
  'items-arrive-in-reverse': {
    rule: 'mach/complex-body-is-typed-items',
    fault: 'the items of a body arrive in the opposite order',
    mechanisms: onReceipt((message) => ({ ...message, body: [...message.body].reverse() })),
  },
  'every-name-of-an-item-is-its-first': {
    rule: 'mach/complex-body-is-typed-items',
    fault: 'all the names of an array are reported as its first',
    mechanisms: onItems((item) => (item.tag === 'rights' ? { ...item, names: item.names.map(() => item.names[0]!) } : item)),
  },
  'opaque-items-are-cut-to-words': {
    rule: 'mach/complex-body-is-typed-items',
    fault: 'the last bytes of data that fill no word are lost in a complex message',
    mechanisms: onTaking((item) => (item.tag === 'data' ? { ...item, bytes: item.bytes.slice(0, item.bytes.length & ~7) } : item)),
  },
  'complex-flag-is-believed': {
    rule: 'mach/complex-flag-needs-ports-or-regions',
    fault: 'a message flagged complex stays so whatever it holds',
    mechanisms: { copyinBody: (...asked) => ({ ...copyinBody(...asked), complex: true }) },
  },
  'send-once-rights-are-announced-as-send': {
    rule: 'mach/received-type-names-the-right',
    fault: 'the type of a received send-once right says that it is a send right',
    mechanisms: onItems((item) => (item.tag === 'rights' && item.kind === 'send-once' ? { ...item, kind: 'send' } : item)),
  },
  'sequence-is-advanced-before-the-stamp': {
    rule: 'mach/kernel-stamps-the-sequence-number',
    fault: 'a message is stamped with the number after its own',
    mechanisms: { takeMessage: (world, thread, message, sequence, wait) => takeMessage(world, thread, message, sequence + 1, wait) },
  },
  'sequence-is-left-to-the-sender': {
    rule: 'mach/kernel-stamps-the-sequence-number',
    fault: 'messages that carry rights keep the sequence number of their sender, which is 0',
    mechanisms: onReceipt((message) => (message.complex ? { ...message, sequence: 0 } : message)),
  },
  'receiver-learns-who-sent': {
    rule: 'mach/receiver-learns-port-and-right-kind',
    fault: 'a received message says which thread sent it',
    mechanisms: {
      takeMessage: (world, thread, message, ...rest) => {
        const received = takeMessage(world, thread, message, ...rest);
        return received.tag === 'received' ? { ...received, message: { ...received.message, sender: message.sender } } : received;
      },
    },
  },
  'local-right-always-looks-like-send': {
    rule: 'mach/receiver-learns-port-and-right-kind',
    fault: 'the receiver cannot tell a send-once from a send right',
    mechanisms: onReceipt((message) => ({ ...message, local: { ...message.local, kind: 'send' } })),
  },
  'null-rights-make-a-message-simple': {
    rule: 'mach/port-items-keep-messages-complex',
    fault: 'port items without a right in them do not count',
    mechanisms: {
      copyinBody: (...asked) => {
        const copied = copyinBody(...asked);
        const complex = copied.body.some((item) => item.tag === 'rights' && item.rights.some(({ tag }) => tag === 'right'));
        return { ...copied, complex };
      },
    },
  },
  'unknown-types-become-integers': {
    rule: 'mach/port-items-keep-messages-complex',
    fault: 'data of an unknown type arrives as integers',
    mechanisms: onTaking((item) => (item.tag === 'data' && item.type === 99 ? { ...item, type: 2 } : item)),
  },
};
