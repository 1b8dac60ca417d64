import type { SavedId, ThreadId } from '#spec/chorus/vocabulary';
import { homeOf, threadOf } from '#model/chorus/naming/resolve';
import { implementing, refusal, type Chorus, type ChorusOperation } from '#model/chorus/world';
import type { Current } from '#model/chorus/state';
import { change, raised, returned } from '#model/operation';

/** The message a thread holds from now on. A request that it held, and did not answer, may never be answered. */
export const makeCurrent = implementing(
  ['chorus/new-message-supplants-the-current', 'chorus/dropped-request-may-fail-its-client'],
  (world: Chorus<'dropped request' | 'failed call'>, id: ThreadId, current: Current): void => {
    const { state, mechanisms } = world;
    const old = threadOf(state, id).current;
    change(state.threads[id]!).current = current;
    const transaction = old?.message.transaction ?? null;
    if (old === null || transaction === null || state.transactions[transaction]!.life !== 'open') return;
    if (world.choose('dropped request', ['fails', 'waits'] as const, String) === 'waits') return;
    mechanisms.failRequest(world, old.message, homeOf(state, id).site);
  },
);

/** Puts the current message aside. Any thread of the actor may take it up again. */
export const ipcSave: ChorusOperation<'ipcSave', 'no more saved'> = {
  implements: ['chorus/save-and-restore', 'chorus/saved-messages-are-limited', 'chorus/needs-a-current-message'],

  step(world, { thread }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const { current } = threadOf(state, thread);
    const { saved } = homeOf(state, thread);
    if (current === null) return raised('K_EINVAL');
    if (saved.filter((other) => other !== null).length >= state.limits.saved) {
      return raised(world.choose('no more saved', ['K_EFULL', 'K_ETOOMUCH'] as const, String));
    }
    // Effect.
    change(saved).push(current);
    change(threadOf(state, thread)).current = null;
    return returned({ saved: saved.length - 1 as SavedId });
  },
};

export const ipcRestore: ChorusOperation<'ipcRestore', 'error' | 'dropped request' | 'failed call'> = {
  implements: ['chorus/save-and-restore', 'chorus/restore-takes-saved-messages'],

  step(world, { thread, saved: id }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const { saved } = homeOf(state, thread);
    const current = saved[id] ?? null;
    const no = refusal(world, [current === null && 'K_EINVAL']);
    if (no !== null) return no;
    // Effect.
    change(saved)[id] = null;
    mechanisms.makeCurrent(world, thread, current!);
    return returned(null);
  },
};

/** Fetches the body that a receive left with the system; its buffers are freed. */
export const ipcGetData: ChorusOperation<'ipcGetData', 'error' | 'fetched body'> = {
  implements: ['chorus/body-is-fetched-once', 'chorus/needs-a-current-message'],

  step(world, { thread, room }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const { current } = threadOf(state, thread);
    const no = refusal(world, [current === null && 'K_EINVAL']);
    if (no !== null) return no;
    if (!current!.kept) {
      const reads = world.choose('fetched body', ['empty', 'K_EINVAL'] as const, String);
      return reads === 'empty' ? returned({ size: 0, body: '' }) : raised('K_EINVAL');
    }
    // Effect.
    const { message } = current!;
    world.charge('copy');
    world.charge('byte', Math.min(room, message.body.length / 2));
    const body = world.mechanisms.bodyOf(state, message);
    change(threadOf(state, thread)).current = { tag: 'current', message: { ...message, body, parcel: null }, kept: false };
    return returned({ size: body.length / 2, body: body.slice(0, 2 * room) });
  },
};

/** Reads what the nucleus noted of the current message. */
export const ipcSysInfo: ChorusOperation<'ipcSysInfo', 'error'> = {
  implements: ['chorus/message-says-where-it-comes-from', 'chorus/needs-a-current-message', 'chorus/queries-change-nothing'],

  step(world, { thread }) {
    world.charge('trap');
    // Guards.
    const { current } = threadOf(world.state, thread);
    const no = refusal(world, [current === null && 'K_EINVAL']);
    if (no !== null) return no;
    // Effect.
    const { body, source, target, coTarget, transaction, actorPi, portPi } = current!.message;
    return returned({ size: body.length / 2, source, target, coTarget, transaction, actorPi, portPi });
  },
};
