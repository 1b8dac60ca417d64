import { cite, rules } from '#spec/rule';

/** What messages and pages cost, counted and never timed. */
export const costRules = rules({
  'chorus/send-looks-up-one-identifier': {
    number: 'CHO-CST-01',
    states: 'Each send and each call looks up one identifier: that is what the indirection of ports costs.',
    source: cite('PAP: 5.2'),
    standing: 'stated',
  },
  'chorus/local-message-is-copied-twice': {
    number: 'CHO-CST-02',
    states:
      'A message on one site is one message and is copied twice: when it is sent, and when it is received ' +
      'into a place for it. A body that is copied later is not copied when it is sent.',
    source: cite('PAP: 7.2; GMI: abstract'),
    standing: 'inferred',
  },
  'chorus/remote-message-is-a-packet': {
    number: 'CHO-CST-03',
    states:
      'A message, an answer or an abort for another site is one packet more; on the same site there is ' +
      'none.',
    source: cite('PAP: 7.1'),
    standing: 'inferred',
  },
  'chorus/call-is-two-messages': {
    number: 'CHO-CST-04',
    states: 'A call and its answer are two messages.',
    source: cite('PAP: 5.2'),
    standing: 'inferred',
  },
  'chorus/broadcast-costs-each-copy': {
    number: 'CHO-CST-05',
    states: 'A broadcast is as many messages as members get a copy.',
    source: cite('MAN: ipcSend'),
    standing: 'inferred',
  },
  'chorus/put-off-copy-costs-the-pages-written': {
    number: 'CHO-CST-07',
    states: 'A copy that was put off costs one copy of a page for each page that is written of it, or of its source, and nothing else.',
    source: cite('PAP: 5.2; GMI: abstract'),
    standing: 'inferred',
  },
  'chorus/page-in-is-a-call': {
    number: 'CHO-CST-06',
    states:
      'A page that is pulled in or pushed out is a call to its mapper: one page and one message towards ' +
      'it.',
    source: cite('PAP: 7.1; MAN: MpPullIn'),
    standing: 'inferred',
  },
});
