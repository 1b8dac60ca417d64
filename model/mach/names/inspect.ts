import type { MachArguments, TypeFlag } from '#spec/mach/vocabulary';
import { chooseError } from '#model/mach/messages/send';
import { entryOf, touch } from '#model/mach/entries';
import { references } from '#model/mach/names/mod-refs';
import { taskFor } from '#model/mach/tasks/target';
import { refused, type MachOperation } from '#model/mach/world';
import type { Entry } from '#model/mach/state';
import { raised, returned } from '#model/operation';
import type { Name } from '#spec/mach/vocabulary';

/** How many references of one right a name has: 0 where it denotes something else. */
export const getRefs: MachOperation<'mach_port_get_refs', 'error'> = {
  implements: [
    'mach/reference-counts-have-ceilings', 'mach/get-refs-refuses-unknown-names',
    'mach/silently-dead-right-counts-as-dead',
  ],

  step(world, { thread, task, name, right }) {
    world.charge('trap');
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_TASK');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    const entry = entryOf(world.state, target.id, name);
    const errors: ('KERN_INVALID_VALUE' | 'KERN_INVALID_NAME')[] = [];
    if (right === 'other') errors.push('KERN_INVALID_VALUE');
    if (entry === null) errors.push('KERN_INVALID_NAME');
    if (errors.length > 0 || right === 'other' || entry === null) return raised(chooseError(world, errors));
    // Effect.
    touch(world.state, target.id, name);
    return returned({ refs: references(entry, right) ?? 0 });
  },
};

/** What a name denotes, and which requests sit on it. */
export const type: MachOperation<'mach_port_type'> = {
  implements: [
    'mach/name-denotes-one-combination', 'mach/type-refuses-unknown-names',
    'mach/type-reports-pending-requests',
  ],

  step(world, { thread, task, name }) {
    world.charge('trap');
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_TASK');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    const entry = entryOf(world.state, target.id, name);
    if (entry === null) return raised('KERN_INVALID_NAME');
    // Effect.
    touch(world.state, target.id, name);
    return returned({ type: typeOf(entry) });
  },
};

/** Every name of a space, with its type. */
export const names: MachOperation<'mach_port_names'> = {
  implements: ['mach/names-refuses-only-invalid-tasks', 'mach/type-reports-pending-requests'],

  step(world, { thread, task }) {
    world.charge('trap');
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_TASK');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    // Effect.
    const listed = world.state.tasks[target.id]!.names.flatMap((entry, name) =>
      (entry === null ? [] : [{ name: name as Name, type: typeOf(entry) }]));
    return returned({ names: listed });
  },
};

/** The flags of one entry, in the vocabulary's order. */
export function typeOf(entry: Entry): readonly TypeFlag[] {
  const flags: TypeFlag[] = [];
  if (entry.tag === 'port' && entry.sends > 0) flags.push('send');
  if (entry.tag === 'port' && entry.receive) flags.push('receive');
  if (entry.tag === 'send-once') flags.push('send-once');
  if (entry.tag === 'set') flags.push('port-set');
  if (entry.tag === 'dead') flags.push('dead-name');
  if ((entry.tag === 'port' || entry.tag === 'send-once') && entry.request !== null) flags.push('dead-name-request');
  if (entry.tag === 'port' && entry.accepted) flags.push('msg-accepted-request');
  return flags;
}

export type GetRefs = MachArguments<'mach_port_get_refs'>;
