import type { ProcessId } from '#spec/qnx/vocabulary';
import { pidOf } from '#model/qnx/entries';
import { exchangeWithProc } from '#model/qnx/messages/send';
import type { Qnx, QnxOperation } from '#model/qnx/world';
import { change, raised, returned } from '#model/operation';

/** `NAME_MAX`: the longest a name may be. */
const LONGEST_NAME = 32;

/** Lets the caller be found under a name. */
export const nameAttach: QnxOperation<'qnx_name_attach'> = {
  implements: ['qnx/name-is-attached-once', 'qnx/names-belong-to-a-node', 'qnx/proc-serves-by-messages'],

  step(world, { thread, name }) {
    world.charge('trap');
    exchangeWithProc(world);
    const { state } = world;
    // Guards.
    const errors: ('EBUSY' | 'EAGAIN' | 'EINVAL')[] = [];
    if (name.length > LONGEST_NAME) errors.push('EINVAL');
    if (state.names.some((entry) => entry?.name === name)) errors.push('EBUSY');
    if (state.names.filter((entry) => entry !== null).length >= state.limits.names) errors.push('EAGAIN');
    if (errors.length > 0) return raised(world.choose('error', errors, (error) => error));
    // Effect.
    const free = state.names.indexOf(null);
    const place = free < 0 ? state.names.length : free;
    change(state).names = [...state.names.slice(0, place), { tag: 'name', name, owner: thread }, ...state.names.slice(place + 1)];
    return returned({ id: place + 1 });
  },
};

export const nameDetach: QnxOperation<'qnx_name_detach'> = {
  implements: ['qnx/name-is-attached-once', 'qnx/proc-serves-by-messages'],

  step(world, { thread, id }) {
    world.charge('trap');
    exchangeWithProc(world);
    const { names } = world.state;
    // Guards.
    if (names[id - 1]?.owner !== thread) return raised('EINVAL');
    // Effect.
    change(names)[id - 1] = null;
    return returned(null);
  },
};

/** Who goes by a name now; later it may be another. */
export const nameLocate: QnxOperation<'qnx_name_locate'> = {
  implements: ['qnx/name-is-located-where-it-is-attached', 'qnx/located-pid-is-a-snapshot', 'qnx/proc-serves-by-messages'],

  step(world, { name }) {
    world.charge('trap');
    exchangeWithProc(world);
    const { state } = world;
    const owner = state.names.find((entry) => entry?.name === name)?.owner;
    return owner === undefined ? raised('ENOENT') : returned({ pid: pidOf(state, owner), copies: 1 });
  },
};

/** The names of a process go with it. */
export function dropNames({ state }: Qnx, owner: ProcessId): void {
  if (state.names.some((entry) => entry?.owner === owner)) change(state).names = state.names.map((entry) => (entry?.owner === owner ? null : entry));
}
