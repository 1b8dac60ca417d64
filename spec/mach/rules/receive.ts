import { cite, rules } from '#spec/rule';

/** What a receive does: its target, the order of messages, and what ends the wait. */
export const receiveRules = rules({
  'mach/receive-targets-a-port-or-set': {
    number: 'MACH-MSG-30',
    states: 'A receive names a receive right that is in no set, or a port set.',
    source: cite('GM: Message Receive'),
    standing: 'stated',
  },
  'mach/messages-of-a-port-stay-in-order': {
    number: 'MACH-MSG-31',
    states:
      'A receive from a port takes its messages first in, first out. A receive from a set takes a message ' +
      'of any member that has one, keeps each member in order, and starves none.',
    source: cite('GM: Message Receive; KP: 4 "Message Queues", "Port Sets"'),
    standing: 'stated',
  },
  'mach/set-merges-its-member-queues': {
    number: 'MACH-MSG-32',
    states:
      'A port set has one merged queue, so messages keep their order of arrival across members. Messages ' +
      'already queued at a port that joins go to the tail, and when a port leaves, its own messages leave ' +
      'with it in order.',
    source: cite('SRC: ipc/ipc_pset.c ipc_pset_add, ipc_pset_remove; SRC: ipc/ipc_mqueue.c ipc_mqueue_move'),
    standing: 'implementation',
  },
  'mach/message-reaches-one-thread': {
    number: 'MACH-MSG-33',
    states:
      'Each message is received by exactly one thread. Several threads of the task that holds the receive ' +
      'right may wait on one port.',
    source: cite('KP: 1 "Task to Task Communication"'),
    standing: 'stated',
  },
  'mach/dequeue-advances-the-sequence-number': {
    number: 'MACH-MSG-34',
    states:
      'Dequeueing a message stamps it with the sequence number of its port and advances that number, as ' +
      'one step; from a set, the number is that of the member. The number also advances for a message ' +
      'dequeued and then destroyed, because it is too large or because the notify port is bad.',
    source: cite('GM: Message Receive; SRC: ipc/ipc_mqueue.c ipc_mqueue_receive; GM18: mach_msg'),
    standing: 'stated',
  },
  'mach/large-option-keeps-too-large-messages': {
    number: 'MACH-MSG-35',
    states:
      'A message larger than the buffer is dequeued, its header delivered with reply NULL but with the ' +
      'disposition of the reply, the complex bit and the original size kept, and everything else in it ' +
      'destroyed, so that a send-once reply right becomes a send-once notification. With the receive-large option it ' +
      'stays at the head of the queue, and only the size field is written. Either way the call returns ' +
      'MACH_RCV_TOO_LARGE.',
    source: cite('GM: Message Receive; SRC: ipc/ipc_kmsg.c ipc_kmsg_copyout_dest; GM18: mach_msg'),
    standing: 'stated',
  },
  'mach/too-large-message-wakes-small-waiters': {
    number: 'MACH-MSG-36',
    states:
      'Where several threads wait, an arriving message wakes each waiter with the receive-large option ' +
      'that is too small for it, with MACH_RCV_TOO_LARGE, until one takes it or it is queued. A waiter ' +
      'without that option takes the message whatever its size, and one too large for it is destroyed.',
    source: cite('SRC: ipc/ipc_mqueue.c ipc_mqueue_send; GM18: mach_msg'),
    standing: 'implementation',
  },
  'mach/timed-out-receive-leaves-the-queue': {
    number: 'MACH-MSG-37',
    states:
      'A receive with the timeout option returns MACH_RCV_TIMED_OUT when its time is over, with no effect ' +
      'on the queue. A timeout of zero polls.',
    source: cite('GM: Message Receive'),
    standing: 'stated',
  },
  'mach/waiting-receiver-learns-of-changes': {
    number: 'MACH-MSG-38',
    states:
      'A thread waiting on a port gets MACH_RCV_PORT_DIED when the receive right is destroyed or moved ' +
      'away, and MACH_RCV_PORT_CHANGED when it joins a set; a rename leaves it waiting. A thread waiting ' +
      'on a set gets MACH_RCV_PORT_DIED when the set is destroyed; members that join, leave or die leave ' +
      'it waiting, but a member joining with queued messages satisfies the wait.',
    source: cite(
      'GM: Message Receive; SRC: ipc/ipc_port.c ipc_port_clear_receiver; SRC: ipc/ipc_pset.c ipc_pset_add, ' +
      'ipc_pset_destroy',
    ),
    standing: 'stated',
  },
  'mach/reply-right-is-named-first': {
    number: 'MACH-MSG-39',
    states:
      'The header is received as one step: first the reply right gets its name, then the destination right ' +
      'is consumed.',
    source: cite('GM: Atomicity; SRC: ipc/ipc_kmsg.c ipc_kmsg_copyout_header'),
    standing: 'stated',
  },
  'mach/receive-notify-watches-the-reply': {
    number: 'MACH-MSG-40',
    states:
      'With the receive-notify option, a reply right that makes a new name gets a dead-name request to the ' +
      'notify port in the same step; a reply already dead arrives as DEAD without request. The notify port ' +
      'is judged after the dequeue and the size test, also where the message carries no reply; anything ' +
      'but a receive right is bad. Then the call returns MACH_RCV_INVALID_NOTIFY and the message is ' +
      'destroyed: its header is delivered, with reply NULL but its disposition kept.',
    source: cite('GM: Message Receive; GM: Atomicity; GM18: mach_msg'),
    standing: 'stated',
  },
  'mach/shortage-is-told-to-the-receiver': {
    number: 'MACH-MSG-41',
    states:
      'A shortage in the header destroys the message, with MACH_RCV_HEADER_ERROR. A shortage in the body ' +
      'delivers as much as possible, with MACH_RCV_BODY_ERROR, NULL for each lost right, and address 0 and ' +
      'size 0 for each lost region. A task always learns of everything it gets.',
    source: cite('GM: Message Receive'),
    standing: 'stated',
  },
  'mach/lost-right-shows-in-the-local-port': {
    number: 'MACH-MSG-42',
    states:
      'If the caller loses the receive right between dequeue and translation, the call still succeeds. The ' +
      'local port is DEAD if the right was destroyed, NULL if it moved away, and the new name if it was ' +
      'renamed. Where the right moved, a destination given by a send-once right puts a send-once ' +
      'notification on the port, for its new holder.',
    source: cite('GM: Message Receive; SRC: ipc/ipc_object.c ipc_object_copyout_dest; GM18: mach_msg'),
    standing: 'stated',
  },
  'mach/waiting-receiver-is-served-in-two-steps': {
    number: 'MACH-ADD-01',
    states:
      'A message for a waiting receiver is handed over in the step of its sender: the sequence number is ' +
      'stamped, but the message still counts in the queue and its rights are unnamed until the receiver ' +
      'runs. Then the count falls, at most one sender is woken, and the rights get names. In between, a ' +
      'receive right it carries is still in transit, and another send may see a full queue. A receiver ' +
      'that is aborted or killed while it is kept from running completes the receipt first. Where the ' +
      'system comes to rest between calls, only the end shows.',
    source: cite('GM18: mach_msg; GM18: thread_terminate; SRC: ipc/ipc_mqueue.c ipc_mqueue_send; SRC: kern/thread.c thread_halt'),
    standing: 'implementation',
  },
});
