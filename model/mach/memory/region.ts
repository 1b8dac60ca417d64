import type { ReceivedItem, SentItem, TaskId } from '#spec/mach/vocabulary';
import { mappingsIn, memoryOf, pagesOf } from '#model/mach/memory/space';
import { READ } from '#model/mach/memory/state';
import { implementing, type Mach } from '#model/mach/world';
import type { Item } from '#model/mach/state';

type Region = Extract<Item, { tag: 'region' }>;

/**
 * Takes a snapshot of a range of the sender's memory; with the deallocate bit the pages that it touches leave the
 * sender's space. Null if it cannot be read throughout.
 */
export const copyinRegion = implementing(
  [
    'mach/region-is-a-copy-at-send', 'mach/deallocate-bit-unmaps-the-source', 'mach/unaligned-regions-carry-whole-pages', 'mach/empty-region-arrives-at-zero', 'mach/region-must-be-readable',
  ],
  (world: Mach, task: TaskId, { type, bits, long, address, size, deallocate }: Extract<SentItem, { tag: 'region' }>): Region | null => {
    const { state, mechanisms } = world;
    const region = { tag: 'region', type, bits, long, size } as const;
    if (size === 0) return { ...region, offset: 0, pages: [] };
    const memory = memoryOf(state);
    const pages = pagesOf(memory, { address, size });
    if ([...mappingsIn(state, task, pages)].some(([, mapping]) => mapping === null || (mapping.current & READ) === 0)) return null;
    const taken = mechanisms.takePages(world, task, pages);
    if (deallocate) mechanisms.unmapPages(world, task, pages);
    return { ...region, offset: address % memory.pageSize, pages: taken };
  },
);

/** Maps what a region holds at a fresh place. Where there is no room it arrives as nothing: no bits, at address 0. */
export const copyoutRegion = implementing(
  [
    'mach/region-arrives-at-a-fresh-place', 'mach/unaligned-regions-carry-whole-pages', 'mach/empty-region-arrives-at-zero', 'mach/body-shortage-delivers-in-part',
  ],
  (world: Mach<'address'>, task: TaskId, { type, bits, long, size, offset, pages }: Region): Extract<ReceivedItem, { tag: 'region' }> => {
    const { state, mechanisms } = world;
    const item = { tag: 'region', type, bits, long, deallocate: true } as const;
    if (pages.length === 0) return { ...item, address: 0, size: 0 };
    const first = state.tasks[task]!.life === 'dead' ? null : mechanisms.placePages(world, task, pages);
    if (first === null) return { ...item, bits: 0, address: 0, size: 0 };
    return { ...item, address: first * memoryOf(state).pageSize + offset, size };
  },
);
