import type { MachRule } from '#spec/mach/rules';
import { statements } from '#spec/paper/statement';

/** What the paper says of ports, rights and messages. */
export const machCommunication = statements<MachRule>()([
  {
    id: 'PAP-4.2-01',
    section: '4.2',
    says: 'Mach has a set of message passing primitives for interprocess communication.',
    verdict: 'holds',
    because: 'One call sends, receives, or does both.',
    rules: ['mach/combined-call-receives-after-success'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-02',
    section: '4.2',
    says: 'Ports and capabilities make message passing secure.',
    verdict: 'holds under conditions',
    because:
      'Nobody sends or receives without the right, which the kernel keeps. But a receiver does not learn ' +
      'who sent, and whoever holds the port of a task can take or replace its rights.',
    rules: [
      'mach/send-rights-coalesce-under-one-name',
      'mach/bad-destination-refuses-the-send',
      'mach/receive-refuses-other-names',
      'mach/receiver-learns-port-and-right-kind',
      'mach/task-port-holder-can-interpose',
    ],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-03',
    section: '4.2',
    says: 'A port is a mailbox to which messages are sent and from which they are read.',
    verdict: 'holds',
    because: 'It is a queue with any number of senders and one receiving task.',
    rules: [
      'mach/new-port-is-empty',
      'mach/receive-right-is-exclusive',
      'mach/messages-of-a-port-stay-in-order',
    ],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-04',
    section: '4.2',
    says: 'Each task has a port table that the kernel keeps in its own memory.',
    verdict: 'holds',
    because: 'A task owns exactly one port name space, which changes only through operations of the kernel.',
    rules: ['mach/task-owns-names-and-addresses', 'mach/name-denotes-one-combination'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-05',
    section: '4.2',
    says: 'A port is an index into that table.',
    verdict: 'holds',
    because:
      'It is the name that is the index: a positive integer which means something only in the space of its ' +
      'task.',
    rules: ['mach/names-are-positive-integers'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-06',
    section: '4.2',
    says: 'Each entry of the table holds a capability to send to that port.',
    verdict: 'holds under conditions',
    because:
      'Some do. An entry may also denote a receive right alone, a send-once right, a port set, or a dead ' +
      'name, which is no capability.',
    rules: ['mach/name-denotes-one-combination'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-07',
    section: '4.2',
    says: 'The kinds of capability are send, send-once and receive.',
    verdict: 'holds',
    because:
      'These are the three rights to a port; a name may besides denote a port set, or a dead name, which ' +
      'is no right.',
    rules: ['mach/name-denotes-one-combination', 'mach/received-type-names-the-right'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-08',
    section: '4.2',
    says: 'The receive capability is exclusive.',
    verdict: 'holds',
    because: 'It is in exactly one place: one name of one task, one message, or the kernel.',
    rules: ['mach/receive-right-is-exclusive'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-09',
    section: '4.2',
    says: 'There are two ways for a task to get a capability.',
    verdict: 'does not hold',
    because:
      'A task also gets rights by creating a port, by making send rights from a receive right, from a ' +
      'trap, and by an insert that a holder of its task port makes.',
    rules: [
      'mach/new-port-is-empty',
      'mach/make-send-counts-on-the-port',
      'mach/task-port-holder-can-interpose',
      'mach/special-ports-are-readable-and-settable',
    ],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-10',
    section: '4.2',
    says: 'The first way is to inherit it from the template task at creation.',
    verdict: 'holds under conditions',
    because: 'Only the special and the registered ports pass on. The port name space of a new task is empty.',
    rules: ['mach/template-gives-memory-and-special-ports'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-11',
    section: '4.2',
    says: 'The second way is in a message from another process that has a capability for the port.',
    verdict: 'holds under conditions',
    because:
      'Messages do carry rights. The sender need not be another process: it may be the kernel, as in a ' +
      'port-destroyed notification, or the task itself.',
    rules: ['mach/arriving-right-finds-its-name', 'mach/port-destroyed-hands-the-right-over'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-12',
    section: '4.2',
    says: 'Messages are of two types, simple and complex.',
    verdict: 'holds',
    because: 'One bit of the header tells them apart.',
    rules: [
      'mach/header-fields-swap-on-receipt',
      'mach/simple-body-is-plain-bytes',
      'mach/complex-body-is-typed-items',
    ],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-13',
    section: '4.2',
    says: 'A simple message is passed as it is, and the kernel does not know what is in it.',
    verdict: 'holds under conditions',
    because:
      'True of the body. In the header the kernel translates the rights and writes the sequence number.',
    rules: [
      'mach/simple-body-is-plain-bytes',
      'mach/header-fields-swap-on-receipt',
      'mach/kernel-stamps-the-sequence-number',
    ],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-14',
    section: '4.2',
    says: 'A simple message cannot carry capabilities.',
    verdict: 'holds under conditions',
    because: 'True of the body. The destination and reply rights in its header travel in every message.',
    rules: ['mach/simple-body-is-plain-bytes'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-15',
    section: '4.2',
    says: 'A complex message is any number of tuples of type, size and data.',
    verdict: 'holds',
    because: 'Each item has a type, a size, a count, and its data or the address of its data.',
    rules: ['mach/complex-body-is-typed-items'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-16',
    section: '4.2',
    says: 'On delivery the kernel goes through the tuples and looks for those that are capabilities.',
    verdict: 'holds',
    because:
      'Items whose type is a port disposition are translated and all other inline items are opaque; ' +
      'out-of-line items are besides copied virtually.',
    rules: ['mach/complex-body-is-typed-items'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-17',
    section: '4.2',
    says:
      "For each such tuple it creates a capability in the receiver's port table and makes the message " +
      'refer to it.',
    verdict: 'holds under conditions',
    because:
      'The item does arrive as a name of the receiver. A send right to a known port adds a reference to ' +
      'the name there is; NULL, DEAD, and rights whose port died on the way make no entry.',
    rules: [
      'mach/arriving-right-finds-its-name',
      'mach/send-rights-coalesce-under-one-name',
      'mach/null-and-dead-may-replace-rights',
      'mach/right-to-a-dead-port-arrives-dead',
    ],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-18',
    section: '4.2',
    says: 'A receive capability sent in a message is taken from its sender.',
    verdict: 'holds',
    because: 'Move-receive is the only way to send one, and the sender keeps at most its send right.',
    rules: [
      'mach/move-receive-carries-the-receive-right',
      'mach/move-receive-leaves-send-references',
      'mach/receive-right-is-exclusive',
    ],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-19',
    section: '4.2',
    says: 'All kernel services except message passing are invoked by a message to a kernel port.',
    verdict: 'holds under conditions',
    because: 'The identity, reply-port and yield traps and waiting for an event need no port either.',
    rules: ['mach/kernel-services-are-messages', 'mach/yielding-is-a-trap'],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-20',
    section: '4.2',
    says: 'That port is well known and provided by the template task.',
    verdict: 'holds under conditions',
    because:
      'The kernel makes the port of each new object itself and a task asks a trap for its own; what the ' +
      'template provides is the bootstrap, exception and registered ports.',
    rules: [
      'mach/template-gives-memory-and-special-ports',
      'mach/special-ports-are-readable-and-settable',
      'mach/kernel-objects-are-ports',
    ],
    kernels: ['mach'],
  },
  {
    id: 'PAP-4.2-21',
    section: '4.2',
    says: 'A process uses a device by messages to a port that represents it.',
    verdict: 'holds',
    because: 'Each device is named by a port whose receiver is the kernel.',
    rules: ['mach/kernel-objects-are-ports'],
    kernels: ['mach'],
  },
]);
