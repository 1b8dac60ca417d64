import { cite, rules } from '#spec/rule';

/** Kernel operations asked for by messages: the form of a request, and what its reply says. */
export const requestRules = rules({
  'mach/request-is-the-call': {
    number: 'MACH-REQ-01',
    states:
      'A message to the port of a kernel object that bears the number of an operation and carries its arguments ' +
      'does what the call of that operation on the object does: it leads to the same state, apart from the ' +
      'message and its reply, and its reply says what the call is answered with, value or error.',
    source: cite('KP: 3 "Actions by Threads"; KI: Introduction "Interface Descriptions"; SRC: kern/ipc_kobject.c ipc_kobject_server'),
    standing: 'inferred',
  },
  'mach/reply-bears-the-request-number': {
    number: 'MACH-REQ-02',
    states:
      'The reply to a request is one message, sent through the reply right that the request brought. It bears the ' +
      'number of the request and 100, has no reply right of its own, and begins with the code of success or of ' +
      'the error; results follow success alone, in the order of the interface.',
    source: cite('SRC: kern/ipc_kobject.c ipc_kobject_server; KI: Introduction "Interface Descriptions"'),
    standing: 'implementation',
  },
  'mach/malformed-request-does-nothing': {
    number: 'MACH-REQ-03',
    states:
      'A request whose items are not those that its operation takes, in number, order, type and size, does nothing: ' +
      'the reply carries MIG_BAD_ARGUMENTS, and what the body brought is destroyed.',
    source: cite('SRC: kern/ipc_kobject.c ipc_kobject_server; SRC: include/mach/mig_errors.h MIG_BAD_ARGUMENTS'),
    standing: 'implementation',
  },
  'mach/request-without-reply-port-is-carried-out': {
    number: 'MACH-REQ-04',
    states:
      'A request that brings no reply right, or one to a port that is dead, is carried out all the same. There is no ' +
      'reply, and the rights and memory that it would have carried are destroyed.',
    source: cite('SRC: kern/ipc_kobject.c ipc_kobject_server'),
    standing: 'implementation',
  },
  'mach/pager-requests-have-no-reply': {
    number: 'MACH-REQ-05',
    states:
      'What a pager asks of the kernel about its objects is not answered, whether it succeeds or not; a reply right ' +
      'that comes with it is destroyed unused. Where something is to be told when it is done, the port for that ' +
      'is an argument.',
    source: cite('KI: External Memory Management Interface; SRC: include/mach/mach.defs'),
    standing: 'inferred',
  },
  'mach/task-port-controls-one-task': {
    number: 'MACH-REQ-06',
    states:
      'Whoever holds the port of a task can act on its names, its memory and its threads as the task itself could, ' +
      'and on those of no other: what a call brings or takes away changes the names of the caller, and every other ' +
      'task keeps its names, its memory and its state but for what ends with a port.',
    source: cite('KP: 2 "Elements"; KP: 4 "Ports"; DR: 2.5; GM: ipc_space_t'),
    standing: 'inferred',
  },
  'mach/rights-come-from-rights': {
    number: 'MACH-INV-15',
    states:
      'A task comes to hold a right only by making it from one it holds, by receiving it in a message, by being given ' +
      'it through its task port, or from the kernel, which gives it the rights to its own task, threads and host and those ' +
      'that were left with it. There is no other way to get hold of a port.',
    source: cite('KP: 4 "Port Rights"; GM: Major Concepts; PAP: 4.2'),
    standing: 'inferred',
  },
});
