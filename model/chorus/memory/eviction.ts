import { isHeld } from '#model/chorus/messages/bodies';
import { implementing, type Chorus, type ChorusOperation } from '#model/chorus/world';
import type { ChorusState, ObjectId } from '#model/chorus/state';
import { change, returned } from '#model/operation';

/**
 * Drops a page that its mapper has as it is. What a mapper keeps of a segment may be another by the time that it
 * is asked again, so a copy that depends on it gets it first; what the default mapper keeps stays as it is.
 */
export const evict = implementing(
  ['chorus/copies-are-snapshots', 'chorus/dirty-pages-are-pushed-out-first'],
  (world: Chorus, object: ObjectId, page: number): void => {
    const { state, mechanisms } = world;
    if (state.objects[object]!.segment !== null) mechanisms.preserve(world, object, page);
    change(state.objects[object]!.pages)[page] = null;
  },
);

/** Whether a page can be had again from its mapper, as it is, and no body on its way is read from it. */
export const canBeEvicted = (state: ChorusState, object: number, page: number): boolean => {
  const row = state.objects[object];
  return row !== undefined && row.life === 'live' && row.pages[page]?.dirty === false && !isHeld(state, object, page);
};

/** The nucleus needs the memory of a page. One that was written has to be pushed out first. */
export const pageIsEvicted: ChorusOperation<'pageIsEvicted'> = {
  implements: ['chorus/dirty-pages-are-pushed-out-first', 'chorus/copies-are-snapshots'],
  step(world, { object, page }) {
    world.mechanisms.evict(world, object as ObjectId, page);
    return returned(null);
  },
};
