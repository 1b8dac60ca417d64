import { cite, rules } from '#spec/rule';

/** How rights enter and leave messages: the six dispositions, the header, arrival. */
export const dispositionRules = rules({
  'mach/move-receive-carries-the-receive-right': {
    number: 'MACH-DSP-MOVE-RECEIVE',
    states:
      'Move-receive needs a receive right and carries it away: the sender keeps any send right under the ' +
      'same name, the port leaves its set, and threads waiting on it get MACH_RCV_PORT_DIED. The port ' +
      'restarts with make-send count 0 and sequence number 0. The right arrives as a receive right; a dead ' +
      'name as source is an error.',
    source: cite('GM: Exchanging Port Rights; SRC: ipc/ipc_right.c ipc_right_copyin'),
    standing: 'stated',
  },
  'mach/move-send-carries-a-reference-away': {
    number: 'MACH-DSP-MOVE-SEND',
    states:
      "Move-send needs a send right and takes one reference of it; with the last one the sender's right " +
      'itself travels, and otherwise the port counts one send right more. It arrives as a send right. In a ' +
      'body or reply a dead name loses one reference and arrives as DEAD; as destination it is an error.',
    source: cite('GM: Exchanging Port Rights; SRC: ipc/ipc_right.c ipc_right_copyin'),
    standing: 'stated',
  },
  'mach/copy-send-duplicates-the-send-right': {
    number: 'MACH-DSP-COPY-SEND',
    states:
      'Copy-send needs a send right, leaves the sender as it was, and the port counts one send right more. ' +
      'It arrives as a send right. In a body or reply a dead name is left as it was and arrives as DEAD; ' +
      'as destination it is an error.',
    source: cite('GM: Exchanging Port Rights; SRC: ipc/ipc_right.c ipc_right_copyin'),
    standing: 'stated',
  },
  'mach/make-send-counts-on-the-port': {
    number: 'MACH-DSP-MAKE-SEND',
    states:
      'Make-send needs the receive right and leaves the sender as it was; the port counts one send right ' +
      'more and its make-send count grows by one. It arrives as a send right; a dead name as source is an ' +
      'error.',
    source: cite('GM: Exchanging Port Rights; SRC: ipc/ipc_right.c ipc_right_copyin'),
    standing: 'stated',
  },
  'mach/move-send-once-carries-the-right': {
    number: 'MACH-DSP-MOVE-SEND-ONCE',
    states:
      'Move-send-once needs a send-once right, frees its name, and leaves the counts of the port as they ' +
      'were. It arrives as a send-once right. In a body or reply a dead name loses one reference and ' +
      'arrives as DEAD; as destination it is an error.',
    source: cite('GM: Exchanging Port Rights; SRC: ipc/ipc_right.c ipc_right_copyin'),
    standing: 'stated',
  },
  'mach/make-send-once-makes-a-new-right': {
    number: 'MACH-DSP-MAKE-SEND-ONCE',
    states:
      'Make-send-once needs the receive right and leaves the sender as it was; the port counts one ' +
      'send-once right more. It arrives as a send-once right; a dead name as source is an error.',
    source: cite('GM: Exchanging Port Rights; SRC: ipc/ipc_right.c ipc_right_copyin'),
    standing: 'stated',
  },
  'mach/header-takes-send-dispositions': {
    number: 'MACH-DSP-HEADER',
    states:
      'The destination may use any disposition that gives a send or send-once right; so may the reply, ' +
      'which may also be NULL or DEAD with such a disposition, or absent. Move-receive in a header is ' +
      'refused with MACH_SEND_INVALID_HEADER. A body may use all six.',
    source: cite('GM: Message Format; GM: Message Send; SRC: ipc/ipc_kmsg.c ipc_kmsg_copyin_header'),
    standing: 'stated',
  },
  'mach/arriving-right-finds-its-name': {
    number: 'MACH-IPC-30',
    states:
      'An arriving send right reuses the name the receiver has for the port, or else takes a new one with ' +
      'one reference. An arriving receive right reuses the name of a send right to the port, or else takes ' +
      'a new one. An arriving send-once right always takes a new one.',
    source: cite('GM: Exchanging Port Rights'),
    standing: 'stated',
  },
  'mach/null-and-dead-may-replace-rights': {
    number: 'MACH-IPC-31',
    states: 'A body may carry NULL or DEAD wherever it may carry a right, and each arrives as it was sent.',
    source: cite('GM: Exchanging Port Rights'),
    standing: 'stated',
  },
  'mach/right-to-a-dead-port-arrives-dead': {
    number: 'MACH-IPC-32',
    states:
      'If the port of a send or send-once right dies while the right is in transit, the receiver gets ' +
      'DEAD: no name, no reference, and no notification.',
    source: cite('GM: Exchanging Port Rights; KI: mach_msg'),
    standing: 'stated',
  },
  'mach/disposition-matches-the-live-right': {
    number: 'MACH-IPC-33',
    states:
      'Copy-send and move-send of a live send-once name, and move-send-once of a live send name, are ' +
      'errors. Once the port is dead either is accepted in a body or reply, because the name is just a ' +
      'dead name then.',
    source: cite('SRC: ipc/ipc_right.c ipc_right_copyin'),
    standing: 'implementation',
  },
  'mach/destination-is-alive-at-copy-in': {
    number: 'MACH-IPC-34',
    states:
      'The destination must be alive when the header is copied in: a dead name, or a right whose port has ' +
      'died, gives MACH_SEND_INVALID_DEST, and nothing is consumed.',
    source: cite('GM: Message Send; SRC: ipc/ipc_kmsg.c ipc_kmsg_copyin_header'),
    standing: 'stated',
  },
  'mach/header-rights-are-taken-together': {
    number: 'MACH-IPC-35',
    states:
      'The two header rights are translated as one step. Where destination and reply are the same name, ' +
      'copy-send twice needs one reference, and move-send with copy-send succeeds with one; move-send ' +
      'twice needs two, and otherwise fails with MACH_SEND_INVALID_DEST or MACH_SEND_INVALID_REPLY. A make ' +
      'disposition on one side goes with any send disposition on the other if both rights are there. ' +
      'Move-send-once on either side of a shared name always fails.',
    source: cite('GM: Atomicity; SRC: ipc/ipc_kmsg.c ipc_kmsg_copyin_header'),
    standing: 'stated',
  },
  'mach/bad-header-names-one-right': {
    number: 'MACH-IPC-36',
    states:
      'An unknown destination name is always MACH_SEND_INVALID_DEST. For two names, an unknown reply or an ' +
      'impossible reply disposition is then MACH_SEND_INVALID_REPLY, and after that an impossible or dead ' +
      'destination MACH_SEND_INVALID_DEST. For one shared name, an impossible reply disposition is ' +
      'MACH_SEND_INVALID_REPLY, and an impossible or dead destination, move-send-once on either side, or ' +
      'move-send twice with one reference MACH_SEND_INVALID_DEST.',
    source: cite('SRC: ipc/ipc_kmsg.c ipc_kmsg_copyin_header; GM18: mach_msg'),
    standing: 'implementation',
  },
  'mach/body-failure-destroys-rights-taken': {
    number: 'MACH-IPC-37',
    states:
      'Body rights and memory are atomic neither with each other nor with the header. When the body fails, ' +
      'the header rights and the body rights already taken are destroyed, not given back.',
    source: cite('GM: Message Send; GM: Atomicity; SRC: ipc/ipc_kmsg.c ipc_kmsg_clean_partial'),
    standing: 'stated',
  },
  'mach/body-failure-fires-send-once': {
    number: 'MACH-IPC-38',
    states:
      'After MACH_SEND_INVALID_RIGHT, MACH_SEND_INVALID_TYPE or MACH_SEND_INVALID_MEMORY, a destination ' +
      'given by move-send-once receives a send-once notification, and a reply made with make-send-once ' +
      'puts one on the reply port of the sender itself.',
    source: cite('SRC: ipc/ipc_kmsg.c ipc_kmsg_clean_partial; SRC: ipc/ipc_object.c ipc_object_destroy'),
    standing: 'implementation',
  },
  'mach/rights-in-messages-are-extant': {
    number: 'MACH-IPC-39',
    states:
      'Rights in messages count as extant, the destination right of a queued message included. So ' +
      'no-senders waits while a message sent through a send right is in the queue of the port.',
    source: cite('KP: 4 "Port Rights"; SRC: ipc/ipc_kmsg.c ipc_kmsg_copyout_header'),
    standing: 'stated',
  },
  'mach/null-reply-keeps-its-kind': {
    number: 'MACH-ADD-05',
    states:
      'A reply of NULL or DEAD with a disposition is legal, and the receiver is still shown the kind of ' +
      'right it would have carried. NULL without a disposition is no reply; DEAD without one is refused ' +
      'with MACH_SEND_INVALID_HEADER.',
    source: cite('GM18: mach_msg'),
    standing: 'implementation',
  },
});
