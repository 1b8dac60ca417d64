import { entryOf, setEntry } from '#model/mach/entries';
import { cleanMessage } from '#model/mach/messages/destroy-message';
import { copyinHeader, notifyPort } from '#model/mach/messages/copyin-header';
import { machMsg } from '#model/mach/messages/mach-msg';
import { takeMessage } from '#model/mach/messages/receive';
import { force, queueOrWait, sendMessage } from '#model/mach/messages/send';
import { rename } from '#model/mach/names/rename';
import { payAccepted } from '#model/mach/notifications/accepted';
import type { PortEntry } from '#model/mach/state';
import { change, raised, returned } from '#model/operation';
import { altered } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';

export const sendOptionMutants: MachMutants = {
  'several-forced-messages-for-one-name': {
    rule: 'mach/send-notify-queues-one-message',
    fault: 'a name may force one message after another',
    mechanisms: {
      force: (world, thread, message, notify) => {
        const { names } = world.state.tasks[world.state.threads[thread]!.task]!;
        const marked = names.findIndex((entry) => entry?.tag === 'port' && entry.port === message.destination.port && entry.accepted);
        if (marked >= 0) setEntry(world.state, world.state.threads[thread]!.task, marked as never, { ...(names[marked] as PortEntry), accepted: false });
        return force(world, thread, message, notify);
      },
    },
  },
  'forced-message-is-not-owed-for': {
    rule: 'mach/send-notify-queues-one-message',
    fault: 'a message is forced and its sender will not be told',
    mechanisms: {
      payAccepted: (world, { name, notify }) => {
        const entry = entryOf(world.state, name.task, name.name);
        if (entry?.tag === 'port') setEntry(world.state, name.task, name.name, { ...entry, accepted: false });
        world.mechanisms.dropSendOnce(world, notify);
      },
    },
  },
  'force-before-the-time-is-over': {
    rule: 'mach/send-notify-queues-one-message',
    fault: 'a send with the notify option is forced at once although it has time to wait',
    mechanisms: {
      queueOrWait: (world, thread, message, patience) => queueOrWait(world, thread, message, patience.notify === null ? patience : { ...patience, timed: false }),
    },
  },
  'mark-outlives-the-notification': {
    rule: 'mach/send-notify-queues-one-message',
    fault: 'a name stays marked after its sender has been told',
    mechanisms: {
      payAccepted: (world, accepted, died) => {
        const { name } = accepted;
        payAccepted(world, accepted, died);
        const entry = entryOf(world.state, name.task, name.name);
        if (entry?.tag === 'port') setEntry(world.state, name.task, name.name, { ...entry, accepted: true });
      },
    },
  },
  'notify-option-always-forces': {
    rule: 'mach/send-notify-acts-only-when-full',
    fault: 'a send with the notify option owes a notification although there is room',
    mechanisms: {
      queueOrWait: (world, thread, message, patience) => {
        const { task } = world.state.threads[thread]!;
        const watcher = patience.notify === null ? null : notifyPort(world.state, task, patience.notify);
        return watcher !== null && world.mechanisms.hasRoom(world, message) && message.destination.kind === 'send'
          ? world.mechanisms.force(world, thread, message, patience.notify!) : queueOrWait(world, thread, message, patience);
      },
    },
  },
  'cancel-silences-every-watcher': {
    rule: 'mach/send-cancel-may-drop-port-deleted',
    fault: 'the cancel option drops the port-deleted notification whatever port it is for',
    mechanisms: {
      copyinHeader: (world, task, header, cancel) => {
        const entry = entryOf(world.state, task, header.remote.name);
        const request = entry?.tag === 'port' || entry?.tag === 'send-once' ? entry.request : null;
        return copyinHeader(world, task, header, cancel === null ? null : request);
      },
    },
  },
  'cancel-frees-no-watcher': {
    rule: 'mach/send-cancel-may-drop-port-deleted',
    fault: 'with a bad notify name the cancel option is overlooked',
    mechanisms: {
      sendMessage: (world, thread, sent, cancelAt, patience) => {
        const { task } = world.state.threads[thread]!;
        return sendMessage(world, thread, sent, cancelAt === null || notifyPort(world.state, task, cancelAt) === null ? null : cancelAt, patience);
      },
    },
  },
  'forced-message-is-dropped': {
    rule: 'mach/will-notify-means-queued',
    fault: 'MACH_SEND_WILL_NOTIFY is returned for a message that is thrown away',
    mechanisms: {
      force: (world, thread, message, notify) => {
        const sent = force(altered(world, { enqueue: () => {} }), thread, message, notify);
        return sent;
      },
    },
  },
  'forced-message-forgets-what-it-owes': {
    rule: 'mach/will-notify-means-queued',
    fault: 'a forced message is queued as an ordinary one',
    mechanisms: {
      force: (world, thread, message, notify) => force(altered(world, {
        enqueue: (inner, forced) => world.mechanisms.enqueue(inner, { ...forced, accepted: null }),
      }), thread, message, notify),
    },
  },
  'forced-send-goes-on-to-receive': {
    rule: 'mach/forced-send-ends-the-combined-call',
    fault: 'a combined call receives although its message was forced',
    operations: {
      mach_msg: {
        ...machMsg,
        step: (world, call) => {
          const verdict = machMsg.step(world, call);
          const isForced = verdict.tag === 'spoiled' && verdict.error === 'MACH_SEND_WILL_NOTIFY';
          return isForced && call.receive !== null ? machMsg.step(world, { ...call, send: null }) : verdict;
        },
      },
    },
  },
  'receive-comes-first': {
    rule: 'mach/combined-call-receives-after-success',
    fault: 'a combined call receives although its send was refused',
    operations: {
      mach_msg: {
        ...machMsg,
        step: (world, call) => {
          const verdict = machMsg.step(world, call);
          return verdict.tag === 'raised' && verdict.error.startsWith('MACH_SEND') && call.receive !== null
            ? machMsg.step(world, { ...call, send: null }) : verdict;
        },
      },
    },
  },
  'receive-half-is-forgotten-in-waiting': {
    rule: 'mach/combined-call-receives-after-success',
    fault: 'a sender that had to wait returns once its message is queued, without receiving',
    mechanisms: {
      waitForRoom: (world, thread, message, patience) => {
        const port = change(world.state.ports[message.destination.port]!);
        const { task } = world.state.threads[thread]!;
        port.senders = [...port.senders, thread];
        change(world.state.threads[thread]!).run = {
          tag: 'sending', to: message.destination.port, message, timed: patience.timed,
          notify: patience.notify === null ? null : { task, name: patience.notify }, afterwards: null, woken: false, broken: null,
        };
      },
    },
  },
  'call-without-halves-is-refused': {
    rule: 'mach/combined-call-receives-after-success',
    fault: 'a call that neither sends nor receives is refused',
    operations: {
      mach_msg: {
        ...machMsg,
        step: (world, call) => (call.send === null && call.receive === null ? raised('MACH_RCV_INVALID_NAME') : machMsg.step(world, call)),
      },
    },
  },
  'send-returns-before-its-receive': {
    rule: 'mach/combined-call-receives-after-success',
    fault: 'a combined call returns without receiving where a message is there already',
    operations: {
      mach_msg: {
        ...machMsg,
        step: (world, call) => {
          const busy = call.send !== null && call.receive !== null
            && world.state.ports[(entryOf(world.state, world.state.threads[call.thread]!.task, call.receive.name) as PortEntry | null)?.port ?? 0]!.queue.length > 0;
          const verdict = machMsg.step(world, busy ? { ...call, receive: null } : call);
          return busy && verdict.tag === 'returned' ? returned({ message: null }) : verdict;
        },
      },
    },
  },
  'owed-notification-is-lost-with-its-port': {
    rule: 'mach/msg-accepted-time-is-open',
    fault: 'nobody is told where a port dies with a forced message in its queue',
    mechanisms: {
      cleanMessage: (world, message) => cleanMessage(altered(world, {
        payAccepted: (inner, { notify }) => inner.mechanisms.dropSendOnce(inner, notify),
      }), message),
    },
  },
  'owed-notification-is-lost-on-receipt': {
    rule: 'mach/msg-accepted-time-is-open',
    fault: 'nobody is told that a forced message was received',
    mechanisms: {
      takeMessage: (world, ...asked) => takeMessage(altered(world, {
        payAccepted: (inner, { notify }) => inner.mechanisms.dropSendOnce(inner, notify),
      }), ...asked),
    },
  },
  'rename-loses-the-owed-name': {
    rule: 'mach/send-notify-queues-one-message',
    fault: 'a notification that is owed does not follow a rename',
    operations: {
      mach_port_rename: {
        ...rename,
        step: (world, call) => {
          const owed = world.state.ports.map(({ queue }) => queue);
          const verdict = rename.step(world, call);
          owed.forEach((queue, port) => {
            const now = change(world.state.ports[port]!);
            now.queue = now.queue.map((message, at) => ({ ...message, accepted: queue[at]?.accepted ?? message.accepted }));
          });
          return verdict;
        },
      },
    },
  },
};
