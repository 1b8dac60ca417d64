import type { Name, TaskId } from '#spec/mach/vocabulary';
import type { Entry } from '#model/mach/state';
import { callerTask, entryAt, errorOf, isLive, namesOf, succeeded, taskName } from '#properties/mach/facts';
import { besides } from '#properties/mach/laws/changes';
import { argumentOf, believed, judged, misjudged, nameOperations } from '#properties/mach/laws/judged';
import { misanswered } from '#properties/mach/laws/answers';
import { isCall, targetTask } from '#properties/mach/laws/ledger';
import { arrivedUnder, takenIn } from '#properties/mach/laws/message-steps';
import { amiss, subjectOf } from '#properties/mach/laws/name-steps';
import type { CallOf, MachLaws, MachStep } from '#properties/mach/obligation';

type Operation = MachStep['call']['operation'];

const raises = (step: MachStep, ...errors: readonly string[]): boolean => errors.includes(errorOf(step) ?? '');

/** All that one operation may refuse, and that nothing comes of a refusal but what is said of it. */
const refusesAsListed = (operation: Operation) => ({ on: [operation], step: amiss } as const);

/** What a call is about, whether or not it denotes anything. */
function entryNamed(step: MachStep): Entry | null {
  const task = targetTask(step);
  const { call } = step;
  const name = 'member' in call ? call.member : 'name' in call && typeof call.name === 'number' ? call.name : null;
  return task === null || name === null ? null : entryAt(step.before, task, name);
}

const isNamed = (step: MachStep, ...operations: readonly Operation[]): boolean =>
  isCall(step, ...operations) && targetTask(step) !== null;

/** The names that a call is about, and those it is to create. */
function namesIn({ call }: MachStep): { readonly subjects: readonly number[]; readonly created: readonly number[] } {
  switch (call.operation) {
    case 'mach_port_rename': return { subjects: [call.name], created: [call.to] };
    case 'mach_port_allocate_name':
    case 'mach_port_insert_right': return { subjects: [], created: [call.name] };
    case 'mach_port_move_member': return { subjects: [call.member, ...(call.set === 0 ? [] : [call.set])], created: [] };
    default: return { subjects: 'name' in call && typeof call.name === 'number' ? [call.name] : [], created: [] };
  }
}

const reserved = (names: readonly number[], which: 0 | -1): boolean => names.includes(which);

const appliesTo = (step: MachStep): readonly string[] => judged(step)?.errors ?? [];

/** The errors are offered in the order in which the reference implementation looks for them. */
function misordered(step: MachStep): readonly string[] {
  const errors = appliesTo(step);
  const error = errorOf(step);
  if (errors.length < 2 || error === null) return [];
  const chosen = step.choices.find(({ kind }) => kind === 'error');
  if (step.before.variant === 'gnumach') return error === errors[0] ? [] : [`${error} was reported, and ${errors[0]} comes first`];
  if (chosen === undefined) return [`${error} alone was open, where ${errors.join(', ')} apply`];
  return chosen.of === errors.length && errors[chosen.option] === error ? []
    : [`${error} stands at ${chosen.option} of ${chosen.of} that apply; the order is ${errors.join(', ')}`];
}

/** A dead name, and which of its rights a call asks about. */
const ofTheDead = (step: MachStep, ...rights: readonly string[]): boolean =>
  entryNamed(step)?.tag === 'dead' && 'right' in step.call && rights.includes(step.call.right as string);

type ModRefs = MachStep & { readonly call: CallOf<'mach_port_mod_refs'> };

/** A change of references that a dead name no longer has. */
const isPosthumous = (step: MachStep): step is ModRefs =>
  isCall(step, 'mach_port_mod_refs') && ofTheDead(step, 'send', 'send-once');

const refusalOf = (step: MachStep, operation: Operation, error: string): boolean =>
  step.call.operation === operation && raises(step, error);

/**
 * A refused rename changes nothing; a refused insertion nothing of the names it was about. A receive right that was to
 * be inserted ends with the refusal, and the notice of that may bring it to the task, if one of its threads waits for it.
 */
function refusedChanges(step: MachStep): readonly string[] {
  if (appliesTo(step).length === 0) return [];
  if (isCall(step, 'mach_port_rename')) return besides(step);
  const task = targetTask(step);
  const argument = isCall(step, 'mach_port_insert_right') ? argumentOf(step, step.call.right) : null;
  return [...namesOf(step.before)].flatMap(([owner, name, entry]) => {
    const isArgument = isCall(step, 'mach_port_insert_right') && owner === callerTask(step) && name === step.call.right.name;
    const died = (entry.tag === 'port' || entry.tag === 'send-once') && !isLive(step.after, entry.port);
    if (owner !== task || isArgument || died || argument === null || hasArrived(step, owner, name)) return [];
    return JSON.stringify({ ...entry, accepted: false }) === JSON.stringify({ ...entryAt(step.after, owner, name), accepted: false })
      ? [] : [`n${name} of ${taskName(owner)} changed`];
  });
}

const hasArrived = (step: MachStep, owner: TaskId, name: Name): boolean =>
  takenIn(step).some((taken) => taken.task === owner && arrivedUnder(taken).includes(name));

/** Something of a set, or of senders and requests, for a status to report. */
const reports = (step: MachStep, wanted: (status: Record<string, unknown>) => boolean): boolean =>
  isCall(step, 'mach_port_get_receive_status') && succeeded(step)
  && wanted((step.events[0] as unknown as { value: Record<string, unknown> }).value);

/** A dead name comes out of an allocation as it would out of the death of a port with one reference. */
function misallocated(step: MachStep): readonly string[] {
  if (!isCall(step, 'mach_port_allocate', 'mach_port_allocate_name') || step.call.right !== 'dead-name' || !succeeded(step)) return [];
  const task = targetTask(step)!;
  const fresh = step.after.tasks[task]!.names.flatMap((entry, name) =>
    (entry !== null && (step.before.tasks[task]!.names[name] ?? null) === null ? [entry] : []));
  const [entry, ...more] = fresh;
  return more.length === 0 && entry?.tag === 'dead' && entry.refs === 1 && entry.untouched === null && Object.keys(entry).length === 3
    ? [] : ['an allocated dead name is not like others'];
}

const onDead = (step: MachStep): boolean => nameOperations.includes(step.call.operation) && entryNamed(step)?.tag === 'dead';

export const nameErrorLaws: MachLaws = {
  'mach/null-and-dead-denote-nothing': {
    on: nameOperations,
    step: (step) => {
      const { subjects, created } = namesIn(step);
      return [...subjects, ...created].some((name) => name <= 0) ? amiss(step) : [];
    },
    sometimes: {
      'NULL is asked about': (step) => reserved(namesIn(step).subjects, 0) && raises(step, 'KERN_INVALID_NAME'),
      'DEAD is asked about': (step) => reserved(namesIn(step).subjects, -1) && raises(step, 'KERN_INVALID_NAME'),
      'NULL is to be created': (step) => reserved(namesIn(step).created, 0) && raises(step, 'KERN_INVALID_VALUE'),
      'DEAD is to be created': (step) => reserved(namesIn(step).created, -1) && raises(step, 'KERN_INVALID_VALUE'),
    },
  },

  'mach/checks-run-in-the-listed-order': {
    on: nameOperations,
    step: (step) => [...misordered(step), ...misjudged(step)],
    sometimes: Object.fromEntries((['mach_port_mod_refs', 'mach_port_rename', 'mach_port_insert_right', 'mach_port_move_member',
      'mach_port_request_notification', 'mach_port_allocate_name'] as const)
      .map((operation) => [`two errors of ${operation} apply`, (step: MachStep) => step.call.operation === operation && appliesTo(step).length > 1])),
  },

  'mach/any-applicable-error-may-be-reported': {
    on: nameOperations,
    step: misordered,
    sometimes: {
      'the first is reported': (step) => appliesTo(step).length > 1 && errorOf(step) === appliesTo(step)[0],
      'two apply': (step) => appliesTo(step).length === 2,
      'three apply': (step) => appliesTo(step).length > 2,
    },
  },

  'mach/silently-dead-right-counts-as-dead': {
    on: ['mach_port_deallocate', 'mach_port_mod_refs', 'mach_port_get_refs'],
    step: (step) => (entryNamed(step)?.tag === 'dead' ? amiss(step) : []),
    sometimes: {
      'it is given up': (step) => isCall(step, 'mach_port_deallocate') && succeeded(step) && entryNamed(step)?.tag === 'dead',
      'its send references cannot be changed': (step) => isPosthumous(step) && raises(step, 'KERN_INVALID_RIGHT'),
      'it has no send references': (step) => isCall(step, 'mach_port_get_refs') && succeeded(step) && ofTheDead(step, 'send'),
      'its dead references are counted': (step) => isCall(step, 'mach_port_get_refs') && succeeded(step) && ofTheDead(step, 'dead-name'),
    },
  },

  'mach/dead-right-is-judged-before-the-delta': {
    on: ['mach_port_mod_refs'],
    step: (step) => (isPosthumous(step) ? [...amiss(step), ...unmarked(step)] : []),
    sometimes: {
      'the delta would be impossible': (step) => isPosthumous(step) && step.call.delta < -1,
      'the delta would be too large': (step) => isPosthumous(step) && step.call.delta >= step.before.limits.references - 1,
      'the delta would be possible': (step) => isPosthumous(step) && (step.call.delta === 1 || step.call.delta === -1),
    },
  },

  'mach/allocated-dead-name-is-a-dead-name': {
    on: nameOperations,
    step: (step) => [...misallocated(step), ...(onDead(step) ? amiss(step) : [])],
    sometimes: {
      'one is allocated': (step) => isCall(step, 'mach_port_allocate') && step.call.right === 'dead-name' && succeeded(step),
      'one is allocated under a given name': (step) => isCall(step, 'mach_port_allocate_name') && step.call.right === 'dead-name' && succeeded(step),
      'a dead name is looked at': (step) => isCall(step, 'mach_port_type', 'mach_port_get_refs') && entryNamed(step)?.tag === 'dead',
    },
  },

  'mach/allocate-refuses-unallocatable-rights': {
    ...refusesAsListed('mach_port_allocate'),
    sometimes: {
      'a send right is refused': (step) => isCall(step, 'mach_port_allocate') && step.call.right === 'send' && raises(step, 'KERN_INVALID_VALUE'),
      'what is no right is refused': (step) => isCall(step, 'mach_port_allocate') && step.call.right === 'other' && raises(step, 'KERN_INVALID_VALUE'),
      'each of three rights is allocated': (step) => isCall(step, 'mach_port_allocate') && step.call.right === 'port-set' && succeeded(step),
    },
  },

  'mach/names-refuses-only-invalid-tasks': {
    ...refusesAsListed('mach_port_names'),
    sometimes: {
      'names are listed': (step) => isCall(step, 'mach_port_names') && succeeded(step),
      'a dead task has none': (step) => isCall(step, 'mach_port_names') && raises(step, 'MACH_SEND_INVALID_DEST'),
      'another live port is no task': (step) => isCall(step, 'mach_port_names') && raises(step, 'KERN_INVALID_TASK'),
    },
  },

  'mach/mod-refs-refuses-impossible-deltas': {
    ...refusesAsListed('mach_port_mod_refs'),
    sometimes: {
      ...Object.fromEntries(['KERN_INVALID_VALUE', 'KERN_INVALID_NAME', 'KERN_INVALID_RIGHT', 'KERN_UREFS_OVERFLOW'].map((error) =>
        [`${error} is raised`, (step: MachStep) => refusalOf(step, 'mach_port_mod_refs', error)])),
      'a dead name would go over its ceiling': (step) => refusalOf(step, 'mach_port_mod_refs', 'KERN_UREFS_OVERFLOW') && ofTheDead(step, 'dead-name'),
      'a delta of 0 changes nothing': (step) => isCall(step, 'mach_port_mod_refs') && step.call.delta === 0 && subjectOf(step) !== null,
    },
  },

  'mach/insert-right-refuses-conflicting-names': {
    ...refusesAsListed('mach_port_insert_right'),
    sometimes: Object.fromEntries(
      ['KERN_INVALID_VALUE', 'KERN_INVALID_CAPABILITY', 'KERN_RIGHT_EXISTS', 'KERN_NAME_EXISTS', 'KERN_UREFS_OVERFLOW'].map((error) =>
        [`${error} is raised`, (step: MachStep) => refusalOf(step, 'mach_port_insert_right', error)])),
  },

  'mach/extract-right-refuses-missing-rights': {
    ...refusesAsListed('mach_port_extract_right'),
    sometimes: {
      ...Object.fromEntries(['KERN_INVALID_VALUE', 'KERN_INVALID_NAME', 'KERN_INVALID_RIGHT'].map((error) =>
        [`${error} is raised`, (step: MachStep) => refusalOf(step, 'mach_port_extract_right', error)])),
      'a dead name gives DEAD': (step) => isCall(step, 'mach_port_extract_right') && subjectOf(step)?.entry.tag === 'dead',
    },
  },

  'mach/move-member-refuses-other-rights': {
    ...refusesAsListed('mach_port_move_member'),
    sometimes: {
      ...Object.fromEntries(['KERN_INVALID_NAME', 'KERN_INVALID_RIGHT', 'KERN_NOT_IN_SET'].map((error) =>
        [`${error} is raised`, (step: MachStep) => refusalOf(step, 'mach_port_move_member', error)])),
      'the set is none': (step) => isNamed(step, 'mach_port_move_member') && raises(step, 'KERN_INVALID_RIGHT')
        && isReceiving(entryNamed(step)),
      'a member is moved to where it is': (step) => isCall(step, 'mach_port_move_member') && judged(step) === null && isAlreadyThere(step),
    },
  },

  'mach/request-notification-refuses-unfit-names': {
    ...refusesAsListed('mach_port_request_notification'),
    sometimes: {
      ...Object.fromEntries(
        ['KERN_INVALID_CAPABILITY', 'KERN_INVALID_VALUE', 'KERN_INVALID_NAME', 'KERN_INVALID_RIGHT', 'KERN_INVALID_ARGUMENT'].map((error) =>
          [`${error} is raised`, (step: MachStep) => refusalOf(step, 'mach_port_request_notification', error)])),
      'a backup is asked for with a sync': (step) => isCall(step, 'mach_port_request_notification') && step.call.kind === 'port-destroyed'
        && step.call.sync !== 0 && raises(step, 'KERN_INVALID_VALUE'),
      'a set is to be watched': (step) => isCall(step, 'mach_port_request_notification') && entryNamed(step)?.tag === 'set'
        && raises(step, 'KERN_INVALID_RIGHT'),
    },
  },

  'mach/receive-status-reports-the-port': {
    on: ['mach_port_get_receive_status'],
    step: (step) => [...misjudged(step), ...misanswered(step)],
    sometimes: {
      'the port is in a set': (step) => reports(step, ({ set }) => set !== 0),
      'messages are counted': (step) => reports(step, ({ messages }) => Number(messages) > 1),
      'messages were taken out': (step) => reports(step, ({ sequence }) => Number(sequence) > 0),
      'send rights were made': (step) => reports(step, ({ makeSend, sendRights }) => Number(makeSend) > 0 && sendRights === true),
      'send-once rights are counted': (step) => reports(step, ({ sendOnceRights }) => Number(sendOnceRights) > 1),
      'a backup is registered': (step) => reports(step, ({ portDestroyedRequest }) => portDestroyedRequest === true),
      'a no-senders request is registered': (step) => reports(step, ({ noSendersRequest }) => noSendersRequest === true),
    },
  },

  'mach/refused-calls-may-shift-later-names': {
    on: ['mach_port_rename', 'mach_port_insert_right'],
    step: refusedChanges,
    sometimes: {
      'a rename is refused': (step) => isCall(step, 'mach_port_rename') && raises(step, 'KERN_NAME_EXISTS', 'KERN_INVALID_VALUE'),
      'an insertion is refused': (step) => isCall(step, 'mach_port_insert_right') && raises(step, 'KERN_NAME_EXISTS', 'KERN_RIGHT_EXISTS'),
    },
  },
};

const isReceiving = (entry: Entry | null): boolean => entry?.tag === 'port' && entry.receive;

function isAlreadyThere(step: MachStep & { readonly call: CallOf<'mach_port_move_member'> }): boolean {
  const task = targetTask(step)!;
  const [member, set] = [entryAt(step.before, task, step.call.member), entryAt(step.before, task, step.call.set)];
  return member?.tag === 'port' && set?.tag === 'set' && step.before.ports[member.port]!.set === set.set;
}

/** Where a variant is known to judge the delta first, the step says so. */
function unmarked(step: ModRefs): readonly string[] {
  const expects = believed(step.before, entryNamed(step))?.kind === step.call.right;
  const marked = step.choices.some(({ kind, taken }) => kind === 'deviation' && taken === 'mach/dead-right-is-judged-before-the-delta');
  return expects && !marked ? ['a known deviation of this variant was not marked'] : [];
}
