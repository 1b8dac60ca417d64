import type { Name, TaskId } from '#spec/mach/vocabulary';
import type { Entry, Message, PortId } from '#model/mach/state';
import type { CallOf, MachStep } from '#properties/mach/obligation';
import { callerTask, entryAt, errorOf, isLive, namesOf, rightsIn, succeeded } from '#properties/mach/facts';
import { casualties, isCall, once, sentNothing, targetTask } from '#properties/mach/laws/ledger';
import type { Notice } from '#properties/mach/laws/notices';

/** A send-once right that a step destroyed unused, and the name it had, if it had one. */
export interface Dropped { readonly port: PortId; readonly holder: { readonly task: TaskId; readonly name: Name } | null }

const bodyFailures: ReadonlySet<string> = new Set(['MACH_SEND_INVALID_RIGHT', 'MACH_SEND_INVALID_TYPE', 'MACH_SEND_INVALID_MEMORY', 'MACH_SEND_MSG_TOO_SMALL']);

/** The send-once rights that a step is sure to have destroyed unused, in the ways that can be told from outside. */
export const droppedOnce = once((step): readonly Dropped[] => [
  ...released(step), ...refused(step), ...inMessages(step),
]);

const isOnce = (entry: Entry | null): entry is Extract<Entry, { tag: 'send-once' }> => entry?.tag === 'send-once';

/** Names given up by their holder, or with it. */
function released(step: MachStep): readonly Dropped[] {
  const { before, after } = step;
  if (isCall(step, 'mach_port_deallocate', 'mach_port_destroy', 'mach_port_mod_refs') && succeeded(step)) {
    const task = targetTask(step)!;
    const { name } = step.call;
    const entry = entryAt(before, task, name);
    return isOnce(entry) && entryAt(after, task, name) === null ? [{ port: entry.port, holder: { task, name } }] : [];
  }
  return before.tasks.flatMap(({ life }, task) => (life === 'dead' || after.tasks[task]!.life === 'live' ? []
    : [...namesOf(before)].flatMap(([of, name, entry]) =>
      (of === task && isOnce(entry) ? [{ port: entry.port, holder: { task: of, name } }] : []))));
}

/** Rights that came with a request to the kernel, or with a message, that failed. */
function refused(step: MachStep): readonly Dropped[] {
  const error = errorOf(step);
  const { call } = step;
  if (call.operation === 'mach_msg') {
    if (call.send === null || !bodyFailures.has(error ?? '') || sentNothing(step, call)) return [];
    return [given(step, call.send.remote), given(step, call.send.local)].flat();
  }
  if (error === null || error.startsWith('MACH')) return [];
  if (call.operation === 'mach_port_insert_right') return given(step, call.right);
  return call.operation === 'mach_port_request_notification' ? given(step, call.notify) : [];
}

/** The send-once right that an argument stands for. */
function given(step: MachStep, { name, disposition }: { readonly name: Name; readonly disposition: string | null }): readonly Dropped[] {
  const task = callerTask(step);
  const entry = entryAt(step.before, task, name);
  if (disposition === 'move-send-once' && isOnce(entry)) return [{ port: entry.port, holder: { task, name } }];
  return disposition === 'make-send-once' && entry?.tag === 'port' && entry.receive ? [{ port: entry.port, holder: null }] : [];
}

/** Rights in messages that are destroyed: with the port they waited at, or with a request to the kernel. */
function inMessages(step: MachStep): readonly Dropped[] {
  return [...lostMessages(step).flatMap(onceRightsIn), ...(isCall(step, 'mach_msg') ? served(step, step.call) : [])];
}

const onceRightsIn = (message: Message): readonly Dropped[] =>
  [...rightsIn(message)].flatMap(({ port, kind }) => (kind === 'send-once' ? [{ port, holder: null }] : []));

/** Messages that waited in the queues of ports that a step let die. Whoever received in that step is left aside. */
export const lostMessages = once((step): readonly Message[] =>
  (isCall(step, 'mach_msg') ? [] : casualties(step).flatMap((port) => step.before.ports[port]!.queue)));

function served(step: MachStep, { send, ...call }: CallOf<'mach_msg'>): readonly Dropped[] {
  if (send === null || !send.complex || send.size !== null || bodyFailures.has(errorOf(step) ?? '')) return [];
  if (sentNothing(step, { send, ...call })) return [];
  const entry = entryAt(step.before, callerTask(step), send.remote.name);
  if (entry?.tag !== 'port' || step.before.ports[entry.port]!.kernel === null) return [];
  return send.body.flatMap((item) => (item.tag !== 'rights' ? []
    : item.names.flatMap((name) => given(step, { name, disposition: item.disposition }))));
}

/** The send-once notifications that these owe to ports still alive. */
export const dueFor = (step: MachStep, dropped: readonly Dropped[]): readonly Notice[] =>
  dropped.filter(({ port }) => isLive(step.after, port)).map(({ port }) => ({ kind: 'send-once', to: port, about: '' }));
