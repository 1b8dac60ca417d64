import { chorus } from '#model/chorus/kernel';
import type { ChorusCall } from '#model/chorus/world';
import { script, type Scripts, type ScriptStep } from '#properties/script';
import { clientsOf, failingCast, serverEnds } from '#properties/chorus/scripts/failing';
import { calls, portOf, SERVER, to } from '#properties/chorus/scripts/parties';

/** Calls that were queued at the port of an actor that is deleted end with an error. */
const deleted = script({
  kernel: chorus,
  scope: failingCast,
  * before(look, size): Generator<ChorusCall> {
    for (const client of clientsOf(size)) yield calls(client, to(portOf(look(), SERVER)), 64);
  },
  * calls(look, size): Generator<ScriptStep<ChorusCall>> {
    yield serverEnds(look, size);
  },
});

export const scripts: Scripts = { 'call fails': deleted };
