import { cite, rules } from '#spec/rule';

/** Who runs on a site. */
export const schedulingRules = rules({
  'chorus/best-priority-runs': {
    number: 'CHO-SCH-01',
    states:
      'The thread that runs on a site has the best priority of those that could; a low number is a good ' +
      'priority. Only a strictly better one takes the processor away.',
    source: cite('INT4: scheduling; ARCH5: 48'),
    standing: 'stated',
  },
  'chorus/woken-threads-go-to-the-tail': {
    number: 'CHO-SCH-02a',
    states: 'A thread that becomes ready goes to the tail of the queue of its priority.',
    source: cite('INT4: scheduling'),
    standing: 'stated',
  },
  'chorus/preempted-threads-go-to-the-head': {
    number: 'CHO-SCH-02b',
    states:
      'A thread that is preempted goes to the head of the queue of its priority, and keeps what is left ' +
      'of its quantum.',
    source: cite('INT4: scheduling; ARCH5: 48'),
    standing: 'stated',
  },
  'chorus/eligible-threads-are-elected': {
    number: 'CHO-SCH-07',
    states:
      'Those who could run are the threads of running actors that are active, not suspended, and wait for ' +
      'nothing. Wherever there is one, one runs.',
    source: cite('INT4: scheduling'),
    standing: 'stated',
  },
  'chorus/quantum-sends-to-the-tail': {
    number: 'CHO-SCH-03',
    states:
      'A thread of the round-robin class whose quantum has gone by goes to the tail of the queue of its priority with ' +
      'a full quantum, and others of that priority may run. Before that nothing changes.',
    source: cite('ARCH5: 48'),
    standing: 'stated',
  },
  'chorus/scheduling-is-per-thread': {
    number: 'CHO-SCH-06',
    states:
      'threadScheduler tells how a thread is scheduled, and sets its policy and priority if asked, at ' +
      'once.',
    source: cite('MAN: threadScheduler'),
    standing: 'stated',
  },
  'chorus/priority-is-not-inherited': {
    number: 'CHO-SCH-08',
    states: 'Nothing but threadScheduler changes the priority or the policy of a thread: no message lends any.',
    source: cite('MAN: threadScheduler'),
    standing: 'inferred',
  },
  'chorus/degradation-is-left-open': {
    number: 'CHO-SCH-05',
    states:
      'How priorities degrade is the affair of the subsystem that brings the class. The nucleus runs a thread of ' +
      'that class by the priority that it has come to, which is never better than the one it was given, and ' +
      'lets nobody else degrade.',
    source: cite('ARCH5: 49; PAP: 5.1'),
    standing: 'silent',
    readings: { kept: 'a tick leaves the priority', worse: 'a tick makes it one worse', given: 'a tick brings it back to the one that was given' },
  },
});
