import type { Name, ReceivedItem, ReceivedMessage, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { Event } from '#model/kernel';
import type { Carried, MachState, Message, PortId, Receive, SetId } from '#model/mach/state';
import { callerEvent, entryAt, messageBySerial, messagesIn } from '#properties/mach/facts';
import { expectedSend, refusalsOf, type ExpectedSend } from '#properties/mach/laws/expected-send';
import { leadsTo } from '#properties/mach/laws/ledger';
import type { CallOf, MachStep } from '#properties/mach/obligation';
import { oncePerStep } from '#properties/remember';

/** A receive half as its caller asked for it. */
export interface Wanted {
  readonly name: Name;
  readonly size: number;
  readonly large: boolean;
  readonly timed: boolean;
  readonly notify: Name | null;
}

/** The receive half a thread is in when a step begins, or comes to in its course; null if there is none. */
export function wantedBy({ before, call }: Pick<MachStep, 'before' | 'call'>, thread: ThreadId): Wanted | null {
  const run = before.threads[thread]?.run;
  if (run?.tag === 'receiving' || run?.tag === 'handed') return wanted(run.wait);
  if (run?.tag === 'sending') return run.afterwards === null ? null : wanted(run.afterwards);
  if (call.operation !== 'mach_msg' || call.thread !== thread || call.receive === null) return null;
  const { receive: { name, size }, options, notify } = call;
  const has = (option: (typeof options)[number]) => options.includes(option);
  return {
    name, size, large: has('receive-large'), timed: has('receive-timeout'), notify: has('receive-notify') ? notify : null,
  };
}

const wanted = ({ name, size, large, timed, notify }: Receive): Wanted =>
  ({ name: name.name, size, large, timed, notify: notify?.name ?? null });

/** A message that left its queue for good, as the thread it went to saw it. */
export interface Taken {
  readonly thread: ThreadId;
  readonly task: TaskId;
  readonly wanted: Wanted;
  readonly header: Omit<ReceivedMessage, 'body'>;
  /** Null if only the header was delivered. */
  readonly body: readonly ReceivedItem[] | null;
  readonly error: 'MACH_RCV_TOO_LARGE' | 'MACH_RCV_INVALID_NOTIFY' | 'MACH_RCV_BODY_ERROR' | null;
  /** The message as it was before; null if the kernel made it in this very step, or nobody did. */
  readonly source: Message | null;
  /** It had been handed to the thread in an earlier step. */
  readonly handed: boolean;
}

/**
 * How calls ended in a step, whether or not their threads could be told: one that is aborted while it is kept from
 * running has ended its call, and answers once it runs. Such a late answer is no news.
 */
export const endings = remember(({ before, after, events }): readonly Event[] => [
  ...events.filter(({ thread }) => before.threads[thread]?.run.tag !== 'answered'),
  ...after.threads.flatMap(({ run }, thread): Event[] => {
    const was = before.threads[thread]?.run.tag;
    if (run.tag !== 'answered' || (was !== 'sending' && was !== 'handed' && was !== 'receiving')) return [];
    const value = run.given === null ? undefined : JSON.parse(run.given) as unknown;
    return run.error === null ? [{ tag: 'returned', thread, value }] : [{ tag: 'raised', thread, error: run.error, value }];
  }),
]);

/** Everything that threads took out of queues in a step, and have been told of or will be. */
export const takenIn = remember((step): readonly Taken[] => {
  const claimed = new Set<Message>();
  return endings(step).flatMap((event) => taking(step, event, claimed));
});

/** What one ending tells of a receipt. `claimed` are the messages that others took: two receipts are of two messages. */
function taking(step: MachStep, event: ReturnType<typeof endings>[number], claimed: Set<Message>): readonly Taken[] {
  if (!('value' in event) || event.value === null || typeof event.value !== 'object') return [];
  const seen = event.tag === 'returned' ? receivedWhole(event.value) : event.tag === 'raised' ? headerAlone(event.error, event.value) : null;
  const thread = event.thread as ThreadId;
  const asked = wantedBy(step, thread);
  if (seen === null || asked === null) return [];
  const { task, run } = step.before.threads[thread]!;
  const source = sourceOf(step, thread, seen, claimed);
  if (source !== null) claimed.add(source);
  return [{ thread, task, wanted: asked, ...seen, source, handed: run.tag === 'handed' }];
}

/** The names under which the rights that a message brought have arrived. */
export const arrivedUnder = ({ header, body }: Taken): readonly Name[] =>
  [header.remote.name, ...(body ?? []).flatMap((item) => (item.tag === 'rights' ? item.names : []))];

type Seen = Pick<Taken, 'header' | 'body' | 'error'>;

function receivedWhole(value: object): Seen | null {
  const { message } = value as { message?: ReceivedMessage | null };
  if (message === undefined || message === null) return null;
  const { body, ...header } = message;
  return { header, body, error: null };
}

function headerAlone(error: string, value: object): Seen | null {
  if (error === 'MACH_RCV_BODY_ERROR') return { ...receivedWhole({ message: value })!, error };
  if (error === 'MACH_RCV_INVALID_NOTIFY') return { header: value as Taken['header'], body: null, error };
  const { tag, header } = value as { tag?: string; header?: Taken['header'] };
  return error === 'MACH_RCV_TOO_LARGE' && tag === 'destroyed' ? { header: header!, body: null, error } : null;
}

/** Which message it was that a thread took: the first to fit of all that could have come to it. */
function sourceOf(step: MachStep, thread: ThreadId, seen: Seen, claimed: ReadonlySet<Message>): Message | null {
  const { before, after } = step;
  const { run, task } = before.threads[thread]!;
  if (run.tag === 'handed') return run.message;
  const there = [...messagesIn(before)].filter(([{ serial }, { at }]) => at !== 'receiver' && messageBySerial(after, serial) === null);
  const own = expectedOf(step)?.message;
  const sent = own === undefined || sentMessage(step) !== null ? [] : [own];
  const could = [...there.map(([message]) => message), ...sent]
    .filter((message) => mayReach(step, thread, message.destination.port, seen.header.local.name));
  const fit = could.filter((message) => fits(message, seen) && !(isKernels(seen) && claimed.has(message)));
  const best = fit.find((message) => namesDenote(after, task, message, seen)) ?? fit[0];
  if (best !== undefined || isKernels(seen)) return best ?? null;
  return could.find(({ id }) => id === seen.header.id) ?? could[0] ?? null;
}

/** Whether it can only be a message of the kernel's: a notification, or the refusal of a request. */
export const isKernels = ({ header, body }: Pick<Taken, 'header' | 'body'>): boolean =>
  (header.id >= 65 && header.id <= 72) || body?.[0]?.tag === 'code';

/**
 * Whether a thread receives from a port, by itself or in a set, or will once its send half is over. A name that was
 * freed while the thread waited may have come to stand for another port: then only the answer says which.
 */
function mayReach({ before, after, call }: MachStep, thread: ThreadId, port: PortId, local: Name): boolean {
  const { run, task } = before.threads[thread]!;
  const inSet = (set: SetId) => before.ports[port]!.set === set || after.ports[port]!.set === set;
  if (run.tag === 'receiving') return run.from.tag === 'port' ? run.from.port === port : inSet(run.from.set);
  const asked = wantedBy({ before, call }, thread);
  if (asked === null) return false;
  if (run.tag === 'sending' && entryAt(after, task, asked.name) === null) return receivedAt(before, after, task, local) === port;
  return [before, after].some((state) => {
    const entry = entryAt(state, task, asked.name);
    return entry?.tag === 'set' ? inSet(entry.set) : entry?.tag === 'port' && entry.port === port;
  });
}

/** The port that a name stood for as the local port of a received message. */
export function receivedAt(before: MachState, after: MachState, task: TaskId, name: Name): PortId | null {
  for (const state of [after, before]) {
    const entry = entryAt(state, task, name);
    if (entry?.tag === 'port') return entry.port;
  }
  return null;
}

/** Whether all that is the same for every receiver is the same. */
export function fits(message: Message, { header, body }: Pick<Taken, 'header' | 'body'>): boolean {
  if (message.id !== header.id || message.size !== header.size || message.destination.kind !== header.local.kind) return false;
  if (body === null) return true;
  return message.reply.kind === header.remote.kind && body.length === message.body.length
    && body.every((item, at) => looksLike(message.body[at]!, item));
}

function looksLike(item: Message['body'][number], seen: ReceivedItem): boolean {
  if (item.tag !== seen.tag) return false;
  if (item.tag === 'rights') return seen.tag === 'rights' && seen.kind === item.kind && seen.names.length === item.rights.length;
  return item.tag !== 'data' || (seen.tag === 'data' && seen.bytes === item.bytes);
}

function namesDenote(after: MachState, task: TaskId, message: Message, { header, body }: Seen): boolean {
  if (body === null) return true;
  return denotes(after, task, header.remote.name, message.reply) && message.body.every((item, at) => {
    const seen = body[at]!;
    if (item.tag === 'name') return JSON.stringify(item) === JSON.stringify(seen);
    return item.tag !== 'rights' || (seen.tag === 'rights'
      && item.rights.every((right, place) => denotes(after, task, seen.names[place]!, right)));
  });
}

/** Whether a name of a space stands for a right, as it should after the right has arrived there. */
export function denotes(state: MachState, task: TaskId, name: Name, right: Carried): boolean {
  if (right.tag !== 'right') return name === (right.tag === 'null' ? 0 : -1);
  const entry = entryAt(state, task, name);
  if (state.ports[right.port]!.life === 'dead') return name === -1 || entry?.tag === 'dead';
  if (right.kind === 'send-once') return entry?.tag === 'send-once' && entry.port === right.port;
  if (entry?.tag !== 'port' || entry.port !== right.port) return false;
  return right.kind === 'receive' ? entry.receive : entry.sends > 0;
}

/** A message that could not be sent, in its sender's hands again. */
export interface GivenBack {
  readonly thread: ThreadId;
  readonly task: TaskId;
  readonly error: string;
  readonly message: ReceivedMessage;
  readonly source: Message;
}

const backErrors: ReadonlySet<string> = new Set(
  ['MACH_SEND_TIMED_OUT', 'MACH_SEND_INTERRUPTED', 'MACH_SEND_INVALID_NOTIFY', 'MACH_SEND_NOTIFY_IN_PROGRESS'],
);

/** Messages given back in a step: to threads that are told so, and to those that will be once they run. */
export const givenBackIn = remember((step): readonly GivenBack[] => endings(step).flatMap((event) => {
  if (event.tag !== 'raised' || !backErrors.has(event.error) || event.value === undefined) return [];
  const { run, task } = step.before.threads[event.thread]!;
  const source = run.tag === 'sending' ? run.message : expectedOf(step)?.message;
  if (source === undefined) return [];
  return [{
    thread: event.thread as ThreadId, task, error: event.error, message: event.value as ReceivedMessage, source,
  }];
}));

export type Sends = CallOf<'mach_msg'> & { readonly send: NonNullable<CallOf<'mach_msg'>['send']> };

export const sendsIn = ({ call }: MachStep): Sends | null =>
  (call.operation === 'mach_msg' && call.send !== null ? call as Sends : null);

/** What should come of the send half of a call; null if there is none, or it must be refused. */
export const expectedOf = remember((step): ExpectedSend | null => {
  const call = sendsIn(step);
  return call === null || refusalsOf(step.before, call).length > 0 ? null : expectedSend(step.before, call.thread, call.send);
});

/** Whether the message of a call carries a receive right that would end in its own queue. */
export const isCircularSend = (step: MachStep): boolean => {
  const expected = expectedOf(step);
  return expected !== null && expected.space.takings.some(({ port, disposition }) =>
    disposition === 'move-receive' && leadsTo(step.before, expected.message.destination.port, port));
};

/** How the send half of a call ended, as the caller saw it, and what the caller then did. */
export type SendEnd = 'refused' | 'destroyed' | 'waiting' | 'forced' | 'given back' | 'sent';

export function sendEnd(step: MachStep): SendEnd | null {
  const call = sendsIn(step);
  const event = callerEvent(step);
  if (call === null || event === undefined) return null;
  if (event.tag === 'blocked') return step.after.threads[call.thread]!.run.tag === 'sending' ? 'waiting' : 'sent';
  if (event.tag !== 'raised' || !event.error.startsWith('MACH_SEND')) return 'sent';
  if (event.error === 'MACH_SEND_WILL_NOTIFY') return 'forced';
  if (event.value !== undefined) return 'given back';
  return expectedOf(step) === null ? 'refused' : 'destroyed';
}

/** The message a step's caller sent, where it still is after the step. */
export const sentMessage = remember((step): ReturnType<typeof messageBySerial> => {
  const call = sendsIn(step);
  if (call === null) return null;
  for (const found of messagesIn(step.after)) {
    if (found[0].serial >= step.before.serial && found[0].sender === call.thread) return found;
  }
  return null;
});

/** Messages that count for the limit of a port: in its queue, or handed over and not yet taken out. */
export function countAt(state: MachState, port: PortId): number {
  const handed = state.threads.filter(({ run }) => run.tag === 'handed' && run.message.destination.port === port);
  return state.ports[port]!.queue.length + handed.length;
}

/** Works out a fact of a step once. */
export function remember<T>(fact: (step: MachStep) => T): (step: MachStep) => T {
  return oncePerStep(fact);
}
