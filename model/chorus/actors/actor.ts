import { actorOf, anyActor, homeOf, isPrivileged, localActor, siteOf } from '#model/chorus/naming/resolve';
import { newActor } from '#model/chorus/actors/new-actor';
import { uiOf } from '#model/chorus/naming/identifiers';
import { refusal, type ChorusOperation } from '#model/chorus/world';
import { blocked, change, ended, returned } from '#model/operation';

/** Builds an identifier from a stamp. Nobody keeps it from being built elsewhere. */
export const uiBuild: ChorusOperation<'uiBuild'> = {
  implements: ['chorus/built-identifiers-follow-from-their-stamp'],
  step(world, { stamp }) {
    world.charge('trap');
    return returned({ ui: uiOf(world.state, { tag: 'built', stamp }) });
  },
};

/** Makes an actor after the pattern of another, on the caller's site. */
export const actorCreate: ChorusOperation<'actorCreate', 'error'> = {
  implements: ['chorus/new-actor-has-a-default-port', 'chorus/only-privileged-threads-make-privileged-actors', 'chorus/actors-are-made-on-their-own-site',
    'chorus/new-actor-inherits-handlers'],

  step(world, { thread, initial, privilege, status }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const { id, wrong } = anyActor(state, thread, initial);
    const forbidden = privilege !== 'user' && !isPrivileged(state, thread);
    const no = refusal(world, [...wrong, forbidden && 'K_EPRIV']);
    if (no !== null) return no;
    // Effect.
    const { pi, handlers } = state.actors[id!]!;
    const made = newActor(state, siteOf(state, thread), { privilege, stopped: status === 'stopped', pi, handlers });
    const { ui, key } = state.actors[made]!;
    return returned({ ui, key });
  },
};

/** Ends an actor and everything in it. */
export const actorDelete: ChorusOperation<'actorDelete', 'error' | 'failed call'> = {
  implements: [
    'chorus/deleted-actor-leaves-nothing', 'chorus/deleted-actor-frees-its-clients', 'chorus/actors-are-deleted-on-their-own-site',
    'chorus/user-actors-delete-no-others',
  ],

  step(world, { thread, actor }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const { id, wrong } = localActor(state, thread, actor);
    const forbidden = id !== null && homeOf(state, thread).privilege === 'user' && state.actors[id]!.privilege !== 'user';
    const no = refusal(world, [...wrong, forbidden && 'K_EPRIV']);
    if (no !== null) return no;
    // Effect.
    mechanisms.killActor(world, id!);
    return id === actorOf(state, thread) ? ended : returned(null);
  },
};

/** No thread of the actor is elected until it is started. Messages are queued all the same. */
export const actorStop: ChorusOperation<'actorStop', 'error'> = {
  implements: ['chorus/stopped-actors-run-nothing'],

  step(world, { thread, actor }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const { id, wrong } = localActor(state, thread, actor);
    const no = refusal(world, wrong);
    if (no !== null) return no;
    // Effect.
    change(state.actors[id!]!).stopped = true;
    if (id !== actorOf(state, thread)) return returned(null);
    mechanisms.answer(world, thread, null);
    return blocked;
  },
};

export const actorStart: ChorusOperation<'actorStart', 'error'> = {
  implements: ['chorus/stopped-actors-run-nothing'],

  step(world, { thread, actor }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const { id, wrong } = localActor(state, thread, actor);
    const no = refusal(world, wrong);
    if (no !== null) return no;
    // Effect.
    change(state.actors[id!]!).stopped = false;
    return returned(null);
  },
};

export const actorSelf: ChorusOperation<'actorSelf'> = {
  implements: ['chorus/queries-change-nothing'],
  step(world, { thread }) {
    world.charge('trap');
    const { ui, key } = homeOf(world.state, thread);
    return returned({ ui, key });
  },
};

/** Reads the privilege of an actor, and makes a system actor of a user actor or the other way round. */
export const actorPrivilege: ChorusOperation<'actorPrivilege', 'error'> = {
  implements: ['chorus/privilege-moves-between-user-and-system'],

  step(world, { thread, actor, set }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const { id, wrong } = localActor(state, thread, actor);
    const old = id === null ? 'user' : state.actors[id]!.privilege;
    const supervisor = set !== null && (set === 'supervisor') !== (old === 'supervisor');
    const forbidden = set !== null && !isPrivileged(state, thread);
    const no = refusal(world, [...wrong, forbidden && 'K_EPRIV', id !== null && supervisor && 'K_EPRIV', id !== null && supervisor && 'K_EINVAL']);
    if (no !== null) return no;
    // Effect.
    if (set !== null) change(state.actors[id!]!).privilege = set;
    return returned({ old });
  },
};

/** Reads an actor's protection identifier, and sets what later messages of its threads are stamped with. */
export const actorPi: ChorusOperation<'actorPi', 'error'> = {
  implements: ['chorus/protection-identifiers-change-by-privilege', 'chorus/messages-are-stamped-when-sent'],

  step(world, { thread, actor, set }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const { id, wrong } = localActor(state, thread, actor);
    const no = refusal(world, [...wrong, set !== null && !isPrivileged(state, thread) && 'K_EPRIV']);
    if (no !== null) return no;
    // Effect.
    const old = state.actors[id!]!.pi;
    if (set !== null) change(state.actors[id!]!).pi = set;
    return returned({ old });
  },
};
