import type { ProcessId } from '#spec/qnx/vocabulary';
import { isRunnable, NOBODY, withdraw } from '#model/qnx/scheduling/queue';
import type { Qnx, QnxOperation } from '#model/qnx/world';
import { change, returned } from '#model/operation';

/** The processor goes to the first of the highest queue that is not empty. */
export const dispatch: QnxOperation<'dispatch'> = {
  implements: ['qnx/highest-ready-process-runs'],

  step(world) {
    const { state, mechanisms } = world;
    const next = mechanisms.nextToRun(state);
    if (!state.modelled || state.running !== NOBODY || next === undefined) return returned(null);
    world.charge('switch');
    withdraw(state, next);
    change(state).running = next;
    return returned(null);
  },
};

export const nextToRun = ({ ready }: Qnx['state']): ProcessId | undefined => ready[0];

/** A tick of the clock: a running process that has slices has used a part of one. */
export const tick: QnxOperation<'tick'> = {
  implements: ['qnx/round-robin-takes-turns', 'qnx/adaptive-decays-and-recovers', 'qnx/fifo-runs-until-it-blocks'],

  step(world) {
    const { state, mechanisms } = world;
    const { running } = state;
    if (!state.modelled || running === NOBODY || !mechanisms.hasSlices(world, running)) return returned(null);
    const process = change(state.processes[running]!);
    process.slice -= 1;
    if (process.slice > 0) return returned(null);
    mechanisms.expire(world, running);
    return returned(null);
  },
};

export const hasSlices = ({ state }: Qnx, process: ProcessId): boolean => state.processes[process]!.policy !== 'fifo';

/** A whole slice was used: adaptive processes decay by one level, once; then the next of equals has its turn. */
export function expire(world: Qnx, id: ProcessId): void {
  const { state, mechanisms } = world;
  const process = change(state.processes[id]!);
  if (process.policy === 'adaptive') process.priority = Math.max(0, process.base - 1);
  mechanisms.renewSlice(world, id);
  mechanisms.makeReady(world, id, 'tail');
  change(state).running = NOBODY;
}

/** The caller goes behind its equals. */
export const yieldProcessor: QnxOperation<'Yield'> = {
  implements: ['qnx/scheduler-runs-when-there-is-a-reason'],

  step(world, { thread }) {
    world.charge('trap');
    const { state } = world;
    if (state.modelled) {
      world.mechanisms.makeReady(world, thread, 'tail');
      change(state).running = NOBODY;
    }
    return returned(null);
  },
};

/**
 * Brings the ready queues up to date with what a call has done: whoever can run now and could not before joins
 * them, whoever cannot leaves, and a process of higher priority takes the processor away.
 */
export function reschedule(world: Qnx): void {
  const { state, mechanisms } = world;
  if (!state.modelled) return;
  const { running } = state;
  if (running !== NOBODY && !isRunnable(state, running)) {
    change(state).running = NOBODY;
    if (state.processes[running]!.life === 'live' && !state.processes[running]!.held) mechanisms.recover(world, running);
  }
  for (let id = 1; id < state.processes.length; id += 1) {
    const process = id as ProcessId;
    if (!isRunnable(state, process)) withdraw(state, process);
    else if (process !== state.running && !state.ready.includes(process)) mechanisms.unblocked(world, process);
  }
  mechanisms.preempt(world);
}

/** A process that blocks has its own priority again at once. */
export function recover({ state }: Qnx, id: ProcessId): void {
  const process = change(state.processes[id]!);
  if (process.policy === 'adaptive') process.priority = process.base;
}

/** A process that can run again stands behind its equals, with a full slice. */
export function unblocked(world: Qnx, process: ProcessId): void {
  const { mechanisms } = world;
  mechanisms.renewSlice(world, process);
  mechanisms.makeReady(world, process, 'tail');
}

/** A ready process of higher priority than the running one takes its place; that is the first of its queue then. */
export function preempt(world: Qnx): void {
  const { state, mechanisms } = world;
  const { running, ready } = state;
  if (running === NOBODY || ready.length === 0) return;
  if (state.processes[ready[0]!]!.priority <= state.processes[running]!.priority) return;
  mechanisms.makeReady(world, running, 'head');
  change(state).running = NOBODY;
}
