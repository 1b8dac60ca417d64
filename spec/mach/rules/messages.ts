import { cite, rules } from '#spec/rule';

/** The form of a message, as sent and as received. */
export const messageRules = rules({
  'mach/header-fields-swap-on-receipt': {
    number: 'MACH-MSG-01',
    states:
      'A header has bits (two dispositions and the complex flag), size, remote port, local port, sequence ' +
      'number and id. In a send, remote is the destination and local the reply. In a received message ' +
      'local is the port it came from and remote the reply right, and the two dispositions are swapped ' +
      'with them.',
    source: cite('GM: Message Format; GM: Message Receive'),
    standing: 'stated',
  },
  'mach/simple-body-is-plain-bytes': {
    number: 'MACH-MSG-02',
    states:
      'In a simple message the kernel ignores every type descriptor and carries the body as bytes. The ' +
      'header rights travel all the same.',
    source: cite('GM: Message Format'),
    standing: 'stated',
  },
  'mach/complex-body-is-typed-items': {
    number: 'MACH-MSG-03',
    states:
      'The body of a complex message is a sequence of items, each with type, size, count and its data or ' +
      'the address of its data. Items whose type is a port disposition are translated, out-of-line items ' +
      'are copied virtually, and all others are opaque. Out-of-line memory may itself hold an array of ' +
      'rights.',
    source: cite('GM: Message Format'),
    standing: 'stated',
  },
  'mach/complex-flag-needs-ports-or-regions': {
    number: 'MACH-MSG-04',
    states:
      'A message flagged complex that holds no item of port type and no out-of-line data arrives as simple.',
    source: cite('SRC: ipc/ipc_kmsg.c ipc_kmsg_copyin_body; GM18: mach_msg'),
    standing: 'implementation',
  },
  'mach/received-type-names-the-right': {
    number: 'MACH-MSG-05',
    states:
      'In a received message the type of a port item is the kind of right it carried: send, send-once or ' +
      'receive.',
    source: cite('GM: Exchanging Port Rights'),
    standing: 'stated',
  },
  'mach/kernel-stamps-the-sequence-number': {
    number: 'MACH-MSG-06',
    states:
      'The kernel stamps the sequence number into the received header, over whatever the sender put there.',
    source: cite('GM: Message Format'),
    standing: 'stated',
  },
  'mach/receiver-learns-port-and-right-kind': {
    number: 'MACH-MSG-07',
    states:
      'The receiver learns which of its ports was used, and whether by a send or a send-once right. Who ' +
      'sent the message stays hidden.',
    source: cite('DR: 2.5; GM: Message Receive'),
    standing: 'stated',
  },
  'mach/port-items-keep-messages-complex': {
    number: 'MACH-ADD-06',
    states:
      'An item of port type keeps its message complex, even with no elements or with only NULL and DEAD in ' +
      'it. An array of n rights, inline, in the short or the long form, arrives as n names. Items of ' +
      'unknown type pass as data.',
    source: cite('GM18: mach_msg'),
    standing: 'implementation',
  },
});
