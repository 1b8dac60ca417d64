import type { Disposition, Name, ReceivedMessage, Reference, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { Entry, MachState, Message, PortId } from '#model/mach/state';
import type { CallOf, MachStep } from '#properties/mach/obligation';
import { oncePerStep } from '#properties/remember';
import {
  callerTask, countSendOnceRights, countSendRights, entryAt, errorOf, messagesIn, rightsIn, succeeded,
} from '#properties/mach/facts';

/** Facts about one step that many laws ask for: worked out when the first asks. */
export function once<T>(work: (step: MachStep) => T): (step: MachStep) => T {
  return oncePerStep(work);
}

/** How many send rights to each port there were and are. */
export const senders = once(({ before, after }) =>
  ({ before: countSendRights(before), after: countSendRights(after) }));

/** How many send-once rights to each port there were and are. */
export const onceRights = once(({ before, after }) =>
  ({ before: countSendOnceRights(before), after: countSendOnceRights(after) }));

export const isCall = <Op extends MachStep['call']['operation']>(
  step: MachStep, ...operations: readonly Op[]
): step is MachStep & { readonly call: CallOf<Op> } =>
  (operations as readonly string[]).includes(step.call.operation);

/** Ports that live before and after a step. */
export const survivors = once(({ before, after }) => before.ports.flatMap(({ life }, port) =>
  (life === 'live' && after.ports[port]!.life === 'live' ? [port as PortId] : [])));

/** Ports that a step let die. */
export const casualties = once(({ before, after }) => before.ports.flatMap(({ life }, port) =>
  (life === 'live' && after.ports[port]!.life === 'dead' ? [port as PortId] : [])));

/** Who receives from each port, where it is some task under some name. */
export function holders(state: MachState): ReadonlyMap<PortId, { readonly task: TaskId; readonly name: Name }> {
  const found = new Map<PortId, { task: TaskId; name: Name }>();
  state.tasks.forEach(({ names }, task) => names.forEach((entry, name) => {
    if (entry?.tag === 'port' && entry.receive) found.set(entry.port, { task: task as TaskId, name: name as Name });
  }));
  return found;
}

/** The same before and after a step. */
export const holding = once(({ before, after }) => ({ before: holders(before), after: holders(after) }));

/** The message each receive right in transit is in. */
export function transits(state: MachState): ReadonlyMap<PortId, Message> {
  const found = new Map<PortId, Message>();
  for (const [message] of messagesIn(state)) {
    for (const { port, kind } of rightsIn(message)) if (kind === 'receive') found.set(port, message);
  }
  return found;
}

export const inTransit = once(({ before, after }) => ({ before: transits(before), after: transits(after) }));

/** Whether receive rights in transit lead from one port to another: a right sent there would close a loop. */
export function leadsTo(state: MachState, from: PortId, to: PortId): boolean {
  const carriers = transits(state);
  let at: PortId | undefined = from;
  for (let i = 0; at !== undefined && i <= state.ports.length; i += 1) {
    if (at === to) return true;
    at = carriers.get(at)?.destination.port;
  }
  return false;
}

/** Whether an argument or body right can be taken from a name: dead names stand for what they were. */
export function canTake(entry: Entry | null, disposition: Disposition): boolean {
  switch (disposition) {
    case 'move-receive':
    case 'make-send':
    case 'make-send-once': return entry?.tag === 'port' && entry.receive;
    case 'move-send':
    case 'copy-send': return entry?.tag === 'dead' || (entry?.tag === 'port' && entry.sends > 0);
    case 'move-send-once': return entry?.tag === 'dead' || entry?.tag === 'send-once';
  }
}

/** Why a task or thread argument denotes nothing the call could be about; null if it denotes something. */
export function targetFault(step: MachStep): 'no port' | 'wrong port' | null {
  const { before, call } = step;
  const [reference, kind] = 'task' in call ? [call.task as Reference<number>, 'task'] as const
    : 'target' in call ? [call.target as Reference<number>, 'thread'] as const : [null, null];
  if (reference === null) return null;
  if (reference.tag === 'identity') {
    const object = kind === 'task' ? before.tasks[reference.identity] : before.threads[reference.identity];
    return object?.life === 'live' ? null : 'no port';
  }
  const entry = entryAt(before, callerTask(step), reference.name);
  if (entry?.tag !== 'port' || entry.sends === 0) return 'no port';
  return before.ports[entry.port]!.kernel === kind ? null : 'wrong port';
}

/** The thread that a thread argument denotes, if it is there to be found. */
export function denotedThread(step: MachStep): ThreadId | null {
  const { before, call } = step;
  if (!('target' in call) || targetFault(step) !== null) return null;
  const reference = call.target as Reference<ThreadId>;
  if (reference.tag === 'identity') return reference.identity;
  const entry = entryAt(before, callerTask(step), reference.name) as Extract<Entry, { tag: 'port' }>;
  return before.threads.findIndex(({ port }) => port === entry.port) as ThreadId;
}

/** What a thread took out of a queue in a step: a message, or the header of one that was destroyed. */
export interface Dequeued {
  readonly thread: ThreadId;
  readonly task: TaskId;
  readonly header: Omit<ReceivedMessage, 'body'>;
  readonly body: ReceivedMessage['body'] | null;
}

export const dequeued = once((step): readonly Dequeued[] => step.events.flatMap((event): readonly Dequeued[] => {
  const thread = event.thread as ThreadId;
  const known = step.before.threads[thread];
  if (known === undefined || known.run.tag === 'answered' || !('value' in event) || event.value === undefined) return [];
  const { task } = known;
  if (event.tag === 'returned') {
    const asked = 'thread' in step.call && step.call.thread === thread ? step.call.operation === 'mach_msg' : known.run.tag !== 'ready';
    const { message } = (event.value ?? {}) as { message?: ReceivedMessage | null };
    return asked && message ? [{ thread, task, header: message, body: message.body }] : [];
  }
  if (event.error === 'MACH_RCV_BODY_ERROR') {
    const message = event.value as ReceivedMessage;
    return [{ thread, task, header: message, body: message.body }];
  }
  if (event.error === 'MACH_RCV_INVALID_NOTIFY') return [{ thread, task, header: event.value as Dequeued['header'], body: null }];
  const { tag, header } = (event.value ?? {}) as { tag?: string; header?: Dequeued['header'] };
  return event.error === 'MACH_RCV_TOO_LARGE' && tag === 'destroyed' ? [{ thread, task, header: header!, body: null }] : [];
}));

/** Messages that had been handed over and were taken out in a step by threads nobody heard of: aborted or killed ones. */
export const takenUnheard = once(({ before, after, events }): readonly Unheard[] => before.threads.flatMap(({ run, task }, thread) => {
  if (run.tag !== 'handed' || events.some((event) => event.thread === thread)) return [];
  const now = after.threads[thread]!.run;
  if (now.tag === 'handed' && now.message.serial === run.message.serial) return [];
  return [{ message: run.message, task, notify: run.wait.notify?.name ?? null }];
}));

/**
 * Whether a thread that nobody heard of may have gone on to receive: one that was to send again, and was
 * aborted or killed while it was kept from running.
 */
export const receivesUnheard = ({ before, after, events }: MachStep): boolean => before.threads.some(({ run }, thread) =>
  run.tag === 'sending' && run.afterwards !== null && after.threads[thread]!.run.tag !== 'sending'
  && !events.some((event) => event.thread === thread));

export interface Unheard { readonly message: Message; readonly task: TaskId; readonly notify: Name | null }

/** How often a call made a right of one kind to each port: at least, and at most where it failed half-way. */
export interface Made { readonly atLeast: number; readonly atMost: number }

const nothing: Made = { atLeast: 0, atMost: 0 };

/** Errors of a send that leave everything as it was. */
const untouched: ReadonlySet<string> = new Set(['MACH_SEND_INVALID_HEADER', 'MACH_SEND_INVALID_DEST', 'MACH_SEND_INVALID_REPLY']);

type Making = 'make-send' | 'make-send-once' | 'move-receive';

/** The rights that a call makes, or takes, by a disposition from a name that receives, port by port. */
export function made(step: MachStep, making: Making): (port: PortId) => Made {
  const counts = new Map<PortId, { atLeast: number; atMost: number }>();
  const add = (task: TaskId, name: Name, certain: boolean): void => {
    const entry = entryAt(step.before, task, name);
    if (entry?.tag !== 'port' || !entry.receive) return;
    const count = counts.get(entry.port) ?? { atLeast: 0, atMost: 0 };
    counts.set(entry.port, { atLeast: count.atLeast + (certain ? 1 : 0), atMost: count.atMost + 1 });
  };
  if ('thread' in step.call) countMade(step, making, add);
  return (port) => counts.get(port) ?? nothing;
}

function countMade(step: MachStep, making: Making, add: (task: TaskId, name: Name, certain: boolean) => void): void {
  const { call } = step;
  const caller = callerTask(step);
  const error = errorOf(step);
  if (call.operation === 'mach_msg') {
    if (call.send !== null && !sentNothing(step, call)) countInMessage(step, making, call.send, (name, certain) => add(caller, name, certain));
  } else if (call.operation === 'mach_port_extract_right') {
    const target = succeeded(step) ? targetTask(step) : null;
    if (target !== null && call.disposition === making) add(target, call.name, true);
  } else if (error !== 'MACH_SEND_INVALID_DEST') {
    const given = call.operation === 'mach_port_insert_right' ? [call.right]
      : call.operation === 'mach_port_request_notification' ? [call.notify]
        : call.operation === 'task_set_special_port' || call.operation === 'thread_set_special_port' ? [call.port]
          : call.operation === 'vm_map' ? [call.object]
          : call.operation === 'vm_set_default_memory_manager' ? [call.manager]
          : 'reply' in call && error !== 'MACH_SEND_INVALID_MEMORY' ? [call.reply]
          : call.operation === 'mach_ports_register' ? call.ports.names.map((name) => ({ name, disposition: call.ports.disposition }))
            : [];
    const whole = error !== 'MACH_SEND_INVALID_RIGHT';
    for (const { name, disposition } of given) if (disposition === making) add(caller, name, whole);
  }
}

type Sent = NonNullable<CallOf<'mach_msg'>['send']>;

/** Whether the send half of a `mach_msg` was refused before it took any right. */
export function sentNothing(step: MachStep, { send, thread }: CallOf<'mach_msg'>): boolean {
  const error = errorOf(step);
  if (send === null || untouched.has(error ?? '')) return true;
  if (error === 'MACH_SEND_MSG_TOO_SMALL') return send.size !== null && (send.size < 24 || send.size % 4 !== 0);
  const event = step.events.find((one) => one.thread === thread);
  return error === 'MACH_SEND_INVALID_NOTIFY' && !(event !== undefined && 'value' in event);
}

function countInMessage(
  step: MachStep, making: Making, { remote, local, complex, body, size }: Sent, add: (name: Name, certain: boolean) => void,
): void {
  const error = errorOf(step);
  const failed = error === 'MACH_SEND_INVALID_RIGHT' || error === 'MACH_SEND_INVALID_TYPE' || error === 'MACH_SEND_INVALID_MEMORY' || error === 'MACH_SEND_MSG_TOO_SMALL';
  if (remote.disposition === making) add(remote.name, true);
  if (local.disposition === making) add(local.name, true);
  if (!complex) return;
  for (const item of body) {
    if (item.tag !== 'rights' || item.disposition !== making) continue;
    for (const name of item.names) add(name, !failed && size === null);
  }
}

/** The task whose names a call is about. */
export function targetTask(step: MachStep): TaskId | null {
  const { before, call } = step;
  if (!('task' in call) || targetFault(step) !== null) return null;
  const reference = call.task as Reference<TaskId>;
  if (reference.tag === 'identity') return reference.identity;
  const entry = entryAt(before, callerTask(step), reference.name) as Extract<Entry, { tag: 'port' }>;
  return before.tasks.findIndex(({ port }) => port === entry.port) as TaskId;
}
