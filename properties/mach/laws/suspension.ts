import type { TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { MachState, Run } from '#model/mach/state';
import { callerEvent, errorOf, taskName, threadName } from '#properties/mach/facts';
import { stray } from '#properties/mach/laws/frame';
import { denotedThread, isCall, targetTask } from '#properties/mach/laws/ledger';
import { takenIn } from '#properties/mach/laws/message-steps';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

const counting = ['task_suspend', 'task_resume', 'thread_suspend', 'thread_resume'] as const;

/** The suspend count a call is about, as it was before; null if the call is about none, or names nothing. */
interface Counted { readonly what: 'task' | 'thread'; readonly id: number; readonly was: number; readonly resumes: boolean }

function counted(step: MachStep): Counted | null {
  const { before, call } = step;
  if (isCall(step, 'task_suspend', 'task_resume')) {
    const id = targetTask(step);
    return id === null ? null : { what: 'task', id, was: before.tasks[id]!.suspends, resumes: call.operation === 'task_resume' };
  }
  if (isCall(step, 'thread_suspend', 'thread_resume')) {
    const id = denotedThread(step);
    return id === null ? null : { what: 'thread', id, was: before.threads[id]!.suspends, resumes: call.operation === 'thread_resume' };
  }
  return null;
}

/** Whether a thread may execute its own instructions, by both counts. */
export function mayRun({ threads, tasks }: MachState, thread: ThreadId): boolean {
  const { life, suspends, task } = threads[thread]!;
  return life === 'live' && suspends === 0 && tasks[task]!.suspends === 0;
}

/** Whether nothing but its suspension keeps a thread in the kernel. */
export function isSetFree(run: Run): boolean {
  switch (run.tag) {
    case 'ready': return false;
    case 'handed':
    case 'answered': return true;
    case 'faulting':
    case 'sending': return run.woken || run.broken !== null;
    default: return run.broken !== null;
  }
}

/** Where counts are not what the call makes of them, or others have moved with them. */
function miscounted(step: MachStep): string[] {
  const { before, after } = step;
  const about = counted(step);
  const due = about === null ? 0 : !about.resumes ? 1 : about.was > 0 ? -1 : 0;
  const wrong: string[] = [];
  for (const what of ['task', 'thread'] as const) {
    const rows = what === 'task' ? [before.tasks, after.tasks] as const : [before.threads, after.threads] as const;
    for (let id = 0; id < rows[0].length; id += 1) {
      const expected = rows[0][id]!.suspends + (about?.what === what && about.id === id ? due : 0);
      const label = what === 'task' ? taskName(id as TaskId) : threadName(id as ThreadId);
      if (rows[1][id]!.suspends !== expected) wrong.push(`${label} is suspended ${rows[1][id]!.suspends} times, not ${expected}`);
    }
  }
  return wrong;
}

/** What the caller of a suspension or resumption should have been answered. */
function misanswered(step: MachStep): string[] {
  const about = counted(step);
  const event = callerEvent(step);
  if (about === null) return [];
  const caller = (step.call as { thread: ThreadId }).thread;
  if (about.resumes && about.was === 0) {
    return errorOf(step) === 'KERN_FAILURE' ? [...stray(step)] : ['a count of zero was resumed'];
  }
  // Whom it resumes may end its caller's task by an exception at once.
  if (step.after.threads[caller]!.life === 'dead') return [];
  const expected = mayRun(step.after, caller) || diesLater(step, caller) ? 'returned' : 'blocked';
  return event?.tag === expected ? [] : [`${threadName(caller)} was not answered as it should be: ${event?.tag}`];
}

/** The thread that stops itself with a suspension; null if the call stops others only. */
const stopsItself = (step: MachStep): boolean =>
  'thread' in step.call && !mayRun(step.after, step.call.thread) && step.after.threads[step.call.thread]!.life === 'live';

/** A suspension changes its own count and nothing else; the thread that stops itself keeps its answer for later. */
function disturbed(step: MachStep): readonly string[] {
  const about = counted(step);
  if (about === null || about.resumes) return [];
  return stray(step, (change) => change.what === about.what && change.field === 'suspends'
    || (change.what === 'thread' && change.field === 'run' && stopsItself(step) && change.thread === (step.call as { thread: ThreadId }).thread));
}

/** A message that was handed to a thread waits for it, and is what it takes out first. */
function mishanded(step: MachStep): string[] {
  const { before, after } = step;
  return before.threads.flatMap(({ run }, id) => {
    const thread = id as ThreadId;
    if (run.tag !== 'handed' || after.threads[thread]!.life === 'dead') return [];
    const now = after.threads[thread]!.run;
    if (!mayRun(after, thread)) {
      const aborted = isCall(step, 'thread_abort') && denotedThread(step) === thread && now.tag === 'answered';
      const kept = aborted || (now.tag === 'handed' && now.message.serial === run.message.serial);
      return kept ? [] : [`${threadName(thread)} no longer has the message it was handed`];
    }
    return takenIn(step).some((taken) => taken.thread === thread && taken.header.id === run.message.id) ? []
      : [`${threadName(thread)} runs again and has not seen the message it was handed`];
  });
}

/** Suspended threads that wait for a message while there is one. */
const overlooked = ({ ports, sets, threads }: MachState): string[] => ports.flatMap(({ queue, set, receivers }) => {
  if (queue.length === 0) return [];
  return [...receivers, ...(set === null ? [] : sets[set]!.receivers)].filter((thread) => threads[thread]!.run.tag === 'receiving')
    .map((thread) => `${threadName(thread)} waits beside a message`);
});

/** With memory, the exception of another thread may end a thread's task once it has run. */
const diesLater = ({ before, after }: MachStep, thread: number): boolean =>
  before.memory !== null && after.threads[thread]!.life === 'dead';

const ran = (step: MachStep, thread: number): boolean => step.events.some((event) => event.thread === thread && event.tag !== 'blocked');

export const suspensionLaws = {
  'mach/running-needs-zero-suspend-counts': {
    always: (state) => state.threads.flatMap(({ run }, thread) => (mayRun(state, thread as ThreadId) && isSetFree(run)
      ? [`${threadName(thread as ThreadId)} may run, and does not go on`] : [])),
    step: (step) => [
      ...step.events.flatMap(({ tag, thread }) => ((tag === 'returned' || tag === 'raised') && !mayRun(step.after, thread as ThreadId) && !diesLater(step, thread)
        ? [`${threadName(thread as ThreadId)} ran while it was suspended`] : [])),
      ...(isCall(step, 'task_suspend', 'task_resume') ? step.before.threads.flatMap(({ suspends }, thread) =>
        (step.after.threads[thread]!.suspends === suspends ? [] : [`the count of ${threadName(thread as ThreadId)} changed with its task's`])) : []),
    ],
    sometimes: {
      'a suspended thread is set free': ({ after }) => after.threads.some(({ run, suspends }) => suspends > 0 && isSetFree(run)),
      'a thread of a suspended task is set free': ({ after }) => after.threads.some(({ run, task, life }) =>
        life === 'live' && isSetFree(run) && after.tasks[task]!.suspends > 0),
      'a thread stays suspended when its task is resumed': (step) => isCall(step, 'task_resume') && step.after.threads.some(({ task, suspends, life }) =>
        life === 'live' && suspends > 0 && task === targetTask(step) && step.after.tasks[task]!.suspends === 0),
      'a thread goes on when it is resumed': (step) => isCall(step, 'thread_resume', 'task_resume') && step.events.length > 1,
    },
  },

  'mach/suspend-counts-stay-at-least-zero': {
    always: (state) => [...state.tasks, ...state.threads].flatMap(({ suspends }) => (suspends < 0 ? ['a suspend count is negative'] : [])),
    step: (step) => [...miscounted(step), ...misanswered(step)],
    sometimes: {
      'a count of zero is resumed': (step) => counted(step)?.resumes === true && counted(step)!.was === 0,
      'a count grows beyond one': (step) => counted(step)?.resumes === false && counted(step)!.was > 0,
      'a count above one is resumed': (step) => counted(step)?.resumes === true && counted(step)!.was > 1,
      'a thread is made in a suspended task': (step) => isCall(step, 'thread_create')
        && targetTask(step) !== null && step.before.tasks[targetTask(step)!]!.suspends > 0,
    },
  },

  'mach/suspension-keeps-the-wait': {
    always: overlooked,
    step: (step) => [...mishanded(step), ...(isCall(step, ...counting) ? disturbed(step) : [])],
    sometimes: {
      'a waiting receiver is suspended': (step) => isCall(step, 'thread_suspend') && denotedThread(step) !== null
        && step.before.threads[denotedThread(step)!]!.run.tag === 'receiving',
      'a waiting sender is suspended': (step) => isCall(step, 'thread_suspend') && denotedThread(step) !== null
        && step.before.threads[denotedThread(step)!]!.run.tag === 'sending',
      'a suspended receiver is handed a message': ({ after }) => after.threads.some(({ run }) => run.tag === 'handed'),
      'it takes it when it is resumed': (step) => isCall(step, 'thread_resume', 'task_resume')
        && step.before.threads.some(({ run }, thread) => run.tag === 'handed' && ran(step, thread)),
    },
  },
} satisfies MachLaws;
