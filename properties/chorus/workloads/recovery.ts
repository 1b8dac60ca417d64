import { chorus } from '#model/chorus/kernel';
import type { ChorusCall } from '#model/chorus/world';
import { clientsOf, failingCast, serverEnds, STANDBY } from '#properties/chorus/scripts/failing';
import { anyMember, joins, makesGroup } from '#properties/chorus/scripts/grouped';
import { body, calls, receives, replies, SERVER } from '#properties/chorus/scripts/parties';
import { script, type Scripts, type ScriptStep } from '#properties/script';

const SIZE = 64;

/** Both servers are members of a group, and clients call any one. A call that fails is made again, and reaches whoever is left. */
const grouped = script({
  kernel: chorus,
  scope: failingCast,
  * before(look, size): Generator<ChorusCall> {
    yield makesGroup(SERVER);
    yield joins(look(), SERVER);
    yield joins(look(), STANDBY);
    for (const client of clientsOf(size)) yield calls(client, anyMember(look()), SIZE);
    yield receives(STANDBY, SIZE);
  },
  * calls(look, size): Generator<ScriptStep<ChorusCall>> {
    yield serverEnds(look, size);
    for (const client of clientsOf(size)) yield calls(client, anyMember(look()), SIZE);
    for (let served = 0; served < size; served += 1) {
      yield replies(STANDBY, body(SIZE));
      yield receives(STANDBY, SIZE);
    }
  },
});

export const scripts: Scripts = { 'group, called again': grouped };
