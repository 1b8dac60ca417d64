import type { Name, ReportedName, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { BeyondScope, change } from '#model/operation';
import type { Entry, Item, MachState, Message, PortEntry, PortId } from '#model/mach/state';

/** What a name denotes in a task's space; null for `MACH_PORT_NULL`, `MACH_PORT_DEAD` and unknown names. */
export function entryOf(state: MachState, task: TaskId, name: Name): Entry | null {
  return name > 0 ? state.tasks[task]!.names[name] ?? null : null;
}

export function setEntry(state: MachState, task: TaskId, name: Name, entry: Entry | null): void {
  const names = change(state.tasks[task]!.names);
  while (names.length <= name) names.push(null);
  names[name] = entry;
}

/** A name never used before in that space. Which number stands for it is the implementation's affair. */
export function freshName(state: MachState, task: TaskId, entry: Entry): Name {
  const { names } = state.tasks[task]!;
  makeRoomForName(state, task);
  change(names).push(entry);
  return names.length - 1 as Name;
}

/** A name that something remembers, though it denotes nothing: no new one must be taken for it. */
export function reserveName(state: MachState, { task, name }: ReportedName): void {
  if (name >= state.tasks[task]!.names.length) setEntry(state, task, name, null);
}

/** Cuts the run if the space is as full as the scope allows. Names that were freed do not count. */
export function makeRoomForName({ limits, tasks }: MachState, task: TaskId): void {
  const { names } = tasks[task]!;
  if (names.length <= limits.names) return;
  if (names.filter((entry) => entry !== null).length >= limits.names) throw new BeyondScope('too many names');
}

/** The one name under which a space knows a port for sending, receiving or both. */
export function nameOfPort(state: MachState, task: TaskId, port: PortId): Name | null {
  const { names } = state.tasks[task]!;
  for (let name = 1; name < names.length; name += 1) {
    const entry = names[name]!;
    if (entry !== null && entry.tag === 'port' && entry.port === port) return name as Name;
  }
  return null;
}

/** The name under which a space receives from a port. */
export function receiveNameOf(state: MachState, task: TaskId, port: PortId): Name | null {
  const name = nameOfPort(state, task, port);
  return name !== null && (entryOf(state, task, name) as PortEntry).receive ? name : null;
}

export const isReceive = (entry: Entry | null): entry is PortEntry =>
  entry !== null && entry.tag === 'port' && entry.receive;

export const isSend = (entry: Entry | null): entry is PortEntry =>
  entry !== null && entry.tag === 'port' && entry.sends > 0;

/** The name has been looked at: from now on it is known to be dead. */
export function touch(state: MachState, task: TaskId, name: Name): boolean {
  const entry = entryOf(state, task, name);
  if (entry === null || entry.tag !== 'dead' || entry.untouched === null) return false;
  setEntry(state, task, name, { ...entry, untouched: null });
  return true;
}

/** Messages in a port's queue, and those handed to receivers that have not taken them out yet. */
export function messageCount(state: MachState, port: PortId): number {
  let count = state.ports[port]!.queue.length;
  for (const { run } of state.threads) {
    if (run.tag === 'handed' && run.message.destination.port === port) count += 1;
  }
  return count;
}

export const isRunnable = (state: MachState, thread: ThreadId): boolean => {
  const { life, suspends, task } = state.threads[thread]!;
  return life === 'live' && suspends === 0 && state.tasks[task]!.suspends === 0;
};

/** Every message that exists: queued, kept by a waiting sender, handed to a receiver, or being destroyed. */
export function* messagesOf(state: MachState): Generator<Message> {
  for (const { queue } of state.ports) yield* queue;
  for (const { run } of state.threads) if (run.tag === 'sending' || run.tag === 'handed') yield run.message;
  yield* state.doomed;
}

/** Whether a message carries the receive right of a port. */
export function carriesReceive(message: Message, port: PortId): boolean {
  for (const item of message.body) {
    if (item.tag !== 'rights' || item.kind !== 'receive') continue;
    for (const right of item.rights) if (right.tag === 'right' && right.port === port) return true;
  }
  return false;
}

const HEADER_BYTES = 24;
const SHORT_DESCRIPTOR_BYTES = 4;
const LONG_DESCRIPTOR_BYTES = 12;
const WORD_BYTES = 4;

/** Bytes one item takes in a message: its descriptor, and its data rounded up to words. */
export function itemBytes(item: Item): number {
  const descriptor = 'long' in item && item.long ? LONG_DESCRIPTOR_BYTES : SHORT_DESCRIPTOR_BYTES;
  return descriptor + Math.ceil(dataBytes(item) / WORD_BYTES) * WORD_BYTES;
}

function dataBytes(item: Item): number {
  switch (item.tag) {
    case 'data': return item.bytes.length / 2;
    case 'rights': return item.rights.length * WORD_BYTES;
    case 'uninterpreted': return item.names.length * WORD_BYTES;
    default: return WORD_BYTES;
  }
}

export const messageBytes = (body: readonly Item[]): number =>
  body.reduce((bytes, item) => bytes + itemBytes(item), HEADER_BYTES);

export { HEADER_BYTES, LONG_DESCRIPTOR_BYTES, SHORT_DESCRIPTOR_BYTES, WORD_BYTES };
