import { taskSelf } from '#model/mach/ports/identity';
import { getTaskPort, portsLookup, portsRegister, setTaskPort, setThreadPort } from '#model/mach/tasks/special-ports';
import { makeSend } from '#model/mach/tasks/new-task';
import type { Carried, MachState, Task } from '#model/mach/state';
import { change, raised, returned } from '#model/operation';
import type { MachMutants } from '#properties/mach/obligation';

type Slot = 'self' | 'exception' | 'bootstrap';
const slots: readonly Slot[] = ['self', 'exception', 'bootstrap'];

/** The task whose special port a call has set, and which. */
function setIn(state: MachState, old: readonly Pick<Task, Slot>[]): { task: number; slot: Slot } | null {
  for (let task = 0; task < old.length; task += 1) {
    for (const slot of slots) if (state.tasks[task]![slot] !== old[task]![slot]) return { task, slot };
  }
  return null;
}

const slotsOf = (state: MachState): readonly Pick<Task, Slot>[] =>
  state.tasks.map(({ self, exception, bootstrap }) => ({ self, exception, bootstrap }));

/** `task_set_special_port`, and what a fault makes of the slot that was set. */
const setting = (spoil: (state: MachState, set: { task: number; slot: Slot }, old: Carried | null) => void): typeof setTaskPort => ({
  ...setTaskPort,
  step: (world, call) => {
    const old = slotsOf(world.state);
    const verdict = setTaskPort.step(world, call);
    const set = setIn(world.state, old);
    if (set !== null) spoil(world.state, set, old[set.task]![set.slot]);
    return verdict;
  },
});

export const specialPortMutants: MachMutants = {
  'identity-trap-gives-the-real-port': {
    rule: 'mach/special-ports-are-readable-and-settable',
    fault: 'mach_task_self gives the port of the task whatever is set in its place',
    operations: {
      mach_task_self: {
        ...taskSelf,
        step: (world, { thread }) => {
          const { state, mechanisms } = world;
          const { task } = state.threads[thread]!;
          return returned({ name: mechanisms.copyout(world, task, makeSend(state, state.tasks[task]!.port)) });
        },
      },
    },
  },
  'bootstrap-port-is-set-as-exception-port': {
    rule: 'mach/special-ports-are-readable-and-settable',
    fault: 'setting the bootstrap port of a task sets its exception port',
    operations: {
      task_set_special_port: setting((state, { task, slot }, old) => {
        const changed = change(state.tasks[task]!);
        if (slot !== 'bootstrap') return;
        changed.exception = changed.bootstrap;
        changed.bootstrap = old;
      }),
    },
  },
  'null-leaves-the-special-port': {
    rule: 'mach/special-ports-are-readable-and-settable',
    fault: 'a special port once set cannot be cleared',
    operations: {
      task_set_special_port: setting((state, { task, slot }, old) => {
        const changed = change(state.tasks[task]!);
        if (changed[slot] === null) changed[slot] = old;
      }),
    },
  },
  'special-port-goes-to-its-task': {
    rule: 'mach/special-ports-are-readable-and-settable',
    fault: 'the right that task_get_special_port asks for appears in the space of the task asked about',
    operations: {
      task_get_special_port: {
        ...getTaskPort,
        step: (world, call) => {
          const { task } = call;
          const thread = task.tag === 'identity' ? world.state.threads.findIndex((one) => one.task === task.identity) : call.thread;
          return getTaskPort.step(world, { ...call, thread: (thread < 0 ? call.thread : thread) as typeof call.thread });
        },
      },
    },
  },
  'bad-selector-means-the-bootstrap-port': {
    rule: 'mach/special-ports-are-readable-and-settable',
    fault: 'an unknown selector of a special port is taken for the bootstrap port',
    operations: {
      task_get_special_port: {
        ...getTaskPort,
        step: (world, call) => getTaskPort.step(world, call.which === 'other' ? { ...call, which: 'bootstrap' } : call),
      },
    },
  },
  'thread-port-is-set-for-the-task': {
    rule: 'mach/special-ports-are-readable-and-settable',
    fault: 'setting a special port of a thread sets that of its task',
    operations: {
      thread_set_special_port: {
        ...setThreadPort,
        step: (world, call) => {
          const old = world.state.threads.map(({ exception }) => exception);
          const verdict = setThreadPort.step(world, call);
          const thread = world.state.threads.find(({ exception }, id) => exception !== old[id]);
          if (thread === undefined) return verdict;
          const task = change(world.state.tasks[thread.task]!);
          [task.exception, change(thread).exception] = [thread.exception, task.exception];
          return verdict;
        },
      },
    },
  },
  'five-ports-may-be-registered': {
    rule: 'mach/task-registers-at-most-four-ports',
    fault: 'mach_ports_register drops what is too much and succeeds',
    operations: {
      mach_ports_register: {
        ...portsRegister,
        step: (world, call) => portsRegister.step(world, {
          ...call, ports: { ...call.ports, names: call.ports.names.slice(0, world.state.limits.registered) },
        }),
      },
    },
  },
  'only-three-ports-may-be-registered': {
    rule: 'mach/task-registers-at-most-four-ports',
    fault: 'mach_ports_register refuses as many ports as there are places',
    operations: {
      mach_ports_register: {
        ...portsRegister,
        step: (world, call) => (call.ports.names.length === world.state.limits.registered
          ? raised('KERN_INVALID_ARGUMENT') as never : portsRegister.step(world, call)),
      },
    },
  },
  'lookup-leaves-out-empty-places': {
    rule: 'mach/task-registers-at-most-four-ports',
    fault: 'mach_ports_lookup leaves out the places where nothing is registered',
    operations: {
      mach_ports_lookup: {
        ...portsLookup,
        step: (world, call) => {
          const verdict = portsLookup.step(world, call);
          return verdict.tag === 'returned' ? returned({ names: verdict.value.names.filter((name) => name !== 0) }) : verdict;
        },
      },
    },
  },
  'registered-ports-are-added': {
    rule: 'mach/task-registers-at-most-four-ports',
    fault: 'registering fewer ports than before leaves some of the old ones in their places',
    operations: {
      mach_ports_register: {
        ...portsRegister,
        step: (world, call) => {
          const old = world.state.tasks.map(({ registered }) => registered);
          const verdict = portsRegister.step(world, call);
          world.state.tasks.forEach((task, id) => {
            if (task.registered === old[id] || verdict.tag !== 'returned') return;
            change(task).registered = task.registered.map((right, place) => right ?? old[id]![place]!);
          });
          return verdict;
        },
      },
    },
  },
};
