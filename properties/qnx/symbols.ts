import type { QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import type { Symbols } from '#properties/suite';

/** How the values of QNX's calls and answers denote processes, and what goes by a pid. */
export const qnxSymbols: Symbols<QnxState, QnxCall> = {
  of(leaf, value, state) {
    if (leaf.sort === 'process') return { space: 'process', id: value as number };
    const pid = value as number;
    if (leaf.sort === 'far-pid') return null;
    return pid === 0 || pid > state.nextPid ? null : { space: 'pid', id: pid };
  },
  replace: (_leaf, _value, id) => id,
  fresh: (space, state) => (space === 'process' ? state.processes.length : state.nextPid),
};
