import { cite, rules } from '#spec/rule';

/** Signals, and what they do to exchanges. */
export const signalRules = rules({
  'qnx/kill-makes-a-signal-pending': {
    number: 'QNX-SIG-01',
    states:
      'A signal sent to a process that blocks it, or cannot run, waits with the process, and takes effect once ' +
      'the process can run and does not block it. Sending fails with ESRCH if there is no such process, EINVAL ' +
      'if there is no such signal, EPERM if the process is another user\'s, and then changes nothing.',
    source: cite('POSIX: kill, sigprocmask; SA: The Microkernel'),
    standing: 'inferred',
  },
  'qnx/signal-does-its-action': {
    number: 'QNX-SIG-02',
    states:
      'A signal that takes effect runs the handler of a process that catches it, and otherwise ends, stops or ' +
      'continues the process or does nothing, as is its default. SIGKILL and SIGSTOP cannot be caught, blocked ' +
      'or ignored; SIGKILL can by a process with IMMORTAL set.',
    source: cite('CL: qnx_pflags; POSIX: sigaction'),
    standing: 'stated',
  },
  'qnx/signal-ends-a-send-or-receive': {
    number: 'QNX-SIG-03',
    states:
      'A signal that a SEND- or RECEIVE-blocked process catches ends its call with EINTR; the message of a ' +
      'SEND-blocked one leaves the queue, and is never received.',
    source: cite('CL: send, receive'),
    standing: 'stated',
  },
  'qnx/signal-ends-a-reply-wait': {
    number: 'QNX-SIG-04',
    states:
      'A signal that a REPLY-blocked process catches ends its Send with EINTR unless the server catches its ' +
      'clients\' signals; a Reply to it fails with ESRCH from then on, until it is received from again.',
    source: cite('CL: send; SA: The Microkernel'),
    standing: 'stated',
  },
  'qnx/sigcatch-holds-the-client': {
    number: 'QNX-SIG-05',
    states:
      'A signal to a client that is REPLY-blocked on a server with SIGCATCH set makes the client ' +
      'SIGNAL-blocked: the signal stays pending, the server is sent a message of the system about it from the ' +
      'client, and when the server has replied the signal takes effect as the Send returns. A SIGKILL that ' +
      'cannot be caught does not wait. No other process is ever SIGNAL-blocked.',
    source: cite('CL: qnx_pflags; SA: The Microkernel'),
    standing: 'inferred',
  },
  'qnx/stopped-process-is-held': {
    number: 'QNX-SIG-06',
    states:
      'SIGSTOP holds a process until SIGCONT or its end. A held process keeps what it was doing: a message or ' +
      'reply may still come to it, and its call returns once it goes on.',
    source: cite('RU: 0-24; CL: qnx_pflags'),
    standing: 'inferred',
  },
  'qnx/ignoring-discards-pending-signals': {
    number: 'QNX-SIG-07',
    states: 'A signal that a process ignores, or comes to ignore, does not wait with it.',
    source: cite('RU: signals'),
    standing: 'stated',
  },
  'qnx/signals-carry-no-data': {
    number: 'QNX-SIG-08',
    states:
      'A signal transfers no bytes, and whoever sends it does not wait, unless it stops or ends itself.',
    source: cite('PAP: 6.1'),
    standing: 'stated',
  },
});
