import { entryOf, setEntry } from '#model/mach/entries';
import { raised, returned } from '#model/operation';
import type { MachMutants } from '#properties/mach/obligation';
import { decided, reversed } from '#properties/mach/laws/altered';
import { afterwards, entryIn, faulty, mistaking, taskOf } from '#properties/mach/laws/faults';
import { operations } from '#model/mach/kernel';

const { mach_port_mod_refs, mach_port_rename, mach_port_get_receive_status } = operations;

export const nameErrorMutants: MachMutants = {
  'null-is-a-name-in-use': {
    rule: 'mach/null-and-dead-denote-nothing',
    fault: 'allocating under NULL or DEAD is refused as if the name were in use',
    ...mistaking('mach_port_allocate_name', 'KERN_INVALID_VALUE', 'KERN_NAME_EXISTS', ({ name }) => name <= 0),
  },
  'rename-looks-for-the-old-name-first': {
    rule: 'mach/checks-run-in-the-listed-order',
    fault: 'a rename looks for the old name first, and at the new one last',
    operations: { mach_port_rename: { ...mach_port_rename, step: (world, call) => mach_port_rename.step(reversed(world, 'error'), call) } },
  },
  'one-error-of-many-is-definite': {
    rule: 'mach/any-applicable-error-may-be-reported',
    fault: 'where several errors of mod_refs apply the model offers one of them only',
    operations: { mach_port_mod_refs: { ...mach_port_mod_refs, step: (world, call) => mach_port_mod_refs.step(decided(world, 'error'), call) } },
  },
  'dead-name-cannot-be-given-up': {
    rule: 'mach/silently-dead-right-counts-as-dead',
    fault: 'a name whose port has died cannot be deallocated',
    ...faulty('mach_port_deallocate', ({ state }, call, sound) =>
      (entryIn(state, call)?.tag === 'dead' ? raised('KERN_INVALID_RIGHT') : sound())),
  },
  'delta-is-judged-before-death': {
    rule: 'mach/dead-right-is-judged-before-the-delta',
    fault: 'a delta that leads below zero is judged before the death of the right',
    ...mistaking('mach_port_mod_refs', 'KERN_INVALID_RIGHT', 'KERN_INVALID_VALUE', (call, state) =>
      call.right === 'send' && call.delta < -1 && entryIn(state, call)?.tag === 'dead'),
  },
  'allocated-dead-name-has-two-references': {
    rule: 'mach/allocated-dead-name-is-a-dead-name',
    fault: 'a dead name that is allocated comes with two references',
    ...afterwards('mach_port_allocate', (state, call) => {
      const task = taskOf(call);
      if (call.right !== 'dead-name' || task === null) return;
      const { names } = state.tasks[task]!;
      setEntry(state, task, names.length - 1 as never, { tag: 'dead', refs: 2, untouched: null });
    }),
  },
  'send-right-is-allocated': {
    rule: 'mach/allocate-refuses-unallocatable-rights',
    fault: 'allocating a send right makes a port',
    ...faulty('mach_port_allocate', (_world, call, sound) => sound(call.right === 'send' ? { right: 'receive' } : {})),
  },
  'dead-task-has-no-names': {
    rule: 'mach/names-refuses-only-invalid-tasks',
    fault: 'the names of a dead task are none, and that is no error',
    ...mistaking('mach_port_names', 'MACH_SEND_INVALID_DEST', returned({ names: [] })),
  },
  'mod-refs-pegs-at-the-ceiling': {
    rule: 'mach/mod-refs-refuses-impossible-deltas',
    fault: 'a delta over the ceiling succeeds, and changes nothing',
    ...mistaking('mach_port_mod_refs', 'KERN_UREFS_OVERFLOW', returned(null)),
  },
  'known-right-is-a-name-in-use': {
    rule: 'mach/insert-right-refuses-conflicting-names',
    fault: 'a right that the task knows under another name is refused as if the name were in use',
    ...mistaking('mach_port_insert_right', 'KERN_RIGHT_EXISTS', 'KERN_NAME_EXISTS'),
  },
  'dead-name-cannot-be-extracted': {
    rule: 'mach/extract-right-refuses-missing-rights',
    fault: 'a dead name cannot be extracted',
    ...faulty('mach_port_extract_right', ({ state }, call, sound) =>
      (entryIn(state, call)?.tag === 'dead' && call.disposition === 'copy-send' ? raised('KERN_INVALID_RIGHT') : sound())),
  },
  'port-in-no-set-is-taken-out': {
    rule: 'mach/move-member-refuses-other-rights',
    fault: 'a port that is in no set may be taken out of it',
    ...mistaking('mach_port_move_member', 'KERN_NOT_IN_SET', returned(null)),
  },
  'backup-may-have-a-sync': {
    rule: 'mach/request-notification-refuses-unfit-names',
    fault: 'the sync of a port-destroyed request is not looked at',
    ...faulty('mach_port_request_notification', (_world, call, sound) => sound(call.kind === 'port-destroyed' ? { sync: 0 } : {})),
  },
  'status-hides-forced-messages': {
    rule: 'mach/receive-status-reports-the-port',
    fault: 'the status counts no more messages than the limit allows',
    operations: {
      mach_port_get_receive_status: {
        ...mach_port_get_receive_status,
        step: (world, call) => {
          const verdict = mach_port_get_receive_status.step(world, call);
          if (verdict.tag !== 'returned') return verdict;
          return returned({ ...verdict.value, messages: Math.min(verdict.value.messages, verdict.value.queueLimit) });
        },
      },
    },
  },
  'status-leaves-registered-rights-out': {
    rule: 'mach/receive-status-reports-the-port',
    fault: 'the status does not count send-once rights that are registered on the port itself',
    operations: {
      mach_port_get_receive_status: {
        ...mach_port_get_receive_status,
        step: (world, call) => {
          const verdict = mach_port_get_receive_status.step(world, call);
          const entry = entryIn(world.state, call);
          if (verdict.tag !== 'returned' || entry?.tag !== 'port' || world.state.ports[entry.port]!.noSenders !== entry.port) return verdict;
          return returned({ ...verdict.value, sendOnceRights: verdict.value.sendOnceRights - 1 });
        },
      },
    },
  },
  'refused-insertion-frees-the-name': {
    rule: 'mach/refused-calls-may-shift-later-names',
    fault: 'an insertion that is refused because the name is in use frees it when it is dead',
    ...faulty('mach_port_insert_right', (world, call, sound) => {
      const verdict = sound();
      const task = taskOf(call);
      const isRefused = 'error' in verdict && (verdict.error === 'KERN_NAME_EXISTS' || verdict.error === 'KERN_RIGHT_EXISTS');
      if (isRefused && task !== null && entryOf(world.state, task, call.name)?.tag === 'dead') setEntry(world.state, task, call.name, null);
      return verdict;
    }),
  },
};
