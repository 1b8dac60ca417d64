import { implementing, type Cascade, type Mach } from '#model/mach/world';
import type { Carried, PortId } from '#model/mach/state';
import { change } from '#model/operation';

/** One send right fewer. The last one to go fires a registered no-senders request. */
export const releaseSend = implementing(
  ['mach/destroyed-message-destroys-its-contents', 'mach/no-senders-request-fires-once'],
  (world: Mach<Cascade>, id: PortId): void => {
    const port = world.state.ports[id]!;
    if (port.life === 'dead') return;
    change(port).sendRights -= 1;
    const { noSenders, makeSend } = port;
    if (port.sendRights === 0 && noSenders !== null) {
      change(port).noSenders = null;
      world.mechanisms.notifyNoSenders(world, noSenders, makeSend);
    }
  },
);

/** A send-once right goes without having been used: its port is told. */
export const releaseSendOnce = implementing(
  ['mach/send-once-right-yields-one-message'],
  (world: Mach<Cascade>, id: PortId): void => {
    if (world.state.ports[id]!.life === 'live') world.mechanisms.notifySendOnce(world, id);
  },
);

/** A send-once right goes in one of the few ways nobody is told of. */
export const dropSendOnce = implementing(
  ['mach/send-once-right-yields-one-message'],
  (world: Mach, id: PortId): void => {
    const port = world.state.ports[id]!;
    if (port.life === 'live') change(port).sendOnceRights -= 1;
  },
);

/** A right in a message is destroyed with it. */
export const destroyRight = implementing(
  ['mach/destroyed-message-destroys-its-contents'],
  (world: Mach<Cascade>, right: Carried): void => {
    if (right.tag !== 'right') return;
    const { releaseSend: send, releaseSendOnce: once, destroyPort } = world.mechanisms;
    switch (right.kind) {
      case 'send': return send(world, right.port);
      case 'send-once': return once(world, right.port);
      case 'receive': return destroyPort(world, right.port);
    }
  },
);
