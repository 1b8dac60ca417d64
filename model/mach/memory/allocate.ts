import type { TaskId } from '#spec/mach/vocabulary';
import { newObject } from '#model/mach/memory/object';
import { gaps, mappingsIn, memoryOf, ordinary, pagesOf, setMapping, type Pages } from '#model/mach/memory/space';
import { ALL, type Mapping, type Memory } from '#model/mach/memory/state';
import { skipsHoles } from '#model/mach/memory/leniency';
import { taskFor } from '#model/mach/tasks/target';
import { implementing, refused, type Mach, type MachOperation } from '#model/mach/world';
import { change, raised, returned } from '#model/operation';

export interface Placement { readonly address: number; readonly size: number; readonly anywhere: boolean; readonly mask: number }

/**
 * The pages that a request for memory gets: those it names, or any that are free. The address is rounded down
 * and the size up.
 */
export const findSpace = implementing(
  [
    'mach/allocated-memory-is-zero-filled', 'mach/map-binds-a-range-to-an-object', 'mach/memory-may-go-anywhere-free',
  ],
  (world: Mach<'address' | 'masked room'>, task: TaskId, { address, size, anywhere, mask }: Placement): Pages | 'KERN_NO_SPACE' | 'KERN_INVALID_ADDRESS' => {
    const { state } = world;
    const memory = memoryOf(state);
    const length = Math.ceil(size / memory.pageSize);
    if (anywhere) {
      const free = gaps(state, task, length, mask);
      if (free.length === 0 || isOverlooked(world, task, length, mask)) return 'KERN_NO_SPACE';
      const first = world.choose('address', free, (page) => `page ${page}`);
      return { first, end: first + length };
    }
    const first = Math.floor(address / memory.pageSize);
    const pages = { first, end: first + length };
    if (((pages.first * memory.pageSize) & mask) !== 0) return 'KERN_NO_SPACE';
    if (pages.end > memory.pageCount) return 'KERN_INVALID_ADDRESS';
    return [...mappingsIn(state, task, pages)].some(([, mapping]) => mapping !== null) ? 'KERN_NO_SPACE' : pages;
  },
);

/**
 * One variant looks for as much room as the mask can take up, wherever it lies; it finds less where it happens to
 * look first.
 */
function isOverlooked(world: Mach<'masked room'>, task: TaskId, length: number, mask: number): boolean {
  const { state } = world;
  const wide = length + Math.ceil(mask / memoryOf(state).pageSize);
  if (state.variant !== 'gnumach' || gaps(state, task, wide).length > 0) return false;
  if (world.choose('masked room', [true, false], (found) => (found ? 'found' : 'overlooked'))) return false;
  world.deviate('mach/memory-may-go-anywhere-free');
  return true;
}

/** Maps pages that were free, each to the page of an object that stands at its place. */
export const mapPages = implementing(
  ['mach/space-maps-pages-to-objects'],
  ({ state }: Mach, task: TaskId, { first, end }: Pages, mapping: Mapping): void => {
    for (let page = first; page < end; page += 1) {
      setMapping(state, task, page, { ...mapping, index: mapping.index + page - first });
    }
  },
);

/** Gives a task memory filled with zeros, of which it may do everything. */
export const vmAllocate: MachOperation<'vm_allocate', 'address' | 'masked room'> = {
  implements: ['mach/allocated-memory-is-zero-filled'],

  step(world, { thread, task, address, size, anywhere }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_ARGUMENT');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    if (size === 0) return returned({ address: 0 });
    const pages = mechanisms.findSpace(world, target.id, { address, size, anywhere, mask: 0 });
    if (typeof pages === 'string') return raised(pages);
    // Effect.
    const object = newObject(state, pages.end - pages.first);
    if (ordinary(state).current !== ALL) world.deviate('mach/allocated-memory-is-zero-filled');
    mechanisms.mapPages(world, target.id, pages, { tag: 'mapped', object, index: 0, ...ordinary(state) });
    return returned({ address: pages.first * memoryOf(state).pageSize });
  },
};

/** Unmaps every page that a range touches. Whoever shares the data keeps it. */
export const vmDeallocate: MachOperation<'vm_deallocate', 'unmapped range'> = {
  implements: ['mach/deallocate-rounds-outward', 'mach/unmapped-ranges-may-be-skipped'],

  step(world, { thread, task, address, size }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_ARGUMENT');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    if (size === 0) return returned(null);
    const pages = pagesOf(memoryOf(state), { address, size });
    if (!skipsHoles(world, target.id, pages)) return raised('KERN_INVALID_ADDRESS');
    // Effect.
    mechanisms.unmapPages(world, target.id, pages);
    return returned(null);
  },
};

/** Unmaps what is mapped of a range. */
export const unmapPages = implementing(
  ['mach/deallocate-rounds-outward'],
  ({ state }: Mach, task: TaskId, pages: Pages): void => {
    for (const [page, mapping] of mappingsIn(state, task, clip(memoryOf(state), pages))) {
      if (mapping !== null) setMapping(state, task, page, null);
    }
  },
);

const clip = ({ pageCount }: Memory, { first, end }: Pages): Pages => ({ first, end: Math.min(end, pageCount) });

/** The end of an address space. */
export const discardSpace = implementing(
  ['mach/terminated-task-releases-everything'],
  (world: Mach, task: TaskId): void => {
    const { memory } = world.state;
    if (memory === null) return;
    change(memory.spaces[task]!).pages = Array.from({ length: memory.pageCount }, () => null);
  },
);

