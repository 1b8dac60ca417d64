import type { Process, QnxState } from '#model/qnx/state';
import type { QnxLaws, QnxStep } from '#properties/qnx/obligation';
import { governed } from '#properties/qnx/laws/scheduling-facts';
import { firstFrom } from '#properties/qnx/laws/copies';
import {
  chosen, errorOf, flagged, isBlocked, isCall, live, ownerOf, processName, receiveIn, returnedTo, same, sendIn,
} from '#properties/qnx/facts';

const HIGHEST = 31;

const outOfRange = (state: QnxState): readonly string[] => state.processes.flatMap(({ priority, base, life }, id) =>
  (life === 'live' && (priority < 0 || priority > HIGHEST || base < 0 || base > HIGHEST) ? [`${processName(id)} has priority ${priority}`] : []));

/** A child begins with its parent's priority and policy, or with the priority it is given. */
function begunAsDue(step: QnxStep): readonly string[] {
  if (!isCall(step, 'fork', 'spawn') || errorOf(step) !== null) return [];
  const child = step.after.processes.at(-1)!;
  const { priority, policy } = step.before.processes[step.call.thread]!;
  const due = step.call.operation === 'spawn' ? step.call.priority ?? priority : priority;
  return child.life !== 'live' || (child.priority === due && child.policy === policy) ? [] : [`a child begins with priority ${child.priority} and policy ${child.policy}`];
}

function governErrors(step: QnxStep): readonly string[] {
  if (!isCall(step, 'setprio', 'sched_setscheduler')) return [];
  const { before, after, call } = step;
  const caller = before.processes[call.thread]!;
  const owner = call.pid === 0 ? { tag: 'process' as const, id: call.thread as number } : ownerOf(before, call.pid);
  const errors: string[] = [];
  if (call.priority < 0 || call.priority > HIGHEST) errors.push('EINVAL');
  if (call.operation === 'sched_setscheduler' && call.policy === 'other') errors.push('EINVAL');
  if (owner?.tag !== 'process') errors.push('ESRCH');
  else {
    const foreign = owner.id === 0 || (caller.uid !== 0 && caller.uid !== before.processes[owner.id]!.uid);
    if (foreign || (caller.uid !== 0 && call.priority > Math.max(caller.priority, 20))) errors.push('EPERM');
  }
  const error = errorOf(step);
  if (error === null) return errors.length > 0 ? [`${call.operation} should have failed with ${errors.join(' or ')}`] : [];
  return errors.includes(error) && same(before, after) ? [] : [`${call.operation} fails with ${error}, not ${errors.join(' or ') || 'at all'}`];
}

function governedAsDue(step: QnxStep): readonly string[] {
  const { before, after, call } = step;
  if (isCall(step, 'getprio', 'sched_getscheduler')) return toldAsItIs(step);
  const found = governed(step);
  if (found === null || !('thread' in call)) return [];
  const { target, priority, policy } = found;
  const was = before.processes[target]!;
  const now = after.processes[target]!;
  const value = returnedTo<{ priority?: number; policy?: string }>(step, call.thread);
  const due: Process = { ...was, priority, base: priority, own: priority, ...(policy === null ? {} : { policy, slice: before.limits.slice }) };
  return [
    ...(same({ ...due, slice: 0 }, { ...now, slice: 0 }) ? [] : [`${processName(target)} is not just given priority ${priority}`]),
    ...(policy === null ? (value?.priority === was.priority ? [] : ['setprio does not give the old priority']) : (value?.policy === was.policy ? []
      : ['sched_setscheduler does not give the old policy'])),
  ];
}

function toldAsItIs(step: QnxStep): readonly string[] {
  if (!isCall(step, 'getprio', 'sched_getscheduler')) return [];
  const { before, call } = step;
  const owner = call.pid === 0 ? { tag: 'process' as const, id: call.thread as number } : ownerOf(before, call.pid);
  if (owner?.tag !== 'process') return errorOf(step) === 'ESRCH' ? [] : [`${call.operation} tells of what is not there`];
  const value = returnedTo<{ priority?: number; policy?: string }>(step, call.thread);
  const { priority, policy } = before.processes[owner.id]!;
  return (call.operation === 'getprio' ? value?.priority === priority : value?.policy === policy) ? [] : [`${call.operation} tells another thing of ${processName(owner.id)} than is so`];
}

/** A server that received a message in a step, and whose message: by a Receive of its own, or because it waited. */
function receipt(step: QnxStep): { readonly server: number; readonly client: number } | null {
  const receive = receiveIn(step);
  if (receive !== null && errorOf(step) === null) {
    const item = firstFrom(step.before, receive.thread, receive.pid);
    return item?.tag === 'message' && item.from !== receive.thread ? { server: receive.thread, client: item.from } : null;
  }
  for (const [id, { run }] of live(step.after)) {
    const was = step.before.processes[id];
    if (run.tag === 'replying' && was !== undefined && step.before.processes[run.on]?.run.tag === 'receiving' && (was.run.tag === 'ready'
      || was.run.tag === 'replying')
      && (was.run.tag !== 'replying' || was.run.on !== run.on)) return { server: run.on, client: id };
  }
  return null;
}

/** A message that came into the queue of a server that is busy. */
function arrival(step: QnxStep): { readonly server: number; readonly client: number } | null {
  const send = sendIn(step);
  const client = send?.thread ?? (isCall(step, 'Relay') ? step.after.processes.findIndex(({ pid }) =>
    pid === (step.call as { pid: number }).pid) : -1);
  const run = step.after.processes[client]?.run;
  if (run?.tag !== 'sending' || errorOf(step) !== null || run.on === client || same(step.before.processes[client]!.run, run)) return null;
  return { server: run.on, client };
}

function floatedAsDue(step: QnxStep): readonly string[] {
  const { before, after } = step;
  const taken = receipt(step);
  const wrong: string[] = [];
  if (taken !== null && flagged(before, taken.server, 'PRIORITY_FLOAT')) {
    const due = before.processes[taken.server]!.queue.find((item) =>
      item.tag === 'message' && item.from === taken.client)?.priority ?? before.processes[taken.client]!.priority;
    const { priority, policy } = after.processes[taken.server]!;
    if (priority !== due) wrong.push(`${processName(taken.server)} received from one of priority ${due}, and has ${priority}`);
    if (policy !== before.processes[taken.server]!.policy) wrong.push(`${processName(taken.server)} has another policy since it received a message`);
  }
  const queued = arrival(step);
  if (queued !== null && flagged(before, queued.server, 'PRIORITY_FLOAT')) {
    const due = Math.max(before.processes[queued.server]!.priority, before.processes[queued.client]!.priority);
    const { priority } = after.processes[queued.server]!;
    if (priority !== due) wrong.push(`${processName(queued.server)} has priority ${priority} instead of ${due} when a message queues`);
  }
  return wrong;
}

/** Without the flag a priority changes only by a call for it, decay and recovery, or a new image. */
function unmoved(step: QnxStep): readonly string[] {
  const { before, after, call } = step;
  if (call.operation === 'setprio' || call.operation === 'sched_setscheduler' || call.operation === 'tick') return [];
  const wrong: string[] = [];
  for (const [id, { priority, base, flags }] of live(before)) {
    const now = after.processes[id]!;
    if (now.priority === priority || flags.includes('PRIORITY_FLOAT') || now.life !== 'live') continue;
    const recovers = now.priority === base && isBlocked(now.run);
    if (recovers || (now.priority === base && chosen(step, 'idle priority') !== undefined)) continue;
    wrong.push(`${processName(id)} has priority ${now.priority} instead of ${priority} since a ${call.operation}`);
  }
  return wrong;
}

const served = (step: QnxStep, wanted: boolean): boolean => {
  const taken = receipt(step);
  return taken !== null && flagged(step.before, taken.server, 'PRIORITY_FLOAT') === wanted
    && step.before.processes[taken.server]!.priority !== step.before.processes[taken.client]!.priority;
};

export const priorityLaws = {
  'qnx/priorities-are-in-range': {
    always: outOfRange,
    step: (step) => [...begunAsDue(step), ...governErrors(step)],
    sometimes: {
      'a child is given a priority': (step) => isCall(step, 'spawn') && step.call.priority !== null && errorOf(step) === null,
      'a priority is out of range': (step) => isCall(step, 'setprio') && errorOf(step) === 'EINVAL',
      'a priority is too high for an ordinary user': (step) => isCall(step, 'setprio') && errorOf(step) === 'EPERM',
    },
  },

  'qnx/setprio-changes-the-priority': {
    step: governedAsDue,
    sometimes: {
      'a process changes its own priority': (step) => isCall(step, 'setprio') && step.call.pid === 0 && errorOf(step) === null,
      'a process changes another\'s policy': (step) => isCall(step, 'sched_setscheduler') && step.call.pid !== 0 && errorOf(step) === null,
      'a process that is ready is placed first': (step) => chosen(step, 'place after a change') === 'head',
      'a process that is ready is placed last': (step) => chosen(step, 'place after a change') === 'tail',
    },
  },

  'qnx/server-floats-with-its-clients': {
    step: floatedAsDue,
    sometimes: {
      'a server comes to another priority': (step) => served(step, true),
      'a server is lowered': (step) =>
        served(step, true) && step.after.processes[receipt(step)!.server]!.priority < step.before.processes[receipt(step)!.server]!.priority,
      'a busy server is raised': (step) => arrival(step) !== null && flagged(step.before, arrival(step)!.server, 'PRIORITY_FLOAT')
        && step.before.processes[arrival(step)!.client]!.priority > step.before.processes[arrival(step)!.server]!.priority,
      'a busy server is not lowered': (step) => arrival(step) !== null && flagged(step.before, arrival(step)!.server, 'PRIORITY_FLOAT')
        && step.before.processes[arrival(step)!.client]!.priority < step.before.processes[arrival(step)!.server]!.priority,
      'an idle server keeps its priority': (step) => chosen(step, 'idle priority') === 'kept',
      'an idle server has its own again': (step) => chosen(step, 'idle priority') === 'its own',
    },
  },

  'qnx/server-keeps-its-priority': {
    step: unmoved,
    sometimes: { 'a server receives from one of another priority': (step) => served(step, false) },
  },
} satisfies QnxLaws;

