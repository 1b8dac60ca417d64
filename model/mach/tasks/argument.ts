import type { Disposition, Name, TaskId } from '#spec/mach/vocabulary';
import { canCopyin } from '#model/mach/rights/copyin';
import { entryOf, touch } from '#model/mach/entries';
import type { Cascade, Mach } from '#model/mach/world';
import { DEAD, NULL, type Carried } from '#model/mach/state';

/** Takes an argument right out of the caller's space, as a message would carry it; null if the caller has none. */
export function argument(
  world: Mach<Cascade>, caller: TaskId, { name, disposition }: { readonly name: Name; readonly disposition: Disposition },
): Carried | null {
  const { state, mechanisms } = world;
  if (name === NULL) return { tag: 'null', kind: null };
  if (name === DEAD) return { tag: 'dead', kind: null };
  if (!canCopyin(entryOf(state, caller, name), disposition, true)) {
    touch(state, caller, name);
    return null;
  }
  const { right, deleted } = mechanisms.copyin(world, caller, name, disposition);
  if (deleted !== null) mechanisms.notifyPortDeleted(world, deleted, { task: caller, name });
  return right;
}
