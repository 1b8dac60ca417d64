import { cite, rules } from '#spec/rule';

/** What a send does, in the order of its steps: form, cancel check, header, body, wait, queue. */
export const sendRules = rules({
  'mach/message-contents-are-fixed-at-send': {
    number: 'MACH-MSG-10',
    states:
      'The contents of a message are fixed when it is sent. What the sender later writes to its buffer or ' +
      'to an out-of-line region stays invisible to the receiver.',
    source: cite('GM: Message Send'),
    standing: 'stated',
  },
  'mach/send-proceeds-below-the-queue-limit': {
    number: 'MACH-MSG-11',
    states:
      'A send proceeds without blocking exactly if the message count of the port is below its queue limit, ' +
      'or the destination is a send-once right, or the sender is the kernel. Forced messages are counted, ' +
      'so the count may exceed the limit.',
    source: cite('GM: Message Send; SRC: ipc/ipc_mqueue.c ipc_mqueue_send'),
    standing: 'stated',
  },
  'mach/zero-limit-blocks-ordinary-senders': {
    number: 'MACH-MSG-12',
    states:
      'Room in a queue is judged by its count alone: with a queue limit of 0 an ordinary sender blocks ' +
      'even while a receiver is waiting.',
    source: cite('SRC: ipc/ipc_mqueue.c ipc_mqueue_send'),
    standing: 'implementation',
  },
  'mach/blocked-send-holds-its-rights': {
    number: 'MACH-MSG-13',
    states:
      'A sender that finds no room blocks, with its rights and memory already out of its task and held by ' +
      'the pending message.',
    source: cite('DR: 3.4.1; GM: Message Send'),
    standing: 'stated',
  },
  'mach/timed-out-send-gives-contents-back': {
    number: 'MACH-MSG-14',
    states:
      'A send with the timeout option gives up when its time is over: it returns MACH_SEND_TIMED_OUT, and ' +
      'the contents come back by pseudo-receive. A timeout of zero only tests for room. The option bit ' +
      'alone decides whether there is a timeout, since zero is a time as good as any.',
    source: cite('GM: Message Send; SRC: include/mach/message.h'),
    standing: 'stated',
  },
  'mach/pseudo-receive-returns-contents': {
    number: 'MACH-MSG-15',
    states:
      'Pseudo-receive gives the contents of an unsent message back to its sender, with the header rights ' +
      'treated like body rights and not swapped. Names may change, and out-of-line regions may move.',
    source: cite('GM: Message Send'),
    standing: 'stated',
  },
  'mach/pseudo-receive-keeps-copy-in-effects': {
    number: 'MACH-MSG-16',
    states:
      'After pseudo-receive, a copy-send destination has become a reference more in the sender and a ' +
      'move-send in the header; make-send a new send reference, with the make-send count still advanced; ' +
      'make-send-once a send-once right under a fresh name. Move-receive gives the receive right back, ' +
      'perhaps under another name, with make-send count and sequence number 0 and in no set. A dead-name ' +
      'request that copy-in consumed stays consumed. Sending the returned message as it is restores the ' +
      'balance.',
    source: cite('SRC: ipc/ipc_kmsg.c ipc_kmsg_copyout_pseudo'),
    standing: 'implementation',
  },
  'mach/interrupted-send-gives-contents-back': {
    number: 'MACH-MSG-17',
    states:
      'An interrupted send behaves like one that timed out: it returns MACH_SEND_INTERRUPTED, and the ' +
      'contents come back by pseudo-receive.',
    source: cite('GM: Message Send'),
    standing: 'stated',
  },
  'mach/send-notify-queues-one-message': {
    number: 'MACH-MSG-18',
    states:
      'With the send-notify option a message that would block (after the timeout, if one is given) is ' +
      'queued all the same, the call returns MACH_SEND_WILL_NOTIFY, and a msg-accepted notification is ' +
      'owed, at most one at a time for each send or receive name of a task. A second attempt gives ' +
      'MACH_SEND_NOTIFY_IN_PROGRESS, and a notify port that is not a receive right ' +
      'MACH_SEND_INVALID_NOTIFY, both with pseudo-receive. The request follows a rename and a move of the ' +
      'receive right, and carries NULL once the requesting task is dead. When the notification fires ' +
      'is disputed, and the option was to be removed.',
    source: cite(
      'GM: Message Send; KI: mach_msg; KP: 4 "Message Queues", "Message Transmission"; SRC: ' +
      'ipc/ipc_marequest.c; SRC: ipc/ipc_mqueue.c ipc_mqueue_receive; GM18: mach_msg',
    ),
    standing: 'disputed',
    readings: {
      documented:
        'The message is queued at once, and the notification fires when another message can be forced.',
      principles: 'The message is left waiting, and the notification fires when it is really queued.',
      gnumach: 'The message is queued at once, and the notification fires when that message is dequeued.',
    },
  },
  'mach/send-notify-acts-only-when-full': {
    number: 'MACH-MSG-19',
    states:
      'Where the send would not block, the send-notify option has no effect. If the name is freed before ' +
      'the msg-accepted notification is sent, the notification carries NULL.',
    source: cite('GM: Message Send'),
    standing: 'stated',
  },
  'mach/send-cancel-may-drop-port-deleted': {
    number: 'MACH-MSG-20',
    states:
      'With the send-cancel option, where the send takes the destination name from the sender and that ' +
      'name has a dead-name request to the given notify port, the port-deleted notification may be left ' +
      'out and its send-once right dropped silently. A notify name that is not a receive right gives ' +
      'MACH_SEND_INVALID_NOTIFY, and nothing is done.',
    source: cite('GM: Message Send; SRC: ipc/ipc_kmsg.c ipc_kmsg_copyin_header'),
    standing: 'stated',
  },
  'mach/one-thread-sends-in-order': {
    number: 'MACH-MSG-21',
    states:
      'Messages from one thread to one port are received in the order of sending. Between threads, and ' +
      'between ports, the order is free.',
    source: cite('KI: mach_msg; DR: 2.3'),
    standing: 'stated',
  },
  'mach/send-to-a-dying-port-succeeds': {
    number: 'MACH-MSG-22',
    states:
      'If the destination dies after copy-in, before or while the sender is blocked, the send returns ' +
      'success, and the message is destroyed with all that follows.',
    source: cite('SRC: ipc/ipc_mqueue.c ipc_mqueue_send; KP: 4 "Message Transmission"'),
    standing: 'implementation',
  },
  'mach/every-blocked-sender-gets-its-turn': {
    number: 'MACH-MSG-23',
    states:
      'No blocked sender of a live port is passed over for ever while room keeps appearing in the queue; ' +
      'which one goes next is open. A newcomer can take the room before a woken sender runs, which then ' +
      'waits again.',
    source: cite('GM: Message Send; SRC: ipc/ipc_mqueue.c ipc_mqueue_send; GM18: mach_msg'),
    standing: 'disputed',
    readings: {
      documented: 'Every blocked sender proceeds in the end; any of them may be next.',
      gnumach:
        'Last come, first served; a woken sender that finds the queue full again goes back to the front, ' +
        'so the others may starve.',
    },
  },
  'mach/dequeue-wakes-one-sender': {
    number: 'MACH-MSG-24',
    states:
      'Taking a message off a queue wakes at most one blocked sender, and only if the count is then below ' +
      'the limit. Raising the limit by k makes up to k senders runnable, which then queue in any order. ' +
      'Lowering the limit wakes nobody and drops nothing.',
    source: cite(
      'SRC: ipc/ipc_mqueue.c ipc_mqueue_receive; SRC: ipc/ipc_port.c ipc_port_set_qlimit; GM18: ' +
      'mach_port_set_qlimit',
    ),
    standing: 'implementation',
  },
  'mach/send-once-destination-ends-at-receipt': {
    number: 'MACH-MSG-25',
    states:
      'A send-once right used as destination leaves the sender when the message is sent, and is destroyed ' +
      'silently when the message is received.',
    source: cite('KP: 4 "Port Rights"'),
    standing: 'stated',
  },
  'mach/forced-messages-exceed-the-limit': {
    number: 'MACH-ADD-09',
    states:
      'Forced messages of several tasks may pile up beyond the queue limit of a port. A blocked sender ' +
      'wakes only when the count after a dequeue is below the limit.',
    source: cite('GM18: mach_msg'),
    standing: 'implementation',
  },
  'mach/abort-spares-a-woken-sender': {
    number: 'MACH-ADD-10',
    states:
      '`thread_abort` on a sender that has already been woken leaves its send to succeed. On a sender that ' +
      'is still blocked it makes a pseudo-receive, with move-send in the header.',
    source: cite('GM18: thread_abort'),
    standing: 'implementation',
  },
});
