import { messageBytes } from '#model/mach/entries';
import { implementing, type Cascade, type Mach } from '#model/mach/world';
import type { Item, Message } from '#model/mach/state';
import { change } from '#model/operation';

/** A reply bears the number of its request, and this much. */
const REPLY = 100;

/**
 * A message to a kernel port is served at once, in the sender's step, whatever any limit says. Requests
 * that no operation answers to are destroyed, and the reply says so.
 */
export const serve = implementing(
  ['mach/kernel-port-requests-run-at-once', 'mach/failed-kernel-request-destroys-its-body'],
  (world: Mach<Cascade>, request: Message): void => {
    const { mechanisms, state } = world;
    const { port, kind } = request.destination;
    if (state.ports[port]!.kernel === 'reply') return mechanisms.takeExceptionReply(world, request);
    world.charge('message');
    if (kind === 'send') mechanisms.releaseSend(world, port);
    mechanisms.destroyBody(world, request);
    if (request.reply.tag !== 'right') return;
    const body: readonly Item[] = [{ tag: 'code', code: 'MIG_BAD_ID' }];
    mechanisms.enqueue(world, {
      ...request,
      id: request.id + REPLY,
      destination: { port: request.reply.port, kind: request.reply.kind },
      reply: { tag: 'null', kind: null },
      complex: false,
      body,
      size: messageBytes(body),
      serial: change(state).serial++,
      sender: -1,
    });
  },
);
