import type { QnxState } from '#model/qnx/state';
import { monitor } from '#properties/obligation';
import type { QnxLaws, QnxStep } from '#properties/qnx/obligation';
import {
  above, canRun, equals, expired, governed, loser, newlyReady, placeOf, priorityOf, yields, yieldsByCall,
} from '#properties/qnx/laws/scheduling-facts';
import { errorOf, isBlocked, isCall, live, processName, same, sendIn } from '#properties/qnx/facts';

const LEVELS = 32;

/** Everyone who can run and does not is in the queues once, in the order of priority; nobody above the one who runs. */
function queuesAsDue(state: QnxState): readonly string[] {
  if (!state.modelled) return [];
  const wrong: string[] = [];
  const { ready, running } = state;
  for (let id = 1; id < state.processes.length; id += 1) {
    const places = ready.filter((other) => other === id).length;
    const due = canRun(state, id) && running !== id ? 1 : 0;
    if (places !== due) wrong.push(`${processName(id)} stands ${places} times in the ready queues instead of ${due}`);
  }
  ready.forEach((id, at) => { if (at > 0 && priorityOf(state, ready[at - 1]!) < priorityOf(state, id)) wrong.push(`${processName(id)} stands behind one of lower priority`); });
  if (running > 0 && !canRun(state, running)) wrong.push(`${processName(running)} has the processor, and cannot run`);
  if (running > 0 && above(state, running)) wrong.push(`${processName(running)} runs, and one of higher priority is ready`);
  return wrong;
}

/** The ready queues as the reference keeps them: one for each priority. */
interface Reference { readonly queues: number[][]; started: boolean }

/** An independent reading of who is to run next: kept from what happens to processes, compared at each dispatch. */
function followQueues(reference: Reference, step: QnxStep): readonly string[] {
  const { before, after, call } = step;
  if (!after.modelled) return [];
  const { queues } = reference;
  if (!reference.started) for (const id of before.ready) queues[priorityOf(before, id)]!.push(id);
  reference.started = true;
  const wrong: string[] = [];
  if (call.operation === 'dispatch') {
    const next = queues.findLast((queue) => queue.length > 0)?.shift();
    if (after.running !== next) wrong.push(`${processName(after.running)} is dispatched, and it is the turn of ${processName(next ?? -1)}`);
  }
  const known = new Set(queues.flat());
  for (const queue of queues) queue.splice(0, queue.length, ...queue.filter((id) => canRun(after, id) && after.running !== id));
  moveThoseWhosePriorityChanged(queues, after, rescheduled(step));
  const lost = loser(step);
  const others = after.processes.map((_, id) => id).filter((id) => id > 0 && id !== lost);
  for (const id of lost === null ? others : [...others, lost]) {
    if (known.has(id) || !canRun(after, id) || after.running === id) continue;
    const preempted = id === lost && !expired(step) && !yields(step)
      && !(yieldsByCall(step) && !above(after, id)) && canRun(before, id);
    const queue = queues[priorityOf(after, id)]!;
    if (preempted) queue.unshift(id);
    else queue.push(id);
  }
  return wrong;
}

/** The process whose priority a call has just set, be it to what it was. */
function rescheduled({ call, before, events }: QnxStep): number | null {
  if (call.operation !== 'setprio' && call.operation !== 'sched_setscheduler') return null;
  if (events[0]?.tag !== 'returned') return null;
  return call.pid === 0 ? call.thread : before.processes.findIndex(({ pid, life }) => life === 'live' && pid === call.pid);
}

/** Where among its equals a process stands whose priority was set is open: the reference takes it as it is. */
function moveThoseWhosePriorityChanged(queues: number[][], state: QnxState, set: number | null): void {
  queues.forEach((queue, level) => {
    for (const id of queue.filter((other) => other === set || priorityOf(state, other) !== level)) {
      queue.splice(queue.indexOf(id), 1);
      const first = placeOf(state, id) < Math.min(...equals(state, id).map((other) => placeOf(state, other)));
      if (first) queues[priorityOf(state, id)]!.unshift(id);
      else queues[priorityOf(state, id)]!.push(id);
    }
  });
}

function dispatchedAsDue({ before, after, call }: QnxStep): readonly string[] {
  if (call.operation !== 'dispatch' || !before.modelled || before.running > 0) return [];
  const highest = Math.max(...before.ready.map((id) => priorityOf(before, id)));
  const next = before.ready.find((id) => priorityOf(before, id) === highest) ?? -1;
  return after.running === next ? [] : [`${processName(after.running)} is dispatched before ${processName(next)}`];
}

/** Whoever loses the processor has a reason to. */
function lostForAReason(step: QnxStep): readonly string[] {
  const lost = loser(step);
  if (step.before.modelled && step.before.running < 0 && step.call.operation !== 'dispatch'
    && step.after.running > 0) return ['somebody runs who was not dispatched'];
  if (lost === null || !canRun(step.after, lost)) return [];
  const reason = expired(step) || yields(step) || yieldsByCall(step) || above(step.after, lost);
  return reason ? [] : [`${processName(lost)} loses the processor for nothing`];
}

/** A reason was there, and the process kept the processor. */
function keptAgainstReason(step: QnxStep): readonly string[] {
  const { before, after } = step;
  if (!before.modelled || before.running < 0 || after.running !== before.running) return [];
  return expired(step) || yields(step) ? [`${processName(before.running)} keeps the processor when its time is up`] : [];
}

function placedAsDue(step: QnxStep): readonly string[] {
  const { before, after } = step;
  const wrong: string[] = [];
  const fresh = newlyReady(step);
  for (const id of fresh) {
    if (after.running === id) continue;
    const ahead = equals(after, id).filter((other) => !fresh.includes(other) && other !== loser(step));
    if (ahead.some((other) => placeOf(after, other) > placeOf(after, id))) wrong.push(`${processName(id)}, which can run again, stands before an equal`);
    if (after.processes[id]!.slice !== after.limits.slice) wrong.push(`${processName(id)}, which can run again, begins with ${after.processes[id]!.slice} ticks`);
  }
  const lost = loser(step);
  if (lost === null || !canRun(after, lost) || expired(step) || yields(step) || yieldsByCall(step)) return wrong;
  if (equals(after, lost).some((other) => placeOf(after, other) < placeOf(after, lost))) wrong.push(`${processName(lost)}, which was preempted, stands behind an equal`);
  if (governed(step)?.target !== lost && after.processes[lost]!.slice !== before.processes[lost]!.slice) wrong.push(`${processName(lost)}, which was preempted, has another slice`);
  return wrong;
}

/** A tick in the life of a process of some policy. */
const ticking = ({ before, call }: QnxStep, ...policies: readonly string[]): number | null =>
  (call.operation === 'tick' && before.modelled && before.running > 0
  && policies.includes(before.processes[before.running]!.policy) ? before.running : null);

function slicedAsDue(step: QnxStep, id: number): readonly string[] {
  const { before, after } = step;
  const was = before.processes[id]!;
  const now = after.processes[id]!;
  const name = processName(id);
  if (was.slice > 1) return after.running === id && same({ ...was, slice: was.slice - 1 }, now) ? [] : [`a tick does not just take one from the slice of ${name}`];
  const last = equals(after, id).every((other) => placeOf(after, other) < placeOf(after, id));
  return [
    ...(after.running < 0 && last ? [] : [`${name} has used its slice, and does not stand behind its equals`]),
    ...(now.slice === after.limits.slice ? [] : [`${name} goes on with ${now.slice} ticks instead of a full slice`]),
  ];
}

function decayedAsDue(step: QnxStep): readonly string[] {
  const id = ticking(step, 'adaptive');
  if (id === null) return [];
  const { priority, base, slice } = step.before.processes[id]!;
  const now = step.after.processes[id]!;
  const due = slice === 1 ? Math.max(0, base - 1) : priority;
  return [
    ...(now.priority === due && now.base === base ? [] : [`${processName(id)} of priority ${base} has ${now.priority} after its slice instead of ${due}`]),
    ...slicedAsDue(step, id),
  ];
}

/** An adaptive process has its own priority or one less, and its own when it is blocked; others have their own. */
const decayInRange = (state: QnxState): readonly string[] => {
  const wrong: string[] = [];
  for (const [id, { policy, priority, base, run }] of live(state)) {
    const decayed = policy === 'adaptive' && priority === Math.max(0, base - 1) && state.modelled;
    if (priority !== base && !decayed) wrong.push(`${processName(id)} of priority ${base} has ${priority}`);
    if (priority !== base && isBlocked(run)) wrong.push(`${processName(id)} is blocked, and has not its own priority`);
  }
  return wrong;
};

const isFifo = ({ before }: QnxStep): boolean => before.modelled && before.running > 0 && before.processes[before.running]!.policy === 'fifo';

function fifoUndisturbed(step: QnxStep): readonly string[] {
  const { before, after } = step;
  if (!isFifo(step) || yields(step) || yieldsByCall(step)) return [];
  const id = before.running;
  if (step.call.operation === 'tick') return same(before, after) ? [] : [`time takes something from ${processName(id)}, which has no slices`];
  if (!canRun(after, id) || above(after, id)) return [];
  return after.running === id ? [] : [`${processName(id)} runs until it blocks, and ${step.call.operation} took the processor from it`];
}

/** Sends that block give up the processor; calls that do not keep it unless they set a higher process going. */
function switchedAsDue(step: QnxStep): readonly string[] {
  const { before, after, call } = step;
  if (!before.modelled || before.running < 0 || !('thread' in call)) return [];
  const id = before.running;
  const { run } = after.processes[id]!;
  if (sendIn(step) !== null && isBlocked(run)) return after.running === id ? [`${processName(id)} waits in a Send, and keeps the processor`] : [];
  const stays = ['Reply', 'Replymx', 'Trigger', 'Readmsg', 'Readmsgmx', 'Writemsg', 'Writemsgmx', 'Relay', 'Creceive', 'Creceivemx'].includes(call.operation);
  if (!stays || yieldsByCall(step) || after.running === id || !canRun(after, id)) return [];
  return above(after, id) ? [] : [`${call.operation} takes the processor from ${processName(id)}, and nobody above it is ready`];
}

export const schedulingLaws = {
  'qnx/scheduler-runs-when-there-is-a-reason': {
    step: (step) => [...lostForAReason(step), ...keptAgainstReason(step)],
    sometimes: {
      'a process blocks': (step) => loser(step) !== null && isBlocked(step.after.processes[loser(step)!]!.run),
      'a slice runs out': expired,
      'a process is preempted': (step) => loser(step) !== null && canRun(step.after, loser(step)!) && above(step.after, loser(step)!),
      'a process yields': yields,
    },
  },

  'qnx/highest-ready-process-runs': {
    always: queuesAsDue,
    step: dispatchedAsDue,
    monitor: monitor({ start: (): Reference => ({ queues: Array.from({ length: LEVELS }, () => []), started: false }), next: followQueues }),
    sometimes: {
      'one of several priorities is dispatched': ({ before, call }) => call.operation === 'dispatch'
        && new Set(before.ready.map((id) => priorityOf(before, id))).size > 1,
      'one of several equals is dispatched': ({ before, call }) => call.operation === 'dispatch' && before.ready.length > 0
        && equals(before, before.ready[0]!).length > 0,
    },
  },

  'qnx/unblocked-goes-last-preempted-first': {
    step: placedAsDue,
    sometimes: {
      'a process can run again, and has equals': (step) => newlyReady(step).some((id) => equals(step.after, id).length > 0),
      'a process is preempted that has equals': (step) =>
        loser(step) !== null && canRun(step.after, loser(step)!) && above(step.after, loser(step)!) && equals(step.after, loser(step)!).length > 0,
      'a process is preempted within its slice': (step) => loser(step) !== null && canRun(step.after, loser(step)!) && above(step.after, loser(step)!)
        && step.before.processes[loser(step)!]!.slice < step.before.limits.slice,
    },
  },

  'qnx/round-robin-takes-turns': {
    on: ['tick'],
    step: (step) => {
      const id = ticking(step, 'round-robin');
      return id === null ? [] : [...slicedAsDue(step, id), ...(priorityOf(step.before, id) === priorityOf(step.after, id) ? [] : ['a slice costs a round-robin process its priority'])];
    },
    sometimes: {
      'a slice goes on': (step) => ticking(step, 'round-robin') !== null && !expired(step),
      'a slice runs out, and there are equals': (step) =>
        ticking(step, 'round-robin') !== null && expired(step) && equals(step.before, step.before.running).length > 0,
      'a slice runs out, and there are none': (step) =>
        ticking(step, 'round-robin') !== null && expired(step) && equals(step.before, step.before.running).length === 0,
    },
  },

  'qnx/fifo-runs-until-it-blocks': {
    step: fifoUndisturbed,
    sometimes: {
      'time goes by': (step) => isFifo(step) && step.call.operation === 'tick',
      'it makes a call that does not block, and has equals': (step) =>
        isFifo(step) && 'thread' in step.call && step.after.running === step.before.running && equals(step.before, step.before.running).length > 0,
    },
  },

  'qnx/adaptive-decays-and-recovers': {
    always: decayInRange,
    step: decayedAsDue,
    sometimes: {
      'a process decays': (step) =>
        ticking(step, 'adaptive') !== null && expired(step)
          && priorityOf(step.after, step.before.running) < priorityOf(step.before, step.before.running),
      'a process that has decayed uses another slice': (step) =>
        ticking(step, 'adaptive') !== null && expired(step)
          && step.before.processes[step.before.running]!.priority < step.before.processes[step.before.running]!.base,
      'a process recovers': ({ before, after }) => before.processes.some(({ priority, base, life }, id) => life === 'live' && priority < base
        && isBlocked(after.processes[id]!.run)),
      'a process that has decayed is preempted': (step) =>
        loser(step) !== null && !expired(step) && canRun(step.after, loser(step)!)
          && step.after.processes[loser(step)!]!.priority < step.after.processes[loser(step)!]!.base,
    },
  },

  'qnx/messages-are-scheduling-points': {
    step: switchedAsDue,
    sometimes: {
      'a Send gives up the processor': (step) => sendIn(step) !== null && loser(step) !== null,
      'a Reply keeps it': (step) =>
        isCall(step, 'Reply') && errorOf(step) === null && step.before.modelled && step.after.running === step.before.running,
      'a Reply gives it up': (step) => isCall(step, 'Reply') && loser(step) !== null,
    },
  },
} satisfies QnxLaws;
