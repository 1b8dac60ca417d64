import { change } from '#model/operation';
import { deliver, enqueue } from '#model/mach/messages/enqueue';
import { receiveMessage, waitForMessage } from '#model/mach/messages/receive';
import { clearReceiver, destroySet } from '#model/mach/ports/clear-receiver';
import { rename } from '#model/mach/names/rename';
import { joinSet } from '#model/mach/sets/join-set';
import { moveMember } from '#model/mach/sets/move-member';
import { timeout } from '#model/mach/threads/thread';
import type { Run } from '#model/mach/state';
import type { MachMutants } from '#properties/mach/obligation';

type Receiving = Extract<Run, { tag: 'receiving' }>;

export const receiverWaitMutants: MachMutants = {
  'joining-port-loses-its-queue': {
    rule: 'mach/set-merges-its-member-queues',
    fault: 'a port that joins a set leaves its messages behind',
    mechanisms: {
      joinSet: (world, id, set) => {
        change(world.state.ports[id]!).queue = [];
        joinSet(world, id, set);
      },
    },
  },
  'joining-port-comes-first': {
    rule: 'mach/set-merges-its-member-queues',
    fault: 'the messages of a port that joins a set come before those of the other members',
    mechanisms: {
      joinSet: (world, id, set) => {
        joinSet(world, id, set);
        const port = change(world.state.ports[id]!);
        port.queue = port.queue.map((message, at) => ({ ...message, arrival: at - 1000 }));
      },
    },
  },
  'leaving-port-turns-its-queue-round': {
    rule: 'mach/set-merges-its-member-queues',
    fault: 'a port that leaves a set takes its messages with it in the opposite order',
    operations: {
      mach_port_move_member: {
        ...moveMember,
        step: (world, call) => {
          const sets = world.state.ports.map(({ set }) => set);
          const verdict = moveMember.step(world, call);
          sets.forEach((set, id) => {
            const port = change(world.state.ports[id]!);
            if (set !== null && port.set === null) port.queue = [...port.queue].reverse();
          });
          return verdict;
        },
      },
    },
  },
  'message-is-handed-over-and-queued': {
    rule: 'mach/message-reaches-one-thread',
    fault: 'a message that is handed to a waiting receiver is queued as well',
    mechanisms: {
      deliver: (world, message) => {
        const port = change(world.state.ports[message.destination.port]!);
        const before = port.queue.length;
        deliver(world, message);
        if (port.queue.length === before && !message.complex && message.reply.tag !== 'right' && message.destination.kind === 'send') {
          port.queue = [...port.queue, { ...message, moment: world.state.moment }];
        }
      },
    },
  },
  'waiting-receiver-is-overlooked': {
    rule: 'mach/message-reaches-one-thread',
    fault: 'a message is queued although a thread waits for it',
    mechanisms: {
      deliver: (world, message) => {
        const port = change(world.state.ports[message.destination.port]!);
        const { receivers } = port;
        port.receivers = [];
        deliver(world, message);
        port.receivers = receivers;
      },
    },
  },
  'message-for-a-waiting-set-is-lost': {
    rule: 'mach/message-reaches-one-thread',
    fault: 'a message is lost if several threads wait for it',
    mechanisms: {
      enqueue: (world, message) => {
        const { receivers, life, kernel } = world.state.ports[message.destination.port]!;
        if (life === 'live' && kernel === null && receivers.length > 1) world.mechanisms.destroyMessage(world, message);
        else enqueue(world, message);
      },
    },
  },
  'small-waiter-is-not-told': {
    rule: 'mach/too-large-message-wakes-small-waiters',
    fault: 'a waiter with the large option is handed what is too large for it',
    mechanisms: {
      waitForMessage: (world, thread, from, wait) => waitForMessage(world, thread, from, { ...wait, large: false }),
    },
  },
  'waiters-are-told-of-every-size': {
    rule: 'mach/too-large-message-wakes-small-waiters',
    fault: 'a waiter with the large option is told of messages that would fit',
    mechanisms: {
      waitForMessage: (world, thread, from, wait) => waitForMessage(world, thread, from, wait.large ? { ...wait, size: 0 } : wait),
    },
  },
  'poll-waits': {
    rule: 'mach/timed-out-receive-leaves-the-queue',
    fault: 'a receive with a timeout of 0 waits',
    mechanisms: { receiveMessage: (world, thread, wait) => receiveMessage(world, thread, { ...wait, polls: false }) },
  },
  'every-timed-receive-polls': {
    rule: 'mach/timed-out-receive-leaves-the-queue',
    fault: 'a receive that has time to wait only polls',
    mechanisms: { receiveMessage: (world, thread, wait) => receiveMessage(world, thread, { ...wait, polls: wait.timed }) },
  },
  'timed-out-receiver-stays-in-line': {
    rule: 'mach/timed-out-receive-leaves-the-queue',
    fault: 'a receiver whose time is over is not told',
    operations: {
      timeout: {
        ...timeout,
        step: (world, call) => {
          const { run } = world.state.threads[call.waiting]!;
          const verdict = timeout.step(world, call);
          if (run.tag === 'receiving') change(world.state.threads[call.waiting]!).run = run;
          return verdict;
        },
      },
    },
  },
  'ended-wait-is-interrupted': {
    rule: 'mach/ended-wait-leaves-messages',
    fault: 'a receiver whose time is over is told that it was interrupted',
    operations: {
      timeout: {
        ...timeout,
        step: (world, call) => {
          const verdict = timeout.step(world, call);
          const thread = change(world.state.threads[call.waiting]!);
          if (thread.run.tag === 'receiving') thread.run = { ...thread.run, broken: 'interrupted' };
          return verdict;
        },
      },
    },
  },
  'ended-wait-makes-room': {
    rule: 'mach/ended-wait-leaves-messages',
    fault: 'the end of a wait leaves its port with another limit',
    operations: {
      timeout: {
        ...timeout,
        step: (world, call) => {
          const { run } = world.state.threads[call.waiting]!;
          const verdict = timeout.step(world, call);
          if (run.tag === 'receiving' && run.from.tag === 'port') change(world.state.ports[run.from.port]!).queueLimit += 1;
          return verdict;
        },
      },
    },
  },
  'moved-right-leaves-its-receiver-waiting': {
    rule: 'mach/waiting-receiver-learns-of-changes',
    fault: 'a thread goes on waiting at a port whose receive right has been moved away',
    mechanisms: {
      clearReceiver: (world, id) => {
        const port = change(world.state.ports[id]!);
        const { receivers } = port;
        if (port.set === null) port.receivers = [];
        clearReceiver(world, id);
        if (port.set === null) port.receivers = receivers;
      },
    },
  },
  'rename-ends-the-wait': {
    rule: 'mach/waiting-receiver-learns-of-changes',
    fault: 'a thread that waits at a port is told of its death when it is renamed',
    operations: {
      mach_port_rename: {
        ...rename,
        step: (world, call) => {
          const verdict = rename.step(world, call);
          if (verdict.tag !== 'returned') return verdict;
          for (const port of world.state.ports) {
            for (const thread of port.receivers) {
              if ((world.state.threads[thread]!.run as Receiving).wait.name.name !== call.name) continue;
              change(port).receivers = port.receivers.filter((other) => other !== thread);
              change(world.state.threads[thread]!).run = { tag: 'answered', error: 'MACH_RCV_PORT_DIED', size: 0, given: null };
            }
          }
          return verdict;
        },
      },
    },
  },
  'destroyed-set-leaves-its-receivers': {
    rule: 'mach/lost-right-ends-the-receive',
    fault: 'threads that wait at a set are not told when it is destroyed',
    mechanisms: {
      destroySet: (world, id) => {
        const { receivers } = world.state.sets[id]!;
        change(world.state.sets[id]!).receivers = [];
        destroySet(world, id);
        change(world.state.sets[id]!).receivers = [...receivers];
      },
    },
  },
  'lost-port-has-only-changed': {
    rule: 'mach/lost-right-ends-the-receive',
    fault: 'a receiver whose port is gone is told that it changed',
    mechanisms: {
      clearReceiver: (world, id) => {
        const receivers = [...world.state.ports[id]!.receivers];
        clearReceiver(world, id);
        for (const thread of receivers) {
          const { run } = world.state.threads[thread]!;
          if (run.tag === 'answered') change(world.state.threads[thread]!).run = { ...run, error: 'MACH_RCV_PORT_CHANGED' };
        }
      },
    },
  },
  'joining-port-keeps-its-receivers': {
    rule: 'mach/joining-a-set-ends-the-receive',
    fault: 'a thread goes on waiting at a port that joins a set',
    mechanisms: {
      joinSet: (world, id, set) => {
        const port = change(world.state.ports[id]!);
        const { receivers } = port;
        port.receivers = [];
        joinSet(world, id, set);
        port.receivers = receivers;
      },
    },
  },
  'joining-port-seems-to-die': {
    rule: 'mach/joining-a-set-ends-the-receive',
    fault: 'a thread that waits at a port that joins a set is told that it died',
    mechanisms: {
      joinSet: (world, id, set) => {
        const receivers = [...world.state.ports[id]!.receivers];
        joinSet(world, id, set);
        for (const thread of receivers) {
          const { run } = world.state.threads[thread]!;
          if (run.tag === 'answered') change(world.state.threads[thread]!).run = { ...run, error: 'MACH_RCV_PORT_DIED' };
        }
      },
    },
  },
};
