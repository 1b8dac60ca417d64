import type { Name } from '#spec/mach/vocabulary';
import { setEntry } from '#model/mach/entries';
import { renameAccepted } from '#model/mach/notifications/accepted';
import { rename } from '#model/mach/names/rename';
import { enqueue } from '#model/mach/messages/enqueue';
import type { Mechanisms } from '#model/mach/mechanisms';
import { notify } from '#model/mach/notifications/notify';
import { destroyEntry } from '#model/mach/names/destroy-entry';
import { change } from '#model/operation';
import type { Message } from '#model/mach/state';
import type { MachLaws, MachMutants, MachStep } from '#properties/mach/obligation';
import { entryAt, errorOf, isLive, messagesIn, portName, succeeded } from '#properties/mach/facts';
import { besides, same, sameEntry } from '#properties/mach/laws/changes';
import { dequeued, isCall, targetTask } from '#properties/mach/laws/ledger';
import { audit, heard, kindOf, nameText, type Notice } from '#properties/mach/laws/notices';
import { requestOf, watched } from '#properties/mach/laws/watched';

/** Kernel messages that are not in the form of their kind. */
function formFaults(step: MachStep): string[] {
  const violations: string[] = [];
  for (const [message] of messagesIn(step.after)) {
    if (message.sender !== -1 || message.serial < step.before.serial || message.body[0]?.tag === 'code') continue;
    const kind = kindOf(message.id);
    if (kind === undefined) violations.push(`message ${message.serial} of the kernel has the id ${message.id}`);
    else violations.push(...shapeFaults(kind, message));
  }
  for (const { header, body } of dequeued(step)) {
    const kind = kindOf(header.id);
    if (kind === undefined) continue;
    const { remote, local, size, complex } = header;
    if (remote.name !== 0 || remote.kind !== null) violations.push(`${kind} came with a remote port`);
    if (local.kind !== 'send-once') violations.push(`${kind} came through a ${local.kind} right`);
    if (body !== null && !fits(kind, size, complex, body)) violations.push(`${kind} came in another form`);
  }
  return violations;
}

const itemOf: Readonly<Record<Notice['kind'], string | null>> = {
  'dead-name': 'name', 'port-deleted': 'name', 'msg-accepted': 'name', 'no-senders': 'count', 'port-destroyed': 'rights',
  'send-once': null,
};

function shapeFaults(kind: Notice['kind'], { serial, destination, reply, size, complex, body }: Message): string[] {
  const plain = destination.kind === 'send-once' && reply.tag === 'null' && reply.kind === null;
  return plain && fits(kind, size, complex, body) ? [] : [`message ${serial} is no ${kind} in form`];
}

function fits(
  kind: Notice['kind'], size: number, complex: boolean, body: readonly { readonly tag: string; readonly kind?: string }[],
): boolean {
  const item = itemOf[kind];
  const content = item === null ? body.length === 0 : body.length === 1 && body[0]!.tag === item;
  return content && size === (item === null ? 24 : 32) && complex === (item === 'rights')
    && (item !== 'rights' || body[0]!.kind === 'receive');
}

/** Messages bound for a port that was dead before the step that made them. */
function strandedFaults({ before, after }: MachStep): string[] {
  const dead = after.ports.flatMap(({ life, queue }, port) => (life === 'dead' && queue.length > 0 ? [`the dead p${port + 1} has messages`] : []));
  const sent = [...messagesIn(after)].flatMap(([{ serial, destination: { port } }]) =>
    (serial >= before.serial && before.ports[port]?.life === 'dead' ? [`message ${serial} waits for the dead ${portName(port)}`] : []));
  return [...dead, ...sent];
}

/** A name whose end is to be told at a dead port goes all the same. */
function swallowedFaults(step: MachStep): string[] {
  const { before, after, call } = step;
  if (!isCall(step, 'mach_port_deallocate', 'mach_port_destroy') || targetTask(step) === null) return [];
  const task = targetTask(step)!;
  const { name } = step.call;
  const entry = entryAt(before, task, name);
  const to = requestOf(entry);
  if (entry === null || to === null || isLive(before, to)) return [];
  const last = call.operation === 'mach_port_destroy' || entry.tag === 'send-once' || (entry.tag === 'port' && entry.sends === 1 && !entry.receive);
  const refused = !(entry.tag === 'port' && entry.sends === 0 && call.operation === 'mach_port_deallocate') && errorOf(step) !== null;
  return [
    ...(refused ? [`${nameText({ task, name })} cannot be given up: ${errorOf(step)}`] : []),
    ...(last && entryAt(after, task, name) !== null ? [`${nameText({ task, name })} is still there`] : []),
  ];
}

/** What a rename may change: the two names, and the names that notifications owed will carry. */
function renameFaults(step: MachStep): string[] {
  if (!isCall(step, 'mach_port_rename') || !succeeded(step)) return [];
  const { before, after, call } = step;
  const task = targetTask(step)!;
  const moved = sameEntry(entryAt(before, task, call.name), entryAt(after, task, call.to)) && entryAt(after, task, call.name) === null;
  const old = new Map([...messagesIn(before)].map(([message]) => [message.serial, message]));
  const late = [...messagesIn(after)].flatMap(([{ serial, accepted }]) => {
    const was = old.get(serial)?.accepted ?? null;
    const due = was !== null && was.name.task === task && was.name.name === call.name ? { ...was, name: { task, name: call.to } } : was;
    return same(accepted, due) ? [] : [`message ${serial} owes a notification of ${accepted === null ? 'nothing' : nameText(accepted.name)}`];
  });
  return [
    ...(moved ? [] : [`n${call.to} is not what n${call.name} was`]), ...late,
    ...besides(step, `n${call.name} of T${task + 1}`, `n${call.to} of T${task + 1}`, /^(p\d+\.queue|t\d+\.run)$/),
    ...audit(step, ['dead-name', 'port-deleted', 'msg-accepted', 'send-once', 'no-senders', 'port-destroyed'], []),
  ];
}

export const notificationFormLaws = {
  'mach/notifications-arrive-on-send-once-rights': {
    step: (step) => {
      const sent = [...messagesIn(step.after)].flatMap(([{ sender, serial, destination, body }]) =>
        (sender === -1 && serial >= step.before.serial && destination.kind === 'send' && body[0]?.tag !== 'code'
          ? [`the kernel notified ${portName(destination.port)} through a send right`] : []));
      const got = dequeued(step).flatMap(({ header, thread }) => {
        const { id, local } = header;
        if (kindOf(id) !== undefined && local.kind !== 'send-once') return [`t${thread + 1} got notification ${id} as if from a sender`];
        return kindOf(id) === undefined && local.kind === 'send-once' && sentThroughSend(step, thread, id) ? [`t${thread + 1} got message ${id} as if from the kernel`] : [];
      });
      return [...sent, ...got];
    },
    sometimes: {
      'a notification is received': (step) => dequeued(step).some(({ header }) => kindOf(header.id) !== undefined),
      'a message sent through a send right is received': (step) => dequeued(step).some(({ header }) => header.local.kind === 'send'),
    },
  },

  'mach/dead-notify-port-swallows-notifications': {
    step: (step) => [...strandedFaults(step), ...swallowedFaults(step)],
    sometimes: {
      'a watched name goes, and the notify port is dead': (step) => watched(step).some(({ fate, to }) =>
        (fate === 'deleted' || fate === 'dead') && !isLive(step.before, to)),
      'the last sender goes, and the notify port is dead': ({ before, after }) => before.ports.some(({ noSenders, life }, port) =>
        life === 'live' && noSenders !== null && !isLive(before, noSenders) && after.ports[port]!.noSenders === null),
    },
  },

  'mach/requests-follow-a-rename': {
    on: ['mach_port_rename'],
    step: renameFaults,
    sometimes: {
      'a watched name is renamed': (step) => isCall(step, 'mach_port_rename') && succeeded(step)
        && requestOf(entryAt(step.before, targetTask(step)!, step.call.name)) !== null,
      'a name is renamed that is owed a notification': (step) => {
        const entry = isCall(step, 'mach_port_rename') && succeeded(step) ? entryAt(step.before, targetTask(step)!, step.call.name) : null;
        return entry?.tag === 'port' && entry.accepted;
      },
    },
  },

  'mach/notification-messages-have-fixed-forms': {
    step: formFaults,
    sometimes: Object.fromEntries((['port-deleted', 'msg-accepted', 'port-destroyed', 'no-senders', 'send-once', 'dead-name'] as const)
      .map((kind) => [`${kind} is sent`, (step: MachStep) => heard(step).notices.some((notice) => notice.kind === kind)])),
  },
} satisfies MachLaws;

/** Whether a message a thread received, told by its id, was sent through a send right. */
function sentThroughSend({ before, call }: MachStep, _thread: number, id: number): boolean {
  const queued = [...messagesIn(before)].filter(([message]) => message.id === id && message.sender !== -1);
  if (call.operation === 'mach_msg' && call.send?.id === id) return false;
  return queued.length > 0 && queued.every(([{ destination }]) => destination.kind === 'send');
}

/** The kernel's own messages, with something else about them. */
const kernelMessages = (other: (message: Message) => Message): Partial<Mechanisms> => ({
  enqueue: (world, message) => enqueue(world, message.sender === -1 && message.body[0]?.tag !== 'code' ? other(message) : message),
});

export const notificationFormMutants: MachMutants = {
  'notification-looks-like-a-message': {
    rule: 'mach/notifications-arrive-on-send-once-rights',
    fault: 'notifications arrive as if through a send right',
    mechanisms: kernelMessages((message) => ({ ...message, destination: { ...message.destination, kind: 'send' } })),
  },
  'notification-waits-for-a-dead-port': {
    rule: 'mach/dead-notify-port-swallows-notifications',
    fault: 'a notification for a dead port stays in its queue',
    mechanisms: {
      enqueue: (world, message) => {
        const port = change(world.state.ports[message.destination.port]!);
        if (message.sender === -1 && port.life === 'dead') port.queue = [...port.queue, message];
        else enqueue(world, message);
      },
    },
  },
  'dead-notify-port-holds-the-name': {
    rule: 'mach/dead-notify-port-swallows-notifications',
    fault: 'a name that is to be told at a dead port is not freed',
    mechanisms: {
      destroyEntry: (world, task, name) => {
        const request = requestOf(entryAt(world.state, task, name));
        destroyEntry(world, task, name);
        if (request !== null && !isLive(world.state, request)) setEntry(world.state, task, name, { tag: 'dead', refs: 1, untouched: null });
      },
    },
  },
  'rename-loses-the-request': {
    rule: 'mach/requests-follow-a-rename',
    fault: 'a renamed name is no longer watched',
    operations: {
      mach_port_rename: {
        ...rename,
        step: (world, call) => {
          const verdict = rename.step(world, call);
          const { task } = world.state.threads[call.thread]!;
          const entry = entryAt(world.state, task, call.to);
          if (verdict.tag === 'returned' && entry?.tag === 'port') setEntry(world.state, task, call.to, { ...entry, request: null });
          return verdict;
        },
      },
    },
  },
  'rename-leaves-the-accepted-name': {
    rule: 'mach/requests-follow-a-rename',
    fault: 'a msg-accepted notification carries the name from before a rename',
    operations: {
      mach_port_rename: {
        ...rename,
        step: (world, call) => {
          const verdict = rename.step(world, call);
          if (verdict.tag === 'returned') renameAccepted(world.state, world.state.threads[call.thread]!.task, call.to, call.name as Name);
          return verdict;
        },
      },
    },
  },
  'no-senders-has-the-wrong-number': {
    rule: 'mach/notification-messages-have-fixed-forms',
    fault: 'no-senders notifications have the number 67',
    mechanisms: kernelMessages((message) => (message.id === 70 ? { ...message, id: 67 } : message)),
  },
  'send-once-notification-is-padded': {
    rule: 'mach/notification-messages-have-fixed-forms',
    fault: 'a send-once notification is as large as the others',
    mechanisms: kernelMessages((message) => ({ ...message, size: 32 })),
  },
  'port-destroyed-claims-to-be-simple': {
    rule: 'mach/notification-messages-have-fixed-forms',
    fault: 'a port-destroyed notification is not marked complex',
    mechanisms: kernelMessages((message) => ({ ...message, complex: false })),
  },
  'name-comes-as-a-count': {
    rule: 'mach/notification-messages-have-fixed-forms',
    fault: 'a name in a notification is sent as a number',
    mechanisms: {
      notify: (world, to, id, body) => notify(world, to, id,
        body.map((item) => (item.tag === 'name' ? { tag: 'count', count: item.name.name } : item))),
    },
  },
};
