import type { Capability, Li, SiteId, ThreadId } from '#spec/chorus/vocabulary';
import { actorNamed, areConnected } from '#model/chorus/naming/identifiers';
import type { Actor, ActorId, ChorusState, PortId, Thread } from '#model/chorus/state';
import type { Wrong } from '#model/chorus/world';

/** What an argument denotes, and what is wrong with it. */
export interface Resolved<Id, E extends string> { readonly id: Id | null; readonly wrong: Wrong<E> }

export const threadOf = (state: ChorusState, thread: ThreadId): Thread => state.threads[thread]!;
export const actorOf = (state: ChorusState, thread: ThreadId): ActorId => state.threads[thread]!.actor;
export const homeOf = (state: ChorusState, thread: ThreadId): Actor => state.actors[actorOf(state, thread)]!;
export const siteOf = (state: ChorusState, thread: ThreadId): SiteId => homeOf(state, thread).site;

/** Whether a thread may use the privileged operations of the nucleus. */
export const isPrivileged = (state: ChorusState, thread: ThreadId): boolean =>
  threadOf(state, thread).supervisor || homeOf(state, thread).privilege === 'system';

type ActorError = 'K_EINVAL' | 'K_EUNKNOWN';

/** The actor a capability names, wherever it can be reached; null is the caller's own. */
export function anyActor(state: ChorusState, thread: ThreadId, capability: Capability | null): Resolved<ActorId, ActorError> {
  if (capability === null) return { id: actorOf(state, thread), wrong: [] };
  const id = actorNamed(state, capability.ui);
  const reachable = id !== null && areConnected(state, siteOf(state, thread), state.actors[id]!.site);
  if (!reachable) return { id: null, wrong: ['K_EUNKNOWN'] };
  return { id, wrong: [state.actors[id]!.key !== capability.key && 'K_EINVAL'] };
}

/** The actor a capability names, which has to be on the caller's own site. */
export function localActor(
  state: ChorusState, thread: ThreadId, capability: Capability | null,
): Resolved<ActorId, ActorError | 'K_ESITE'> {
  const { id, wrong } = anyActor(state, thread, capability);
  const elsewhere = id !== null && state.actors[id]!.site !== siteOf(state, thread);
  return { id, wrong: [...wrong, elsewhere && 'K_ESITE'] };
}

/** The port under a local identifier of an actor. */
export const portUnder = (state: ChorusState, actor: ActorId, li: Li): PortId | null =>
  state.actors[actor]!.ports[li] ?? null;

/** A port of an actor of the caller's site. */
export function localPort(
  state: ChorusState, thread: ThreadId, capability: Capability | null, li: Li,
): Resolved<PortId, ActorError | 'K_ESITE'> & { readonly actor: ActorId | null } {
  const { id: actor, wrong } = localActor(state, thread, capability);
  if (actor === null) return { id: null, actor, wrong };
  const id = portUnder(state, actor, li);
  return { id, actor, wrong: [...wrong, id === null && 'K_EINVAL'] };
}

/** A thread of an actor of the caller's site; null is the caller itself. */
export function localThread(
  state: ChorusState, thread: ThreadId, capability: Capability | null, target: ThreadId | null,
): Resolved<ThreadId, ActorError | 'K_ESITE'> {
  if (target === null) return { id: thread, wrong: [] };
  const { id: actor, wrong } = localActor(state, thread, capability);
  if (actor === null) return { id: null, wrong };
  const named = state.threads[target];
  const id = named?.life === 'live' && named.actor === actor ? target : null;
  return { id, wrong: [...wrong, id === null && 'K_EINVAL'] };
}
