import type { MachRule } from '#spec/mach/rules';
import { statements } from '#spec/paper/statement';

/** What the paper's comparison says of Mach's messages and ports within one machine. */
export const machComparisons = statements<MachRule>()([
  {
    id: 'PAP-7.2-02',
    section: '7.2',
    says: 'The efficient message passing of microkernels can meet the needs of distributed applications.',
    verdict: 'cannot be said',
    because: 'Rules bound what is counted, not time, and not needs.',
    rules: ['mach/costs-are-upper-bounds'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-7.2-03',
    section: '7.2',
    says: 'Each of the three kernels has interesting optimisations for communication.',
    verdict: 'holds',
    because: 'Mach passes the processor straight to a waiting receiver, and lets one call send and receive.',
    rules: ['mach/hand-off-runs-the-waiting-receiver', 'mach/combined-call-receives-after-success'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-7.2-05',
    section: '7.2',
    says: 'QNX makes fewer copies, because it synchronises and has multipart structures.',
    verdict: 'holds under conditions',
    because:
      'Inline data is copied twice in Mach since the kernel buffers what is sent, and a rendezvous saves ' +
      'one of the two. The rules here speak of inline data alone.',
    rules: ['mach/inline-data-is-copied-twice'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-7.2-06',
    section: '7.2',
    says: 'That probably gives QNX an advantage in message passing through shared memory.',
    verdict: 'cannot be said',
    because: 'The paper had no measurements, and counted costs are no times.',
    rules: ['mach/costs-are-upper-bounds'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-7.4-03',
    section: '7.4',
    says:
      'Ports help to scale: servers that share a port can be joined by further servers that listen on it.',
    verdict: 'holds under conditions',
    because: 'In Mach the servers must be threads of the one task that holds the receive right.',
    rules: ['mach/message-reaches-one-thread', 'mach/one-task-receives-on-a-port'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-7.4-04',
    section: '7.4',
    says: 'Mach has ports, as Chorus has.',
    verdict: 'holds',
    because: 'Messages of Mach go to ports, whose queues senders reach through rights.',
    rules: ['mach/new-port-is-empty', 'mach/senders-name-ports-not-processes'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-7.4-05',
    section: '7.4',
    says: 'Of the two, only Chorus lets several processes receive on one port.',
    verdict: 'holds',
    because: 'In Mach several threads of one task may, but not several tasks.',
    rules: ['mach/receive-right-is-exclusive', 'mach/one-task-receives-on-a-port'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-7.5-01',
    section: '7.5',
    says:
      'As services run in address spaces of their own, the failure of one leaves the rest of the system ' +
      'unaffected.',
    verdict: 'holds under conditions',
    because:
      'The kernel cleans up only what the failed task held. Whoever depends on its ports is affected: its ' +
      'send rights become dead names, and its requests end in send-once notifications.',
    rules: [
      'mach/cleaning-a-name-depends-on-its-kind',
      'mach/port-death-destroys-queue-and-names',
      'mach/request-ends-in-one-reply-message',
    ],
    kernels: ['mach'],
  },
  {
    id: 'PAP-7.5-02',
    section: '7.5',
    says: 'A user-level service can be stopped and restarted after a failure while the rest makes progress.',
    verdict: 'holds under conditions',
    because:
      'Tasks can be terminated and made anew. Without a backup its ports are new ones, and clients must ' +
      'look the service up again.',
    rules: [
      'mach/terminated-task-releases-everything',
      'mach/template-gives-memory-and-special-ports',
      'mach/unregistered-death-redirects-nothing',
    ],
    kernels: ['mach'],
  },
  {
    id: 'PAP-7.5-03',
    section: '7.5',
    says: 'The simplicity of microkernels makes them correct and reliable.',
    verdict: 'cannot be said',
    because: 'Rules say what is correct, not how likely an implementation is to be so.',
    rules: [],
    kernels: ['mach'],
  },
  {
    id: 'PAP-7.5-04',
    section: '7.5',
    says: 'The port abstraction holds further potential for fault tolerance.',
    verdict: 'holds',
    because: 'Senders name a port, not a process, so its receiver can be replaced without touching them.',
    rules: ['mach/senders-name-ports-not-processes', 'mach/moving-receive-leaves-senders-alone'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-7.5-05',
    section: '7.5',
    says:
      'After a failure the kernel can redirect all future messages for the failed process to another that ' +
      'offers the same service.',
    verdict: 'holds under conditions',
    because:
      'Only for a port whose request for this was registered beforehand, with a live backup and no loop, ' +
      'when the task is terminated. Requests that the server had already received are not redirected.',
    rules: [
      'mach/backup-receives-the-right-on-failure',
      'mach/redirection-needs-six-conditions',
      'mach/redirection-keeps-names-and-order',
      'mach/redirection-loses-received-requests',
      'mach/unregistered-death-redirects-nothing',
      'mach/failed-server-hands-over-to-backup',
    ],
    kernels: ['mach'],
  },
]);
