import type { MachCall } from '#model/mach/world';
import { mach } from '#model/mach/kernel';
import { script, type Scripts } from '#properties/script';
import { asks, clientsOf, ends, inline, SERVER, service, widened } from '#properties/mach/scripts/parties';

/** Each request dies with the port; its reply right, which dies with it, tells the client by a notification. */
const ended = script({
  kernel: mach,
  scope: (size) => ({ threads: [1, ...clientsOf(size).map(() => 1), 1] }),
  * before(look, size): Generator<MachCall> {
    yield* service(look, clientsOf(size));
    yield widened(look(), SERVER, size);
    for (const client of clientsOf(size)) yield asks(look(), client, inline(64));
  },
  * calls(_, size) {
    yield ends(size + 1, SERVER);
  },
});

export const scripts: Scripts = { 'send-once notification': ended };
