import type { Pid, ProcessId } from '#spec/qnx/vocabulary';
import { tell } from '#model/qnx/network/circuit';
import type { Cargo, Place, Question, QnxState } from '#model/qnx/state';
import type { Qnx } from '#model/qnx/world';
import { blocked, change } from '#model/operation';

export type FarError = 'ENOSYS' | 'EHOSTUNREACH';

/** Whether a node is the caller's own. */
export const isHere = (state: QnxState, nid: number): boolean => nid === 0 || nid === state.nid;

/** Why nothing can be asked of another node. */
export function farErrors({ net, nodes }: QnxState, nid: number): readonly FarError[] {
  if (!net) return ['ENOSYS'];
  return nid > nodes ? ['EHOSTUNREACH'] : [];
}

/** Why nothing goes by a circuit that is there; which of the two is said is open. */
export const downErrors = ({ net }: QnxState): readonly FarError[] => (net ? [] : ['ENOSYS', 'EHOSTUNREACH']);

/** Asks the Procs of other nodes something on behalf of a process, which waits for the answer. */
export function ask(
  world: Qnx, thread: ProcessId, nodes: readonly number[], about: Question['about'],
  { vid = 0 as Pid, length = 0, counts = false }: { readonly vid?: Pid; readonly length?: number; readonly counts?: boolean },
  cargoOf: (serial: number) => Cargo,
) {
  const { state } = world;
  const serial = state.questions + 1;
  change(state).questions = serial;
  for (const nid of nodes) tell(world, nid, cargoOf(serial));
  const found: readonly Place[] = [];
  change(state.processes[thread]!).run = {
    tag: 'asking', question: { tag: 'question', serial, about, vid, length, nodes, found, counts, silent: 0 },
  };
  return blocked;
}

/** Who waits for the answer to a question, and which it is; null if it no longer matters. */
export function askerOf({ processes }: QnxState, serial: number): { readonly asker: ProcessId; readonly question: Question } | null {
  for (const [asker, { run, life }] of processes.entries()) {
    if (life === 'live' && run.tag === 'asking' && run.question.serial === serial) return { asker: asker as ProcessId, question: run.question };
  }
  return null;
}

/** The question of a process is another one from now on, or stands differently. */
export function setQuestion(state: QnxState, asker: ProcessId, question: Question): void {
  change(state.processes[asker]!).run = { tag: 'asking', question };
}

/** Nobody waits for the answer any more: an end that was being made for it is not wanted. */
export function dropQuestion(world: Qnx, { about, vid }: Question): void {
  if (about !== 'circuit') return;
  const { processes } = world.state;
  const end = processes.findIndex(({ pid, circuit, life }) => pid === vid && circuit !== null && life === 'live');
  if (end >= 0) change(processes[end]!).life = 'gone';
  if (end >= 0) change(processes[end]!).memory = [];
}

/** A question comes to an end with an error. */
export function failQuestion(world: Qnx, asker: ProcessId, question: Question, error: string): void {
  const { mechanisms } = world;
  mechanisms.dropQuestion(world, question);
  mechanisms.wake(world, asker, { tag: 'error', error });
  mechanisms.notice(world, asker);
}
