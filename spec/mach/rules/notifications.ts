import { cite, rules } from '#spec/rule';

/** What the kernel tells, to whom, and when: requests, their slots, and each kind of notification. */
export const notificationRules = rules({
  'mach/notifications-come-on-request': {
    number: 'MACH-NTF-01',
    states:
      'Every notification arrives through one send-once right, whatever the queue limit. A send-once ' +
      'notification uses the right whose destruction it reports; each other kind is sent only on request, ' +
      'through a right that the requester supplied. `mach_port_request_notification` is an atomic swap: it ' +
      'returns the right registered before, and NULL cancels.',
    source: cite('DR: 3.3; GM: Request Notifications'),
    standing: 'stated',
  },
  'mach/notifications-arrive-on-send-once-rights': {
    number: 'MACH-NTF-02',
    states:
      'Because notifications arrive on send-once rights, a receiver can tell them from messages of those ' +
      'who hold send rights.',
    source: cite('DR: 2.2'),
    standing: 'stated',
  },
  'mach/requests-have-one-slot-each': {
    number: 'MACH-NTF-03',
    states:
      'A port has one slot for a no-senders and one for a port-destroyed request. A name of a task has one ' +
      'slot for a dead-name and one for a msg-accepted request.',
    source: cite('GM: Request Notifications; GM: Message Send; SRC: ipc/ipc_port.c, ipc/ipc_marequest.c'),
    standing: 'stated',
  },
  'mach/dead-notify-port-swallows-notifications': {
    number: 'MACH-NTF-04',
    states: 'A notification vanishes if the port it is bound for is dead.',
    source: cite('SRC: ipc/ipc_mqueue.c ipc_mqueue_send'),
    standing: 'implementation',
  },
  'mach/dead-name-notification-adds-a-reference': {
    number: 'MACH-NTF-05',
    states:
      'A dead-name request may sit on a receive, send or send-once name. When it fires, the references of ' +
      'the dead name grow by one, so the recipient owes one deallocate more.',
    source: cite('GM: Request Notifications'),
    standing: 'stated',
  },
  'mach/request-on-a-dead-name-fires': {
    number: 'MACH-NTF-06',
    states:
      'A dead-name request on a name already dead fires at once, and adds its reference, where `sync` is ' +
      'not zero and the notify right is not NULL; at the reference ceiling it is refused with ' +
      'KERN_UREFS_OVERFLOW. Otherwise it is refused with KERN_INVALID_ARGUMENT.',
    source: cite('GM: Request Notifications'),
    standing: 'stated',
  },
  'mach/watched-name-is-live-dead-or-deleted': {
    number: 'MACH-NTF-07',
    states:
      'A name for which a dead-name request was made is live with the request on it, or dead with a ' +
      'dead-name notification sent, or free with a port-deleted notification sent, unless the request was ' +
      'cancelled or dropped by the send-cancel option.',
    source: cite('KP: 4 "Port Name Space"'),
    standing: 'stated',
  },
  'mach/requests-follow-a-rename': {
    number: 'MACH-NTF-08',
    states: 'The requests on a name follow it through a rename, and their notifications carry the new name.',
    source: cite('SRC: ipc/ipc_right.c ipc_right_rename'),
    standing: 'stated',
  },
  'mach/no-senders-request-fires-once': {
    number: 'MACH-NTF-09',
    states:
      'A no-senders request with a notify right and sync value s fires at once if there are no extant send ' +
      'rights and the make-send count is at least s. Otherwise it is stored, and fires when the last send ' +
      'right is next lost, whatever the make-send count is then. It fires once, and carries the make-send ' +
      'count of that moment.',
    source: cite('GM: Request Notifications; SRC: ipc/ipc_port.c ipc_port_nsrequest'),
    standing: 'stated',
  },
  'mach/only-send-rights-are-senders': {
    number: 'MACH-NTF-10',
    states: 'Senders are the extant send rights alone; send-once rights are not counted among them.',
    source: cite('DR: 2.2; KP: 4 "Port Name Space"'),
    standing: 'stated',
  },
  'mach/make-send-count-grows-by-make-send': {
    number: 'MACH-NTF-11',
    states:
      'The make-send count grows only by make-send, is zeroed when the receive right moves, and can be ' +
      'set. A server compares the count a no-senders notification carries with its own tally, and so ' +
      'detects a later make-send that raced with it.',
    source: cite('KP: 4 "Port Name Space"; GM: Request Notifications'),
    standing: 'stated',
  },
  'mach/moved-receive-keeps-no-senders-request': {
    number: 'MACH-NTF-12',
    states:
      'Moving the receive right keeps the no-senders request. The documents announce a later change that ' +
      'would cancel it with a send-once notification.',
    source: cite('KP: 4 "Port Rights"; KI: mach_port_request_notification'),
    standing: 'stated',
  },
  'mach/send-once-right-yields-one-message': {
    number: 'MACH-NTF-13',
    states:
      'Every send-once right made ends in exactly one message on its port, if the port lives: one sent ' +
      'through it, or a send-once notification. A no-senders right whose port dies, and a msg-accepted ' +
      'right whose destination dies, may yield send-once instead of their own kind. The implementation ' +
      'consumes some without a message: with send-cancel, an unused receive-notify right, a circular ' +
      'port-destroyed hand-over, a kernel port as destination, and out of memory.',
    source: cite(
      'KI: mach_port_request_notification; KP: 4 "Port Rights"; SRC: ipc/ipc_port.c ' +
      'ipc_port_release_sonce; GM18: mach_msg',
    ),
    standing: 'stated',
  },
  'mach/port-destroyed-hands-the-right-over': {
    number: 'MACH-NTF-14',
    states:
      'Where a receive right with a port-destroyed request would be destroyed (by destroy, ' +
      '`mach_port_mod_refs`, task death, or destruction of a message that carries it), the kernel sends it ' +
      'instead in a message through the registered right, which consumes the request. The `sync` value of ' +
      'such a request must be 0.',
    source: cite('GM: Request Notifications; KI: mach_port_request_notification'),
    standing: 'stated',
  },
  'mach/hand-over-keeps-queue-and-senders': {
    number: 'MACH-NTF-15',
    states:
      'A port-destroyed hand-over leaves the queue, the send and send-once rights, the dead-name requests ' +
      'of other names, the no-senders request and even the blocked senders as they are. The make-send ' +
      'count and the sequence number restart at 0, set membership is lost, and threads of the old task ' +
      'that wait on the port get MACH_RCV_PORT_DIED.',
    source: cite('SRC: ipc/ipc_port.c ipc_port_destroy'),
    standing: 'implementation',
  },
  'mach/hand-over-needs-a-live-backup': {
    number: 'MACH-NTF-16',
    states:
      'If the notify port of a port-destroyed request is dead when the request fires, the message is ' +
      'destroyed with the receive right in it, and the port dies for good.',
    source: cite(
      'SRC: ipc/ipc_notify.c ipc_notify_port_destroyed; SRC: ipc/ipc_mqueue.c ipc_mqueue_send; SRC: ' +
      'ipc/ipc_port.c ipc_port_release_receive',
    ),
    standing: 'implementation',
  },
  'mach/hand-over-leaves-the-send-right': {
    number: 'MACH-NTF-17',
    states:
      'Where `mach_port_mod_refs` takes the receive right off a combined name whose port has a ' +
      'port-destroyed request, only the receive right goes, and the name keeps its live send right with ' +
      'all its references. `mach_port_destroy` and task death take the whole name in every reading.',
    source: cite(
      'GM: mach_port_mod_refs; SRC: ipc/ipc_right.c ipc_right_delta; XNU: ipc_right_delta; GM18: ' +
      'mach_port_mod_refs',
    ),
    standing: 'disputed',
    readings: {
      documented: 'The name stays a live send right, as later XNU has it.',
      gnumach:
        'The name becomes a dead name although the port lives, and the port counts one send right too many ' +
        'for ever, so no-senders cannot fire. A dead-name request adds its reference at once, but its ' +
        'notification comes only when the port really dies.',
    },
  },
  'mach/dead-destination-settles-msg-accepted': {
    number: 'MACH-NTF-18',
    states:
      'When the destination dies before the msg-accepted notification it owes, the registered right is ' +
      'used all the same; in which kind of notification is disputed.',
    source: cite(
      'GM: Message Send; KI: mach_msg; SRC: ipc/ipc_marequest.c ipc_marequest_destroy; GM18: mach_msg',
    ),
    standing: 'disputed',
    readings: {
      documented: 'A send-once notification arrives.',
      gnumach: 'A msg-accepted notification arrives.',
    },
  },
  'mach/dropped-previous-right-notifies': {
    number: 'MACH-NTF-19',
    states:
      'A request returns the right registered before; if the caller drops that right, its port gets a ' +
      'send-once notification.',
    source: cite('GM: Request Notifications; KI: mach_port_request_notification'),
    standing: 'inferred',
  },
  'mach/dead-name-notification-carries-the-name': {
    number: 'MACH-NTF-DEAD-NAME',
    states:
      'A dead-name notification fires when a port dies while a name with a request survives as a dead ' +
      'name, and carries that name.',
    source: cite('GM: Request Notifications'),
    standing: 'stated',
  },
  'mach/port-deleted-carries-the-freed-name': {
    number: 'MACH-NTF-PORT-DELETED',
    states:
      'A port-deleted notification fires when a name with a dead-name request is freed by an operation ' +
      'that began with its port alive, and carries that name, which may by then be in use again.',
    source: cite('GM: Request Notifications; SRC: ipc/ipc_right.c ipc_right_dncancel'),
    standing: 'stated',
  },
  'mach/last-send-right-fires-no-senders': {
    number: 'MACH-NTF-NO-SENDERS',
    states:
      'A registered no-senders request fires in the very step in which the last send right of the port ' +
      'vanishes, in names, in messages and in the kernel alike.',
    source: cite('GM: Request Notifications; KP: 4 "Port Rights"'),
    standing: 'stated',
  },
  'mach/unused-send-once-right-fires': {
    number: 'MACH-NTF-SEND-ONCE',
    states: 'A send-once notification fires when a send-once right is destroyed unused, and carries nothing.',
    source: cite('KP: 4 "Port Rights"; GM: mach_port_destroy'),
    standing: 'stated',
  },
  'mach/msg-accepted-carries-the-send-name': {
    number: 'MACH-NTF-MSG-ACCEPTED',
    states:
      'A msg-accepted notification carries the name through which the message was forced, or NULL if that ' +
      'name was freed before, with its task or by itself; a rename changes the name it carries.',
    source: cite('GM: Message Send; SRC: ipc/ipc_marequest.c ipc_marequest_destroy; GM18: mach_msg'),
    standing: 'stated',
  },
  'mach/notification-messages-have-fixed-forms': {
    number: 'MACH-ADD-04',
    states:
      'Notifications have the ids 65 port-deleted, 66 msg-accepted, 69 port-destroyed, 70 no-senders, 71 ' +
      'send-once and 72 dead-name, no remote port or remote disposition, and send-once as local ' +
      'disposition. The body holds a name as a name, a count as an integer, and a right as a right, so ' +
      'only port-destroyed is complex. A send-once notification has 24 bytes and the others 32, which ' +
      'matters to small buffers.',
    source: cite('GM18: mach_msg'),
    standing: 'implementation',
  },
});
