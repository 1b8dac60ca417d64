import { NULL } from '#model/mach/state';
import { newObject } from '#model/mach/memory/object';
import { memoryOf, toBits, within } from '#model/mach/memory/space';
import { taskFor } from '#model/mach/tasks/target';
import { refused, type MachOperation } from '#model/mach/world';
import { BeyondScope, raised, returned } from '#model/operation';

/** Maps a memory object into a space. No object stands for memory filled with zeros. */
export const vmMap: MachOperation<'vm_map', 'address'> = {
  implements: ['mach/map-binds-a-range-to-an-object'],

  step(world, { thread, task, address, size, mask, anywhere, object: { name }, protection, maximum, inheritance }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_ARGUMENT');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    if (name !== NULL) throw new BeyondScope('a memory object of a task');
    const current = toBits(protection);
    const most = toBits(maximum);
    if (inheritance === 'other' || size === 0 || !within(current, most)) return raised('KERN_INVALID_ARGUMENT');
    const pages = mechanisms.findSpace(world, target.id, { address, size, anywhere, mask });
    if (typeof pages === 'string') return raised(pages);
    // Effect.
    const object = newObject(state, pages.end - pages.first);
    mechanisms.mapPages(world, target.id, pages, { tag: 'mapped', object, index: 0, current, maximum: most, inheritance });
    return returned({ address: pages.first * memoryOf(state).pageSize });
  },
};
