import { cite, rules } from '#spec/rule';

/** The combined call, and requests with replies. */
export const rpcRules = rules({
  'mach/combined-call-receives-after-success': {
    number: 'MACH-MSG-50',
    states:
      'One call may send and receive: it sends first, and receives only if the send returned success. With ' +
      'neither option it returns success and does nothing.',
    source: cite('GM: Mach Message Call'),
    standing: 'stated',
  },
  'mach/forced-send-ends-the-combined-call': {
    number: 'MACH-MSG-51',
    states:
      'MACH_SEND_WILL_NOTIFY is not success, so a combined call whose message was forced returns without ' +
      'receiving.',
    source: cite('SRC: ipc/mach_msg.c mach_msg_trap; GM: Mach Message Call'),
    standing: 'implementation',
  },
  'mach/rpc-replies-through-send-once': {
    number: 'MACH-MSG-52',
    states:
      'In a remote procedure call the client, which holds a receive right for replies and a send right to ' +
      'the server, sends a request with copy-send to the server and make-send-once of the reply port, and ' +
      'then receives on the reply port. The server replies with move-send-once, and after that has no ' +
      'right to the reply port.',
    source: cite('DR: 2.1'),
    standing: 'stated',
  },
  'mach/request-ends-in-one-reply-message': {
    number: 'MACH-MSG-53',
    states:
      'Each request accepted with a send-once reply right ends in exactly one message on the live reply ' +
      'port, once the server answers, drops the right or dies, or its port dies with the request still ' +
      'queued: the reply, or a send-once notification. The client needs no timeout for this.',
    source: cite('DR: 3.2; KI: "Port Rights"'),
    standing: 'stated',
  },
  'mach/dead-client-turns-replies-away': {
    number: 'MACH-MSG-54',
    states:
      'If the client dies, the reply name of the server becomes dead: a reply gets MACH_SEND_INVALID_DEST, ' +
      'and a dead-name notification arrives if one was requested.',
    source: cite('DR: 2.1'),
    standing: 'stated',
  },
});
