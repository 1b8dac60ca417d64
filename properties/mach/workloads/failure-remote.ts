import type { AnyCall } from '#model/kernel';
import { asked, crash, crashScope } from '#properties/mach/scripts/crash';
import { machNetwork } from '#properties/mach/scripts/remote';
import { script, type Scripts, type ScriptStep } from '#properties/script';

const crashed = script({
  kernel: machNetwork,
  scope: crashScope,
  * before(look, size): Generator<AnyCall> {
    yield* asked(look, size);
  },
  * calls(look, size): Generator<ScriptStep<AnyCall>> {
    yield* crash(look, size);
  },
});

export const scripts: Scripts = { 'found by checkups': crashed };

export const note = 'checkups were about five minutes apart in 1989';
