import { NULL } from '#model/mach/state';
import { entryOf, isReceive } from '#model/mach/entries';
import { machMsg } from '#model/mach/messages/mach-msg';
import { pseudoReceive } from '#model/mach/messages/pseudo-receive';
import { force, giveBack, queueOrWait, sendMessage } from '#model/mach/messages/send';
import { threadAbort, timeout } from '#model/mach/threads/thread';
import { change, returned } from '#model/operation';
import { threadFor } from '#model/mach/tasks/target';
import { altered } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';

export const unsentMessageMutants: MachMutants = {
  'zero-timeout-polls-without-the-option': {
    rule: 'mach/timed-out-send-gives-contents-back',
    fault: 'a timeout of 0 makes a send test for room, whatever its options say',
    operations: {
      mach_msg: {
        ...machMsg,
        step: (world, call) => machMsg.step(world, call.timeout === 0 ? { ...call, options: [...call.options, 'send-timeout'] } : call),
      },
    },
  },
  'blocked-senders-are-never-out-of-time': {
    rule: 'mach/timed-out-send-gives-contents-back',
    fault: 'the timeout of a send is forgotten once it waits',
    operations: {
      timeout: {
        ...timeout,
        step: (world, call) => (world.state.threads[call.waiting]!.run.tag === 'sending' ? returned(null) : timeout.step(world, call)),
      },
    },
  },
  'polling-send-queues-beyond-the-limit': {
    rule: 'mach/timed-out-send-gives-contents-back',
    fault: 'a send that tests for room is queued where there is none',
    mechanisms: {
      queueOrWait: (world, thread, message, patience) => {
        if (!patience.timed || !patience.polls || patience.notify !== null) return queueOrWait(world, thread, message, patience);
        world.mechanisms.enqueue(world, message);
        return { tag: 'sent' };
      },
    },
  },
  'pseudo-receive-turns-the-header-round': {
    rule: 'mach/pseudo-receive-returns-contents',
    fault: 'a message that comes back has its header swapped as if it had been received',
    mechanisms: {
      pseudoReceive: (...asked) => {
        const given = pseudoReceive(...asked);
        return { ...given, remote: given.local, local: given.remote };
      },
    },
  },
  'pseudo-receive-drops-the-body': {
    rule: 'mach/pseudo-receive-returns-contents',
    fault: 'the rights in the body of a message that comes back are destroyed',
    mechanisms: {
      pseudoReceive: (world, task, message) => {
        world.mechanisms.destroyBody(world as never, message);
        const body = message.body.map((item) =>
          (item.tag === 'rights' ? { ...item, rights: item.rights.map(() => ({ tag: 'null', kind: item.kind }) as const) } : item));
        return pseudoReceive(world, task, { ...message, body });
      },
    },
  },
  'pseudo-receive-forgets-the-reply-right': {
    rule: 'mach/pseudo-receive-returns-contents',
    fault: 'a send-once reply right is dropped where a message comes back',
    mechanisms: {
      pseudoReceive: (world, task, message) => {
        if (message.reply.tag !== 'right' || message.reply.kind !== 'send-once') return pseudoReceive(world, task, message);
        world.mechanisms.dropSendOnce(world, message.reply.port);
        return pseudoReceive(world, task, { ...message, reply: { tag: 'null', kind: 'send-once' } });
      },
    },
  },
  'timed-out-copy-send-keeps-its-reference': {
    rule: 'mach/pseudo-receive-keeps-copy-in-effects',
    fault: 'the right a copy-send took is not given back with the message',
    mechanisms: {
      pseudoReceive: (world, task, message) => {
        const { copyout, destroyRight } = world.mechanisms;
        return pseudoReceive(altered(world, {
          copyout: (_, into, right) => {
            const known = right.tag !== 'right' || right.kind !== 'send' ? -1
              : world.state.tasks[into]!.names.findIndex((entry) => entry?.tag === 'port' && entry.port === right.port && entry.sends > 0);
            if (known < 0) return copyout(world, into, right);
            destroyRight(world as never, right);
            return known as ReturnType<typeof copyout>;
          },
        }), task, message);
      },
    },
  },
  'unsent-make-send-is-uncounted': {
    rule: 'mach/pseudo-receive-keeps-copy-in-effects',
    fault: 'the make-send count goes back with a message that comes back',
    mechanisms: {
      sendMessage: (world, ...asked) => {
        const counts = world.state.ports.map(({ makeSend }) => makeSend);
        const sent = sendMessage(world, ...asked);
        if (sent.tag === 'given back') {
          counts.forEach((makeSend, port) => {
            if (world.state.ports[port]!.makeSend > makeSend) change(world.state.ports[port]!).makeSend = makeSend;
          });
        }
        return sent;
      },
    },
  },
  'returned-receive-right-stays-in-its-set': {
    rule: 'mach/pseudo-receive-keeps-copy-in-effects',
    fault: 'a receive right that comes back is in the set again that it was in',
    mechanisms: {
      sendMessage: (world, ...asked) => {
        const sets = world.state.ports.map(({ set }) => set);
        const sent = sendMessage(world, ...asked);
        if (sent.tag === 'given back') sets.forEach((set, port) => { if (set !== null) change(world.state.ports[port]!).set = set; });
        return sent;
      },
    },
  },
  'abort-leaves-blocked-senders-alone': {
    rule: 'mach/interrupted-send-gives-contents-back',
    fault: 'an abort has no effect on a thread that waits for room',
    operations: {
      thread_abort: {
        ...threadAbort,
        step: (world, call) => {
          const target = threadFor(world, call.thread, call.target);
          return target.tag === 'found' && world.state.threads[target.id]!.run.tag === 'sending' ? returned(null) : threadAbort.step(world, call);
        },
      },
    },
  },
  'interrupted-send-times-out': {
    rule: 'mach/interrupted-send-gives-contents-back',
    fault: 'an aborted sender is told that its time is over',
    operations: {
      thread_abort: {
        ...threadAbort,
        step: (world, call) => {
          const verdict = threadAbort.step(world, call);
          for (const thread of world.state.threads) {
            if (thread.run.tag === 'sending' && thread.run.broken === 'interrupted') change(thread).run = { ...thread.run, timed: true, broken: 'timed-out' };
          }
          return verdict;
        },
      },
    },
  },
  'abort-calls-woken-senders-back': {
    rule: 'mach/abort-spares-a-woken-sender',
    fault: 'a sender that has already been woken is interrupted by an abort',
    operations: {
      thread_abort: {
        ...threadAbort,
        step: (world, call) => {
          const target = threadFor(world, call.thread, call.target);
          const thread = target.tag === 'found' && target.id !== call.thread ? world.state.threads[target.id]! : null;
          if (thread?.run.tag === 'sending' && thread.run.woken) change(thread).run = { ...thread.run, woken: false };
          return threadAbort.step(world, call);
        },
      },
    },
  },
  'returned-message-is-queued-as-well': {
    rule: 'mach/unqueued-message-comes-back',
    fault: 'a message that comes back is in the queue all the same',
    mechanisms: {
      pseudoReceive: (world, task, message) => {
        const port = change(world.state.ports[message.destination.port]!);
        port.queue = [...port.queue, message];
        return pseudoReceive(world, task, message);
      },
    },
  },
  'aborted-sender-stays-in-line': {
    rule: 'mach/unqueued-message-comes-back',
    fault: 'a suspended sender that is aborted still stands in line for room',
    operations: {
      thread_abort: {
        ...threadAbort,
        step: (world, call) => {
          const lines = world.state.ports.map(({ senders }) => senders);
          const verdict = threadAbort.step(world, call);
          lines.forEach((senders, port) => { change(world.state.ports[port]!).senders = [...senders]; });
          return verdict;
        },
      },
    },
  },
  'notify-port-is-judged-where-there-is-room': {
    rule: 'mach/bad-notify-port-refuses-the-send',
    fault: 'a message comes back for want of a notify port although it need not be forced',
    mechanisms: {
      queueOrWait: (world, thread, message, patience) => {
        const { task } = world.state.threads[thread]!;
        const isBad = patience.notify !== null && !isReceive(entryOf(world.state, task, patience.notify));
        return isBad ? giveBack(world, thread, message, 'MACH_SEND_INVALID_NOTIFY') : queueOrWait(world, thread, message, patience);
      },
    },
  },
  'cancel-port-is-not-judged': {
    rule: 'mach/bad-notify-port-refuses-the-send',
    fault: 'a bad notify port to cancel for is overlooked',
    mechanisms: {
      sendMessage: (world, thread, sent, cancelAt, patience) => {
        const { task } = world.state.threads[thread]!;
        const isBad = cancelAt !== null && !isReceive(entryOf(world.state, task, cancelAt));
        return sendMessage(world, thread, sent, isBad ? null : cancelAt, patience);
      },
    },
  },
  'null-notify-port-lets-the-send-wait': {
    rule: 'mach/bad-notify-port-refuses-the-send',
    fault: 'a send without a port to be notified at waits as if it had not asked',
    mechanisms: {
      force: (world, thread, message, notify) => {
        if (notify !== NULL) return force(world, thread, message, notify);
        world.mechanisms.waitForRoom(world, thread, message, { timed: false, polls: false, notify, afterwards: null });
        return { tag: 'waiting' };
      },
    },
  },
};
