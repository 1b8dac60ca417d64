import { lookup, pidOf } from '#model/qnx/entries';
import { exchangeWithProc } from '#model/qnx/messages/send';
import type { QnxOperation } from '#model/qnx/world';
import { change, raised, returned } from '#model/operation';

export const chdir: QnxOperation<'chdir'> = {
  implements: ['qnx/child-inherits-by-the-table'],

  step(world, { thread, directory }) {
    world.charge('trap');
    change(world.state.processes[thread]!).directory = directory;
    return returned(null);
  },
};

export const umask: QnxOperation<'umask'> = {
  implements: ['qnx/child-inherits-by-the-table'],

  step(world, { thread, mask }) {
    world.charge('trap');
    const process = change(world.state.processes[thread]!);
    const before = process.umask;
    process.umask = mask;
    return returned({ mask: before });
  },
};

/** Makes the caller the leader of a session and group of its own, unless it leads a group already. */
export const setsid: QnxOperation<'setsid'> = {
  implements: ['qnx/child-inherits-by-the-table'],

  step(world, { thread }) {
    world.charge('trap');
    const { pid, group } = world.state.processes[thread]!;
    // Guards.
    if (group === pid) return raised('EPERM');
    // Effect.
    Object.assign(change(world.state.processes[thread]!), { group: pid, session: pid });
    return returned({ session: pid });
  },
};

/** What Proc says of a process that is there. */
export const psinfo: QnxOperation<'qnx_psinfo'> = {
  implements: ['qnx/proc-serves-by-messages', 'qnx/child-inherits-by-the-table'],

  step(world, { pid }) {
    world.charge('trap');
    exchangeWithProc(world);
    const { state } = world;
    const denoted = lookup(state, pid);
    if (denoted?.tag !== 'process') return raised('ESRCH');
    const { parent, group, session, directory, umask: mask, environment, uid } = state.processes[denoted.process]!;
    return returned({ parent: pidOf(state, parent), group, session, directory, umask: mask, environment, user: uid });
  },
};
