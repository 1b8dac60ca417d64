import { cite, rules } from '#spec/rule';

/** Threads, and how their waits are broken off. */
export const threadsRules = rules({
  'chorus/thread-starts-as-asked': {
    number: 'CHO-THR-01a',
    states:
      'threadCreate makes a thread of the named actor that is active or inactive as asked, with the ' +
      'priority asked for or that of its creator, without a current message, and not aborted. Nothing ' +
      'else changes.',
    source: cite('MAN: threadCreate'),
    standing: 'stated',
  },
  'chorus/threads-are-made-on-their-own-site': {
    number: 'CHO-NET-03b',
    states: 'threadCreate and threadActivate take actors of the calling site; others are refused with K_ESITE.',
    source: cite('MAN: threadCreate; MAN: threadActivate'),
    standing: 'stated',
  },
  'chorus/inactive-thread-waits-to-be-activated': {
    number: 'CHO-THR-03',
    states:
      'A thread that was created inactive does nothing before threadActivate. For an active thread ' +
      'threadActivate changes nothing, and succeeds.',
    source: cite('MAN: threadActivate'),
    standing: 'inferred',
  },
  'chorus/threads-are-deleted-on-their-own-site': {
    number: 'CHO-NET-03c',
    states:
      'threadDelete, threadAbort, threadSuspend and threadResume take threads of the calling site; others ' +
      'are refused with K_ESITE, and threads that are not of the named actor with K_EINVAL.',
    source: cite('MAN: threadDelete'),
    standing: 'stated',
  },
  'chorus/deleted-thread-drops-its-request': {
    number: 'CHO-THR-02',
    states:
      'threadDelete ends the thread, its wait and its current message, and nothing else. A request that ' +
      'was its current message will not be answered, and its client does not wait for ever.',
    source: cite('MAN: threadDelete'),
    standing: 'inferred',
  },
  'chorus/abort-ends-abortable-waits': {
    number: 'CHO-THR-04a',
    states: 'threadAbort of a thread in an abortable wait ends the wait with K_EABORT, and is not remembered.',
    source: cite('MAN: threadAbort'),
    standing: 'stated',
  },
  'chorus/abort-is-remembered-otherwise': {
    number: 'CHO-THR-04b',
    states:
      'threadAbort of a thread that does not wait, or not abortably, is remembered, once however often it ' +
      'is done, and changes nothing else.',
    source: cite('MAN: threadAbort; INT4: threadAbort'),
    standing: 'stated',
  },
  'chorus/remembered-abort-is-used-up-once': {
    number: 'CHO-THR-05',
    states:
      'A remembered abort is used up by the next abortable call that would wait, which ends with K_EABORT ' +
      'instead, or by threadAborted, which says so. Nothing else uses it up, and nobody else is aborted.',
    source: cite('MAN: threadAbort; MAN: threadAborted'),
    standing: 'stated',
  },
  'chorus/delay-is-abortable': {
    number: 'CHO-THR-06',
    states: 'threadDelay waits for as long as asked, or for ever, and can be aborted.',
    source: cite('MAN: threadDelay'),
    standing: 'stated',
  },
  'chorus/suspended-thread-does-not-run': {
    number: 'CHO-THR-07',
    states:
      'A thread that was suspended does not run before it is resumed as often. What it waits for may come ' +
      'meanwhile.',
    source: cite('MAN: threadSuspend'),
    standing: 'inferred',
  },
});
