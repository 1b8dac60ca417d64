import type { ChorusRule } from '#spec/chorus/rules';
import { statements } from '#spec/paper/statement';

/** What the paper says of Chorus processes and threads. */
export const chorusProcesses = statements<ChorusRule>()([
  {
    id: 'PAP-5.1-01',
    section: '5.1',
    says:
      'A Chorus process is a protected address space that holds threads, a virtual memory context and ' +
      'ports.',
    verdict: 'holds',
    because:
      'The documents call it an actor: it has threads, regions, and ports of which one is its default port.',
    rules: [
      'chorus/new-actor-has-a-default-port',
      'chorus/regions-do-not-overlap',
      'chorus/port-has-one-actor',
    ],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-5.1-02',
    section: '5.1',
    says: 'There are three types of processes, which differ in what they may execute.',
    verdict: 'holds',
    because: 'User, system and supervisor actors; privileged operations ask for one of the last two.',
    rules: [
      'chorus/only-privileged-threads-make-privileged-actors',
      'chorus/privilege-moves-between-user-and-system',
      'chorus/user-actors-delete-no-others',
    ],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-5.1-03',
    section: '5.1',
    says:
      'Supervisor processes share the address space of the microkernel, and may execute kernel instructions ' +
      'and privileged input and output.',
    verdict: 'holds under conditions',
    because:
      'Their threads are privileged, and the supervisor space belongs to no actor. Instructions and devices ' +
      'are outside what is modelled.',
    rules: [
      'chorus/supervisor-regions-outlive-actors',
      'chorus/only-privileged-threads-make-privileged-actors',
    ],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-5.1-04',
    section: '5.1',
    says:
      'System processes may execute kernel operations, but no privileged input and output, and have a ' +
      'private address space.',
    verdict: 'holds',
    because: 'A thread of a system actor is privileged without running in supervisor mode.',
    rules: [
      'chorus/only-privileged-threads-make-privileged-actors',
      'chorus/privilege-moves-between-user-and-system',
    ],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-5.1-05',
    section: '5.1',
    says:
      'User processes execute neither kernel operations nor privileged input and output, in a private ' +
      'address space.',
    verdict: 'holds under conditions',
    because: 'They execute no privileged operation of the nucleus; others, such as sending a message, they do.',
    rules: [
      'chorus/only-privileged-threads-make-privileged-actors',
      'chorus/protection-identifiers-change-by-privilege',
      'chorus/declaring-ports-is-privileged',
    ],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-5.1-06',
    section: '5.1',
    says: 'A process and its threads cannot migrate to another site.',
    verdict: 'holds',
    because: 'An actor keeps its site and a thread its actor for good; ports alone move.',
    rules: ['chorus/actors-and-threads-stay', 'chorus/migration-moves-nothing-else'],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-5.1-07',
    section: '5.1',
    says: 'Many threads execute concurrently within a process.',
    verdict: 'holds',
    because: 'Any thread of an actor may receive from its ports.',
    rules: ['chorus/thread-starts-as-asked', 'chorus/message-wakes-one-thread'],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-5.1-08',
    section: '5.1',
    says: 'A thread is characterised by the state of the processor.',
    verdict: 'holds under conditions',
    because: 'And by its priority, by whether it was aborted, and by the message that it received last.',
    rules: ['chorus/thread-starts-as-asked', 'chorus/new-message-supplants-the-current'],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-5.1-09',
    section: '5.1',
    says: 'Scheduling is by priority, with time slicing and degradation of priority as options of each thread.',
    verdict: 'holds under conditions',
    because:
      'Priorities and quanta are of the nucleus; what degrades a priority is left to a class that a ' +
      'subsystem brings.',
    rules: ['chorus/best-priority-runs', 'chorus/quantum-sends-to-the-tail', 'chorus/scheduling-is-per-thread', 'chorus/degradation-is-left-open'],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-5.1-10',
    section: '5.1',
    says: 'Chorus supports fork and exec as UNIX has them.',
    verdict: 'holds under conditions',
    because:
      'They are built by a subsystem from calls of the nucleus that make actors, duplicate regions and make ' +
      'threads.',
    rules: ['chorus/fork-is-built-of-calls', 'chorus/duplication-goes-by-inheritance'],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-5.1-11',
    section: '5.1',
    says: 'Threads are synchronised by mutexes, semaphores and spin locks.',
    verdict: 'holds',
    because: 'Each is in the memory of an actor, and known to its threads.',
    rules: ['chorus/semaphores-count-and-wait', 'chorus/locks-exclude-each-other', 'chorus/waiting-for-locks-goes-by-priority'],
    kernels: ['chorus'],
  },
  {
    id: 'PAP-5.1-12',
    section: '5.1',
    says: 'Condition variables and monitors can be built of these.',
    verdict: 'holds',
    because: 'A lock and a semaphore that counts nothing are enough, and what is built of them so is held to a law.',
    rules: ['chorus/condition-variables-are-built'],
    kernels: ['chorus'],
  },
]);
