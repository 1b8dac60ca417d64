import type { MachArguments } from '#spec/mach/vocabulary';
import { argument, give, type Given } from '#model/mach/tasks/argument';
import { taskFor, threadFor } from '#model/mach/tasks/target';
import { refused, type Cascade, type Mach, type MachOperation } from '#model/mach/world';
import type { Carried, MachState, Task, Thread } from '#model/mach/state';
import { change, raised, returned, spoiled, type Draft } from '#model/operation';

/** One more of a send right the kernel holds. What has died is carried as dead. */
export function copySend(state: MachState, held: Carried | null): Carried {
  if (held === null) return { tag: 'null', kind: 'send' };
  if (held.tag !== 'right') return held;
  const port = state.ports[held.port]!;
  if (port.life === 'dead') return { tag: 'dead', kind: 'send' };
  change(port).sendRights += 1;
  return held;
}

export const getTaskPort: MachOperation<'task_get_special_port'> = {
  implements: ['mach/special-ports-are-readable-and-settable'],

  step(world, { thread, task, which }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_ARGUMENT');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    if (which === 'other') return raised('KERN_INVALID_ARGUMENT');
    // Effect.
    return returned({ name: give(world, { thread, task }, copySend(state, state.tasks[target.id]![which])) });
  },
};

export const getThreadPort: MachOperation<'thread_get_special_port'> = {
  implements: ['mach/special-ports-are-readable-and-settable'],

  step(world, { thread, target: reference, which }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const target = threadFor(world, thread, reference);
    if (target.tag === 'missing') return refused(target.error, target.touched);
    if (which === 'other') return raised('KERN_INVALID_ARGUMENT');
    // Effect.
    return returned({ name: give(world, { thread, task: reference }, copySend(state, state.threads[target.id]![which])) });
  },
};

export const setTaskPort: MachOperation<'task_set_special_port', Cascade> = {
  implements: [
    'mach/special-ports-are-readable-and-settable', 'mach/failed-kernel-request-destroys-its-body',
  ],

  step(world, { thread, task, which, port }) {
    world.charge('trap');
    const { state } = world;
    const target = taskFor(world, thread, task, 'KERN_INVALID_ARGUMENT');
    if (target.tag === 'missing' && target.error === 'MACH_SEND_INVALID_DEST') return refused(target.error, target.touched);
    const right = argument(world, state.threads[thread]!.task, port);
    if (right === null) return spoiled('MACH_SEND_INVALID_RIGHT', null);
    if (target.tag === 'missing' || which === 'other') return refuseRight(world, right);
    replace(world, change(state.tasks[target.id]!), which, right);
    return returned(null);
  },
};

export const setThreadPort: MachOperation<'thread_set_special_port', Cascade> = {
  implements: [
    'mach/special-ports-are-readable-and-settable', 'mach/failed-kernel-request-destroys-its-body',
  ],

  step(world, { thread, target: reference, which, port }) {
    world.charge('trap');
    const { state } = world;
    const target = threadFor(world, thread, reference);
    if (target.tag === 'missing' && target.error === 'MACH_SEND_INVALID_DEST') return refused(target.error, target.touched);
    const right = argument(world, state.threads[thread]!.task, port);
    if (right === null) return spoiled('MACH_SEND_INVALID_RIGHT', null);
    if (target.tag === 'missing' || which === 'other') return refuseRight(world, right);
    replace(world, change(state.threads[target.id]!), which, right);
    return returned(null);
  },
};

/** What came with a request that fails is destroyed. */
function refuseRight(world: Mach<Cascade>, right: Carried) {
  world.mechanisms.destroyRight(world, right);
  return spoiled('KERN_INVALID_ARGUMENT', null);
}

function replace<Slot extends 'self' | 'exception' | 'bootstrap'>(
  world: Mach<Cascade>, holder: Draft<Pick<Task, Slot>> | Draft<Pick<Thread & Task, Slot>>, which: Slot, right: Carried,
): void {
  const slots = holder as Record<Slot, Carried | null>;
  const old = slots[which];
  slots[which] = right.tag === 'null' ? null : right;
  world.mechanisms.releaseHeld(world, old);
}

/** Registers send rights that tasks created from this one will find; the ones before are given up. */
export const portsRegister: MachOperation<'mach_ports_register', Cascade> = {
  implements: ['mach/task-registers-at-most-four-ports', 'mach/failed-kernel-request-destroys-its-body'],

  step(world, { thread, task, ports }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    const target = taskFor(world, thread, task, 'KERN_INVALID_ARGUMENT');
    if (target.tag === 'missing' && target.error === 'MACH_SEND_INVALID_DEST') return refused(target.error, target.touched);
    const rights: Carried[] = [];
    const given = givenPorts(ports);
    for (const one of given) {
      const right = argument(world, state.threads[thread]!.task, one);
      if (right === null) {
        for (const taken of rights) mechanisms.destroyRight(world, taken);
        return spoiled('MACH_SEND_INVALID_RIGHT', null);
      }
      rights.push(right);
    }
    if (target.tag === 'missing' || given.length > state.limits.registered) {
      for (const taken of rights) mechanisms.destroyRight(world, taken);
      return spoiled('KERN_INVALID_ARGUMENT', null);
    }
    const holder = change(state.tasks[target.id]!);
    const old = holder.registered;
    holder.registered = Array.from({ length: state.limits.registered }, (_, place) => {
      const right = rights[place];
      return right === undefined || right.tag === 'null' ? null : right;
    });
    for (const right of old) mechanisms.releaseHeld(world, right);
    return returned(null);
  },
};

/** The ports to be registered: by names with one disposition for all, or as a message brought them. */
function givenPorts(ports: Ports | readonly Carried[]): readonly Given[] {
  return 'names' in ports ? ports.names.map((name) => ({ name, disposition: ports.disposition })) : ports;
}

type Ports = MachArguments<'mach_ports_register'>['ports'];

export const portsLookup: MachOperation<'mach_ports_lookup'> = {
  implements: ['mach/task-registers-at-most-four-ports'],

  step(world, { thread, task }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_ARGUMENT');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    // Effect.
    const names = state.tasks[target.id]!.registered.map((held) => give(world, { thread, task }, copySend(state, held)));
    return returned({ names });
  },
};
