import { cite, rules } from '#spec/rule';

/** What the send half of `mach_msg` reports, and what it then did with the message. */
export const sendErrorRules = rules({
  'mach/malformed-size-refuses-the-send': {
    number: 'MACH-ERR-SEND-MSG-TOO-SMALL',
    states:
      'MACH_SEND_MSG_TOO_SMALL reports a size below a header or misaligned, and then nothing was done; or ' +
      'a last item that runs over the end of the message, and then rights already taken were destroyed.',
    source: cite('GM: Message Send; SRC: ipc/ipc_kmsg.c ipc_kmsg_get, ipc_kmsg_copyin_body'),
    standing: 'stated',
  },
  'mach/unreadable-buffer-refuses-the-send': {
    number: 'MACH-ERR-SEND-NO-BUFFER',
    states:
      'MACH_SEND_NO_BUFFER reports want of kernel memory for the message and MACH_SEND_INVALID_DATA a ' +
      'message buffer that cannot be read. Nothing was done.',
    source: cite('GM: Message Send; SRC: ipc/ipc_kmsg.c ipc_kmsg_get'),
    standing: 'stated',
  },
  'mach/bad-disposition-refuses-the-send': {
    number: 'MACH-ERR-SEND-INVALID-HEADER',
    states:
      'MACH_SEND_INVALID_HEADER reports a disposition that is none for a destination or a reply, or a ' +
      'reply name given without a disposition. Nothing was done.',
    source: cite('GM: Message Send; SRC: ipc/ipc_kmsg.c ipc_kmsg_copyin_header'),
    standing: 'stated',
  },
  'mach/bad-destination-refuses-the-send': {
    number: 'MACH-ERR-SEND-INVALID-DEST',
    states:
      'MACH_SEND_INVALID_DEST reports a destination name that is NULL, unknown, dead, or without the right ' +
      'its disposition needs. Nothing was done.',
    source: cite('GM: Message Send; SRC: ipc/ipc_kmsg.c ipc_kmsg_copyin_header'),
    standing: 'stated',
  },
  'mach/bad-reply-refuses-the-send': {
    number: 'MACH-ERR-SEND-INVALID-REPLY',
    states:
      'MACH_SEND_INVALID_REPLY reports a reply name that is unknown or without the right its disposition ' +
      'needs; a dead name is fine. Nothing was done.',
    source: cite('GM: Message Send; SRC: ipc/ipc_kmsg.c ipc_kmsg_copyin_header'),
    standing: 'stated',
  },
  'mach/bad-notify-port-refuses-the-send': {
    number: 'MACH-ERR-SEND-INVALID-NOTIFY',
    states:
      'MACH_SEND_INVALID_NOTIFY reports a notify name that is not a receive right. With the send-cancel ' +
      'option nothing was done; with the send-notify option the contents come back by pseudo-receive.',
    source: cite('GM: Message Send; SRC: ipc/ipc_kmsg.c ipc_kmsg_copyin_header; SRC: ipc/mach_msg.c'),
    standing: 'stated',
  },
  'mach/bad-body-destroys-the-message': {
    number: 'MACH-ERR-SEND-INVALID-RIGHT',
    states:
      'MACH_SEND_INVALID_RIGHT reports a body right that is not held, MACH_SEND_INVALID_TYPE a bad type ' +
      'descriptor, and MACH_SEND_INVALID_MEMORY an out-of-line region that cannot be read. Some or all of ' +
      'the message was destroyed.',
    source: cite('GM: Message Send; SRC: ipc/ipc_kmsg.c ipc_kmsg_clean_partial'),
    standing: 'stated',
  },
  'mach/unqueued-message-comes-back': {
    number: 'MACH-ERR-SEND-TIMED-OUT',
    states:
      'MACH_SEND_TIMED_OUT, MACH_SEND_INTERRUPTED, MACH_SEND_NOTIFY_IN_PROGRESS and MACH_SEND_NO_NOTIFY ' +
      'report a message that could not be queued: by time, by interruption, because a forced message is ' +
      'still owed its notification, or by want of memory for one. The contents come back by ' +
      'pseudo-receive.',
    source: cite('GM: Message Send; SRC: ipc/mach_msg.c'),
    standing: 'stated',
  },
  'mach/will-notify-means-queued': {
    number: 'MACH-ERR-SEND-WILL-NOTIFY',
    states:
      'MACH_SEND_WILL_NOTIFY reports that the message was queued by force and that a msg-accepted ' +
      'notification is owed.',
    source: cite('GM: Message Send'),
    standing: 'stated',
  },
  'mach/failing-item-spares-later-ones': {
    number: 'MACH-ADD-07',
    states:
      'MACH_SEND_INVALID_TYPE is the answer to a port item whose size is not 32 bits and to an inline item ' +
      'with the deallocate bit. MACH_SEND_MSG_TOO_SMALL for an item that runs over the end destroys the ' +
      'header rights and the items before it; for a short header or a misaligned size it does nothing.',
    source: cite('GM18: mach_msg'),
    standing: 'implementation',
  },
});
