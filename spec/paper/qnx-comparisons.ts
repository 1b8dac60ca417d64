import type { QnxRule } from '#spec/qnx/rules';
import type { QnxNetworkRule } from '#spec/qnx-network/rules';
import { statements } from '#spec/paper/statement';

/** What the paper's comparison says of QNX within one machine. */
export const qnxComparisons = statements<QnxRule | QnxNetworkRule>()([
  {
    id: 'PAP-7.2-07',
    section: '7.2',
    says: 'It is the combination of synchronous messages and the MX structure by which QNX copies less.',
    verdict: 'holds',
    because: 'The rendezvous saves the copy into the kernel each way, and parts save gathering and scattering.',
    rules: ['qnx/each-way-is-one-copy', 'qnx/parts-cost-no-copies'],
    kernels: ['qnx'],
    sentences: ['7.2:5'],
  },
  {
    id: 'PAP-7.3-21',
    section: '7.3',
    says: 'QNX does not let processes migrate.',
    verdict: 'holds',
    because: 'No call moves a process: exec replaces its image where it is, and a message stays with the process that its pid denotes.',
    rules: ['qnx/exec-replaces-the-image', 'qnx/destination-is-one-process', 'qnx-network/step-changes-its-own-node'],
    kernels: ['qnx'],
    sentences: ['7.3:3'],
  },
  {
    id: 'PAP-7.4-06',
    section: '7.4',
    says: 'QNX scales down very well.',
    verdict: 'cannot be said',
    because: 'Only Proc has to be there, but no rule speaks of sizes.',
    rules: ['qnx/proc-is-a-process', 'qnx/system-processes-are-ordinary'],
    kernels: ['qnx'],
    sentences: ['7.4:8'],
  },
  {
    id: 'PAP-7.4-07',
    section: '7.4',
    says: 'Its small memory footprint makes it useful in embedded systems where the other kernels would not fit.',
    verdict: 'cannot be said',
    because: 'Rules speak of behaviour, not of footprints.',
    rules: [],
    kernels: ['qnx'],
    sentences: ['7.4:9'],
  },
  {
    id: 'PAP-7.5-06',
    section: '7.5',
    says: 'QNX cannot redirect messages for a failed process, because it determines their destination by process ids.',
    verdict: 'holds',
    because: 'A pid denotes one process and denotes nothing once that has ended: its clients fail with ESRCH, and have to find another server themselves.',
    rules: [
      'qnx/destination-is-one-process', 'qnx/clients-of-the-dead-all-fail', 'qnx/old-pid-denotes-nothing', 'qnx/name-moves-no-senders',
      'qnx/relay-passes-one-message',
    ],
    kernels: ['qnx'],
    sentences: ['7.5:7'],
    findings: [{
      of: 'messages',
      one: { workload: 'recovery', kernel: 'chorus', form: 'group, called again' },
      is: 'less than',
      other: { workload: 'recovery', kernel: 'qnx', form: 'located and sent again' },
    }],
    traces: ['qnx/pids-are-used-again'],
  },
  {
    id: 'PAP-7.5-21',
    section: '7.5',
    says: 'As services run in address spaces of their own, the failure of one leaves the rest of the system unaffected.',
    verdict: 'holds under conditions',
    because:
      'Those who wait for a process that ends are told, and the memory of others is out of its reach. Proc alone shares ' +
      'the kernel\'s address space, and nothing goes on without it.',
    rules: ['qnx/server-death-frees-its-clients', 'qnx/address-spaces-are-apart', 'qnx/process-ends-in-two-stages', 'qnx/proc-is-a-process'],
    kernels: ['qnx'],
    sentences: ['7.5:2'],
  },
  {
    id: 'PAP-7.5-22',
    section: '7.5',
    says: 'A user-level service can be stopped and started again while the rest goes on.',
    verdict: 'holds under conditions',
    because: 'The new process has another pid. Clients find it by its name, once it has attached that, and no earlier message is brought to it.',
    rules: ['qnx/name-is-attached-once', 'qnx/located-pid-is-a-snapshot', 'qnx/name-moves-no-senders', 'qnx/old-pid-denotes-nothing'],
    kernels: ['qnx'],
    sentences: ['7.5:3'],
  },
]);
