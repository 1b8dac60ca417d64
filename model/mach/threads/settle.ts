import type { Name, ReportedName, ThreadId } from '#spec/mach/vocabulary';
import { isRunnable } from '#model/mach/entries';
import { afterReceive, afterSend } from '#model/mach/messages/mach-msg';
import { threadLabel } from '#model/mach/messages/enqueue';
import type { FaultChoices } from '#model/mach/memory/touch';
import { giveBack, type Sent } from '#model/mach/messages/send';
import type { Event } from '#model/kernel';
import type { Mach } from '#model/mach/world';
import type { MachState, Receive, Run } from '#model/mach/state';
import { change, ModelError } from '#model/operation';

/** What may be open when a thread that waited goes on. */
export type SettleChoices = FaultChoices;
export type SettleWorld = Mach<SettleChoices>;

/**
 * Lets every thread run that has been set free and may run, until each has its answer or waits again. A
 * suspended thread keeps what it was given until it is resumed.
 */
export function settle(world: Mach<SettleChoices | 'cached object' | 'runs next'>): void {
  const { state } = world;
  for (;;) {
    const free = freeThreads(state);
    if (free.length === 0) {
      if (!cleansUp(world)) break;
      continue;
    }
    const thread = world.choose('runs next', free, threadLabel);
    world.charge('switch');
    const event = proceed(world, thread);
    if (event !== null) world.report(event);
  }
  change(state).moment += 1;
}

/** Memory that nobody needs goes; whether that has set threads free again, which waited for some of it. */
function cleansUp(world: Mach<SettleChoices | 'cached object'>): boolean {
  if (world.state.memory === null) return false;
  world.mechanisms.reclaim(world);
  return freeThreads(world.state).length > 0;
}

function freeThreads(state: MachState): readonly ThreadId[] {
  const free: ThreadId[] = [];
  state.threads.forEach(({ run }, thread) => {
    if (isFree(run) && isRunnable(state, thread as ThreadId)) free.push(thread as ThreadId);
  });
  return free;
}

export function isFree(run: Run): boolean {
  switch (run.tag) {
    case 'ready': return false;
    case 'handed':
    case 'answered': return true;
    case 'faulting': return run.woken || run.broken !== null;
    case 'raising': return run.verdict !== null || run.broken !== null;
    case 'sending': return run.woken || run.broken !== null;
    case 'receiving':
    case 'pausing': return run.broken !== null;
  }
}

/** One thread goes on from where it was set free. Null: it waits again. */
export function proceed(world: SettleWorld, thread: ThreadId): Event | null {
  const { run } = world.state.threads[thread]!;
  switch (run.tag) {
    case 'sending': return goOnSending(world, thread, run);
    case 'receiving': return giveUpReceiving(world, thread, run);
    case 'handed': return takeHanded(world, thread, run);
    case 'answered': return answer(world, thread, run);
    case 'faulting':
    case 'raising': return goOnTouching(world, thread, run);
    case 'pausing': return finish(world, thread, { tag: 'returned', thread, value: null });
    case 'ready': throw new ModelError('a thread that runs was not set free');
  }
}

function finish(world: SettleWorld, thread: ThreadId, event: Event): Event {
  change(world.state.threads[thread]!).run = { tag: 'ready' };
  return event;
}

/**
 * A woken sender tries again, and waits as long again if it must; one whose wait was broken off tries once more
 * unless it was interrupted.
 */
function goOnSending(world: SettleWorld, thread: ThreadId, run: Extract<Run, { tag: 'sending' }>): Event | null {
  const { state, mechanisms } = world;
  const { message, timed, notify, afterwards, woken, broken } = run;
  const port = change(state.ports[run.to]!);
  port.senders = port.senders.filter((other) => other !== thread);
  change(state.threads[thread]!).run = { tag: 'ready' };
  if (!woken && broken === 'interrupted') {
    return settled(world, thread, giveBack(world, thread, message, 'MACH_SEND_INTERRUPTED'), afterwards);
  }
  const polls = !woken && broken === 'timed-out';
  const patience = { timed, polls, notify: notify === null ? null : nameNow(world, notify), afterwards };
  return settled(world, thread, mechanisms.queueOrWait(world, thread, message, patience), afterwards);
}

/**
 * A name that a thread gave before it waited is looked up when the wait is over. If it was freed meanwhile, it
 * may have come to stand for something newer.
 */
function nameNow(world: SettleWorld, { task, name }: ReportedName): Name {
  const { names } = world.state.tasks[task]!;
  if (name <= 0 || names[name] !== null) return name;
  const newer = names.flatMap((entry, other) => (entry !== null && other > name ? [other as Name] : []));
  return world.choose('reused name', [name, ...newer], (option) => `n${option}`);
}

/** The receive half, with its names as they are now. One name for both has only one meaning. */
function waitNow(world: SettleWorld, wait: Receive): Receive {
  const name = reportedNow(world, wait.name);
  const { notify } = wait;
  if (notify === null) return { ...wait, name };
  return { ...wait, name, notify: notify.name === wait.name.name ? name : reportedNow(world, notify) };
}

const reportedNow = (world: SettleWorld, reported: ReportedName): ReportedName =>
  ({ task: reported.task, name: nameNow(world, reported) });

/** After the send half comes the receive half, or the answer. */
function settled(world: SettleWorld, thread: ThreadId, sent: Sent, afterwards: Receive | null): Event | null {
  if (sent.tag === 'waiting') return null;
  if (sent.tag !== 'sent') return toEvent(thread, afterSend(sent));
  if (afterwards === null) return { tag: 'returned', thread, value: { message: null } };
  const received = world.mechanisms.receiveMessage(world, thread, waitNow(world, afterwards));
  return received.tag === 'waiting' ? null : toEvent(thread, afterReceive(received, true));
}

/** A thread whose exception was dealt with, in one way or another, or whose page may have come. */
function goOnTouching(world: SettleWorld, thread: ThreadId, run: Extract<Run, { tag: 'raising' | 'faulting' }>): Event | null {
  const { afterException, afterFault } = world.mechanisms;
  const touched = run.tag === 'raising' ? afterException(world, thread, run) : afterFault(world, thread, run);
  if (touched.tag === 'waiting') return null;
  if (touched.tag === 'ended') return { tag: 'ended', thread };
  return { tag: 'returned', thread, value: run.touch.tag === 'load' ? { byte: touched.byte } : null };
}

function giveUpReceiving(world: SettleWorld, thread: ThreadId, { from, broken }: Extract<Run, { tag: 'receiving' }>): Event {
  const { state } = world;
  const queue = change(from.tag === 'port' ? state.ports[from.port]! : state.sets[from.set]!);
  queue.receivers = queue.receivers.filter((other) => other !== thread);
  const error = broken === 'interrupted' ? 'MACH_RCV_INTERRUPTED' : 'MACH_RCV_TIMED_OUT';
  return finish(world, thread, { tag: 'raised', thread, error });
}

function takeHanded(world: SettleWorld, thread: ThreadId, { message, sequence, wait }: Extract<Run, { tag: 'handed' }>): Event {
  change(world.state.threads[thread]!).run = { tag: 'ready' };
  const notify = wait.notify === null ? null : reportedNow(world, wait.notify);
  const received = world.mechanisms.takeMessage(world, thread, message, sequence, { ...wait, notify });
  return toEvent(thread, afterReceive(received, true))!;
}

function answer(world: SettleWorld, thread: ThreadId, { error, size, given }: Extract<Run, { tag: 'answered' }>): Event {
  if (error === null) return finish(world, thread, { tag: 'returned', thread, value: given === null ? null : JSON.parse(given) as unknown });
  if (given !== null) return finish(world, thread, { tag: 'raised', thread, error, value: JSON.parse(given) as unknown });
  const event: Event = error === 'MACH_RCV_TOO_LARGE'
    ? { tag: 'raised', thread, error, value: { tag: 'kept', size } }
    : { tag: 'raised', thread, error };
  return finish(world, thread, event);
}

function toEvent(thread: ThreadId, verdict: ReturnType<typeof afterSend>): Event | null {
  switch (verdict.tag) {
    case 'returned': return { tag: 'returned', thread, value: verdict.value };
    case 'raised': return { tag: 'raised', thread, error: verdict.error };
    case 'spoiled': {
      const { error, value } = verdict;
      return value === null ? { tag: 'raised', thread, error } : { tag: 'raised', thread, error, value };
    }
    default: return null;
  }
}
