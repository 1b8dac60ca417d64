import type { MachCall } from '#model/mach/world';
import { NULL } from '#model/mach/state';
import { mach } from '#model/mach/kernel';
import { script, type Scripts, type ScriptStep } from '#properties/script';
import { allocates, CLIENT, filled, isReceive, isSend, message, nameOf, PAGE, SERVER, task, thread } from '#properties/mach/parties';

/** The server is the pager: a memory object is a port of its own. It gives its pages away, so that nothing is copied. */
const external = script({
  kernel: mach,
  scope: (size) => ({ threads: [1, 1], memory: { pageSize: PAGE, pageCount: 2 * size } }),
  * before(look, size): Generator<MachCall> {
    yield* filled(SERVER, size * PAGE);
    yield allocates(SERVER);
    yield {
      operation: 'vm_map', thread: thread(SERVER), task: task(CLIENT), address: 0, size: size * PAGE, mask: 0, anywhere: false,
      object: { name: nameOf(look(), SERVER, isReceive), disposition: 'make-send' }, offset: 0, copy: false,
      protection: ['read', 'write'], maximum: ['read', 'write'], inheritance: 'none',
    };
    const object = nameOf(look(), SERVER, isReceive);
    yield message(SERVER, null, object);
    yield { operation: 'memory_object_ready', thread: thread(SERVER), control: controlOf(look()), cacheable: false, strategy: 'delay' };
    yield message(SERVER, null, object);
  },
  * calls(look, size): Generator<ScriptStep<MachCall>> {
    const object = nameOf(look(), SERVER, isReceive);
    for (let page = 0; page < size; page += 1) {
      yield { operation: 'load', thread: thread(CLIENT), address: page * PAGE };
      yield {
        operation: 'memory_object_data_supply', thread: thread(SERVER), control: controlOf(look()), offset: page * PAGE, size: PAGE,
        data: page * PAGE, lock: [], precious: false, reply: { name: NULL, disposition: 'make-send' },
      };
      // What the pager calls is a message to the kernel, which the model does not queue.
      yield { beside: { message: 1 } };
      yield message(SERVER, null, object);
    }
  },
});

/** The pager knows the port of the object by which the kernel is told about it: it came with the first request. */
function controlOf(state: Parameters<typeof nameOf>[0]) {
  return nameOf(state, SERVER, (entry) => isSend(entry) && entry.tag === 'port' && state.ports[entry.port]!.kernel === 'control');
}

export const scripts: Scripts = { 'external pager': external };

export const note = 'what a pager tells the kernel is one message that is added to what the run was charged';
