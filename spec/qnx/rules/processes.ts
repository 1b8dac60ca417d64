import { cite, rules } from '#spec/rule';

/** Processes, and the process manager. */
export const processRules = rules({
  'qnx/proc-is-a-process': {
    number: 'QNX-PROC-01',
    states:
      'Proc is there from the start under pid 1, shares the address space of the kernel, as no other process ' +
      'does, and waits for messages like any process; nobody ends, stops or signals it.',
    source: cite('SA: proc; PAP: 6.2'),
    standing: 'stated',
  },
  'qnx/proc-serves-by-messages': {
    number: 'QNX-PROC-02',
    states: 'What Proc does for a process is asked for and answered by messages: each request is one exchange with Proc.',
    source: cite('SA: proc'),
    standing: 'stated',
  },
  'qnx/fork-copies-the-caller': {
    number: 'QNX-PROC-03',
    states:
      '`fork` makes a child that is a copy of the caller in all but its pid, its parent and what is not ' +
      'inherited, and gives the caller its pid; it fails with EAGAIN if there is no room.',
    source: cite('SA: proc; PAP: 6.2'),
    standing: 'stated',
  },
  'qnx/exec-replaces-the-image': {
    number: 'QNX-ADD-03',
    states:
      '`exec` replaces the image of the caller, which keeps its pid, its parent, its children and whoever waits ' +
      'for it, and begins with memory of its own; if the image cannot be loaded it fails with ENOENT, ENOEXEC ' +
      'or ENOMEM, and nothing is changed.',
    source: cite('MAZ: procman; PAP: 6.2'),
    standing: 'stated',
  },
  'qnx/child-inherits-by-the-table': {
    number: 'QNX-PROC-04',
    states:
      'Of what a process has, a child made by fork, the image after an exec and a child made by spawn have: ' +
      'pending signals (no, yes, no), the mask (yes, yes, if asked), ignored signals (yes, yes, if asked), ' +
      'handlers (yes, no, no), open files (yes, unless closed), the environment and directory (yes, unless ' +
      'given), session and group (yes, yes, unless new), user and umask (yes), names, proxies and exchanges (no).',
    source: cite('MAZ: procman, table of inheritance'),
    standing: 'stated',
  },
  'qnx/spawn-makes-a-child-with-its-image': {
    number: 'QNX-PROC-05',
    states:
      '`spawn` makes a child with a new image in one step, which runs at the same time as its parent. It fails ' +
      'with ENOENT, ENOEXEC, ENOMEM, EAGAIN or EPERM, and then there is no child.',
    source: cite('MAZ: procman; PAP: 6.2'),
    standing: 'stated',
  },
  'qnx/process-ends-in-two-stages': {
    number: 'QNX-PROC-06',
    states:
      'A process that ends first gives up all it has, and whoever waits for it goes on; then its parent is sent ' +
      'SIGCHLD, and what remains is a zombie until the parent has waited for it or ends, unless the process ' +
      'asked for none, its parent ignores SIGCHLD, or its parent is Proc.',
    source: cite('KB: 7981; SA: proc'),
    standing: 'stated',
  },
  'qnx/wait-takes-a-zombie': {
    number: 'QNX-PROC-07',
    states:
      'A wait takes note of a child that has ended, which is then gone; while the children it is for all live ' +
      'the caller waits, and it fails with ECHILD once there is none. A signal that is caught ends it with EINTR.',
    source: cite('POSIX: waitpid'),
    standing: 'stated',
  },
  'qnx/inform-tells-of-deaths': {
    number: 'QNX-PROC-08',
    states: 'A process with INFORM set is sent a message of the system by Proc about each process that ends.',
    source: cite('CL: qnx_pflags'),
    standing: 'stated',
  },
  'qnx/system-processes-are-ordinary': {
    number: 'QNX-PROC-09',
    states: 'Managers and drivers are processes like any other: no call is theirs alone but for the privilege of their user.',
    source: cite('RU: 0-27; SA: The Microkernel'),
    standing: 'stated',
  },
});
