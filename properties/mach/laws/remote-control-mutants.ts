import { allocate } from '#model/mach/names/allocate';
import { deallocate } from '#model/mach/names/release-name';
import { unmapPages } from '#model/mach/memory/allocate';
import { alterPages } from '#model/mach/memory/protect';
import { takeMessage } from '#model/mach/messages/receive';
import { insertRight } from '#model/mach/rights/insert-right';
import { copyout } from '#model/mach/rights/copyout';
import { makeSend } from '#model/mach/tasks/new-task';
import { getTaskPort } from '#model/mach/tasks/special-ports';
import { taskSuspend } from '#model/mach/tasks/task';
import { threadResume } from '#model/mach/threads/thread';
import type { MachState } from '#model/mach/state';
import { change, returned } from '#model/operation';
import { altered } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';
import type { TaskId, ThreadId } from '#spec/mach/vocabulary';

const taskOf = ({ threads }: MachState, thread: ThreadId): TaskId => threads[thread]!.task;
const own = (state: MachState, thread: ThreadId) => ({ tag: 'identity', identity: taskOf(state, thread) }) as const;

export const remoteControlMutants: MachMutants = {
  'allocation-for-another-comes-to-the-caller': {
    rule: 'mach/task-port-controls-one-task',
    fault: 'a name that is allocated in the space of another task is taken in the space of the caller',
    operations: { mach_port_allocate: { ...allocate, step: (world, call) => allocate.step(world, { ...call, task: own(world.state, call.thread) }) } },
  },
  'deallocation-goes-through-both-spaces': {
    rule: 'mach/task-port-controls-one-task',
    fault: 'a name of another task that is deallocated is deallocated in the space of the caller as well',
    operations: {
      mach_port_deallocate: {
        ...deallocate,
        step: (world, call) => {
          const { state } = world;
          const verdict = deallocate.step(world, call);
          const isOwn = call.task.tag === 'identity' && call.task.identity === taskOf(state, call.thread);
          if (verdict.tag === 'returned' && !isOwn) deallocate.step(world, { ...call, task: own(state, call.thread) });
          return verdict;
        },
      },
    },
  },
  'unmapping-reaches-the-next-task': {
    rule: 'mach/task-port-controls-one-task',
    fault: 'pages that one task loses are unmapped in the task made after it as well',
    mechanisms: {
      unmapPages: (world, task, pages) => {
        unmapPages(world, task, pages);
        if (world.state.tasks[task + 1]?.life === 'live') unmapPages(world, task + 1 as TaskId, pages);
      },
    },
  },
  'protection-is-that-of-everyone': {
    rule: 'mach/task-port-controls-one-task',
    fault: 'a protection set for one task is set for the first task as well',
    mechanisms: {
      alterPages: (world, task, ...more) => {
        alterPages(world, task, ...more);
        if (task !== 0 && world.state.tasks[0]!.life === 'live') alterPages(world, 0 as TaskId, ...more);
      },
    },
  },
  'whoever-suspends-is-suspended': {
    rule: 'mach/task-port-controls-one-task',
    fault: 'a task that suspends another is counted as suspended once more itself',
    operations: {
      task_suspend: {
        ...taskSuspend,
        step: (world, call) => {
          const verdict = taskSuspend.step(world, call);
          if (verdict.tag === 'returned') change(world.state.tasks[taskOf(world.state, call.thread)]!).suspends += 1;
          return verdict;
        },
      },
    },
  },
  'resuming-a-thread-resumes-its-neighbour': {
    rule: 'mach/task-port-controls-one-task',
    fault: 'with a thread that is resumed the thread made after it is resumed as well',
    operations: {
      thread_resume: {
        ...threadResume,
        step: (world, call) => {
          const { state } = world;
          const before = state.threads.map(({ suspends }) => suspends);
          const verdict = threadResume.step(world, call);
          const resumed = state.threads.findIndex(({ suspends }, thread) => suspends < before[thread]!);
          const next = state.threads[resumed + 1];
          if (verdict.tag === 'returned' && next !== undefined && next.suspends > 0) change(next).suspends -= 1;
          return verdict;
        },
      },
    },
  },
  'receiver-learns-its-sender': {
    rule: 'mach/rights-come-from-rights',
    fault: 'with a message its receiver gets a send right to the port of the task that sent it',
    mechanisms: {
      takeMessage: (world, thread, message, sequence, wait) => {
        const { state } = world;
        const { task } = state.threads[thread]!;
        const sender = state.threads[message.sender]?.task;
        if (sender !== undefined && sender !== task && state.tasks[sender]!.life === 'live') copyout(world, task, secret(state, sender));
        return takeMessage(world, thread, message, sequence, wait);
      },
    },
  },
  'dead-port-stands-for-its-neighbour': {
    rule: 'mach/rights-come-from-rights',
    fault: 'a send right arrives as one to the port made before its own',
    mechanisms: {
      copyout: (world, task, right) => {
        if (right.tag !== 'right' || right.kind !== 'send' || right.port === 0) return copyout(world, task, right);
        const other = world.state.ports[right.port - 1]!;
        if (other.life === 'dead' || other.kernel !== null) return copyout(world, task, right);
        change(other).sendRights += 1;
        return copyout(world, task, { ...right, port: right.port - 1 as typeof right.port });
      },
    },
  },
  'unset-port-is-that-of-another-task': {
    rule: 'mach/rights-come-from-rights',
    fault: 'whoever reads a special port that is not set gets the port of a task that has no part in it',
    operations: {
      task_get_special_port: {
        ...getTaskPort,
        step: (world, call) => {
          const { state } = world;
          const verdict = getTaskPort.step(world, call);
          const caller = taskOf(state, call.thread);
          const other = state.tasks.findIndex(({ life }, id) => life === 'live' && id !== caller && call.task.tag === 'identity' && id !== call.task.identity);
          if (verdict.tag !== 'returned' || verdict.value.name !== 0 || other < 0) return verdict;
          return returned({ name: copyout(world, caller, secret(state, other as TaskId)) });
        },
      },
    },
  },
  'inserted-right-goes-round': {
    rule: 'mach/rights-come-from-rights',
    fault: 'a send right that is inserted into one space is given to the task made after it as well',
    operations: {
      mach_port_insert_right: {
        ...insertRight,
        step: (world, call) => insertRight.step(altered(world, {
          copyin: (inner, task, name, disposition) => {
            const taken = world.mechanisms.copyin(inner, task, name, disposition);
            const next = world.state.tasks.findIndex(({ life }, id) => life === 'live' && id !== task && call.task.tag === 'identity' && id !== call.task.identity);
            if (next >= 0 && taken.right.tag === 'right' && taken.right.kind === 'send') {
              change(world.state.ports[taken.right.port]!).sendRights += 1;
              copyout(world, next as TaskId, taken.right);
            }
            return taken;
          },
        }), call),
      },
    },
  },
};

/** A send right that nobody has been given. */
const secret = (state: MachState, task: TaskId) => makeSend(state, state.tasks[task]!.port);
