import type { Capability, Key } from '#spec/chorus/vocabulary';
import { chorus } from '#model/chorus/kernel';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { script, type Script, type ScriptStep } from '#properties/script';
import { body, cast, CLIENT, delivered, PAGE, portOf, receives, SERVER, thread } from '#properties/chorus/scripts/parties';

/** What a mapper says when all is well, and that the page may only be read. */
const GRANTED = '0000';
const KEY = 1 as Key;
/** A request of the nucleus is short. */
const ROOM = 64;

const segmentOf = (state: ChorusState): Capability => ({ ui: portOf(state, SERVER), key: KEY });

/** The client reads pages of a segment whose mapper is the server. */
export const faults = (apart: boolean): Script => script({
  kernel: chorus,
  scope: () => cast(2, apart),
  known: { page: 'fault' },
  * before(look, size): Generator<ChorusCall> {
    yield {
      operation: 'rgnMap', thread: thread(CLIENT), actor: null, segment: segmentOf(look()), offset: 0, start: 0, size: size * PAGE,
      writable: false, inherit: 'none',
    };
    yield receives(SERVER, ROOM);
  },
  * calls(look, size): Generator<ScriptStep<ChorusCall>> {
    for (let page = 0; page < size; page += 1) {
      yield { operation: 'memoryRead', thread: thread(CLIENT), address: page * PAGE, size: 1 };
      yield* delivered(look);
      yield { operation: 'ipcReply', thread: thread(SERVER), annex: null, body: GRANTED + body(PAGE) };
      yield* delivered(look);
      yield receives(SERVER, ROOM);
    }
  },
});
