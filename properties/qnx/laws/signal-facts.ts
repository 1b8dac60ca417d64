import type { Signal } from '#spec/qnx/vocabulary';
import type { Process, QnxState } from '#model/qnx/state';
import type { QnxStep } from '#properties/qnx/obligation';
import { flagged, isCall, ownerOf, signalNames } from '#properties/qnx/facts';

export const placeIn = (signal: Signal): number => signalNames.indexOf(signal);

/** No process has a say about SIGSTOP, and about SIGKILL only one that is immortal. */
export const isBeyondSay = (process: Process, signal: Signal): boolean =>
  signal === 'SIGSTOP' || (signal === 'SIGKILL' && !process.flags.includes('IMMORTAL'));

/** What a signal that takes effect does to a process. */
export function effectOn(process: Process, signal: Signal): 'handler' | 'nothing' | 'end' | 'stop' | 'continue' {
  const action = isBeyondSay(process, signal) ? 'default' : process.actions[placeIn(signal)]!;
  if (action === 'catch') return 'handler';
  if (signal === 'SIGSTOP') return 'stop';
  if (signal === 'SIGCONT') return 'continue';
  if (action === 'ignore' || signal === 'SIGCHLD') return 'nothing';
  return 'end';
}

/** Whether a process leaves a signal waiting by its mask. */
export const masks = (process: Process, signal: Signal): boolean => process.mask[placeIn(signal)]! && !isBeyondSay(process, signal);

/** A client whose server has asked to hear of its signals first. */
export const isWatched = (state: QnxState, client: number): boolean => {
  const { run } = state.processes[client]!;
  return run.tag === 'replying' && (run.signalled || flagged(state, run.on, 'SIGCATCH'));
};

/** A signal that was accepted for a live process by a kill. */
export interface Posting { readonly by: number; readonly target: number; readonly signal: Signal }

export function postingIn(step: QnxStep): Posting | null {
  if (!isCall(step, 'kill')) return null;
  const { before, call: { thread, pid, signal } } = step;
  const owner = ownerOf(before, pid);
  if (owner?.tag !== 'process' || owner.id === 0 || signal === 'none' || signal === 'other' || !permitted(step, owner.id)) return null;
  return { by: thread, target: owner.id, signal };
}

/** Only the superuser signals other users' processes, and nobody Proc. */
export function permitted({ before, call }: QnxStep, target: number): boolean {
  const { uid } = before.processes[(call as { thread: number }).thread]!;
  return target > 0 && (uid === 0 || uid === before.processes[target]!.uid);
}

/** When a signal does what it does: at once, or it waits for a reason. */
export type When = 'now' | 'masked' | 'held' | 'watched';

export function whenFor(state: QnxState, target: number, signal: Signal): When {
  const process = state.processes[target]!;
  const kills = signal === 'SIGKILL' && isBeyondSay(process, signal);
  if (signal === 'SIGSTOP' || kills) return 'now';
  if (masks(process, signal)) return 'masked';
  if (process.held && signal !== 'SIGCONT') return 'held';
  return isWatched(state, target) ? 'watched' : 'now';
}

