import { cite, rules } from '#spec/rule';

/** What is counted in an exchange. */
export const costRules = rules({
  'qnx/each-way-is-one-copy': {
    number: 'QNX-COST-01',
    states:
      'The bytes of a message are copied once, from the sender to the receiver, and those of a reply once, from ' +
      'the server to the client; each way is one message. What waits in a queue has not been copied.',
    source: cite('PAP: 6.1, 7.2'),
    standing: 'stated',
  },
  'qnx/parts-cost-no-copies': {
    number: 'QNX-COST-02',
    states: 'A message of several parts is copied as often as one in a single part: nothing is gathered or scattered on the way.',
    source: cite('PAP: 6.1; CL: sendmx'),
    standing: 'stated',
  },
  'qnx/trigger-and-signal-are-cheap': {
    number: 'QNX-COST-03',
    states:
      'A trigger that is received is one message and one copy, of the data that the proxy was attached with; a ' +
      'signal is none, but for the message to a server that has asked to hear of it.',
    source: cite('PAP: 6.1; CL: trigger'),
    standing: 'stated',
  },
});
