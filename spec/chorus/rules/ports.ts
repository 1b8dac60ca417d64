import { cite, rules } from '#spec/rule';

/** Ports, and the actors they are attached to. */
export const portsRules = rules({
  'chorus/port-has-one-actor': {
    number: 'CHO-POR-09',
    states: 'A live port is attached to exactly one live actor, once, under one local identifier.',
    source: cite('ARCH5: 107'),
    standing: 'stated',
  },
  'chorus/new-port-is-empty-and-disabled': {
    number: 'CHO-POR-01',
    states:
      'portCreate attaches a port under a new identifier to the named actor: disabled, with an empty ' +
      'queue, and without messages received. Nothing else changes.',
    source: cite('MAN: portCreate'),
    standing: 'stated',
  },
  'chorus/ports-are-limited': {
    number: 'CHO-POR-01b',
    states: 'A site that has as many ports as it can have makes no more: K_EFULL or K_ENOMEM.',
    source: cite('ACE: error map'),
    standing: 'silent',
    readings: {
      K_EFULL: 'the table of ports is full',
      K_ENOMEM: 'there is no memory for one more',
    },
  },
  'chorus/declared-port-takes-the-identifier': {
    number: 'CHO-POR-02a',
    states:
      'portDeclare is as portCreate, but the port takes the identifier that the caller chose. One that a ' +
      'live port of the site has is refused with K_EINVAL.',
    source: cite('MAN: portDeclare; ARCH5: 103'),
    standing: 'stated',
  },
  'chorus/declaring-ports-is-privileged': {
    number: 'CHO-POR-02b',
    states: 'portDeclare takes a privileged thread; others are refused with K_EPRIV.',
    source: cite('MAN: portDeclare'),
    standing: 'stated',
  },
  'chorus/enabling-replaces-the-priority': {
    number: 'CHO-POR-04',
    states:
      'portEnable gives a port the priority asked for, whatever it had; portDisable takes it away. ' +
      'Nothing is lost by either.',
    source: cite('MAN: portEnable'),
    standing: 'inferred',
  },
  'chorus/ports-are-enabled-on-their-own-site': {
    number: 'CHO-POR-04b',
    states:
      'portCreate, portDeclare, portEnable, portDisable and portPi take actors of the calling site ' +
      '(K_ESITE) and ports of the actor (K_EINVAL).',
    source: cite('MAN: portEnable'),
    standing: 'inferred',
  },
  'chorus/deleted-port-is-gone': {
    number: 'CHO-POR-05a',
    states: 'portDelete ends the port and what was queued there, and nothing else.',
    source: cite('MAN: portDelete'),
    standing: 'stated',
  },
  'chorus/deleted-port-aborts-queued-calls': {
    number: 'CHO-POR-05b',
    states:
      'A call whose request was queued at a port that goes will not be answered, and its client does not ' +
      'wait for ever.',
    source: cite('MAN: portDelete; ARCH5: 109'),
    standing: 'stated',
  },
  'chorus/waiting-on-a-port-that-goes': {
    number: 'CHO-POR-05c',
    states: 'A thread that waits for a message of a port that goes is told K_ENOPORT.',
    source: cite('MAN: portDelete'),
    standing: 'stated',
  },
  'chorus/ports-are-deleted-on-their-own-site': {
    number: 'CHO-NET-03d',
    states: 'portDelete takes actors of the calling site (K_ESITE) and ports of the actor (K_EINVAL).',
    source: cite('MAN: portDelete'),
    standing: 'stated',
  },
  'chorus/default-port-stays': {
    number: 'CHO-POR-08',
    states:
      'Every live actor has its default port, always the same: it can be neither deleted nor migrated ' +
      '(K_EINVAL).',
    source: cite('ARCH5: 107'),
    standing: 'stated',
  },
  'chorus/queues-are-bounded': {
    number: 'CHO-ENT-05',
    states: 'No queue holds more messages than the system lets it.',
    source: cite('MAN: ipcSend; ACE: error map'),
    standing: 'stated',
  },
});
