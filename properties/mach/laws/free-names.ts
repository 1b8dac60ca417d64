import type { Name, TaskId } from '#spec/mach/vocabulary';
import type { Entry, MachState } from '#model/mach/state';
import { callerEvent, callerTask, entryAt, namesOf, portName, succeeded, taskName } from '#properties/mach/facts';
import { misanswered, sameNames } from '#properties/mach/laws/answers';
import { besides } from '#properties/mach/laws/changes';
import { same } from '#properties/mach/laws/frame';
import { believed, judged, misjudged } from '#properties/mach/laws/judged';
import { isCall, once, targetTask } from '#properties/mach/laws/ledger';
import { arrivedUnder, takenIn } from '#properties/mach/laws/message-steps';
import { amiss } from '#properties/mach/laws/name-steps';
import { reliesOnNames } from '#properties/mach/laws/shifted-names';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

/** Whether a row of a name table holds one of the combinations there are. */
function isCombination({ ports, sets }: MachState, entry: Entry): boolean {
  switch (entry.tag) {
    case 'port': return (entry.receive || entry.sends > 0) && ports[entry.port] !== undefined;
    case 'send-once': return ports[entry.port] !== undefined;
    case 'set': return sets[entry.set]?.life === 'live';
    case 'dead': return entry.refs > 0;
  }
}

const some = (wanted: (entry: Entry) => boolean) => ({ after }: MachStep): boolean => [...namesOf(after)].some(([, , entry]) => wanted(entry));

/** A name that came to denote something, and whether it had been in use before. */
interface Taken { readonly task: TaskId; readonly name: Name; readonly reused: boolean }

/** Names that denote something after a step, and did not before. */
const appeared = once(({ before, after }): readonly Taken[] => after.tasks.flatMap(({ names }, id) => {
  const old = before.tasks[id]?.names ?? [];
  if (names === old) return [];
  return names.flatMap((entry, name) => (entry === null || (old[name] ?? null) !== null ? []
    : [{ task: id as TaskId, name: name as Name, reused: name < old.length }]));
}));

/** The names that an answer told of, with the spaces they are of. */
function told(step: MachStep): readonly (readonly [TaskId, Name])[] {
  const event = callerEvent(step);
  const received = takenIn(step).flatMap((taken) =>
    [taken.header.local.name, ...arrivedUnder(taken)].map((name) => [taken.task, name] as const));
  if (event?.tag !== 'returned' || event.value === null || typeof event.value !== 'object') return received;
  const value = event.value as { readonly name?: Name; readonly previous?: Name };
  const space = isCall(step, 'mach_port_allocate') ? targetTask(step)! : callerTask(step);
  return [...received, ...[value.name, value.previous].filter((name) => name !== undefined).map((name) => [space, name] as const)];
}

/** Names that were told and denote nothing, or are none. DEAD and NULL are told where there is no right. */
const unfounded = (step: MachStep): readonly string[] => told(step).flatMap(([task, name]) => {
  if (name === 0 || name === -1) return [];
  const isThere = Number.isInteger(name) && name > 0 && (step.after.tasks[task]!.names[name] ?? step.before.tasks[task]!.names[name] ?? null) !== null;
  return isThere ? [] : [`${taskName(task)} was told of the name ${name}, which denotes nothing`];
});

/** Two tables that agree about NULL and DEAD: they have no place for either. */
const reserved = (state: MachState): readonly string[] => state.tasks.flatMap(({ names, life }, task) => [
  ...((names[0] ?? null) === null && !(-1 in names) ? [] : [`${taskName(task as TaskId)} has something under a reserved name`]),
  ...(life === 'dead' && names.some((entry) => entry !== null) ? [`${taskName(task as TaskId)} is dead, and has names`] : []),
]);

const listed = (step: MachStep): readonly Name[] | null => {
  if (!isCall(step, 'mach_port_names') || !succeeded(step)) return null;
  return (callerEvent(step) as unknown as { value: { names: readonly { name: Name }[] } }).value.names.map(({ name }) => name);
};

/** A list of names with every name of the space in it, once. */
function mislisted(step: MachStep): readonly string[] {
  const list = listed(step);
  if (list === null) return [];
  const { names } = step.before.tasks[targetTask(step)!]!;
  const there = names.flatMap((entry, name) => (entry === null ? [] : [name as Name]));
  return sameNames(list, there) ? [] : [`${list.length} names are listed, and there are ${there.length}`];
}

const looks: ReadonlySet<string> = new Set(['mach_port_type', 'mach_port_get_refs', 'mach_port_deallocate', 'mach_port_mod_refs', 'mach_port_names']);
const blind: ReadonlySet<string> = new Set(
  ['mach_port_names', 'mach_port_get_receive_status', 'mach_port_get_set_status', 'mach_port_set_qlimit', 'mach_port_allocate'],
);

const nameOf = ({ call }: MachStep): Name | null => ('name' in call && typeof call.name === 'number' ? call.name : null);

const subject = (step: MachStep): Entry | null => {
  const task = targetTask(step);
  const name = nameOf(step);
  return task === null || name === null ? null : entryAt(step.before, task, name);
};

/** A dead name whose death has been noticed although nobody looked, or not although somebody did. */
function misnoticed(step: MachStep): readonly string[] {
  const task = targetTask(step);
  if (step.before.variant === 'documented') {
    return [...namesOf(step.after)].flatMap(([owner, name, entry]) =>
      (entry.tag === 'dead' && entry.untouched !== null ? [`n${name} of ${taskName(owner)} is dead, and not known to be`] : []));
  }
  if (task === null) return [];
  return [...namesOf(step.before)].flatMap(([owner, name, entry]) => {
    if (believed(step.before, entry) === null) return [];
    const now = entryAt(step.after, owner, name);
    const isLooked = owner === task && name === nameOf(step) && isCall(step, 'mach_port_type', 'mach_port_get_refs') && judged(step) === null;
    if (isLooked && believed(step.after, now) !== null) return [`n${name} of ${taskName(owner)} was looked at, and still counts as alive`];
    if (blind.has(step.call.operation) && believed(step.after, now) === null) return [`n${name} of ${taskName(owner)} was taken for dead unseen`];
    return [];
  });
}

/** Counts and limits that go beyond what the implementation says of itself. */
const beyond = (state: MachState): readonly string[] => {
  const { limits, tasks, ports } = state;
  return [
    ...tasks.flatMap(({ registered }, task) => (registered.length <= limits.registered ? [] : [`${taskName(task as TaskId)} registered ${registered.length} ports`])),
    ...ports.flatMap(({ queueLimit, kernel }, port) => (kernel !== null || queueLimit <= limits.maximumQueueLimit ? []
      : [`${portName(port as never)} queues up to ${queueLimit} messages`])),
    ...[...namesOf(state)].flatMap(([task, name, entry]) => {
      const [refs, most] = entry.tag === 'dead' ? [entry.refs, limits.references] : entry.tag === 'port' ? [entry.sends, limits.references - 1] : [1, 1];
      return refs <= most ? [] : [`n${name} of ${taskName(task)} has ${refs} references`];
    }),
  ];
};

const REFERENCE = { references: 65535, queueLimit: 5, maximumQueueLimit: 16, registered: 4 };

export const freeNameLaws = {
  'mach/names-are-positive-integers': {
    always: reserved,
    step: unfounded,
    sometimes: {
      'the kernel picks a name': (step) => isCall(step, 'mach_port_allocate') && succeeded(step),
      'a task picks one that was used before': (step) => isCall(step, 'mach_port_allocate_name', 'mach_port_rename', 'mach_port_insert_right')
        && appeared(step).some(({ reused }) => reused),
      'NULL and DEAD are asked for in vain': (step) => isCall(step, 'mach_port_allocate_name', 'mach_port_insert_right', 'mach_port_rename')
        && judged(step)?.errors[0] === 'KERN_INVALID_VALUE',
    },
  },

  'mach/kernel-may-pick-any-free-name': {
    step: (step) => [...unfounded(step), ...misanswered(step), ...overwritten(step)],
    sometimes: {
      'a name is picked while freed ones are to be had': (step) => isCall(step, 'mach_port_allocate') && succeeded(step)
        && step.before.tasks[targetTask(step)!]!.names.some((entry, name) => name > 0 && entry === null),
      'a freed name is used again': (step) => appeared(step).some(({ reused }) => reused),
      'a received right gets a new name': (step) => takenIn(step).length > 0 && appeared(step).length > 0,
    },
  },

  'mach/last-freed-name-returns-first': {
    step: reliesOnNames,
    sometimes: {
      'a name is used again': (step) => appeared(step).some(({ reused }) => reused),
      'a message is received': (step) => takenIn(step).length > 0,
      'names are freed': (step) => [...namesOf(step.before)].some(([task, name]) => entryAt(step.after, task, name) === null),
    },
  },

  'mach/name-denotes-one-combination': {
    always: (state) => [...namesOf(state)].flatMap(([task, name, entry]) =>
      (isCombination(state, entry) ? [] : [`n${name} of ${taskName(task)} is a ${entry.tag} of no known combination`])),
    on: ['mach_port_type', 'mach_port_names'],
    step: (step) => [...misjudged(step), ...misanswered(step)],
    sometimes: {
      'a receive right': some((entry) => entry.tag === 'port' && entry.receive && entry.sends === 0),
      'a send right': some((entry) => entry.tag === 'port' && !entry.receive),
      'both': some((entry) => entry.tag === 'port' && entry.receive && entry.sends > 0),
      'a send-once right': some(({ tag }) => tag === 'send-once'),
      'a port set': some(({ tag }) => tag === 'set'),
      'a dead name': some(({ tag }) => tag === 'dead'),
    },
  },

  'mach/names-may-come-in-any-order': {
    on: ['mach_port_names'],
    step: (step) => [...mislisted(step), ...besides(step)],
    sometimes: {
      'several names are listed': (step) => (listed(step)?.length ?? 0) > 2,
      'names were freed between them': (step) => ((list) => list !== null && list.length > 0 && Math.max(...list) > list.length)(listed(step)),
    },
  },

  'mach/dead-names-appear-when-touched': {
    step: (step) => [...misnoticed(step), ...(subject(step)?.tag === 'dead' && looks.has(step.call.operation) ? amiss(step) : [])],
    sometimes: {
      'a name dies while its task does nothing': (step) => 'thread' in step.call && [...namesOf(step.before)].some(([task, name, entry]) =>
        task !== callerTask(step) && (entry.tag === 'port' || entry.tag === 'send-once') && entryAt(step.after, task, name)?.tag === 'dead'),
      'a dead name is looked at': (step) => isCall(step, 'mach_port_type', 'mach_port_get_refs') && subject(step)?.tag === 'dead',
      'dead names are listed': (step) => (listed(step) ?? []).some((name) => entryAt(step.before, targetTask(step)!, name)?.tag === 'dead'),
    },
  },

  'mach/limits-belong-to-the-implementation': {
    always: beyond,
    step: (step) => [
      ...(same(step.before.limits, step.after.limits) ? [] : ['a limit of the implementation changed']),
      ...(isCall(step, 'mach_port_set_qlimit', 'mach_port_mod_refs') ? misjudged(step) : []),
    ],
    sometimes: {
      'they are those of the reference implementation': ({ before: { limits } }) => REFERENCE.references === limits.references
        && REFERENCE.queueLimit === limits.queueLimit && REFERENCE.maximumQueueLimit === limits.maximumQueueLimit && REFERENCE.registered === limits.registered,
      'the ceiling of references is another': ({ before: { limits } }) => limits.references !== REFERENCE.references,
      'the default limit of queues is another': ({ before: { limits } }) => limits.queueLimit !== REFERENCE.queueLimit,
      'a limit is reached': (step) => judged(step)?.errors[0] === 'KERN_UREFS_OVERFLOW',
    },
  },
} satisfies MachLaws;

/** Names in use that denote something else after a step in which the kernel picked one. */
function overwritten(step: MachStep): readonly string[] {
  if (!isCall(step, 'mach_port_allocate', 'mach_reply_port')) return [];
  return [...namesOf(step.before)].flatMap(([task, name, entry]) =>
    (same(entry, entryAt(step.after, task, name)) ? [] : [`n${name} of ${taskName(task)} was in use, and is another`]));
}

