import { change } from '#model/operation';
import { enqueue } from '#model/mach/messages/enqueue';
import { copyoutDestination, nextMessage, wakeSender } from '#model/mach/messages/receive';
import { hasRoom, queueOrWait } from '#model/mach/messages/send';
import { setQlimit } from '#model/mach/ports/receive-status';
import { killPort } from '#model/mach/ports/destroy-port';
import { copyin } from '#model/mach/rights/copyin';
import { setEntry } from '#model/mach/entries';
import type { MachMutants } from '#properties/mach/obligation';

export const sendWakesMutants: MachMutants = {
  'dequeue-wakes-every-sender': {
    rule: 'mach/dequeue-wakes-one-sender',
    fault: 'room for one message lets all blocked senders go, limit or not',
    mechanisms: {
      wakeSender: (world, id) => {
        while (world.state.ports[id]!.life === 'live' && world.state.ports[id]!.senders.length > 0) {
          const { senders } = world.state.ports[id]!;
          wakeSender(world, id);
          if (world.state.ports[id]!.senders === senders) return;
        }
      },
      hasRoom: (world, message) => hasRoom(world, message)
        || world.state.threads.some(({ run }) => run.tag === 'sending' && run.woken && run.to === message.destination.port),
    },
  },
  'raised-limit-wakes-nobody': {
    rule: 'mach/dequeue-wakes-one-sender',
    fault: 'raising the limit lets no blocked sender go',
    operations: {
      mach_port_set_qlimit: {
        ...setQlimit,
        step: (world, call) => {
          const lines = world.state.ports.map(({ senders }) => [...senders]);
          world.state.ports.forEach((port) => { change(port).senders = []; });
          const verdict = setQlimit.step(world, call);
          lines.forEach((senders, port) => { change(world.state.ports[port]!).senders = senders; });
          return verdict;
        },
      },
    },
  },
  'lowered-limit-drops-messages': {
    rule: 'mach/dequeue-wakes-one-sender',
    fault: 'messages beyond a lowered limit are dropped',
    operations: {
      mach_port_set_qlimit: {
        ...setQlimit,
        step: (world, call) => {
          const verdict = setQlimit.step(world, call);
          for (const port of world.state.ports) change(port).queue = port.queue.slice(0, Math.max(1, port.queueLimit));
          return verdict;
        },
      },
    },
  },
  'limit-is-capped-at-what-is-queued': {
    rule: 'mach/dequeue-wakes-one-sender',
    fault: 'a limit below the messages queued is silently raised to their number',
    operations: {
      mach_port_set_qlimit: {
        ...setQlimit,
        step: (world, call) => {
          const verdict = setQlimit.step(world, call);
          for (const port of world.state.ports) change(port).queueLimit = Math.max(port.queueLimit, port.queue.length);
          return verdict;
        },
      },
    },
  },
  'dequeue-wakes-a-sender-without-room': {
    rule: 'mach/forced-messages-exceed-the-limit',
    fault: 'a dequeue lets a sender go on although forced messages fill the queue',
    mechanisms: {
      wakeSender: (world, id) => {
        const port = change(world.state.ports[id]!);
        const { queueLimit } = port;
        if (port.senders.length > 0) port.queueLimit = 99;
        wakeSender(world, id);
        port.queueLimit = queueLimit;
      },
      hasRoom: (world, message) => hasRoom(world, message)
        || world.state.ports[message.destination.port]!.queue.some(({ destination }) => destination.kind === 'send-once'),
    },
  },
  'forced-message-drives-the-first-out': {
    rule: 'mach/forced-messages-exceed-the-limit',
    fault: 'a message forced on a full queue takes the place of the first one in it',
    mechanisms: {
      enqueue: (world, message) => {
        const port = change(world.state.ports[message.destination.port]!);
        if (message.accepted !== null && port.life === 'live') port.queue = port.queue.slice(1);
        enqueue(world, message);
      },
    },
  },
  'send-once-destination-yields-a-notification-too': {
    rule: 'mach/send-once-destination-ends-at-receipt',
    fault: 'a send-once right that was used yields a send-once notification when the message is received',
    mechanisms: {
      copyoutDestination: (world, task, message) => {
        const { port, kind } = message.destination;
        if (kind === 'send-once' && message.sender >= 0 && world.state.ports[port]!.life === 'live') {
          change(world.state.ports[port]!).sendOnceRights += 1;
          world.mechanisms.notifySendOnce(world, port);
        }
        return copyoutDestination(world, task, message);
      },
    },
  },
  'send-once-destination-stays-with-the-sender': {
    rule: 'mach/send-once-destination-ends-at-receipt',
    fault: 'the name of a send-once right survives that a message is sent through it',
    mechanisms: {
      copyin: (world, task, name, disposition) => {
        const entry = world.state.tasks[task]!.names[name]!;
        const copied = copyin(world, task, name, disposition);
        if (entry.tag === 'send-once') setEntry(world.state, task, name, entry);
        return copied;
      },
    },
  },
  'send-once-destination-is-counted-for-ever': {
    rule: 'mach/send-once-destination-ends-at-receipt',
    fault: 'the port goes on counting a send-once right that a received message came through',
    mechanisms: {
      copyoutDestination: (world, task, message) => {
        const name = copyoutDestination(world, task, message);
        const { port, kind } = message.destination;
        if (kind === 'send-once' && name > 0) change(world.state.ports[port]!).sendOnceRights += 1;
        return name;
      },
    },
  },
  'blocked-sender-stays-when-the-port-dies': {
    rule: 'mach/send-to-a-dying-port-succeeds',
    fault: 'the death of a port does not release the senders that wait for room at it',
    mechanisms: {
      killPort: (world, id) => {
        const port = change(world.state.ports[id]!);
        const { senders } = port;
        port.senders = [];
        killPort(world, id);
        port.senders = senders;
      },
    },
  },
  'blocked-sender-gets-its-message-back-from-the-dead': {
    rule: 'mach/send-to-a-dying-port-succeeds',
    fault: 'a sender released by the death of the port gets its message back, as if its time were over',
    mechanisms: {
      queueOrWait: (world, thread, message, patience) => {
        if (world.state.ports[message.destination.port]!.life === 'live') return queueOrWait(world, thread, message, patience);
        const { task } = world.state.threads[thread]!;
        const back = world.mechanisms.pseudoReceive(world, task, message);
        return { tag: 'given back', error: 'MACH_SEND_TIMED_OUT', message: back };
      },
    },
  },
  'message-for-the-dead-is-forgotten': {
    rule: 'mach/send-to-a-dying-port-succeeds',
    fault: 'the message of a sender released by the death of the port vanishes with the rights in it',
    mechanisms: {
      enqueue: (world, message) => (world.state.ports[message.destination.port]!.life === 'dead' ? undefined : enqueue(world, message)),
    },
  },
  'later-message-of-a-thread-overtakes': {
    rule: 'mach/one-thread-sends-in-order',
    fault: 'a receiver gets the last message of a queue first',
    mechanisms: {
      nextMessage: (world, from) => {
        const head = nextMessage(world, from);
        if (head === null) return head;
        const port = change(world.state.ports[head.destination.port]!);
        port.queue = [port.queue.at(-1)!, ...port.queue.slice(0, -1)];
        return port.queue[0]!;
      },
    },
  },
  'long-messages-stand-behind-short-ones': {
    rule: 'mach/one-thread-sends-in-order',
    fault: 'a queue keeps short messages before long ones',
    mechanisms: {
      enqueue: (world, message) => {
        enqueue(world, message);
        const port = change(world.state.ports[message.destination.port]!);
        port.queue = [...port.queue].sort((a, b) => a.size - b.size);
      },
    },
  },
};
