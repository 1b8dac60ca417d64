import type { Pid, ProcessId } from '#spec/qnx/vocabulary';
import { lookupFor } from '#model/qnx/entries';
import { sendParts } from '#model/qnx/messages/send';
import { ANY, type QnxState } from '#model/qnx/state';
import type { QnxOperation } from '#model/qnx/world';
import { change, raised, returned } from '#model/operation';

/** Binds the lowest free descriptor of the caller to a process. */
export const fdAttach: QnxOperation<'qnx_fd_attach'> = {
  implements: ['qnx/sendfd-sends-through-a-descriptor'],

  step(world, { thread, pid }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const bound = lookupFor(state, thread, pid)?.tag;
    if (bound !== 'process' && bound !== 'circuit') return raised('ESRCH');
    const { files } = state.processes[thread]!;
    const free = files.indexOf(ANY);
    const fd = free < 0 ? files.length : free;
    if (fd >= state.limits.files) return raised('EMFILE');
    // Effect.
    change(state.processes[thread]!).files = [...files.slice(0, fd), pid, ...files.slice(fd + 1)];
    return returned({ fd });
  },
};

export const fdDetach: QnxOperation<'qnx_fd_detach'> = {
  implements: ['qnx/sendfd-sends-through-a-descriptor'],

  step(world, { thread, fd }) {
    world.charge('trap');
    // Guards.
    if (boundTo(world.state, thread, fd) === ANY) return raised('EBADF');
    // Effect.
    change(world.state.processes[thread]!.files)[fd] = ANY;
    return returned(null);
  },
};

/** What a descriptor of a process is bound to; 0 if it is free. */
const boundTo = ({ processes }: QnxState, thread: ProcessId, fd: number): Pid => processes[thread]!.files[fd] ?? ANY;

export const sendfd: QnxOperation<'Sendfd'> = {
  implements: ['qnx/sendfd-sends-through-a-descriptor'],

  step(world, { thread, fd, message, reply }) {
    const pid = boundTo(world.state, thread, fd);
    return pid === ANY ? raised('EBADF') : sendParts(world, thread, pid, [message], [reply]);
  },
};

export const sendfdmx: QnxOperation<'Sendfdmx'> = {
  implements: ['qnx/sendfd-sends-through-a-descriptor', 'qnx/parts-are-their-concatenation'],

  step(world, { thread, fd, message, reply }) {
    const pid = boundTo(world.state, thread, fd);
    return pid === ANY ? raised('EBADF') : sendParts(world, thread, pid, message, reply);
  },
};
