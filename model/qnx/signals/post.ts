import type { Action, ProcessId, Signal } from '#spec/qnx/vocabulary';
import { dequeue, nextArrival } from '#model/qnx/messages/queue';
import type { Process } from '#model/qnx/state';
import type { Qnx } from '#model/qnx/world';
import { placeOf, signals } from '#model/qnx/words';
import { change } from '#model/operation';

/** What a signal does to a process that has said nothing about it. */
export function defaultOf(signal: Signal): 'terminate' | 'ignore' | 'stop' {
  if (signal === 'SIGSTOP') return 'stop';
  return signal === 'SIGCHLD' || signal === 'SIGCONT' ? 'ignore' : 'terminate';
}

/** Whether nothing a process says about a signal counts. */
export const isUncatchable = ({ flags }: Process, signal: Signal): boolean =>
  signal === 'SIGSTOP' || (signal === 'SIGKILL' && !flags.includes('IMMORTAL'));

export const isMasked = (process: Process, signal: Signal): boolean =>
  process.mask[placeOf(signal)]! && !isUncatchable(process, signal);

const actionOf = (process: Process, signal: Signal): Action =>
  (isUncatchable(process, signal) ? 'default' : process.actions[placeOf(signal)]!);

export const isIgnored = (process: Process, signal: Signal): boolean => {
  const action = actionOf(process, signal);
  return action === 'ignore' || (action === 'default' && defaultOf(signal) === 'ignore');
};

export const isCaught = (process: Process, signal: Signal): boolean => actionOf(process, signal) === 'catch';

/** The signals that wait for a process and that it can be given now. */
export const deliverable = (process: Process): readonly Signal[] => signals.filter((signal) =>
  process.pending[placeOf(signal)]! > 0 && !isMasked(process, signal)
  && (!process.held || (signal === 'SIGKILL' && isUncatchable(process, signal))));

/** A signal comes to a process: it stops or continues it, is nothing to it, or waits until it takes effect. */
export function post(world: Qnx, target: ProcessId, signal: Signal): void {
  const { mechanisms } = world;
  const process = change(world.state.processes[target]!);
  const stop = placeOf('SIGSTOP');
  if (signal === 'SIGSTOP') {
    process.held = true;
    return;
  }
  if (signal === 'SIGCONT' && process.held) {
    process.held = false;
    process.pending[stop] = 0;
  }
  if (!isIgnored(process, signal)) {
    const place = placeOf(signal);
    const again = process.pending[place]! > 0
      && world.choose('repeated signal', ['once', 'counted'] as const, (option) => option) === 'once';
    if (!again) process.pending[place]! += 1;
  }
  mechanisms.notice(world, target);
}

/** Lets the signals that can be given now take effect: they end a process, or its wait, or wait with it. */
export function notice(world: Qnx, target: ProcessId): void {
  const { state, mechanisms } = world;
  const process = state.processes[target]!;
  if (process.life !== 'live') return;
  const due = mechanisms.deliverable(process);
  if (due.length === 0) return;
  const kills = due.some((signal) => signal === 'SIGKILL' && isUncatchable(process, signal));
  if (!kills && mechanisms.holdsClients(world, target)) {
    mechanisms.tellServer(world, target, due);
    return;
  }
  if (due.some((signal) => !isCaught(process, signal))) {
    mechanisms.terminate(world, target, 128);
    return;
  }
  mechanisms.interruptWait(world, target);
}

/** Whether a process waits for the reply of a server that has asked to hear of its clients' signals. */
export function holdsClients({ state }: Qnx, target: ProcessId): boolean {
  const { run } = state.processes[target]!;
  return run.tag === 'replying' && (run.signalled || state.processes[run.on]!.flags.includes('SIGCATCH'));
}

/** The client becomes SIGNAL-blocked, and its server hears of the signal. */
export function tellServer(world: Qnx, target: ProcessId, due: readonly Signal[]): void {
  const { state, mechanisms } = world;
  const client = change(state.processes[target]!);
  const { run } = client;
  if (run.tag !== 'replying' || run.signalled) return;
  client.run = { ...run, signalled: true };
  const signal = world.choose('signal order', due, (option) => option);
  mechanisms.enqueue(world, run.on, {
    tag: 'signal', client: target, signal, priority: client.priority, arrival: nextArrival(world),
  });
  mechanisms.serve(world, run.on);
}

/** A caught signal ends what a process waits for. */
export function interruptWait(world: Qnx, target: ProcessId): void {
  const { state, mechanisms } = world;
  const { run } = state.processes[target]!;
  if (run.tag === 'ready' || run.tag === 'answered') return;
  if (run.tag === 'sending') dequeue(state, run.on, (item) => item.tag === 'message' && item.from === target);
  if (run.tag === 'asking') mechanisms.dropQuestion(world, run.question);
  mechanisms.cancelThrough(world, target);
  mechanisms.leaveSemaphore(world, target);
  mechanisms.wake(world, target, { tag: 'error', error: 'EINTR' });
}

