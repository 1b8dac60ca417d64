import type { MachRule } from '#spec/mach/rules';
import { statements } from '#spec/paper/statement';

/** What the paper says of tasks and threads. */
export const machProcesses = statements<MachRule>()([
  {
    id: 'PAP-4.1-01',
    section: '4.1',
    says: 'The kernel has two abstractions, task and thread, which together represent a UNIX process.',
    verdict: 'holds',
    because: 'The task owns names and addresses and executes nothing; the thread executes in it.',
    rules: ['mach/task-owns-names-and-addresses', 'mach/thread-belongs-to-one-task'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.1-02',
    section: '4.1',
    says: 'A task is a container for resources, and all resources are allocated to tasks.',
    verdict: 'holds under conditions',
    because:
      'True of port names, memory and threads. A thread keeps its execution state and its special ports ' +
      'for itself.',
    rules: ['mach/task-owns-names-and-addresses', 'mach/thread-keeps-its-own-execution-state'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.1-03',
    section: '4.1',
    says: 'Such resources are files, memory, ports and threads, for example.',
    verdict: 'holds under conditions',
    because:
      'Memory, port names and threads are. The kernel knows no files: a task has port rights to whoever ' +
      'serves them.',
    rules: ['mach/task-owns-names-and-addresses'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.1-04',
    section: '4.1',
    says: 'A task is also the unit of cleanup.',
    verdict: 'holds',
    because:
      'When it is terminated, its threads end, every name is cleaned by kind, and its address space is ' +
      'discarded.',
    rules: ['mach/terminated-task-releases-everything', 'mach/cleaning-a-name-depends-on-its-kind'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.1-05',
    section: '4.1',
    says: 'After a violation in a task all its resources are released, with all its threads.',
    verdict: 'holds under conditions',
    because:
      'Termination does release everything. Before it comes to that, the exception ports of the thread and ' +
      'the task are asked, and whoever listens there may let the thread go on.',
    rules: [
      'mach/terminated-task-releases-everything',
      'mach/cleaning-a-name-depends-on-its-kind',
      'mach/special-ports-are-readable-and-settable',
    ],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.1-06',
    section: '4.1',
    says: 'A task must contain at least one thread.',
    verdict: 'does not hold',
    because: 'A new task has none, and a task whose last thread has ended lives on.',
    rules: ['mach/task-may-have-no-threads'],
    kernels: ['mach'],
    traces: ['mach/task-comes-with-a-thread', 'mach/last-thread-takes-its-task-along'],
  },
  {
    id: 'PAP-4.1-07',
    section: '4.1',
    says: 'The thread is the basic unit of execution.',
    verdict: 'holds',
    because: 'A task itself executes nothing.',
    rules: ['mach/task-owns-names-and-addresses', 'mach/running-needs-zero-suspend-counts'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.1-08',
    section: '4.1',
    says: 'Each thread is owned by one task and has access to all its resources, memory and files included.',
    verdict: 'holds',
    because:
      'It belongs to that task for life and may use every name and every valid address, so also the port ' +
      'rights through which files are reached.',
    rules: ['mach/thread-belongs-to-one-task'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.1-09',
    section: '4.1',
    says: 'The only private data of a thread are its stack and a program counter.',
    verdict: 'does not hold',
    because:
      'All registers, the suspend count, the scheduling attributes and two ports are private too, and the ' +
      'stack is not: it is ordinary memory of the task.',
    rules: ['mach/thread-keeps-its-own-execution-state'],
    kernels: ['mach'],
    traces: ['mach/threads-share-their-exception-port'],
  },
  {
    id: 'PAP-4.1-10',
    section: '4.1',
    says: 'A task with one thread is equivalent to a UNIX process.',
    verdict: 'holds under conditions',
    because:
      'As a container with one point of execution it is. What else a UNIX process has, files for instance, ' +
      'comes from servers and is reached through port rights.',
    rules: ['mach/task-owns-names-and-addresses', 'mach/thread-belongs-to-one-task'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.1-11',
    section: '4.1',
    says: 'While a task is suspended none of its threads is considered for scheduling.',
    verdict: 'holds',
    because: 'A thread runs only while its own suspend count and that of its task are both 0.',
    rules: ['mach/running-needs-zero-suspend-counts'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.1-12',
    section: '4.1',
    says: 'Scheduling decisions are made for threads.',
    verdict: 'holds',
    because: 'Whether something may run is decided thread by thread, and a task as such never runs.',
    rules: ['mach/running-needs-zero-suspend-counts', 'mach/any-fair-schedule-may-run'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.1-13',
    section: '4.1',
    says:
      'Since threads are equal but for priority, several of one task can run at once if there are ' +
      'processors enough.',
    verdict: 'holds',
    because:
      'Nothing but its suspend counts and its own waits keeps a thread from running, and parallelism is ' +
      'left open.',
    rules: [
      'mach/running-needs-zero-suspend-counts',
      'mach/blocking-stops-the-caller-alone',
      'mach/any-fair-schedule-may-run',
    ],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.1-14',
    section: '4.1',
    says: 'A blocking call blocks only the calling thread, not its task.',
    verdict: 'holds',
    because: 'The other threads go on, and the names of the task stay usable.',
    rules: ['mach/blocking-stops-the-caller-alone'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.1-15',
    section: '4.1',
    says: 'Operations on tasks and threads are invoked by messages to a special kernel port.',
    verdict: 'holds',
    because: 'Each task and thread is named by a port whose receiver is the kernel.',
    rules: ['mach/kernel-objects-are-ports', 'mach/kernel-services-are-messages'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.1-16',
    section: '4.1',
    says: 'Tasks and threads can be created, deleted, suspended and resumed that way.',
    verdict: 'holds',
    because:
      'All four are messages to the port of the task or thread; creating one is asked of the template or ' +
      'of the task it will belong to.',
    rules: [
      'mach/template-gives-memory-and-special-ports',
      'mach/new-thread-starts-suspended',
      'mach/suspend-counts-stay-at-least-zero',
      'mach/terminated-task-releases-everything',
    ],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.1-17',
    section: '4.1',
    says: 'A thread can give up its processor by such a message too.',
    verdict: 'does not hold',
    because: 'It can give it up, but by a trap: no port takes part.',
    rules: ['mach/yielding-is-a-trap'],
    kernels: ['mach'],
    traces: ['mach/yielding-sends-a-message'],
  },
  {
    id: 'PAP-4.1-18',
    section: '4.1',
    says: 'A new task is created with an existing task as its template.',
    verdict: 'holds',
    because: 'The template is the task the request names, whoever sends it.',
    rules: ['mach/template-gives-memory-and-special-ports', 'mach/new-task-runs-on-template-host'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.1-19',
    section: '4.1',
    says: 'The template says how its resources are shared with the new task.',
    verdict: 'holds under conditions',
    because:
      'It does for memory, range by range. Port names are not shared at all: only the special and ' +
      'registered ports pass on.',
    rules: ['mach/template-gives-memory-and-special-ports'],
    kernels: ['mach'],
  },
]);
