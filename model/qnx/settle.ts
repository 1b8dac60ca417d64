import type { ProcessId } from '#spec/qnx/vocabulary';
import type { Event } from '#model/kernel';
import { contentsOf } from '#model/qnx/memory/bytes';
import { deliverable, isCaught } from '#model/qnx/signals/post';
import { isRunnable, NOBODY } from '#model/qnx/scheduling/queue';
import { placeOf } from '#model/qnx/words';
import type { Answer, QnxState } from '#model/qnx/state';
import type { Qnx } from '#model/qnx/world';
import { change } from '#model/operation';

/**
 * Lets every process go on that was set free: its handlers run, and it has its answer. That is seen when it is
 * decided, whoever has the processor then: who may make the next call is for the scheduler to say.
 */
export function settle(world: Qnx): void {
  const { state } = world;
  world.mechanisms.reschedule(world);
  yieldAfterKernelCall(world);
  for (let id = 1; id < state.processes.length; id += 1) {
    const process = id as ProcessId;
    if (state.processes[process]!.ending) announce(world, process);
    if (!isRunnable(state, process)) continue;
    runHandlers(world, process);
    goOn(world, process);
  }
}

function announce(world: Qnx, process: ProcessId): void {
  change(world.state.processes[process]!).ending = false;
  world.report({ tag: 'ended', thread: process });
}

/** Whether a process is not blocked, stopped or dead, and has the processor where that is modelled. */
export function mayRun(state: QnxState, process: ProcessId): boolean {
  return isRunnable(state, process) && (!state.modelled || state.running === process);
}

/** Kernel calls are charged for a trap. */
const isKernelCall = (world: Qnx): boolean => ((world as unknown as { readonly cost: Readonly<Record<string, number>> }).cost['trap'] ?? 0) > 0;

/** In one reading of the documents, a process without slices goes behind its equals with every kernel call. */
function yieldAfterKernelCall(world: Qnx): void {
  const { state, mechanisms } = world;
  const { running, variant, modelled, ready } = state;
  if (variant !== 'yield-on-kernel-calls' || !modelled || running === NOBODY || !isKernelCall(world)) return;
  const { policy, priority } = state.processes[running]!;
  if (policy !== 'fifo' || !ready.some((other) => state.processes[other]!.priority === priority)) return;
  world.deviate('qnx/fifo-runs-until-it-blocks');
  mechanisms.makeReady(world, running, 'tail');
  change(state).running = NOBODY;
}

/** The signals that wait for a process that runs are given to its handlers. */
export function runHandlers(world: Qnx, id: ProcessId): void {
  const process = change(world.state.processes[id]!);
  for (;;) {
    const due = deliverable(process).filter((signal) => isCaught(process, signal));
    if (due.length === 0) return;
    const signal = world.choose('signal order', due, (option) => option);
    process.pending[placeOf(signal)]! -= 1;
    process.handled = [...process.handled, signal];
  }
}

function goOn(world: Qnx, id: ProcessId): void {
  const { state } = world;
  const { run } = state.processes[id]!;
  if (run.tag !== 'answered') return;
  world.report(eventOf(state, id, run.answer));
  change(state.processes[id]!).run = { tag: 'ready' };
}

function eventOf(state: QnxState, thread: ProcessId, answer: Answer): Event {
  switch (answer.tag) {
    case 'replied': return { tag: 'returned', thread, value: { reply: contentsOf(state, thread, answer.reply) } };
    case 'received': {
      const { pid, buffer } = answer;
      return { tag: 'returned', thread, value: { pid, buffer: contentsOf(state, thread, buffer) } };
    }
    case 'error': return { tag: 'raised', thread, error: answer.error };
    case 'waited': return { tag: 'returned', thread, value: { pid: answer.pid, status: answer.status } };
    case 'done': return { tag: 'returned', thread, value: null };
    case 'found': return { tag: 'returned', thread, value: answer.copies === 0 ? { pid: answer.pid } : { pid: answer.pid, copies: answer.copies } };
    case 'stands': return { tag: 'returned', thread, value: { proxy: answer.proxy } };
  }
}
