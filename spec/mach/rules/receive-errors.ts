import { cite, rules } from '#spec/rule';

/** What the receive half of `mach_msg` reports, and what became of the message. */
export const receiveErrorRules = rules({
  'mach/receive-refuses-other-names': {
    number: 'MACH-ERR-RCV-INVALID-NAME',
    states:
      'MACH_RCV_INVALID_NAME reports a receive name that is NULL, unknown, or neither a receive right nor ' +
      'a port set: a send, send-once or dead name. Messages stay untouched.',
    source: cite('GM: Message Receive; KI: mach_msg; SRC: ipc/ipc_mqueue.c ipc_mqueue_copyin'),
    standing: 'stated',
  },
  'mach/receive-refuses-set-members': {
    number: 'MACH-ERR-RCV-IN-SET',
    states: 'MACH_RCV_IN_SET reports a receive right that is in a live port set. Messages stay untouched.',
    source: cite('GM: Message Receive; SRC: ipc/ipc_mqueue.c ipc_mqueue_copyin'),
    standing: 'stated',
  },
  'mach/ended-wait-leaves-messages': {
    number: 'MACH-ERR-RCV-TIMED-OUT',
    states:
      'MACH_RCV_TIMED_OUT and MACH_RCV_INTERRUPTED report a wait that ended by time or by interruption. ' +
      'Messages stay untouched.',
    source: cite('GM: Message Receive'),
    standing: 'stated',
  },
  'mach/lost-right-ends-the-receive': {
    number: 'MACH-ERR-RCV-PORT-DIED',
    states:
      'MACH_RCV_PORT_DIED reports that the caller lost the receive right or port set while it waited. ' +
      'Messages stay untouched, or are destroyed with their port.',
    source: cite('GM: Message Receive'),
    standing: 'stated',
  },
  'mach/joining-a-set-ends-the-receive': {
    number: 'MACH-ERR-RCV-PORT-CHANGED',
    states:
      'MACH_RCV_PORT_CHANGED reports that the port was put into a set while the caller waited on it. ' +
      'Messages are kept.',
    source: cite('GM: Message Receive'),
    standing: 'stated',
  },
  'mach/small-buffer-refuses-the-message': {
    number: 'MACH-ERR-RCV-TOO-LARGE',
    states:
      'MACH_RCV_TOO_LARGE reports a message larger than the buffer. With the receive-large option it is ' +
      'kept, without it destroyed.',
    source: cite('GM: Message Receive'),
    standing: 'stated',
  },
  'mach/bad-receipt-delivers-the-header-alone': {
    number: 'MACH-ERR-RCV-HEADER-ERROR',
    states:
      'MACH_RCV_HEADER_ERROR reports a shortage for the header rights and MACH_RCV_INVALID_NOTIFY a bad ' +
      'notify port. The message is destroyed and its header delivered.',
    source: cite('GM: Message Receive'),
    standing: 'stated',
  },
  'mach/body-shortage-delivers-in-part': {
    number: 'MACH-ERR-RCV-BODY-ERROR',
    states:
      'MACH_RCV_BODY_ERROR reports a shortage in the body. The message is delivered in part: memory for which ' +
      'there was no room arrives at address 0, and its elements have no bits.',
    source: cite('GM: Message Receive'),
    standing: 'stated',
  },
  'mach/unwritable-buffer-still-receives-rights': {
    number: 'MACH-ERR-RCV-INVALID-DATA',
    states:
      'MACH_RCV_INVALID_DATA reports a buffer that cannot be written. The caller has received the rights ' +
      'and memory of the message all the same.',
    source: cite('GM: Message Receive; KI: mach_msg; SRC: ipc/mach_msg.c'),
    standing: 'stated',
  },
});
