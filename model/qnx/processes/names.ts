import type { ProcessId } from '#spec/qnx/vocabulary';
import { pidOf } from '#model/qnx/entries';
import { exchangeWithProc } from '#model/qnx/messages/send';
import { find, ownerOfName } from '#model/qnx/network/attach';
import { farErrors, isHere } from '#model/qnx/network/question';
import type { QnxState } from '#model/qnx/state';
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

/** No node in particular. */
const ANYWHERE = 0;

/** The other nodes a global name is looked for on, where it is looked for on all. */
export function searched({ net, nid: own, nodes }: QnxState, name: string, nid: number): readonly number[] {
  if (nid !== ANYWHERE || !net || !name.startsWith('/')) return [];
  return Array.from({ length: nodes }, (_, place) => place + 1).filter((other) => other !== own);
}

/** Who goes by a name now; later it may be another. */
export const nameLocate: QnxOperation<'qnx_name_locate'> = {
  implements: ['qnx/name-is-located-where-it-is-attached', 'qnx/located-pid-is-a-snapshot', 'qnx/proc-serves-by-messages'],

  step(world, { thread, name, nid = ANYWHERE }) {
    world.charge('trap');
    exchangeWithProc(world);
    const { state } = world;
    const elsewhere = nid !== ANYWHERE && !isHere(state, nid);
    // Guards.
    if (elsewhere && farErrors(state, nid).length > 0) return raised(farErrors(state, nid)[0]!);
    const owner = elsewhere ? null : ownerOfName(state, name);
    if (owner !== null) return returned({ pid: pidOf(state, owner), copies: 1 });
    const nodes = elsewhere ? [nid] : world.mechanisms.searched(state, name, nid);
    if (nodes.length === 0) return raised('ENOENT');
    // Effect.
    return find(world, thread, elsewhere ? 'name on a node' : 'name on all nodes', nodes, name, 0, true);
  },
};

/** The names of a process go with it. */
export function dropNames({ state }: Qnx, owner: ProcessId): void {
  if (state.names.some((entry) => entry?.owner === owner)) change(state).names = state.names.map((entry) => (entry?.owner === owner ? null : entry));
}
