import type { Disposition, Inheritance, NameRight, NotificationKind, TypeFlag } from '#spec/mach/vocabulary';

/** The numbers that stand for words in requests and replies. */
export const rightWords: Readonly<Record<NameRight, number>> = {
  send: 0, receive: 1, 'send-once': 2, 'port-set': 3, 'dead-name': 4,
};

export const dispositionNumbers: Readonly<Record<Disposition, number>> = {
  'move-receive': 16, 'move-send': 17, 'move-send-once': 18, 'copy-send': 19, 'make-send': 20, 'make-send-once': 21,
};

export const notificationNumbers: Readonly<Record<NotificationKind, number>> = {
  'port-destroyed': 69, 'no-senders': 70, 'dead-name': 72,
};

export const taskPortWords = { self: 1, exception: 3, bootstrap: 4 } as const;
export const threadPortWords = { self: 1, exception: 3 } as const;

export const inheritanceWords: Readonly<Record<Inheritance, number>> = { share: 0, copy: 1, none: 2 };

export const strategyWords = { none: 0, delay: 2, temporary: 3 } as const;

/** Which pages a lock request wants returned. */
export const returnWords = { nothing: 0, dirty: 1, all: 2 } as const;

export const typeBits: Readonly<Record<TypeFlag, number>> = {
  send: 1 << 16, receive: 1 << 17, 'send-once': 1 << 18, 'port-set': 1 << 19, 'dead-name': 1 << 20,
  'dead-name-request': 1 << 31, 'msg-accepted-request': 1 << 30,
};
