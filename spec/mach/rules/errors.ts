import { cite, rules } from '#spec/rule';

/** What holds for the errors of all calls on names. */
export const errorRules = rules({
  'mach/failed-calls-leave-names-unchanged': {
    number: 'MACH-ERR-01',
    states:
      'A name operation that fails with a KERN error leaves the name space as it was, except that the ' +
      'entry of a dead send or send-once right may show as a dead name, and that rights in the request ' +
      'body are destroyed.',
    source: cite('GM: Port Manipulation Interface; SRC: ipc/mach_port.c'),
    standing: 'stated',
  },
  'mach/null-and-dead-denote-nothing': {
    number: 'MACH-ERR-02',
    states:
      'NULL and DEAD as the name an operation is about are KERN_INVALID_NAME. As the name to create they ' +
      'are KERN_INVALID_VALUE.',
    source: cite('GM: Exchanging Port Rights; GM: mach_port_allocate_name; SRC: ipc/mach_port.c'),
    standing: 'stated',
  },
  'mach/checks-run-in-the-listed-order': {
    number: 'MACH-ERR-03',
    states:
      'Where two errors of a name operation apply, the one listed first in the rule of that operation is ' +
      'reported. The documents give no order.',
    source: cite('SRC: ipc/mach_port.c; SRC: ipc/ipc_right.c; SRC: ipc/ipc_object.c'),
    standing: 'implementation',
  },
  'mach/silently-dead-right-counts-as-dead': {
    number: 'MACH-ERR-05',
    states:
      'Where the port of a send right has died unnoticed, `mach_port_deallocate` of the name succeeds, ' +
      '`mach_port_mod_refs` of the send right is KERN_INVALID_RIGHT, and `mach_port_get_refs` gives 0 for ' +
      'the send right and the count for the dead name.',
    source: cite('GM: mach_port_deallocate; KI: mach_port_deallocate'),
    standing: 'stated',
  },
  'mach/dead-right-is-judged-before-the-delta': {
    number: 'MACH-ERR-06',
    states:
      '`mach_port_mod_refs` of a send or send-once right whose port has died is KERN_INVALID_RIGHT, ' +
      'whatever the delta.',
    source: cite('SRC: ipc/ipc_right.c ipc_right_delta; XNU: ipc_right_delta; GM18: mach_port_mod_refs'),
    standing: 'disputed',
    readings: {
      documented: 'KERN_INVALID_RIGHT always.',
      gnumach:
        'Until the name is touched the delta is judged first, without the extra reference of a request: ' +
        'one that leads below zero, or is none of a send-once right, is KERN_INVALID_VALUE, and one beyond ' +
        'the ceiling KERN_UREFS_OVERFLOW. What touches it: type, get_refs, deallocate, a dead-name ' +
        'request, mod_refs of the dead name or of the send right with a legal delta, and any copy-in by ' +
        'copy-send, move-send or move-send-once, failed ones included. What does not: names, receive and ' +
        'set status, set operations, receive, copy-in by a make disposition, and failed inserts under the ' +
        'name.',
    },
  },
  'mach/allocated-dead-name-is-a-dead-name': {
    number: 'MACH-ERR-07',
    states: 'A dead name made by `mach_port_allocate` behaves exactly like one left by the death of a port.',
    source: cite('GM: Port Creation'),
    standing: 'stated',
  },
});
