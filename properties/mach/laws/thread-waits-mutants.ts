import { threadAbort, threadCreate, threadSuspend, swtch, threadSwitch } from '#model/mach/threads/thread';
import { setThreadPort } from '#model/mach/tasks/special-ports';
import { threadFor } from '#model/mach/tasks/target';
import { settle } from '#model/mach/threads/settle';
import { machMsg } from '#model/mach/messages/mach-msg';
import { blocked, change, returned } from '#model/operation';
import type { TaskId } from '#spec/mach/vocabulary';
import { decided } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';

export const threadWaitMutants: MachMutants = {
  'thread-is-made-in-its-makers-task': {
    rule: 'mach/thread-belongs-to-one-task',
    fault: 'a new thread belongs to the task of its maker',
    operations: {
      thread_create: {
        ...threadCreate,
        step: (world, call) => {
          const made = world.state.threads.length;
          const verdict = threadCreate.step(world, call);
          const thread = world.state.threads[made];
          if (thread !== undefined) change(thread).task = world.state.threads[call.thread]!.task;
          return verdict;
        },
      },
    },
  },
  'suspending-one-thread-stops-its-twins': {
    rule: 'mach/thread-keeps-its-own-execution-state',
    fault: 'the threads of a task share one suspend count',
    operations: {
      thread_suspend: {
        ...threadSuspend,
        step: (world, call) => {
          const counts = world.state.threads.map(({ suspends }) => suspends);
          const verdict = threadSuspend.step(world, call);
          const about = world.state.threads.find(({ suspends }, id) => suspends !== counts[id]);
          world.state.threads.forEach((thread) => {
            if (thread !== about && thread.task === about?.task && thread.life === 'live') change(thread).suspends += 1;
          });
          return verdict;
        },
      },
    },
  },
  'threads-share-their-exception-port': {
    rule: 'mach/thread-keeps-its-own-execution-state',
    fault: 'setting the exception port of a thread sets it for one of its twins',
    operations: {
      thread_set_special_port: {
        ...setThreadPort,
        step: (world, call) => {
          const old = world.state.threads.map(({ exception }) => exception);
          const verdict = setThreadPort.step(world, call);
          const about = world.state.threads.findIndex(({ exception }, id) => exception !== old[id]);
          const twin = world.state.threads.findIndex(({ task, life }, id) =>
            about >= 0 && id !== about && life === 'live' && task === world.state.threads[about]!.task);
          if (twin >= 0) {
            change(world.state.threads[twin]!).exception = world.state.threads[about]!.exception;
            change(world.state.threads[about]!).exception = old[about]!;
          }
          return verdict;
        },
      },
    },
  },
  'waiting-thread-stops-its-task': {
    rule: 'mach/blocking-stops-the-caller-alone',
    fault: 'while one thread waits for a message no other of its task runs',
    operations: {
      mach_msg: {
        ...machMsg,
        step: (world, call) => {
          const verdict = machMsg.step(world, call);
          const { task } = world.state.threads[call.thread]!;
          if (verdict.tag === 'blocked') change(world.state.tasks[task as TaskId]!).suspends += 1;
          return verdict;
        },
      },
    },
  },
  'waiting-thread-takes-its-twin-along': {
    rule: 'mach/blocking-stops-the-caller-alone',
    fault: 'a thread that waits makes another of its task pause',
    operations: {
      mach_msg: {
        ...machMsg,
        step: (world, call) => {
          const verdict = machMsg.step(world, call);
          const { task } = world.state.threads[call.thread]!;
          const twin = world.state.threads.find(({ run, life, ...thread }, id) =>
            id !== call.thread && life === 'live' && run.tag === 'ready' && thread.task === task);
          if (verdict.tag === 'blocked' && twin !== undefined) change(twin).run = { tag: 'pausing', broken: null };
          return verdict;
        },
      },
    },
  },
  'abort-spares-suspended-threads': {
    rule: 'mach/thread-abort-breaks-waits',
    fault: 'the abort of a suspended thread is forgotten',
    operations: {
      thread_abort: {
        ...threadAbort,
        step: (world, call) => {
          const target = threadFor(world, call.thread, call.target);
          const isStopped = target.tag === 'found' && target.id !== call.thread && world.state.threads[target.id]!.suspends > 0;
          return isStopped ? returned(null) : threadAbort.step(world, call);
        },
      },
    },
  },
  'aborted-send-stays-in-line': {
    rule: 'mach/thread-abort-breaks-waits',
    fault: 'the abort of a blocked sender does not end its send',
    operations: {
      thread_abort: {
        ...threadAbort,
        step: (world, call) => {
          const runs = world.state.threads.map(({ run }) => run);
          const verdict = threadAbort.step(world, call);
          world.state.threads.forEach((thread, id) => {
            if (thread.run.tag === 'sending' && thread.run !== runs[id]) change(thread).run = runs[id]!;
          });
          return verdict;
        },
      },
    },
  },
  'aborted-receive-times-out': {
    rule: 'mach/thread-abort-breaks-waits',
    fault: 'an aborted receive says that it has timed out',
    operations: {
      thread_abort: {
        ...threadAbort,
        step: (world, call) => {
          const verdict = threadAbort.step(world, call);
          for (const thread of world.state.threads) {
            if (thread.run.tag === 'receiving' && thread.run.broken !== null) change(thread).run = { ...thread.run, broken: 'timed-out' };
          }
          return verdict;
        },
      },
    },
  },
  'aborted-send-is-done-as-well': {
    rule: 'mach/thread-abort-breaks-waits',
    fault: 'an aborted send queues its message as well as giving it back',
    operations: {
      thread_abort: {
        ...threadAbort,
        step: (world, call) => {
          const runs = world.state.threads.map(({ run }) => run);
          const verdict = threadAbort.step(world, call);
          runs.forEach((run, id) => {
            if (run.tag === 'sending' && world.state.threads[id]!.run !== run) {
              const port = change(world.state.ports[run.to]!);
              port.queue = [...port.queue, { ...run.message, reply: { tag: 'null', kind: null }, body: [], complex: false }];
              if (run.message.destination.kind === 'send') port.sendRights += 1;
            }
          });
          return verdict;
        },
      },
    },
  },
  'thread-may-abort-itself': {
    rule: 'mach/thread-abort-breaks-waits',
    fault: 'a thread that aborts itself is told that it succeeded',
    operations: {
      thread_abort: {
        ...threadAbort,
        step: (world, call) => {
          const verdict = threadAbort.step(world, call);
          return verdict.tag === 'raised' && verdict.error === 'KERN_INVALID_ARGUMENT' ? returned(null) : verdict;
        },
      },
    },
  },
  'yielding-sends-a-message': {
    rule: 'mach/yielding-is-a-trap',
    fault: 'a yield is a message to the kernel',
    operations: {
      swtch: {
        ...swtch,
        step: (world, call) => {
          world.charge('message');
          return swtch.step(world, call);
        },
      },
    },
  },
  'every-hand-off-waits': {
    rule: 'mach/yielding-is-a-trap',
    fault: 'thread_switch pauses whatever its option says',
    operations: {
      thread_switch: {
        ...threadSwitch,
        step: (world, call) => {
          const verdict = threadSwitch.step(world, call);
          if (verdict.tag !== 'returned') return verdict;
          change(world.state.threads[call.thread]!).run = { tag: 'pausing', broken: null };
          return blocked;
        },
      },
    },
  },
  'threads-run-in-the-order-they-were-made': {
    rule: 'mach/any-fair-schedule-may-run',
    fault: 'of several threads set free the one made first always runs first',
    settle: (world) => settle(decided(world, 'runs next')),
  },
};
