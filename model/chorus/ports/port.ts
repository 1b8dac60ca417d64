import { anyActor, actorOf, isPrivileged, localActor, localPort, portUnder } from '#model/chorus/naming/resolve';
import { newPort } from '#model/chorus/actors/new-actor';
import { newUi, portNamed, siteOfPort } from '#model/chorus/naming/identifiers';
import { refusal, type Chorus, type ChorusOperation } from '#model/chorus/world';
import type { ActorId, ChorusState } from '#model/chorus/state';
import type { SiteId, Ui } from '#spec/chorus/vocabulary';
import { BeyondScope, change, returned } from '#model/operation';

/** What is reported when a site has all the ports it can have. */
function fullError(world: Chorus<'no more ports'>, actor: ActorId | null): 'K_EFULL' | 'K_ENOMEM' | false {
  const { state } = world;
  if (actor === null || portsOn(state, state.actors[actor]!.site) < state.limits.ports) return false;
  return world.choose('no more ports', ['K_EFULL', 'K_ENOMEM'] as const, String);
}

export const portsOn = (state: ChorusState, site: SiteId): number =>
  state.ports.filter(({ life, actor }) => life === 'live' && state.actors[actor]!.site === site).length;

/** Makes a port of an actor, under a new identifier. */
export const portCreate: ChorusOperation<'portCreate', 'error' | 'no more ports'> = {
  implements: ['chorus/new-port-is-empty-and-disabled', 'chorus/ports-are-limited'],

  step(world, { thread, actor }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const { id, wrong } = localActor(state, thread, actor);
    const no = refusal(world, [...wrong, fullError(world, id)]);
    if (no !== null) return no;
    // Effect.
    const { site, pi } = state.actors[id!]!;
    const port = newPort(state, id!, newUi({ state }, site), pi);
    const { ui, li } = state.ports[port]!;
    return returned({ ui, port: li });
  },
};

/** Makes a port under an identifier that the caller chose, and answers for. */
export const portDeclare: ChorusOperation<'portDeclare', 'error' | 'no more ports'> = {
  implements: ['chorus/declared-port-takes-the-identifier', 'chorus/declaring-ports-is-privileged', 'chorus/ports-are-limited'],

  step(world, { thread, actor, ui }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const { id, wrong } = localActor(state, thread, actor);
    const other = portNamed(state, ui);
    const taken = id !== null && other !== null && siteOfPort(state, other) === state.actors[id]!.site;
    const no = refusal(world, [...wrong, !isPrivileged(state, thread) && 'K_EPRIV', taken && 'K_EINVAL', fullError(world, id)]);
    if (no !== null) return no;
    if (other !== null || !isForPorts(state, ui)) throw new BeyondScope('an identifier that is in use elsewhere: its uniqueness is up to the caller');
    // Effect.
    const port = newPort(state, id!, ui, state.actors[id!]!.pi);
    return returned({ port: state.ports[port]!.li });
  },
};

/** Built for a port, or that of a port once. */
const isForPorts = (state: ChorusState, ui: Ui): boolean =>
  state.uis[ui]?.tag === 'built' || state.ports.some((port) => port.ui === ui);

export const portUi: ChorusOperation<'portUi', 'error'> = {
  implements: ['chorus/local-identifiers-belong-to-their-actor', 'chorus/queries-change-nothing'],

  step(world, { thread, port }) {
    world.charge('trap');
    const { state } = world;
    const id = portUnder(state, actorOf(state, thread), port);
    const no = refusal(world, [id === null && 'K_EINVAL']);
    return no ?? returned({ ui: state.ports[id!]!.ui });
  },
};

export const portLi: ChorusOperation<'portLi', 'error'> = {
  implements: ['chorus/local-identifiers-belong-to-their-actor', 'chorus/queries-change-nothing'],

  step(world, { thread, ui }) {
    world.charge('trap');
    const { state } = world;
    const id = portNamed(state, ui);
    const own = id !== null && state.ports[id]!.actor === actorOf(state, thread);
    const no = refusal(world, [!own && 'K_EINVAL']);
    return no ?? returned({ port: state.ports[id!]!.li });
  },
};

/** Lets messages of the port be received with those of other enabled ports. Low numbers come first. */
export const portEnable: ChorusOperation<'portEnable', 'error' | 'receiver' | 'port' | 'dropped request' | 'failed call'> = {
  implements: ['chorus/enabling-replaces-the-priority', 'chorus/ports-are-enabled-on-their-own-site'],

  step(world, { thread, actor, port, priority }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const { id, wrong } = localPort(state, thread, actor, port);
    const no = refusal(world, wrong);
    if (no !== null) return no;
    // Effect.
    change(state.ports[id!]!).priority = priority;
    mechanisms.serveWaiting(world, id!);
    return returned(null);
  },
};

export const portDisable: ChorusOperation<'portDisable', 'error'> = {
  implements: ['chorus/disabled-ports-are-passed-over', 'chorus/ports-are-enabled-on-their-own-site'],

  step(world, { thread, actor, port }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const { id, wrong } = localPort(state, thread, actor, port);
    const no = refusal(world, wrong);
    if (no !== null) return no;
    // Effect.
    change(state.ports[id!]!).priority = null;
    return returned(null);
  },
};

export const portDelete: ChorusOperation<'portDelete', 'error' | 'failed call'> = {
  implements: [
    'chorus/deleted-port-is-gone', 'chorus/deleted-port-aborts-queued-calls', 'chorus/default-port-stays',
    'chorus/ports-are-deleted-on-their-own-site', 'chorus/waiting-on-a-port-that-goes',
  ],

  step(world, { thread, actor, port }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const { id, actor: owner, wrong } = localPort(state, thread, actor, port);
    const no = refusal(world, [...wrong, id !== null && state.actors[owner!]!.defaultPort === id && 'K_EINVAL']);
    if (no !== null) return no;
    // Effect.
    mechanisms.destroyPort(world, id!);
    return returned(null);
  },
};

/** Moves a port to another actor, of this site or another, with what is queued there or without. */
export const portMigrate: ChorusOperation<'portMigrate', 'error' | 'failed call'> = {
  implements: [
    'chorus/migrated-port-keeps-its-identifier', 'chorus/migration-with-messages-keeps-the-queue',
    'chorus/migration-without-messages-destroys-the-queue', 'chorus/migrated-port-is-disabled', 'chorus/migration-counts-anew',
    'chorus/migration-keeps-groups', 'chorus/default-port-stays', 'chorus/migration-needs-both-capabilities',
    'chorus/waiting-on-a-port-that-moves', 'chorus/migration-may-cross-sites', 'chorus/migration-to-the-same-actor',
    'chorus/received-requests-stay-with-the-source', 'chorus/migration-moves-nothing-else', 'chorus/port-has-one-actor',
  ],

  step(world, { thread, actor, port, to, messages }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const source = anyActor(state, thread, actor);
    const id = source.id === null ? null : portUnder(state, source.id, port);
    const target = anyActor(state, thread, to);
    const missing = source.id !== null && id === null;
    const isDefault = id !== null && state.actors[source.id!]!.defaultPort === id;
    const crosses = !state.intersite && source.id !== null && target.id !== null
      && state.actors[source.id]!.site !== state.actors[target.id]!.site;
    const full = target.id !== null && source.id !== null && state.actors[source.id]!.site !== state.actors[target.id]!.site
      && portsOn(state, state.actors[target.id]!.site) >= state.limits.ports;
    const no = refusal(world, [
      ...source.wrong, ...target.wrong, missing && 'K_EINVAL', isDefault && 'K_EINVAL', crosses && 'K_ESITE', full && 'K_EFULL',
    ]);
    if (no !== null) return no;
    // Effect.
    const sequence = state.ports[id!]!.received + 1;
    const li = mechanisms.migrate(world, id!, target.id!, messages);
    return returned({ port: li, sequence });
  },
};

export const portGetSeqNum: ChorusOperation<'portGetSeqNum', 'error'> = {
  implements: ['chorus/migration-counts-anew', 'chorus/sequence-counts-receipts', 'chorus/queries-change-nothing'],

  step(world, { thread, port }) {
    world.charge('trap');
    const { state } = world;
    const id = portUnder(state, actorOf(state, thread), port);
    const no = refusal(world, [id === null && 'K_EINVAL']);
    return no ?? returned({ sequence: state.ports[id!]!.received });
  },
};

/** Reads a port's protection identifier, and sets what later messages from it are stamped with. */
export const portPi: ChorusOperation<'portPi', 'error'> = {
  implements: ['chorus/protection-identifiers-change-by-privilege', 'chorus/messages-are-stamped-when-sent'],

  step(world, { thread, actor, port, set }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const { id, wrong } = localPort(state, thread, actor, port);
    const no = refusal(world, [...wrong, set !== null && !isPrivileged(state, thread) && 'K_EPRIV']);
    if (no !== null) return no;
    // Effect.
    const old = state.ports[id!]!.pi;
    if (set !== null) change(state.ports[id!]!).pi = set;
    return returned({ old });
  },
};

