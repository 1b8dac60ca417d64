import { implementing, type Cascade, type Mach } from '#model/mach/world';
import type { Message } from '#model/mach/state';
import { change } from '#model/operation';

/** Destroys a message and everything in it. What that destroys in turn comes after it. */
export const destroyMessage = implementing(
  ['mach/destroyed-message-destroys-its-contents'],
  (world: Mach<Cascade>, message: Message): void => {
    const { state } = world;
    const busy = state.doomed.length > 0;
    change(state).doomed = [...state.doomed, message];
    if (busy) return;
    while (state.doomed.length > 0) {
      world.mechanisms.cleanMessage(world, state.doomed[0]!);
      change(state).doomed = state.doomed.slice(1);
    }
  },
);

/** The right it was sent through, the reply right and the rights in the body go, in this order. */
export const cleanMessage = implementing(
  ['mach/destroyed-message-destroys-its-contents', 'mach/dead-destination-settles-msg-accepted'],
  (world: Mach<Cascade>, message: Message): void => {
    const { state, mechanisms } = world;
    const { port, kind } = message.destination;
    if (message.accepted !== null) {
      mechanisms.payAccepted(world, message.accepted, state.ports[port]!.life === 'dead');
    }
    mechanisms.destroyRight(world, { tag: 'right', port, kind });
    mechanisms.destroyRight(world, message.reply);
    mechanisms.destroyBody(world, message);
  },
);

export const destroyBody = implementing(
  ['mach/destroyed-message-destroys-its-contents'],
  (world: Mach<Cascade>, { body }: Message): void => {
    for (const item of body) {
      if (item.tag === 'rights') for (const right of item.rights) world.mechanisms.destroyRight(world, right);
    }
  },
);
