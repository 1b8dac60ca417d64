import { cite, rules } from '#spec/rule';

/** The network message server: what carries Mach's ports over a network, of which the kernel knows nothing. */
export const machNetworkRules = rules({
  'mach-network/kernel-knows-no-network': {
    number: 'MACH-NET-00',
    states:
      'The kernel of a node knows nothing of the network. A call changes its own node alone, and puts nothing on the wire; ' +
      'what a server does changes its own node and the wire. Nothing else crosses.',
    source: cite('KP: 1; DR: 2.5'),
    standing: 'stated',
  },
  'mach-network/remote-port-has-one-proxy': {
    number: 'MACH-NET-01',
    states:
      'For each remote port that is known on a node, the server there holds the receive right of one proxy port, and local ' +
      'tasks hold ordinary send rights to the proxy. The server of the receiver holds a send right to the real port.',
    source: cite('DR: 2.5; BAR: 2.5.2'),
    standing: 'stated',
  },
  'mach-network/message-passes-through-two-servers': {
    number: 'MACH-NET-02',
    states:
      'One logical send is a local message to the proxy, a message between the two servers, and a local message to the real ' +
      'port. It arrives with the same id, data and number of rights, and neither side can tell that it came from elsewhere.',
    source: cite('DR: 2.5; UN3: the path of a message'),
    standing: 'stated',
  },
  'mach-network/identifier-is-made-on-demand': {
    number: 'MACH-NET-03',
    states:
      'A port that is to be known elsewhere gets an identifier: where its receiver and its owner are believed to be, a public ' +
      'number and a secret one. Servers keep a two-way table of local ports and identifiers. No number is given twice, and ' +
      'the secret goes with the receive right only.',
    source: cite('NMS: 3'),
    standing: 'stated',
  },
  'mach-network/right-becomes-an-identifier-and-back': {
    number: 'MACH-NET-04a',
    states:
      'A right in a message is replaced by its identifier on the way out, and on the way in by a right of the same kind for ' +
      'the same port: a local proxy, or the real port if that lives here.',
    source: cite('NMS: 2; NMS: 3'),
    standing: 'stated',
  },
  'mach-network/right-that-comes-home-is-real': {
    number: 'MACH-NET-04b',
    states: 'A right that comes back to the node where its port lives denotes the real port, under the name it has there.',
    source: cite('NMS: 3; BAR: 2.5.1'),
    standing: 'stated',
  },
  'mach-network/receive-right-moves-between-nodes': {
    number: 'MACH-NET-05a',
    states:
      'A receive right can be sent to another node. There what stood for the port becomes the port; where it was, the port ' +
      'becomes a proxy, with the messages in its queue and the senders it had, which follow it.',
    source: cite('NMS: 9'),
    standing: 'stated',
  },
  'mach-network/moved-port-is-searched-for': {
    number: 'MACH-NET-05b',
    states:
      'Addresses in identifiers are hints. A wrong one is corrected by asking the believed receiver, then the owner, then ' +
      'everybody; the answers are: here, here but moved, not here but moved, dead, unknown.',
    source: cite('NMS: 9'),
    standing: 'stated',
  },
  'mach-network/memory-crosses-as-bytes': {
    number: 'MACH-NET-06a',
    states: 'Out-of-line memory is physically shipped: it arrives as new memory with the same bytes, which shares nothing with the old.',
    source: cite('NMS: 6.1; KP: 1'),
    standing: 'stated',
  },
  'mach-network/data-is-converted-to-the-receiver': {
    number: 'MACH-NET-06b',
    states:
      'Typed data is converted to the representation of the receiver. Between machines that keep the bytes of a number in ' +
      'different orders, each element of several bytes is turned round, and nothing else.',
    source: cite('NMS: 6.1'),
    standing: 'stated',
  },
  'mach-network/full-port-suspends-its-senders': {
    number: 'MACH-NET-07a',
    states:
      'The receiving server delivers with send-notify. When that forces a message into a full queue it takes no more for the ' +
      'port, and notes whom it refuses. The refused server takes nothing from the proxy, whose queue fills and blocks local senders.',
    source: cite('NMS: 6.2'),
    standing: 'stated',
  },
  'mach-network/unblock-restarts-senders': {
    number: 'MACH-NET-07b',
    states:
      'When there is room again every server that was refused is told, and sends what it kept. If the word is lost, a ' +
      'checkup has the same effect.',
    source: cite('NMS: 6.2'),
    standing: 'stated',
  },
  'mach-network/one-way-messages-stay-in-order': {
    number: 'MACH-NET-08',
    states:
      'One-way messages of one sender to one port arrive in order, as long as its receive right stays where it is. Requests ' +
      'that expect a reply may overlap on the wire, and a one-way message right after one has no place in the order.',
    source: cite('NMS: 6.4'),
    standing: 'stated',
  },
  'mach-network/proxy-accepts-for-the-port': {
    number: 'MACH-NET-09',
    states:
      "A send to a proxy succeeds when the proxy's own queue accepts it; that says nothing of the queue of the real port, nor " +
      'whether the port still lives.',
    source: cite('DR: 2.5; NMS: 6.2'),
    standing: 'inferred',
  },
  'mach-network/message-is-kept-until-completion': {
    number: 'MACH-NET-10a',
    states:
      'A server keeps a message until it hears what became of it. Where the port has moved or is blocked it sends it again; ' +
      'where nothing is heard it tries again, or gives up, and then the rights in the message come to an end as in any ' +
      'message that is destroyed.',
    source: cite('NMS: 6.2'),
    standing: 'stated',
    readings: { retry: 'The message is sent again.', abort: 'The message is given up.' },
  },
  'mach-network/resent-message-is-delivered-once': {
    number: 'MACH-NET-10b',
    states: 'A message that is sent again, or that the wire brings twice, is delivered once.',
    source: cite('NMS: 7.2'),
    standing: 'disputed',
    readings: {
      ideal: 'Every message bears a number, and one that has been taken is not taken again.',
      legacy: 'Only secure messages bear numbers: an ordinary one without rights may be delivered as often as it comes.',
    },
  },
  'mach-network/port-death-is-told-at-once': {
    number: 'MACH-NET-11a',
    states: 'When a port dies, its server tells every node at once. That is a hint: nobody makes sure that it arrives.',
    source: cite('UN2: port death; NMS: 8'),
    standing: 'stated',
  },
  'mach-network/silent-port-is-declared-dead': {
    number: 'MACH-NET-11b',
    states:
      'At every checkup a server asks the believed receiver after each port that it uses. Silence starts the search; when ' +
      'that fails too, or the port is said to be dead, the port is declared dead here: the proxy is destroyed, and local ' +
      'holders see an ordinary port death. A port that answers is not declared dead.',
    source: cite('UN2: port death; NMS: 8; NMS: 9'),
    standing: 'stated',
  },
  'mach-network/unused-proxy-is-given-up': {
    number: 'MACH-NET-11c',
    states: 'Checkups are about ports that are used: a proxy to which no right is left on its node is given up, and no other is.',
    source: cite('NMS: 8'),
    standing: 'inferred',
  },
  'mach-network/crash-kills-the-ports-of-a-node': {
    number: 'MACH-NET-12',
    states:
      'When a machine crashes nobody is told. In the end every other node declares dead the ports whose receivers were ' +
      'there, and none before its own checkups have failed. Messages under way to it are lost without an error to their senders.',
    source: cite('NMS: 8; NMS: 9; UN1: node crash'),
    standing: 'inferred',
  },
  'mach-network/partition-looks-like-death': {
    number: 'MACH-NET-13',
    states: 'A partition looks the same: ports that live may be declared dead. After it has healed the old send rights stay dead.',
    source: cite('NMS: 9'),
    standing: 'inferred',
  },
  'mach-network/send-once-guarantee-crosses-nodes': {
    number: 'MACH-NET-14',
    states:
      'A send-once right that has crossed yields exactly one message: where its holder lets it go, or vanishes with its node, ' +
      'the port gets a send-once notification.',
    source: cite('DR: 4.4; NMS: 4'),
    standing: 'disputed',
    readings: {
      ideal: "The server keeps the guarantee: it lets its own right go when the remote holder's is gone.",
      legacy: 'The server of 1989 takes send-once rights for send rights, and gives no guarantee.',
    },
  },
  'mach-network/no-senders-waits-for-remote-holders': {
    number: 'MACH-NET-15',
    states: 'A port whose send rights on other nodes are all gone has no senders, and the kernel tells whoever asked for that; not before.',
    source: cite('NMS: 8; BAR: 2.5.4'),
    standing: 'disputed',
    readings: {
      ideal: 'A token goes round twice; all send and transit counts are zero both times, and no node has sent the right on in between.',
      legacy: 'There was no traffic and no question for several rounds: late, and wrong if a live holder is cut off.',
    },
  },
  'mach-network/hand-over-reaches-a-remote-backup': {
    number: 'MACH-NET-16',
    states:
      'A port-destroyed request works across nodes: when the task that receives dies and its kernel lives, the receive right ' +
      'goes to the backup with the messages in the queue, even if the backup is on another node.',
    source: cite('UN1: backup ports'),
    standing: 'stated',
  },
  'mach-network/machine-crash-hands-nothing-over': {
    number: 'MACH-RDR-10',
    states: 'When the whole machine crashes no port-destroyed notification is made, and servers know nothing of backups: its ports are gone everywhere.',
    source: cite('UN1: backup ports'),
    standing: 'stated',
  },
  'mach-network/tasks-are-controlled-through-proxies': {
    number: 'MACH-NET-17',
    states:
      'A message to a proxy of a task port does on the task what it would do on its own node, and the answer comes back. A ' +
      'task stays on its node.',
    source: cite('KP: 6 "Nodes"; PAP: 7.3'),
    standing: 'stated',
  },
  'mach-network/restarted-server-loses-its-proxies': {
    number: 'MACH-NET-18a',
    states: 'When a server ends, its proxies end with it: their local holders see an ordinary port death. Real ports live on.',
    source: cite('NMS: 8.1'),
    standing: 'stated',
  },
  'mach-network/restarted-server-is-checked-upon': {
    number: 'MACH-NET-18b',
    states: 'A server that starts tells all others, as a hint. They ask it after every port that they believed it had.',
    source: cite('NMS: 8.1'),
    standing: 'stated',
  },
  'mach-network/names-find-services': {
    number: 'MACH-NET-19',
    states:
      'The server keeps names for send rights, by messages to its own port, which every task has as its bootstrap port: ' +
      'check-in, look-up on this host, on another one or on all, and check-out by whoever shows the signature.',
    source: cite('DR: 2.5; NMS: 12'),
    standing: 'stated',
  },
  'mach-network/transparency-has-limits': {
    number: 'MACH-NET-20',
    states: 'What differs from one machine: when things happen, the order of requests, crashes, send-once and no-senders guarantees, and shared memory.',
    source: cite('NMS: 6; BAR: 2.5'),
    standing: 'inferred',
  },
});

/** The slug of a rule of Mach networks. */
export type MachNetworkRule = keyof typeof machNetworkRules;
