import { cite, rules } from '#spec/rule';

/** What each event makes of an entry of a name space, by what the entry denotes. */
export const entryRules = rules({
  'mach/acquired-send-right-adds-a-reference': {
    number: 'MACH-ENT-ACQUIRE-SEND',
    states:
      'Acquiring a send right gives a name for the port one send reference more: a receive name becomes ' +
      'receive and send with one reference, a send name or a receive and send name counts one up, short of ' +
      'the ceiling. Where the task has no name for the port, a new name gets one reference; a dead name is ' +
      'no name for the port.',
    source: cite('GM: Exchanging Port Rights; SRC: ipc/ipc_right.c ipc_right_copyout'),
    standing: 'stated',
  },
  'mach/acquired-receive-right-joins-the-send-name': {
    number: 'MACH-ENT-ACQUIRE-RECEIVE',
    states:
      'Acquiring a receive right joins it to the name under which the task has a send right to the port, ' +
      'whose references stay. Without such a name it gets a new one, which denotes the receive right ' +
      'alone.',
    source: cite('GM: Exchanging Port Rights; SRC: ipc/ipc_right.c ipc_right_copyout'),
    standing: 'stated',
  },
  'mach/acquired-send-once-right-is-fresh': {
    number: 'MACH-ENT-ACQUIRE-SEND-ONCE',
    states:
      'Acquiring a send-once right makes a new name for it, whatever names the task already has for the ' +
      'port.',
    source: cite('GM: Exchanging Port Rights; SRC: ipc/ipc_right.c ipc_right_copyout'),
    standing: 'stated',
  },
  'mach/deallocate-releases-one-reference': {
    number: 'MACH-ENT-DEALLOCATE',
    states:
      'Deallocating a name takes one reference off its send right or dead name, and at the last one the ' +
      'send right goes: the name is freed, or keeps its receive right alone. A send-once name is freed, ' +
      'and its port gets a send-once notification.',
    source: cite('GM: mach_port_deallocate; SRC: ipc/ipc_right.c ipc_right_dealloc'),
    standing: 'stated',
  },
  'mach/mod-refs-moves-send-references': {
    number: 'MACH-ENT-MOD-REFS-SEND',
    states:
      '`mach_port_mod_refs` on a send right adds the delta to its references. At zero the send right goes: ' +
      'the name is freed, or keeps its receive right alone.',
    source: cite('GM: mach_port_mod_refs; SRC: ipc/ipc_right.c ipc_right_delta'),
    standing: 'stated',
  },
  'mach/mod-refs-destroys-the-receive-right': {
    number: 'MACH-ENT-MOD-REFS-RECEIVE',
    states:
      '`mach_port_mod_refs` of -1 on a receive right destroys it, so the port dies unless it is handed ' +
      'over. A name with the receive right alone is freed. A name that has send references too becomes a ' +
      'dead name with those references when the port dies, and one more if a dead-name request was ' +
      'registered on it.',
    source: cite('GM: mach_port_mod_refs; SRC: ipc/ipc_right.c ipc_right_delta'),
    standing: 'stated',
  },
  'mach/mod-refs-destroys-the-send-once-right': {
    number: 'MACH-ENT-MOD-REFS-SEND-ONCE',
    states:
      '`mach_port_mod_refs` of -1 on a send-once right frees the name, and its port gets a send-once ' +
      'notification.',
    source: cite('GM: mach_port_mod_refs; SRC: ipc/ipc_right.c ipc_right_delta'),
    standing: 'stated',
  },
  'mach/mod-refs-destroys-the-port-set': {
    number: 'MACH-ENT-MOD-REFS-PORT-SET',
    states: '`mach_port_mod_refs` of -1 on a port set frees the name and destroys the set.',
    source: cite('GM: mach_port_mod_refs; SRC: ipc/ipc_right.c ipc_right_delta'),
    standing: 'stated',
  },
  'mach/mod-refs-moves-dead-references': {
    number: 'MACH-ENT-MOD-REFS-DEAD',
    states:
      '`mach_port_mod_refs` on a dead name adds the delta to its references; at zero the name is freed.',
    source: cite('GM: mach_port_mod_refs; SRC: ipc/ipc_right.c ipc_right_delta'),
    standing: 'stated',
  },
  'mach/destroy-frees-the-name-at-once': {
    number: 'MACH-ENT-DESTROY',
    states:
      '`mach_port_destroy` frees the name whatever it denotes and however many references it has. With a ' +
      'receive right the port dies unless it is handed over; with a send-once right its port gets a ' +
      'send-once notification; a port set is destroyed.',
    source: cite('GM: mach_port_destroy; SRC: ipc/ipc_right.c ipc_right_destroy'),
    standing: 'stated',
  },
  'mach/move-receive-leaves-send-references': {
    number: 'MACH-ENT-MOVE-RECEIVE',
    states:
      'Taking the receive right out of a name with move-receive frees the name, or leaves it denoting the ' +
      'send right with all its references, where it had one.',
    source: cite('GM: Exchanging Port Rights; SRC: ipc/ipc_right.c ipc_right_copyin'),
    standing: 'stated',
  },
  'mach/move-send-takes-one-reference': {
    number: 'MACH-ENT-MOVE-SEND',
    states:
      'Taking a send right out of a name with move-send takes one reference off, and at the last one the ' +
      'send right goes: the name is freed, or keeps its receive right alone. In the body or as reply a ' +
      'dead name may be given instead, and loses one reference, the last of which frees the name.',
    source: cite('GM: Exchanging Port Rights; SRC: ipc/ipc_right.c ipc_right_copyin'),
    standing: 'stated',
  },
  'mach/copy-send-leaves-the-entry': {
    number: 'MACH-ENT-COPY-SEND',
    states:
      'Copying a send right out of a name with copy-send leaves its references unchanged. In the body or ' +
      'as reply a dead name may be given instead, and is unchanged too.',
    source: cite('GM: Exchanging Port Rights; SRC: ipc/ipc_right.c ipc_right_copyin'),
    standing: 'stated',
  },
  'mach/making-a-right-leaves-the-entry': {
    number: 'MACH-ENT-MAKE',
    states:
      'Making a send or send-once right out of a receive right leaves the name that holds the receive ' +
      'right unchanged, with or without send references.',
    source: cite('GM: Exchanging Port Rights; SRC: ipc/ipc_right.c ipc_right_copyin'),
    standing: 'stated',
  },
  'mach/move-send-once-frees-the-name': {
    number: 'MACH-ENT-MOVE-SEND-ONCE',
    states:
      'Taking a send-once right out of its name with move-send-once frees the name. In the body or as ' +
      'reply a dead name may be given instead, and loses one reference, the last of which frees the name.',
    source: cite('GM: Exchanging Port Rights; SRC: ipc/ipc_right.c ipc_right_copyin'),
    standing: 'stated',
  },
  'mach/port-death-leaves-dead-names': {
    number: 'MACH-ENT-PORT-DEATH',
    states:
      'When a port dies elsewhere, a send name for it becomes a dead name with the same references and a ' +
      'send-once name a dead name with one reference, each with one more if a dead-name request was ' +
      'registered on it.',
    source: cite('GM: Request Notifications; SRC: ipc/ipc_right.c ipc_right_check'),
    standing: 'stated',
  },
  'mach/rename-keeps-the-entry': {
    number: 'MACH-ENT-RENAME',
    states:
      'Renaming to a free name frees the old name and moves all that it denoted, with references and ' +
      'requests, to the new one.',
    source: cite('GM: mach_port_rename; SRC: ipc/ipc_right.c ipc_right_rename'),
    standing: 'stated',
  },
  'mach/freed-name-yields-port-deleted': {
    number: 'MACH-ENT-PORT-DELETED',
    states:
      'Whenever a name with a dead-name request is freed and its port was alive when the operation began, ' +
      'a port-deleted notification is sent through the registered right; that includes an operation that ' +
      'itself kills the port by freeing its receive name, and move-receive out of a receive-only name. The ' +
      'send-cancel option may suppress it. Where a name merely loses one of its two rights, by the last ' +
      'send reference or by move-receive, the request stays on it.',
    source: cite(
      'GM: Request Notifications; SRC: ipc/ipc_right.c ipc_right_dealloc, ipc_right_delta, ' +
      'ipc_right_copyin',
    ),
    standing: 'stated',
  },
});
