import type { ChorusRule } from '#spec/chorus/rules';
import type { MachRule } from '#spec/mach/rules';
import type { MachNetworkRule } from '#spec/mach-network/rules';
import type { QnxRule } from '#spec/qnx/rules';
import type { QnxNetworkRule } from '#spec/qnx-network/rules';
import { statements, type Doer } from '#spec/paper/statement';

const rpc = (kernel: Doer['kernel'], form: string): Doer => ({ workload: 'rpc', kernel, form });
const inParts = (kernel: Doer['kernel'], form: string): Doer => ({ workload: 'scatter-gather', kernel, form });
const recovery = (kernel: Doer['kernel'], form: string): Doer => ({ workload: 'recovery', kernel, form });

const chorusCall = rpc('chorus', 'ipcCall, ipcReply');
const machInline = rpc('mach', 'inline');
const machByReference = rpc('mach', 'out-of-line');
const qnxSend = rpc('qnx', 'Send, Receive, Reply');

/** What the paper's comparison says of all three kernels at once. */
export const comparisons = statements<MachRule | MachNetworkRule | ChorusRule | QnxRule | QnxNetworkRule>()([
  {
    id: 'PAP-7-01',
    section: '7',
    says: 'For some of the problems one of the kernels has key advantages.',
    verdict: 'holds',
    because:
      'QNX copies inline data half as often; Mach hands a failed server\'s port over with all that is queued, so that ' +
      'no client has to ask again; in Chorus a port moves, and groups find a member that is left.',
    rules: ['qnx/each-way-is-one-copy', 'mach/backup-receives-the-right-on-failure', 'chorus/planned-redirect-by-migration', 'chorus/unplanned-redirect-by-groups'],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['7:2'],
    findings: [
      { of: 'bytes copied', one: qnxSend, is: 'less than', other: machInline, from: 64 },
      { of: 'traps', one: recovery('mach', 'backup port'), is: 'less than', other: recovery('chorus', 'group, called again') },
      { of: 'traps', one: recovery('mach', 'backup port'), is: 'less than', other: recovery('qnx', 'located and sent again') },
    ],
  },
  {
    id: 'PAP-7-02',
    section: '7',
    says: 'The design of microkernels as such offers solutions to the problems of distributed systems.',
    verdict: 'holds under conditions',
    because:
      'Messages that name no place make access transparent, and address spaces of their own keep failures apart. How ' +
      'much is redirected after a failure, who may share a port and what can be created elsewhere is different in each.',
    rules: [
      'mach/senders-name-ports-not-processes',
      'chorus/network-changes-no-arguments',
      'chorus/deleted-actor-frees-its-clients',
      'qnx/server-death-frees-its-clients',
      'qnx/address-spaces-are-apart',
    ],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['7:3'],
  },
  {
    id: 'PAP-7.1-06',
    section: '7.1',
    says: 'Kernels are built around messages, so that most of their services are easily made available over the network.',
    verdict: 'holds under conditions',
    because:
      'What is asked for by a message to a port can be. Calls that act on what belongs to a site are refused for ' +
      'another: in Chorus all that make and delete, and memory; and what is relayed or shared in QNX is on one node.',
    rules: [
      'mach/kernel-services-are-messages',
      'mach/paging-is-messages',
      'mach-network/tasks-are-controlled-through-proxies',
      'chorus/network-changes-no-arguments',
      'chorus/memory-is-local',
      'chorus/threads-are-made-on-their-own-site',
      'qnx/proc-serves-by-messages',
      'qnx-network/relay-stays-on-its-node',
    ],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['7.1:6'],
  },
  {
    id: 'PAP-7.2-01',
    section: '7.2',
    says: 'Distributed applications need messages to communicate over a network.',
    verdict: 'cannot be said',
    because: 'It is about applications. All three kernels offer messages that cross, and no memory that does without them.',
    rules: ['mach/paging-is-messages', 'chorus/page-in-is-a-call'],
    kernels: ['mach', 'chorus'],
    sentences: ['7.2:1'],
  },
  {
    id: 'PAP-7.2-02',
    section: '7.2',
    says: 'The efficient message passing of microkernels can meet the needs of distributed applications.',
    verdict: 'cannot be said',
    because: 'Counts bound what a message costs; what applications need is no rule\'s affair.',
    rules: ['mach/costs-are-upper-bounds', 'chorus/remote-message-is-a-packet'],
    kernels: ['mach', 'chorus'],
    sentences: ['7.2:2'],
  },
  {
    id: 'PAP-7.2-03',
    section: '7.2',
    says: 'Each of the three kernels has interesting optimisations for communication.',
    verdict: 'holds',
    because:
      'Mach passes the processor straight to a waiting receiver, and lets one call send and receive; Chorus takes ' +
      'answers past every queue; QNX copies once, and knows of parts.',
    rules: [
      'mach/hand-off-runs-the-waiting-receiver',
      'mach/combined-call-receives-after-success',
      'chorus/reply-takes-no-room-at-the-client',
      'qnx/each-way-is-one-copy',
      'qnx/parts-cost-no-copies',
    ],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['7.2:3'],
    findings: [{ of: 'traps', one: machInline, is: 'less than', other: qnxSend }],
  },
  {
    id: 'PAP-7.2-05',
    section: '7.2',
    says: 'QNX makes fewer copies, because it synchronises and has multipart structures.',
    verdict: 'holds under conditions',
    because:
      'Of data in messages it makes half as many as Mach and Chorus, which buffer what is sent, and none of the four ' +
      'that programs make to gather and scatter parts. Chorus makes as few of bodies that are whole pages, and data that Mach ' +
      'passes by reference it does not copy at all.',
    rules: [
      'mach/inline-data-is-copied-twice',
      'mach/region-is-a-copy-at-send',
      'chorus/local-message-is-copied-twice',
      'qnx/each-way-is-one-copy',
      'qnx/parts-cost-no-copies',
    ],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['7.2:5'],
    findings: [
      { of: 'bytes copied', one: qnxSend, is: 'less than', other: machInline, from: 64 },
      { of: 'bytes copied', one: qnxSend, is: 'less than', other: chorusCall, from: 64 },
      { of: 'bytes copied', one: qnxSend, is: 'as much as', other: rpc('chorus', 'ipcCall, ipcReply of pages') },
      { of: 'bytes copied', one: inParts('qnx', 'multipart'), is: 'less than', other: inParts('qnx', 'one buffer') },
      { of: 'bytes copied', one: inParts('qnx', 'multipart'), is: 'less than', other: inParts('mach', 'inline') },
      { of: 'bytes copied', one: machByReference, is: 'less than', other: qnxSend, from: 1024 },
    ],
  },
  {
    id: 'PAP-7.2-06',
    section: '7.2',
    says: 'That probably gives QNX an advantage in message passing through shared memory.',
    verdict: 'holds under conditions',
    because:
      'For data in messages, from a kilobyte on, by every tariff that has a price for bytes; small messages differ by ' +
      'traps, of which Mach needs fewer. Large messages come to less in Mach, as long as nobody writes to them.',
    rules: ['mach/costs-are-upper-bounds', 'mach/copy-on-write-is-invisible', 'qnx/each-way-is-one-copy'],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['7.2:6'],
    findings: [
      { of: 'bytes', one: qnxSend, is: 'less than', other: machInline, from: 64 },
      { of: 'bytes', one: qnxSend, is: 'less than', other: chorusCall, from: 64 },
      { of: 'i386', one: qnxSend, is: 'less than', other: machInline, from: 1024 },
      { of: 'i386', one: qnxSend, is: 'less than', other: chorusCall, from: 64 },
      { of: 'crossings', one: machInline, is: 'less than', other: qnxSend },
      { of: 'i386', one: machByReference, is: 'less than', other: qnxSend, from: 1024 },
    ],
  },
  {
    id: 'PAP-7.3-01',
    section: '7.3',
    says: 'Nothing that is inherent to microkernels bears on managing processes on other machines.',
    verdict: 'holds under conditions',
    because:
      'Of Chorus and QNX it holds: what makes a process is a call on its own site, and a server there has to be asked. In Mach it ' +
      'does not: tasks are ports, and what reaches a port from elsewhere controls the task.',
    rules: ['mach-network/tasks-are-controlled-through-proxies', 'mach/kernel-objects-are-ports', 'chorus/actors-are-made-on-their-own-site'],
    kernels: ['mach', 'chorus'],
    sentences: ['7.3:1'],
  },
  {
    id: 'PAP-7.3-04',
    section: '7.3',
    says: 'That processes do not migrate could get in the way of balancing the load.',
    verdict: 'holds under conditions',
    because:
      'Of programs all of whose processes begin on one node, moving the busiest to the idlest takes a good part of the acts ' +
      'elsewhere, and makes messages of what was near by: the table of `portcullis migration` has both. What it gains in time ' +
      'depends on the load.',
    rules: ['chorus/actors-and-threads-stay', 'mach/new-task-runs-on-template-host', 'qnx/destination-is-one-process'],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['7.3:3'],
  },
  {
    id: 'PAP-7.3-05',
    section: '7.3',
    says: 'In microkernels migration should be easier to implement, since they are decoupled and transparent.',
    verdict: 'holds under conditions',
    because:
      'On Mach and Chorus processes can be moved by calls that the kernels have, and their programs do not notice: rights and ' +
      'queues go along, and names stay; requests about names do not go. A pid of QNX denotes one process for good.',
    rules: [
      'mach/task-port-holder-can-interpose', 'mach/moving-receive-leaves-senders-alone', 'mach-network/receive-right-moves-between-nodes',
      'mach-network/tasks-are-controlled-through-proxies', 
      'chorus/migrated-port-keeps-its-identifier', 'chorus/senders-do-not-notice-migration', 'qnx/destination-is-one-process',
    ],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['7.3:4'],
  },
  {
    id: 'PAP-7.4-01',
    section: '7.4',
    says: 'As many services are user-level processes, nodes can be given different ones.',
    verdict: 'holds under conditions',
    because:
      'A service that is not there is a destination that is not known, or a name that is not found, and whoever needs ' +
      'it has to ask elsewhere. Proc has to be on every node of QNX.',
    rules: [
      'mach/client-may-look-up-again',
      'chorus/message-for-nobody-is-lost',
      'chorus/call-to-nobody-fails',
      'qnx/proc-is-a-process',
      'qnx/name-is-located-where-it-is-attached',
    ],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['7.4:1'],
  },
  {
    id: 'PAP-7.4-02',
    section: '7.4',
    says: 'For that no other kernel has to be compiled.',
    verdict: 'holds',
    because: 'Every site of a model runs the same kernel; what differs is which processes there are.',
    rules: ['chorus/call-to-nobody-fails', 'chorus/rebooted-site-begins-anew', 'qnx/proc-is-a-process'],
    kernels: ['chorus', 'qnx'],
    sentences: ['7.4:3'],
  },
  {
    id: 'PAP-7.4-08',
    section: '7.4',
    says: 'A node then spends fewest resources on services that it does not use.',
    verdict: 'cannot be said',
    because: 'No rule speaks of what a service takes.',
    rules: [],
    kernels: [],
    sentences: ['7.4:2'],
  },
  {
    id: 'PAP-7.5-07',
    section: '7.5',
    says: 'The decoupled structure of microkernels offers fault tolerance in several ways.',
    verdict: 'holds under conditions',
    because:
      'Failures stay with the process and those that wait for it, who are told; and services can be put in the place of ' +
      'others. It takes preparation, and what was received is lost.',
    rules: [
      'mach/terminated-task-releases-everything',
      'mach/redirection-loses-received-requests',
      'chorus/deleted-actor-frees-its-clients',
      'qnx/server-death-frees-its-clients',
    ],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['7.5:1'],
  },
  {
    id: 'PAP-7.5-03',
    section: '7.5',
    says: 'The simplicity of microkernels makes them correct and reliable.',
    verdict: 'cannot be said',
    because: 'Rules say what is correct, not how likely an implementation is to be so.',
    rules: [],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['7.5:4'],
  },
]);
