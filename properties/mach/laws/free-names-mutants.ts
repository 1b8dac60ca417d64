import { entryOf, setEntry } from '#model/mach/entries';
import { operations } from '#model/mach/kernel';
import { nextMessage, receiveMessage } from '#model/mach/messages/receive';
import { change, raised, returned } from '#model/operation';
import type { MachMutants } from '#properties/mach/obligation';
import { decided } from '#properties/mach/laws/altered';
import { entryIn, faulty, taskOf } from '#properties/mach/laws/faults';

const { mach_port_allocate, mach_port_names, mach_port_mod_refs } = operations;

export const freeNameMutants: MachMutants = {
  'allocation-answers-null': {
    rule: 'mach/names-are-positive-integers',
    fault: 'an allocated port set is answered as NULL',
    operations: {
      mach_port_allocate: {
        ...mach_port_allocate,
        step: (world, call) => {
          const verdict = mach_port_allocate.step(world, call);
          return verdict.tag === 'returned' && call.right === 'port-set' ? returned({ name: -7 as typeof verdict.value.name }) : verdict;
        },
      },
    },
  },
  'allocation-takes-a-name-in-use': {
    rule: 'mach/kernel-may-pick-any-free-name',
    fault: 'a new right may get a name that is a dead name',
    operations: {
      mach_port_allocate: {
        ...mach_port_allocate,
        step: (world, call) => {
          const verdict = mach_port_allocate.step(world, call);
          const task = taskOf(call);
          if (verdict.tag !== 'returned' || task === null) return verdict;
          const { name } = verdict.value;
          const used = world.state.tasks[task]!.names.findIndex((entry, other) => entry?.tag === 'dead' && other !== name);
          if (used < 0) return verdict;
          setEntry(world.state, task, used as typeof name, entryOf(world.state, task, name));
          setEntry(world.state, task, name, null);
          return returned({ name: used as typeof name });
        },
      },
    },
  },
  'first-name-cannot-be-received-from': {
    rule: 'mach/last-freed-name-returns-first',
    fault: 'the first name that the kernel gives out is taken for no name in receiving',
    mechanisms: {
      receiveMessage: (world, thread, wait) => (wait.name.name === 1
        ? { tag: 'refused', error: 'MACH_RCV_INVALID_NAME' } : receiveMessage(world, thread, wait)),
    },
  },
  'last-reference-leaves-an-empty-name': {
    rule: 'mach/name-denotes-one-combination',
    fault: 'a name whose last send reference is given up goes on, and denotes neither right',
    ...faulty('mach_port_deallocate', (world, call, sound) => {
      const entry = entryIn(world.state, call);
      const verdict = sound();
      const task = taskOf(call);
      if (verdict.tag === 'returned' && entry?.tag === 'port' && entry.sends === 1 && !entry.receive && task !== null) {
        setEntry(world.state, task, call.name, { ...entry, sends: 0, request: null, accepted: false });
      }
      return verdict;
    }),
  },
  'names-leave-dead-names-out': {
    rule: 'mach/names-may-come-in-any-order',
    fault: 'dead names are not listed',
    operations: {
      mach_port_names: {
        ...mach_port_names,
        step: (world, call) => {
          const verdict = mach_port_names.step(world, call);
          return verdict.tag === 'returned' ? returned({ names: verdict.value.names.filter(({ type }) => !type.includes('dead-name')) }) : verdict;
        },
      },
    },
  },
  'dead-name-has-no-type': {
    rule: 'mach/dead-names-appear-when-touched',
    fault: 'a name whose port has died is unknown to whoever asks for its type',
    ...faulty('mach_port_type', ({ state }, call, sound) =>
      (entryIn(state, call)?.tag === 'dead' ? raised('KERN_INVALID_NAME') : sound())),
  },
  'ceiling-is-always-the-same': {
    rule: 'mach/limits-belong-to-the-implementation',
    fault: 'references may grow to 65535, whatever ceiling the implementation declares',
    operations: {
      mach_port_mod_refs: {
        ...mach_port_mod_refs,
        step: (world, call) => {
          const state = change(world.state);
          const { limits } = state;
          state.limits = { ...limits, references: 65535 };
          const verdict = mach_port_mod_refs.step(world, call);
          state.limits = limits;
          return verdict;
        },
      },
    },
  },
  'first-of-one-moment-is-first': {
    rule: 'mach/notifications-may-come-in-any-order',
    fault: 'of the notifications of one event the first to be made is always received first',
    mechanisms: { nextMessage: (world, from) => nextMessage(decided(world, 'simultaneous'), from) },
  },
};

