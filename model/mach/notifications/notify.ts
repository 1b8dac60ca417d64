import type { ReportedName } from '#spec/mach/vocabulary';
import { messageBytes } from '#model/mach/entries';
import { implementing, type Cascade, type Mach } from '#model/mach/world';
import type { Item, Message, PortId } from '#model/mach/state';
import { change } from '#model/operation';

const PORT_DELETED = 65;
const MSG_ACCEPTED = 66;
const PORT_DESTROYED = 69;
const NO_SENDERS = 70;
const SEND_ONCE = 71;
const DEAD_NAME = 72;

/** The kernel sends a message through a send-once right. It never waits, and tells nobody if the port is dead. */
export const notify = implementing(
  [
    'mach/notifications-come-on-request', 'mach/dead-notify-port-swallows-notifications',
    'mach/notification-messages-have-fixed-forms', 'mach/kernel-messages-ignore-queue-limits',
  ],
  (world: Mach<Cascade>, port: PortId, id: number, body: readonly Item[]): void => {
    const message: Message = {
      tag: 'message',
      id,
      destination: { port, kind: 'send-once' },
      reply: { tag: 'null', kind: null },
      complex: body.some(({ tag }) => tag === 'rights'),
      body,
      size: messageBytes(body),
      circular: false,
      accepted: null,
      moment: 0,
      arrival: 0,
      serial: change(world.state).serial++,
      sender: -1,
    };
    world.mechanisms.enqueue(world, message);
  },
);

export const notifyPortDeleted = implementing(
  ['mach/port-deleted-carries-the-freed-name'],
  (world: Mach<Cascade>, to: PortId, name: ReportedName): void =>
    world.mechanisms.notify(world, to, PORT_DELETED, [{ tag: 'name', name }]),
);

export const notifyMsgAccepted = implementing(
  ['mach/msg-accepted-carries-the-send-name'],
  (world: Mach<Cascade>, to: PortId, name: ReportedName): void =>
    world.mechanisms.notify(world, to, MSG_ACCEPTED, [{ tag: 'name', name }]),
);

export const notifyDeadName = implementing(
  ['mach/dead-name-notification-carries-the-name'],
  (world: Mach<Cascade>, to: PortId, name: ReportedName): void =>
    world.mechanisms.notify(world, to, DEAD_NAME, [{ tag: 'name', name }]),
);

export const notifyNoSenders = implementing(
  ['mach/last-send-right-fires-no-senders'],
  (world: Mach<Cascade>, to: PortId, makeSend: number): void =>
    world.mechanisms.notify(world, to, NO_SENDERS, [{ tag: 'count', count: makeSend }]),
);

export const notifySendOnce = implementing(
  ['mach/unused-send-once-right-fires'],
  (world: Mach<Cascade>, to: PortId): void => world.mechanisms.notify(world, to, SEND_ONCE, []),
);

export const notifyPortDestroyed = implementing(
  ['mach/port-destroyed-hands-the-right-over'],
  (world: Mach<Cascade>, to: PortId, port: PortId): void =>
    world.mechanisms.notify(world, to, PORT_DESTROYED, [
      { tag: 'rights', kind: 'receive', rights: [{ tag: 'right', port, kind: 'receive' }], long: false },
    ]),
);
