import { newObject } from '#model/mach/memory/object';
import { isAligned, memoryOf, toBits, within } from '#model/mach/memory/space';
import { argument } from '#model/mach/tasks/argument';
import { taskFor } from '#model/mach/tasks/target';
import { refused, type Cascade, type Mach, type MachOperation } from '#model/mach/world';
import { BeyondScope, returned, spoiled } from '#model/operation';

/** Whether a protection beyond the maximum that comes with it is let pass. */
function exceedsUnnoticed(world: Mach): boolean {
  if (world.state.variant !== 'gnumach') return false;
  world.deviate('mach/protection-stays-below-the-maximum');
  return true;
}

/** Maps a memory object into a space, or a snapshot of one. No object stands for memory filled with zeros. */
export const vmMap: MachOperation<'vm_map', Cascade | 'address' | 'masked room'> = {
  implements: ['mach/map-binds-a-range-to-an-object', 'mach/failed-kernel-request-destroys-its-body'],

  step(world, { thread, task, address, size, mask, anywhere, object: given, offset, copy, protection, maximum, inheritance }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    const target = taskFor(world, thread, task, 'KERN_INVALID_ARGUMENT');
    if (target.tag === 'missing' && target.error === 'MACH_SEND_INVALID_DEST') return refused(target.error, target.touched);
    const right = argument(world, state.threads[thread]!.task, given);
    if (right === null) return spoiled('MACH_SEND_INVALID_RIGHT', null);
    const refuse = <const E extends 'KERN_INVALID_ARGUMENT' | 'KERN_NO_SPACE' | 'KERN_INVALID_ADDRESS'>(error: E) => {
      mechanisms.destroyRight(world, right);
      return spoiled(error, null);
    };
    if (target.tag === 'missing') return refuse(target.error as 'KERN_INVALID_ARGUMENT');
    const current = toBits(protection);
    const most = toBits(maximum);
    const memory = memoryOf(state);
    const exceeds = !within(current, most) && !exceedsUnnoticed(world);
    if (inheritance === 'other' || size === 0 || exceeds || !isAligned(memory, offset)) return refuse('KERN_INVALID_ARGUMENT');
    if (right.tag === 'right' && state.variant === 'gnumach' && state.ports[right.port]!.kernel !== null) return refuse('KERN_INVALID_ARGUMENT');
    const pages = mechanisms.findSpace(world, target.id, { address, size, anywhere, mask });
    if (typeof pages === 'string') return refuse(pages);
    const length = pages.end - pages.first;
    if (right.tag === 'right' && offset / memory.pageSize + length > memory.pageCount) throw new BeyondScope('an offset beyond all objects');
    const found = right.tag === 'right' ? mechanisms.enterObject(world, right) : newObject(state, length);
    const object = right.tag === 'right' && copy ? mechanisms.copyObject(world, found) : found;
    const index = right.tag === 'right' ? offset / memory.pageSize : 0;
    mechanisms.mapPages(world, target.id, pages, { tag: 'mapped', object, index, current, maximum: most, inheritance });
    return returned({ address: pages.first * memory.pageSize });
  },
};
