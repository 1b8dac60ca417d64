import { cite, rules } from '#spec/rule';

/** What a port is, how it lives and how it dies. */
export const portRules = rules({
  'mach/new-port-is-empty': {
    number: 'MACH-IPC-01',
    states:
      'A new port is in no set, has no send or send-once rights, make-send count 0, sequence number 0, the ' +
      'default queue limit, an empty queue and no requests; its creator holds the receive right and ' +
      'nothing else.',
    source: cite('GM: Port Creation'),
    standing: 'stated',
  },
  'mach/receive-right-is-exclusive': {
    number: 'MACH-IPC-02',
    states:
      'The receive right of a live port is in exactly one place: one name of one task, one message, or the ' +
      'kernel.',
    source: cite('GM: Major Concepts; PAP: 4.2'),
    standing: 'stated',
  },
  'mach/port-dies-with-its-receive-right': {
    number: 'MACH-IPC-03',
    states:
      'A port dies when its receive right is lost and no port-destroyed request hands the right over. ' +
      'Nothing else destroys a port.',
    source: cite('KP: 4 "Ports"'),
    standing: 'stated',
  },
  'mach/port-death-destroys-queue-and-names': {
    number: 'MACH-IPC-04',
    states:
      'When a port dies, its queued messages are destroyed with everything in them, every send or ' +
      'send-once name for it becomes a dead name in its task, and the dead-name requests registered on ' +
      'those names fire.',
    source: cite('GM: Exchanging Port Rights'),
    standing: 'stated',
  },
  'mach/port-death-has-an-order': {
    number: 'MACH-IPC-05',
    states:
      'A dying port releases its blocked senders, is marked dead, turns a registered no-senders right into ' +
      'a send-once notification, destroys its queue from the head with all that follows, fires the ' +
      'dead-name notifications, and last sends port-deleted for the receive name if that name had a ' +
      'request and was freed. Where `mach_port_destroy` or task death takes a combined name, its send ' +
      'right is counted off first: if that was the last one, the registered no-senders right is taken out ' +
      'then, and a real no-senders message, with the make-send count from before any reset, follows the ' +
      'other effects of the death (the port-destroyed message too, where there is a backup) and precedes ' +
      'port-deleted. Where `mach_port_mod_refs` takes the receive right of a combined name, the send right ' +
      'is not counted off, and the no-senders right yields its send-once notification first.',
    source: cite(
      'SRC: ipc/ipc_port.c ipc_port_destroy; SRC: ipc/ipc_right.c ipc_right_destroy, ipc_right_delta; ' +
      'GM18: mach_port_destroy, mach_port_mod_refs',
    ),
    standing: 'implementation',
  },
  'mach/moving-receive-leaves-senders-alone': {
    number: 'MACH-IPC-06',
    states:
      'Moving the receive right changes nothing for senders: the queue, the send and send-once rights, and ' +
      'the no-senders and port-destroyed requests all stay. The move resets the make-send count and the ' +
      'sequence number to 0, and takes the port out of its set.',
    source: cite(
      'GM: Exchanging Port Rights; GM: Message Receive; KP: 4 "Ports", "Port Rights", "Port Name Space"; ' +
      'SRC: ipc/ipc_port.c ipc_port_clear_receiver',
    ),
    standing: 'stated',
  },
  'mach/port-in-transit-accepts-messages': {
    number: 'MACH-IPC-07',
    states:
      'While the receive right is in transit in a message, sends to the port still succeed and queue, up ' +
      'to the queue limit.',
    source: cite('GM: Major Concepts'),
    standing: 'stated',
  },
  'mach/destroyed-message-destroys-its-contents': {
    number: 'MACH-IPC-08',
    states:
      'Destroying a message (in the queue of a dying port, circular, too large, with a failed body, after ' +
      'a failed kernel call) destroys each thing in it. A send right leaves its port one sender fewer, ' +
      'perhaps firing no-senders; a send-once right, a reply right included, becomes a send-once ' +
      'notification; a receive right makes its port die or be handed over, perhaps in cascade; out-of-line ' +
      'memory is freed. The destination right simply goes when the destination is dead.',
    source: cite(
      'GM: Exchanging Port Rights; SRC: ipc/ipc_kmsg.c ipc_kmsg_clean; SRC: ipc/ipc_object.c ' +
      'ipc_object_destroy',
    ),
    standing: 'stated',
  },
  'mach/receive-status-reports-the-port': {
    number: 'MACH-ADD-03',
    states:
      'The status of a receive right reports the name of its set or 0, the next sequence number, the ' +
      'make-send count, the queue limit, and the message count with forced and handed-over messages ' +
      'included. It reports the number of send-once rights (in names, in messages, as destinations of ' +
      'queued messages, as registered requests), whether send rights exist, and whether a port-destroyed ' +
      'and a no-senders request are registered.',
    source: cite('GM18: mach_port_get_receive_status'),
    standing: 'implementation',
  },
});
