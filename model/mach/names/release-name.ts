import type { Name, TaskId } from '#spec/mach/vocabulary';
import { cancelAccepted } from '#model/mach/notifications/accepted';
import { entryOf, setEntry, touch } from '#model/mach/entries';
import { taskFor } from '#model/mach/tasks/target';
import { refused, type Cascade, type Mach, type MachOperation } from '#model/mach/world';
import type { Entry, PortEntry } from '#model/mach/state';
import { raised, returned } from '#model/operation';

/** Gives up one reference of a send, send-once or dead name. */
export const deallocate: MachOperation<'mach_port_deallocate', Cascade> = {
  implements: [
    'mach/deallocate-releases-one-reference', 'mach/deallocate-refuses-receive-rights-and-sets',
    'mach/silently-dead-right-counts-as-dead',
  ],

  step(world, { thread, task, name }) {
    world.charge('trap');
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_TASK');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    const entry = entryOf(world.state, target.id, name);
    if (entry === null) return raised('KERN_INVALID_NAME');
    if (entry.tag === 'set' || (entry.tag === 'port' && entry.sends === 0)) return raised('KERN_INVALID_RIGHT');
    // Effect.
    dropReferences(world, target.id, name, 1);
    return returned(null);
  },
};

/** Destroys everything a name denotes, whatever it is. */
export const destroy: MachOperation<'mach_port_destroy', Cascade> = {
  implements: ['mach/destroy-frees-the-name-at-once', 'mach/destroy-refuses-unknown-names-alone'],

  step(world, { thread, task, name }) {
    world.charge('trap');
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_TASK');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    if (entryOf(world.state, target.id, name) === null) return raised('KERN_INVALID_NAME');
    // Effect.
    world.mechanisms.destroyEntry(world, target.id, name);
    return returned(null);
  },
};

/** References of a send, send-once or dead name go; with the last the name is free. */
export function dropReferences(world: Mach<Cascade>, task: TaskId, name: Name, count: number): void {
  const { state, mechanisms } = world;
  touch(state, task, name);
  const entry = entryOf(state, task, name) as Entry;
  if (entry.tag === 'dead') {
    setEntry(state, task, name, entry.refs > count ? { ...entry, refs: entry.refs - count } : null);
  } else if (entry.tag === 'send-once') {
    setEntry(state, task, name, null);
    mechanisms.releaseSendOnce(world, entry.port);
    if (entry.request !== null) mechanisms.notifyPortDeleted(world, entry.request, { task, name });
  } else {
    dropSends(world, task, name, entry as PortEntry, count);
  }
}

/** A request stays on a name that still receives. */
function dropSends(world: Mach<Cascade>, task: TaskId, name: Name, entry: PortEntry, count: number): void {
  const { state, mechanisms } = world;
  if (entry.sends > count) {
    setEntry(state, task, name, { ...entry, sends: entry.sends - count });
    return;
  }
  if (entry.receive) {
    setEntry(state, task, name, { ...entry, sends: 0 });
    mechanisms.releaseSend(world, entry.port);
    return;
  }
  if (entry.accepted) cancelAccepted(state, task, name);
  setEntry(state, task, name, null);
  mechanisms.releaseSend(world, entry.port);
  if (entry.request !== null) mechanisms.notifyPortDeleted(world, entry.request, { task, name });
}
