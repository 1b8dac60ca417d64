import { mappingAt, memoryOf } from '#model/mach/memory/space';
import { objectOf, setPage } from '#model/mach/memory/object';
import { managerOf } from '#model/mach/memory/default-manager';
import type { ObjectId } from '#model/mach/memory/state';
import type { Cascade, MachOperation } from '#model/mach/world';
import type { MachState } from '#model/mach/state';
import { ModelError, returned } from '#model/operation';
import type { TaskId } from '#spec/mach/vocabulary';

/**
 * The page in memory that a task sees at an address, if it can leave: its pager is ready, or it has none and there is a
 * default memory manager to keep it. Null if there is none, or it must stay.
 */
export function evictable(state: MachState, task: TaskId, address: number): { readonly object: ObjectId; readonly index: number } | null {
  const mapping = mappingAt(state, task, Math.floor(address / memoryOf(state).pageSize));
  for (let at = mapping?.object ?? null; at !== null; at = objectOf(state, at).shadow) {
    const { pages, pager } = objectOf(state, at);
    const page = pages[mapping!.index] ?? null;
    if (page?.tag === 'resident') {
      const canLeave = pager === null ? managerOf(state) !== null : pager.status === 'ready';
      return canLeave ? { object: at, index: mapping!.index } : null;
    }
    if (pager !== null && page?.tag !== 'absent') return null;
  }
  return null;
}

/** The kernel takes a page back. It leaves the object before its pager has done anything. */
export const evict: MachOperation<'evict', Cascade> = {
  implements: [
    'mach/evicted-page-leaves-before-the-pager-acts', 'mach/dirty-pages-are-returned', 'mach/default-pager-backs-anonymous-memory',
  ],

  step(world, { owner, address }) {
    const { state, mechanisms } = world;
    const found = evictable(state, owner, address);
    if (found === null) throw new ModelError('no page to be evicted');
    const { object, index } = found;
    const page = objectOf(state, object).pages[index];
    if (page?.tag !== 'resident') throw new ModelError('no page to be evicted');
    if (objectOf(state, object).pager === null) mechanisms.createPager(world, object);
    setPage(state, object, index, page.dirty && objectOf(state, object).pager!.internal ? { tag: 'sent' } : null);
    if (page.dirty || page.precious) mechanisms.returnPage(world, object, index, page, false);
    mechanisms.wakeFaulters(world, object, index);
    return returned(null);
  },
};
