import { cite, rules } from '#spec/rule';

/** Processes, and the process manager. */
export const processRules = rules({
  'qnx/fork-copies-the-caller': {
    number: 'QNX-PROC-03',
    states:
      'fork makes a child that is a copy of the caller in all but its pid, its parent and what is not ' +
      'inherited, and gives the caller its pid.',
    source: cite('SA: proc; PAP: 6.2'),
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
});
