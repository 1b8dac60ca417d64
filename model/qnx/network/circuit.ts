import type { Pid, ProcessId } from '#spec/qnx/vocabulary';
import { newPid } from '#model/qnx/entries';
import { inUse } from '#model/qnx/memory/allocate';
import { dequeue } from '#model/qnx/messages/queue';
import { fresh } from '#model/qnx/processes/process';
import { PROC, type Cargo, type Circuit, type Outgoing, type Place, type QnxState } from '#model/qnx/state';
import type { Qnx } from '#model/qnx/world';
import { BeyondScope, change } from '#model/operation';

export type EndError = 'EINVAL' | 'ENOMEM' | 'ENOVPE' | 'EAGAIN';

/** The circuit that a row of the process table is an end of. */
export const circuitOf = ({ processes }: QnxState, end: ProcessId): Circuit => processes[end]!.circuit!;

/** Puts other facts about an end in the place of those it had. */
export function setCircuit(state: QnxState, end: ProcessId, facts: Partial<Circuit>): void {
  change(state.processes[end]!).circuit = { ...circuitOf(state, end), ...facts };
}

/** The ends of circuits that are there, by their rows. */
export function endsOf(state: QnxState): readonly ProcessId[] {
  return state.processes.flatMap(({ circuit, life }, row) => (circuit !== null && life === 'live' ? [row as ProcessId] : []));
}

/** Why a buffer cannot be so large. */
export function bufferErrors(state: QnxState, length: number, more: number): readonly ('EINVAL' | 'ENOMEM')[] {
  if (length > state.limits.circuit) return ['EINVAL'];
  return more > 0 && inUse(state) + more > state.limits.pool ? ['ENOMEM'] : [];
}

/** Why there can be no other end on this node. */
export function endErrors(world: Qnx, length: number): readonly EndError[] {
  const { state, mechanisms } = world;
  const errors: EndError[] = [...mechanisms.bufferErrors(state, length, length)];
  if (endsOf(state).length >= state.limits.circuits) errors.push('ENOVPE');
  if (mechanisms.isTableFull(state)) errors.push('EAGAIN');
  return errors;
}

const row = (pid: Pid, length: number, circuit: Omit<Circuit, 'tag' | 'users' | 'sent' | 'heard' | 'silent'>) => ({
  ...fresh(), pid, parent: PROC, memory: Array.from({ length }, () => 0),
  circuit: { tag: 'circuit', users: 1, sent: 0, heard: 0, silent: 0, ...circuit } as const,
});

/** Makes an end, of a circuit whose other end is to be told of it: `vid` 0 if that is not there yet. */
export function makeEnd(world: Qnx, owner: ProcessId, far: Place, vid: Pid, length: number, remains: boolean): ProcessId {
  const { state } = world;
  if (state.processes.length >= state.limits.processes) throw new BeyondScope('too many processes');
  const pid = newPid(world);
  change(state).processes.push(change(row(pid, length, { owner, nid: far.nid, pid: far.pid, vid, remains })));
  return state.processes.length - 1 as ProcessId;
}

/** An end that there is from the start. */
export function bootCircuit(
  state: QnxState, { process, nid, pid, vid }: { readonly process: number; readonly nid: number; readonly pid: number; readonly vid: number },
): void {
  const end = state.nextPid as Pid;
  change(state).nextPid += 1;
  change(state).processes.push(change(row(end, 0, { owner: process as ProcessId, nid, pid: pid as Pid, vid: vid as Pid, remains: false })));
}

/** Has Proc send something to another node at once. */
export function tell(world: Qnx, nid: number, cargo: Cargo): void {
  change(world.state).notes = [...world.state.notes, { tag: 'note', nid, cargo }];
}

/** Something for Net to carry off. */
export function queueForNet({ state }: Qnx, entry: Outgoing): void {
  change(state).outgoing = [...state.outgoing, entry];
}

/** What waits for Net by an end is not carried off any more. */
export function withhold(state: QnxState, end: ProcessId, tag: 'message' | 'reply'): void {
  const isOf = (entry: Outgoing) => entry.tag === tag && entry.end === end;
  if (state.outgoing.some(isOf)) change(state).outgoing = state.outgoing.filter((entry) => !isOf(entry));
}

/** An end that passes a message on to its owner does so no longer. */
export function withdrawMessage(world: Qnx, end: ProcessId): void {
  const { state } = world;
  const { run } = state.processes[end]!;
  if (run.tag === 'sending') dequeue(state, run.on, (item) => item.tag === 'message' && item.from === end);
  withhold(state, end, 'reply');
  change(state.processes[end]!).run = { tag: 'ready' };
}

/** Whoever waits in an end of a circuit goes on with an error. */
export function freeOwner(world: Qnx, end: ProcessId, error: string): void {
  const { state, mechanisms } = world;
  const { owner } = circuitOf(state, end);
  const { run, life } = state.processes[owner]!;
  if (life !== 'live') return;
  const waits = ((run.tag === 'sending' || run.tag === 'replying') && run.on === end)
    || (run.tag === 'receiving' && run.from === state.processes[end]!.pid);
  if (!waits) return;
  mechanisms.wake(world, owner, { tag: 'error', error });
  mechanisms.notice(world, owner);
}

/** An end is no more, or a zombie: what was under way by it is lost, and its owner hears of it if it waits. */
export function endCircuit(world: Qnx, end: ProcessId, error: string, becomes: 'gone' | 'zombie'): void {
  const { state, mechanisms } = world;
  mechanisms.withdrawMessage(world, end);
  withhold(state, end, 'message');
  mechanisms.freeOwner(world, end, error);
  Object.assign(change(state.processes[end]!), { life: becomes, queue: [], memory: [] });
}

/** The same, and the other end is told. */
export function tearDown(world: Qnx, end: ProcessId, error: string): void {
  const { state, mechanisms } = world;
  const { nid, vid } = circuitOf(state, end);
  if (vid !== 0) tell(world, nid, { tag: 'ends', end: vid, other: state.processes[end]!.pid });
  mechanisms.endCircuit(world, end, error, 'gone');
}

/** The circuits of a process go with it, and the zombies of such. */
export function endCircuits(world: Qnx, owner: ProcessId): void {
  const { state, mechanisms } = world;
  state.processes.forEach(({ circuit, life }, end) => {
    if (circuit === null || circuit.owner !== owner) return;
    if (life === 'live') mechanisms.tearDown(world, end as ProcessId, 'ESRCH');
    else change(state.processes[end]!).life = 'gone';
  });
}
