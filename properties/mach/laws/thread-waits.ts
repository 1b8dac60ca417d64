import type { Name, ThreadId } from '#spec/mach/vocabulary';
import type { Run } from '#model/mach/state';
import { callerEvent, entryAt, errorOf, messageBySerial, succeeded, taskName, threadName } from '#properties/mach/facts';
import { dequeuesIn } from '#properties/mach/laws/dequeues';
import { same, stray } from '#properties/mach/laws/frame';
import { denotedThread, isCall, targetTask } from '#properties/mach/laws/ledger';
import { countAt } from '#properties/mach/laws/message-steps';
import { mayRun } from '#properties/mach/laws/suspension';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

type Waiting = Extract<Run, { tag: 'sending' | 'receiving' | 'pausing' }>;

/** The wait that an abort breaks off; null if its thread waits for nothing, or has been set free already. */
function brokenBy(step: MachStep): { readonly thread: ThreadId; readonly run: Waiting } | null {
  if (!isCall(step, 'thread_abort')) return null;
  const thread = denotedThread(step);
  if (thread === null || thread === step.call.thread) return null;
  const { run } = step.before.threads[thread]!;
  const waits = run.tag === 'receiving' || run.tag === 'pausing' || (run.tag === 'sending' && !run.woken);
  return waits ? { thread, run: run as Waiting } : null;
}

/** What a thread whose wait was broken off is told, or will be once it runs. */
function misinformed(step: MachStep, thread: ThreadId, run: Waiting): string[] {
  const wanted = { sending: 'MACH_SEND_INTERRUPTED', receiving: 'MACH_RCV_INTERRUPTED', pausing: null }[run.tag];
  const late = { sending: 'MACH_SEND_TIMED_OUT', receiving: 'MACH_RCV_TIMED_OUT', pausing: null }[run.tag];
  const now = step.after.threads[thread]!.run;
  if (!mayRun(step.after, thread)) {
    const told = now.tag === 'answered' ? now.error : now.tag === run.tag && now.broken !== null ? wanted : 'nothing';
    return told === wanted || (run.broken !== null && (told === late || run.tag === 'sending')) ? [] : [`${threadName(thread)} was aborted, and goes on waiting`];
  }
  const event = step.events.find((one) => one.thread === thread);
  const error = event?.tag === 'raised' ? event.error : null;
  const answered = event !== undefined && event.tag !== 'blocked' && now.tag === 'ready';
  return answered && (error === wanted || (run.broken === 'timed-out' && error === late)) ? []
    : [`${threadName(thread)} was aborted, and was told ${error ?? event?.tag ?? 'nothing'}`];
}

/** The errors by which a message is its sender's again. */
const undoing: ReadonlySet<string | null> = new Set(
  ['MACH_SEND_INTERRUPTED', 'MACH_SEND_TIMED_OUT', 'MACH_SEND_INVALID_NOTIFY', 'MACH_SEND_NOTIFY_IN_PROGRESS'],
);

/**
 * Whether an aborted sender has sent after all: one that was kept from running while its time ran out waits no more,
 * tries once more, and forces its message if it asked to be notified.
 */
function sentAfterAll({ after }: MachStep, thread: ThreadId, { broken }: Waiting): boolean {
  const now = after.threads[thread]!.run;
  return broken === 'timed-out' && now.tag === 'answered' && !undoing.has(now.error);
}

/**
 * A send that was carried out as a whole: its message is the last of its queue, and was forced only where asked.
 * One that somebody waited for, at a port with the limit 0, is left to the laws of receiving.
 */
function misforced(step: MachStep, thread: ThreadId, { to, message, notify }: Extract<Run, { tag: 'sending' }>): string[] {
  const { before, after } = step;
  const { set, receivers } = before.ports[to]!;
  if ((set === null ? receivers : before.sets[set]!.receivers).length > 0) return [];
  const { task } = before.threads[thread]!;
  const mayBeMarked = (name: Name) => notify !== null && (name === notify.name || entryAt(before, task, notify.name) === null);
  const now = after.threads[thread]!.run;
  const forced = now.tag === 'answered' && now.error === 'MACH_SEND_WILL_NOTIFY';
  const wrong = forced === (countAt(before, to) >= before.ports[to]!.queueLimit) && (!forced || notify !== null) ? []
    : [`message ${message.serial} was ${forced ? '' : 'not '}forced`];
  const { queue } = after.ports[to]!;
  if (queue.at(-1)?.serial !== message.serial || queue.length !== before.ports[to]!.queue.length + 1) wrong.push(`message ${message.serial} is not sent`);
  return [...wrong, ...stray(step, (change) => (change.what === 'thread' && change.thread === thread && change.field === 'run')
    || (change.what === 'name' && change.task === task && mayBeMarked(change.name))
    || (change.what === 'port' && change.field === 'sendOnceRights')
    || (change.what === 'port' && change.port === to && (change.field === 'queue' || change.field === 'senders')))];
}

/** Whether a broken-off send is undone as a whole, and a broken-off receive has left its queue alone. */
function halfDone(step: MachStep, thread: ThreadId, run: Waiting): string[] {
  const { ports, sets } = step.after;
  const waits = [...ports.flatMap(({ senders, receivers }) => [...senders, ...receivers]), ...sets.flatMap(({ receivers }) => receivers)];
  const wrong: string[] = [];
  if (waits.includes(thread)) wrong.push(`${threadName(thread)} still stands in line`);
  if (run.tag !== 'sending') {
    const other = stray(step, (change) => (change.what === 'thread' && change.thread === thread && change.field === 'run')
      || ((change.what === 'port' || change.what === 'set') && change.field === 'receivers'));
    return [...wrong, ...other];
  }
  if (sentAfterAll(step, thread, run)) return [...wrong, ...misforced(step, thread, run)];
  if (messageBySerial(step.after, run.message.serial) !== null) wrong.push(`message ${run.message.serial} was interrupted, and is still under way`);
  const other = stray(step, (change) => (change.what === 'thread' && change.thread === thread && change.field === 'run')
    || (change.what === 'name' && change.task === step.before.threads[thread]!.task)
    || (change.what === 'port' && change.field !== 'queue' && change.field !== 'life'));
  return [...wrong, ...other];
}

function misaborted(step: MachStep): readonly string[] {
  if (!isCall(step, 'thread_abort')) return [];
  const thread = denotedThread(step);
  if (thread === null) return [];
  if (thread === step.call.thread) return errorOf(step) === 'KERN_INVALID_ARGUMENT' ? stray(step) : ['a thread has aborted itself'];
  if (!succeeded(step)) return [`the abort of ${threadName(thread)} failed`];
  const broken = brokenBy(step);
  const { run } = step.before.threads[thread]!;
  if (run.tag === 'raising' || run.tag === 'faulting') return [];
  if (run.tag === 'handed' || (run.tag === 'sending' && run.woken)) {
    return step.after.threads[thread]!.run.tag === 'answered' ? [] : [`${threadName(thread)} was aborted, and has not ended its call`];
  }
  return broken === null ? stray(step) : [...misinformed(step, thread, broken.run), ...halfDone(step, thread, broken.run)];
}

/** Threads that ran before a step and wait after it, though it was not they who called. */
const held = ({ before, after, call }: MachStep): string[] => before.threads.flatMap(({ run, life }, id) => {
  const caller = 'thread' in call && call.thread === id;
  if (caller || life === 'dead' || run.tag !== 'ready' || after.threads[id]!.run.tag === 'ready') return [];
  return [`${threadName(id as ThreadId)} waits, and did not ask for it`];
});

/** What changes when a thread begins to wait for a message, and sends none: its own state, and the line it joins. */
function overdone(step: MachStep): readonly string[] {
  const { call } = step;
  if (callerEvent(step)?.tag !== 'blocked' || call.operation !== 'mach_msg' || call.send !== null) return [];
  return stray(step, (change) => (change.what === 'thread' && change.thread === call.thread && change.field === 'run')
    || ((change.what === 'port' || change.what === 'set') && change.field === 'receivers'));
}

const waits = (run: Run): boolean => run.tag === 'sending' || run.tag === 'receiving';

/** A yield changes nothing, but that its thread may pause if it asked to; and no message is made of it. */
function misyielded(step: MachStep): readonly string[] {
  if (!isCall(step, 'swtch', 'swtch_pri', 'thread_switch')) return [];
  const { call } = step;
  const messages = (step.cost['message'] ?? 0) + (step.cost['copy'] ?? 0);
  const wrong = messages > 0 ? ['yielding cost a message'] : [];
  if (call.operation === 'thread_switch' && call.option === 'other') {
    return [...wrong, ...(errorOf(step) === 'KERN_INVALID_ARGUMENT' ? stray(step) : ['an unknown option was taken'])];
  }
  if (call.operation !== 'thread_switch' || call.option !== 'wait' || call.milliseconds === 0) {
    return [...wrong, ...(succeeded(step) ? stray(step) : ['a yield did not return'])];
  }
  const toSet = entryAt(step.before, step.before.threads[call.thread]!.task, call.to)?.tag === 'set';
  if (toSet) return wrong;
  const pauses = callerEvent(step)?.tag === 'blocked' && step.after.threads[call.thread]!.run.tag === 'pausing';
  return [...wrong, ...(pauses ? [] : ['a yield with a wait did not pause']),
    ...stray(step, (change) => change.what === 'thread' && change.thread === call.thread && change.field === 'run')];
}

/** Threads that have left their task, or that were made in another than the call names. */
function strayThreads(step: MachStep): string[] {
  const { before, after } = step;
  return after.threads.flatMap(({ task }, id) => {
    const was = before.threads[id]?.task ?? (isCall(step, 'thread_create') ? targetTask(step) : null);
    return was === task ? [] : [`${threadName(id as ThreadId)} is in ${taskName(task)}`];
  });
}

const owned = ['suspends', 'self', 'exception'] as const;

/** What is a thread's own, and changed although nobody asked for that thread. */
function disowned(step: MachStep): string[] {
  const { before, after } = step;
  const about = isCall(step, 'thread_suspend', 'thread_resume', 'thread_set_special_port') ? denotedThread(step) : null;
  return before.threads.flatMap((was, id) => {
    const now = after.threads[id]!;
    if (id === about || was.life !== now.life) return [];
    return owned.filter((field) => !same(was[field], now[field])).map((field) => `the ${field} of ${threadName(id as ThreadId)} changed`);
  });
}

const twin = ({ before }: MachStep, thread: ThreadId | null): boolean => thread !== null && before.threads.some(({ task, life }, other) =>
  life === 'live' && other !== thread && task === before.threads[thread]!.task);

/** Threads that one blow set free: those that stood in the line of one port or set, which is no more. */
export function freedTogether({ before, after }: MachStep): readonly ThreadId[] {
  const lines = [
    ...before.ports.flatMap(({ senders, life }, id) => (life === 'live' && after.ports[id]!.life === 'dead' ? [senders] : [])),
    ...before.sets.flatMap(({ receivers, life }, id) => (life === 'live' && after.sets[id]!.life === 'dead' ? [receivers] : [])),
  ];
  const able = lines.map((line) => line.filter((thread) => mayRun(after, thread) && before.threads[thread]!.run.tag !== 'ready'));
  return able.find((line) => line.length > 1) ?? [];
}

export const threadWaitLaws = {
  'mach/thread-belongs-to-one-task': {
    step: strayThreads,
    sometimes: {
      'a thread is made in another task': (step) => isCall(step, 'thread_create') && succeeded(step)
        && targetTask(step) !== step.before.threads[step.call.thread]!.task,
      'a thread made in the run calls': ({ call, before }) => 'thread' in call && before.threads[call.thread]!.port > before.tasks.at(-1)!.port,
    },
  },

  'mach/thread-keeps-its-own-execution-state': {
    step: disowned,
    sometimes: {
      'one of several threads is suspended': (step) => isCall(step, 'thread_suspend') && succeeded(step) && twin(step, denotedThread(step)),
      'one of several threads gets a special port': (step) => isCall(step, 'thread_set_special_port') && succeeded(step) && twin(step, denotedThread(step)),
    },
  },

  'mach/blocking-stops-the-caller-alone': {
    step: (step) => [...held(step), ...overdone(step)],
    sometimes: {
      'others of the task go on': ({ before, after, events }) => events.some(({ tag, thread }) => tag === 'blocked' && after.threads.some(({ task, run }, other) =>
        other !== thread && run.tag === 'ready' && task === before.threads[thread]!.task && mayRun(after, other as ThreadId))),
      'others of the task wait elsewhere': ({ before, after, events }) => events.some(({ tag, thread }) => tag === 'blocked'
        && before.threads.some(({ task, run }, other) => other !== thread && waits(run) && waits(after.threads[other]!.run) && task === before.threads[thread]!.task)),
    },
  },

  'mach/thread-abort-breaks-waits': {
    on: ['thread_abort'],
    step: misaborted,
    sometimes: {
      'a receive is broken off': (step) => brokenBy(step)?.run.tag === 'receiving' && mayRun(step.after, brokenBy(step)!.thread),
      'a send is broken off': (step) => brokenBy(step)?.run.tag === 'sending' && mayRun(step.after, brokenBy(step)!.thread),
      'a pause is broken off': (step) => brokenBy(step)?.run.tag === 'pausing',
      'a suspended receiver is aborted': (step) => brokenBy(step)?.run.tag === 'receiving' && !mayRun(step.after, brokenBy(step)!.thread),
      'a suspended sender is aborted': (step) => brokenBy(step)?.run.tag === 'sending' && !mayRun(step.after, brokenBy(step)!.thread),
      'a running thread is aborted': (step) => succeeded(step) && step.before.threads[denotedThread(step) ?? 0]!.run.tag === 'ready',
      'a thread aborts itself': (step) => errorOf(step) === 'KERN_INVALID_ARGUMENT'
        && denotedThread(step) === (step.call as { thread: ThreadId }).thread,
    },
  },

  'mach/yielding-is-a-trap': {
    on: ['swtch', 'swtch_pri', 'thread_switch'],
    step: misyielded,
    sometimes: {
      'a thread pauses': (step) => callerEvent(step)?.tag === 'blocked',
      'an unknown option is refused': (step) => errorOf(step) === 'KERN_INVALID_ARGUMENT',
      'a thread yields': (step) => succeeded(step),
    },
  },

  'mach/any-fair-schedule-may-run': {
    // A sender that a dequeue had let go may itself have ended the port.
    step: (step) => (freedTogether(step).length < 2 || dequeuesIn(step).length > 0 || step.choices.some(({ kind, of }) => kind === 'runs next' && of > 1) ? []
      : [`which of ${freedTogether(step).map(threadName).join(' and ')} runs first was not left open`]),
    sometimes: {
      'two threads are set free at once': (step) => freedTogether(step).length > 1,
      'the later of them runs first': (step) => freedTogether(step).length > 1 && step.choices.some(({ kind, option }) => kind === 'runs next' && option > 0),
    },
  },
} satisfies MachLaws;
