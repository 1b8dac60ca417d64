import type { MachState, SetId } from '#model/mach/state';
import { BeyondScope, change } from '#model/operation';

/** An empty port set. */
export function newSet(state: MachState): SetId {
  if (state.sets.length >= state.limits.sets) throw new BeyondScope('more port sets than the scope has room for');
  change(state).sets.push({ life: 'live', receivers: [] });
  return state.sets.length - 1 as SetId;
}
