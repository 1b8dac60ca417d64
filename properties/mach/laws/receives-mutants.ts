import type { ReceivedMessage } from '#spec/mach/vocabulary';
import { entryOf, isReceive } from '#model/mach/entries';
import { nextMessage, receiveMessage, takeMessage, type Received } from '#model/mach/messages/receive';
import { deliver } from '#model/mach/messages/enqueue';
import { change } from '#model/operation';
import type { Mechanisms } from '#model/mach/mechanisms';
import { altered } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';

/** A kernel whose headers of destroyed messages are other than they should be. */
const onDestroyed = (alter: (received: Extract<Received, { tag: 'destroyed' }>) => Received): Partial<Mechanisms> => ({
  takeMessage: (...asked) => {
    const received = takeMessage(...asked);
    return received.tag === 'destroyed' ? alter(received) : received;
  },
});

export const receiveMutants: MachMutants = {
  'send-rights-can-be-received-from': {
    rule: 'mach/receive-targets-a-port-or-set',
    fault: 'whoever holds a send right waits for the messages of its port',
    mechanisms: {
      receiveMessage: (world, thread, wait) => {
        const { task } = world.state.threads[thread]!;
        const entry = entryOf(world.state, task, wait.name.name);
        if (entry?.tag !== 'port' || entry.receive || world.state.ports[entry.port]!.set !== null) return receiveMessage(world, thread, wait);
        world.mechanisms.waitForMessage(world, thread, { tag: 'port', port: entry.port }, wait);
        return { tag: 'waiting' };
      },
    },
  },
  'empty-sets-cannot-be-received-from': {
    rule: 'mach/receive-targets-a-port-or-set',
    fault: 'a set without members is refused as a bad name',
    mechanisms: {
      receiveMessage: (world, thread, wait) => {
        const entry = entryOf(world.state, world.state.threads[thread]!.task, wait.name.name);
        return entry?.tag === 'set' && world.state.ports.every(({ set }) => set !== entry.set)
          ? { tag: 'refused', error: 'MACH_RCV_INVALID_NAME' } : receiveMessage(world, thread, wait);
      },
    },
  },
  'dead-names-have-died-in-waiting': {
    rule: 'mach/receive-refuses-other-names',
    fault: 'a receive from a dead name reports that the port died',
    mechanisms: {
      receiveMessage: (world, thread, wait) => (entryOf(world.state, world.state.threads[thread]!.task, wait.name.name)?.tag === 'dead'
        ? { tag: 'refused', error: 'MACH_RCV_PORT_DIED' } : receiveMessage(world, thread, wait)),
    },
  },
  'members-can-be-received-from': {
    rule: 'mach/receive-refuses-set-members',
    fault: 'a receive from a member of a set takes its messages',
    mechanisms: {
      receiveMessage: (world, thread, wait) => {
        const entry = entryOf(world.state, world.state.threads[thread]!.task, wait.name.name);
        if (!isReceive(entry)) return receiveMessage(world, thread, wait);
        const port = change(world.state.ports[entry.port]!);
        const { set } = port;
        port.set = null;
        const received = receiveMessage(world, thread, wait);
        port.set = set;
        return received;
      },
    },
  },
  'bad-set-member-is-a-bad-name': {
    rule: 'mach/receive-refuses-set-members',
    fault: 'a receive from a member of a set is refused as a bad name',
    mechanisms: {
      receiveMessage: (...asked) => {
        const received = receiveMessage(...asked);
        return received.tag === 'refused' && received.error === 'MACH_RCV_IN_SET' ? { ...received, error: 'MACH_RCV_INVALID_NAME' } : received;
      },
    },
  },
  'last-message-comes-first': {
    rule: 'mach/messages-of-a-port-stay-in-order',
    fault: 'the last message of a queue is received first',
    mechanisms: {
      nextMessage: (world, from) => {
        const head = nextMessage(world, from);
        if (head === null) return null;
        const port = change(world.state.ports[head.destination.port]!);
        port.queue = [port.queue.at(-1)!, ...port.queue.slice(0, -1)];
        return port.queue[0]!;
      },
    },
  },
  'messages-with-rights-jump-the-queue': {
    rule: 'mach/messages-of-a-port-stay-in-order',
    fault: 'a message that carries rights is queued before those that carry none',
    mechanisms: {
      deliver: (world, message) => {
        deliver(world, message);
        const port = change(world.state.ports[message.destination.port]!);
        if (message.complex) port.queue = [...port.queue.filter(({ complex }) => complex), ...port.queue.filter(({ complex }) => !complex)];
      },
    },
  },
  'destroyed-messages-are-not-counted': {
    rule: 'mach/dequeue-advances-the-sequence-number',
    fault: 'a message destroyed on receipt leaves the sequence number where it was',
    mechanisms: {
      takeMessage: (world, thread, message, ...rest) => {
        const received = takeMessage(world, thread, message, ...rest);
        if (received.tag === 'destroyed') change(world.state.ports[message.destination.port]!).sequence -= 1;
        return received;
      },
    },
  },
  'large-option-is-forgotten': {
    rule: 'mach/large-option-keeps-too-large-messages',
    fault: 'a message too large is destroyed though its receiver asked for it to be kept',
    mechanisms: { receiveMessage: (world, thread, wait) => receiveMessage(world, thread, { ...wait, large: false }) },
  },
  'kept-message-reports-the-buffer': {
    rule: 'mach/large-option-keeps-too-large-messages',
    fault: 'the size told with a message that is kept is that of the buffer',
    mechanisms: {
      receiveMessage: (world, thread, wait) => {
        const received = receiveMessage(world, thread, wait);
        return received.tag === 'kept' ? { ...received, size: wait.size } : received;
      },
    },
  },
  'too-large-message-keeps-its-reply': {
    rule: 'mach/large-option-keeps-too-large-messages',
    fault: 'the reply right of a message too large for its receiver is dropped in silence',
    mechanisms: {
      takeMessage: (world, ...asked) => takeMessage(altered(world, {
        destroyRight: (inner, right) => {
          if (right.tag === 'right' && right.kind === 'send-once') inner.mechanisms.dropSendOnce(inner, right.port);
          else world.mechanisms.destroyRight(inner, right);
        },
      }), ...asked),
    },
  },
  'destroyed-header-is-simple': {
    rule: 'mach/large-option-keeps-too-large-messages',
    fault: 'the header of a destroyed message has lost its complex bit',
    mechanisms: onDestroyed((received) => ({ ...received, header: { ...received.header, complex: false } })),
  },
  'buffer-of-the-very-size-is-too-small': {
    rule: 'mach/small-buffer-refuses-the-message',
    fault: 'a message that just fits into its buffer is too large',
    mechanisms: { receiveMessage: (world, thread, wait) => receiveMessage(world, thread, { ...wait, size: wait.size - 1 }) },
  },
  'too-large-message-is-always-kept': {
    rule: 'mach/small-buffer-refuses-the-message',
    fault: 'a message too large is kept though nobody asked for it',
    mechanisms: { receiveMessage: (world, thread, wait) => receiveMessage(world, thread, { ...wait, large: true }) },
  },
  'body-is-named-before-the-reply': {
    rule: 'mach/reply-right-is-named-first',
    fault: 'the rights in the body get their names before the reply right does',
    mechanisms: {
      takeMessage: (world, thread, message, sequence, wait) => {
        const { task } = world.state.threads[thread]!;
        if (message.size > wait.size || wait.notify !== null || !message.complex) return takeMessage(world, thread, message, sequence, wait);
        const names = message.body.map((item) => (item.tag === 'rights' ? item.rights.map((right) => world.mechanisms.copyout(world, task, right)) : []));
        const received = takeMessage(world, thread, { ...message, body: [] }, sequence, wait);
        if (received.tag !== 'received') return received;
        const body = message.body.map((item, at) => (item.tag === 'rights' ? { tag: 'rights', kind: item.kind, names: names[at]!, long: item.long } : item));
        return { ...received, message: { ...received.message, body: body as ReceivedMessage['body'] } };
      },
    },
  },
  'reply-right-is-named-twice': {
    rule: 'mach/reply-right-is-named-first',
    fault: 'a send-once reply right gets another name than the one that is reported',
    mechanisms: {
      takeMessage: (...asked) => {
        const received = takeMessage(...asked);
        const isOnce = received.tag === 'received' && received.message.remote.kind === 'send-once' && received.message.remote.name > 0;
        return isOnce ? { ...received, message: { ...received.message, remote: { ...received.message.remote, name: 0 as never } } } : received;
      },
    },
  },
  'known-replies-are-watched-too': {
    rule: 'mach/receive-notify-watches-the-reply',
    fault: 'the notify port is not looked at where there is no reply to watch',
    mechanisms: {
      takeMessage: (world, thread, message, sequence, wait) =>
        takeMessage(world, thread, message, sequence, message.reply.tag === 'right' ? wait : { ...wait, notify: null }),
    },
  },
  'replies-are-not-watched': {
    rule: 'mach/receive-notify-watches-the-reply',
    fault: 'a reply right under a new name gets no dead-name request',
    mechanisms: {
      takeMessage: (world, thread, message, sequence, wait) => {
        const { task } = world.state.threads[thread]!;
        const isGood = wait.notify === null || isReceive(entryOf(world.state, task, wait.notify.name));
        return takeMessage(world, thread, message, sequence, isGood ? { ...wait, notify: null } : wait);
      },
    },
  },
  'bad-notify-port-hides-the-reply-kind': {
    rule: 'mach/bad-receipt-delivers-the-header-alone',
    fault: 'the header that comes with a bad notify port shows no kind of reply',
    mechanisms: onDestroyed((received) => (received.error === 'MACH_RCV_INVALID_NOTIFY'
      ? { ...received, header: { ...received.header, remote: { ...received.header.remote, kind: null } } } : received)),
  },
  'bad-notify-port-leaks-the-body': {
    rule: 'mach/bad-receipt-delivers-the-header-alone',
    fault: 'the rights in the body of a message with a bad notify port are not destroyed',
    mechanisms: {
      takeMessage: (world, thread, message, sequence, wait) => {
        const { task } = world.state.threads[thread]!;
        const isBad = wait.notify !== null && !isReceive(entryOf(world.state, task, wait.notify.name)) && message.size <= wait.size;
        return takeMessage(isBad ? altered(world, { destroyBody: () => {} }) : world, thread, message, sequence, wait);
      },
    },
  },
};
