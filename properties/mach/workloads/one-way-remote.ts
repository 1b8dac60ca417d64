import type { AnyCall } from '#model/kernel';
import { script, type Scripts, type ScriptStep } from '#properties/script';
import { inline, isSend, message, nameOf, nothing } from '#properties/mach/parties';
import { atRest, CLIENT_NODE, introduced, machine, machNetwork, on, PARTY, waits } from '#properties/mach/remote';

/** The message goes to a proxy, and from there by the servers of both machines to the port. */
const one = script({
  kernel: machNetwork,
  scope: () => ({ nodes: [{ threads: [1] }, { threads: [1] }], introduced }),
  * before(look): Generator<AnyCall> {
    yield waits(look);
  },
  * calls(look, size): Generator<ScriptStep<AnyCall>> {
    const remote = { name: nameOf(machine(look, CLIENT_NODE), PARTY, isSend), disposition: 'copy-send' } as const;
    yield on(CLIENT_NODE, message(PARTY, { remote, local: nothing, body: inline(size) }, null));
    yield* atRest(look);
    yield waits(look);
  },
});

/** Data by reference is shipped as bytes like any other. */
export const scripts: Scripts = { inline: one };
