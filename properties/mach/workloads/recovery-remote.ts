import type { AnyCall } from '#model/kernel';
import { asked, clients, crash, crashScope, STANDBY_NODE } from '#properties/mach/scripts/crash';
import { answers, asks, inline, isReceive, message, nameOf } from '#properties/mach/scripts/parties';
import { atRest, CLIENT_NODE, machine, machNetwork, on } from '#properties/mach/scripts/remote';
import { script, type Scripts, type ScriptStep } from '#properties/script';

/** No machine hands anything over when it crashes: clients ask again, at another port that they know. */
const askedAgain = script({
  kernel: machNetwork,
  scope: crashScope,
  * before(look, size): Generator<AnyCall> {
    yield on(STANDBY_NODE, message(0, null, nameOf(machine(look, STANDBY_NODE), 0, isReceive)));
    yield* asked(look, size);
  },
  * calls(look, size): Generator<ScriptStep<AnyCall>> {
    yield* crash(look, size);
    for (const client of clients(size)) {
      yield on(CLIENT_NODE, asks(machine(look, CLIENT_NODE), client, inline(64)));
      yield* atRest(look);
      const state = machine(look, STANDBY_NODE);
      yield on(STANDBY_NODE, answers(state, 0, nameOf(state, 0, isReceive), inline(64)));
      yield* atRest(look);
    }
  },
});

export const scripts: Scripts = { 'asked again': askedAgain };

export const note = 'checkups were about five minutes apart in 1989';
