import { entryOf, isReceive, setEntry } from '#model/mach/entries';
import { copyinBody } from '#model/mach/messages/copyin-body';
import { copyinHeader } from '#model/mach/messages/copyin-header';
import { sendMessage } from '#model/mach/messages/send';
import { destroyMessage } from '#model/mach/messages/destroy-message';
import { killPort } from '#model/mach/ports/destroy-port';
import { change } from '#model/operation';
import type { Mechanisms } from '#model/mach/mechanisms';
import type { SentMessage } from '#spec/mach/vocabulary';
import type { Entry } from '#model/mach/state';
import type { MachMutants } from '#properties/mach/obligation';

/** A kernel that takes other messages in than its callers send. */
const onSending = (alter: (sent: SentMessage) => SentMessage): Partial<Mechanisms> => ({
  sendMessage: (world, thread, sent, ...rest) => sendMessage(world, thread, alter(sent), ...rest),
});

/** A kernel that answers with another error where it refuses a message. */
const onRefusal = (from: string, to: 'MACH_SEND_INVALID_DEST' | 'MACH_SEND_INVALID_HEADER' | 'MACH_SEND_INVALID_REPLY'): Partial<Mechanisms> => ({
  sendMessage: (...asked) => {
    const sent = sendMessage(...asked);
    return sent.tag === 'refused' && sent.error === from ? { ...sent, error: to } : sent;
  },
});

export const refusedSendMutants: MachMutants = {
  'misaligned-sizes-are-rounded': {
    rule: 'mach/malformed-size-refuses-the-send',
    fault: 'a size that is no multiple of a word is rounded down instead of refused',
    mechanisms: onSending((sent) => (sent.size !== null && sent.size >= 24 ? { ...sent, size: sent.size & ~3 } : sent)),
  },
  'size-below-a-header-is-forgiven': {
    rule: 'mach/malformed-size-refuses-the-send',
    fault: 'a message shorter than its header is sent as a header alone',
    mechanisms: onSending((sent) => (sent.size !== null && sent.size < 24 ? { ...sent, size: 24 } : sent)),
  },
  'overrunning-item-is-cut-off': {
    rule: 'mach/malformed-size-refuses-the-send',
    fault: 'an item that runs over the end of a complex message is left out without a word',
    mechanisms: {
      copyinBody: (...asked) => {
        const copied = copyinBody(...asked);
        return copied.error === 'MACH_SEND_MSG_TOO_SMALL' ? { ...copied, error: null } : copied;
      },
    },
  },
  'move-receive-is-a-bad-destination': {
    rule: 'mach/bad-disposition-refuses-the-send',
    fault: 'a disposition that is none for a destination is reported as a bad right',
    mechanisms: onRefusal('MACH_SEND_INVALID_HEADER', 'MACH_SEND_INVALID_DEST'),
  },
  'reply-without-disposition-is-no-reply': {
    rule: 'mach/bad-disposition-refuses-the-send',
    fault: 'a reply name without a disposition is overlooked',
    mechanisms: onSending((sent) => (sent.local.disposition === null ? { ...sent, local: { ...sent.local, name: 0 as never } } : sent)),
  },
  'bad-destination-is-a-bad-header': {
    rule: 'mach/bad-destination-refuses-the-send',
    fault: 'a destination without the right its disposition needs is reported as a bad header',
    mechanisms: onRefusal('MACH_SEND_INVALID_DEST', 'MACH_SEND_INVALID_HEADER'),
  },
  'refused-destination-loses-a-reference': {
    rule: 'mach/bad-destination-refuses-the-send',
    fault: 'a send to a dead name uses up one of its references',
    mechanisms: {
      sendMessage: (world, thread, sent, ...rest) => {
        const outcome = sendMessage(world, thread, sent, ...rest);
        const { task } = world.state.threads[thread]!;
        const entry = entryOf(world.state, task, sent.remote.name);
        if (outcome.tag !== 'refused' || entry?.tag !== 'dead' || sent.remote.disposition !== 'move-send') return outcome;
        setEntry(world.state, task, sent.remote.name, entry.refs > 1 ? { ...entry, refs: entry.refs - 1 } : null);
        return { ...outcome, touched: true };
      },
    },
  },
  'bad-reply-is-no-reply': {
    rule: 'mach/bad-reply-refuses-the-send',
    fault: 'a reply name that is unknown is taken for none',
    mechanisms: {
      sendMessage: (world, thread, sent, ...rest) => {
        const entry = entryOf(world.state, world.state.threads[thread]!.task, sent.local.name);
        return sendMessage(world, thread, entry === null ? { ...sent, local: { ...sent.local, name: 0 as never } } : sent, ...rest);
      },
    },
  },
  'dead-reply-is-refused': {
    rule: 'mach/bad-reply-refuses-the-send',
    fault: 'a dead reply name is refused',
    mechanisms: {
      sendMessage: (world, thread, sent, ...rest) => {
        const entry = entryOf(world.state, world.state.threads[thread]!.task, sent.local.name);
        return entry?.tag === 'dead' ? { tag: 'refused', error: 'MACH_SEND_INVALID_REPLY', touched: false } : sendMessage(world, thread, sent, ...rest);
      },
    },
  },
  'two-bad-rights-are-a-bad-header': {
    rule: 'mach/either-header-right-may-be-blamed',
    fault: 'where both header rights are bad, the header is blamed',
    mechanisms: {
      sendMessage: (world, thread, sent, ...rest) => {
        const { task } = world.state.threads[thread]!;
        const isBad = (entry: Entry | null) => entry === null || entry.tag === 'set';
        const both = [sent.remote, sent.local].every(({ name, disposition }) =>
          name > 0 && disposition !== null && disposition !== 'move-receive' && isBad(entryOf(world.state, task, name)));
        return both && (sent.size ?? 24) >= 24 ? { tag: 'refused', error: 'MACH_SEND_INVALID_HEADER', touched: false } : sendMessage(world, thread, sent, ...rest);
      },
    },
  },
  'bad-body-lets-the-message-go-on': {
    rule: 'mach/bad-body-destroys-the-message',
    fault: 'a message is sent without the body right that its sender does not hold',
    mechanisms: {
      copyinBody: (...asked) => {
        const copied = copyinBody(...asked);
        return copied.error === 'MACH_SEND_INVALID_RIGHT' ? { ...copied, error: null } : copied;
      },
    },
  },
  'bad-body-leaks-the-rights-taken': {
    rule: 'mach/bad-body-destroys-the-message',
    fault: 'the rights taken before a body fails are not destroyed',
    mechanisms: {
      copyinBody: (...asked) => {
        const copied = copyinBody(...asked);
        return copied.error === null ? copied : { ...copied, body: [] };
      },
    },
  },
  'bad-body-forgets-the-reply-right': {
    rule: 'mach/bad-body-destroys-the-message',
    fault: 'the reply right of a message with a bad body is dropped in silence',
    mechanisms: {
      copyinBody: (world, task, message, destination) => {
        const copied = copyinBody(world, task, message, destination);
        const entry = entryOf(world.state, task, message.local.name);
        if (copied.error !== null && message.local.disposition === 'make-send-once' && isReceive(entry)) change(world.state.ports[entry.port]!).sendOnceRights -= 1;
        return copied;
      },
    },
  },
  'later-items-are-taken-before-the-failure': {
    rule: 'mach/failing-item-spares-later-ones',
    fault: 'the items after one that fails are taken before the failure is reported',
    mechanisms: {
      copyinBody: (world, task, message, destination) => {
        const copied = copyinBody(world, task, message, destination);
        if (copied.error === null) return copied;
        const later = { ...message, body: message.body.slice(copied.body.length + (copied.error === 'MACH_SEND_INVALID_RIGHT' ? 0 : 1)) };
        return { ...copied, body: [...copied.body, ...copyinBody(world, task, { ...later, size: null }, destination).body] };
      },
    },
  },
  'deallocate-is-ignored-inline': {
    rule: 'mach/failing-item-spares-later-ones',
    fault: 'an inline item with the deallocate bit is taken like any other',
    mechanisms: onSending((sent) => ({ ...sent, body: sent.body.map((item) => ({ ...item, deallocate: false })) })),
  },
  'type-of-the-wrong-size-is-a-bad-right': {
    rule: 'mach/failing-item-spares-later-ones',
    fault: 'a port item that is not of 32 bits is reported as a right that is not held',
    mechanisms: {
      copyinBody: (...asked) => {
        const copied = copyinBody(...asked);
        return copied.error === 'MACH_SEND_INVALID_TYPE' ? { ...copied, error: 'MACH_SEND_INVALID_RIGHT' } : copied;
      },
    },
  },
  'failed-body-returns-the-destination': {
    rule: 'mach/body-items-may-go-in-any-order',
    fault: 'the destination right is given back where a body fails',
    mechanisms: {
      sendMessage: (world, thread, sent, ...rest) => {
        const { task } = world.state.threads[thread]!;
        const entry = entryOf(world.state, task, sent.remote.name);
        const outcome = sendMessage(world, thread, sent, ...rest);
        if (outcome.tag !== 'destroyed' || sent.remote.disposition !== 'move-send' || entry?.tag !== 'port') return outcome;
        if (world.state.ports[entry.port]!.life === 'live') world.mechanisms.copyout(world, task, { tag: 'right', port: entry.port, kind: 'send' });
        if (world.state.ports[entry.port]!.life === 'live') change(world.state.ports[entry.port]!).sendRights += 1;
        setEntry(world.state, task, sent.remote.name, entry);
        return outcome;
      },
    },
  },
  'missing-right-is-a-bad-type': {
    rule: 'mach/body-items-may-go-in-any-order',
    fault: 'a right that is not held is reported as a bad type',
    mechanisms: {
      copyinBody: (...asked) => {
        const copied = copyinBody(...asked);
        return copied.error === 'MACH_SEND_INVALID_RIGHT' ? { ...copied, error: 'MACH_SEND_INVALID_TYPE' } : copied;
      },
    },
  },
  'null-reply-has-no-kind': {
    rule: 'mach/null-reply-keeps-its-kind',
    fault: 'the kind that a reply of NULL or DEAD would have had is lost',
    mechanisms: {
      copyinHeader: (...asked) => {
        const copied = copyinHeader(...asked);
        return copied.reply.tag === 'right' ? copied : { ...copied, reply: { ...copied.reply, kind: null } };
      },
    },
  },
  'dead-reply-arrives-as-null': {
    rule: 'mach/null-reply-keeps-its-kind',
    fault: 'a reply of DEAD arrives as NULL',
    mechanisms: {
      copyinHeader: (...asked) => {
        const copied = copyinHeader(...asked);
        return copied.reply.tag === 'dead' ? { ...copied, reply: { tag: 'null', kind: copied.reply.kind } } : copied;
      },
    },
  },
  'sender-of-a-dying-port-is-refused': {
    rule: 'mach/dying-port-may-accept-or-refuse',
    fault: 'a sender that waits at a port that dies is told that its destination is no good',
    mechanisms: {
      killPort: (world, id) => {
        const waiting = [...world.state.ports[id]!.senders];
        killPort(world, id);
        for (const thread of waiting) {
          const { run } = world.state.threads[thread]!;
          if (run.tag !== 'sending') continue;
          world.mechanisms.destroyMessage(world, run.message);
          change(world.state.threads[thread]!).run = { tag: 'answered', error: 'MACH_SEND_INVALID_DEST', size: 0, given: null };
        }
      },
    },
  },
  'message-to-a-dying-port-leaks': {
    rule: 'mach/dying-port-may-accept-or-refuse',
    fault: 'the message of a sender that waits at a port that dies vanishes with its rights uncounted',
    mechanisms: {
      destroyMessage: (world, message) => {
        const { life } = world.state.ports[message.destination.port]!;
        const waits = life === 'dead' && message.moment === 0 && message.sender >= 0;
        destroyMessage(world, waits ? { ...message, reply: { tag: 'null', kind: null }, body: [] } : message);
      },
    },
  },
};
