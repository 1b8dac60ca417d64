import type { MachCall } from '#model/mach/world';
import { mach } from '#model/mach/kernel';
import { script, type Scripts, type ScriptStep } from '#properties/script';
import { controlOf, READY, ready, SUPPLY, supply } from '#properties/mach/scripts/paging';
import { allocates, CLIENT, filled, isReceive, message, nameOf, PAGE, SERVER, task, tells, thread } from '#properties/mach/scripts/parties';

/** The server is the pager: a memory object is a port of its own. It gives its pages away, so that nothing is copied. */
const external = script({
  kernel: mach,
  scope: (size) => ({ threads: [1, 1], memory: { pageSize: PAGE, pageCount: 2 * size } }),
  * before(look, size): Generator<MachCall> {
    yield* filled(SERVER, size * PAGE);
    yield allocates(SERVER);
    const object = nameOf(look(), SERVER, isReceive);
    yield {
      operation: 'vm_map', thread: thread(SERVER), task: task(CLIENT), address: 0, size: size * PAGE, mask: 0, anywhere: false,
      object: { name: object, disposition: 'make-send' }, offset: 0, copy: false,
      protection: ['read', 'write'], maximum: ['read', 'write'], inheritance: 'none',
    };
    yield message(SERVER, null, object);
    yield tells(SERVER, controlOf(look(), SERVER), READY, ready, object);
  },
  * calls(look, size): Generator<ScriptStep<MachCall>> {
    const object = nameOf(look(), SERVER, isReceive);
    for (let page = 0; page < size; page += 1) {
      yield { operation: 'load', thread: thread(CLIENT), address: page * PAGE };
      yield tells(SERVER, controlOf(look(), SERVER), SUPPLY, supply(page * PAGE, page * PAGE, PAGE), object);
    }
  },
});

export const scripts: Scripts = { 'external pager': external };
