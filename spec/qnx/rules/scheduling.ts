import { cite, rules } from '#spec/rule';

/** Who runs. These rules are put to the test in scopes that model the processor. */
export const schedulingRules = rules({
  'qnx/priorities-are-in-range': {
    number: 'QNX-SCHED-01',
    states:
      'Every process has a priority from 0 to 31, which its children begin with unless they are given another. ' +
      'What is outside the range is refused with EINVAL, what an ordinary user may not give with EPERM.',
    source: cite('MAZ: microkernel; RU: 0-28'),
    standing: 'stated',
  },
  'qnx/scheduler-runs-when-there-is-a-reason': {
    number: 'QNX-SCHED-02',
    states:
      'The running process loses the processor when it blocks, stops or ends, when its slice has run out, when ' +
      'a process of higher priority is ready, or when it yields, and at no other time.',
    source: cite('PAP: 6.2; RU: 0-28'),
    standing: 'stated',
  },
  'qnx/highest-ready-process-runs': {
    number: 'QNX-SCHED-03',
    states:
      'The process that is dispatched is the first in the ready queue of the highest priority that has one; ' +
      'every process that can run and does not is in the queue of its priority, once; and no ready process has ' +
      'a higher priority than the running one.',
    source: cite('PAP: 6.2; MAZ: microkernel'),
    standing: 'stated',
  },
  'qnx/unblocked-goes-last-preempted-first': {
    number: 'QNX-SCHED-04',
    states:
      'A process that can run again stands at the tail of the queue of its priority; one that was preempted ' +
      'stands at the head of its queue, and keeps what is left of its slice.',
    source: cite('NTO: nano_sched.c:1195'),
    standing: 'inferred',
  },
  'qnx/round-robin-takes-turns': {
    number: 'QNX-SCHED-05',
    states:
      'A round-robin process that has used its slice goes to the tail of its queue, with a full slice, and the ' +
      'next of its equals runs; alone, it goes on.',
    source: cite('MAZ: microkernel; PAP: 6.2'),
    standing: 'stated',
  },
  'qnx/fifo-runs-until-it-blocks': {
    number: 'QNX-SCHED-06',
    states:
      'A FIFO process has no slices: it runs until it blocks, yields or is preempted, and neither time nor a ' +
      'kernel call that does not block gives the processor to an equal.',
    source: cite('MAZ: microkernel; PAP: 6.2'),
    standing: 'disputed',
    readings: {
      documented: 'only blocking, yielding and preemption cost a FIFO process the processor',
      'pid-reuse': 'as documented',
      'long-timeslice': 'as documented',
      'yield-on-kernel-calls': 'any kernel call lets its equals go first, as the paper says',
    },
  },
  'qnx/adaptive-decays-and-recovers': {
    number: 'QNX-SCHED-07',
    states:
      'An adaptive process that has used a whole slice has a priority one lower than its own from then on, ' +
      'never lower than that or 0, and goes to the tail of that queue; when it blocks it has its own again at ' +
      'once. Being preempted is not blocking.',
    source: cite('PAP: 6.2; SA: The Microkernel'),
    standing: 'stated',
  },
  'qnx/setprio-changes-the-priority': {
    number: 'QNX-SCHED-08',
    states:
      'Setting the priority or policy of a process gives back the old one, ends any decay, and takes effect at ' +
      'once. It fails with ESRCH if there is no such process, EINVAL for what does not exist, EPERM for another ' +
      'user\'s process.',
    source: cite('POSIX: sched_setscheduler; RU: 0-28'),
    standing: 'inferred',
  },
  'qnx/server-floats-with-its-clients': {
    number: 'QNX-SCHED-09',
    states:
      'A process with PRIORITY_FLOAT set has the priority of the sender whose message it receives, be it lower; ' +
      'while it is busy, a message that queues raises it to its sender\'s, and never lowers it. Its policy stays.',
    source: cite('CL: qnx_pflags; RU: 0-28'),
    standing: 'stated',
  },
  'qnx/server-keeps-its-priority': {
    number: 'QNX-SCHED-10',
    states: 'The priority of a process without PRIORITY_FLOAT does not depend on whom it serves.',
    source: cite('RU: 0-28'),
    standing: 'stated',
  },
  'qnx/messages-are-scheduling-points': {
    number: 'QNX-SCHED-11',
    states:
      'A Send to a process gives up the processor; a Reply, a Trigger, a Readmsg and the like do not, unless ' +
      'they make a process of higher priority ready.',
    source: cite('CL: send, reply; MAZ: microkernel'),
    standing: 'stated',
  },
});
