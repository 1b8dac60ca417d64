import { qnx } from '#model/qnx/kernel';
import type { QnxCall } from '#model/qnx/world';
import { clientsOf, failingCast, heard, requests, serverEnds, STANDBY } from '#properties/qnx/scripts/failing';
import { dispatch, pidOf, process, receives, replies, sends, stretch } from '#properties/qnx/scripts/parties';
import { script, type Scripts, type ScriptStep } from '#properties/script';

const NAME = 'standby';
const message = stretch(64);

/** Nothing redirects what was sent to a process: each client looks for another by its name, and asks again. */
const askedAgain = script({
  kernel: qnx,
  scope: failingCast,
  * before(look, size): Generator<QnxCall> {
    yield dispatch;
    yield { operation: 'qnx_name_attach', thread: process(STANDBY), name: NAME };
    yield receives(STANDBY, message);
    yield* requests(look, size);
  },
  * calls(look, size): Generator<ScriptStep<QnxCall>> {
    yield serverEnds(look, size);
    for (const client of clientsOf(size)) {
      yield dispatch;
      yield { operation: 'qnx_name_locate', thread: process(client), name: NAME };
      yield sends(client, pidOf(look(), STANDBY), message, message);
      yield dispatch;
      yield replies(STANDBY, pidOf(look(), client), message);
      yield receives(STANDBY, message);
    }
    yield heard(size);
  },
});

export const scripts: Scripts = { 'located and sent again': askedAgain };

export const note = 'the switch by which each client gets its answer is added to what the run was charged';
