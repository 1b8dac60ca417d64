import { cite, rules } from '#spec/rule';

/** The death of a peer. */
export const failureRules = rules({
  'qnx/server-death-frees-its-clients': {
    number: 'QNX-FLT-01',
    states:
      'When a process ends, every process that is SEND- or REPLY-blocked on it, or RECEIVE-blocked on it ' +
      'alone, gets ESRCH; those that wait to receive from any are left alone. No process is ever blocked on ' +
      'one that has ended.',
    source: cite('CL: send, receive'),
    standing: 'stated',
  },
  'qnx/client-death-is-silent': {
    number: 'QNX-FLT-02',
    states:
      'When a client ends, its message leaves the queue it is in; the server hears of nothing, and a Reply, ' +
      'Readmsg or Writemsg to the client fails with ESRCH.',
    source: cite('CL: reply, readmsg'),
    standing: 'inferred',
  },
});
