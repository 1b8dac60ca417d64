import { settle } from '#model/mach/threads/settle';
import { taskResume, taskSuspend } from '#model/mach/tasks/task';
import { threadResume, threadSuspend } from '#model/mach/threads/thread';
import { handOver } from '#model/mach/messages/enqueue';
import type { MachState } from '#model/mach/state';
import type { ThreadId } from '#spec/mach/vocabulary';
import { change, returned } from '#model/operation';
import type { MachMutants } from '#properties/mach/obligation';

/** Lets threads run with some of the counts taken for zero. */
const runningAs = (zeroed: (state: MachState) => readonly { suspends: number }[]): typeof settle => (world) => {
  const rows = zeroed(world.state);
  const counts = rows.map(({ suspends }) => suspends);
  for (const row of rows) row.suspends = 0;
  settle(world);
  rows.forEach((row, at) => { row.suspends = counts[at]!; });
};

/** The thread or task that a call was about, by what its verdict did to the counts. */
const moved = (state: MachState, table: 'tasks' | 'threads', counts: readonly number[]): number =>
  state[table].findIndex(({ suspends }, at) => suspends !== counts[at]);

const countsOf = (state: MachState, table: 'tasks' | 'threads'): readonly number[] => state[table].map(({ suspends }) => suspends);

export const suspensionMutants: MachMutants = {
  'suspended-thread-runs': {
    rule: 'mach/running-needs-zero-suspend-counts',
    fault: 'a suspended thread runs once its wait is over',
    settle: runningAs(({ threads }) => threads.map(change)),
  },
  'threads-of-a-suspended-task-run': {
    rule: 'mach/running-needs-zero-suspend-counts',
    fault: 'a thread of a suspended task runs once its wait is over',
    settle: runningAs(({ tasks }) => tasks.map(change)),
  },
  'task-suspension-suspends-each-thread': {
    rule: 'mach/running-needs-zero-suspend-counts',
    fault: 'suspending a task adds one to the counts of its threads as well',
    operations: {
      task_suspend: {
        ...taskSuspend,
        step: (world, call) => {
          const counts = countsOf(world.state, 'tasks');
          const verdict = taskSuspend.step(world, call);
          const task = moved(world.state, 'tasks', counts);
          for (const thread of world.state.threads) if (thread.task === task && thread.life === 'live') change(thread).suspends += 1;
          return verdict;
        },
      },
    },
  },
  'resumed-task-does-not-go-on': {
    rule: 'mach/running-needs-zero-suspend-counts',
    fault: 'threads set free while their task was suspended are not looked at when it is resumed',
    settle: (world: Parameters<typeof settle>[0]) => {
      if (world.state.threads.every(({ run }) => run.tag !== 'handed')) settle(world);
    },
  },
  'suspensions-are-not-counted': {
    rule: 'mach/suspend-counts-stay-at-least-zero',
    fault: 'a second suspension of a thread is not counted',
    operations: {
      thread_suspend: {
        ...threadSuspend,
        step: (world, call) => {
          const counts = countsOf(world.state, 'threads');
          const verdict = threadSuspend.step(world, call);
          world.state.threads.forEach((thread, at) => { if (counts[at]! > 0) change(thread).suspends = counts[at]!; });
          return verdict;
        },
      },
    },
  },
  'one-resume-undoes-all': {
    rule: 'mach/suspend-counts-stay-at-least-zero',
    fault: 'one resume takes the whole count of a task off',
    operations: {
      task_resume: {
        ...taskResume,
        step: (world, call) => {
          const counts = countsOf(world.state, 'tasks');
          const verdict = taskResume.step(world, call);
          const task = moved(world.state, 'tasks', counts);
          if (task >= 0) change(world.state.tasks[task]!).suspends = 0;
          return verdict;
        },
      },
    },
  },
  'count-of-zero-may-be-resumed': {
    rule: 'mach/suspend-counts-stay-at-least-zero',
    fault: 'resuming a thread that is not suspended succeeds',
    operations: {
      thread_resume: {
        ...threadResume,
        step: (world, call) => {
          const verdict = threadResume.step(world, call);
          return verdict.tag === 'raised' && verdict.error === 'KERN_FAILURE' ? returned(null) : verdict;
        },
      },
    },
  },
  'suspension-breaks-the-wait': {
    rule: 'mach/suspension-keeps-the-wait',
    fault: 'a thread that is suspended stops waiting for a message',
    operations: {
      thread_suspend: {
        ...threadSuspend,
        step: (world, call) => {
          const counts = countsOf(world.state, 'threads');
          const verdict = threadSuspend.step(world, call);
          const thread = world.state.threads[moved(world.state, 'threads', counts)];
          if (thread?.run.tag === 'receiving') change(thread).run = { ...thread.run, broken: 'interrupted' };
          return verdict;
        },
      },
    },
  },
  'suspended-receivers-are-passed-over': {
    rule: 'mach/suspension-keeps-the-wait',
    fault: 'a message is queued although a suspended thread waits for it',
    mechanisms: {
      deliver: (world, message) => {
        const { state } = world;
        const port = change(state.ports[message.destination.port]!);
        const suspended = port.receivers.some((thread: ThreadId) => state.threads[thread]!.suspends > 0);
        if (suspended) port.queue = [...port.queue, { ...message, moment: state.moment, arrival: change(state).arrival++ }];
        else if (!handOver(world, message)) port.queue = [...port.queue, { ...message, moment: state.moment, arrival: change(state).arrival++ }];
      },
    },
  },
  'resumed-receiver-finds-nothing': {
    rule: 'mach/suspension-keeps-the-wait',
    fault: 'a message handed to a suspended thread is gone when it is resumed',
    operations: {
      thread_resume: {
        ...threadResume,
        step: (world, call) => {
          const counts = countsOf(world.state, 'threads');
          const verdict = threadResume.step(world, call);
          const thread = world.state.threads[moved(world.state, 'threads', counts)];
          if (thread?.run.tag === 'handed') change(thread).run = { tag: 'answered', error: 'MACH_RCV_INTERRUPTED', size: 0, given: null };
          return verdict;
        },
      },
    },
  },
};
