import type { ChorusRule } from '#spec/chorus/rules';
import type { MachRule } from '#spec/mach/rules';
import type { QnxRule } from '#spec/qnx/rules';
import { statements } from '#spec/paper/statement';

/** What the paper says of a typical microkernel, held against all three. */
export const typicalMicrokernel = statements<MachRule | ChorusRule | QnxRule>()([
  {
    id: 'PAP-3-01',
    section: '3',
    says: 'A microkernel provides only the most essential functions in the kernel.',
    verdict: 'holds',
    because:
      'Mach leaves files and the like to tasks that hold port rights, Chorus the contents of memory to mappers, and ' +
      'QNX even processes and memory to a process of their own.',
    rules: ['mach/kernel-objects-are-ports', 'mach/task-owns-names-and-addresses', 'chorus/absent-page-is-pulled-in', 'qnx/proc-is-a-process'],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['3:1'],
  },
  {
    id: 'PAP-3-02',
    section: '3',
    says: 'What is essential has no single definition.',
    verdict: 'holds',
    because: 'The three differ in it: Mach and Chorus manage address spaces in the kernel, and in QNX a process does.',
    rules: ['mach/space-maps-pages-to-objects', 'chorus/new-region-is-as-asked', 'qnx/proc-serves-by-messages'],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['3:2'],
  },
  {
    id: 'PAP-3-03',
    section: '3',
    says:
      'Most microkernels have process management, interprocess communication, memory management and device ' +
      'input and output.',
    verdict: 'holds under conditions',
    because:
      'Mach has all four. The QNX kernel has communication and scheduling, and Proc the rest; of devices the ' +
      'documents of Chorus and QNX that the rules are from say little.',
    rules: [
      'mach/task-owns-names-and-addresses',
      'mach/thread-belongs-to-one-task',
      'mach/kernel-objects-are-ports',
      'chorus/new-actor-has-a-default-port',
      'chorus/regions-do-not-overlap',
      'qnx/proc-serves-by-messages',
    ],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['3:2'],
  },
  {
    id: 'PAP-3-04',
    section: '3',
    says: 'Threads give fine-grained control of processes.',
    verdict: 'holds under conditions',
    because:
      'In Mach and Chorus each thread is created, suspended, resumed and aborted by itself. A process of QNX 4 has ' +
      'one thread of control.',
    rules: [
      'mach/new-thread-starts-suspended',
      'mach/running-needs-zero-suspend-counts',
      'mach/suspend-counts-stay-at-least-zero',
      'mach/thread-abort-breaks-waits',
      'chorus/thread-starts-as-asked',
      'chorus/scheduling-is-per-thread',
      'qnx/process-is-in-one-state',
    ],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['3:3'],
  },
  {
    id: 'PAP-3-05',
    section: '3',
    says: 'A process may have several threads that share one address space.',
    verdict: 'holds under conditions',
    because: 'So it is in Mach and in Chorus; a process of QNX 4 is one thread.',
    rules: [
      'mach/task-owns-names-and-addresses',
      'mach/thread-belongs-to-one-task',
      'chorus/message-wakes-one-thread',
      'qnx/process-is-in-one-state',
    ],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['3:4'],
  },
  {
    id: 'PAP-3-06',
    section: '3',
    says: 'Processes communicate by messages, with one another and with the kernel.',
    verdict: 'holds under conditions',
    because:
      'With one another, in all three. With the kernel in Mach, where it is simply the receiver of some messages; in ' +
      'QNX with Proc; the nucleus of Chorus is called.',
    rules: [
      'mach/kernel-objects-are-ports',
      'mach/kernel-services-are-messages',
      'mach/message-reaches-one-thread',
      'chorus/message-says-where-it-comes-from',
      'chorus/user-threads-call-the-nucleus',
      'qnx/proc-serves-by-messages',
    ],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['3:5'],
  },
  {
    id: 'PAP-3-07',
    section: '3',
    says: 'Message passing is often offered as a send and a receive primitive.',
    verdict: 'holds under conditions',
    because:
      'All have both, and something else besides: Mach one call that does either or both, Chorus a call that waits ' +
      'for its answer, QNX a send that always does.',
    rules: [
      'mach/combined-call-receives-after-success',
      'chorus/send-never-waits',
      'chorus/call-waits-for-its-answer',
      'qnx/send-blocks-until-replied',
      'qnx/receive-takes-or-waits',
    ],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['3:6'],
  },
  {
    id: 'PAP-3-08',
    section: '3',
    says: 'Abstract memory objects protect regions of memory.',
    verdict: 'holds under conditions',
    because:
      'Mach maps objects and Chorus segments, and what may be done is a property of the mapping, not of the object. ' +
      'QNX keeps address spaces apart without any objects but shared ones.',
    rules: [
      'mach/map-binds-a-range-to-an-object',
      'mach/access-is-judged-by-the-map',
      'chorus/segments-are-mapped-by-offset',
      'chorus/illegal-access-is-an-exception',
      'qnx/address-spaces-are-apart',
      'qnx/bad-access-is-a-fault',
    ],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['3:7'],
  },
  {
    id: 'PAP-3-09',
    section: '3',
    says: 'Virtual memory may be managed by the kernel or by a user-level process.',
    verdict: 'holds',
    because:
      'Both at once in Mach and Chorus, where the kernel maps what a pager or mapper provides; in QNX Proc gives ' +
      'memory or refuses it.',
    rules: ['mach/paging-is-messages', 'mach/space-maps-pages-to-objects', 'chorus/absent-page-is-pulled-in', 'qnx/memory-is-given-or-refused'],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['3:8'],
  },
  {
    id: 'PAP-3-10',
    section: '3',
    says:
      'Because device input and output is privileged, a microkernel offers abstractions for talking to ' +
      'devices.',
    verdict: 'holds under conditions',
    because:
      'In Mach each device is named by a port, and a send right to it is the whole check of authority. In QNX an ' +
      'interrupt triggers a proxy of the process that drives the device.',
    rules: ['mach/kernel-objects-are-ports', 'qnx/trigger-never-blocks'],
    kernels: ['mach', 'qnx'],
    sentences: ['3:9'],
  },
  {
    id: 'PAP-3-11',
    section: '3',
    says: 'Device drivers, file systems, swapping and networking are user-level processes.',
    verdict: 'holds under conditions',
    because:
      'Swapping is in Mach and Chorus; QNX has none at all. Files are no kernel resource in Mach and are reached ' +
      'through port rights. The receiver of a device port, however, is the kernel itself.',
    rules: [
      'mach/kernel-objects-are-ports',
      'mach/task-owns-names-and-addresses',
      'mach/dirty-pages-are-returned',
      'chorus/dirty-pages-are-pushed-out-first',
      'qnx/memory-is-given-or-refused',
    ],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['3:10'],
  },
  {
    id: 'PAP-3-12',
    section: '3',
    says:
      'With core functions only, a microkernel is very small and perhaps more flexible and portable than a ' +
      'monolithic kernel.',
    verdict: 'cannot be said',
    because: 'Rules say what a kernel does, not how large or portable it is.',
    rules: [],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['3:11'],
  },
  {
    id: 'PAP-3-13',
    section: '3',
    says:
      'The drawback is that what used to be in the kernel must now talk to the kernel by interprocess ' +
      'communication.',
    verdict: 'holds under conditions',
    because:
      'In Mach every request to the kernel but a few traps is a message to the port of the object concerned; in QNX ' +
      'Proc is asked by messages. The nucleus of Chorus is called, and asks mappers by messages itself.',
    rules: ['mach/kernel-services-are-messages', 'qnx/proc-serves-by-messages', 'chorus/page-in-is-a-call'],
    kernels: ['mach', 'chorus', 'qnx'],
    sentences: ['3:12'],
  },
  {
    id: 'PAP-3-14',
    section: '3',
    says: 'That can cost performance.',
    verdict: 'holds under conditions',
    because:
      'In counts it does: a service in another task takes two switches and four copies of inline data where a request ' +
      'to the kernel takes none and two, and each page from a pager costs two messages and two switches. How much ' +
      'time that is depends on the tariff.',
    rules: [
      'mach/combined-rpc-takes-two-traps',
      'mach/kernel-rpc-takes-no-switch',
      'mach/costs-are-upper-bounds',
      'chorus/page-in-is-a-call',
    ],
    kernels: ['mach', 'chorus'],
    sentences: ['3:13'],
    findings: [{
      of: 'switches',
      one: { workload: 'pager-fault', kernel: 'mach', form: 'external pager' },
      is: 'as much as',
      other: { workload: 'pager-fault', kernel: 'chorus', form: 'mapper' },
    }],
  },
]);
