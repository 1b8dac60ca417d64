import type { AnyCall } from '#model/kernel';
import { script, type Scripts, type ScriptStep } from '#properties/script';
import { filled, inline, isSend, message, nameOf, nothing, PAGE, region, type Body } from '#properties/mach/scripts/parties';
import { atRest, CLIENT_NODE, introduced, machine, machNetwork, on, PARTY, waits } from '#properties/mach/scripts/remote';

/** The message goes to a proxy, and from there by the servers of both machines to the port. */
const one = (paged: boolean, bodyOf: (size: number) => Body) => script({
  kernel: machNetwork,
  scope: (size) => {
    const node = { threads: [1], ...(paged ? { memory: { pageSize: PAGE, pageCount: 4 * Math.ceil(size / PAGE) } } : {}) };
    return { nodes: [node, node], introduced };
  },
  least: paged ? 1 : 0,
  * before(look, size): Generator<AnyCall> {
    if (paged) for (const call of filled(PARTY, size)) yield on(CLIENT_NODE, call);
    yield waits(look);
  },
  * calls(look, size): Generator<ScriptStep<AnyCall>> {
    const remote = { name: nameOf(machine(look, CLIENT_NODE), PARTY, isSend), disposition: 'copy-send' } as const;
    yield on(CLIENT_NODE, message(PARTY, { remote, local: nothing, body: bodyOf(size) }, null));
    yield* atRest(look);
    yield waits(look);
  },
});

export const scripts: Scripts = {
  inline: one(false, (size) => inline(size)),
  'out-of-line': one(true, (size) => [region(0, size)]),
};
