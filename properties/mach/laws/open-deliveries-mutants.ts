import { change } from '#model/operation';
import { hasRoom, queueOrWait } from '#model/mach/messages/send';
import { copyoutDestination, nextMessage, wakeSender } from '#model/mach/messages/receive';
import { deliver } from '#model/mach/messages/enqueue';
import { haltThread } from '#model/mach/threads/halt-thread';
import { pseudoReceive } from '#model/mach/messages/pseudo-receive';
import { threadResume } from '#model/mach/threads/thread';
import { nameOfPort } from '#model/mach/entries';
import type { Run } from '#model/mach/state';
import type { MachMutants } from '#properties/mach/obligation';

type Receiving = Extract<Run, { tag: 'receiving' }>;

export const openDeliveryMutants: MachMutants = {
  'aborted-holder-loses-its-message': {
    rule: 'mach/waiting-receiver-is-served-in-two-steps',
    fault: 'a receiver that is aborted with a message in its hands drops it',
    mechanisms: {
      haltThread: (world, thread) => {
        const { run } = world.state.threads[thread]!;
        if (run.tag !== 'handed') return haltThread(world, thread);
        world.mechanisms.destroyMessage(world, run.message);
        change(world.state.threads[thread]!).run = { tag: 'answered', error: 'MACH_RCV_INTERRUPTED', size: 0, given: null };
        return null;
      },
    },
  },
  'local-port-is-what-it-was': {
    rule: 'mach/lost-right-shows-in-the-local-port',
    fault: 'a receiver is told the name under which it still sends to a port whose right has moved away',
    mechanisms: {
      copyoutDestination: (world, task, message) => {
        const name = copyoutDestination(world, task, message);
        return name === 0 ? nameOfPort(world.state, task, message.destination.port) ?? name : name;
      },
    },
  },
  'dead-local-port-is-null': {
    rule: 'mach/lost-right-shows-in-the-local-port',
    fault: 'the local port of a message whose port has died is NULL',
    mechanisms: {
      copyoutDestination: (...asked) => {
        const name = copyoutDestination(...asked);
        return name === -1 ? 0 as never : name;
      },
    },
  },
  'two-receivers-are-served': {
    rule: 'mach/any-blocked-receiver-may-be-served',
    fault: 'a thread of another port is served from the line of a set',
    mechanisms: {
      deliver: (world, message) => {
        const port = change(world.state.ports[message.destination.port]!);
        const { receivers } = port;
        const stranger = world.state.threads.findIndex(({ run, life }) => life === 'live' && run.tag === 'receiving' && run.from.tag === 'port'
          && run.from.port !== message.destination.port);
        if (receivers.length > 0 && stranger >= 0) port.receivers = [stranger as never];
        deliver(world, message);
        if (receivers.length > 0 && stranger >= 0) port.receivers = receivers.slice(1);
      },
    },
  },
  'overtaken-sender-stands-in-line-twice': {
    rule: 'mach/any-blocked-sender-may-go-next',
    fault: 'a sender whose room was taken stands in line twice',
    mechanisms: {
      queueOrWait: (world, thread, message, patience) => {
        const sent = queueOrWait(world, thread, message, patience);
        const port = change(world.state.ports[message.destination.port]!);
        if (sent.tag === 'waiting') port.senders = [...port.senders, thread];
        return sent;
      },
    },
  },
  'woken-sender-stays-in-line': {
    rule: 'mach/any-blocked-sender-may-go-next',
    fault: 'a sender that is woken keeps its place in the line',
    mechanisms: {
      wakeSender: (world, id) => {
        const { senders } = world.state.ports[id]!;
        wakeSender(world, id);
        change(world.state.ports[id]!).senders = [...senders];
      },
    },
  },
  'second-message-of-a-member-is-served': {
    rule: 'mach/any-busy-member-may-be-served',
    fault: 'the second message of a member is received before its first',
    mechanisms: {
      nextMessage: (world, from) => {
        const head = nextMessage(world, from);
        if (head === null || from.tag === 'port') return head;
        const port = change(world.state.ports[head.destination.port]!);
        if (port.queue.length > 1) port.queue = [port.queue[1]!, port.queue[0]!, ...port.queue.slice(2)];
        return port.queue[0]!;
      },
    },
  },
  'threads-are-served-in-turn-not-in-order': {
    rule: 'mach/separate-senders-may-interleave',
    fault: 'of the messages of one thread the later one is received first',
    mechanisms: {
      nextMessage: (world, from) => {
        const head = nextMessage(world, from);
        if (head === null) return null;
        const port = change(world.state.ports[head.destination.port]!);
        const later = port.queue.findLast(({ sender }) => sender === head.sender)!;
        port.queue = [later, ...port.queue.filter((message) => message !== later)];
        return later;
      },
    },
  },
  'time-that-ends-in-suspension-is-forgotten': {
    rule: 'mach/timeout-may-tie-with-delivery',
    fault: 'a thread whose time was over while it was suspended goes on waiting when it is resumed',
    operations: {
      thread_resume: {
        ...threadResume,
        step: (world, call) => {
          const verdict = threadResume.step(world, call);
          const late = world.state.threads.filter(({ run, suspends }) => run.tag === 'receiving' && run.broken === 'timed-out' && suspends === 0);
          for (const thread of late) change(thread).run = { ...(thread.run as Receiving), broken: null };
          return verdict;
        },
      },
    },
  },
  'interrupted-send-is-done-as-well': {
    rule: 'mach/abort-may-race-with-completion',
    fault: 'a message that an abort gives back is queued as well',
    mechanisms: {
      pseudoReceive: (world, task, message) => {
        const port = change(world.state.ports[message.destination.port]!);
        port.queue = [...port.queue, message];
        return pseudoReceive(world, task, message);
      },
    },
  },
  'zero-limit-takes-one-message': {
    rule: 'mach/zero-limit-may-still-deliver',
    fault: 'a limit of 0 lets one message in',
    mechanisms: {
      hasRoom: (world, message) => {
        const { queueLimit, queue } = world.state.ports[message.destination.port]!;
        return (queueLimit === 0 && queue.length === 0) || hasRoom(world, message);
      },
    },
  },
};
