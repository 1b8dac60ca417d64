import type { MachCall } from '#model/mach/world';
import type { Name } from '#spec/mach/vocabulary';
import { mach } from '#model/mach/kernel';
import { script, type Scripts } from '#properties/script';
import {
  allocates, answers, asks, clientsOf, ends, gives, inline, isReceive, isSendOnce, message, nameOf, SERVER, service, task, thread, widened,
} from '#properties/mach/scripts/parties';

const ANSWER = inline(64);

/** The server asks that its port go to the backup, which waits for a message to say so. */
const registers = (notify: Name, name: Name): MachCall => ({
  operation: 'mach_port_request_notification', thread: thread(SERVER), task: task(SERVER), name, kind: 'port-destroyed', sync: 0,
  notify: { name: notify, disposition: 'move-send-once' },
});

/** The port goes to the backup with all that is queued; no client notices. The party after the clients is the backup, the last ends the server. */
const backedUp = script({
  kernel: mach,
  scope: (size) => ({ threads: [1, ...clientsOf(size).map(() => 1), 1, 1] }),
  * before(look, size): Generator<MachCall> {
    const backup = size + 1;
    yield* service(look, clientsOf(size));
    yield widened(look(), SERVER, size);
    yield allocates(backup);
    yield gives(look(), backup, nameOf(look(), backup, isReceive), SERVER, 'make-send-once');
    yield registers(nameOf(look(), SERVER, isSendOnce), nameOf(look(), SERVER, isReceive));
    for (const client of clientsOf(size)) yield asks(look(), client, inline(64));
    yield message(backup, null, nameOf(look(), backup, isReceive));
  },
  * calls(look, size) {
    const backup = size + 1;
    yield ends(size + 2, SERVER);
    const port = nameOf(look(), backup, isReceive);
    yield message(backup, null, port);
    for (let served = 0; served < size; served += 1) yield answers(look(), backup, port, ANSWER);
  },
});

export const scripts: Scripts = { 'backup port': backedUp };
