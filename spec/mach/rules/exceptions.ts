import { cite, rules } from '#spec/rule';

/** What happens to a thread that does what it may not. */
export const exceptionRules = rules({
  'mach/exceptions-go-to-thread-then-task': {
    number: 'MACH-TSK-18',
    states:
      'For an exception the kernel sends a request to the exception port of the thread: the ports of the ' +
      'thread and its task, class, code and subcode, and a send-once right for the reply. If that port is ' +
      'null or dead, or the reply reports failure, it asks the exception port of the task. If that fails ' +
      'too, the victim is ended.',
    source: cite('EXC: 6.1; SRC: kern/exception.c exception_no_server; KP: 3 "Exception Processing"'),
    standing: 'stated',
  },
  'mach/dead-reply-port-counts-as-handled': {
    number: 'MACH-TSK-19',
    states:
      'If the port for the reply to an exception dies while the thread waits for it, the exception counts as ' +
      'handled, and the thread goes on: it tries the access again.',
    source: cite('SRC: kern/exception.c exception_raise_continue_slow'),
    standing: 'implementation',
  },
  'mach/absent-page-raises-no-exception': {
    number: 'MACH-TSK-20',
    states:
      'A page that is merely not in memory raises no exception. Exceptions come from invalid addresses, from ' +
      'protection, and from pagers that fail or report errors.',
    source: cite('KP: 3 "Exception Processing"'),
    standing: 'stated',
  },
  'mach/unhandled-exception-ends-task-or-thread': {
    number: 'MACH-UNS-30',
    states: 'What an exception ends that nobody handles is in dispute: the task, or the thread alone.',
    source: cite('EXC: 6.1; SRC: kern/exception.c exception_no_server; KP: 3 "Exception Processing"'),
    standing: 'disputed',
    readings: {
      documented: 'The whole task, or the thread alone.',
      gnumach: 'The whole task.',
    },
  },
});
