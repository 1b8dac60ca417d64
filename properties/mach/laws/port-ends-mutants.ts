import { buryNames, destroyPort, killPort } from '#model/mach/ports/destroy-port';
import { clearReceiver } from '#model/mach/ports/clear-receiver';
import { copyin } from '#model/mach/rights/copyin';
import { destroyMessage } from '#model/mach/messages/destroy-message';
import { hasRoom } from '#model/mach/messages/send';
import { change } from '#model/operation';
import type { MachMutants } from '#properties/mach/obligation';
import { isReceive } from '#model/mach/entries';
import { altered } from '#properties/mach/laws/altered';

export const portEndMutants: MachMutants = {
  'dead-names-are-told-of-before-the-queue-goes': {
    rule: 'mach/port-death-has-an-order',
    fault: 'dead-name notifications are sent before the queue of the dying port is destroyed',
    mechanisms: {
      killPort: (world, id) => {
        const requests = buryNames(world, id);
        for (const { name, notify } of requests) world.mechanisms.notifyDeadName(world, notify, name);
        killPort(world, id);
      },
    },
  },
  'moved-port-loses-its-queue': {
    rule: 'mach/moving-receive-leaves-senders-alone',
    fault: 'messages queued at a port are lost when its receive right moves',
    mechanisms: {
      clearReceiver: (world, id) => {
        clearReceiver(world, id);
        change(world.state.ports[id]!).queue = [];
      },
    },
  },
  'moved-port-loses-its-backup': {
    rule: 'mach/moving-receive-leaves-senders-alone',
    fault: 'a port-destroyed request is dropped when the receive right moves',
    mechanisms: {
      copyin: (world, task, name, disposition) => {
        const copied = copyin(world, task, name, disposition);
        if (disposition === 'move-receive' && copied.right.tag === 'right') {
          const port = change(world.state.ports[copied.right.port]!);
          if (port.portDestroyed !== null) world.mechanisms.dropSendOnce(world, port.portDestroyed);
          port.portDestroyed = null;
        }
        return copied;
      },
    },
  },
  'port-in-transit-is-full': {
    rule: 'mach/port-in-transit-accepts-messages',
    fault: 'senders have to wait while the receive right of the port is on its way',
    mechanisms: {
      hasRoom: (world, message) => {
        const { port, kind } = message.destination;
        const { life, kernel } = world.state.ports[port]!;
        const isHeld = world.state.tasks.some(({ names }) => names.some((entry) => isReceive(entry) && entry.port === port));
        return (isHeld || life === 'dead' || kernel !== null || kind === 'send-once') && hasRoom(world, message);
      },
    },
  },
  'destroyed-message-leaks-its-body': {
    rule: 'mach/destroyed-message-destroys-its-contents',
    fault: 'the rights in the body of a destroyed message stay as they are',
    mechanisms: { destroyBody: () => {} },
  },
  'names-alone-are-senders': {
    rule: 'mach/rights-in-messages-are-extant',
    fault: 'there are no senders once no name sends, whatever messages carry',
    mechanisms: {
      copyin: (world, task, name, disposition) => {
        const copied = copyin(world, task, name, disposition);
        if (disposition !== 'move-send' || copied.right.tag !== 'right') return copied;
        const id = copied.right.port;
        const port = change(world.state.ports[id]!);
        const sends = world.state.tasks.some(({ names }) => names.some((entry) => entry?.tag === 'port' && entry.port === id && entry.sends > 0));
        if (!sends && port.noSenders !== null) {
          world.mechanisms.notifyNoSenders(world, port.noSenders, port.makeSend);
          port.noSenders = null;
        }
        return copied;
      },
    },
  },
  'circularity-is-seen-at-once-only': {
    rule: 'mach/circularity-follows-rights-in-transit',
    fault: 'a loop is only seen where a right is sent to its own port',
    mechanisms: { isCircular: (_world, port, destination) => port === destination },
  },
  'circular-message-needs-no-room': {
    rule: 'mach/circular-message-waits-for-room-first',
    fault: 'a message that closes a loop is destroyed although its destination has no room',
    mechanisms: { hasRoom: (world, message) => message.circular || hasRoom(world, message) },
  },
  'circular-hand-over-is-made': {
    rule: 'mach/circular-hand-over-lets-the-port-die',
    fault: 'a port is handed over to a backup that is on its way to it',
    mechanisms: { destroyPort: (world, id) => destroyPort(altered(world, { isCircular: () => false }), id) },
  },
  'cascade-ends-with-the-first-message': {
    rule: 'mach/cascades-may-run-in-any-order',
    fault: 'messages whose port dies in the destruction of another message just vanish',
    mechanisms: {
      destroyMessage: (world, message) => {
        if (world.state.doomed.length === 0) destroyMessage(world, message);
      },
    },
  },
};
