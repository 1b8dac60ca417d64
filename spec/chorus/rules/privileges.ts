import { cite, rules } from '#spec/rule';

/** Who may do what. */
export const privilegesRules = rules({
  'chorus/user-threads-call-the-nucleus': {
    number: 'CHO-PRV-01',
    states:
      'User actors may execute no privileged operation. Whether they may call the nucleus at all, or are left to ' +
      'what a subsystem offers them, the sources do not agree on.',
    source: cite('PAP: 5.1; INT4: actors'),
    standing: 'disputed',
    readings: {
      documented: 'user actors call the nucleus, and are refused what is privileged',
      strict: 'every call of a user actor to the nucleus is refused with K_EPRIV',
    },
  },
  'chorus/only-privileged-threads-make-privileged-actors': {
    number: 'CHO-PRV-03',
    states:
      'System and supervisor actors are made by privileged threads only; others are refused with K_EPRIV. ' +
      'A thread is privileged if it runs in supervisor mode or its actor is a system actor.',
    source: cite('MAN: actorCreate; MAN: actorPrivilege'),
    standing: 'stated',
  },
  'chorus/privilege-moves-between-user-and-system': {
    number: 'CHO-PRV-04',
    states:
      'actorPrivilege reads the privilege of an actor; if asked to set it, which takes a privileged ' +
      'thread, it makes a system actor of a user actor or the other way round. Supervisor privilege is ' +
      'neither given nor taken: K_EPRIV or K_EINVAL.',
    source: cite('MAN: actorPrivilege'),
    standing: 'stated',
  },
  'chorus/user-actors-delete-no-others': {
    number: 'CHO-PRV-05',
    states: 'A user actor deletes no system or supervisor actor, and no supervisor thread: K_EPRIV.',
    source: cite('MAN: actorDelete; MAN: threadDelete'),
    standing: 'stated',
  },
  'chorus/protection-identifiers-change-by-privilege': {
    number: 'CHO-POR-07',
    states:
      'actorPi and portPi read a protection identifier; if asked to set it, they take a privileged ' +
      'thread, and refuse others with K_EPRIV.',
    source: cite('OVW: protection'),
    standing: 'inferred',
  },
  'chorus/messages-are-stamped-when-sent': {
    number: 'CHO-PRV-07',
    states:
      "Every message bears the protection identifiers that its sender's actor and its source port had " +
      'when it was sent; later changes do not touch it.',
    source: cite('MAN: ipcSysInfo'),
    standing: 'stated',
  },
  'chorus/no-supervisor-thread-in-a-user-actor': {
    number: 'CHO-THR-01b',
    states: 'threadCreate refuses to make a supervisor thread in a user actor: K_EPRIV.',
    source: cite('MAN: threadCreate'),
    standing: 'inferred',
  },
});
