import { qnx } from '#model/qnx/kernel';
import type { QnxCall } from '#model/qnx/world';
import { failingCast, heard, requests, serverEnds, STANDBY } from '#properties/qnx/scripts/failing';
import { dispatch, receives, stretch } from '#properties/qnx/scripts/parties';
import { script, type Scripts, type ScriptStep } from '#properties/script';

/** Everybody who waits for a process that ends is told that it is not there. */
const ended = script({
  kernel: qnx,
  scope: failingCast,
  * before(look, size): Generator<QnxCall> {
    yield* [dispatch, receives(STANDBY, stretch(64))];
    yield* requests(look, size);
  },
  * calls(look, size): Generator<ScriptStep<QnxCall>> {
    yield serverEnds(look, size);
    yield heard(size);
  },
});

export const scripts: Scripts = { 'no such process': ended };

export const note = 'the switch by which each client hears of it is added to what the run was charged';
