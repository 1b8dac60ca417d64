import { cite, rules } from '#spec/rule';

/** What each operation on names refuses, in the order of its checks. */
export const nameErrorRules = rules({
  'mach/allocate-refuses-unallocatable-rights': {
    number: 'MACH-ERR-ALLOCATE',
    states:
      '`mach_port_allocate` refuses a right that is not receive, port set or dead name with ' +
      'KERN_INVALID_VALUE, then a full name space with KERN_NO_SPACE, then want of memory with ' +
      'KERN_RESOURCE_SHORTAGE.',
    source: cite('GM: mach_port_allocate; SRC: ipc/mach_port.c mach_port_allocate'),
    standing: 'stated',
  },
  'mach/allocate-name-refuses-used-names': {
    number: 'MACH-ERR-ALLOCATE-NAME',
    states:
      '`mach_port_allocate_name` refuses NULL and DEAD as name, and a right that is not receive, port set ' +
      'or dead name, with KERN_INVALID_VALUE, then a name in use with KERN_NAME_EXISTS.',
    source: cite('GM: mach_port_allocate_name; SRC: ipc/mach_port.c mach_port_allocate_name'),
    standing: 'stated',
  },
  'mach/deallocate-refuses-receive-rights-and-sets': {
    number: 'MACH-ERR-DEALLOCATE',
    states:
      '`mach_port_deallocate` refuses an unknown name with KERN_INVALID_NAME, then a name that denotes a ' +
      'receive right alone or a port set with KERN_INVALID_RIGHT. Whether a port set is refused is ' +
      'disputed.',
    source: cite(
      'KP: 4 "Port Sets"; KI: mach_port_deallocate; GM: mach_port_deallocate; SRC: ipc/ipc_right.c ' +
      'ipc_right_dealloc',
    ),
    standing: 'disputed',
    readings: {
      documented: 'A port set is refused with KERN_INVALID_RIGHT, as the interface manuals have it.',
      principles: 'A port set may be destroyed this way.',
      gnumach: 'A port set is refused with KERN_INVALID_RIGHT.',
    },
  },
  'mach/destroy-refuses-unknown-names-alone': {
    number: 'MACH-ERR-DESTROY',
    states:
      '`mach_port_destroy` refuses an unknown name with KERN_INVALID_NAME, and succeeds for whatever a ' +
      'name denotes.',
    source: cite('GM: mach_port_destroy; SRC: ipc/mach_port.c mach_port_destroy'),
    standing: 'stated',
  },
  'mach/mod-refs-refuses-impossible-deltas': {
    number: 'MACH-ERR-MOD-REFS',
    states:
      '`mach_port_mod_refs` refuses a right out of range with KERN_INVALID_VALUE, an unknown name with ' +
      'KERN_INVALID_NAME, and a right the name does not denote with KERN_INVALID_RIGHT. Then a delta other ' +
      'than 0 and -1 for a receive right, port set or send-once right, and one that would leave a send ' +
      'right or dead name below zero, is KERN_INVALID_VALUE. One that would take a send right above U-1 or ' +
      'a dead name above U, where U is the ceiling, is KERN_UREFS_OVERFLOW. A delta of 0 succeeds and ' +
      'changes no count.',
    source: cite('GM: mach_port_mod_refs; SRC: ipc/ipc_right.c ipc_right_delta'),
    standing: 'stated',
  },
  'mach/get-refs-refuses-unknown-names': {
    number: 'MACH-ERR-GET-REFS',
    states:
      '`mach_port_get_refs` refuses a right out of range with KERN_INVALID_VALUE, then an unknown name ' +
      'with KERN_INVALID_NAME. For a right that the name does not denote it succeeds with 0.',
    source: cite('GM: mach_port_get_refs; SRC: ipc/mach_port.c mach_port_get_refs'),
    standing: 'stated',
  },
  'mach/type-refuses-unknown-names': {
    number: 'MACH-ERR-TYPE',
    states: '`mach_port_type` refuses an unknown name with KERN_INVALID_NAME.',
    source: cite('GM: mach_port_type; SRC: ipc/mach_port.c mach_port_type'),
    standing: 'stated',
  },
  'mach/names-refuses-only-invalid-tasks': {
    number: 'MACH-ERR-NAMES',
    states: '`mach_port_names` refuses only an invalid task, with KERN_INVALID_TASK.',
    source: cite('GM: mach_port_names; SRC: ipc/mach_port.c mach_port_names'),
    standing: 'stated',
  },
  'mach/rename-refuses-used-names': {
    number: 'MACH-ERR-RENAME',
    states:
      '`mach_port_rename` refuses NULL and DEAD as the new name with KERN_INVALID_VALUE, then a new name ' +
      'in use with KERN_NAME_EXISTS (the old name itself included, if in use), then an unknown old name ' +
      'with KERN_INVALID_NAME.',
    source: cite('GM: mach_port_rename; SRC: ipc/mach_port.c mach_port_rename'),
    standing: 'stated',
  },
  'mach/insert-right-refuses-conflicting-names': {
    number: 'MACH-ERR-INSERT-RIGHT',
    states:
      '`mach_port_insert_right` refuses NULL and DEAD as name, and a kind that is no right, with ' +
      'KERN_INVALID_VALUE, then NULL and DEAD as right with KERN_INVALID_CAPABILITY. Then a send or ' +
      'receive right to a port that the task knows under another name is KERN_RIGHT_EXISTS, and a name in ' +
      'use for anything else KERN_NAME_EXISTS. A port that has died is KERN_INVALID_CAPABILITY, and a send ' +
      'right at the reference ceiling KERN_UREFS_OVERFLOW.',
    source: cite(
      'GM: mach_port_insert_right; SRC: ipc/mach_port.c mach_port_insert_right; SRC: ipc/ipc_object.c ' +
      'ipc_object_copyout_name',
    ),
    standing: 'stated',
  },
  'mach/extract-right-refuses-missing-rights': {
    number: 'MACH-ERR-EXTRACT-RIGHT',
    states:
      '`mach_port_extract_right` refuses a kind that is no disposition with KERN_INVALID_VALUE, an unknown ' +
      'name with KERN_INVALID_NAME, and a name without the right needed with KERN_INVALID_RIGHT. A dead ' +
      'name asked for by copy-send, move-send or move-send-once succeeds and gives DEAD.',
    source: cite('GM: mach_port_extract_right; SRC: ipc/mach_port.c mach_port_extract_right'),
    standing: 'stated',
  },
  'mach/move-member-refuses-other-rights': {
    number: 'MACH-ERR-MOVE-MEMBER',
    states:
      '`mach_port_move_member` refuses an unknown member with KERN_INVALID_NAME and one that is no receive ' +
      'right with KERN_INVALID_RIGHT, then, unless the set is NULL, an unknown set with KERN_INVALID_NAME ' +
      'and one that is no port set with KERN_INVALID_RIGHT. With NULL as set a member in no live set is ' +
      'KERN_NOT_IN_SET. Moving a member into the set it is in succeeds and changes nothing.',
    source: cite('GM: mach_port_move_member; SRC: ipc/mach_port.c mach_port_move_member'),
    standing: 'stated',
  },
  'mach/set-status-refuses-other-rights': {
    number: 'MACH-ERR-GET-SET-STATUS',
    states:
      '`mach_port_get_set_status` refuses an unknown name with KERN_INVALID_NAME, then one that is no port ' +
      'set with KERN_INVALID_RIGHT.',
    source: cite('GM: mach_port_get_set_status; SRC: ipc/mach_port.c mach_port_get_set_status'),
    standing: 'stated',
  },
  'mach/receive-status-refuses-other-rights': {
    number: 'MACH-ERR-GET-RECEIVE-STATUS',
    states:
      '`mach_port_get_receive_status`, `mach_port_set_mscount` and `mach_port_set_seqno` refuse an unknown ' +
      'name with KERN_INVALID_NAME, then one without a receive right with KERN_INVALID_RIGHT.',
    source: cite(
      'GM: Receive Rights; SRC: ipc/mach_port.c mach_port_get_receive_status, mach_port_set_mscount, ' +
      'mach_port_set_seqno',
    ),
    standing: 'stated',
  },
  'mach/set-qlimit-refuses-limits-above-maximum': {
    number: 'MACH-ERR-SET-QLIMIT',
    states:
      '`mach_port_set_qlimit` refuses a limit above the maximum with KERN_INVALID_VALUE before it looks at ' +
      'the name, then an unknown name with KERN_INVALID_NAME, then one without a receive right with ' +
      'KERN_INVALID_RIGHT.',
    source: cite('GM: mach_port_set_qlimit; SRC: ipc/mach_port.c mach_port_set_qlimit'),
    standing: 'stated',
  },
  'mach/request-notification-refuses-unfit-names': {
    number: 'MACH-ERR-REQUEST-NOTIFICATION',
    states:
      '`mach_port_request_notification` refuses DEAD as notify right with KERN_INVALID_CAPABILITY; then, ' +
      'with KERN_INVALID_VALUE, a kind other than port-destroyed, no-senders and dead-name, and ' +
      'port-destroyed with `sync` not 0; then an unknown name with KERN_INVALID_NAME. With ' +
      'KERN_INVALID_RIGHT it refuses port-destroyed or no-senders on a name without a receive right, and ' +
      'dead-name on a port set. A dead-name request on a dead name fires at once or is refused, as its ' +
      '`sync` and notify right say.',
    source: cite('GM: mach_port_request_notification; SRC: ipc/mach_port.c mach_port_request_notification'),
    standing: 'stated',
  },
});
