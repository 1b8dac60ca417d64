import type { Name } from '#spec/mach/vocabulary';
import type { AnyCall } from '#model/kernel';
import type { MachState } from '#model/mach/state';
import { script, type Scripts, type ScriptStep } from '#properties/script';
import { READY, ready, SUPPLY, supply } from '#properties/mach/scripts/paging';
import { filled, isReceive, isSend, message, nameOf, PAGE, task, tells, thread } from '#properties/mach/scripts/parties';
import { atRest, CLIENT_NODE, introduced, machine, machNetwork, on, PARTY, quietly, SERVER_NODE } from '#properties/mach/scripts/remote';

/** What stands here for the port by which the kernel is told: the first send right that came, with the first request. */
const controlOf = ({ tasks }: MachState): Name => tasks[PARTY]!.names.findIndex((entry) => entry !== null && isSend(entry)) as Name;

/** The pager is on the other machine: the kernel of the client asks a proxy, and is told by a proxy's message. */
const external = script({
  kernel: machNetwork,
  scope: (size) => {
    const node = { threads: [1], memory: { pageSize: PAGE, pageCount: 4 * size } };
    return { nodes: [node, node], introduced };
  },
  * before(look, size): Generator<AnyCall> {
    const object = nameOf(machine(look, SERVER_NODE), PARTY, isReceive);
    for (const call of filled(PARTY, size * PAGE)) yield on(SERVER_NODE, call);
    yield on(CLIENT_NODE, {
      operation: 'vm_map', thread: thread(PARTY), task: task(PARTY), address: 0, size: size * PAGE, mask: 0, anywhere: false,
      object: { name: nameOf(machine(look, CLIENT_NODE), PARTY, isSend), disposition: 'copy-send' }, offset: 0, copy: false,
      protection: ['read', 'write'], maximum: ['read', 'write'], inheritance: 'none',
    });
    yield* quietly(atRest(look));
    yield on(SERVER_NODE, message(PARTY, null, object));
    yield on(SERVER_NODE, tells(PARTY, controlOf(machine(look, SERVER_NODE)), READY, ready, object));
    yield* quietly(atRest(look));
  },
  * calls(look, size): Generator<ScriptStep<AnyCall>> {
    const object = nameOf(machine(look, SERVER_NODE), PARTY, isReceive);
    for (let page = 0; page < size; page += 1) {
      yield on(CLIENT_NODE, { operation: 'load', thread: thread(PARTY), address: page * PAGE });
      yield* atRest(look);
      const control = controlOf(machine(look, SERVER_NODE));
      yield on(SERVER_NODE, tells(PARTY, control, SUPPLY, supply(page * PAGE, page * PAGE, PAGE), object));
      yield* atRest(look);
    }
  },
});

export const scripts: Scripts = { 'external pager': external };
