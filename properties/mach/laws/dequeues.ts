import type { Name, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { PortId } from '#model/mach/state';
import {
  callerTask, entryAt, errorOf, holderOf, isLive, messageBySerial, messagesIn, rightsIn, succeeded,
} from '#properties/mach/facts';
import { same } from '#properties/mach/laws/frame';
import { targetTask } from '#properties/mach/laws/ledger';
import { expectedOf, receivedAt, remember, takenIn } from '#properties/mach/laws/message-steps';
import type { MachStep } from '#properties/mach/obligation';

/** A message that a thread got in a step, out of a queue or past it, and the number it was stamped with. */
export interface Dequeue {
  readonly port: PortId;
  readonly thread: ThreadId;
  readonly sequence: number;
  /** It is handed over, and the thread has not run yet. */
  readonly pending: boolean;
}

/** The dequeues of a step. What was only taken out now, but had been handed over earlier, is none of them. */
export const dequeuesIn = remember((step): readonly Dequeue[] => {
  const { before, after } = step;
  const dequeues: Dequeue[] = takenIn(step).filter(({ handed }) => !handed).flatMap(({ thread, task, header, source }) => {
    const port = source?.destination.port ?? receivedAt(before, after, task, header.local.name);
    return port === null ? [] : [{ port, thread, sequence: header.sequence, pending: false }];
  });
  after.threads.forEach(({ run }, id) => {
    const old = before.threads[id]?.run;
    if (run.tag !== 'handed' || (old?.tag === 'handed' && old.message.serial === run.message.serial)) return;
    dequeues.push({ port: run.message.destination.port, thread: id as ThreadId, sequence: run.sequence, pending: true });
  });
  return dequeues;
});

/** Whether the receive right of a port went from one hand to another in a step, or to nobody. */
export function changesHands(step: MachStep, port: PortId): boolean {
  const { before, after } = step;
  if (before.ports[port] === undefined || !isLive(after, port) || !same(holderOf(before, port), holderOf(after, port))) return true;
  if (isHandedOn(step, port)) return true;
  const moved = expectedOf(step)?.space.takings ?? [];
  if (moved.some((taking) => taking.port === port && taking.disposition === 'move-receive')) return true;
  return [...messagesIn(before)].some(([message]) => messageBySerial(after, message.serial) === null
    && [...rightsIn(message)].some((right) => right.kind === 'receive' && right.port === port));
}

/**
 * Whether a call took a receive right, perhaps to give it back under the very name it had. A right to be inserted is
 * taken before the task and the name are looked at; one to be extracted only if all is well.
 */
function isHandedOn(step: MachStep, port: PortId): boolean {
  const { before, call } = step;
  const isIt = (task: TaskId | null, name: Name) => {
    const entry = task === null ? null : entryAt(before, task, name);
    return entry?.tag === 'port' && entry.receive && entry.port === port;
  };
  if (call.operation === 'mach_port_extract_right') {
    return call.disposition === 'move-receive' && succeeded(step) && isIt(targetTask(step), call.name);
  }
  return call.operation === 'mach_port_insert_right' && call.right.disposition === 'move-receive'
    && errorOf(step)?.startsWith('MACH') !== true && isIt(callerTask(step), call.right.name);
}

/** Messages the kernel made in a step for a port: those still there, and those taken at once. */
export function kernelMessagesAt(step: MachStep, port: PortId): readonly { readonly id: number; readonly body: readonly unknown[] }[] {
  const { before, after } = step;
  const there = [...messagesIn(after)].map(([message]) => message).filter(({ serial, sender, destination }) =>
    sender === -1 && serial >= before.serial && destination.port === port);
  const taken = takenIn(step).filter(({ source, task, header }) =>
    source === null && receivedAt(before, after, task, header.local.name) === port);
  return [...there, ...taken.map(({ header, body }) => ({ id: header.id, body: body ?? [] }))];
}

/** Send-once notifications made in a step for a port. */
export const sendOnceNotices = (step: MachStep, port: PortId): number =>
  kernelMessagesAt(step, port).filter(({ id }) => id === SEND_ONCE).length;

const SEND_ONCE = 71;

/** Threads that waited for room at a port and no longer do, whatever became of them. */
export const leaversOf = ({ before, after }: MachStep, port: PortId): readonly ThreadId[] =>
  before.ports[port]!.senders.filter((thread) => !after.ports[port]!.senders.includes(thread));
