import type { NameRight, TypeFlag } from '#spec/mach/vocabulary';
import type { MachLaws, MachMutants, MachObligation, MachStep } from '#properties/mach/obligation';
import { amiss } from '#properties/mach/laws/name-steps';
import { denotedTask, entryAt, errorOf, isLive, namesOf, succeeded, taskName } from '#properties/mach/facts';
import { destroyEntry } from '#model/mach/names/destroy-entry';
import { operations } from '#model/mach/kernel';
import { setEntry } from '#model/mach/entries';
import { change, raised, returned } from '#model/operation';
import type { Entry, MachState } from '#model/mach/state';
import type { Name, TaskId } from '#spec/mach/vocabulary';
import type { Violations } from '#properties/obligation';

const refsOf = (entry: Entry, right: NameRight): number | null => {
  switch (right) {
    case 'send': return entry.tag === 'port' && entry.sends > 0 ? entry.sends : null;
    case 'receive': return entry.tag === 'port' && entry.receive ? 1 : null;
    case 'send-once': return entry.tag === 'send-once' ? 1 : null;
    case 'port-set': return entry.tag === 'set' ? 1 : null;
    case 'dead-name': return entry.tag === 'dead' ? entry.refs : null;
  }
};

const flagsOf = (entry: Entry): readonly TypeFlag[] => {
  const rights = (['send', 'receive', 'send-once', 'port-set', 'dead-name'] as const).filter((right) => refsOf(entry, right) !== null);
  const watched = 'request' in entry && entry.request !== null ? ['dead-name-request' as const] : [];
  const owed = entry.tag === 'port' && entry.accepted ? ['msg-accepted-request' as const] : [];
  return [...rights, ...watched, ...owed];
};

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The space and name a call is about, and its entry before; null where the call does not get that far. */
function about(step: MachStep): { readonly task: TaskId; readonly name: Name; readonly entry: Entry | null } | null {
  const task = denotedTask(step);
  const { call } = step;
  if (task === null || !('name' in call)) return null;
  return { task, name: call.name, entry: entryAt(step.before, task, call.name) };
}

/** A law on calls that name one name: which errors apply; a refusal comes if and only if one does. */
function refusesIff(
  causes: (entry: Entry | null, call: never, state: MachState) => readonly string[],
): (step: MachStep) => Violations {
  return (step) => {
    const subject = about(step);
    if (subject === null) return [];
    const allowed = causes(subject.entry, step.call as never, step.before);
    const error = errorOf(step);
    if (error === null) return allowed.length === 0 ? [] : [`${step.call.operation} succeeded in spite of ${allowed.join(', ')}`];
    if (error === 'KERN_INVALID_TASK') return [];
    const exact = step.before.variant === 'gnumach' ? allowed[0] === error : allowed.includes(error);
    return exact || isStale(subject.entry) ? [] : [`${step.call.operation} raised ${error}; what applies is ${allowed.join(', ') || 'nothing'}`];
  };
}

/** One variant judges a name by what it was until it is looked at. */
const isStale = (entry: Entry | null): boolean => entry?.tag === 'dead' && entry.untouched !== null;

const unknown = (entry: Entry | null): readonly string[] => (entry === null ? ['KERN_INVALID_NAME'] : []);

const needsReceive = (entry: Entry | null): readonly string[] => {
  if (entry === null) return ['KERN_INVALID_NAME'];
  return entry.tag === 'port' && entry.receive ? [] : ['KERN_INVALID_RIGHT'];
};

/** Names of every space but the one named, and how they differ after the step. */
function othersChanged({ before, after }: MachStep, task: TaskId, name: Name): Violations {
  return [...namesOf(before)].flatMap(([owner, other, entry]) => {
    if (owner === task && other === name) return [];
    const now = entryAt(after, owner, other);
    const died = (entry.tag === 'port' || entry.tag === 'send-once') && !isLive(after, entry.port);
    return same(entry, now) || died ? [] : [`n${other} of ${taskName(owner)} changed as well`];
  });
}

const namedOperations = [
  'mach_port_deallocate', 'mach_port_destroy', 'mach_port_type', 'mach_port_get_refs', 'mach_port_rename', 'mach_port_allocate_name',
  'mach_port_set_qlimit', 'mach_port_set_mscount', 'mach_port_set_seqno', 'mach_port_get_receive_status', 'mach_port_get_set_status',
];

const refusalsAndEffects = {
  'mach/deallocate-releases-one-reference': {
    on: ['mach_port_deallocate'],
    step: (step) => {
      const subject = about(step);
      if (subject === null || subject.entry === null || !succeeded(step)) return [];
      const { task, name, entry } = subject;
      const refs = entry.tag === 'port' ? entry.sends : entry.tag === 'dead' ? entry.refs : 1;
      const now = entryAt(step.after, task, name);
      const left = now === null ? 0 : now.tag === 'port' ? now.sends : now.tag === 'dead' ? now.refs : 1;
      const gone = refs === 1 && !(entry.tag === 'port' && entry.receive);
      const right = left === refs - 1 && (now === null) === gone;
      return right ? [] : [`n${name} had ${refs} references, and has ${left}`];
    },
    sometimes: {
      'one of several references goes': (step) => succeeded(step) && ((entry) => entry?.tag === 'port' && entry.sends > 1)(about(step)?.entry),
      'a dead name loses a reference': (step) => succeeded(step) && about(step)?.entry?.tag === 'dead',
      'a send-once right goes': (step) => succeeded(step) && about(step)?.entry?.tag === 'send-once',
    },
  },

  'mach/deallocate-refuses-receive-rights-and-sets': {
    on: ['mach_port_deallocate'],
    step: refusesIff((entry) => {
      if (entry === null) return ['KERN_INVALID_NAME'];
      return entry.tag === 'set' || (entry.tag === 'port' && entry.sends === 0) ? ['KERN_INVALID_RIGHT'] : [];
    }),
    sometimes: { 'it is refused': (step) => errorOf(step) === 'KERN_INVALID_RIGHT' },
  },

  'mach/destroy-frees-the-name-at-once': {
    on: ['mach_port_destroy'],
    step: (step) => {
      const subject = about(step);
      if (subject === null || !succeeded(step)) return [];
      const { task, name, entry } = subject;
      const kept = entryAt(step.after, task, name) !== null ? [`n${name} is still there`] : [];
      return [...kept, ...(entry?.tag === 'dead' || entry?.tag === 'set' ? othersChanged(step, task, name) : [])];
    },
    sometimes: { 'several references go at once': (step) => succeeded(step) && ((entry) => entry?.tag === 'port' && entry.sends > 1)(about(step)?.entry) },
  },

  'mach/destroy-refuses-unknown-names-alone': {
    on: ['mach_port_destroy'],
    step: refusesIff(unknown),
    sometimes: { 'it is refused': (step) => errorOf(step) === 'KERN_INVALID_NAME' },
  },

  'mach/type-refuses-unknown-names': {
    on: ['mach_port_type'],
    step: refusesIff(unknown),
    sometimes: { 'it is refused': (step) => errorOf(step) === 'KERN_INVALID_NAME' },
  },

  'mach/type-reports-pending-requests': {
    on: ['mach_port_type'],
    step: (step) => {
      const entry = about(step)?.entry;
      const [event] = step.events;
      if (entry === undefined || entry === null || event?.tag !== 'returned') return [];
      const { type } = event.value as { type: readonly TypeFlag[] };
      return same(type, flagsOf(entry)) ? [] : [`the type is said to be ${type.join(' ')}, and is ${flagsOf(entry).join(' ')}`];
    },
    sometimes: { 'a request sits on the name': (step) => succeeded(step) && ((entry) => entry !== null && entry !== undefined && 'request' in entry && entry.request !== null)(about(step)?.entry) },
  },

  'mach/get-refs-refuses-unknown-names': {
    on: ['mach_port_get_refs'],
    step: (step) => {
      const { right } = step.call as unknown as { right: NameRight | 'other' };
      const refused = refusesIff((entry) => [...(right === 'other' ? ['KERN_INVALID_VALUE'] : []), ...unknown(entry)])(step);
      const entry = about(step)?.entry;
      const [event] = step.events;
      if (entry === undefined || entry === null || event?.tag !== 'returned' || right === 'other') return refused;
      const { refs } = event.value as { refs: number };
      return refs === (refsOf(entry, right) ?? 0) ? refused : [...refused, `${refs} references are reported, and there are ${refsOf(entry, right) ?? 0}`];
    },
    sometimes: {
      'it is refused': (step) => errorOf(step) === 'KERN_INVALID_NAME',
      'a dead name is counted': (step) => succeeded(step) && about(step)?.entry?.tag === 'dead',
    },
  },

  'mach/rename-keeps-the-entry': {
    on: ['mach_port_rename'],
    step: (step) => {
      const subject = about(step);
      const { to } = step.call as unknown as { to: Name };
      if (subject === null || !succeeded(step)) return [];
      const { task, name, entry } = subject;
      const now = entryAt(step.after, task, to);
      const alike = same({ ...entry, untouched: null }, { ...now, untouched: null });
      return [
        ...(alike ? [] : [`n${to} is not what n${name} was`]),
        ...(entryAt(step.after, task, name) === null ? [] : [`n${name} is still there`]),
      ];
    },
    sometimes: { 'a watched name is renamed': (step) => succeeded(step) && ((entry) => entry !== null && entry !== undefined && 'request' in entry && entry.request !== null)(about(step)?.entry) },
  },

  'mach/rename-refuses-used-names': {
    on: ['mach_port_rename'],
    step: (step) => refusesIff((entry, call: { to: Name }, state) => {
      const { task } = about(step)!;
      return [
        ...(call.to <= 0 ? ['KERN_INVALID_VALUE'] : []),
        ...(entryAt(state, task, call.to) === null ? [] : ['KERN_NAME_EXISTS']),
        ...unknown(entry),
      ];
    })(step),
    sometimes: { 'the new name is in use': (step) => errorOf(step) === 'KERN_NAME_EXISTS' },
  },

  'mach/allocate-name-refuses-used-names': {
    on: ['mach_port_allocate_name'],
    step: (step) => refusesIff((entry, call: { right: string; name: Name }) => [
      ...(['receive', 'port-set', 'dead-name'].includes(call.right) && call.name > 0 ? [] : ['KERN_INVALID_VALUE']),
      ...(entry === null ? [] : ['KERN_NAME_EXISTS']),
    ])(step),
    sometimes: { 'the name is in use': (step) => errorOf(step) === 'KERN_NAME_EXISTS' },
  },

  'mach/receive-status-refuses-other-rights': {
    on: ['mach_port_get_receive_status', 'mach_port_set_mscount', 'mach_port_set_seqno'],
    step: refusesIff(needsReceive),
    sometimes: {
      'the name is unknown': (step) => errorOf(step) === 'KERN_INVALID_NAME',
      'the name does not receive': (step) => errorOf(step) === 'KERN_INVALID_RIGHT',
    },
  },

  'mach/set-qlimit-refuses-limits-above-maximum': {
    on: ['mach_port_set_qlimit'],
    step: (step) => refusesIff((entry, call: { limit: number }, { limits }) =>
      [...(call.limit > limits.maximumQueueLimit ? ['KERN_INVALID_VALUE'] : []), ...needsReceive(entry)])(step),
    sometimes: { 'the limit is too high': (step) => errorOf(step) === 'KERN_INVALID_VALUE' },
  },

  'mach/set-status-refuses-other-rights': {
    on: ['mach_port_get_set_status'],
    step: refusesIff((entry) => (entry === null ? ['KERN_INVALID_NAME'] : entry.tag === 'set' ? [] : ['KERN_INVALID_RIGHT'])),
    sometimes: { 'the name is no set': (step) => errorOf(step) === 'KERN_INVALID_RIGHT' },
  },

  'mach/failed-calls-leave-names-unchanged': {
    on: namedOperations,
    step: (step) => {
      if (errorOf(step)?.startsWith('KERN_') !== true) return [];
      return [...namesOf(step.before)].flatMap(([task, name, entry]) =>
        (same({ ...entry, untouched: null }, { ...entryAt(step.after, task, name), untouched: null }) ? [] : [`n${name} of ${taskName(task)} changed although the call failed`]));
    },
    sometimes: { 'a call fails': (step) => errorOf(step)?.startsWith('KERN_') === true },
  },
} satisfies MachLaws;

/** Each of these calls changes and answers what it should, and nothing else. */
export const nameLaws: MachLaws = Object.fromEntries(Object.entries<MachObligation>(refusalsAndEffects)
  .map(([rule, law]) => [rule, { ...law, step: (step: MachStep) => [...law.step!(step), ...amiss(step)] }]));

const { mach_port_deallocate, mach_port_type, mach_port_get_refs, mach_port_rename, mach_port_allocate_name, mach_port_get_receive_status,
  mach_port_set_qlimit, mach_port_get_set_status, mach_port_destroy } = operations;

export const nameMutants: MachMutants = {
  'deallocate-frees-at-any-count': {
    rule: 'mach/deallocate-releases-one-reference',
    fault: 'deallocate frees the name whatever its count',
    operations: {
      mach_port_deallocate: {
        ...mach_port_deallocate,
        step: (world, call) => {
          const verdict = mach_port_deallocate.step(world, call);
          const task = call.task.tag === 'identity' ? call.task.identity : null;
          const entry = task === null ? null : entryAt(world.state, task, call.name);
          if (verdict.tag === 'returned' && task !== null && entry?.tag === 'port' && !entry.receive) {
            world.mechanisms.destroyEntry(world, task, call.name);
          }
          return verdict;
        },
      },
    },
  },
  'deallocate-takes-a-port-set': {
    rule: 'mach/deallocate-refuses-receive-rights-and-sets',
    fault: 'deallocate destroys a port set',
    operations: {
      mach_port_deallocate: {
        ...mach_port_deallocate,
        step: (world, call) => {
          const task = call.task.tag === 'identity' ? call.task.identity : null;
          if (task === null || world.state.tasks[task]?.life !== 'live' || entryAt(world.state, task, call.name)?.tag !== 'set') {
            return mach_port_deallocate.step(world, call);
          }
          destroyEntry(world, task, call.name);
          return returned(null);
        },
      },
    },
  },
  'destroy-gives-up-one-reference': {
    rule: 'mach/destroy-frees-the-name-at-once',
    fault: 'destroy gives up one reference of a send right, as deallocate does',
    mechanisms: {
      destroyEntry: (world, task, name) => {
        const entry = entryAt(world.state, task, name);
        if (entry?.tag === 'port' && !entry.receive && entry.sends > 1) setEntry(world.state, task, name, { ...entry, sends: entry.sends - 1 });
        else destroyEntry(world, task, name);
      },
    },
  },
  'destroy-of-an-unknown-name-succeeds': {
    rule: 'mach/destroy-refuses-unknown-names-alone',
    fault: 'destroying a name that denotes nothing succeeds',
    operations: {
      mach_port_destroy: {
        ...mach_port_destroy,
        step: (world, call) => {
          const verdict = mach_port_destroy.step(world, call);
          return verdict.tag === 'raised' && verdict.error === 'KERN_INVALID_NAME' ? returned(null) : verdict;
        },
      },
    },
  },
  'type-of-an-unknown-name-is-nothing': {
    rule: 'mach/type-refuses-unknown-names',
    fault: 'the type of a name that denotes nothing is empty, and no error',
    operations: {
      mach_port_type: {
        ...mach_port_type,
        step: (world, call) => {
          const verdict = mach_port_type.step(world, call);
          return verdict.tag === 'raised' && verdict.error === 'KERN_INVALID_NAME' ? returned({ type: [] }) : verdict;
        },
      },
    },
  },
  'type-hides-requests': {
    rule: 'mach/type-reports-pending-requests',
    fault: 'the type does not tell of a dead-name request',
    operations: {
      mach_port_type: {
        ...mach_port_type,
        step: (world, call) => {
          const verdict = mach_port_type.step(world, call);
          return verdict.tag === 'returned'
            ? returned({ type: verdict.value.type.filter((flag) => flag !== 'dead-name-request') }) : verdict;
        },
      },
    },
  },
  'get-refs-counts-one': {
    rule: 'mach/get-refs-refuses-unknown-names',
    fault: 'get-refs reports one reference where there are several',
    operations: {
      mach_port_get_refs: {
        ...mach_port_get_refs,
        step: (world, call) => {
          const verdict = mach_port_get_refs.step(world, call);
          return verdict.tag === 'returned' ? returned({ refs: Math.min(1, verdict.value.refs) }) : verdict;
        },
      },
    },
  },
  'rename-drops-the-request': {
    rule: 'mach/rename-keeps-the-entry',
    fault: 'a dead-name request does not follow a rename',
    operations: {
      mach_port_rename: {
        ...mach_port_rename,
        step: (world, call) => {
          const verdict = mach_port_rename.step(world, call);
          const task = call.task.tag === 'identity' ? call.task.identity : null;
          const entry = verdict.tag === 'returned' && task !== null ? entryAt(world.state, task, call.to) : null;
          if (task !== null && (entry?.tag === 'port' || entry?.tag === 'send-once') && entry.request !== null) {
            setEntry(world.state, task, call.to, { ...entry, request: null });
          }
          return verdict;
        },
      },
    },
  },
  'rename-overwrites': {
    rule: 'mach/rename-refuses-used-names',
    fault: 'renaming to a name in use overwrites it',
    operations: {
      mach_port_rename: {
        ...mach_port_rename,
        step: (world, call) => {
          const verdict = mach_port_rename.step(world, call);
          return verdict.tag === 'raised' && verdict.error === 'KERN_NAME_EXISTS' ? returned(null) : verdict;
        },
      },
    },
  },
  'allocate-name-takes-a-used-name': {
    rule: 'mach/allocate-name-refuses-used-names',
    fault: 'a name in use may be allocated again',
    operations: {
      mach_port_allocate_name: {
        ...mach_port_allocate_name,
        step: (world, call) => {
          const verdict = mach_port_allocate_name.step(world, call);
          return verdict.tag === 'raised' && verdict.error === 'KERN_NAME_EXISTS' ? returned(null) : verdict;
        },
      },
    },
  },
  'receive-status-blames-the-name': {
    rule: 'mach/receive-status-refuses-other-rights',
    fault: 'asking for the receive status of a send right says that the name is unknown',
    operations: {
      mach_port_get_receive_status: {
        ...mach_port_get_receive_status,
        step: (world, call) => {
          const verdict = mach_port_get_receive_status.step(world, call);
          return verdict.tag === 'raised' && verdict.error === 'KERN_INVALID_RIGHT' ? raised('KERN_INVALID_NAME') : verdict;
        },
      },
    },
  },
  'any-queue-limit-is-accepted': {
    rule: 'mach/set-qlimit-refuses-limits-above-maximum',
    fault: 'a queue limit above the maximum is accepted',
    operations: {
      mach_port_set_qlimit: {
        ...mach_port_set_qlimit,
        step: (world, call) => {
          const verdict = mach_port_set_qlimit.step(world, call);
          return verdict.tag === 'raised' && verdict.error === 'KERN_INVALID_VALUE' ? returned(null) : verdict;
        },
      },
    },
  },
  'anything-has-a-set-status': {
    rule: 'mach/set-status-refuses-other-rights',
    fault: 'the set status of a name that is no set is empty, and no error',
    operations: {
      mach_port_get_set_status: {
        ...mach_port_get_set_status,
        step: (world, call) => {
          const verdict = mach_port_get_set_status.step(world, call);
          return verdict.tag === 'raised' && verdict.error === 'KERN_INVALID_RIGHT' ? returned({ members: [] }) : verdict;
        },
      },
    },
  },
  'failed-rename-takes-the-old-name': {
    rule: 'mach/failed-calls-leave-names-unchanged',
    fault: 'a rename that fails has already freed the old name',
    operations: {
      mach_port_rename: {
        ...mach_port_rename,
        step: (world, call) => {
          const verdict = mach_port_rename.step(world, call);
          const task = call.task.tag === 'identity' ? call.task.identity : null;
          if (verdict.tag === 'raised' && verdict.error === 'KERN_NAME_EXISTS' && task !== null && call.name > 0) {
            change(world.state.tasks[task]!.names)[call.name] = null;
          }
          return verdict;
        },
      },
    },
  },
};
