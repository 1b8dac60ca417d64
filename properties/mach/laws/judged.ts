import type { Disposition, Name, NameRight, TaskId } from '#spec/mach/vocabulary';
import type { Carried, Entry, MachState } from '#model/mach/state';
import { callerTask, entryAt } from '#properties/mach/facts';
import { gives, isReceiver, kinds } from '#properties/mach/laws/expected-send';
import { once, targetFault, targetTask } from '#properties/mach/laws/ledger';
import type { CallOf, MachStep } from '#properties/mach/obligation';

/** What there is to say against a call on names, before anything is done. */
export interface Judgement {
  /** At which gate it is turned away: the message to the task's port, the right in it, or the operation. */
  readonly gate: 'message' | 'argument' | 'operation';
  /** All that applies there, in the documented order of checks. */
  readonly errors: readonly string[];
}

type Errors = readonly string[];
type Check<Op extends MachStep['call']['operation']> =
  (call: CallOf<Op>, task: TaskId, at: (name: Name) => Entry | null, step: MachStep) => Errors;

const unless = (fine: boolean, error: string): Errors => (fine ? [] : [error]);

const unknown = (entry: Entry | null): Errors => unless(entry !== null, 'KERN_INVALID_NAME');

/** An unknown name, or one that lacks the right that is wanted. */
const lacking = (entry: Entry | null, fine: (entry: Entry) => boolean): Errors =>
  (entry === null ? ['KERN_INVALID_NAME'] : unless(fine(entry), 'KERN_INVALID_RIGHT'));

const allocatable: ReadonlySet<string> = new Set(['receive', 'port-set', 'dead-name']);

/** How many references of a right a name has; null if it has none. */
export function countOf(entry: Entry | null, right: NameRight): number | null {
  switch (right) {
    case 'send': return entry?.tag === 'port' && entry.sends > 0 ? entry.sends : null;
    case 'receive': return entry?.tag === 'port' && entry.receive ? 1 : null;
    case 'send-once': return entry?.tag === 'send-once' ? 1 : null;
    case 'port-set': return entry?.tag === 'set' ? 1 : null;
    case 'dead-name': return entry?.tag === 'dead' ? entry.refs : null;
  }
}

/** What is wrong with a change of a number of references. */
function bounds({ limits }: MachState, right: NameRight, refs: number, delta: number): Errors {
  if (right !== 'send' && right !== 'dead-name') return unless(delta === 0 || delta === -1, 'KERN_INVALID_VALUE');
  if (refs + delta < 0) return ['KERN_INVALID_VALUE'];
  return unless(refs + delta <= (right === 'send' ? limits.references - 1 : limits.references), 'KERN_UREFS_OVERFLOW');
}

/** What one variant takes a dead name for that nobody has looked at; null for the other variant. */
export function believed({ variant }: MachState, entry: Entry | null): { readonly kind: string; readonly refs: number } | null {
  return variant === 'gnumach' && entry?.tag === 'dead' ? entry.untouched : null;
}

const modRefs: Check<'mach_port_mod_refs'> = ({ right, name, delta }, _task, at, { before }) => {
  const entry = at(name);
  if (right === 'other') return ['KERN_INVALID_VALUE', ...unknown(entry)];
  if (entry === null) return ['KERN_INVALID_NAME'];
  const refs = countOf(entry, right);
  if (refs !== null) return bounds(before, right, refs, delta);
  const once_ = believed(before, entry);
  return [...(once_?.kind === right ? bounds(before, right, once_.refs, delta) : []), 'KERN_INVALID_RIGHT'];
};

const moveMember: Check<'mach_port_move_member'> = ({ member, set }, _task, at, { before }) => {
  const port = at(member);
  const wrong = [...lacking(port, isReceiver), ...(set === 0 ? [] : lacking(at(set), ({ tag }) => tag === 'set'))];
  if (wrong.length > 0 || !isReceiver(port)) return wrong;
  return unless(set !== 0 || before.ports[port.port]!.set !== null, 'KERN_NOT_IN_SET');
};

const insertRight: Check<'mach_port_insert_right'> = ({ name, right }, task, at, step) => {
  const given = argumentOf(step, right);
  const value = unless(name > 0, 'KERN_INVALID_VALUE');
  if (given?.tag !== 'right') return [...value, 'KERN_INVALID_CAPABILITY'];
  const { port, kind } = given;
  const entry = at(name);
  const isOther = (other: Name) => ((held) => held?.tag === 'port' && held.port === port)(at(other));
  const names = step.before.tasks[task]!.names.flatMap((_, other) => (isOther(other as Name) ? [other] : []));
  const known = kind === 'send-once' ? undefined : names[0];
  const full = known === name && kind === 'send' && (countOf(entry, 'send') ?? 0) >= step.before.limits.references - 1;
  return [
    ...value,
    ...unless(known === undefined || known === name, 'KERN_RIGHT_EXISTS'),
    ...unless(entry === null || known === name, 'KERN_NAME_EXISTS'),
    ...unless(!full, 'KERN_UREFS_OVERFLOW'),
  ];
};

const requestNotification: Check<'mach_port_request_notification'> = ({ name, kind, sync, notify }, _task, at, step) => {
  const entry = at(name);
  const given = argumentOf(step, notify);
  const errors = [
    ...unless(given?.tag !== 'dead', 'KERN_INVALID_CAPABILITY'),
    ...unless(kind !== 'other' && (kind !== 'port-destroyed' || sync === 0), 'KERN_INVALID_VALUE'),
    ...unknown(entry),
  ];
  if (entry === null || kind === 'other') return errors;
  if (kind !== 'dead-name') return [...errors, ...unless(isReceiver(entry), 'KERN_INVALID_RIGHT')];
  if (entry.tag === 'set') return [...errors, 'KERN_INVALID_RIGHT'];
  if (entry.tag !== 'dead') return errors;
  if (sync === 0 || given?.tag === 'null') return [...errors, 'KERN_INVALID_ARGUMENT'];
  return [...errors, ...unless(entry.refs < step.before.limits.references, 'KERN_UREFS_OVERFLOW')];
};

const receives = ({ name }: { readonly name: Name }, _task: TaskId, at: (name: Name) => Entry | null): Errors => lacking(at(name), isReceiver);

/** The checks of each operation on names. Listed first is what the reference implementation looks at first. */
const checks: { readonly [Op in MachStep['call']['operation']]?: Check<Op> } = {
  mach_port_allocate: ({ right }) => unless(allocatable.has(right), 'KERN_INVALID_VALUE'),
  mach_port_allocate_name: ({ right, name }, _task, at) => [
    ...unless(name > 0 && allocatable.has(right), 'KERN_INVALID_VALUE'), ...unless(at(name) === null, 'KERN_NAME_EXISTS'),
  ],
  mach_port_deallocate: ({ name }, _task, at) =>
    lacking(at(name), (entry) => entry.tag !== 'set' && !(entry.tag === 'port' && entry.sends === 0)),
  mach_port_destroy: ({ name }, _task, at) => unknown(at(name)),
  mach_port_mod_refs: modRefs,
  mach_port_get_refs: ({ right, name }, _task, at) => [...unless(right !== 'other', 'KERN_INVALID_VALUE'), ...unknown(at(name))],
  mach_port_type: ({ name }, _task, at) => unknown(at(name)),
  mach_port_names: () => [],
  mach_port_rename: ({ name, to }, _task, at) => [
    ...unless(to > 0, 'KERN_INVALID_VALUE'), ...unless(at(to) === null, 'KERN_NAME_EXISTS'), ...unknown(at(name)),
  ],
  mach_port_insert_right: insertRight,
  mach_port_extract_right: ({ name, disposition }, _task, at) => {
    const entry = at(name);
    const errors = [...unless(disposition !== 'other', 'KERN_INVALID_VALUE'), ...unknown(entry)];
    return errors.length > 0 || disposition === 'other' ? errors : unless(gives(entry, disposition), 'KERN_INVALID_RIGHT');
  },
  mach_port_move_member: moveMember,
  mach_port_get_set_status: ({ name }, _task, at) => lacking(at(name), ({ tag }) => tag === 'set'),
  mach_port_get_receive_status: receives,
  mach_port_set_mscount: receives,
  mach_port_set_seqno: receives,
  mach_port_set_qlimit: ({ name, limit }, _task, at, { before }) => [
    ...unless(limit <= before.limits.maximumQueueLimit, 'KERN_INVALID_VALUE'), ...lacking(at(name), isReceiver),
  ],
  mach_port_request_notification: requestNotification,
};

export const nameOperations = Object.keys(checks);

/** The right that a call takes out of its caller's space, by its name and disposition. */
export function argumentIn({ call }: MachStep): { readonly name: Name; readonly disposition: Disposition | 'other' } | null {
  if (call.operation === 'mach_port_insert_right') return call.right;
  return call.operation === 'mach_port_request_notification' ? call.notify : null;
}

/** What a right of the caller's, or of another task's, travels as; null if its name cannot give it. */
export function argumentOf(
  step: MachStep, { name, disposition }: { readonly name: Name; readonly disposition: Disposition | 'other' },
  task: TaskId = callerTask(step),
): Carried | null {
  if (disposition === 'other') return null;
  const kind = kinds[disposition];
  if (name <= 0) return { tag: name === 0 ? 'null' : 'dead', kind };
  const entry = entryAt(step.before, task, name);
  if (!gives(entry, disposition)) return null;
  return entry.tag === 'dead' ? { tag: 'dead', kind } : { tag: 'right', port: entry.port, kind };
}

/** What a name denotes once the argument right has left its caller's space. */
export function entryWithout(
  entry: Entry | null, disposition: Disposition | 'other',
): Entry | null {
  if (entry === null || entry.tag === 'set' || disposition === 'other' || disposition === 'copy-send' || disposition.startsWith('make')) {
    return entry;
  }
  if (entry.tag === 'send-once') return null;
  if (entry.tag === 'dead') return entry.refs > 1 ? { ...entry, refs: entry.refs - 1, untouched: null } : null;
  const rest = disposition === 'move-receive' ? { ...entry, receive: false } : { ...entry, sends: entry.sends - 1 };
  return rest.receive || rest.sends > 0 ? rest : null;
}

/** Whether, and why, a call on names must be refused; null if it must succeed, or is none. */
export const judged = once((step): Judgement | null => {
  const { before, call } = step;
  const check = checks[call.operation] as Check<never> | undefined;
  if (check === undefined) return null;
  const fault = targetFault(step);
  if (fault === 'no port') return { gate: 'message', errors: ['MACH_SEND_INVALID_DEST'] };
  const argument = argumentIn(step);
  if (argument?.disposition === 'other') return { gate: 'message', errors: ['KERN_INVALID_VALUE'] };
  if (argument !== null && argumentOf(step, argument) === null) return { gate: 'argument', errors: ['MACH_SEND_INVALID_RIGHT'] };
  if (fault === 'wrong port') return { gate: 'operation', errors: ['KERN_INVALID_TASK'] };
  const task = targetTask(step)!;
  const at = (name: Name): Entry | null => {
    const entry = entryAt(before, task, name);
    return argument !== null && name === argument.name && task === callerTask(step) ? entryWithout(entry, argument.disposition) : entry;
  };
  const errors = [...new Set(check(call as never, task, at, step))];
  return errors.length === 0 ? null : { gate: 'operation', errors };
});

/** Whether a call on names went otherwise than what there is to say against it would have it. */
export const misjudged = once((step): readonly string[] => {
  const { before, call, events } = step;
  if (checks[call.operation] === undefined) return [];
  const event = events.find((one) => 'thread' in call && one.thread === call.thread);
  const error = event?.tag === 'raised' ? event.error : null;
  const errors = judged(step)?.errors ?? [];
  if (error === null) return errors.length === 0 ? [] : [`${call.operation} succeeded in spite of ${errors.join(', ')}`];
  const isRight = before.variant === 'gnumach' ? error === errors[0] : errors.includes(error);
  return isRight ? [] : [`${call.operation} raised ${error}; what applies is ${errors.join(', ') || 'nothing'}`];
});
