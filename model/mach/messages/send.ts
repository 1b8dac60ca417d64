import type { Name, ReceivedMessage, SentMessage, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { entryOf, HEADER_BYTES, messageCount, nameOfPort, reserveName, setEntry, touch, WORD_BYTES } from '#model/mach/entries';
import { opaqueBody, sentBytes, type BodyError } from '#model/mach/messages/copyin-body';
import { headerErrors, isHeaderForm, notifyPort, type HeaderError } from '#model/mach/messages/copyin-header';
import { implementing, type Cascade, type Mach } from '#model/mach/world';
import { NULL, type MachState, type Message, type PortEntry, type PortId, type Receive } from '#model/mach/state';
import { change, ModelError } from '#model/operation';

/** What became of the send half. `given back`: the message is in the caller's hands again. */
export type Sent =
  | { readonly tag: 'sent' }
  | { readonly tag: 'waiting' }
  | { readonly tag: 'refused'; readonly error: SendRefusal; readonly touched: boolean }
  | { readonly tag: 'destroyed'; readonly error: BodyError }
  | { readonly tag: 'forced' }
  | { readonly tag: 'given back'; readonly error: GivenBack; readonly message: ReceivedMessage };

export type SendRefusal =
  | HeaderError | 'MACH_SEND_MSG_TOO_SMALL' | 'MACH_SEND_INVALID_HEADER' | 'MACH_SEND_INVALID_NOTIFY';
export type GivenBack =
  | 'MACH_SEND_TIMED_OUT' | 'MACH_SEND_INTERRUPTED' | 'MACH_SEND_INVALID_NOTIFY' | 'MACH_SEND_NOTIFY_IN_PROGRESS';

/** How a thread means to wait for room, if it must. */
export interface Patience {
  readonly timed: boolean;
  /** With a timeout of 0 it does not wait at all. */
  readonly polls: boolean;
  /** The name to be notified at instead of waiting (longer). */
  readonly notify: Name | null;
  readonly afterwards: Receive | null;
}

export type SendChoices = Cascade | 'address' | 'error' | 'cancel' | 'limit zero';

/** Judges a message, takes its rights, and queues it or waits: size, header, rights, body, room. */
export const sendMessage = implementing(
  [
    'mach/message-contents-are-fixed-at-send', 'mach/blocked-send-holds-its-rights',
    'mach/malformed-size-refuses-the-send', 'mach/bad-disposition-refuses-the-send',
    'mach/bad-destination-refuses-the-send',
  ],
  (
    world: Mach<SendChoices>, thread: ThreadId, sent: SentMessage, cancelAt: Name | null, patience: Patience,
  ): Sent => {
    const { state, mechanisms } = world;
    const { task } = state.threads[thread]!;
    const refused = judge(world, task, sent, cancelAt);
    if (refused !== null) return refused;
    const cancel = cancelAt === null ? null : notifyPort(state, task, cancelAt);
    const header = mechanisms.copyinHeader(world, task, sent, cancel);
    const copied = sent.complex
      ? mechanisms.copyinBody(world, task, sent, header.destination.port)
      : { body: opaqueBody(state, task, sent, header.destination.port), circular: false, complex: false, error: null };
    const size = sent.size ?? sentBytes(sent);
    const message: Message = {
      tag: 'message', id: sent.id, ...header, ...bodyOf(copied), size, accepted: null,
      moment: 0, arrival: 0, serial: change(state).serial++, sender: thread,
    };
    world.charge('copy');
    world.charge('byte', size);
    if (copied.error !== null) {
      mechanisms.destroyMessage(world, message);
      return { tag: 'destroyed', error: copied.error };
    }
    return mechanisms.queueOrWait(world, thread, message, patience);
  },
);

const bodyOf = ({ body, circular, complex }: Pick<Message, 'body' | 'circular' | 'complex'>) => ({ body, circular, complex });

/** Everything that can be refused before a right is taken. */
function judge(
  world: Mach<'error'>, task: TaskId, sent: SentMessage, cancelAt: Name | null,
): Extract<Sent, { tag: 'refused' }> | null {
  const { state } = world;
  const exact = sentBytes(sent);
  const size = sent.size ?? exact;
  if (size > exact) throw new ModelError('a send size beyond the message');
  if (size < HEADER_BYTES || size % WORD_BYTES !== 0) return refuse('MACH_SEND_MSG_TOO_SMALL');
  if (cancelAt === NULL) return refuse('MACH_SEND_INVALID_NOTIFY');
  if (!isHeaderForm(sent)) return refuse('MACH_SEND_INVALID_HEADER');
  if (cancelAt !== null && notifyPort(state, task, cancelAt) === null) return refuse('MACH_SEND_INVALID_NOTIFY');
  const errors = headerErrors(state, task, sent);
  if (errors.length === 0) return null;
  const error = chooseError(world, errors);
  const attempted = error === 'MACH_SEND_INVALID_DEST' && !sent.remote.disposition!.startsWith('make');
  return refuse(error, attempted && touch(state, task, sent.remote.name));
}

const refuse = (error: SendRefusal, touched = false) => ({ tag: 'refused', error, touched }) as const;

/** Where several errors apply the documents give no order; the reference implementation reports the first. */
export function chooseError<E extends string>(world: Mach<'error'>, errors: readonly E[]): E {
  return world.state.variant === 'gnumach' ? errors[0]! : world.choose('error', [...new Set(errors)], (error) => error);
}

/** Queues a message if there is room for it, and otherwise does what the sender's options say. */
export const queueOrWait = implementing(
  [
    'mach/send-proceeds-below-the-queue-limit', 'mach/zero-limit-blocks-ordinary-senders',
    'mach/timed-out-send-gives-contents-back', 'mach/send-notify-queues-one-message',
    'mach/send-notify-acts-only-when-full', 'mach/circular-message-waits-for-room-first',
  ],
  (world: Mach<Cascade | 'address' | 'limit zero'>, thread: ThreadId, message: Message, patience: Patience): Sent => {
    const { mechanisms } = world;
    if (mechanisms.hasRoom(world, message)) {
      mechanisms.enqueue(world, message);
      return { tag: 'sent' };
    }
    const { timed, polls, notify } = patience;
    if (notify !== null && (!timed || polls)) return mechanisms.force(world, thread, message, notify);
    if (timed && polls) return giveBack(world, thread, message, 'MACH_SEND_TIMED_OUT');
    mechanisms.waitForRoom(world, thread, message, patience);
    return { tag: 'waiting' };
  },
);

/** Whether a message may be queued now: below the limit, or through a send-once right, or nowhere to queue. */
export const hasRoom = implementing(
  [
    'mach/send-proceeds-below-the-queue-limit', 'mach/zero-limit-blocks-ordinary-senders',
    'mach/send-to-a-dying-port-succeeds',
  ],
  (world: Mach<'limit zero'>, { destination, size }: Message): boolean => {
    const { state } = world;
    const port = state.ports[destination.port]!;
    if (port.life === 'dead' || port.kernel !== null || destination.kind === 'send-once') return true;
    if (messageCount(state, destination.port) < port.queueLimit) return true;
    const waiting = port.set === null ? port : state.sets[port.set]!;
    return port.queueLimit === 0 && state.variant === 'documented' && waiting.receivers.some((thread) => takes(state, thread, size))
      && world.choose('limit zero', [false, true], (yes) => (yes ? 'deliver' : 'wait'));
  },
);

/** Whether a thread that waits for a message takes one of this size; with a smaller buffer it may ask to be told instead. */
function takes(state: MachState, thread: ThreadId, size: number): boolean {
  const { run } = state.threads[thread]!;
  return run.tag === 'receiving' && !(run.wait.large && size > run.wait.size);
}

export const waitForRoom = implementing(
  ['mach/blocked-send-holds-its-rights', 'mach/every-blocked-sender-gets-its-turn'],
  ({ state }: Mach, thread: ThreadId, message: Message, { timed, notify, afterwards }: Patience): void => {
    const port = change(state.ports[message.destination.port]!);
    port.senders = [...port.senders, thread];
    const { task } = state.threads[thread]!;
    const remembered = notify === null ? null : { task, name: notify };
    for (const name of [remembered, afterwards?.name, afterwards?.notify]) if (name) reserveName(state, name);
    change(state.threads[thread]!).run = {
      tag: 'sending', to: message.destination.port, message, timed, notify: remembered, afterwards, woken: false, broken: null,
    };
  },
);

/** Queues a message beyond the limit, and owes its sender a msg-accepted notification. */
export const force = implementing(
  ['mach/send-notify-queues-one-message', 'mach/requests-have-one-slot-each'],
  (world: Mach<Cascade | 'address'>, thread: ThreadId, message: Message, notify: Name): Sent => {
    const { state, mechanisms } = world;
    const { task } = state.threads[thread]!;
    const name = nameOfPort(state, task, message.destination.port) ?? NULL;
    const entry = entryOf(state, task, name) as PortEntry | null;
    if (notify === NULL) return giveBack(world, thread, message, 'MACH_SEND_INVALID_NOTIFY');
    if (entry !== null && entry.accepted) return giveBack(world, thread, message, 'MACH_SEND_NOTIFY_IN_PROGRESS');
    const port = notifyPort(state, task, notify);
    if (port === null) return giveBack(world, thread, message, 'MACH_SEND_INVALID_NOTIFY');
    if (entry !== null) setEntry(state, task, name, { ...entry, accepted: true });
    change(state.ports[port]!).sendOnceRights += 1;
    mechanisms.enqueue(world, { ...message, accepted: { tag: 'accepted', name: { task, name }, notify: port } });
    return { tag: 'forced' };
  },
);

/** The message returns to its sender, whose rights may come back under other names. */
export function giveBack(world: Mach<'address'>, thread: ThreadId, message: Message, error: GivenBack): Sent {
  const { task } = world.state.threads[thread]!;
  return { tag: 'given back', error, message: world.mechanisms.pseudoReceive(world, task, message) };
}

export type { PortId };
