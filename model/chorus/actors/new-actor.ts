import type { Key, Li, Privilege, SiteId, ThreadId, Ui } from '#spec/chorus/vocabulary';
import { newUi } from '#model/chorus/naming/identifiers';
import { NO_LI, type Actor, type ActorId, type ChorusState, type PortId, type Thread } from '#model/chorus/state';
import { BeyondScope, change } from '#model/operation';

/** What a new actor is made as. */
export interface Making { readonly privilege: Privilege; readonly stopped: boolean; readonly pi: number; readonly handlers?: Actor['handlers'] }

/** An actor with an empty address space and one port, which is its default port. */
export function newActor(state: ChorusState, site: SiteId, { privilege, stopped, pi, handlers }: Making): ActorId {
  if (state.actors.length >= state.limits.actors) throw new BeyondScope('more actors than the scope holds');
  const actor = state.actors.length as ActorId;
  const ui = newUi({ state }, site);
  const defaultPort = state.ports.length as PortId;
  change(state.actors).push({
    life: 'live', ui, key: ui as number as Key, site, privilege, stopped, name: '',
    handlers: handlersLike(state, handlers), pi, defaultPort, ports: [null], saved: [null], regions: [], locks: [null, null, null,
      null], waiting: [],
  });
  newPort(state, actor, newUi({ state }, site), pi);
  return actor;
}

/** Handlers as another actor has them, or none at all. */
function handlersLike({ limits }: ChorusState, pattern: Actor['handlers'] | undefined): { exception: (number | null)[]; abort: (number | null)[] } {
  const none = Array.from({ length: limits.handlers }, () => null);
  return { exception: [...pattern?.exception ?? none], abort: [...pattern?.abort ?? none] };
}

/** A port, attached and disabled. */
export function newPort(state: ChorusState, actor: ActorId, ui: Ui, pi: number): PortId {
  const port = state.ports.length as PortId;
  change(state.ports).push({
    life: 'live', ui, actor, li: NO_LI, priority: null, pi, received: 0, queue: [],
  });
  attach(state, port, actor);
  return port;
}

/** Gives a port the next local identifier of an actor. */
export function attach(state: ChorusState, port: PortId, actor: ActorId): Li {
  const ports = change(state.actors[actor]!.ports);
  ports.push(port);
  const attached = change(state.ports[port]!);
  attached.actor = actor;
  attached.li = ports.length - 1 as Li;
  return attached.li;
}

interface ThreadMaking { readonly supervisor: boolean; readonly active: boolean; readonly priority: number; readonly policy?: Thread['policy'] }

export function newThread(state: ChorusState, actor: ActorId, { supervisor, active, priority, policy = 'fifo' }: ThreadMaking): ThreadId {
  if (state.threads.length >= state.limits.threads) throw new BeyondScope('more threads than the scope holds');
  change(state.threads).push({
    life: 'live', actor, supervisor, active, suspends: 0, priority, policy, given: priority, used: 0, aborted: false, current: null, run: { tag: 'ready' },
  });
  return state.threads.length - 1 as ThreadId;
}
