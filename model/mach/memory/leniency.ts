import type { TaskId } from '#spec/mach/vocabulary';
import { isMapped, type Pages } from '#model/mach/memory/space';
import type { Mach } from '#model/mach/world';

/** Where the documents refuse what the reference implementation lets pass: whether it passes. */
export const lenient = <Kind extends 'unmapped range' | 'alignment'>(world: Mach<Kind>, kind: Kind): boolean =>
  world.choose(kind, [false, true], (passes) => (passes ? 'pass' : 'refuse'));

/** Whether a call may go on although pages of its range are not mapped: it then leaves those out. */
export const skipsHoles = (world: Mach<'unmapped range'>, task: TaskId, pages: Pages): boolean =>
  isMapped(world.state, task, pages) || lenient(world, 'unmapped range');
