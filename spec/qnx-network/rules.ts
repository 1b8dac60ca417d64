import { cite, rules } from '#spec/rule';

/** QNX on several nodes: virtual circuits, and the network manager that carries what goes by them. */
export const qnxNetworkRules = rules({
  'qnx-network/step-changes-its-own-node': {
    number: 'QNX-NET-00',
    states:
      'A call changes its own node and what is on the wire, a packet the node that it comes to; no process is ever on ' +
      'another node than that on which it was made.',
    source: cite('MAZ: netman; PAP: 6.1, 7.3'),
    standing: 'inferred',
  },
  'qnx-network/far-send-says-why-it-failed': {
    number: 'QNX-NET-01',
    states:
      'A Send by a circuit of the caller\'s own fails at once with EINVAL, ENOMEM, EAGAIN, ENOSYS or EHOSTUNREACH for reasons of ' +
      'the circuit, and with EFAULT and EINVAL as any other; by a circuit that is not its own it fails with ESRCH. A Send that ' +
      'fails at once changes nothing; nothing else makes it fail at once.',
    source: cite('CL: send; COG: qnx_send; MAZ: ipcnet'),
    standing: 'stated',
  },
  'qnx-network/attach-makes-a-pair': {
    number: 'QNX-NET-02',
    states:
      'Attaching a circuit makes an end here and, through Proc there, one at the process it names, each with a buffer of the ' +
      'length that was asked for; each end records the process and the end on the other side. The caller waits for it. It ' +
      'fails with EINVAL, ENOMEM, ENOVPE or EAGAIN for either end, ESRCH if there is no such process, ENOSYS without a network ' +
      'manager, EHOSTUNREACH for a node that is not in the network; then neither end is there.',
    source: cite('COG: qnx_vc_attach; MAZ: ipcnet'),
    standing: 'stated',
  },
  'qnx-network/share-reuses-a-circuit': {
    number: 'QNX-ADD-04',
    states:
      'With SHARE, a circuit that the caller has to the same process is given once more, its buffer as large as was asked for; ' +
      'it is taken apart when it was detached as often as it was attached. Without, each attach makes a circuit of its own.',
    source: cite('COG: qnx_vc_attach, qnx_vc_detach'),
    standing: 'stated',
  },
  'qnx-network/peer-goes-by-its-vid': {
    number: 'QNX-NET-03',
    states:
      'Each process knows its peer by the end on its own node: a Receive gives the pid of the end by which the message came, ' +
      'of a circuit whose other end is that of the process which sent it.',
    source: cite('MAZ: ipcnet'),
    standing: 'stated',
  },
  'qnx-network/buffer-grows-or-refuses': {
    number: 'QNX-NET-04',
    states:
      'The buffer of a circuit grows as messages need it, at both ends, and never shrinks. A message with the room for its ' +
      'reply that is larger than any buffer may be is refused with EINVAL, one for which there is no memory with ENOMEM, by ' +
      'whichever end cannot hold it; nothing of it is received.',
    source: cite('CL: qnx_name_locate, send'),
    standing: 'stated',
  },
  'qnx-network/message-is-carried-once': {
    number: 'QNX-NET-05',
    states:
      'What is sent by a circuit waits in a queue of the kernel until the network manager carries it off, in the order in ' +
      'which it came; it is received with the bytes and at the priority with which it was sent, and once at most.',
    source: cite('MAZ: netman'),
    standing: 'stated',
  },
  'qnx-network/sender-is-blocked-as-at-home': {
    number: 'QNX-NET-06',
    states:
      'A process that sends by a circuit is SEND-blocked on its end until the message is carried off, and then REPLY-blocked ' +
      'on it until it is answered, fails or is interrupted. It is blocked on no end but one of its own that is there.',
    source: cite('MAZ: ipcnet; RU: 0-24'),
    standing: 'inferred',
  },
  'qnx-network/circuit-is-read-and-written': {
    number: 'QNX-NET-07',
    states:
      'Readmsg from the end of a circuit reads the message that came by it; what Writemsg and Reply write there is what the ' +
      'client finds in its reply buffer, and the rest of that stays as it was.',
    source: cite('CL: readmsg, writemsgmx'),
    standing: 'inferred',
  },
  'qnx-network/relay-stays-on-its-node': {
    number: 'QNX-ADD-05',
    states: 'Relay neither passes on what came by a circuit nor passes anything to one: it fails with ESRCH.',
    source: cite('CL: relay'),
    standing: 'stated',
  },
  'qnx-network/circuit-ends-with-its-owner': {
    number: 'QNX-NET-08',
    states:
      'The circuits of a process are taken apart when it ends, replaces its image, or detaches them: its end goes, and the ' +
      'other node is told. A child has none of its parent\'s.',
    source: cite('MAZ: procman; COG: qnx_vc_detach'),
    standing: 'stated',
  },
  'qnx-network/net-comes-and-goes': {
    number: 'QNX-NET-12',
    states:
      'The network manager may be stopped and started at any time. With it goes what it had not carried off, and those who ' +
      'wait for that hear EHOSTUNREACH; what comes to a node without one comes to nobody. Nothing else on the node is changed.',
    source: cite('MAZ: netman'),
    standing: 'stated',
  },
  'qnx-network/silence-is-polled': {
    number: 'QNX-NET-10',
    states:
      'Proc asks after the other end of a circuit from which it has heard nothing since it last looked; if so many times there ' +
      'was no answer, the circuit is taken apart, and who waits in it goes on with ESRCH or EHOSTUNREACH. A node that is asked ' +
      'about an end which it does not have says so.',
    source: cite('MAZ: ipcnet'),
    standing: 'silent',
    readings: {
      ESRCH: 'whoever waits hears that the process is not there',
      EHOSTUNREACH: 'whoever waits hears that the node cannot be reached',
    },
  },
  'qnx-network/crash-is-not-told': {
    number: 'QNX-FLT-04',
    states:
      'Nobody elsewhere is told that a node crashes or a link fails: those who wait for it go on waiting, until the circuit is ' +
      'polled or a packet is given up. A node that is started again has no circuits, and none of its pids is one of before.',
    source: cite('MAZ: ipcnet'),
    standing: 'inferred',
  },
  'qnx-network/failed-link-may-be-noticed': {
    number: 'QNX-ADD-06',
    states:
      'The driver may give up what it cannot transmit: the sender of a message then goes on with EHOSTUNREACH, a circuit ' +
      'whose reply is lost is taken apart at that end, and who has asked another node gets no answer.',
    source: cite('CL: send'),
    standing: 'inferred',
  },
  'qnx-network/far-death-frees-its-clients': {
    number: 'QNX-FLT-05',
    states:
      'When a process ends, the nodes to which it has circuits are told: the ends there go, or stay as zombies where that was ' +
      'asked for, and whoever waits in one goes on with ESRCH. What it had sent by them is received no more, and who did not ' +
      'wait for it hears nothing.',
    source: cite('CL: send; COG: qnx_vc_attach'),
    standing: 'inferred',
  },
  'qnx-network/reply-reaches-its-sender': {
    number: 'QNX-ADD-07',
    states:
      'A reply that comes by a circuit answers the message to which it was given, and no other that was sent by the same ' +
      'circuit since; a process that waits no longer hears nothing of it.',
    source: cite('CL: reply'),
    standing: 'inferred',
  },
  'qnx-network/interrupted-sender-withdraws': {
    number: 'QNX-ADD-08',
    states:
      'A process that is interrupted while it waits by a circuit withdraws its message: if it was not carried off it never is; ' +
      'if it was, the other node is told, where it is received no more, or a reply to it fails with ESRCH. Its receiver hears nothing.',
    source: cite('CL: send, reply'),
    standing: 'inferred',
  },
  'qnx-network/signal-crosses-a-circuit': {
    number: 'QNX-SIG-08',
    states:
      'A signal to a circuit is one for the process at its other end, if the user of the sender may: Proc there sees to it, ' +
      'and the sender has its answer when Proc has given it.',
    source: cite('MAZ: ipcnet'),
    standing: 'stated',
  },
  'qnx-network/stand-in-triggers-its-proxy': {
    number: 'QNX-PRX-07',
    states:
      'To trigger the stand-in of a proxy on another node is to trigger the proxy: its owner receives it once for each time ' +
      'at most. A stand-in has an id of its node, is made for the proxies of the caller alone, and goes with the proxy.',
    source: cite('COG: qnx_proxy_rem_attach'),
    standing: 'stated',
  },
  'qnx-network/name-is-found-on-another-node': {
    number: 'QNX-NAME-02',
    states:
      'A name that begins with `/` and is not on the caller\'s own node is looked for on all others, any name on a node that is ' +
      'given; a circuit is made to one that has it, and the caller is told how many there are. Without one the answer is ENOENT.',
    source: cite('CL: qnx_name_locate, qnx_vc_name_attach'),
    standing: 'stated',
  },
  'qnx-network/each-way-is-two-copies': {
    number: 'QNX-COST-04',
    states:
      'By a circuit, a message is copied twice, into the buffer of the other end and to its receiver, and a reply twice, into ' +
      'that buffer and to the client; each way is one packet. A network manager copies nothing as it carries a message off.',
    source: cite('MAZ: netman'),
    standing: 'inferred',
  },
  'qnx-network/dead-circuit-leads-nowhere': {
    number: 'QNX-RED-01',
    states:
      'An end of a circuit stands for one process for as long as it is there. Once that has gone the end leads nowhere, and ' +
      'whoever sends to it gets ESRCH, whatever else has begun on the other node since.',
    source: cite('PAP: 7.5; CL: send'),
    standing: 'stated',
  },
});

/** The slug of a rule of networks of QNX. */
export type QnxNetworkRule = keyof typeof qnxNetworkRules;
