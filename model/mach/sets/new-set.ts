import type { MachState, SetId } from '#model/mach/state';
import { BeyondScope, change } from '#model/operation';

/** An empty port set. */
export function newSet(state: MachState): SetId {
  const { limits, sets } = state;
  if (sets.length >= limits.sets && sets.filter(({ life }) => life === 'live').length >= limits.sets) {
    throw new BeyondScope('too many port sets');
  }
  change(state).sets.push({ life: 'live', receivers: [] });
  return sets.length - 1 as SetId;
}
