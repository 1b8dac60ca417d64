import { chorus } from '#model/chorus/kernel';
import type { ChorusCall } from '#model/chorus/world';
import { arrived, clientsOf, crash, crashScope } from '#properties/chorus/scripts/crash';
import { calls, portOf, SERVER, to } from '#properties/chorus/scripts/parties';
import { script, type Scripts, type ScriptStep } from '#properties/script';

const crashed = script({
  kernel: chorus,
  scope: crashScope,
  * before(look, size): Generator<ChorusCall> {
    for (const client of clientsOf(size)) yield calls(client, to(portOf(look(), SERVER)), 64);
    yield* arrived(look);
  },
  * calls(_, size): Generator<ScriptStep<ChorusCall>> {
    yield* crash(size);
  },
});

export const scripts: Scripts = { 'failure is noticed': crashed };

export const note = 'how the nucleus of a client finds out is left open, and nothing is counted for it';
