import type { Name, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { Carried, Entry, MachState } from '#model/mach/state';
import { callerTask, entryAt, isLive, succeeded, taskName, threadName } from '#properties/mach/facts';
import { Space } from '#properties/mach/laws/expected-send';
import { answerOf, copyOf, misnamed, sendRight, unlike } from '#properties/mach/laws/expected-requests';
import { changesOf, same, stray } from '#properties/mach/laws/frame';
import { denotedThread, isCall, targetTask } from '#properties/mach/laws/ledger';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

/** What a task created in a step should look like, but for the port it was given. */
function wrongChild(step: MachStep, template: TaskId): string[] {
  const { before, after } = step;
  const from = before.tasks[template]!;
  const id = before.tasks.length as TaskId;
  const child = after.tasks[id];
  if (child === undefined || after.tasks.length !== id + 1) return ['task_create made no task'];
  const inherited = (held: Carried | null) => (held === null ? null : copyOf(step, held));
  const wrong: string[] = [];
  const expect = (what: string, fits: boolean) => { if (!fits) wrong.push(`${taskName(id)} has ${what}`); };
  expect('names', child.names.every((entry) => entry === null));
  expect('another exception port than its template', same(child.exception, inherited(from.exception)));
  expect('another bootstrap port than its template', same(child.bootstrap, inherited(from.bootstrap)));
  expect('other registered ports than its template', same(child.registered, from.registered.map(inherited)));
  expect('no port of its own', child.port >= before.ports.length && after.ports[child.port]?.kernel === 'task' && same(child.self, sendRight(child.port)));
  expect('a suspend count', child.suspends === 0 && child.life === 'live');
  return [...wrong, ...given(step, child.port), ...bystanders(step)];
}

/** The creator gets a send right to the new port, under a name of its own. */
function given(step: MachStep, port: Parameters<typeof sendRight>[0]): string[] {
  const space = new Space(step.after, step.before.tasks[callerTask(step)]!.names);
  return [...misnamed(step, space, sendRight(port), answerOf(step).name), ...unlike(step, callerTask(step), space)];
}

/** Nobody else notices: others' names, queues and threads are as they were. */
const bystanders = (step: MachStep): readonly string[] => stray(step, (change) => isNew(step, change)
  || (change.what === 'name' && change.task === callerTask(step)) || (change.what === 'port' && change.field === 'sendRights'));

function isNew({ before }: MachStep, change: ReturnType<typeof changesOf>[number]): boolean {
  switch (change.what) {
    case 'task': return change.task >= before.tasks.length;
    case 'thread': return change.thread >= before.threads.length;
    case 'port': return change.port >= before.ports.length;
    case 'name': return change.task >= before.tasks.length;
    case 'set': return false;
  }
}

function wrongThread(step: MachStep, task: TaskId): string[] {
  const { before, after } = step;
  const id = before.threads.length as ThreadId;
  const made = after.threads[id];
  if (made === undefined || after.threads.length !== id + 1) return ['thread_create made no thread'];
  const wrong: string[] = [];
  const expect = (what: string, fits: boolean) => { if (!fits) wrong.push(`${threadName(id)} ${what}`); };
  expect(`is suspended ${made.suspends} times`, made.suspends === 1);
  expect('has an exception port', made.exception === null);
  expect('is in another task', made.task === task);
  expect('is busy already', made.run.tag === 'ready' && made.life === 'live');
  expect('has no port of its own', made.port >= before.ports.length && after.ports[made.port]?.kernel === 'thread' && same(made.self, sendRight(made.port)));
  return [...wrong, ...given(step, made.port), ...bystanders(step)];
}

const threadsOf = ({ threads }: MachState, task: TaskId): number => threads.filter((thread) => thread.task === task && thread.life === 'live').length;

/** Whether an exception that nobody handled has ended a thread of a task. */
const hasFailed = ({ before, events, after }: MachStep, task: TaskId): boolean => before.memory !== null
  && events.some(({ tag, thread }) => tag === 'ended' && after.threads[thread]!.task === task);

/** Tasks that ended without having been terminated. */
const vanished = (step: MachStep): string[] => step.before.tasks.flatMap(({ life }, id) =>
  (life === 'dead' || step.after.tasks[id]!.life === 'live' || (isCall(step, 'task_terminate') && targetTask(step) === id)
    || hasFailed(step, id as TaskId)
    ? [] : [`${taskName(id as TaskId)} has ended by itself`]));

/** Tasks whose names a step may touch: those the call is about, and those whose threads ran or ended. */
function concerned(step: MachStep): ReadonlySet<TaskId> {
  const { before, call, events, after } = step;
  const tasks = new Set<TaskId>(events.map(({ thread }) => before.threads[thread]!.task));
  if ('thread' in call) tasks.add(callerTask(step));
  const target = targetTask(step);
  if (target !== null) tasks.add(target);
  const thread = denotedThread(step);
  if (thread !== null) tasks.add(before.threads[thread]!.task);
  before.threads.forEach(({ life, task }, id) => { if (life !== after.threads[id]!.life) tasks.add(task); });
  return tasks;
}

/** Names of tasks that had no part in a step, and that changed otherwise than by the death of their ports. */
function invaded(step: MachStep): string[] {
  const { before, after } = step;
  const part = concerned(step);
  return changesOf(step).flatMap((change) => {
    if (change.what !== 'name' || part.has(change.task) || change.task >= before.tasks.length) return [];
    const { task, name } = change;
    return endsWithItsPort(step, entryAt(before, task, name), entryAt(after, task, name)) ? [] : [`n${name} of ${taskName(task)} changed by itself`];
  });
}

function endsWithItsPort({ after }: MachStep, was: Entry | null, is: Entry | null): boolean {
  if (was?.tag !== 'port' && was?.tag !== 'send-once') return false;
  if (!isLive(after, was.port)) return is?.tag === 'dead';
  return was.tag === 'port' && was.accepted && same({ ...was, accepted: false }, is);
}

const inAnothersSpace = (step: MachStep): boolean => {
  const target = targetTask(step);
  return target !== null && target !== callerTask(step) && changesOf(step).some((change) => change.what === 'name' && change.task === target);
};

/** Which kernel port a name of a task stands for. */
const portAt = (state: MachState, task: TaskId, name: Name | undefined) => {
  const entry = name === undefined ? null : entryAt(state, task, name);
  return entry?.tag === 'port' && entry.sends > 0 ? entry.port : null;
};

export const taskCreationLaws = {
  'mach/task-owns-names-and-addresses': {
    always: (state) => state.threads.flatMap(({ task, life }, thread) => (life === 'live' && state.tasks[task]?.life !== 'live'
      ? [`${threadName(thread as ThreadId)} lives in no task`] : [])),
    step: invaded,
    sometimes: {
      'a call is about the names of another task': inAnothersSpace,
      'a name of a task with no part in it dies': (step) => changesOf(step).some((change) => change.what === 'name'
        && change.task < step.before.tasks.length && !concerned(step).has(change.task)),
    },
  },

  'mach/task-may-have-no-threads': {
    step: (step) => [...vanished(step), ...(isCall(step, 'task_create') && succeeded(step)
      && step.after.threads.length > step.before.threads.length ? ['a new task has a thread'] : [])],
    sometimes: {
      'a task without threads is made': (step) => isCall(step, 'task_create') && succeeded(step),
      'the last thread of a task ends': (step) => isCall(step, 'thread_terminate') && step.before.tasks.some(({ life }, id) =>
        life === 'live' && threadsOf(step.before, id as TaskId) === 1 && threadsOf(step.after, id as TaskId) === 0),
      'a task without threads is given a right': (step) => isCall(step, 'mach_port_insert_right') && succeeded(step)
        && threadsOf(step.before, targetTask(step)!) === 0,
    },
  },

  'mach/template-gives-memory-and-special-ports': {
    on: ['task_create'],
    step: (step) => {
      const template = targetTask(step);
      if (template === null) return [];
      return succeeded(step) ? wrongChild(step, template) : ['a task could not be made'];
    },
    sometimes: {
      'another task is the template': (step) => succeeded(step) && targetTask(step) !== callerTask(step),
      'the template has names': (step) => succeeded(step) && step.before.tasks[targetTask(step)!]!.names.some((entry) => entry !== null),
      'a special port is inherited': (step) => succeeded(step) && ['exception', 'bootstrap'].some((which) =>
        step.before.tasks[targetTask(step)!]![which as 'bootstrap'] !== null),
      'registered ports are inherited': (step) => succeeded(step)
        && step.before.tasks[targetTask(step)!]!.registered.some((right) => right?.tag === 'right'),
    },
  },

  'mach/new-task-runs-on-template-host': {
    on: ['mach_host_self'],
    step: (step) => (portAt(step.after, callerTask(step), answerOf(step).name) === step.before.host ? []
      : [`${taskName(callerTask(step))} runs on another host than its template`]),
    sometimes: {
      'a task of the beginning asks for its host': succeeded,
      'a task made in the run asks for its host': (step) => succeeded(step)
        && step.before.tasks[callerTask(step)]!.port > step.before.threads[0]!.port + step.before.threads.length + step.before.tasks.length,
    },
  },

  'mach/new-thread-starts-suspended': {
    on: ['thread_create'],
    step: (step) => {
      const task = targetTask(step);
      if (task === null) return [];
      return succeeded(step) ? wrongThread(step, task) : ['a thread could not be made'];
    },
    sometimes: {
      'a thread is made': succeeded,
      'its maker has an exception port': (step) => succeeded(step) && step.before.threads[(step.call as { thread: ThreadId }).thread]!.exception !== null,
    },
  },
} satisfies MachLaws;
