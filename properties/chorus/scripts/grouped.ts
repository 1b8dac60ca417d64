import type { Capability } from '#spec/chorus/vocabulary';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { portOf, thread } from '#properties/chorus/scripts/parties';

const groupOf = ({ groups }: ChorusState): Capability => ({ ui: groups[0]!.ui, key: groups[0]!.key });

/** A destination: any one of the members that can be reached. */
export const anyMember = (state: ChorusState) => ({ ui: groupOf(state).ui, mode: 'func' as const, coTarget: null });

export const makesGroup = (party: number): ChorusCall => ({ operation: 'grpAllocate', thread: thread(party), kind: 'dynamic', stamp: 0 });

/** The default port of a party becomes a member. */
export const joins = (state: ChorusState, party: number): ChorusCall =>
  ({ operation: 'grpPortInsert', thread: thread(party), group: groupOf(state), port: portOf(state, party) });
