import type { Name, ReceivedMessage, Reference, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { Event } from '#model/kernel';
import type { Carried, Entry, MachState, Message, PortId, Run, SetId } from '#model/mach/state';
import { remember } from '#properties/remember';
import type { CallOf, MachStep } from '#properties/mach/obligation';

/**
 * Facts about states and steps that laws speak of. They are worked out from the state alone, never by asking
 * the mechanisms of the model: a law that used those would share their faults.
 */

/** What the caller was seen to get, if anybody called and got anything. */
export function callerEvent({ call, events }: MachStep): Event | undefined {
  return 'thread' in call ? events.find(({ thread }) => thread === call.thread) : undefined;
}

/** The error the caller got, or null. */
export function errorOf(step: MachStep): string | null {
  const event = callerEvent(step);
  return event?.tag === 'raised' ? event.error : null;
}

export const succeeded = (step: MachStep): boolean => callerEvent(step)?.tag === 'returned';

export const callerTask = ({ before, call }: MachStep): TaskId =>
  before.threads[(call as { thread: ThreadId }).thread]!.task;

/** The task that a task argument denotes, if it is there to be found. */
export function denotedTask({ before, call }: MachStep): TaskId | null {
  if (!('task' in call)) return null;
  const reference = call.task as Reference<TaskId>;
  if (reference.tag === 'identity') return before.tasks[reference.identity]?.life === 'live' ? reference.identity : null;
  const entry = entryAt(before, before.threads[call.thread]!.task, reference.name);
  if (entry?.tag !== 'port' || entry.sends === 0 || before.ports[entry.port]!.kernel !== 'task') return null;
  return before.tasks.findIndex(({ port }) => port === entry.port) as TaskId;
}

export function entryAt(state: MachState, task: TaskId, name: Name): Entry | null {
  return name > 0 ? state.tasks[task]!.names[name] ?? null : null;
}

/** Every name that denotes something, with its space. */
export const namesOf = remember((state: MachState): readonly (readonly [task: TaskId, name: Name, entry: Entry])[] => {
  const found: [TaskId, Name, Entry][] = [];
  for (let task = 0; task < state.tasks.length; task += 1) {
    const { names } = state.tasks[task]!;
    for (let name = 1; name < names.length; name += 1) {
      const entry = names[name]!;
      if (entry !== null) found.push([task as TaskId, name as Name, entry]);
    }
  }
  return found;
});

/** Where a message is: in a queue, with a sender that waits, with a receiver that has not run, or doomed. */
export type Place =
  | { readonly at: 'queue'; readonly port: PortId; readonly index: number }
  | { readonly at: 'sender'; readonly thread: ThreadId }
  | { readonly at: 'receiver'; readonly thread: ThreadId }
  | { readonly at: 'doomed' };

/** Every message that exists, and where it is. */
export const messagesIn = remember((state: MachState): readonly (readonly [Message, Place])[] => {
  const found: [Message, Place][] = [];
  for (let port = 0; port < state.ports.length; port += 1) {
    const { queue } = state.ports[port]!;
    for (let index = 0; index < queue.length; index += 1) found.push([queue[index]!, { at: 'queue', port: port as PortId, index }]);
  }
  for (let thread = 0; thread < state.threads.length; thread += 1) {
    const { run } = state.threads[thread]!;
    if (run.tag === 'sending') found.push([run.message, { at: 'sender', thread: thread as ThreadId }]);
    if (run.tag === 'handed') found.push([run.message, { at: 'receiver', thread: thread as ThreadId }]);
  }
  for (const message of state.doomed) found.push([message, { at: 'doomed' }]);
  return found;
});

export function messageBySerial(state: MachState, serial: number): readonly [Message, Place] | null {
  for (const found of messagesIn(state)) if (found[0].serial === serial) return found;
  return null;
}

type LiveRight = Extract<Carried, { tag: 'right' }>;
const none: readonly LiveRight[] = [];

/** The rights a message carries: in its body, and as its reply right. Not the one it was sent through. */
export function rightsIn({ reply, body }: Message): readonly LiveRight[] {
  let found: LiveRight[] | null = null;
  if (reply.tag === 'right') found = [reply];
  for (const item of body) {
    if (item.tag !== 'rights') continue;
    for (const right of item.rights) if (right.tag === 'right') (found ??= []).push(right);
  }
  return found ?? none;
}

/** Send rights that the kernel holds for tasks and threads: special and registered ports. */
export const heldByKernel = remember((state: MachState): readonly Carried[] => {
  const held: Carried[] = [];
  for (const { self, exception, bootstrap, registered } of state.tasks) {
    for (const right of [self, exception, bootstrap, ...registered]) if (right !== null) held.push(right);
  }
  for (const { pager, life } of state.memory?.objects ?? []) {
    if (life === 'live' && pager !== null && pager.status !== 'gone') held.push({ tag: 'right', port: pager.port, kind: 'send' });
  }
  if (state.memory !== null && state.memory.manager !== null) held.push(state.memory.manager);
  for (const { self, exception } of state.threads) {
    if (self !== null) held.push(self);
    if (exception !== null) held.push(exception);
  }
  return held;
});

/** How many send rights to each live port there are: one for each name, message and kernel slot that holds one. */
export const countSendRights = remember((state: MachState): readonly number[] => {
  const counts: number[] = state.ports.map(() => 0);
  const add = (port: PortId) => { counts[port] = counts[port]! + 1; };
  for (const [, , entry] of namesOf(state)) if (entry.tag === 'port' && entry.sends > 0) add(entry.port);
  for (const [message] of messagesIn(state)) {
    if (message.destination.kind === 'send') add(message.destination.port);
    for (const { port, kind } of rightsIn(message)) if (kind === 'send') add(port);
  }
  for (const right of heldByKernel(state)) if (right.tag === 'right') add(right.port);
  return counts;
});

/** How many send-once rights to each live port there are, registered requests included. */
export const countSendOnceRights = remember((state: MachState): readonly number[] => {
  const counts: number[] = state.ports.map(() => 0);
  const add = (port: PortId | null) => { if (port !== null) counts[port] = counts[port]! + 1; };
  for (const [, , entry] of namesOf(state)) {
    if (entry.tag === 'send-once') add(entry.port);
    if (entry.tag === 'port' || entry.tag === 'send-once') add(entry.request);
  }
  for (const [message] of messagesIn(state)) {
    if (message.destination.kind === 'send-once') add(message.destination.port);
    if (message.accepted !== null) add(message.accepted.notify);
    for (const { port, kind } of rightsIn(message)) if (kind === 'send-once') add(port);
  }
  for (const { noSenders, portDestroyed, stray } of state.ports) {
    add(noSenders);
    add(portDestroyed);
    for (const { notify } of stray) add(notify);
  }
  return counts;
});

/** For each port, everyone who has its receive right, in words. */
const allReceivers = remember((state: MachState): readonly (readonly string[])[] => {
  const holders: string[][] = state.ports.map(() => []);
  for (const [task, name, entry] of namesOf(state)) {
    if (entry.tag === 'port' && entry.receive) holders[entry.port]!.push(`T${task + 1} as n${name}`);
  }
  for (const [message] of messagesIn(state)) {
    for (const { kind, port } of rightsIn(message)) if (kind === 'receive') holders[port]!.push(`message ${message.serial}`);
  }
  state.ports.forEach(({ kernel, life }, port) => {
    if (kernel !== null && life === 'live') holders[port]!.push('the kernel');
  });
  return holders;
});

/** Everyone who has the receive right of a port, in words. */
export const receiversOf = (state: MachState, port: PortId): readonly string[] => allReceivers(state)[port]!;

/** For each port, the task and name that receive from it. */
const allHolders = remember((state: MachState): readonly (Holder | undefined)[] => {
  const holders: (Holder | undefined)[] = [];
  for (const [task, name, entry] of namesOf(state)) {
    if (entry.tag === 'port' && entry.receive) holders[entry.port] ??= { task, name };
  }
  return holders;
});

export interface Holder { readonly task: TaskId; readonly name: Name }

/** The task and name that receive from a port; null while the right is in transit, dead or the kernel's. */
export const holderOf = (state: MachState, port: PortId): Holder | null => allHolders(state)[port] ?? null;

export const isLive = (state: MachState, port: PortId): boolean => state.ports[port]!.life === 'live';

export const livePorts = remember(({ ports }: MachState): readonly PortId[] => {
  const live: PortId[] = [];
  for (let port = 0; port < ports.length; port += 1) if (ports[port]!.life === 'live') live.push(port as PortId);
  return live;
});

export const portName = (port: PortId): string => `p${port + 1}`;
export const setName = (set: SetId): string => `s${set + 1}`;
export const taskName = (task: TaskId): string => `T${task + 1}`;
export const threadName = (thread: ThreadId): string => `t${thread + 1}`;

export const isWaiting = (run: Run): boolean =>
  (run.tag === 'sending' && !run.woken) || run.tag === 'receiving' || run.tag === 'pausing';

/** A message that some thread was seen to receive in a step, and which thread. */
export interface Receipt { readonly thread: ThreadId; readonly task: TaskId; readonly message: ReceivedMessage }

/** What was received in a step: by the caller, or by threads that waited. Given-back messages are not receipts. */
export function receipts({ before, events, call }: MachStep): readonly Receipt[] {
  return events.flatMap((event) => {
    if (event.tag !== 'returned') return [];
    const waited = before.threads[event.thread]?.run;
    const asked = 'thread' in call && call.thread === event.thread ? call.operation === 'mach_msg' : waited?.tag !== 'ready';
    const { message } = (event.value ?? {}) as { message?: ReceivedMessage | null };
    if (!asked || message === undefined || message === null) return [];
    return [{ thread: event.thread as ThreadId, task: before.threads[event.thread]!.task, message }];
  });
}

/** Messages that are there after a step and were not before, oldest first. */
export function arrivals({ before, after }: MachStep): readonly Message[] {
  const first = before.serial;
  return [...messagesIn(after)].map(([message]) => message).filter(({ serial }) => serial >= first)
    .sort((a, b) => a.serial - b.serial);
}

/** The kernel's notifications that are in queues, or with receivers, and that a step put there. */
export const notificationsSent = (step: MachStep): readonly Message[] =>
  arrivals(step).filter(({ sender }) => sender === -1);

export type { CallOf };
