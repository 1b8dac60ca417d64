import { cite, rules } from '#spec/rule';

/** What becomes of the messages for a task that fails, on one machine. */
export const redirectRules = rules({
  'mach/senders-name-ports-not-processes': {
    number: 'MACH-RDR-01',
    states:
      'Senders name a port, and where its receive right lives is hidden from them. So whatever moves the ' +
      'receive right redirects all traffic, queued and future, without touching any client.',
    source: cite('KP: 4 "Port Rights"; GM: Exchanging Port Rights'),
    standing: 'stated',
  },
  'mach/server-may-hand-over-by-plan': {
    number: 'MACH-RDR-02',
    states:
      'A planned hand-over sends the receive right to the successor: the server does it, or a holder of ' +
      'its task port by extracting the right with move-receive. It works while the server task exists.',
    source: cite('GM: Exchanging Port Rights; GM: mach_port_extract_right'),
    standing: 'stated',
  },
  'mach/backup-receives-the-right-on-failure': {
    number: 'MACH-RDR-03',
    states:
      "Where someone with access to the server's receive name has registered a port-destroyed request with " +
      'a send-once right of a backup, the death of the server task puts the receive right, with its queue ' +
      'and blocked senders, into a message to the backup. Later sends reach the same queue.',
    source: cite(
      'KI: mach_port_request_notification; GM: Request Notifications; SRC: ipc/ipc_port.c ipc_port_destroy',
    ),
    standing: 'stated',
  },
  'mach/redirection-needs-six-conditions': {
    number: 'MACH-RDR-04',
    states:
      'The hand-over on failure happens only if the request was registered beforehand for that port and ' +
      "nobody has swapped it since, the backup's notify port is alive at that moment, the hand-over closes " +
      'no loop, and the kernel has memory for it. The server task must be terminated: one that hangs or is ' +
      'suspended triggers nothing.',
    source: cite(
      'GM: Request Notifications; SRC: ipc/ipc_port.c ipc_port_destroy; SRC: ipc/ipc_notify.c ' +
      'ipc_notify_port_destroyed',
    ),
    standing: 'inferred',
  },
  'mach/redirection-keeps-names-and-order': {
    number: 'MACH-RDR-05',
    states:
      'A hand-over on failure keeps every send right valid under its name and with its references, keeps ' +
      "the order of each sender's undelivered messages, and neither loses nor duplicates a message still " +
      'in the queue. Clients see no error.',
    source: cite('GM: Exchanging Port Rights; SRC: ipc/ipc_port.c ipc_port_destroy'),
    standing: 'inferred',
  },
  'mach/redirection-loses-received-requests': {
    number: 'MACH-RDR-06',
    states:
      'A hand-over on failure covers what is in the queue. Requests the dead server had received or been ' +
      'handed are not delivered again, and each of their clients gets a send-once notification; the state ' +
      'of the server is lost, the make-send count and sequence number restart, and the port is in no set. ' +
      'The request is spent: the backup must register anew for a backup of its own.',
    source: cite('GM: Request Notifications; DR: 3.2; SRC: ipc/ipc_port.c ipc_port_destroy'),
    standing: 'inferred',
  },
  'mach/unregistered-death-redirects-nothing': {
    number: 'MACH-RDR-07',
    states:
      'With no port-destroyed request the port dies with its server: send rights become dead names, queued ' +
      'requests are destroyed, and waiting clients get send-once notifications. Recovery is then up to the ' +
      'client, which looks the service up again and sends again.',
    source: cite('GM: Exchanging Port Rights; DR: 2.1; DR: 3.2'),
    standing: 'stated',
  },
  'mach/supervisor-may-forward-to-workers': {
    number: 'MACH-RDR-08',
    states:
      'A supervisor can keep the receive right and forward each message to the current worker. Changing ' +
      'the target redirects all later messages, and covers workers that hang as well.',
    source: cite('DR: 2.5; KP: 4 "Port Rights"'),
    standing: 'stated',
  },
  'mach/client-may-look-up-again': {
    number: 'MACH-RDR-09',
    states:
      'A client can redirect itself: it registers a dead-name request on its send right, and on the ' +
      'notification looks the service up in a name server.',
    source: cite('DR: 2.1; DR: 2.5'),
    standing: 'stated',
  },
  'mach/failed-server-hands-over-to-backup': {
    number: 'MACH-RDR-12',
    states:
      'Let a port have a port-destroyed request to a live backup, with no loop, when the task holding its ' +
      'receive right terminates. Then the port is alive after that step. Every message that was in its ' +
      'queue and not yet handed to a receiver, or is sent to it later, and is not destroyed, is received ' +
      'by a holder of the receive right, in the order of each sender. The first such holder is the one ' +
      "that receives the backup's message.",
    source: cite(
      'KI: mach_port_request_notification; GM: Request Notifications; SRC: ipc/ipc_port.c ipc_port_destroy',
    ),
    standing: 'inferred',
  },
  'mach/one-task-receives-on-a-port': {
    number: 'MACH-RDR-13',
    states:
      'Several threads of one task may receive on one port, but not several tasks, since only one task has ' +
      'the receive right.',
    source: cite('PAP: 7.4; GM: Major Concepts; KP: 1 "Task to Task Communication"'),
    standing: 'stated',
  },
});
