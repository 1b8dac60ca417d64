import { cite, rules } from '#spec/rule';

/** What the network changes, and what it does not. */
export const networkRules = rules({
  'chorus/network-changes-no-arguments': {
    number: 'CHO-NET-01',
    states:
      'Sending, receiving and calling take the same arguments and give the same answers for ports on the ' +
      'same site and on others; only K_EFULL, K_EUNKNOWN, delay and loss differ.',
    source: cite('PAP: 7.1; INT4: IPC_REMOTE'),
    standing: 'stated',
  },
  'chorus/requests-are-sent-again': {
    number: 'CHO-IPC-17d',
    states:
      'While a client waits for a server on another site, its nucleus may send the same request again, under the same ' +
      'transaction and to the same port, whether the first was lost or not. What was lost then need not fail the call.',
    source: cite('ARCH5: 109; PAP: 5.2'),
    standing: 'inferred',
  },
  'chorus/duplicates-are-suppressed': {
    number: 'CHO-IPC-17e',
    states:
      'A request that comes twice is received once, whichever of the two comes first; if it was answered already the same ' +
      'answer is given once more, as long as the site that gave it is up. An answer that comes twice ends its call once.',
    source: cite('ARCH5: 109; PAP: 5.2'),
    standing: 'inferred',
  },
  'chorus/locations-are-hints': {
    number: 'CHO-NAM-05',
    states:
      'A message goes to the site of its port, or to one where its port once was, if that is what the sender\'s site believes; ' +
      'the sender\'s site then learns where the port is. A site that has learned it, or that the port left last, is not ' +
      'mistaken until the port moves on. Where a message is sent first changes nothing but delay and loss.',
    source: cite('OVW: location of ports'),
    standing: 'silent',
    readings: { searched: 'where the port is is found out first', 'as remembered': 'the message goes where the port was' },
  },
});
