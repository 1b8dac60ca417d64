import { chorus } from '#model/chorus/kernel';
import type { ChorusCall } from '#model/chorus/world';
import { byPrograms, pieces, script, type Script, type ScriptStep } from '#properties/script';
import {
  body, calls, cast, CLIENT, delivered, filled, fromMemory, LONGEST, PAGE, portOf, receives, replies, SERVER, thread, to,
} from '#properties/chorus/scripts/parties';

/** How bodies are carried. */
interface Manner {
  /** Whether the server is on another site. */
  readonly apart?: boolean;
  /** Whether they are whole pages of memory, which can be copied later. */
  readonly pages?: boolean;
  /** How often a program goes over a body, to gather its parts or to scatter them. */
  readonly passes?: number;
}

/** What is there beforehand: memory where bodies are in memory, and a server that waits. */
function* prepared(size: number, pages: boolean): Generator<ChorusCall, void> {
  if (pages) for (const party of [CLIENT, SERVER]) yield* filled(party, Math.min(size, LONGEST));
  yield receives(SERVER, LONGEST);
}

/** A call and its reply. */
export const exchange = ({ apart = false, pages = false, passes = 0 }: Manner): Script => script({
  kernel: chorus,
  scope: () => cast(2, apart),
  least: pages ? PAGE : 0,
  before: (_, size) => prepared(size, pages),
  * calls(look, size): Generator<ScriptStep<ChorusCall>> {
    for (const length of pieces(size, LONGEST)) {
      const carried = pages ? fromMemory(length) : body(length);
      yield byPrograms(passes, length);
      yield calls(CLIENT, to(portOf(look(), SERVER)), length, carried);
      yield* delivered(look);
      yield byPrograms(2 * passes, length);
      yield replies(SERVER, carried);
      yield* delivered(look);
      yield receives(SERVER, LONGEST);
      yield byPrograms(passes, length);
    }
  },
});

/** A message that nobody answers. */
export const message = ({ apart = false, pages = false }: Manner): Script => script({
  kernel: chorus,
  scope: () => cast(2, apart),
  least: pages ? PAGE : 0,
  before: (_, size) => prepared(size, pages),
  * calls(look, size): Generator<ScriptStep<ChorusCall>> {
    for (const length of pieces(size, LONGEST)) {
      yield {
        operation: 'ipcSend', thread: thread(CLIENT), source: null, destination: to(portOf(look(), SERVER)), annex: null,
        body: pages ? fromMemory(length) : body(length),
      };
      yield* delivered(look);
      yield receives(SERVER, LONGEST);
    }
  },
});
