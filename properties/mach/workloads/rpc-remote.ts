import type { AnyCall } from '#model/kernel';
import { script, type Scripts, type ScriptStep } from '#properties/script';
import { answers, asks, inline, isReceive, nameOf } from '#properties/mach/scripts/parties';
import { atRest, CLIENT_NODE, introduced, machine, machNetwork, on, PARTY, SERVER_NODE, waits } from '#properties/mach/scripts/remote';

/** The reply travels on a send-once right, which has a proxy on the server's machine. */
const exchange = script({
  kernel: machNetwork,
  scope: () => ({ nodes: [{ threads: [1] }, { threads: [1] }], introduced }),
  * before(look): Generator<AnyCall> {
    yield on(CLIENT_NODE, { operation: 'mach_reply_port', thread: PARTY as never });
    yield waits(look);
  },
  * calls(look, size): Generator<ScriptStep<AnyCall>> {
    yield on(CLIENT_NODE, asks(machine(look, CLIENT_NODE), PARTY, inline(size)));
    yield* atRest(look);
    const state = machine(look, SERVER_NODE);
    yield on(SERVER_NODE, answers(state, PARTY, nameOf(state, PARTY, isReceive), inline(size)));
    yield* atRest(look);
  },
});

export const scripts: Scripts = { inline: exchange };
