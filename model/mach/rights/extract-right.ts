import { canCopyin } from '#model/mach/rights/copyin';
import { chooseError } from '#model/mach/messages/send';
import { entryOf, touch } from '#model/mach/entries';
import { give } from '#model/mach/tasks/argument';
import { taskFor } from '#model/mach/tasks/target';
import { refused, type Cascade, type MachOperation } from '#model/mach/world';
import { carriedKind } from '#model/mach/rights/copyin';
import { raised, returned } from '#model/operation';

/** Takes a right of a task's as a message would, and gives it to the caller. */
export const extractRight: MachOperation<'mach_port_extract_right', Cascade | 'error'> = {
  implements: ['mach/extract-right-refuses-missing-rights', 'mach/task-port-holder-can-interpose'],

  step(world, { thread, task, name, disposition }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_TASK');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    const entry = entryOf(state, target.id, name);
    const errors: ('KERN_INVALID_VALUE' | 'KERN_INVALID_NAME' | 'KERN_INVALID_RIGHT')[] = [];
    if (disposition === 'other') errors.push('KERN_INVALID_VALUE');
    if (entry === null) errors.push('KERN_INVALID_NAME');
    if (errors.length > 0 || disposition === 'other') return raised(chooseError(world, errors));
    if (!canCopyin(entry, disposition, true)) {
      const tries = !disposition.startsWith('make') && disposition !== 'move-receive';
      return refused('KERN_INVALID_RIGHT', tries && touch(state, target.id, name));
    }
    // Effect.
    const { right, deleted } = mechanisms.copyin(world, target.id, name, disposition);
    if (deleted !== null) mechanisms.notifyPortDeleted(world, deleted, { task: target.id, name });
    return returned({
      name: give(world, { thread, task }, right),
      kind: carriedKind[disposition],
    });
  },
};
