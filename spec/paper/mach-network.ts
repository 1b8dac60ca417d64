import type { MachRule } from '#spec/mach/rules';
import type { MachNetworkRule } from '#spec/mach-network/rules';
import { statements, type Doer } from '#spec/paper/statement';

const near: Doer = { workload: 'pager-fault', kernel: 'mach', form: 'external pager' };
const far: Doer = { workload: 'pager-fault-remote', kernel: 'mach', form: 'external pager' };

/** What the paper says of Mach on several machines. */
export const machNetwork = statements<MachRule | MachNetworkRule>()([
  {
    id: 'PAP-4.2-22',
    section: '4.2',
    says: 'Mach is transparent to the network by way of a proxy for messages.',
    verdict: 'holds under conditions',
    because:
      'A server on each node has a proxy for each port that lives elsewhere, and nobody who sends or receives can tell. Time, ' +
      'order, crashes and shared memory are not as on one machine.',
    rules: ['mach-network/remote-port-has-one-proxy', 'mach-network/message-passes-through-two-servers', 'mach-network/transparency-has-limits'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-23',
    section: '4.2',
    says: 'The proxy forwards messages over the network to where they are to go, and gives those that come in to the right process.',
    verdict: 'holds under conditions',
    because:
      'It also changes rights into identifiers and back, ships memory as bytes, converts data, and keeps what it sent until it ' +
      'hears what became of it. It gives messages to ports, not to processes.',
    rules: [
      'mach-network/message-passes-through-two-servers', 'mach-network/right-becomes-an-identifier-and-back', 'mach-network/memory-crosses-as-bytes',
      'mach-network/message-is-kept-until-completion',
    ],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.3-15',
    section: '4.3',
    says: 'With that, Mach can easily do remote paging: the pager is on another machine.',
    verdict: 'holds',
    because: 'The kernel asks a proxy, and is told by messages that came over the network; neither it nor the pager does anything else than on one machine.',
    rules: ['mach/paging-is-messages', 'mach-network/kernel-knows-no-network', 'mach-network/memory-crosses-as-bytes'],
    kernels: ['mach'],
    findings: [{ of: 'faults', one: near, is: 'as much as', other: far }],
  },
  {
    id: 'PAP-7.1-01',
    section: '7.1',
    says: 'Mach sends messages across the network transparently.',
    verdict: 'holds under conditions',
    because:
      'A task sends to a right as it does on one machine, and a right in a message denotes the same port wherever it arrives. ' +
      'What differs is when things happen, the order of requests, and what crashes and partitions do.',
    rules: [
      'mach-network/message-passes-through-two-servers', 'mach-network/right-becomes-an-identifier-and-back',
      'mach-network/right-that-comes-home-is-real', 'mach-network/one-way-messages-stay-in-order', 'mach-network/transparency-has-limits',
      'mach-network/partition-looks-like-death',
    ],
    kernels: ['mach'],
    sentences: ['7.1:1'],
  },
  {
    id: 'PAP-7.1-02',
    section: '7.1',
    says: 'This is done by user-level proxies at each node.',
    verdict: 'holds',
    because: 'The kernel knows of no network. The server is a task with rights like any other, and when it ends so do its proxies.',
    rules: ['mach-network/kernel-knows-no-network', 'mach-network/remote-port-has-one-proxy', 'mach-network/restarted-server-loses-its-proxies'],
    kernels: ['mach'],
    sentences: ['7.1:2'],
  },
  {
    id: 'PAP-7.1-03',
    section: '7.1',
    says: 'Mach pages over the network, which took little, since paging is done by messages anyway.',
    verdict: 'holds',
    because:
      'The same requests and answers go to and fro, each of them carried by two servers: there are twice the messages, and as ' +
      'many packets. Nothing was added but the servers.',
    rules: ['mach/paging-is-messages', 'mach/page-states-follow-the-table', 'mach-network/kernel-knows-no-network', 'mach-network/memory-crosses-as-bytes'],
    kernels: ['mach'],
    sentences: ['7.1:3', '7.1:4', '7.1:5'],
    findings: [
      { of: 'faults', one: near, is: 'as much as', other: far },
      { of: 'messages', one: near, is: 'less than', other: far },
    ],
  },
  {
    id: 'PAP-7.3-02',
    section: '7.3',
    says: 'Mach creates processes on other machines and communicates with them.',
    verdict: 'holds',
    because:
      'A task is created by a message to the port of another, on the machine of that one, and the port goes over the network ' +
      'like every other.',
    rules: [
      'mach/kernel-services-are-messages', 'mach/new-task-runs-on-template-host', 'mach-network/tasks-are-controlled-through-proxies',
      'mach-network/message-passes-through-two-servers',
    ],
    kernels: ['mach'],
    sentences: ['7.3:2'],
  },
  {
    id: 'PAP-7.5-08',
    section: '7.5',
    says: 'Redirection after a failure works between machines.',
    verdict: 'holds under conditions',
    because:
      'Where a task fails and its kernel lives, its port goes to a backup on another machine with all that is queued. Where the ' +
      'machine crashes nobody is told, and nothing is handed over: clients have to ask again.',
    rules: [
      'mach-network/hand-over-reaches-a-remote-backup', 'mach-network/machine-crash-hands-nothing-over', 'mach-network/crash-kills-the-ports-of-a-node',
      'mach-network/send-once-guarantee-crosses-nodes',
    ],
    kernels: ['mach'],
    sentences: ['7.5:6'],
    findings: [{
      of: 'messages',
      one: { workload: 'recovery', kernel: 'mach', form: 'backup port' },
      is: 'less than',
      other: { workload: 'recovery-remote', kernel: 'mach', form: 'asked again' },
    }],
  },
]);
