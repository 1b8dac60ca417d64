import { cite, rules } from '#spec/rule';

/** Send, Receive and Reply. */
export const messageRules = rules({
  'qnx/ids-share-one-space': {
    number: 'QNX-ENT-02',
    states:
      'Processes, proxies and virtual circuits are called by ids of one space: no id denotes two things at ' +
      'once, and what a call gives back as a new id denoted nothing before.',
    source: cite('ND: proxy ids are pids; CL: qnx_pflags'),
    standing: 'stated',
  },
  'qnx/process-is-in-one-state': {
    number: 'QNX-ENT-03',
    states:
      'A process is ready, SEND-, RECEIVE-, REPLY- or SIGNAL-blocked, blocked in a wait or on a semaphore, ' +
      'held, or dead; a process that is blocked, held or dead makes no call, and one that is blocked was ' +
      'blocked by its own call and has had no answer to it since.',
    source: cite('RU: 0-24'),
    standing: 'stated',
  },
  'qnx/message-stays-with-its-sender': {
    number: 'QNX-ENT-07',
    states:
      'The kernel keeps no data of messages: their bytes stay in the address space of the sender until they ' +
      'are received, and what is received is what lies there then.',
    source: cite('PAP: 6.1; SA: The Microkernel'),
    standing: 'stated',
  },
  'qnx/send-blocks-until-replied': {
    number: 'QNX-IPC-01',
    states:
      'A Send to a process that waits to receive from any or from the caller copies the message at once, the ' +
      'receiver goes on with the pid of the caller, and the caller is REPLY-blocked on it; any other Send ' +
      'makes the caller SEND-blocked, and it stands in the queue of the receiver, in no other queue, and once.',
    source: cite('CL: send'),
    standing: 'stated',
  },
  'qnx/send-says-why-it-failed': {
    number: 'QNX-IPC-02',
    states:
      'A Send fails with ESRCH if no process or proxy is called by the pid, EFAULT if a buffer of the caller ' +
      'is not its own, EDSTFAULT if the buffer of the receiver is not the receiver\'s, EINVAL if a message has ' +
      'too many parts; a Send that fails at once changes no process. Nothing else makes it fail at once.',
    source: cite('CL: send; COG: qnx_send'),
    standing: 'stated',
  },
  'qnx/receive-takes-or-waits': {
    number: 'QNX-IPC-03',
    states:
      'A Receive takes the first message in the queue that comes from the pid it names, or from any if it ' +
      'names 0: the bytes are copied, the sender becomes REPLY-blocked on the caller, and the caller is given ' +
      'its pid without waiting. If there is none, the caller is RECEIVE-blocked; it never is while a message ' +
      'that it would take is in its queue.',
    source: cite('CL: receive'),
    standing: 'stated',
  },
  'qnx/receive-says-why-it-failed': {
    number: 'QNX-IPC-04',
    states:
      'A Receive fails with ESRCH if nothing is called by the pid it names, EFAULT if its buffer is not the ' +
      'caller\'s, EINVAL if the buffer has too many parts. A Receive that fails leaves every sender where it was.',
    source: cite('CL: receive'),
    standing: 'stated',
  },
  'qnx/creceive-never-blocks': {
    number: 'QNX-IPC-05',
    states: 'Creceive takes what Receive would take; where Receive would wait it fails, and changes nothing.',
    source: cite('CL: creceive'),
    standing: 'stated',
  },
  'qnx/queue-keeps-its-order': {
    number: 'QNX-IPC-06',
    states:
      'Messages are received in the order in which they came; by a process with PRIORITY_REC or ' +
      'PRIORITY_FLOAT set, those of senders of higher priority first, and equals in the order in which they came.',
    source: cite('CL: receive, qnx_pflags'),
    standing: 'stated',
  },
  'qnx/reply-frees-its-client': {
    number: 'QNX-IPC-07',
    states:
      'A Reply to a client that is REPLY-blocked on the caller copies the bytes to the start of the client\'s ' +
      'reply buffer, and the client\'s Send returns. The caller does not wait, and no third process is changed.',
    source: cite('CL: reply; NTO: ker_message.c:43'),
    standing: 'stated',
  },
  'qnx/reply-says-why-it-failed': {
    number: 'QNX-IPC-08',
    states:
      'A Reply fails with ESRCH unless the pid is that of a process which is REPLY-blocked on the caller, ' +
      'EFAULT if the bytes are not the caller\'s, EDSTFAULT if the client\'s buffer is not the client\'s, EINVAL ' +
      'if there are too many parts; the client then stays REPLY-blocked, and no process is changed.',
    source: cite('CL: reply'),
    standing: 'stated',
  },
  'qnx/replies-come-in-any-order': {
    number: 'QNX-IPC-09',
    states:
      'Any number of clients may wait for the replies of one server, which may give them in any order and ' +
      'receive other messages before it does.',
    source: cite('CL: reply'),
    standing: 'stated',
  },
  'qnx/readmsg-reads-the-message': {
    number: 'QNX-IPC-10',
    states:
      'Readmsg copies from an offset of the message of a client that is REPLY-blocked on the caller, as it is ' +
      'now, and returns how many bytes: fewer where the message ends, none beyond its end. It changes no ' +
      'process but the bytes of the caller\'s buffer, and fails with ESRCH, EFAULT or EINVAL.',
    source: cite('CL: readmsg'),
    standing: 'stated',
  },
  'qnx/writemsg-writes-the-reply': {
    number: 'QNX-IPC-11',
    states:
      'Writemsg copies to an offset of the reply buffer of a client that is REPLY-blocked on the caller, and ' +
      'returns how many bytes: fewer where the buffer ends, none beyond its end. The client stays ' +
      'REPLY-blocked, and a reply begins at offset 0 all the same. It fails with ESRCH, EFAULT, EDSTFAULT or EINVAL.',
    source: cite('CL: writemsgmx'),
    standing: 'stated',
  },
  'qnx/parts-are-their-concatenation': {
    number: 'QNX-IPC-12',
    states:
      'A message of several parts is their concatenation: how either side divides it makes no difference to ' +
      'what is copied where in the sequence of bytes, and the two need not agree.',
    source: cite('CL: sendmx, replymx'),
    standing: 'stated',
  },
  'qnx/sendfd-sends-through-a-descriptor': {
    number: 'QNX-IPC-13',
    states: 'Sendfd is a Send to the process that the descriptor is bound to; it fails with EBADF if the descriptor is bound to none.',
    source: cite('CL: sendfdmx'),
    standing: 'stated',
  },
  'qnx/relay-passes-a-message-on': {
    number: 'QNX-IPC-14',
    states:
      'Relay makes the message of a client that is REPLY-blocked on the caller look as though it had been sent ' +
      'to another process from the first: the client is REPLY-blocked on that process if it was waiting for ' +
      'the message, which is copied, and else SEND-blocked on it. The caller does not wait, and can neither ' +
      'reply to the client nor read from it any more. It fails with ESRCH if either is missing or the client ' +
      'is not REPLY-blocked on the caller.',
    source: cite('CL: relay'),
    standing: 'stated',
  },
  'qnx/system-messages-are-code-zero': {
    number: 'QNX-IPC-15',
    states: 'A message of the system begins with code 0, and then says which kind it is.',
    source: cite('SA: The Microkernel; CL: qnx_pflags'),
    standing: 'stated',
  },
  'qnx/send-to-oneself-is-open': {
    number: 'QNX-IPC-16',
    states: 'A Send to oneself is refused, or the process waits for itself until it is signalled; it is never answered.',
    source: cite('CL: send'),
    standing: 'silent',
    readings: {
      waits: 'the process is SEND-blocked on itself, as in any other cycle of Sends, which the kernel does not look for',
      refused: 'the call fails with EDEADLK',
    },
  },
  'qnx/send-to-a-proxy-triggers': {
    number: 'QNX-IPC-17',
    states:
      'A Send to a proxy triggers it: the data of the message are not used, the sender does not wait, and its ' +
      'reply buffer is left alone.',
    source: cite('COG: qnx_proxy_attach'),
    standing: 'stated',
  },
  'qnx/send-completes-once': {
    number: 'QNX-IPC-18',
    states:
      'Each Send comes to one end, and is received at most once before it: a reply by the process that ' +
      'received it, or an error. A client has at most one Send outstanding, so the pids of server and client ' +
      'tell the exchange; a Reply answers whatever message of the client the server has received last.',
    source: cite('CL: send, reply'),
    standing: 'inferred',
  },
  'qnx/message-has-its-senders-priority': {
    number: 'QNX-IPC-19',
    states: 'A message has no priority of its own: in a queue by priority it stands by that of its sender.',
    source: cite('SA: The Microkernel'),
    standing: 'stated',
  },
  'qnx/transfer-is-the-shorter-length': {
    number: 'QNX-ADD-01',
    states:
      'Of a message or a reply as many bytes are transferred as the shorter of the two buffers holds, the ' +
      'first ones in order; what lies beyond in the receiving buffer, and all memory outside it, stays as it was.',
    source: cite('CL: send, receive, reply'),
    standing: 'stated',
  },
  'qnx/send-needs-no-permission': {
    number: 'QNX-GAP-07',
    states: 'Whoever knows a pid may send to it: the kernel asks for no permission.',
    source: cite('PAP: 6.1; CL: send'),
    standing: 'inferred',
  },
});
