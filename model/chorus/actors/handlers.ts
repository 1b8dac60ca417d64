import type { Capability, HandlerKind, ThreadId } from '#spec/chorus/vocabulary';
import { homeOf, localActor, threadOf } from '#model/chorus/naming/resolve';
import { refusal, type Chorus, type ChorusOperation } from '#model/chorus/world';
import type { Actor } from '#model/chorus/state';
import { change, returned } from '#model/operation';

interface Entry { readonly thread: ThreadId; readonly actor: Capability | null; readonly kind: HandlerKind; readonly entry: number }

/** The vector of handlers that a call is about; what is wrong with the call where it leads to none. */
function vectorOf(world: Chorus<'error'>, { thread, actor, kind, entry }: Entry) {
  world.charge('trap');
  const { state } = world;
  const { id, wrong } = localActor(state, thread, actor);
  const no = refusal(world, [...wrong, !threadOf(state, thread).supervisor && 'K_EPRIV', entry >= state.limits.handlers && 'K_EINVAL']);
  return { no, vector: no === null ? state.actors[id!]!.handlers[kind] : [] };
}

/** Puts a handler into an entry, whatever was there. */
export const svActorHandlerConnect: ChorusOperation<'svActorHandlerConnect', 'error'> = {
  implements: ['chorus/handlers-stand-in-their-entry', 'chorus/handlers-are-for-supervisors'],
  step(world, { handler, ...call }) {
    const { no, vector } = vectorOf(world, call);
    if (no !== null) return no;
    change(vector)[call.entry] = handler;
    return returned(null);
  },
};

export const svActorHandlerDisconnect: ChorusOperation<'svActorHandlerDisconnect', 'error'> = {
  implements: ['chorus/handlers-stand-in-their-entry', 'chorus/handlers-are-for-supervisors'],
  step(world, call) {
    const { no, vector } = vectorOf(world, call);
    if (no !== null) return no;
    change(vector)[call.entry] = null;
    return returned(null);
  },
};

export const svActorHandlerGetConnected: ChorusOperation<'svActorHandlerGetConnected', 'error'> = {
  implements: ['chorus/handlers-stand-in-their-entry', 'chorus/handlers-are-for-supervisors'],
  step(world, call) {
    const { no, vector } = vectorOf(world, call);
    return no ?? returned({ handler: vector[call.entry]! });
  },
};

/** Whether somebody in an actor takes care of its exceptions. */
export const handlesExceptions = ({ handlers }: Pick<Actor, 'handlers'>): boolean => handlers.exception.some((handler) => handler !== null);

/** A thread goes on in its home actor. If it was aborted, and that is handled there, it is aborted no longer. */
export const threadGoesHome: ChorusOperation<'threadGoesHome'> = {
  implements: ['chorus/abort-handlers-run-in-order', 'chorus/remembered-abort-is-used-up-once'],
  step(world, { thread }) {
    const { state, mechanisms } = world;
    const handlers = homeOf(state, thread).handlers.abort.filter((handler) => handler !== null);
    const ran = handlers.length > 0 && mechanisms.consumeAbort(world, thread) ? handlers : [];
    return returned({ ran });
  },
};
