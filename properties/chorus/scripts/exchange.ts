import { chorus } from '#model/chorus/kernel';
import type { ChorusCall } from '#model/chorus/world';
import { byPrograms, pieces, script, type Script, type ScriptStep } from '#properties/script';
import { body, calls, cast, CLIENT, delivered, LONGEST, portOf, receives, replies, SERVER, thread, to } from '#properties/chorus/scripts/parties';

/** A call and its reply; `passes`: how often a program goes over a body, to gather its parts or to scatter them. */
export const exchange = (apart: boolean, passes = 0): Script => script({
  kernel: chorus,
  scope: () => cast(2, apart),
  * before(): Generator<ChorusCall> {
    yield receives(SERVER, LONGEST);
  },
  * calls(look, size): Generator<ScriptStep<ChorusCall>> {
    for (const length of pieces(size, LONGEST)) {
      yield byPrograms(passes, length);
      yield calls(CLIENT, to(portOf(look(), SERVER)), length);
      yield* delivered(look);
      yield byPrograms(2 * passes, length);
      yield replies(SERVER, length);
      yield* delivered(look);
      yield receives(SERVER, LONGEST);
      yield byPrograms(passes, length);
    }
  },
});

/** A message that nobody answers. */
export const message = (apart: boolean): Script => script({
  kernel: chorus,
  scope: () => cast(2, apart),
  * before(): Generator<ChorusCall> {
    yield receives(SERVER, LONGEST);
  },
  * calls(look, size): Generator<ScriptStep<ChorusCall>> {
    for (const length of pieces(size, LONGEST)) {
      yield { operation: 'ipcSend', thread: thread(CLIENT), source: null, destination: to(portOf(look(), SERVER)), annex: null, body: body(length) };
      yield* delivered(look);
      yield receives(SERVER, LONGEST);
    }
  },
});
