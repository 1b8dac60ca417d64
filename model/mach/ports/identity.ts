import { freshName } from '#model/mach/entries';
import { newPort } from '#model/mach/ports/new-port';
import { copySend } from '#model/mach/tasks/special-ports';
import type { MachOperation } from '#model/mach/world';
import { returned } from '#model/operation';

/** A fresh port, meant to be replied to; to the kernel it is like any other. */
export const replyPort: MachOperation<'mach_reply_port'> = {
  implements: ['mach/kernel-services-are-messages', 'mach/new-port-is-empty'],

  step(world, { thread }) {
    world.charge('trap');
    const { state } = world;
    const port = newPort(state);
    const { task } = state.threads[thread]!;
    const name = freshName(state, task, { tag: 'port', port, receive: true, sends: 0, request: null, accepted: false });
    return returned({ name });
  },
};

/** A send right to whatever is set as the caller's task's own port. */
export const taskSelf: MachOperation<'mach_task_self'> = {
  implements: [
    'mach/special-ports-are-readable-and-settable', 'mach/kernel-objects-are-ports',
    'mach/kernel-services-are-messages',
  ],

  step(world, { thread }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    const { task } = state.threads[thread]!;
    return returned({ name: mechanisms.copyout(world, task, copySend(state, state.tasks[task]!.self)) });
  },
};

/** A send right to whatever is set as the calling thread's own port. */
export const threadSelf: MachOperation<'mach_thread_self'> = {
  implements: [
    'mach/special-ports-are-readable-and-settable', 'mach/kernel-objects-are-ports',
    'mach/kernel-services-are-messages',
  ],

  step(world, { thread }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    const { task, self } = state.threads[thread]!;
    return returned({ name: mechanisms.copyout(world, task, copySend(state, self)) });
  },
};

/** A send right to the port of the host. */
export const hostSelf: MachOperation<'mach_host_self'> = {
  implements: ['mach/kernel-objects-are-ports', 'mach/kernel-services-are-messages'],

  step(world, { thread }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    const { task } = state.threads[thread]!;
    const host = copySend(state, { tag: 'right', port: state.host, kind: 'send' });
    return returned({ name: mechanisms.copyout(world, task, host) });
  },
};
