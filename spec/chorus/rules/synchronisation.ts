import { cite, rules } from '#spec/rule';

/** Semaphores, mutexes and spin locks. */
export const synchronisationRules = rules({
  'chorus/semaphores-count-and-wait': {
    number: 'CHO-THR-08a',
    states:
      'semP takes one of what a semaphore counts, or waits, and may be aborted; semV lets one of those ' +
      'that wait go on, or counts one more.',
    source: cite('PAP: 5.1; MAN: threadAbort'),
    standing: 'stated',
  },
  'chorus/locks-exclude-each-other': {
    number: 'CHO-THR-08b',
    states:
      'A mutex or a spin lock is had by one thread at most: who finds it taken waits, and cannot be ' +
      'aborted, or is told so by mutexTry. Freed, it goes to one of those that wait, or is free. One ' +
      'whose thread has gone stays taken.',
    source: cite('PAP: 5.1'),
    standing: 'inferred',
  },
  'chorus/waiting-for-locks-goes-by-priority': {
    number: 'CHO-THR-08c',
    states:
      'Of the threads that wait for a semaphore or lock one of the best priority goes on first; among ' +
      'equals it may be any.',
    source: cite('PAP: 5.1'),
    standing: 'inferred',
  },
  'chorus/locks-are-made-first': {
    number: 'CHO-THR-08d',
    states:
      'An operation on a semaphore or lock that was not made, or is of another kind, is refused with ' +
      'K_EINVAL.',
    source: cite('MAN: semInit'),
    standing: 'inferred',
  },
  'chorus/condition-variables-are-built': {
    number: 'CHO-THR-08e',
    states: 'Condition variables and monitors are built of semaphores and locks.',
    source: cite('PAP: 5.1'),
    standing: 'stated',
  },
});
