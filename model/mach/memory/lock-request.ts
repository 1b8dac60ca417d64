import { toBits } from '#model/mach/memory/space';
import { objectOf, placesOf, setPage } from '#model/mach/memory/object';
import { complete, LOCK_COMPLETED, ofObject } from '#model/mach/memory/pager';
import type { ObjectId } from '#model/mach/memory/state';
import { argument } from '#model/mach/tasks/argument';
import { implementing, refused, type Cascade, type Mach, type MachOperation } from '#model/mach/world';
import { returned, spoiled } from '#model/operation';

export interface LockRequest { readonly forbidden: number; readonly clean: 'nothing' | 'dirty' | 'all'; readonly flush: boolean }

/** Restricts, returns and flushes one page that is in memory, in this order. */
export const lockPage = implementing(
  [
    'mach/lock-request-restricts-returns-and-flushes', 'mach/lock-says-what-is-forbidden', 'mach/page-states-follow-the-table', 'mach/unlock-is-asked-once',
  ],
  (world: Mach<Cascade>, object: ObjectId, index: number, { forbidden, clean, flush }: LockRequest): void => {
    const { state, mechanisms } = world;
    const page = objectOf(state, object).pages[index] ?? null;
    if (page?.tag !== 'resident') return;
    const isDue = clean !== 'nothing' && (page.dirty || (clean === 'all' && page.precious));
    if (isDue) mechanisms.returnPage(world, object, index, page, !flush);
    setPage(state, object, index, flush ? null : {
      ...page, forbidden, asked: 0, dirty: page.dirty && !isDue, precious: page.precious && !isDue,
    });
    mechanisms.wakeFaulters(world, object, index);
  },
);

/** The pager asks for pages to be restricted, returned and flushed, and to be told when that is done. */
export const lockRequest: MachOperation<'memory_object_lock_request', Cascade> = {
  implements: ['mach/lock-request-restricts-returns-and-flushes'],

  step(world, { thread, control, offset, size, clean, flush, lock, reply }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    const target = mechanisms.memoryObjectAt(world, thread, control);
    if (target.tag === 'missing') return refused('MACH_SEND_INVALID_DEST', target.touched);
    const right = argument(world, state.threads[thread]!.task, reply);
    if (right === null) return spoiled('MACH_SEND_INVALID_RIGHT', null);
    if (target.tag === 'nothing') {
      mechanisms.destroyRight(world, right);
      return returned(null);
    }
    const { first, end } = placesOf(state, target.object, { offset, size });
    for (let index = first; index < end; index += 1) {
      mechanisms.lockPage(world, target.object, index, { forbidden: toBits(lock), clean, flush });
    }
    complete(world, right, LOCK_COMPLETED, ofObject(world, target.object, [offset, size]));
    return returned(null);
  },
};
