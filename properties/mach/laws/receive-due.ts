import type { Name } from '#spec/mach/vocabulary';
import type { Entry, MachState, Message, PortId } from '#model/mach/state';
import { callerEvent, entryAt } from '#properties/mach/facts';
import { expectedOf, isCircularSend, remember, sendEnd, sendsIn, type Taken } from '#properties/mach/laws/message-steps';
import type { MachStep } from '#properties/mach/obligation';

/** What the receive half of a call must come to, given what its target holds. */
export type ReceiveDue =
  | { readonly tag: 'refused'; readonly error: 'MACH_RCV_INVALID_NAME' | 'MACH_RCV_IN_SET' }
  | { readonly tag: 'empty'; readonly polls: boolean }
  /** Any of these may be taken: the first of its port, or one of several that were queued in one moment. */
  | { readonly tag: 'some'; readonly heads: readonly Message[] };

/** Null where there is no receive half, or where the send half before it did more than queue a message. */
export const receiveDue = remember((step): ReceiveDue | null => {
  const { before, call } = step;
  if (call.operation !== 'mach_msg' || call.receive === null || !isPlainBefore(step)) return null;
  const { task } = before.threads[call.thread]!;
  const space = expectedOf(step)?.space;
  const entry = space === undefined ? entryAt(before, task, call.receive.name) : space.at(call.receive.name);
  if (entry?.tag !== 'set' && !(entry?.tag === 'port' && entry.receive)) return { tag: 'refused', error: 'MACH_RCV_INVALID_NAME' };
  if (entry.tag === 'port' && before.ports[entry.port]!.set !== null) return { tag: 'refused', error: 'MACH_RCV_IN_SET' };
  const own = sendsIn(step) === null ? null : expectedOf(step)!.message;
  const heads = membersOf(before, entry).flatMap((port) => headsOf(before.ports[port]!.queue, own?.destination.port === port ? own : null));
  return heads.length > 0 ? { tag: 'some', heads } : { tag: 'empty', polls: call.options.includes('receive-timeout') && call.timeout === 0 };
});

/** Whether there is no send half, or one that plainly queued its message and touched nothing else that matters. */
function isPlainBefore(step: MachStep): boolean {
  if (sendsIn(step) === null) return true;
  const expected = expectedOf(step);
  if (expected === null || expected.error !== null || sendEnd(step) !== 'sent' || isCircularSend(step)) return false;
  const { port } = expected.message.destination;
  const { kernel, set, receivers } = step.before.ports[port]!;
  const waiting = set === null ? receivers : step.before.sets[set]!.receivers;
  return kernel === null && waiting.length === 0 && expected.space.deleted.length === 0
    && expected.space.takings.every(({ disposition }) => disposition !== 'move-receive');
}

/** The ports that a receive from what a name denotes looks at. */
export const membersOf = (state: MachState, entry: Entry): readonly PortId[] => (entry.tag === 'set'
  ? state.ports.flatMap(({ set, life }, port) => (set === entry.set && life === 'live' ? [port as PortId] : []))
  : entry.tag === 'port' ? [entry.port] : []);

function headsOf(queue: readonly Message[], own: Message | null): readonly Message[] {
  if (queue.length === 0) return own === null ? [] : [own];
  return queue.filter((message, at) => queue.slice(0, at + 1).every(({ moment }) => moment === queue[0]!.moment) && message.moment === queue[0]!.moment);
}

/** How the receive half of the caller ended. */
export type ReceiveEnd =
  | { readonly tag: 'raised'; readonly error: string }
  | { readonly tag: 'kept'; readonly size: number }
  | { readonly tag: 'taken' | 'waiting' };

export function receiveEnd(step: MachStep): ReceiveEnd | null {
  const event = callerEvent(step);
  if (step.call.operation !== 'mach_msg' || step.call.receive === null || event === undefined) return null;
  if (event.tag === 'blocked') return { tag: 'waiting' };
  if (event.tag !== 'raised') return { tag: 'taken' };
  const { tag, size } = (event.value ?? {}) as { tag?: string; size?: number };
  if (event.error === 'MACH_RCV_TOO_LARGE' && tag === 'kept') return { tag: 'kept', size: size! };
  return event.error === 'MACH_RCV_TOO_LARGE' || event.error === 'MACH_RCV_INVALID_NOTIFY' ? { tag: 'taken' } : { tag: 'raised', error: event.error };
}

/** Whether a notify name stands for a receive right, as its thread finds it; null if it may have changed meanwhile. */
function isWatcher(step: MachStep, { thread, task }: Taken, notify: Name): boolean | null {
  const own = 'thread' in step.call && step.call.thread === thread ? expectedOf(step)?.space.at(notify) : undefined;
  const found = [own ?? entryAt(step.before, task, notify), entryAt(step.after, task, notify)]
    .map((entry) => entry?.tag === 'port' && entry.receive);
  const isFreed = step.before.threads[thread]!.run.tag !== 'ready' && entryAt(step.before, task, notify) === null;
  return found[0] === found[1] && !isFreed ? found[0]! : null;
}

/** The error that goes with a message once it is dequeued; undefined where that cannot be told. */
export function dueError(step: MachStep, taken: Taken): Taken['error'] | undefined {
  const { wanted, source, header } = taken;
  if ((source?.size ?? header.size) > wanted.size) return 'MACH_RCV_TOO_LARGE';
  if (wanted.notify === null) return null;
  const isGood = isWatcher(step, taken, wanted.notify);
  return isGood === null ? undefined : isGood ? null : 'MACH_RCV_INVALID_NOTIFY';
}

