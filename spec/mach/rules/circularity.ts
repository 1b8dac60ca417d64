import { cite, rules } from '#spec/rule';

/** Receive rights that end up in their own queues. */
export const circularityRules = rules({
  'mach/circular-send-succeeds-and-destroys': {
    number: 'MACH-IPC-40',
    states:
      'Queueing receive rights may close a loop; the simplest is a message with the receive right of a ' +
      'port sent to that port. This is no error: the send reports success, and the kernel destroys the ' +
      'ports and messages of the loop.',
    source: cite('GM: Message Send'),
    standing: 'stated',
  },
  'mach/circularity-follows-rights-in-transit': {
    number: 'MACH-IPC-41',
    states:
      'Each receive right in transit records the port its message is bound for; if the links from the ' +
      'destination lead to the right being sent, the message is marked circular. A right counts as in ' +
      'transit from copy-in to copy-out: also while its sender is still blocked, and while the message is ' +
      'handed to a receiver that has not run. A marked message is destroyed where it would be queued, so ' +
      'that port dies, its queue with it, and in turn the other ports of the loop.',
    source: cite(
      'SRC: ipc/ipc_port.c ipc_port_check_circularity; SRC: ipc/ipc_mqueue.c ipc_mqueue_send; GM18: ' +
      'mach_msg',
    ),
    standing: 'implementation',
  },
  'mach/circular-message-waits-for-room-first': {
    number: 'MACH-IPC-42',
    states:
      'A message marked circular obeys the queue limit first, so its send may block or time out. On ' +
      'timeout the receive right comes back by pseudo-receive and the mark is dropped.',
    source: cite('SRC: ipc/ipc_mqueue.c ipc_mqueue_send; SRC: ipc/ipc_kmsg.c ipc_kmsg_copyout_pseudo'),
    standing: 'implementation',
  },
  'mach/circular-hand-over-lets-the-port-die': {
    number: 'MACH-IPC-43',
    states:
      'A port-destroyed hand-over that would close a loop is not made: the send-once right of the backup ' +
      'is dropped silently and the port dies for good.',
    source: cite('SRC: ipc/ipc_port.c ipc_port_destroy'),
    standing: 'implementation',
  },
});
