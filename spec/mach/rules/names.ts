import { cite, rules } from '#spec/rule';

/** What a name may denote, and how references are counted. */
export const nameRules = rules({
  'mach/names-are-positive-integers': {
    number: 'MACH-IPC-10',
    states:
      'Names are positive integers; NULL and DEAD are reserved and denote nothing. For a new right the ' +
      'kernel may choose any name that denotes nothing at that moment, one used earlier included.',
    source: cite('GM: Exchanging Port Rights'),
    standing: 'stated',
  },
  'mach/last-freed-name-returns-first': {
    number: 'MACH-IPC-11',
    states: 'CMU Mach and GNU Mach give out the most recently freed name first. Nothing may rely on it.',
    source: cite('DR: 4.1'),
    standing: 'implementation',
  },
  'mach/name-denotes-one-combination': {
    number: 'MACH-IPC-12',
    states:
      'A name denotes exactly one of: a receive right, a send right with its references, a receive and a ' +
      'send right together, one send-once right, a port set, or a dead name with its references. No other ' +
      'combination exists.',
    source: cite('GM: Exchanging Port Rights; SRC: ipc/ipc_right.c'),
    standing: 'stated',
  },
  'mach/send-rights-coalesce-under-one-name': {
    number: 'MACH-IPC-13',
    states:
      'In one name space all send rights to a port, and its receive right if held there, share a single ' +
      'name. So two names for send or receive rights are equal exactly if the ports are, and a second send ' +
      'right to a known port adds to the name it has.',
    source: cite('GM: Exchanging Port Rights; DR: 2.2'),
    standing: 'stated',
  },
  'mach/send-once-rights-have-separate-names': {
    number: 'MACH-IPC-14',
    states:
      'Each send-once right has a name of its own, distinct from those of other send-once rights and from ' +
      'the send or receive name for the same port.',
    source: cite('KP: 4 "Port Name Space"'),
    standing: 'stated',
  },
  'mach/reference-counts-have-ceilings': {
    number: 'MACH-IPC-15',
    states:
      'Where U is the ceiling of the implementation, a send right has 1 to U-1 references and a dead name ' +
      '1 to U; a receive right, a port set and a send-once right count as 1. The ceiling for send rights ' +
      'is one lower so that the extra reference of a dead-name notification always fits.',
    source: cite('GM: mach_port_mod_refs; SRC: ipc/ipc_right.c ipc_right_delta'),
    standing: 'stated',
  },
  'mach/received-right-pegs-at-the-ceiling': {
    number: 'MACH-IPC-16',
    states:
      'Receiving a send right already held adds one reference; at the ceiling the count stays where it is ' +
      'and the receive succeeds all the same. `mach_port_insert_right` in the same situation fails with ' +
      'KERN_UREFS_OVERFLOW.',
    source: cite('GM: Exchanging Port Rights; SRC: ipc/ipc_right.c ipc_right_copyout'),
    standing: 'stated',
  },
  'mach/port-counts-entries-as-senders': {
    number: 'MACH-IPC-17',
    states:
      'References are local to a task. The port itself counts one send right for each entry that holds ' +
      'one, however many references the entry has.',
    source: cite('SRC: ipc/ipc_right.c ip_srights'),
    standing: 'implementation',
  },
  'mach/dead-name-inherits-references': {
    number: 'MACH-IPC-18',
    states:
      'A dead name takes over the references of the send or send-once right it replaces, and one more if a ' +
      'dead-name request was registered. It keeps the name from being used again until its references are ' +
      'released.',
    source: cite('GM: Request Notifications; DR: 3.1.2'),
    standing: 'stated',
  },
  'mach/dead-names-appear-when-touched': {
    number: 'MACH-IPC-19',
    states:
      'Inside the kernel a name whose port has died becomes a dead name when it is next touched. A task ' +
      'can observe the delay only by which error some later calls report.',
    source: cite('DR: 4.1; SRC: ipc/ipc_right.c ipc_right_check'),
    standing: 'implementation',
  },
  'mach/port-set-holds-own-receive-rights': {
    number: 'MACH-IPC-20',
    states:
      'A port set holds receive rights of its own task only, and may be empty; a receive right is in at ' +
      'most one set. A set cannot be sent in a message.',
    source: cite('GM: Major Concepts; GM: Message Receive'),
    standing: 'stated',
  },
  'mach/set-destruction-frees-live-members': {
    number: 'MACH-IPC-21',
    states:
      'Destroying a port set removes all its members. They stay alive, with their queued messages in ' +
      'order, and can be received from directly again.',
    source: cite('GM: mach_port_destroy; SRC: ipc/ipc_pset.c ipc_pset_destroy, ipc_pset_remove'),
    standing: 'stated',
  },
  'mach/type-reports-pending-requests': {
    number: 'MACH-ADD-02',
    states:
      'Besides the rights of a name, `mach_port_type` and `mach_port_names` report one flag while a ' +
      'dead-name request is registered on it (receive, send and send-once names) and another while a ' +
      'msg-accepted notification is owed. A flag is clear again once its request has fired or is ' +
      'cancelled. GNU Mach uses 0x80000000 and 0x40000000.',
    source: cite('GM18: mach_port_type; GM: mach_port_type'),
    standing: 'implementation',
  },
  'mach/refused-calls-may-shift-later-names': {
    number: 'MACH-ADD-08',
    states:
      'A refused insert or rename has no visible effect, except that it may change which name the kernel ' +
      'picks next. Nothing may rely on a picked name.',
    source: cite('GM18: mach_port_insert_right, mach_port_rename'),
    standing: 'implementation',
  },
});
