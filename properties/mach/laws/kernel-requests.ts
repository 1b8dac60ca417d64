import type { Name, TaskId } from '#spec/mach/vocabulary';
import type { Carried, Entry, PortId } from '#model/mach/state';
import { callerTask, entryAt, errorOf, isLive, portName, succeeded, taskName } from '#properties/mach/facts';
import { Space } from '#properties/mach/laws/expected-send';
import {
  answerOf, argumentsOf, brought, misnamed, otherwiseBusy, unlike, untouchedSpace,
} from '#properties/mach/laws/expected-requests';
import { stray } from '#properties/mach/laws/frame';
import { isCall, targetFault, targetTask } from '#properties/mach/laws/ledger';
import { missing, type Notice } from '#properties/mach/laws/notices';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

const carrying = [
  'mach_port_insert_right', 'mach_port_request_notification', 'task_set_special_port', 'thread_set_special_port', 'mach_ports_register',
] as const;

/** Whether a request got as far as the kernel, with all it brought, and was refused there. */
const isRefused = (step: MachStep): boolean => {
  const taken = brought(step);
  return taken !== null && !taken.missing && errorOf(step)?.startsWith('KERN') === true;
};

type Right = Extract<Carried, { tag: 'right' }>;

const rightsOf = (step: MachStep, kind?: Right['kind']): readonly Right[] => (brought(step)?.rights ?? [])
  .filter((right): right is Right => right.tag === 'right' && (kind === undefined || right.kind === kind));

/** What a refused request leaves behind: nothing of what it brought, and nothing else touched. */
function leftOver(step: MachStep): string[] {
  if (!isRefused(step)) return [];
  const { space } = brought(step)!;
  const caller = callerTask(step);
  const target = targetTask(step);
  return [
    ...unlike(step, caller, space),
    ...(target === null || target === caller ? [] : unlike(step, target, untouchedSpace(step, target))),
    ...rightsOf(step, 'receive').flatMap(({ port }) => surviving(step, port)),
    ...missing(step, [...told(step, rightsOf(step, 'send-once')), ...deletedBy(step, space)]),
    ...unmade(step),
    ...misplaced(step),
  ];
}

/** A receive right that was destroyed: its port is dead, or with its backup. */
function surviving({ before, after }: MachStep, port: PortId): string[] {
  if (!isLive(after, port)) return [];
  const { portDestroyed } = before.ports[port]!;
  const backedUp = portDestroyed !== null && after.ports[port]!.portDestroyed === null;
  return backedUp ? [] : [`the receive right of ${portName(port)} came with a request that failed, and the port lives`];
}

const told = ({ after }: MachStep, rights: readonly Right[]): readonly Notice[] =>
  rights.filter(({ port }) => isLive(after, port)).map(({ port }) => ({ kind: 'send-once', to: port, about: '' }));

const deletedBy = (step: MachStep, { deleted }: Space): readonly Notice[] => deleted.filter(({ notify }) => isLive(step.after, notify))
  .map(({ name, notify }) => ({ kind: 'port-deleted', to: notify, about: `n${name} of ${taskName(callerTask(step))}` }));

/** A send right that was made counts as made, although it is gone again. */
function unmade(step: MachStep): string[] {
  return (argumentsOf(step) ?? []).flatMap(({ name, disposition }, at) => {
    const right = brought(step)!.rights[at];
    if (disposition !== 'make-send' || right?.tag !== 'right' || entryAt(step.before, callerTask(step), name) === null) return [];
    const { before, after } = step;
    return after.ports[right.port]!.makeSend > before.ports[right.port]!.makeSend ? []
      : [`the make-send count of ${portName(right.port)} did not grow with a failed request`];
  });
}

/** Slots of tasks and threads that a refused request filled all the same. */
const misplaced = (step: MachStep): readonly string[] =>
  stray(step, (change) => (change.what !== 'task' && change.what !== 'thread') || change.field === 'run');

/** Requests to what is no port are not sent at all; those to another port are refused by kind. */
function misaddressed(step: MachStep): readonly string[] {
  const fault = targetFault(step);
  const error = errorOf(step);
  if (fault === 'no port') {
    return error === 'MACH_SEND_INVALID_DEST' ? stray(step) : [`a request to no port was answered with ${error ?? 'success'}`];
  }
  if (fault === null) {
    const blamed = error === 'MACH_SEND_INVALID_DEST' || error === 'KERN_INVALID_TASK';
    const isByName = step.call.operation === 'mach_msg' || 'control' in step.call || 'host' in step.call;
    return blamed && !isByName ? [`a request through a send right got ${error}`] : [];
  }
  const due = byPortCalls.has(step.call.operation) ? 'KERN_INVALID_TASK' : 'KERN_INVALID_ARGUMENT';
  const earlier = brought(step)?.missing === true ? 'MACH_SEND_INVALID_RIGHT' : isOtherKind(step) ? 'KERN_INVALID_VALUE' : due;
  return error === due || error === earlier ? [] : [`a request to another kind of port was answered with ${error ?? 'success'}`];
}

/** The calls about names, and the making of a task, which say that a port is no task's. */
const byPortCalls: ReadonlySet<string> = new Set([
  'mach_port_allocate', 'mach_port_allocate_name', 'mach_port_deallocate', 'mach_port_destroy', 'mach_port_mod_refs', 'mach_port_get_refs',
  'mach_port_type', 'mach_port_names', 'mach_port_rename', 'mach_port_insert_right', 'mach_port_extract_right', 'mach_port_move_member',
  'mach_port_get_set_status', 'mach_port_get_receive_status', 'mach_port_set_qlimit', 'mach_port_set_mscount', 'mach_port_set_seqno',
  'mach_port_request_notification', 'task_create',
]);

const isOtherKind = (step: MachStep): boolean => isCall(step, 'mach_port_insert_right') && step.call.right.disposition === 'other';

/** A right the caller does not have fails in the message; one that is dead is the operation's affair. */
function misjudged(step: MachStep): readonly string[] {
  const taken = brought(step);
  const error = errorOf(step);
  if (taken === null) return [];
  if (!taken.missing) {
    if (error === 'MACH_SEND_INVALID_RIGHT') return ['a right that the caller has was said to be missing'];
    const dead = taken.rights[0]?.tag === 'dead' && isCall(step, 'mach_port_insert_right', 'mach_port_request_notification');
    return dead && !deadErrors.has(error ?? '') ? [`a dead argument was answered with ${error ?? 'success'}`] : [];
  }
  if (error !== 'MACH_SEND_INVALID_RIGHT') return [`a missing right was answered with ${error ?? 'success'}`];
  return taken.rights.length === 0 ? stray(step) : unlike(step, callerTask(step), taken.space);
}

const deadErrors: ReadonlySet<string> = new Set([
  'KERN_INVALID_CAPABILITY', 'KERN_INVALID_VALUE', 'KERN_INVALID_TASK', 'KERN_INVALID_NAME', 'KERN_INVALID_RIGHT', 'KERN_INVALID_ARGUMENT',
  'KERN_UREFS_OVERFLOW',
]);

const interposing = ['mach_port_insert_right', 'mach_port_extract_right'] as const;

/** Rights go from one space to another, under the names that were said, and the tasks themselves are not asked. */
function mistransferred(step: MachStep): string[] {
  const target = targetTask(step);
  if (!isCall(step, ...interposing) || !succeeded(step) || target === null) return [];
  const caller = callerTask(step);
  if (isCall(step, 'mach_port_extract_right')) {
    const from = Space.of(step.before, target);
    const right = from.take(step.call.name, step.call.disposition as Exclude<typeof step.call.disposition, 'other'>);
    if (right === null) return ['a right was extracted that was not there'];
    const to = target === caller ? from : Space.of(step.before, caller);
    return [...misnamed(step, to, right, answerOf(step).name), ...unlike(step, caller, to), ...(to === from ? [] : unlike(step, target, from))];
  }
  const { space, rights } = brought(step)!;
  const to = target === caller ? space : Space.of(step.before, target);
  if (rights[0]?.tag !== 'right') return ['a right was inserted that was not there'];
  put(to, step.call.name, rights[0]);
  return [...unlike(step, caller, space), ...(to === space ? [] : unlike(step, target, to)), ...alarmed(step, target)];
}

/** Puts a right under a name that is free, or that stands for its port already. */
function put({ names }: Space, name: Name, { port, kind }: Right): void {
  const entry = names[name] ?? null;
  while (names.length <= name) names.push(null);
  if (kind === 'send-once') names[name] = { tag: 'send-once', port, request: null };
  else {
    const known: Extract<Entry, { tag: 'port' }> = entry?.tag === 'port' ? entry : { tag: 'port', port, receive: false, sends: 0, request: null, accepted: false };
    names[name] = kind === 'receive' ? { ...known, receive: true } : { ...known, sends: known.sends + 1 };
  }
}

/** Threads of the task that were told something, although nothing of theirs went away. */
const alarmed = (step: MachStep, target: TaskId): string[] =>
  (otherwiseBusy(step, target) && brought(step)!.space.deleted.length === 0 && rightsOf(step, 'receive').length === 0 && target !== callerTask(step)
    ? [`${taskName(target)} noticed that it was given a right`] : []);

const foreign = (step: MachStep): boolean => succeeded(step) && targetTask(step) !== callerTask(step);

export const kernelRequestLaws = {
  'mach/failed-kernel-request-destroys-its-body': {
    on: carrying,
    step: leftOver,
    sometimes: {
      'a failed insert brings a receive right': (step) => isCall(step, 'mach_port_insert_right') && isRefused(step) && rightsOf(step, 'receive').length > 0,
      'a failed insert brings a send-once right': (step) => isCall(step, 'mach_port_insert_right') && isRefused(step) && rightsOf(step, 'send-once').length > 0,
      'a failed insert makes a send right': (step) => isCall(step, 'mach_port_insert_right') && isRefused(step)
        && argumentsOf(step)![0]!.disposition === 'make-send' && rightsOf(step).length > 0,
      'a failed notification request brings a right': (step) => isCall(step, 'mach_port_request_notification') && isRefused(step) && rightsOf(step).length > 0,
      'a failed setting of a special port brings a right': (step) => isCall(step, 'task_set_special_port', 'thread_set_special_port')
        && isRefused(step) && rightsOf(step).length > 0,
      'a failed registration brings rights': (step) => isCall(step, 'mach_ports_register') && isRefused(step) && rightsOf(step).length > 0,
    },
  },

  'mach/dead-task-port-refuses-the-send': {
    step: misaddressed,
    sometimes: {
      'a call about names goes to a dead task': (step) => byPortCalls.has(step.call.operation) && targetFault(step) === 'no port',
      'a call about names goes to another kind of port': (step) => byPortCalls.has(step.call.operation) && targetFault(step) === 'wrong port',
      'a call about a task goes to another kind of port': (step) => !byPortCalls.has(step.call.operation) && targetFault(step) === 'wrong port',
      'a call goes through a name that is dead': (step) => 'task' in step.call && step.call.task.tag === 'name'
        && entryAt(step.before, callerTask(step), step.call.task.name)?.tag === 'dead',
    },
  },

  'mach/argument-rights-are-checked-at-send': {
    on: carrying,
    step: misjudged,
    sometimes: {
      'a right is missing': (step) => brought(step)?.missing === true,
      'a right is missing after others were there': (step) => brought(step)?.missing === true && brought(step)!.rights.length > 0,
      'a dead right is given': (step) => brought(step)?.rights[0]?.tag === 'dead',
    },
  },

  'mach/task-port-holder-can-interpose': {
    on: interposing,
    step: mistransferred,
    sometimes: {
      "a right is pulled out of another's space": (step) => isCall(step, 'mach_port_extract_right') && foreign(step),
      "a right is pushed into another's space": (step) => isCall(step, 'mach_port_insert_right') && foreign(step),
      'a right is pushed under a name that was pulled empty': (step) => isCall(step, 'mach_port_insert_right') && foreign(step)
        && step.call.name < step.before.tasks[targetTask(step)!]!.names.length && entryAt(step.before, targetTask(step)!, step.call.name) === null,
      'a receive right is pulled away': (step) => isCall(step, 'mach_port_extract_right') && foreign(step) && step.call.disposition === 'move-receive',
    },
  },
} satisfies MachLaws;

