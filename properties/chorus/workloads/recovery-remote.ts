import { chorus } from '#model/chorus/kernel';
import type { ChorusCall } from '#model/chorus/world';
import { arrived, clientsOf, crash, crashScope, STANDBY } from '#properties/chorus/scripts/crash';
import { anyMember, joins, makesGroup } from '#properties/chorus/scripts/grouped';
import { body, calls, delivered, receives, replies, SERVER } from '#properties/chorus/scripts/parties';
import { script, type Scripts, type ScriptStep } from '#properties/script';

const SIZE = 64;

/** The members of the group are on two sites. Calls that failed are made again, and reach the one that is left. */
const grouped = script({
  kernel: chorus,
  scope: crashScope,
  * before(look, size): Generator<ChorusCall> {
    yield makesGroup(SERVER);
    yield joins(look(), SERVER);
    yield joins(look(), STANDBY);
    yield receives(STANDBY, SIZE);
    for (const client of clientsOf(size)) yield calls(client, anyMember(look()), SIZE);
    yield* arrived(look);
  },
  * calls(look, size): Generator<ScriptStep<ChorusCall>> {
    yield* crash(size);
    for (const client of clientsOf(size)) yield calls(client, anyMember(look()), SIZE);
    yield* delivered(look);
    for (let served = 0; served < size; served += 1) {
      yield replies(STANDBY, body(SIZE));
      yield* delivered(look);
      yield receives(STANDBY, SIZE);
    }
  },
});

export const scripts: Scripts = { 'group, called again': grouped };

export const note = 'how the nucleus of a client finds out is left open, and nothing is counted for it';
