import { cite, rules } from '#spec/rule';

/** What a thread is, when it runs, and what ends its waits. */
export const threadRules = rules({
  'mach/thread-belongs-to-one-task': {
    number: 'MACH-TSK-02',
    states:
      'A thread belongs to one task for its whole life, and may use every name and every valid address of ' +
      'that task.',
    source: cite('KP: 3 "Threads"'),
    standing: 'stated',
  },
  'mach/thread-keeps-its-own-execution-state': {
    number: 'MACH-TSK-03',
    states:
      'Private to a thread are all its machine registers, its suspend count, its scheduling attributes, ' +
      'its self port and its exception port. Its stack is ordinary memory of the task, within reach of ' +
      'every thread there.',
    source: cite('KP: 2 "Threads"'),
    standing: 'stated',
  },
  'mach/new-thread-starts-suspended': {
    number: 'MACH-TSK-07',
    states:
      'A thread is created by a message to the port of its task, and starts with suspend count 1 and a ' +
      'null exception port. To run it one creates it, sets its state, and resumes it, in that order.',
    source: cite('KP: 3 "Life and Death"; KI: thread_create; GM: Thread Creation'),
    standing: 'stated',
  },
  'mach/running-needs-zero-suspend-counts': {
    number: 'MACH-TSK-08',
    states:
      'A thread may execute user instructions only while its own suspend count and that of its task are ' +
      'both 0. The two counts are independent: suspending a task leaves the counts of its threads as they ' +
      'are.',
    source: cite('KP: 3 "Thread Management"'),
    standing: 'stated',
  },
  'mach/suspend-counts-stay-at-least-zero': {
    number: 'MACH-TSK-09',
    states:
      '`task_suspend` and `thread_suspend` add one to a suspend count, without documented ceiling; ' +
      '`task_resume` and `thread_resume` take one off, and at zero leave it there and return KERN_FAILURE. ' +
      'A thread created while its task is suspended does not run. `task_suspend` returns only when the ' +
      'other threads of the task have stopped.',
    source: cite('GM: Task Execution; GM: Thread Execution; SRC: kern/task.c'),
    standing: 'stated',
  },
  'mach/blocking-stops-the-caller-alone': {
    number: 'MACH-TSK-10',
    states:
      'A blocking call blocks the calling thread alone. The other threads of its task go on, or stay ' +
      'blocked on ports of their own, and the names of the task stay usable.',
    source: cite('PAP: 4.1; KP: 1 "Tasks and Threads"'),
    standing: 'stated',
  },
  'mach/suspension-keeps-the-wait': {
    number: 'MACH-TSK-11',
    states:
      'Suspension leaves a wait in place: a message can be delivered to a thread that is blocked and ' +
      'suspended, and the thread sees it when it is resumed.',
    source: cite('GM: thread_suspend; KI: thread_suspend'),
    standing: 'stated',
  },
  'mach/thread-abort-breaks-waits': {
    number: 'MACH-TSK-12',
    states:
      '`thread_abort` breaks a wait in message send or receive, in a page fault or in an exception, even ' +
      'of a suspended thread. The message trap then gives MACH_SEND_INTERRUPTED or MACH_RCV_INTERRUPTED, ' +
      'and the library wrapper repeats the call unless the interrupt options are set; a fault or exception ' +
      'is taken again if the thread state was left unchanged. A message call is wholly done or wholly ' +
      'undone.',
    source: cite('KI: thread_abort; GM: thread_abort'),
    standing: 'stated',
  },
  'mach/yielding-is-a-trap': {
    number: 'MACH-TSK-13',
    states:
      '`thread_switch`, `swtch` and `swtch_pri` give up the processor. They are traps that the thread ' +
      'itself enters, not messages to a port.',
    source: cite('KP: 3 "Scheduling Support Traps"'),
    standing: 'stated',
  },
});
