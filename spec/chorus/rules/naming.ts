import { cite, rules } from '#spec/rule';

/** How things are named. */
export const namingRules = rules({
  'chorus/identifiers-are-never-reused': {
    number: 'CHO-NAM-01',
    states:
      'A unique identifier names one object for good: it is global, tells nothing of where the object is, ' +
      'and is never given again, not after the object is gone nor after its site was started anew.',
    source: cite('ARCH5: 103; PAP: 5.2; OVW: naming'),
    standing: 'stated',
  },
  'chorus/built-identifiers-follow-from-their-stamp': {
    number: 'CHO-NAM-03a',
    states:
      'An identifier built from a stamp is the same wherever and whenever it is built, and differs from ' +
      'those built from other stamps and from those the nucleus makes.',
    source: cite('ARCH5: 103'),
    standing: 'stated',
  },
  'chorus/local-identifiers-belong-to-their-actor': {
    number: 'CHO-NAM-04',
    states:
      'The local identifier of a port means that port in the actor it is attached to, and nothing in any ' +
      'other. portUi and portLi translate for ports of the calling actor, and refuse others with ' +
      'K_EINVAL.',
    source: cite('MAN: portMigrate; MAN: portUi; MAN: portLi'),
    standing: 'stated',
  },
  'chorus/capabilities-need-their-key': {
    number: 'CHO-NAM-02',
    states:
      'A capability is an identifier with its key. One with another key is refused with K_EINVAL, ' +
      'whatever the operation.',
    source: cite('INT4: glossary; MAN: actorDelete'),
    standing: 'stated',
  },
  'chorus/dead-capabilities-are-unknown': {
    number: 'CHO-ACT-05',
    states:
      'A capability whose actor is no more, or cannot be reached, is refused with K_EUNKNOWN, whatever ' +
      'the operation.',
    source: cite('MAN: actorDelete'),
    standing: 'inferred',
  },
  'chorus/queries-change-nothing': {
    number: 'CHO-ACT-04',
    states: 'Operations that only ask, and operations that are refused, leave everything as it was.',
    source: cite('MAN: actorSelf; MAN: ipcSysInfo'),
    standing: 'inferred',
  },
});
