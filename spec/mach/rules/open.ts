import { cite, rules } from '#spec/rule';

/** What the documents leave open: every reading is allowed, and none may be relied on. */
export const openRules = rules({
  'mach/kernel-may-pick-any-free-name': {
    number: 'MACH-UNS-01',
    states: 'The name of a new right is any positive integer that denotes nothing in that name space.',
    source: cite('GM: Exchanging Port Rights'),
    standing: 'silent',
    readings: {
      unused: 'A name not used before.',
      reused: 'A name freed earlier, perhaps just now.',
    },
  },
  'mach/names-may-come-in-any-order': {
    number: 'MACH-UNS-02',
    states: '`mach_port_names` lists the names of a task in any order.',
    source: cite('GM: mach_port_names'),
    standing: 'silent',
    readings: {
      ascending: 'Ordered by name.',
      other: 'Any other order.',
    },
  },
  'mach/any-blocked-receiver-may-be-served': {
    number: 'MACH-UNS-03',
    states: 'Any of the receivers blocked on a port or its set may get the next message.',
    source: cite('GM: Message Receive; SRC: ipc/ipc_mqueue.c ipc_mqueue_send; GM18: mach_msg'),
    standing: 'silent',
    readings: {
      first: 'First come, first served, as in the Carnegie Mellon kernels.',
      last: 'Last come, first served, as observed in GNU Mach 1.8.',
      other: 'Any other of the waiting receivers.',
    },
  },
  'mach/any-blocked-sender-may-go-next': {
    number: 'MACH-UNS-04',
    states:
      'Any of the senders blocked on a port may be woken when there is room, and a newcomer may take the ' +
      'room before it; the documents promise only that none starves.',
    source: cite('GM: Message Send; SRC: ipc/ipc_mqueue.c ipc_mqueue_receive; GM18: mach_msg'),
    standing: 'silent',
    readings: {
      first: 'First come, first served, as in the Carnegie Mellon kernels.',
      last: 'Last come, first served, as observed in GNU Mach 1.8.',
      other: 'Any other of the blocked senders.',
      overtaken: 'A newcomer queues before the woken sender runs.',
    },
  },
  'mach/any-busy-member-may-be-served': {
    number: 'MACH-UNS-05',
    states:
      'A receive from a port set may take its message from any member that has one; the documents promise ' +
      'only that none starves.',
    source: cite('GM: Message Receive; KP: 4 "Port Sets"'),
    standing: 'silent',
    readings: {
      arrival: 'The message that came first among all members.',
      other: 'The first message of any other member that has one.',
    },
  },
  'mach/separate-senders-may-interleave': {
    number: 'MACH-UNS-06',
    states:
      'Messages of different threads to one port, and of one thread to different ports, are received in ' +
      'any order between them.',
    source: cite('KI: mach_msg; DR: 2.3'),
    standing: 'silent',
    readings: {
      sent: 'In the order of sending.',
      interleaved: "In any other order that keeps each thread's messages to each port in order.",
    },
  },
  'mach/either-header-right-may-be-blamed': {
    number: 'MACH-UNS-07',
    states: 'Where destination and reply are both bad, either may be reported.',
    source: cite('GM: Atomicity'),
    standing: 'silent',
    readings: {
      destination: 'MACH_SEND_INVALID_DEST.',
      reply: 'MACH_SEND_INVALID_REPLY.',
    },
  },
  'mach/body-items-may-go-in-any-order': {
    number: 'MACH-UNS-08',
    states:
      'The items of a body are processed in any order, so how much is destroyed when one fails is open, ' +
      'and may be less than all.',
    source: cite('GM: Atomicity; GM: Message Send; GM18: mach_msg'),
    standing: 'silent',
    readings: {
      forward:
        'In order, array elements too: the failing item and all later ones are untouched, and the ' +
        'destination, the reply and all earlier items are destroyed.',
      other: 'In any other order: the destination, the reply and any of the other items are destroyed.',
    },
  },
  'mach/any-applicable-error-may-be-reported': {
    number: 'MACH-UNS-09',
    states: 'Where several arguments of a call are wrong, any error that applies may be reported.',
    source: cite('GM: Port Manipulation Interface; SRC: ipc/mach_port.c'),
    standing: 'silent',
    readings: {
      listed: "The first in the reference implementation's order of checks.",
      other: 'Any other error that applies.',
    },
  },
  'mach/notifications-may-come-in-any-order': {
    number: 'MACH-UNS-10',
    states:
      'The notifications caused by one event are sent in any order; once they are in the queue of one port ' +
      'they keep its order.',
    source: cite('GM: Request Notifications; SRC: ipc/ipc_port.c ipc_port_destroy'),
    standing: 'silent',
    readings: {
      reference: 'In the order of the reference implementation.',
      other: 'In any other order.',
    },
  },
  'mach/dying-task-may-clean-any-name-first': {
    number: 'MACH-UNS-11',
    states:
      'The names of a dying task are cleaned in any order. The outcomes can differ, for instance in ' +
      'whether a notification between two of its own ports was ever made.',
    source: cite('SRC: ipc/ipc_space.c ipc_space_destroy; GM18: task_terminate'),
    standing: 'silent',
    readings: {
      ascending: 'By ascending name, as observed in GNU Mach 1.8.',
      other: 'In any other order.',
    },
  },
  'mach/dying-port-may-accept-or-refuse': {
    number: 'MACH-UNS-12',
    states: 'A send that races with the death of its destination may find the port dead or alive at copy-in.',
    source: cite('GM: Message Send; SRC: ipc/ipc_mqueue.c ipc_mqueue_send'),
    standing: 'silent',
    readings: {
      dead: 'Dead at copy-in: MACH_SEND_INVALID_DEST, and nothing is consumed.',
      alive: 'Alive at copy-in: success, and the message is destroyed.',
    },
  },
  'mach/msg-accepted-time-is-open': {
    number: 'MACH-UNS-13',
    states:
      'When exactly a msg-accepted notification fires, and in what form where the destination dies first, ' +
      'is open.',
    source: cite(
      'GM: Message Send; KI: mach_msg; KP: 4 "Message Queues", "Message Transmission"; SRC: ' +
      'ipc/ipc_marequest.c',
    ),
    standing: 'silent',
    readings: {
      forcible: 'When another message can be forced.',
      queued: 'When the message is really queued.',
      dequeued: 'When the message is dequeued.',
      'died-as-send-once': 'The destination died first: a send-once notification.',
      'died-as-accepted': 'The destination died first: a msg-accepted notification.',
    },
  },
  'mach/timeout-may-tie-with-delivery': {
    number: 'MACH-UNS-22',
    states:
      'A timeout may be late, and where it falls together with the message either may win, but not both.',
    source: cite('GM: Message Send; GM: Message Receive'),
    standing: 'silent',
    readings: {
      timeout: 'The call times out, and the message stays unsent or in its queue.',
      message: 'The call succeeds.',
    },
  },
  'mach/abort-may-race-with-completion': {
    number: 'MACH-UNS-23',
    states: 'A message call that `thread_abort` meets just as it completes is wholly done or wholly undone.',
    source: cite('KI: thread_abort; GM: thread_abort'),
    standing: 'silent',
    readings: {
      done: 'The call completes as if not aborted.',
      undone: 'The call is interrupted as if not yet begun to complete.',
    },
  },
  'mach/limits-belong-to-the-implementation': {
    number: 'MACH-UNS-24',
    states:
      'The ceiling of references, the default and the maximum queue limit, the size of a name space and ' +
      'the number of registered ports are chosen by the implementation.',
    source: cite(
      'GM: mach_port_mod_refs; GM: mach_port_set_qlimit; GM: Inherited Ports; SRC: include/mach/port.h',
    ),
    standing: 'silent',
    readings: {
      reference:
        'A ceiling of 65535 references, a queue limit of 5 by default and 16 at most, and 4 registered ' +
        'ports.',
      other: 'Any other values, as the implementation declares them.',
    },
  },
  'mach/zero-limit-may-still-deliver': {
    number: 'MACH-UNS-25',
    states: 'With a queue limit of 0 and a waiting receiver, whether an ordinary send blocks is open.',
    source: cite('GM: Message Send; SRC: ipc/ipc_mqueue.c ipc_mqueue_send'),
    standing: 'silent',
    readings: {
      block: 'The sender blocks, as in the reference implementation.',
      deliver: 'The message goes straight to the waiting receiver.',
    },
  },
  'mach/optimisations-may-be-used': {
    number: 'MACH-UNS-26',
    states:
      'Whether a kernel uses hand-off, page stealing or the collapse of copy chains is open, and shows ' +
      'only in costs.',
    source: cite('KP: 5 "Virtual Copy Optimizations"; DR: 4.2'),
    standing: 'silent',
    readings: {
      used: 'The optimisation is used, and the lower count holds.',
      unused: 'The optimisation is not used, and the bound holds.',
    },
  },
  'mach/any-fair-schedule-may-run': {
    number: 'MACH-UNS-29',
    states:
      'Scheduling order, priorities and parallelism are open, as long as the schedule is fair to every ' +
      'runnable thread.',
    source: cite('KP: 3 "Scheduling Support Traps"; PAP: 4.1'),
    standing: 'silent',
    readings: {
      sequential: 'One runnable thread at a time, in any fair order.',
      parallel: 'Several runnable threads at once, of one task or of several.',
    },
  },
  'mach/replies-may-use-send-rights': {
    number: 'MACH-UNS-31',
    states: 'The reply right of a request may be a send right instead of a send-once right.',
    source: cite('GM: Message Format; DR: 2.1'),
    standing: 'silent',
    readings: {
      'send-once': 'A send-once right: the request ends in exactly one message on the reply port.',
      send: 'A send right: any number of replies may come, or none, and nothing tells the client.',
    },
  },
  'mach/cascades-may-run-in-any-order': {
    number: 'MACH-UNS-32',
    states:
      'Where destroying a message destroys further ports and messages, the order of the cascade is open; ' +
      'the end state is the same.',
    source: cite('GM: Exchanging Port Rights; SRC: ipc/ipc_kmsg.c ipc_kmsg_clean'),
    standing: 'silent',
    readings: {
      'depth-first': 'What hangs on one right is destroyed before the next right of the message.',
      'breadth-first': 'All rights of the message are destroyed before what hangs on them.',
    },
  },
});
