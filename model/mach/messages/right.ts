import type { Carried } from '#model/mach/state';
import { ModelError } from '#model/operation';

/** A right that is known to be there. */
export function rightOf(right: Carried): Extract<Carried, { tag: 'right' }> {
  if (right.tag !== 'right') throw new ModelError('a right was expected');
  return right;
}
