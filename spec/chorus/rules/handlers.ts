import { cite, rules } from '#spec/rule';

/** What is done in an actor about exceptions and aborts, and how actors are told apart by people. */
export const handlersRules = rules({
  'chorus/handlers-are-for-supervisors': {
    number: 'CHO-ENT-02a',
    states:
      'Handlers are connected, disconnected and read by supervisor threads only (K_EPRIV), for actors of their site ' +
      '(K_ESITE), in an entry that there is (K_EINVAL).',
    source: cite('MAN: svActorExcHandlerConnect; MAN: svActorAbortHandlerConnect'),
    standing: 'stated',
  },
  'chorus/handlers-stand-in-their-entry': {
    number: 'CHO-ENT-02b',
    states:
      'An actor has a vector of exception handlers and one of abort handlers. Connecting puts a handler in an entry, in ' +
      'the place of one that was there; disconnecting clears the entry; no other entry changes.',
    source: cite('MAN: svActorExcHandlerConnect; MAN: svActorAbortHandlerConnect'),
    standing: 'stated',
  },
  'chorus/new-actor-inherits-handlers': {
    number: 'CHO-ACT-01b',
    states: 'A new actor has the exception and abort handlers of the actor it is made after.',
    source: cite('MAN: actorCreate'),
    standing: 'stated',
  },
  'chorus/abort-handlers-run-in-order': {
    number: 'CHO-THR-05b',
    states:
      'A thread that was aborted and has not used that up runs the abort handlers of its home actor, by their entries, ' +
      'when it goes on there, and is not aborted any more; where there are none it stays aborted.',
    source: cite('MAN: svActorAbortHandlerConnect'),
    standing: 'stated',
  },
  'chorus/actors-have-names': {
    number: 'CHO-ACT-04a',
    states:
      'actorName reads the symbolic name of an actor of the calling site (K_ESITE), and sets it if asked, cut to the ' +
      'length that names can have. It means nothing to the nucleus, and several actors may have one name.',
    source: cite('MAN: actorName'),
    standing: 'stated',
  },
  'chorus/actors-of-a-site-are-listed': {
    number: 'CHO-ACT-04b',
    states: 'actorStat tells of every actor of the calling site what it is, and of no other.',
    source: cite('MAN: actorStat'),
    standing: 'stated',
  },
});
