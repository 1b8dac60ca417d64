import type { MachArguments, Name, ReceivedMessage, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { entryOf, freshName, isReceive, messageCount, nameOfPort, receiveNameOf, reserveName, setEntry } from '#model/mach/entries';
import { portLabel, threadLabel, nextSequence } from '#model/mach/messages/enqueue';
import { copyoutItem } from '#model/mach/messages/pseudo-receive';
import { implementing, type Cascade, type Mach } from '#model/mach/world';
import {
  DEAD, NULL, type Carried, type Entry, type Item, type Message, type PortId, type Receive, type SetId,
} from '#model/mach/state';
import { change } from '#model/operation';

export type Header = Omit<ReceivedMessage, 'body'>;

/** What became of the receive half. */
export type Received =
  /** `short`: there was no room for some of its regions. */
  | { readonly tag: 'received'; readonly message: ReceivedMessage; readonly short: boolean }
  | { readonly tag: 'waiting' }
  | { readonly tag: 'refused'; readonly error: ReceiveRefusal }
  | { readonly tag: 'kept'; readonly size: number }
  | { readonly tag: 'destroyed'; readonly error: 'MACH_RCV_TOO_LARGE' | 'MACH_RCV_INVALID_NOTIFY'; readonly header: Header };

export type ReceiveRefusal =
  | 'MACH_RCV_INVALID_NAME' | 'MACH_RCV_IN_SET' | 'MACH_RCV_TIMED_OUT' | 'MACH_RCV_INTERRUPTED'
  | 'MACH_RCV_PORT_DIED' | 'MACH_RCV_PORT_CHANGED';

export type ReceiveChoices = Cascade | 'address' | 'member' | 'simultaneous' | 'sender';

type Source = { readonly tag: 'port'; readonly port: PortId } | { readonly tag: 'set'; readonly set: SetId };

/** Takes a message from a port or set, or waits for one. */
export const receiveMessage = implementing(
  [
    'mach/receive-targets-a-port-or-set', 'mach/messages-of-a-port-stay-in-order',
    'mach/dequeue-advances-the-sequence-number', 'mach/timed-out-receive-leaves-the-queue',
    'mach/receive-refuses-other-names', 'mach/receive-refuses-set-members',
  ],
  (world: Mach<ReceiveChoices>, thread: ThreadId, wait: Receive): Received => {
    const { state, mechanisms } = world;
    const { task } = state.threads[thread]!;
    const from = sourceOf(world, task, wait.name.name);
    if (typeof from === 'string') return { tag: 'refused', error: from };
    const head = mechanisms.nextMessage(world, from);
    if (head === null) {
      if (wait.polls) return { tag: 'refused', error: 'MACH_RCV_TIMED_OUT' };
      mechanisms.waitForMessage(world, thread, from, wait);
      return { tag: 'waiting' };
    }
    if (wait.large && head.size > wait.size) return { tag: 'kept', size: head.size };
    const port = change(state.ports[head.destination.port]!);
    port.queue = port.queue.slice(1);
    return mechanisms.takeMessage(world, thread, head, nextSequence(state, head), wait);
  },
);

function sourceOf({ state }: Mach, task: TaskId, name: Name): Source | 'MACH_RCV_INVALID_NAME' | 'MACH_RCV_IN_SET' {
  const entry = entryOf(state, task, name);
  if (entry?.tag === 'set') return { tag: 'set', set: entry.set };
  if (!isReceive(entry)) return 'MACH_RCV_INVALID_NAME';
  return state.ports[entry.port]!.set === null ? { tag: 'port', port: entry.port } : 'MACH_RCV_IN_SET';
}

/** The message to be received next, now at the head of its port's queue; null if there is none. */
export const nextMessage = implementing(
  ['mach/messages-of-a-port-stay-in-order', 'mach/set-merges-its-member-queues'],
  (world: Mach<'member' | 'simultaneous'>, from: Source): Message | null => {
    const { state } = world;
    const port = from.tag === 'port' ? from.port : memberToServe(world, from.set);
    if (port === null) return null;
    const { queue } = state.ports[port]!;
    if (queue.length === 0) return null;
    const first = world.choose('simultaneous', simultaneous(queue), ({ serial }) => `message ${serial}`);
    if (queue[0] !== first) {
      const alone = { ...first, moment: -1 };
      change(state.ports[port]!).queue = [alone, ...queue.filter((message) => message !== first)];
      return alone;
    }
    return first;
  },
);

/** Messages that were queued in one moment have no order; they stand together at the head. */
function simultaneous(queue: readonly Message[]): readonly Message[] {
  const { moment } = queue[0]!;
  let end = 1;
  while (end < queue.length && queue[end]!.moment === moment) end += 1;
  return end === 1 ? [queue[0]!] : queue.slice(0, end);
}

function memberToServe(world: Mach<'member' | 'simultaneous'>, set: SetId): PortId | null {
  const { state } = world;
  const waiting = state.ports.flatMap(({ set: in_, queue }, port) => (in_ === set && queue.length > 0 ? [port as PortId] : []));
  if (waiting.length === 0) return null;
  const arrival = (port: PortId) => state.ports[port]!.queue[0]!.arrival;
  waiting.sort((a, b) => arrival(a) - arrival(b));
  if (state.variant === 'documented') return world.choose('member', waiting, portLabel);
  const { moment } = state.ports[waiting[0]!]!.queue[0]!;
  return world.choose('simultaneous', waiting.filter((port) => state.ports[port]!.queue[0]!.moment === moment), portLabel);
}

export const waitForMessage = implementing(
  ['mach/message-reaches-one-thread', 'mach/blocking-stops-the-caller-alone'],
  ({ state }: Mach, thread: ThreadId, from: Source, wait: Receive): void => {
    const queue = change(from.tag === 'port' ? state.ports[from.port]! : state.sets[from.set]!);
    queue.receivers = [...queue.receivers, thread];
    if (wait.notify !== null) reserveName(state, wait.notify);
    change(state.threads[thread]!).run = { tag: 'receiving', from, wait, broken: null };
  },
);

/** A dequeued message is taken out: room is made, and its rights become names. */
export const takeMessage = implementing(
  [
    'mach/dequeue-wakes-one-sender', 'mach/large-option-keeps-too-large-messages',
    'mach/receive-notify-watches-the-reply', 'mach/forced-messages-exceed-the-limit',
  ],
  (
    world: Mach<ReceiveChoices>, thread: ThreadId, message: Message, sequence: number, wait: Receive,
  ): Received => {
    const { state, mechanisms } = world;
    const { task } = state.threads[thread]!;
    if (message.accepted !== null) mechanisms.payAccepted(world, message.accepted, false);
    mechanisms.wakeSender(world, message.destination.port);
    world.charge('copy');
    world.charge('byte', message.size);
    if (message.size > wait.size) return discard(world, task, message, sequence, 'MACH_RCV_TOO_LARGE');
    if (wait.notify !== null && !isReceive(entryOf(state, task, wait.notify.name))) {
      return discard(world, task, message, sequence, 'MACH_RCV_INVALID_NOTIFY');
    }
    const { id, complex, size, body } = message;
    const header = mechanisms.copyoutHeader(world, task, message, wait.notify?.name ?? null);
    const items = body.map((item) => copyoutItem(world, task, item));
    const short = items.some((item, at) => item.tag === 'region' && item.size < (body[at] as Extract<Item, { tag: 'region' }>).size);
    return { tag: 'received', message: { id, ...header, complex, size, sequence, body: items }, short };
  },
);

/** One message fewer: one of the senders that wait for room may try again, if there is room. */
export const wakeSender = implementing(
  ['mach/every-blocked-sender-gets-its-turn', 'mach/dequeue-wakes-one-sender'],
  (world: Mach<'sender'>, id: PortId): void => {
    const { state } = world;
    const port = state.ports[id]!;
    if (port.life === 'dead' || port.senders.length === 0) return;
    if (messageCount(state, id) >= port.queueLimit) return;
    const thread = world.choose('sender', port.senders, threadLabel);
    change(port).senders = port.senders.filter((other) => other !== thread);
    const { run } = state.threads[thread]!;
    if (run.tag === 'sending') change(state.threads[thread]!).run = { ...run, woken: true };
  },
);

/** The header of a message whose rest is destroyed. */
function discard(
  world: Mach<Cascade>, task: TaskId, message: Message, sequence: number,
  error: 'MACH_RCV_TOO_LARGE' | 'MACH_RCV_INVALID_NOTIFY',
): Received {
  const { mechanisms } = world;
  const { id, complex, size, destination, reply } = message;
  const local = { name: mechanisms.copyoutDestination(world, task, message), kind: destination.kind };
  mechanisms.destroyRight(world, reply);
  mechanisms.destroyBody(world, message);
  const remote = { name: reply.tag === 'dead' ? DEAD : NULL, kind: reply.kind };
  return { tag: 'destroyed', error, header: { id, remote, local, complex, size, sequence } };
}

/** Names the reply right first, then uses up the right the message came through. */
export const copyoutHeader = implementing(
  [
    'mach/header-fields-swap-on-receipt', 'mach/receiver-learns-port-and-right-kind',
    'mach/reply-right-is-named-first', 'mach/receive-notify-watches-the-reply',
  ],
  (
    world: Mach<Cascade>, task: TaskId, message: Message, notify: Name | null,
  ): Pick<ReceivedMessage, 'remote' | 'local'> => {
    const { destination, reply } = message;
    const remote = { name: copyoutReply(world, task, reply, notify), kind: reply.kind };
    const local = { name: world.mechanisms.copyoutDestination(world, task, message), kind: destination.kind };
    return { remote, local };
  },
);

/** A reply right that gets a new name may get a dead-name request with it. */
function copyoutReply(world: Mach, task: TaskId, reply: Carried, notify: Name | null): Name {
  const { state, mechanisms } = world;
  if (notify === null || reply.tag !== 'right' || state.ports[reply.port]!.life === 'dead') {
    return mechanisms.copyout(world, task, reply);
  }
  const known = reply.kind === 'send-once' ? null : nameOfPort(state, task, reply.port);
  const name = mechanisms.copyout(world, task, reply);
  if (known === null) {
    const { port } = entryOf(state, task, notify) as Extract<Entry, { tag: 'port' }>;
    change(state.ports[port]!).sendOnceRights += 1;
    setEntry(state, task, name, { ...(entryOf(state, task, name) as Extract<Entry, { tag: 'port' }>), request: port });
  }
  return name;
}

/** The right the message came through is used up; the name is where the receiver has the port now. */
export const copyoutDestination = implementing(
  ['mach/send-once-destination-ends-at-receipt', 'mach/lost-right-shows-in-the-local-port'],
  (world: Mach<Cascade>, task: TaskId, { destination }: Message): Name => {
    const { state, mechanisms } = world;
    const { port, kind } = destination;
    if (state.ports[port]!.life === 'dead') return DEAD;
    const name = receiveNameOf(state, task, port);
    if (kind === 'send') mechanisms.releaseSend(world, port);
    else if (name === null) mechanisms.releaseSendOnce(world, port);
    else mechanisms.dropSendOnce(world, port);
    return name ?? NULL;
  },
);

export type ReceiveArguments = NonNullable<MachArguments<'mach_msg'>['receive']>;
export { freshName };
