import { actorOf, localActor, localThread, threadOf } from '#model/chorus/naming/resolve';
import { newThread } from '#model/chorus/actors/new-actor';
import { refusal, type ChorusOperation } from '#model/chorus/world';
import { blocked, change, ended, ModelError, returned, spoiled } from '#model/operation';

/** Makes a thread in an actor of the same site. Nothing ties it to its creator afterwards. */
export const threadCreate: ChorusOperation<'threadCreate', 'error'> = {
  implements: [
    'chorus/thread-starts-as-asked', 'chorus/threads-are-made-on-their-own-site', 'chorus/no-supervisor-thread-in-a-user-actor',
  ],

  step(world, { thread, actor, status, privilege, priority, child }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const { id, wrong } = localActor(state, thread, actor);
    const forbidden = id !== null && privilege === 'supervisor' && state.actors[id]!.privilege === 'user';
    const no = refusal(world, [...wrong, forbidden && 'K_EPRIV']);
    if (no !== null) return no;
    if (child !== state.threads.length) throw new ModelError('the next thread has another number');
    // Effect.
    newThread(state, id!, {
      supervisor: privilege === 'supervisor', active: status === 'active', priority: priority ?? threadOf(state, thread).priority,
      policy: priority === null ? threadOf(state, thread).policy : 'fifo',
    });
    return returned(null);
  },
};

export const threadDelete: ChorusOperation<'threadDelete', 'error' | 'failed call'> = {
  implements: ['chorus/deleted-thread-drops-its-request', 'chorus/threads-are-deleted-on-their-own-site', 'chorus/user-actors-delete-no-others'],

  step(world, { thread, actor, target }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const { id, wrong } = localThread(state, thread, actor, target);
    const forbidden = id !== null && id !== thread && threadOf(state, id).supervisor
      && state.actors[actorOf(state, thread)]!.privilege === 'user';
    const no = refusal(world, [...wrong, forbidden && 'K_EPRIV']);
    if (no !== null) return no;
    // Effect.
    mechanisms.killThread(world, id!);
    return id === thread ? ended : returned(null);
  },
};

/** Lets a thread that was created inactive run. */
export const threadActivate: ChorusOperation<'threadActivate', 'error'> = {
  implements: ['chorus/inactive-thread-waits-to-be-activated'],

  step(world, { thread, actor, target }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const { id, wrong } = localThread(state, thread, actor, target);
    const no = refusal(world, wrong);
    if (no !== null) return no;
    // Effect.
    change(state.threads[id!]!).active = true;
    return returned(null);
  },
};

/** The thread is not elected until it is resumed. What it waits for may still come. */
export const threadSuspend: ChorusOperation<'threadSuspend', 'error'> = {
  implements: ['chorus/suspended-thread-does-not-run'],

  step(world, { thread, actor, target }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const { id, wrong } = localThread(state, thread, actor, target);
    const no = refusal(world, wrong);
    if (no !== null) return no;
    // Effect.
    change(state.threads[id!]!).suspends += 1;
    if (id !== thread) return returned(null);
    mechanisms.answer(world, thread, null);
    return blocked;
  },
};

export const threadResume: ChorusOperation<'threadResume', 'error'> = {
  implements: ['chorus/suspended-thread-does-not-run'],

  step(world, { thread, actor, target }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const { id, wrong } = localThread(state, thread, actor, target);
    const no = refusal(world, wrong);
    if (no !== null) return no;
    // Effect.
    const resumed = change(state.threads[id!]!);
    resumed.suspends = Math.max(0, resumed.suspends - 1);
    return returned(null);
  },
};

export const threadAbort: ChorusOperation<'threadAbort', 'error'> = {
  implements: ['chorus/abort-ends-abortable-waits', 'chorus/abort-is-remembered-otherwise', 'chorus/abort-reaches-the-server'],

  step(world, { thread, actor, target }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const { id, wrong } = localThread(state, thread, actor, target);
    const no = refusal(world, wrong);
    if (no !== null) return no;
    // Effect.
    mechanisms.abortThread(world, id!);
    return returned(null);
  },
};

/** Says whether the thread was aborted since it last asked or met an abortable wait. */
export const threadAborted: ChorusOperation<'threadAborted'> = {
  implements: ['chorus/remembered-abort-is-used-up-once'],

  step(world, { thread }) {
    world.charge('trap');
    return returned({ aborted: world.mechanisms.consumeAbort(world, thread) });
  },
};

/** Sleeps, unless it is aborted. */
export const threadDelay: ChorusOperation<'threadDelay'> = {
  implements: ['chorus/delay-is-abortable'],

  step(world, { thread, delay }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    if (delay === 0) return returned(null);
    if (mechanisms.consumeAbort(world, thread)) return spoiled('K_EABORT', null);
    change(state.threads[thread]!).run = { tag: 'delaying', timed: delay !== null };
    return blocked;
  },
};

