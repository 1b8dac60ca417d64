import type { Capability } from '#spec/chorus/vocabulary';
import { chorus } from '#model/chorus/kernel';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { script, type Scripts, type ScriptStep } from '#properties/script';
import { clientsOf, failingCast, serverEnds, STANDBY } from '#properties/chorus/failing';
import { calls, portOf, receives, replies, SERVER, thread } from '#properties/chorus/parties';

const SIZE = 64;

const groupOf = ({ groups }: ChorusState): Capability => ({ ui: groups[0]!.ui, key: groups[0]!.key });
const anyMember = (state: ChorusState) => ({ ui: groupOf(state).ui, mode: 'func' as const, coTarget: null });

const joins = (state: ChorusState, party: number): ChorusCall =>
  ({ operation: 'grpPortInsert', thread: thread(party), group: groupOf(state), port: portOf(state, party) });

/** Both servers are members of a group, and clients call any one. A call that fails is made again, and reaches whoever is left. */
const grouped = script({
  kernel: chorus,
  scope: failingCast,
  * before(look, size): Generator<ChorusCall> {
    yield { operation: 'grpAllocate', thread: thread(SERVER), kind: 'dynamic', stamp: 0 };
    yield joins(look(), SERVER);
    yield joins(look(), STANDBY);
    for (const client of clientsOf(size)) yield calls(client, anyMember(look()), SIZE);
    yield receives(STANDBY, SIZE);
  },
  * calls(look, size): Generator<ScriptStep<ChorusCall>> {
    yield serverEnds(look, size);
    for (const client of clientsOf(size)) yield calls(client, anyMember(look()), SIZE);
    for (let served = 0; served < size; served += 1) {
      yield replies(STANDBY, SIZE);
      yield receives(STANDBY, SIZE);
    }
  },
});

export const scripts: Scripts = { 'group, called again': grouped };
