import type { MachRule } from '#spec/mach/rules';
import { statements } from '#spec/paper/statement';

/** What the paper's comparison says of Mach's messages and ports within one machine. */
export const machComparisons = statements<MachRule>()([
  {
    id: 'PAP-7.4-03',
    section: '7.4',
    says:
      'Ports help to scale: servers that share a port can be joined by further servers that listen on it.',
    verdict: 'holds under conditions',
    because: 'In Mach the servers must be threads of the one task that holds the receive right.',
    rules: ['mach/message-reaches-one-thread', 'mach/one-task-receives-on-a-port'],
    kernels: ['mach'],
    sentences: ['7.4:4', '7.4:6'],
  },
  {
    id: 'PAP-7.4-04',
    section: '7.4',
    says: 'Mach has ports, as Chorus has.',
    verdict: 'holds',
    because: 'Messages of Mach go to ports, whose queues senders reach through rights.',
    rules: ['mach/new-port-is-empty', 'mach/senders-name-ports-not-processes'],
    kernels: ['mach'],
    sentences: ['7.4:7'],
  },
  {
    id: 'PAP-7.4-05',
    section: '7.4',
    says: 'Mach does not let several processes receive on one port.',
    verdict: 'holds',
    because: 'Several threads of one task may, but not several tasks.',
    rules: ['mach/receive-right-is-exclusive', 'mach/one-task-receives-on-a-port'],
    kernels: ['mach'],
    sentences: ['7.4:7'],
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
    sentences: ['7.5:2'],
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
    sentences: ['7.5:3'],
  },
  {
    id: 'PAP-7.5-04',
    section: '7.5',
    says: 'The port abstraction holds further potential for fault tolerance.',
    verdict: 'holds',
    because: 'Senders name a port, not a process, so its receiver can be replaced without touching them.',
    rules: ['mach/senders-name-ports-not-processes', 'mach/moving-receive-leaves-senders-alone'],
    kernels: ['mach'],
    sentences: ['7.5:5'],
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
    sentences: ['7.5:6'],
    findings: [{
      of: 'messages',
      one: { workload: 'recovery', kernel: 'mach', form: 'backup port' },
      is: 'less than',
      other: { workload: 'recovery', kernel: 'qnx', form: 'located and sent again' },
    }],
    traces: ['mach/failed-server-has-no-backup', 'mach/requests-outlive-their-server'],
  },
  {
    id: 'PAP-7.2-04',
    section: '7.2',
    says: 'Mach copies messages on write.',
    verdict: 'holds under conditions',
    because: 'Data that a message refers to is copied page by page when somebody writes to it; data in the message itself is copied at once.',
    rules: ['mach/region-is-a-copy-at-send', 'mach/copy-on-write-is-invisible', 'mach/inline-data-is-copied-twice'],
    kernels: ['mach'],
    sentences: ['7.2:4'],
    findings: [{
      of: 'bytes copied',
      one: { workload: 'one-way', kernel: 'mach', form: 'out-of-line' },
      is: 'less than',
      other: { workload: 'one-way', kernel: 'mach', form: 'inline' },
    }, {
      of: 'bytes copied',
      one: { workload: 'one-way', kernel: 'mach', form: 'out-of-line' },
      is: 'less than',
      other: { workload: 'one-way', kernel: 'mach', form: 'out-of-line, written' },
    }],
  },
  {
    id: 'PAP-7.3-03',
    section: '7.3',
    says: 'Mach does not migrate processes.',
    verdict: 'holds',
    because: 'A task runs where its template does, and no operation moves it; what can move is a receive right.',
    rules: ['mach/new-task-runs-on-template-host', 'mach/moving-receive-leaves-senders-alone'],
    kernels: ['mach'],
    sentences: ['7.3:3'],
  },
]);
