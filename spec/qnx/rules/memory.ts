import { cite, rules } from '#spec/rule';

/** Address spaces. */
export const memoryRules = rules({
  'qnx/address-spaces-are-apart': {
    number: 'QNX-MEM-02',
    states:
      'What a process writes to its own memory no other process finds in its own; a message copy writes to the ' +
      'buffer that was given for it and nowhere else.',
    source: cite('PAP: 6.1; SA: proc'),
    standing: 'stated',
  },
  'qnx/fork-copies-memory': {
    number: 'QNX-MEM-04',
    states: 'A child made by fork begins with the bytes its parent has then; what either writes later is its own.',
    source: cite('MAZ: procman'),
    standing: 'stated',
  },
  'qnx/bad-access-is-a-fault': {
    number: 'QNX-MEM-05',
    states:
      'A process that touches an address which is not its own gets SIGSEGV; a message call that would is ' +
      'refused with EFAULT if the buffer is the caller\'s, EDSTFAULT if it is the peer\'s.',
    source: cite('CL: send, receive; POSIX: SIGSEGV'),
    standing: 'stated',
  },
});
