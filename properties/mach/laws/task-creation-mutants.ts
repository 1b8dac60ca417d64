import { threadCreate, threadTerminate } from '#model/mach/threads/thread';
import { taskCreate } from '#model/mach/tasks/task';
import { newThread } from '#model/mach/tasks/new-task';
import { hostSelf } from '#model/mach/ports/identity';
import { copyout } from '#model/mach/rights/copyout';
import { setEntry } from '#model/mach/entries';
import { copySend } from '#model/mach/tasks/special-ports';
import { NULL, type MachState, type Task, type Thread } from '#model/mach/state';
import { change, returned, type Draft } from '#model/operation';
import type { Name, TaskId } from '#spec/mach/vocabulary';
import type { MachMutants } from '#properties/mach/obligation';

/** `task_create`, and what a fault makes of the child. */
const creating = (spoil: (state: MachState, child: Draft<Task>, creator: TaskId) => void): typeof taskCreate => ({
  ...taskCreate,
  step: (world, call) => {
    const { state } = world;
    const made = state.tasks.length;
    const verdict = taskCreate.step(world, call);
    if (state.tasks.length > made) spoil(state, change(state.tasks[made]!), state.threads[call.thread]!.task);
    return verdict;
  },
});

const threading = (spoil: (state: MachState, made: Draft<Thread>, creator: Thread) => void): typeof threadCreate => ({
  ...threadCreate,
  step: (world, call) => {
    const { state } = world;
    const made = state.threads.length;
    const verdict = threadCreate.step(world, call);
    if (state.threads.length > made) spoil(state, change(state.threads[made]!), state.threads[call.thread]!);
    return verdict;
  },
});

export const taskCreationMutants: MachMutants = {
  'right-arrives-in-the-next-task-too': {
    rule: 'mach/task-owns-names-and-addresses',
    fault: 'a send right that a task is given gets a name in the next task as well',
    mechanisms: {
      copyout: (world, task, right) => {
        const { state } = world;
        const next = state.tasks[task + 1];
        if (right.tag === 'right' && right.kind === 'send' && next?.life === 'live') copyout(world, task + 1 as TaskId, copySend(state, right));
        return copyout(world, task, right);
      },
    },
  },
  'last-thread-takes-its-task-along': {
    rule: 'mach/task-may-have-no-threads',
    fault: 'a task ends with its last thread',
    operations: {
      thread_terminate: {
        ...threadTerminate,
        step: (world, call) => {
          const { state, mechanisms } = world;
          const verdict = threadTerminate.step(world, call);
          state.tasks.forEach(({ life }, task) => {
            if (life === 'live' && state.threads.some((thread) => thread.task === task)
              && state.threads.every((thread) => thread.task !== task || thread.life === 'dead')) mechanisms.killTask(world as never, task as TaskId);
          });
          return verdict;
        },
      },
    },
  },
  'task-comes-with-a-thread': {
    rule: 'mach/task-may-have-no-threads',
    fault: 'a new task has a thread from the start',
    operations: { task_create: creating((state) => { newThread(state, state.tasks.length - 1 as TaskId, 1); }) },
  },
  'child-inherits-names': {
    rule: 'mach/template-gives-memory-and-special-ports',
    fault: 'a new task has the dead names of its creator',
    operations: {
      task_create: creating((state, _child, creator) => {
        state.tasks[creator]!.names.forEach((entry, name) => {
          if (entry?.tag === 'dead') setEntry(state, state.tasks.length - 1 as TaskId, name as Name, entry);
        });
      }),
    },
  },
  'child-takes-after-its-creator': {
    rule: 'mach/template-gives-memory-and-special-ports',
    fault: 'a new task has the exception port of its creator, not of its template',
    operations: {
      task_create: creating((state, child, creator) => {
        const { exception } = state.tasks[creator]!;
        if (exception?.tag === 'right' && child.exception === null) child.exception = copySend(state, exception);
      }),
    },
  },
  'child-has-no-registered-ports': {
    rule: 'mach/template-gives-memory-and-special-ports',
    fault: 'the registered ports of the template are not inherited',
    operations: {
      task_create: creating((state, child) => {
        for (const right of child.registered) if (right?.tag === 'right') change(state.ports[right.port]!).sendRights -= 1;
        child.registered = child.registered.map(() => null);
      }),
    },
  },
  'child-has-no-bootstrap-port': {
    rule: 'mach/template-gives-memory-and-special-ports',
    fault: 'the bootstrap port of the template is not inherited',
    operations: {
      task_create: creating((state, child) => {
        if (child.bootstrap?.tag === 'right') change(state.ports[child.bootstrap.port]!).sendRights -= 1;
        child.bootstrap = null;
      }),
    },
  },
  'child-starts-suspended': {
    rule: 'mach/template-gives-memory-and-special-ports',
    fault: 'a new task starts suspended',
    operations: { task_create: creating((_state, child) => { child.suspends = 1; }) },
  },
  'creator-gets-no-right-to-its-child': {
    rule: 'mach/template-gives-memory-and-special-ports',
    fault: 'the creator of a task is answered with no name for it',
    operations: {
      task_create: {
        ...taskCreate,
        step: (world, call) => {
          const verdict = taskCreate.step(world, call);
          return verdict.tag === 'returned' ? returned({ name: NULL }) : verdict;
        },
      },
    },
  },
  'new-tasks-have-no-host': {
    rule: 'mach/new-task-runs-on-template-host',
    fault: 'a task made by another task is given no port of its host',
    operations: {
      mach_host_self: {
        ...hostSelf,
        step: (world, call) => (world.state.threads[call.thread]!.task === 0 ? hostSelf.step(world, call) : returned({ name: NULL })),
      },
    },
  },
  'thread-starts-running': {
    rule: 'mach/new-thread-starts-suspended',
    fault: 'a new thread runs at once',
    operations: { thread_create: threading((_state, made) => { made.suspends = 0; }) },
  },
  'thread-inherits-its-makers-exception-port': {
    rule: 'mach/new-thread-starts-suspended',
    fault: 'a new thread has the exception port of the thread that made it',
    operations: {
      thread_create: threading((state, made, { exception }) => {
        if (exception !== null) made.exception = copySend(state, exception);
      }),
    },
  },
};
