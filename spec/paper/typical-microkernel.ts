import type { MachRule } from '#spec/mach/rules';
import { statements } from '#spec/paper/statement';

/** What the paper says of a typical microkernel, held against Mach. */
export const typicalMicrokernel = statements<MachRule>()([
  {
    id: 'PAP-3-01',
    section: '3',
    says: 'A microkernel provides only the most essential functions in the kernel.',
    verdict: 'holds',
    because:
      'The kernel names tasks, threads, hosts, processors, memory and devices by ports and leaves files ' +
      'and the like to tasks that hold port rights.',
    rules: ['mach/kernel-objects-are-ports', 'mach/task-owns-names-and-addresses'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-3-02',
    section: '3',
    says: 'What is essential has no single definition.',
    verdict: 'cannot be said',
    because: 'This is about the field; one kernel cannot decide it.',
    rules: [],
    kernels: ['mach'],
  },
  {
    id: 'PAP-3-03',
    section: '3',
    says:
      'Most microkernels have process management, interprocess communication, memory management and device ' +
      'input and output.',
    verdict: 'holds',
    because:
      'Mach has all four: tasks and threads, ports and messages, address spaces, and devices named by ports.',
    rules: [
      'mach/task-owns-names-and-addresses',
      'mach/thread-belongs-to-one-task',
      'mach/kernel-objects-are-ports',
    ],
    kernels: ['mach'],
  },
  {
    id: 'PAP-3-04',
    section: '3',
    says: 'Threads give fine-grained control of processes.',
    verdict: 'holds',
    because: 'Each thread is created, set up, suspended, resumed and aborted by itself.',
    rules: [
      'mach/new-thread-starts-suspended',
      'mach/running-needs-zero-suspend-counts',
      'mach/suspend-counts-stay-at-least-zero',
      'mach/thread-abort-breaks-waits',
    ],
    kernels: ['mach'],
  },
  {
    id: 'PAP-3-05',
    section: '3',
    says: 'A process may have several threads that share one address space.',
    verdict: 'holds',
    because:
      'A task has one address space and any number of threads, all of which may use every valid address of ' +
      'it.',
    rules: ['mach/task-owns-names-and-addresses', 'mach/thread-belongs-to-one-task'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-3-06',
    section: '3',
    says: 'Processes communicate by messages, with one another and with the kernel.',
    verdict: 'holds',
    because: 'Messages go to ports, and the kernel is simply the receiver of some of them.',
    rules: [
      'mach/kernel-objects-are-ports',
      'mach/kernel-services-are-messages',
      'mach/message-reaches-one-thread',
    ],
    kernels: ['mach'],
  },
  {
    id: 'PAP-3-07',
    section: '3',
    says: 'Message passing is often offered as a send and a receive primitive.',
    verdict: 'holds under conditions',
    because: 'Mach has both operations, but in one call that can do either or both.',
    rules: ['mach/combined-call-receives-after-success'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-3-10',
    section: '3',
    says:
      'Because device input and output is privileged, a microkernel offers abstractions for talking to ' +
      'devices.',
    verdict: 'holds',
    because: 'Each device is named by a port, and a send right to it is the whole check of authority.',
    rules: ['mach/kernel-objects-are-ports'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-3-11',
    section: '3',
    says: 'Device drivers, file systems, swapping and networking are user-level processes.',
    verdict: 'holds under conditions',
    because:
      'Files are no kernel resource in Mach and are reached through port rights. The receiver of a device ' +
      'port, however, is the kernel itself.',
    rules: ['mach/kernel-objects-are-ports', 'mach/task-owns-names-and-addresses'],
    kernels: ['mach'],
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
    kernels: ['mach'],
  },
  {
    id: 'PAP-3-13',
    section: '3',
    says:
      'The drawback is that what used to be in the kernel must now talk to the kernel by interprocess ' +
      'communication.',
    verdict: 'holds',
    because:
      'Apart from a few traps, every request to the kernel is a message to the port of the object concerned.',
    rules: ['mach/kernel-services-are-messages'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-3-14',
    section: '3',
    says: 'That can cost performance.',
    verdict: 'holds under conditions',
    because:
      'In counts it does: a service in another task takes two switches and four copies of inline data ' +
      'where a request to the kernel takes none and two. How much time that is no rule says.',
    rules: [
      'mach/combined-rpc-takes-two-traps',
      'mach/kernel-rpc-takes-no-switch',
      'mach/costs-are-upper-bounds',
    ],
    kernels: ['mach'],
  },
]);
