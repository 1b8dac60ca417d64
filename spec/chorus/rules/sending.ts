import { cite, rules } from '#spec/rule';

/** One-way messages. */
export const sendingRules = rules({
  'chorus/message-is-fixed-when-sent': {
    number: 'CHO-IPC-01',
    states:
      'A message is received as it was sent, annex and body, however much later, whatever became of its ' +
      'sender. The annex has at most its fixed size.',
    source: cite('ARCH5: 106; PAP: 5.2'),
    standing: 'stated',
  },
  'chorus/source-is-an-own-port': {
    number: 'CHO-IPC-04',
    states:
      'The source of a message is a port of the sending actor, named or the default port; another is ' +
      'refused with K_EINVAL.',
    source: cite('MAN: ipcSend'),
    standing: 'stated',
  },
  'chorus/send-never-waits': {
    number: 'CHO-IPC-05',
    states: 'ipcSend and ipcReply never wait: for no receiver, and for no room.',
    source: cite('MAN: ipcSend; MAN: ipcReply'),
    standing: 'stated',
  },
  'chorus/full-queue-refuses-the-send': {
    number: 'CHO-IPC-06a',
    states:
      'A port of the same site whose queue is full, or a network that holds all it can for a site, ' +
      'refuses a message with K_EFULL, and nothing is queued.',
    source: cite('MAN: ipcReply; ACE: error map'),
    standing: 'stated',
  },
  'chorus/bad-target-refuses-the-send': {
    number: 'CHO-IPC-06b',
    states:
      'An identifier that is tagged but no group, one of an actor or a site, and a mode that lacks its ' +
      'co-target are no targets: K_EINVAL.',
    source: cite('MAN: ipcReply; MAN: ipcTarget'),
    standing: 'inferred',
  },
  'chorus/too-long-bodies-are-refused': {
    number: 'CHO-IPC-06c',
    states: 'A body longer than the system allows is refused with K_ETOOMUCH.',
    source: cite('MAN: ipcReply; ACE: error map'),
    standing: 'stated',
  },
  'chorus/message-for-nobody-is-lost': {
    number: 'CHO-IPC-06d',
    states:
      'A message for a destination that is no more, or cannot be reached, is lost; its sender may be told ' +
      'K_EUNKNOWN, or nothing.',
    source: cite('OVW: ipc; ACE: error map; MAN: ipcReply'),
    standing: 'silent',
    readings: {
      told: 'K_EUNKNOWN',
      'not told': 'the call succeeds, and the message is lost',
    },
  },
  'chorus/local-sends-arrive': {
    number: 'CHO-IPC-08a',
    states: 'A message for a port on the same site that has room is queued there or received there, always.',
    source: cite('ARCH5: 109'),
    standing: 'inferred',
  },
  'chorus/queue-keeps-the-order-of-sends': {
    number: 'CHO-IPC-08b',
    states: 'A message goes behind those that are queued already, which stay as they are.',
    source: cite('ARCH5: 107'),
    standing: 'inferred',
  },
  'chorus/remote-sends-promise-nothing': {
    number: 'CHO-IPC-07',
    states:
      'A message for a port on another site arrives later, in no order, or never, and nobody is told. It ' +
      'is never received twice, altered, or received elsewhere.',
    source: cite('ARCH5: 109; PAP: 5.2'),
    standing: 'stated',
  },
  'chorus/message-says-where-it-comes-from': {
    number: 'CHO-IPC-27',
    states:
      'ipcSysInfo tells of the current message its size, source, target, co-target, transaction and the ' +
      'two protection identifiers.',
    source: cite('MAN: ipcSysInfo'),
    standing: 'stated',
  },
});
