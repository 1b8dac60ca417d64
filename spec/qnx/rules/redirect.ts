import { cite, rules } from '#spec/rule';

/** Why a failed server is not replaced behind its clients' backs. */
export const redirectRules = rules({
  'qnx/destination-is-one-process': {
    number: 'QNX-RED-01',
    states:
      'A message is for the one process that its pid denotes, and waits for no other: nothing but a Relay of ' +
      'its receiver passes it to another process.',
    source: cite('PAP: 7.5; CL: send'),
    standing: 'stated',
  },
  'qnx/relay-passes-one-message': {
    number: 'QNX-RED-02',
    states:
      'A Relay passes on the message of the one client it names, which a living process has received; the other ' +
      'clients of that process and those in its queue stay with it.',
    source: cite('CL: relay'),
    standing: 'inferred',
  },
  'qnx/name-moves-no-senders': {
    number: 'QNX-RED-03',
    states: 'That a name is attached or detached changes nothing for any process that waits, or for any message.',
    source: cite('CL: qnx_name_locate'),
    standing: 'inferred',
  },
  'qnx/old-pid-denotes-nothing': {
    number: 'QNX-RED-04',
    states: 'A pid that no longer denotes anything is not given out again, so whoever has it gets ESRCH for ever.',
    source: cite('SA: proc'),
    standing: 'silent',
    readings: {
      documented: 'pids are not used again',
      'pid-reuse': 'a pid that is free may be given out again, to a process that has nothing to do with the old one',
    },
  },
  'qnx/clients-of-the-dead-all-fail': {
    number: 'QNX-RED-05',
    states: 'When a server ends, each of its clients and of those in its queue gets ESRCH, and so does each later sender to its pid.',
    source: cite('PAP: 7.5; CL: send'),
    standing: 'inferred',
  },
});
