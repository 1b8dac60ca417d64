import { give } from '#model/mach/tasks/argument';
import { makeSend, newTask } from '#model/mach/tasks/new-task';
import { taskFor } from '#model/mach/tasks/target';
import { refused, type MachOperation } from '#model/mach/world';
import type { SettleChoices } from '#model/mach/threads/settle';
import { blocked, change, ended, ModelError, raised, returned } from '#model/operation';

/** Makes a task after the pattern of another. It has no threads, and no names but what the kernel holds for it. */
export const taskCreate: MachOperation<'task_create'> = {
  implements: [
    'mach/task-may-have-no-threads', 'mach/template-gives-memory-and-special-ports',
    'mach/task-owns-names-and-addresses',
  ],

  step(world, { thread, task, inherit, child }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_TASK');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    if (child !== state.tasks.length) throw new ModelError('the next task has another number');
    // Effect.
    const made = newTask(state, state.tasks[target.id]!);
    if (inherit) mechanisms.inheritSpace(world, target.id, made);
    const right = makeSend(state, state.tasks[made]!.port);
    return returned({ name: give(world, { thread, task }, right) });
  },
};

/** Ends a task and everything in it. */
export const taskTerminate: MachOperation<'task_terminate', SettleChoices | 'cleaning order'> = {
  implements: [
    'mach/terminated-task-releases-everything', 'mach/task-death-releases-blocked-senders',
    'mach/dead-task-port-refuses-the-send',
  ],

  step(world, { thread, task }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_ARGUMENT');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    // Effect.
    mechanisms.killTask(world, target.id);
    return state.threads[thread]!.life === 'dead' ? ended : returned(null);
  },
};

/** No thread of the task runs until it is resumed as often as it was suspended. */
export const taskSuspend: MachOperation<'task_suspend'> = {
  implements: [
    'mach/running-needs-zero-suspend-counts', 'mach/suspend-counts-stay-at-least-zero',
    'mach/suspension-keeps-the-wait',
  ],

  step(world, { thread, task }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_ARGUMENT');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    // Effect.
    change(state.tasks[target.id]!).suspends += 1;
    const caller = change(state.threads[thread]!);
    if (caller.task !== target.id) return returned(null);
    caller.run = { tag: 'answered', error: null, size: 0, given: null };
    return blocked;
  },
};

export const taskResume: MachOperation<'task_resume'> = {
  implements: ['mach/suspend-counts-stay-at-least-zero'],

  step(world, { thread, task }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_ARGUMENT');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    if (state.tasks[target.id]!.suspends === 0) return raised('KERN_FAILURE');
    // Effect.
    change(state.tasks[target.id]!).suspends -= 1;
    return returned(null);
  },
};
