import type { ChorusRule } from '#spec/chorus/rules';
import type { MachRule } from '#spec/mach/rules';
import type { QnxRule } from '#spec/qnx/rules';
import { statements, type Finding } from '#spec/paper/statement';

/** A request to another machine comes to more than the same request to a process near by, whatever its size. */
const remoteCostsMore: Finding = {
  of: 'i386',
  one: { workload: 'rpc', kernel: 'chorus', form: 'ipcCall, ipcReply' },
  is: 'less than',
  other: { workload: 'rpc-remote', kernel: 'chorus', form: 'ipcCall, ipcReply' },
};

/** What the paper says of distributed processing as such. */
export const distributedProcessing = statements<MachRule | ChorusRule | QnxRule>()([
  {
    id: 'PAP-2-01',
    section: '2',
    says: 'Distribution can make computations faster and use resources better.',
    verdict: 'cannot be said',
    because: 'That depends on the computation; no rule of a kernel speaks of either.',
    rules: [],
    kernels: [],
    sentences: ['2:2'],
  },
  {
    id: 'PAP-2-02',
    section: '2',
    says:
      'It comes with problems of its own: the cost of communication and synchronisation, transparent access, ' +
      'scalability, control of remote processes, and faults.',
    verdict: 'holds under conditions',
    because:
      'What crosses the network costs more, may be lost, and leaves a client in doubt; what belongs to a site is ' +
      'made and deleted there alone. Of scalability as such no rule speaks.',
    rules: [
      'chorus/remote-message-is-a-packet',
      'chorus/remote-sends-promise-nothing',
      'chorus/lost-call-is-noticed',
      'chorus/actors-are-made-on-their-own-site',
    ],
    kernels: ['chorus'],
    sentences: ['2:3', '2:4'],
    findings: [remoteCostsMore],
  },
  {
    id: 'PAP-2-03',
    section: '2',
    says: 'Tasks that run in parallel need to communicate and to synchronise.',
    verdict: 'cannot be said',
    because: 'It is about programs. All three kernels have messages for the one and waiting for the other.',
    rules: ['mach/blocking-stops-the-caller-alone', 'chorus/semaphores-count-and-wait', 'qnx/send-blocks-until-replied'],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['2:6'],
  },
  {
    id: 'PAP-2-04',
    section: '2',
    says: 'Communication can cost much, over a network above all.',
    verdict: 'holds',
    because:
      'The same exchange takes as many traps, copies and switches and packets besides, so that it comes to more ' +
      'under any tariff that has a price for packets.',
    rules: ['chorus/remote-message-is-a-packet', 'chorus/call-is-two-messages'],
    kernels: ['chorus'],
    sentences: ['2:7'],
    findings: [remoteCostsMore],
  },
  {
    id: 'PAP-2-05',
    section: '2',
    says: 'Transparent access to what is elsewhere can make programming simpler.',
    verdict: 'holds under conditions',
    because:
      'A program makes the same calls wherever its servers are. What it has to reckon with is not the same: loss, ' +
      'delay, and failures that do not say whether the request was served.',
    rules: ['chorus/network-changes-no-arguments', 'chorus/remote-sends-promise-nothing', 'chorus/lost-call-is-noticed'],
    kernels: ['chorus'],
    sentences: ['2:8'],
  },
  {
    id: 'PAP-2-06',
    section: '2',
    says: 'For that the interface must not depend on where a resource is.',
    verdict: 'holds',
    because: 'Names that senders use denote a port or a process and no place, and stay when what they denote moves.',
    rules: ['mach/senders-name-ports-not-processes', 'chorus/network-changes-no-arguments', 'chorus/migrated-port-keeps-its-identifier'],
    kernels: ['mach', 'chorus'],
    sentences: ['2:9'],
  },
  {
    id: 'PAP-2-07',
    section: '2',
    says: 'Distributed systems have to create and control processes on other machines.',
    verdict: 'cannot be said',
    because: 'It says what systems need. What the kernels offer for it is said of each of them.',
    rules: ['chorus/actors-are-made-on-their-own-site'],
    kernels: ['chorus'],
    sentences: ['2:11'],
  },
  {
    id: 'PAP-2-08',
    section: '2',
    says: 'That makes for concurrency and lets the load be balanced.',
    verdict: 'holds under conditions',
    because:
      'What is created elsewhere runs there, and stays there: the load is balanced when processes are placed. To balance it ' +
      'later takes a migration that none of the kernels has.',
    rules: ['chorus/actors-and-threads-stay', 'mach/new-task-runs-on-template-host'],
    kernels: ['mach', 'chorus'],
    sentences: ['2:12'],
  },
  {
    id: 'PAP-2-09',
    section: '2',
    says: 'The more parts a system has the likelier it is that one of them fails.',
    verdict: 'cannot be said',
    because: 'It is arithmetic of probabilities, of which no rule speaks.',
    rules: [],
    kernels: [],
    sentences: ['2:13'],
  },
  {
    id: 'PAP-2-10',
    section: '2',
    says: 'So it matters that a distributed system goes on when a part of it fails.',
    verdict: 'holds under conditions',
    because:
      'That it matters is an opinion. What the kernels do for it is that nobody waits for what has failed: clients ' +
      'are told, and what does not depend on the failed part goes on.',
    rules: [
      'mach/request-ends-in-one-reply-message',
      'chorus/lost-call-is-noticed',
      'chorus/partition-hides-sites-from-each-other',
      'qnx/server-death-frees-its-clients',
    ],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['2:14'],
  },
]);
