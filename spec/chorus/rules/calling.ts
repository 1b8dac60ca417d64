import { cite, rules } from '#spec/rule';

/** Remote procedure calls. */
export const callingRules = rules({
  'chorus/call-waits-for-its-answer': {
    number: 'CHO-IPC-16',
    states:
      'ipcCall waits for the answer, its deadline, an abort or a failure, and for nothing else. It ' +
      'returns once.',
    source: cite('MAN: ipcCall'),
    standing: 'stated',
  },
  'chorus/request-is-received-at-most-once': {
    number: 'CHO-IPC-17a',
    states:
      'The request of a call is at one place at most at any time: under way, queued, held or saved; and ' +
      'it is received at most once.',
    source: cite('ARCH5: 109; PAP: 5.2'),
    standing: 'stated',
  },
  'chorus/reply-answers-its-own-request': {
    number: 'CHO-IPC-17b',
    states:
      'A call returns the answer that whoever received its own request gave to it, unaltered, and never ' +
      'one to another call.',
    source: cite('ARCH5: 109; PAP: 5.2'),
    standing: 'stated',
  },
  'chorus/functional-calls-stay-with-their-member': {
    number: 'CHO-IPC-18',
    states: 'The member that a call in functional mode goes to is chosen once.',
    source: cite('ARCH5: 109'),
    standing: 'inferred',
  },
  'chorus/abort-reaches-the-server': {
    number: 'CHO-IPC-19',
    states:
      'The abort of an abortable call is also one of the thread that serves its request: at once on the ' +
      'same site, by the network on another, where it may be lost. No other thread is aborted.',
    source: cite('MAN: ipcCall'),
    standing: 'stated',
  },
  'chorus/failed-call-ends-with-an-error': {
    number: 'CHO-IPC-20a',
    states: 'A call that cannot be answered ends with an error: K_EUNKNOWN, K_ENOPORT or K_EABORT.',
    source: cite('ARCH5: 109; MAN: portMigrate'),
    standing: 'silent',
    readings: {
      K_EUNKNOWN: 'the server is not known',
      K_ENOPORT: 'its port is gone',
      K_EABORT: 'the transaction was aborted',
    },
  },
  'chorus/lost-call-is-noticed': {
    number: 'CHO-IPC-20b',
    states:
      'A call whose request or answer is lost, or whose server cannot be reached, does not go on as if ' +
      'nothing had happened: it ends with an error, in time.',
    source: cite('ARCH5: 109'),
    standing: 'stated',
  },
  'chorus/call-to-nobody-fails': {
    number: 'CHO-IPC-20c',
    states: 'A call whose destination is no more, or cannot be reached, is refused with K_EUNKNOWN.',
    source: cite('ARCH5: 109; ACE: error map'),
    standing: 'stated',
  },
  'chorus/timeout-leaves-the-server-alone': {
    number: 'CHO-IPC-21a',
    states:
      'A call that lasts longer than asked ends with K_ETIMEOUT. Its server is not told, and keeps the ' +
      'request.',
    source: cite('MAN: ipcCall'),
    standing: 'inferred',
  },
  'chorus/late-reply-is-discarded': {
    number: 'CHO-IPC-21b',
    states:
      'An answer to a call that has ended reaches nobody and is queued nowhere; the server is told ' +
      'K_EUNKNOWN and keeps the request, or is told nothing.',
    source: cite('ARCH5: 109'),
    standing: 'silent',
    readings: {
      told: 'K_EUNKNOWN',
      'not told': 'the call succeeds',
    },
  },
  'chorus/reply-takes-no-room-at-the-client': {
    number: 'CHO-IPC-22',
    states:
      'An answer goes to the thread that waits for it, past the queues of the ports of its actor: full ' +
      'ones are no hindrance.',
    source: cite('MAN: ipcCall'),
    standing: 'inferred',
  },
  'chorus/broadcast-cannot-be-called': {
    number: 'CHO-IPC-23',
    states: 'ipcCall refuses a group in broadcast mode with K_EINVAL.',
    source: cite('MAN: ipcTarget; MAN: ipcCall'),
    standing: 'stated',
  },
  'chorus/reply-ends-the-current-message': {
    number: 'CHO-IPC-24b',
    states: 'After ipcReply and ipcSave a thread has no current message; where they are refused it keeps it.',
    source: cite('MAN: ipcReply; MAN: ipcSave'),
    standing: 'stated',
  },
  'chorus/one-way-messages-are-answered-by-sends': {
    number: 'CHO-IPC-25',
    states: 'ipcReply to a message that was sent, not called, sends a message to the port that it came from.',
    source: cite('MAN: ipcReply'),
    standing: 'inferred',
  },
  'chorus/dead-client-is-not-answered': {
    number: 'CHO-FLT-05',
    states:
      'A client that goes while its request is queued or held is not answered; the request may still be ' +
      'served.',
    source: cite('ARCH5: 109'),
    standing: 'inferred',
  },
});
