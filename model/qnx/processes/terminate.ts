import type { Pid, ProcessId } from '#spec/qnx/vocabulary';
import { isProc, others, pidOf } from '#model/qnx/entries';
import { dequeue, nextArrival } from '#model/qnx/messages/queue';
import { endedCaller } from '#model/qnx/processes/caller';
import { isCaught, isIgnored, isMasked } from '#model/qnx/signals/post';
import { ANY, PROC, type Answer, type ProxyId } from '#model/qnx/state';
import type { Qnx } from '#model/qnx/world';
import { change, spoiled } from '#model/operation';

/** A process ends: first all it had goes, and whoever waits for it goes on; then its parent hears of it. */
export function terminate(world: Qnx, id: ProcessId, status: number): void {
  const { state, mechanisms } = world;
  mechanisms.release(world, id);
  const process = change(state.processes[id]!);
  process.life = 'zombie';
  process.ending = true;
  process.status = status;
  mechanisms.releasePeers(world, id);
  mechanisms.inform(world, id);
  mechanisms.bury(world, id);
}

/** What a process had: its message, its queue, its proxies, its memory. */
export function release(world: Qnx, id: ProcessId): void {
  const { state, mechanisms } = world;
  const process = change(state.processes[id]!);
  const { run } = process;
  if (run.tag === 'sending') dequeue(state, run.on, (item) => item.tag === 'message' && item.from === id);
  if (run.tag === 'replying') dequeue(state, run.on, (item) => item.tag === 'signal' && item.client === id);
  state.proxies.forEach(({ life, owner }, proxy) => {
    if (life === 'live' && owner === id) mechanisms.endProxy(world, proxy as ProxyId);
  });
  mechanisms.dropNames(world, id);
  if (run.tag === 'asking') mechanisms.dropQuestion(world, run.question);
  mechanisms.endCircuits(world, id);
  mechanisms.leaveSemaphore(world, id);
  Object.assign(process, {
    run: { tag: 'ready' }, queue: [], memory: [], files: [], shared: [], windows: [], held: false, handled: [], pending: process.pending.map(() => 0),
  });
  mechanisms.dropUnused(world);
}

const gone: Answer = { tag: 'error', error: 'ESRCH' };

/** Whoever waits for a process that is no more goes on, and hears that it is not there. */
export function releasePeers(world: Qnx, id: ProcessId): void {
  const { state, mechanisms } = world;
  for (const peer of others(state)) {
    const { run } = state.processes[peer]!;
    if ((run.tag !== 'sending' && run.tag !== 'replying') || run.on !== id) continue;
    mechanisms.wake(world, peer, gone);
    mechanisms.notice(world, peer);
  }
  mechanisms.releaseReceivers(world, pidOf(state, id));
}

/** Whoever waits to receive from one pid alone, and that is no more. */
export function releaseReceivers(world: Qnx, pid: Pid): void {
  for (const peer of others(world.state)) {
    const { run } = world.state.processes[peer]!;
    if (run.tag === 'receiving' && run.from !== ANY && run.from === pid) world.mechanisms.wake(world, peer, gone);
  }
}

/** Processes that have asked for it are sent a message of Proc about the death of any other. */
export function inform(world: Qnx, id: ProcessId): void {
  const { state, mechanisms } = world;
  for (const process of others(state)) {
    if (!state.processes[process]!.flags.includes('INFORM')) continue;
    const { priority } = state.processes[PROC]!;
    mechanisms.enqueue(world, process, { tag: 'death', pid: pidOf(state, id), priority, arrival: nextArrival(world) });
    mechanisms.serve(world, process);
  }
}

/** The parent hears of it; a zombie remains until it has asked, unless it never will. */
export function bury(world: Qnx, id: ProcessId): void {
  const { state, mechanisms } = world;
  const process = change(state.processes[id]!);
  for (const child of state.processes.keys()) {
    const orphan = state.processes[child]!;
    if (child === PROC || orphan.parent !== id || orphan.life === 'gone') continue;
    change(orphan).parent = PROC;
    if (orphan.life === 'zombie') change(orphan).life = 'gone';
  }
  const { parent, flags } = process;
  if (isProc(parent) || flags.includes('NOZOMBIE') || isIgnoredChoice(world, parent)) process.life = 'gone';
  if (isProc(parent)) return;
  mechanisms.tellWaiting(world, parent);
  mechanisms.post(world, parent, 'SIGCHLD');
}

/** A parent that said it ignores its children's deaths, which is more than not having said anything. */
function isIgnoredChoice({ state }: Qnx, parent: ProcessId): boolean {
  const process = state.processes[parent]!;
  return isIgnored({ ...process, actions: process.actions.map((action) => (action === 'default' ? 'catch' : action)) }, 'SIGCHLD');
}

/** An instruction touched what is not mapped: a handler hears of it, or the process ends. */
export function segmentFault(world: Qnx, thread: ProcessId) {
  const process = change(world.state.processes[thread]!);
  if (isCaught(process, 'SIGSEGV') && !isMasked(process, 'SIGSEGV')) {
    process.handled = [...process.handled, 'SIGSEGV'];
    return spoiled('SIGSEGV', null);
  }
  world.mechanisms.terminate(world, thread, 139);
  return endedCaller(world, thread);
}
