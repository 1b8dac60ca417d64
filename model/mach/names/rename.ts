import { chooseError } from '#model/mach/messages/send';
import { entryOf, setEntry, touch } from '#model/mach/entries';
import { renameAccepted } from '#model/mach/notifications/accepted';
import { takeName } from '#model/mach/names/allocate';
import { taskFor } from '#model/mach/tasks/target';
import { refused, type MachOperation } from '#model/mach/world';
import { DEAD, NULL } from '#model/mach/state';
import { raised, returned } from '#model/operation';

/** Gives what one name denotes another name. */
export const rename: MachOperation<'mach_port_rename', 'error'> = {
  implements: [
    'mach/rename-keeps-the-entry', 'mach/rename-refuses-used-names', 'mach/requests-follow-a-rename',
  ],

  step(world, { thread, task, name, to }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_TASK');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    const entry = entryOf(state, target.id, name);
    const errors: ('KERN_INVALID_VALUE' | 'KERN_NAME_EXISTS' | 'KERN_INVALID_NAME')[] = [];
    if (to === NULL || to === DEAD) errors.push('KERN_INVALID_VALUE');
    if (entryOf(state, target.id, to) !== null) errors.push('KERN_NAME_EXISTS');
    if (entry === null) errors.push('KERN_INVALID_NAME');
    if (errors.length > 0 || entry === null) return raised(chooseError(world, errors));
    // Effect.
    takeName(world, target.id, to, entry);
    if (entry.tag === 'dead' && entry.untouched !== null && entry.refs > entry.untouched.refs) touch(state, target.id, to);
    setEntry(state, target.id, name, null);
    if (entry.tag === 'port' && entry.accepted) renameAccepted(state, target.id, name, to);
    return returned(null);
  },
};
