import { awaits } from '#model/chorus/messages/call';
import { leaveLocks } from '#model/chorus/threads/waits';
import type { ThreadId } from '#spec/chorus/vocabulary';
import { implementing, type Chorus } from '#model/chorus/world';
import type { ActorId, Current } from '#model/chorus/state';
import { change } from '#model/operation';

type Killing = Chorus<'failed call'>;

/** A thread is no more: it waits for nothing, and what it was to answer it will not. */
export const killThread = implementing(
  ['chorus/deleted-thread-drops-its-request', 'chorus/dead-client-is-not-answered'],
  (world: Killing, id: ThreadId): void => {
    const { state, mechanisms } = world;
    const thread = change(state.threads[id]!);
    const { run, current } = thread;
    thread.life = 'dead';
    thread.run = { tag: 'ready' };
    thread.current = null;
    thread.aborted = false;
    const actor = change(state.actors[thread.actor]!);
    actor.waiting = actor.waiting.filter((other) => other !== id);
    leaveLocks(state, id);
    if (awaits(run)) mechanisms.abandonCall(world, run.transaction, false);
    if (current !== null) mechanisms.failRequest(world, current.message, actor.site);
  },
);

/** An actor is no more: neither are its threads, its ports and the messages it saved. */
export const killActor = implementing(
  ['chorus/deleted-actor-leaves-nothing', 'chorus/deleted-actor-frees-its-clients'],
  (world: Killing, id: ActorId): void => {
    const { state, mechanisms } = world;
    const actor = change(state.actors[id]!);
    actor.life = 'dead';
    state.threads.forEach((thread, at) => {
      if (thread.actor === id && thread.life === 'live') mechanisms.killThread(world, at as ThreadId);
    });
    for (const port of actor.ports) if (port !== null) mechanisms.destroyPort(world, port);
    mechanisms.unmap(world, actor, 0, state.limits.space);
    const saved: readonly (Current | null)[] = actor.saved;
    actor.saved = saved.map(() => null);
    for (const kept of saved) if (kept !== null) mechanisms.failRequest(world, kept.message, actor.site);
  },
);
