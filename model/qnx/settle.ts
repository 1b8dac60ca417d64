import type { ProcessId } from '#spec/qnx/vocabulary';
import type { Event } from '#model/kernel';
import { contentsOf } from '#model/qnx/memory/bytes';
import { deliverable, isCaught } from '#model/qnx/signals/post';
import { placeOf } from '#model/qnx/words';
import type { Answer, QnxState } from '#model/qnx/state';
import type { Qnx } from '#model/qnx/world';
import { change } from '#model/operation';

/** Lets every process run that may: its handlers run, and it has its answer. */
export function settle(world: Qnx): void {
  const { state } = world;
  for (let id = 1; id < state.processes.length; id += 1) {
    const process = id as ProcessId;
    if (state.processes[process]!.ending) announce(world, process);
    if (!mayRun(state, process)) continue;
    runHandlers(world, process);
    goOn(world, process);
  }
}

function announce(world: Qnx, process: ProcessId): void {
  change(world.state.processes[process]!).ending = false;
  world.report({ tag: 'ended', thread: process });
}

/** Whether a process is not blocked, stopped or dead. */
export function mayRun({ processes }: QnxState, process: ProcessId): boolean {
  const { life, held, run } = processes[process]!;
  return life === 'live' && !held && (run.tag === 'ready' || run.tag === 'answered');
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
  }
}
