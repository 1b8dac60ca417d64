import type { Message } from '#model/mach/state';
import { messageCount } from '#model/mach/entries';
import { deliver } from '#model/mach/messages/enqueue';
import { wakeSender } from '#model/mach/messages/receive';
import { hasRoom, queueOrWait, waitForRoom } from '#model/mach/messages/send';
import { change } from '#model/operation';
import type { MachMutants } from '#properties/mach/obligation';

const portOf = ({ state }: Pick<Parameters<typeof hasRoom>[0], 'state'>, { destination }: Message) => state.ports[destination.port]!;

export const sendRoomMutants: MachMutants = {
  'next-send-overwrites-queued-ids': {
    rule: 'mach/message-contents-are-fixed-at-send',
    fault: 'a message that is queued gives its id to the one before it',
    mechanisms: {
      deliver: (world, message) => {
        const port = change(portOf(world, message));
        port.queue = port.queue.map((other) => ({ ...other, id: message.id }));
        deliver(world, message);
      },
    },
  },
  'waiting-message-loses-its-body': {
    rule: 'mach/message-contents-are-fixed-at-send',
    fault: 'a message whose sender had to wait is queued without its data',
    mechanisms: {
      wakeSender: (world, id) => {
        for (const thread of world.state.threads) {
          const { run } = thread;
          if (run.tag !== 'sending' || run.to !== id) continue;
          change(thread).run = { ...run, message: { ...run.message, body: run.message.body.filter(({ tag }) => tag !== 'data') } };
        }
        wakeSender(world, id);
      },
    },
  },
  'queue-limit-is-exceeded-by-one': {
    rule: 'mach/send-proceeds-below-the-queue-limit',
    fault: 'a queue takes one message more than its limit',
    mechanisms: {
      hasRoom: (world, message) => hasRoom(world, message)
        || (portOf(world, message).queueLimit > 0 && messageCount(world.state, message.destination.port) === portOf(world, message).queueLimit),
    },
  },
  'send-once-waits-for-room': {
    rule: 'mach/send-proceeds-below-the-queue-limit',
    fault: 'a message through a send-once right obeys the queue limit',
    mechanisms: {
      hasRoom: (world, message) => hasRoom(world, { ...message, destination: { ...message.destination, kind: 'send' } }),
    },
  },
  'forced-messages-do-not-count': {
    rule: 'mach/send-proceeds-below-the-queue-limit',
    fault: 'messages of the kernel and through send-once rights do not count for the queue limit',
    mechanisms: {
      hasRoom: (world, message) => {
        const port = portOf(world, message);
        const ordinary = port.queue.filter(({ destination }) => destination.kind === 'send').length;
        return hasRoom(world, message) || ordinary < port.queueLimit;
      },
    },
  },
  'handed-message-does-not-count': {
    rule: 'mach/send-proceeds-below-the-queue-limit',
    fault: 'a message handed to a receiver that has not run leaves room for another',
    mechanisms: {
      hasRoom: (world, message) => {
        const port = portOf(world, message);
        return hasRoom(world, message) || port.queue.length < port.queueLimit;
      },
    },
  },
  'new-message-goes-first': {
    rule: 'mach/send-proceeds-below-the-queue-limit',
    fault: 'a message is queued before those that are there',
    mechanisms: {
      deliver: (world, message) => {
        deliver(world, message);
        const port = change(portOf(world, message));
        const last = port.queue.at(-1);
        if (last?.serial === message.serial) port.queue = [last, ...port.queue.slice(0, -1)];
      },
    },
  },
  'limit-zero-means-no-limit': {
    rule: 'mach/zero-limit-blocks-ordinary-senders',
    fault: 'a queue limit of 0 lets every message in',
    mechanisms: { hasRoom: (world, message) => portOf(world, message).queueLimit === 0 || hasRoom(world, message) },
  },
  'limit-zero-holds-one': {
    rule: 'mach/zero-limit-blocks-ordinary-senders',
    fault: 'a queue with a limit of 0 takes one message',
    mechanisms: {
      hasRoom: (world, message) => hasRoom(world, message)
        || (portOf(world, message).queueLimit === 0 && messageCount(world.state, message.destination.port) === 0),
    },
  },
  'blocked-send-ignores-its-timeout': {
    rule: 'mach/blocked-send-holds-its-rights',
    fault: 'a sender that waits with a timeout waits without one',
    mechanisms: { waitForRoom: (world, thread, message, patience) => waitForRoom(world, thread, message, { ...patience, timed: false }) },
  },
  'blocked-send-forgets-its-receive-half': {
    rule: 'mach/blocked-send-holds-its-rights',
    fault: 'a sender that waits in a combined call does not receive afterwards',
    mechanisms: { waitForRoom: (world, thread, message, patience) => waitForRoom(world, thread, message, { ...patience, afterwards: null }) },
  },
  'blocked-send-drops-its-reply': {
    rule: 'mach/blocked-send-holds-its-rights',
    fault: 'the pending message of a waiting sender has lost its reply right',
    mechanisms: {
      waitForRoom: (world, thread, message, patience) =>
        waitForRoom(world, thread, { ...message, reply: { tag: 'null', kind: null } }, patience),
    },
  },
  'dequeue-wakes-nobody': {
    rule: 'mach/every-blocked-sender-gets-its-turn',
    fault: 'a receive does not wake the senders that wait for room',
    mechanisms: { wakeSender: () => undefined },
  },
  'sender-waits-for-an-empty-queue': {
    rule: 'mach/every-blocked-sender-gets-its-turn',
    fault: 'a sender is woken only when the last message of the queue is taken out',
    mechanisms: {
      wakeSender: (world, id) => (world.state.ports[id]!.queue.length === 0 ? wakeSender(world, id) : undefined),
    },
  },
  'woken-sender-that-finds-no-room-is-forgotten': {
    rule: 'mach/every-blocked-sender-gets-its-turn',
    fault: 'a woken sender that has to wait again is not in line any more',
    mechanisms: {
      queueOrWait: (world, thread, message, patience) => {
        const sent = queueOrWait(world, thread, message, patience);
        const { moment } = world.state;
        if (sent.tag === 'waiting' && message.moment === 0 && world.state.serial > message.serial + 1 && moment > 0) {
          const port = change(portOf(world, message));
          port.senders = port.senders.filter((other) => other !== thread);
        }
        return sent;
      },
    },
  },
};

