import { isRunnable } from '#model/mach/entries';
import { give } from '#model/mach/tasks/argument';
import { makeSend, newThread } from '#model/mach/tasks/new-task';
import { taskFor, threadFor } from '#model/mach/tasks/target';
import { refused, type Cascade, type Mach, type MachOperation } from '#model/mach/world';
import { interrupted } from '#model/mach/threads/halt-thread';
import type { SettleChoices } from '#model/mach/threads/settle';
import type { Event } from '#model/kernel';
import type { Run } from '#model/mach/state';
import { blocked, change, ended, ModelError, raised, returned } from '#model/operation';

/** Makes a thread, which runs once it is resumed. */
export const threadCreate: MachOperation<'thread_create'> = {
  implements: ['mach/thread-belongs-to-one-task', 'mach/new-thread-starts-suspended'],

  step(world, { thread, task, child }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_ARGUMENT');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    if (child !== state.threads.length) throw new ModelError('the next thread has another number');
    // Effect.
    const made = newThread(state, target.id, 1);
    const right = makeSend(state, state.threads[made]!.port);
    return returned({ name: give(world, { thread, task }, right) });
  },
};

export const threadTerminate: MachOperation<'thread_terminate', SettleChoices> = {
  implements: ['mach/task-may-have-no-threads', 'mach/waiting-receiver-is-served-in-two-steps'],

  step(world, { thread, target: reference }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const target = threadFor(world, thread, reference);
    if (target.tag === 'missing') return refused(target.error, target.touched);
    // Effect.
    mechanisms.killThread(world, target.id);
    return state.threads[thread]!.life === 'dead' ? ended : returned(null);
  },
};

/** The thread does not run until it is resumed as often as it was suspended. What it waits for may still come. */
export const threadSuspend: MachOperation<'thread_suspend'> = {
  implements: [
    'mach/running-needs-zero-suspend-counts', 'mach/suspend-counts-stay-at-least-zero',
    'mach/suspension-keeps-the-wait',
  ],

  step(world, { thread, target: reference }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const target = threadFor(world, thread, reference);
    if (target.tag === 'missing') return refused(target.error, target.touched);
    // Effect.
    change(state.threads[target.id]!).suspends += 1;
    if (target.id !== thread) return returned(null);
    change(state.threads[thread]!).run = { tag: 'answered', error: null, size: 0, given: null };
    return blocked;
  },
};

export const threadResume: MachOperation<'thread_resume'> = {
  implements: ['mach/new-thread-starts-suspended', 'mach/suspend-counts-stay-at-least-zero'],

  step(world, { thread, target: reference }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const target = threadFor(world, thread, reference);
    if (target.tag === 'missing') return refused(target.error, target.touched);
    if (state.threads[target.id]!.suspends === 0) return raised('KERN_FAILURE');
    // Effect.
    change(state.threads[target.id]!).suspends -= 1;
    return returned(null);
  },
};

/** Breaks off what a thread waits for: as a whole, or not at all. */
export const threadAbort: MachOperation<'thread_abort', SettleChoices> = {
  implements: [
    'mach/thread-abort-breaks-waits', 'mach/interrupted-send-gives-contents-back',
    'mach/abort-spares-a-woken-sender',
  ],

  step(world, { thread, target: reference }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const target = threadFor(world, thread, reference);
    if (target.tag === 'missing') return refused(target.error, target.touched);
    if (target.id === thread) return raised('KERN_INVALID_ARGUMENT');
    // Effect.
    endReply(world, state.threads[target.id]!.run);
    const aborted = change(state.threads[target.id]!);
    if (isRunnable(state, target.id)) {
      aborted.run = interrupted(aborted.run);
      return returned(null);
    }
    const answer = mechanisms.haltThread(world, target.id);
    if (answer !== null) aborted.run = kept(answer);
    return returned(null);
  },
};

/** With the port the handler was to answer at, the wait for the answer ends. */
function endReply(world: Mach<Cascade>, run: Run): void {
  if (run.tag === 'raising' && run.verdict === null) world.mechanisms.killPort(world, run.reply);
}

/** The answer of a thread that is kept from running: it hears of it when it is resumed. */
export function kept(event: Event): Run {
  const error = event.tag === 'raised' ? event.error : null;
  const value = 'value' in event ? event.value : null;
  return { tag: 'answered', error, size: 0, given: value === null || value === undefined ? null : JSON.stringify(value) };
}

/** Gives up the processor. Who runs next is not modelled: in this scope any thread may call next. */
export const swtch: MachOperation<'swtch'> = {
  implements: ['mach/yielding-is-a-trap'],
  step: (world) => {
    world.charge('trap');
    return returned(null);
  },
};

export const swtchPri: MachOperation<'swtch_pri'> = {
  implements: ['mach/yielding-is-a-trap'],
  step: (world) => {
    world.charge('trap');
    return returned(null);
  },
};

/** Gives up the processor, to a thread if it is named, and for a while if that is asked for. */
export const threadSwitch: MachOperation<'thread_switch'> = {
  implements: ['mach/yielding-is-a-trap'],

  step(world, { thread, option, milliseconds }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    if (option === 'other') return raised('KERN_INVALID_ARGUMENT');
    // Effect.
    if (option !== 'wait' || milliseconds === 0) return returned(null);
    change(state.threads[thread]!).run = { tag: 'pausing', broken: null };
    return blocked;
  },
};

/** A wait has lasted as long as its thread asked. */
export const timeout: MachOperation<'timeout'> = {
  implements: ['mach/timed-out-send-gives-contents-back', 'mach/timed-out-receive-leaves-the-queue'],

  step({ state }, { waiting }) {
    const thread = state.threads[waiting]!;
    const { run } = thread;
    if (!isTimed(run)) throw new ModelError('the thread does not wait for a limited time');
    change(thread).run = { ...(run as Extract<Run, { tag: 'receiving' }>), broken: 'timed-out' };
    return returned(null);
  },
};

/** Whether a thread waits, and for a limited time. */
export function isTimed(run: Run): boolean {
  switch (run.tag) {
    case 'sending': return run.timed && !run.woken && run.broken === null;
    case 'receiving': return run.wait.timed && run.broken === null;
    case 'pausing': return run.broken === null;
    default: return false;
  }
}
