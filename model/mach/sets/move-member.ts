import type { Name } from '#spec/mach/vocabulary';
import { chooseError } from '#model/mach/messages/send';
import { entryOf, isReceive } from '#model/mach/entries';
import { taskFor } from '#model/mach/tasks/target';
import { refused, type MachOperation } from '#model/mach/world';
import { NULL, type PortId } from '#model/mach/state';
import { change, raised, returned } from '#model/operation';

/** Puts a receive right into a set, or takes it out of the one it is in. */
export const moveMember: MachOperation<'mach_port_move_member', 'receiver' | 'error'> = {
  implements: [
    'mach/port-set-holds-own-receive-rights', 'mach/move-member-refuses-other-rights',
    'mach/waiting-receiver-learns-of-changes',
  ],

  step(world, { thread, task, member, set }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_TASK');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    const port = entryOf(state, target.id, member);
    const into = entryOf(state, target.id, set);
    const errors: ('KERN_INVALID_NAME' | 'KERN_INVALID_RIGHT' | 'KERN_NOT_IN_SET')[] = [];
    if (port === null) errors.push('KERN_INVALID_NAME');
    else if (!isReceive(port)) errors.push('KERN_INVALID_RIGHT');
    if (set !== NULL && into === null) errors.push('KERN_INVALID_NAME');
    if (into !== null && into.tag !== 'set') errors.push('KERN_INVALID_RIGHT');
    if (errors.length > 0 || !isReceive(port)) return raised(chooseError(world, errors));
    const old = state.ports[port.port]!.set;
    if (into === null && old === null) return raised('KERN_NOT_IN_SET');
    // Effect.
    const next = into?.tag === 'set' ? into.set : null;
    if (next === old) return returned(null);
    change(state.ports[port.port]!).set = null;
    if (next !== null) mechanisms.joinSet(world, port.port, next);
    return returned(null);
  },
};

/** The members of a set, in no particular order. */
export const getSetStatus: MachOperation<'mach_port_get_set_status'> = {
  implements: ['mach/set-status-refuses-other-rights', 'mach/port-set-holds-own-receive-rights'],

  step(world, { thread, task, name }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_TASK');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    const set = entryOf(state, target.id, name);
    if (set === null) return raised('KERN_INVALID_NAME');
    if (set.tag !== 'set') return raised('KERN_INVALID_RIGHT');
    // Effect.
    const isMember = (port: PortId) => state.ports[port]!.set === set.set;
    const members = state.tasks[target.id]!.names.flatMap((entry, member) =>
      (isReceive(entry) && isMember(entry.port) ? [member as Name] : []));
    return returned({ members });
  },
};
