import type { Disposition, Name, Reference, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { canCopyin, carriedKind } from '#model/mach/rights/copyin';
import { entryOf, touch } from '#model/mach/entries';
import type { Through } from '#model/mach/tasks/target';
import type { Cascade, Mach } from '#model/mach/world';
import { DEAD, NULL, type Carried } from '#model/mach/state';

/** A right given with a call: by a name of the caller's, or in the message that asked. */
export type Given = { readonly name: Name; readonly disposition: Disposition } | Carried;

/** Takes an argument right out of the caller's space, unless a message has brought it; null if the caller has none. */
export function argument(world: Mach<Cascade>, caller: TaskId, given: Given): Carried | null {
  if ('tag' in given) return given;
  const { name, disposition } = given;
  const { state, mechanisms } = world;
  if (name === NULL) return { tag: 'null', kind: carriedKind[disposition] };
  if (name === DEAD) return { tag: 'dead', kind: carriedKind[disposition] };
  if (!canCopyin(entryOf(state, caller, name), disposition, true)) {
    touch(state, caller, name);
    return null;
  }
  const { right, deleted } = mechanisms.copyin(world, caller, name, disposition);
  if (deleted !== null) mechanisms.notifyPortDeleted(world, deleted, { task: caller, name });
  return right;
}

/** Whose port a call went through, and who made it. */
interface Called { readonly thread: ThreadId; readonly task: Reference<TaskId | ThreadId> | Through }

/**
 * Gives a right to whoever asked: by a name of its own. Where a message asked, the right itself is what goes into
 * the reply, and its receiver will name it.
 */
export const give = (world: Mach, { thread, task }: Called, right: Carried): Name =>
  (task.tag === 'port' ? right as unknown as Name : world.mechanisms.copyout(world, world.state.threads[thread]!.task, right));
