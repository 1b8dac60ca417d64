import { cite, rules } from '#spec/rule';

/** Actors, and what becomes of what is in them. */
export const actorsRules = rules({
  'chorus/new-actor-has-a-default-port': {
    number: 'CHO-ACT-01a',
    states:
      'actorCreate makes an actor with the privilege and status asked for, no threads, and one port, ' +
      'which is its default port: disabled, with an empty queue. It takes its protection identifier from ' +
      'the actor it is made after.',
    source: cite('ARCH5: 107; MAN: actorCreate'),
    standing: 'stated',
  },
  'chorus/actors-are-made-on-their-own-site': {
    number: 'CHO-NET-04',
    states:
      'actorCreate makes the actor on the site of its caller, wherever the actor is that it is made ' +
      'after. Actors on other sites are made by asking a server there.',
    source: cite('PAP: 7.3; MAN: actorCreate'),
    standing: 'inferred',
  },
  'chorus/deleted-actor-leaves-nothing': {
    number: 'CHO-ACT-02a',
    states:
      'actorDelete ends the actor with all its threads, ports and saved messages, and nothing else. Its ' +
      'threads wait for nothing, its ports are in no group, and what was queued there is gone.',
    source: cite('MAN: actorDelete'),
    standing: 'stated',
  },
  'chorus/deleted-actor-frees-its-clients': {
    number: 'CHO-FLT-02',
    states:
      'When an actor goes, the call of every client whose request was queued at one of its ports, held by ' +
      'one of its threads or saved in it will not be answered, and the client does not wait for ever.',
    source: cite('PAP: 7.5; ARCH5: 109'),
    standing: 'stated',
  },
  'chorus/actors-are-deleted-on-their-own-site': {
    number: 'CHO-NET-03a',
    states:
      'actorDelete, actorStop, actorStart, actorPrivilege and actorPi take actors of the calling site; ' +
      'others are refused with K_ESITE.',
    source: cite('MAN: actorDelete restrictions'),
    standing: 'inferred',
  },
  'chorus/stopped-actors-run-nothing': {
    number: 'CHO-ACT-03',
    states:
      'No thread of a stopped actor runs. Messages are queued there and waits come to their end all the ' +
      'same; what a thread got it gets to see when the actor is started. Stopping a stopped actor and ' +
      'starting one that runs change nothing.',
    source: cite('MAN: actorStop'),
    standing: 'inferred',
  },
  'chorus/actors-and-threads-stay': {
    number: 'CHO-ENT-03',
    states: 'An actor never changes its site, and a thread never changes its actor.',
    source: cite('PAP: 5.1; INT4: threads'),
    standing: 'stated',
  },
});
