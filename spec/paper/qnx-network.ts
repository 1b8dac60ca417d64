import type { QnxRule } from '#spec/qnx/rules';
import type { QnxNetworkRule } from '#spec/qnx-network/rules';
import { statements } from '#spec/paper/statement';

/** What the paper says of QNX on several nodes. */
export const qnxNetwork = statements<QnxRule | QnxNetworkRule>()([
  {
    id: 'PAP-6.1-04',
    section: '6.1',
    says: 'Communication is transparent to the network, and processes are not aware of where the other is.',
    verdict: 'holds under conditions',
    because:
      'The calls are the same, by the id of an end of a circuit. A process has to make the circuit first, or find it by a name, ' +
      'and calls may fail in ways that they do not on one node.',
    rules: [
      'qnx-network/peer-goes-by-its-vid', 'qnx-network/sender-is-blocked-as-at-home', 'qnx-network/attach-makes-a-pair',
      'qnx-network/name-is-found-on-another-node', 'qnx-network/far-send-says-why-it-failed',
    ],
    kernels: ['qnx'],
  },
  {
    id: 'PAP-6.1-05',
    section: '6.1',
    says: 'When the kernel sees that a destination is elsewhere it invokes its network interface.',
    verdict: 'holds',
    because: 'What is sent by a circuit waits in a queue of the kernel, from which the network manager carries it off.',
    rules: ['qnx-network/message-is-carried-once', 'qnx-network/net-comes-and-goes'],
    kernels: ['qnx'],
  },
  {
    id: 'PAP-7.1-21',
    section: '7.1',
    says: 'QNX sends messages across the network transparently.',
    verdict: 'holds under conditions',
    because:
      'Send, Receive and Reply are the same by a circuit, and those who wait are blocked as they are at home. Relay and shared ' +
      'memory stay on their node, messages have a longest buffer, and nobody is told of a crash until circuits are polled.',
    rules: [
      'qnx-network/peer-goes-by-its-vid', 'qnx-network/sender-is-blocked-as-at-home', 'qnx-network/circuit-is-read-and-written',
      'qnx-network/relay-stays-on-its-node', 'qnx-network/buffer-grows-or-refuses', 'qnx-network/crash-is-not-told',
    ],
    kernels: ['qnx'],
    sentences: ['7.1:1'],
    findings: [{
      of: 'traps',
      one: { workload: 'rpc', kernel: 'qnx', form: 'Send, Receive, Reply' },
      is: 'as much as',
      other: { workload: 'rpc-remote', kernel: 'qnx', form: 'Send, Receive, Reply' },
    }],
  },
  {
    id: 'PAP-7.1-22',
    section: '7.1',
    says: 'This is done by user-level proxies at each node.',
    verdict: 'holds under conditions',
    because: 'The network manager is a process that comes and goes as others do. The ends of circuits, which stand for processes elsewhere, are the kernel\'s.',
    rules: ['qnx-network/net-comes-and-goes', 'qnx-network/message-is-carried-once', 'qnx-network/circuit-ends-with-its-owner'],
    kernels: ['qnx'],
    sentences: ['7.1:2'],
  },
  {
    id: 'PAP-7.3-22',
    section: '7.3',
    says: 'QNX communicates with processes on other nodes.',
    verdict: 'holds',
    because: 'By circuits, which messages and signals cross, and by stand-ins for proxies; names are found on other nodes.',
    rules: [
      'qnx-network/attach-makes-a-pair', 'qnx-network/signal-crosses-a-circuit', 'qnx-network/stand-in-triggers-its-proxy',
      'qnx-network/name-is-found-on-another-node',
    ],
    kernels: ['qnx'],
    sentences: ['7.3:2'],
  },
  {
    id: 'PAP-7.3-23',
    section: '7.3',
    says: 'QNX creates processes on other nodes.',
    verdict: 'cannot be said',
    because: 'The documents say so of spawn; the rules describe what it does on its own node.',
    rules: ['qnx/spawn-makes-a-child-with-its-image'],
    kernels: ['qnx'],
    sentences: ['7.3:2'],
  },
  {
    id: 'PAP-7.5-23',
    section: '7.5',
    says: 'The failure of a process or of a node leaves the rest of the network unaffected.',
    verdict: 'holds under conditions',
    because:
      'Those who wait for a process that ends elsewhere are told. Of a node that crashes nobody is told, and they wait until ' +
      'its silence has been asked about often enough.',
    rules: ['qnx-network/far-death-frees-its-clients', 'qnx-network/crash-is-not-told', 'qnx-network/silence-is-polled', 'qnx-network/dead-circuit-leads-nowhere'],
    kernels: ['qnx'],
    sentences: ['7.5:2'],
    findings: [{
      of: 'checkups',
      one: { workload: 'failure', kernel: 'qnx', form: 'no such process' },
      is: 'less than',
      other: { workload: 'failure-remote', kernel: 'qnx', form: 'found by polls' },
    }],
  },
]);
