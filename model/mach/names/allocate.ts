import type { MachArguments, Name, TaskId } from '#spec/mach/vocabulary';
import { entryOf, freshName, makeRoomForName, setEntry } from '#model/mach/entries';
import { newPort } from '#model/mach/ports/new-port';
import { newSet } from '#model/mach/sets/new-set';
import { taskFor } from '#model/mach/tasks/target';
import { chooseError } from '#model/mach/messages/send';
import { refused, type Mach, type MachOperation } from '#model/mach/world';
import { DEAD, NULL, type Entry, type MachState } from '#model/mach/state';
import { raised, returned } from '#model/operation';

type Right = MachArguments<'mach_port_allocate'>['right'];

/** Makes a port, a port set or a dead name, under a name of the kernel's choice. */
export const allocate: MachOperation<'mach_port_allocate'> = {
  implements: [
    'mach/new-port-is-empty', 'mach/names-are-positive-integers',
    'mach/allocate-refuses-unallocatable-rights', 'mach/allocated-dead-name-is-a-dead-name',
  ],

  step(world, { thread, task, right }) {
    world.charge('trap');
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_TASK');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    if (!isAllocatable(right)) return raised('KERN_INVALID_VALUE');
    // Effect.
    const name = freshName(world.state, target.id, newEntry(world.state, right));
    return returned({ name });
  },
};

/** Makes a port, a port set or a dead name, under a name of the caller's choice. */
export const allocateName: MachOperation<'mach_port_allocate_name', 'error'> = {
  implements: [
    'mach/names-are-positive-integers', 'mach/allocate-name-refuses-used-names',
    'mach/null-and-dead-denote-nothing',
  ],

  step(world, { thread, task, right, name }) {
    world.charge('trap');
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_TASK');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    const errors: ('KERN_INVALID_VALUE' | 'KERN_NAME_EXISTS')[] = [];
    if (!isAllocatable(right) || name === NULL || name === DEAD) errors.push('KERN_INVALID_VALUE');
    if (entryOf(world.state, target.id, name) !== null) errors.push('KERN_NAME_EXISTS');
    if (errors.length > 0) return raised(chooseError(world, errors));
    // Effect.
    takeName(world, target.id, name, newEntry(world.state, right as Allocatable));
    return returned(null);
  },
};

type Allocatable = 'receive' | 'port-set' | 'dead-name';

const isAllocatable = (right: Right): right is Allocatable =>
  right === 'receive' || right === 'port-set' || right === 'dead-name';

function newEntry(state: MachState, right: Allocatable): Entry {
  switch (right) {
    case 'receive': return { tag: 'port', port: newPort(state), receive: true, sends: 0, request: null, accepted: false };
    case 'port-set': return { tag: 'set', set: newSet(state) };
    case 'dead-name': return { tag: 'dead', refs: 1, untouched: null };
  }
}

/** Puts an entry under a name the caller chose. */
export function takeName({ state }: Mach, task: TaskId, name: Name, entry: Entry): void {
  makeRoomForName(state, task);
  setEntry(state, task, name, entry);
}
