import type { Pid, ProcessId } from '#spec/qnx/vocabulary';
import { ANY, PROC, type ProxyId, type QnxState } from '#model/qnx/state';
import type { Qnx } from '#model/qnx/world';
import { change } from '#model/operation';

/** What a pid denotes. */
export type Denoted =
  | { readonly tag: 'process'; readonly process: ProcessId }
  | { readonly tag: 'zombie'; readonly process: ProcessId }
  | { readonly tag: 'proxy'; readonly proxy: ProxyId }
  /** An end of a circuit, which stands for a process of another node. */
  | { readonly tag: 'circuit'; readonly process: ProcessId };

/** What there is under a pid, if anything. */
export function lookup({ processes, proxies }: QnxState, pid: Pid): Denoted | null {
  if (pid === ANY) return null;
  const process = processes.findIndex(({ pid: own, life }) => own === pid && life !== 'gone');
  if (process >= 0) {
    const { life, circuit } = processes[process]!;
    return { tag: life !== 'live' ? 'zombie' : circuit === null ? 'process' : 'circuit', process: process as ProcessId };
  }
  const proxy = proxies.findIndex(({ pid: own, life }) => own === pid && life === 'live');
  return proxy >= 0 ? { tag: 'proxy', proxy: proxy as ProxyId } : null;
}

/** The same as one process has it: the ends of circuits of others are nothing to it. */
export function lookupFor(state: QnxState, process: ProcessId, pid: Pid): Denoted | null {
  const denoted = lookup(state, pid);
  if (denoted === null || denoted.tag === 'proxy') return denoted;
  const { circuit } = state.processes[denoted.process]!;
  return circuit === null || circuit.owner === process ? denoted : null;
}

/** Whether messages can come to a process from a pid: a live process, a proxy or a circuit of its own. */
export function isSource(state: QnxState, receiver: ProcessId, pid: Pid): boolean {
  const denoted = lookupFor(state, receiver, pid);
  return denoted !== null && denoted.tag !== 'zombie';
}

/** The live process under a pid, Proc aside from no one. */
export function processUnder(state: QnxState, pid: Pid): ProcessId | null {
  const denoted = lookup(state, pid);
  return denoted?.tag === 'process' ? denoted.process : null;
}

export const pidOf = ({ processes }: QnxState, process: ProcessId): Pid => processes[process]!.pid;

/** A pid for something new: one never given out, or where pids are used again perhaps one that is free. */
export function newPid(world: Qnx): Pid {
  const { state } = world;
  const fresh = state.nextPid as Pid;
  const free: Pid[] = [];
  if (state.variant === 'pid-reuse') {
    for (let pid = 2; pid < fresh; pid += 1) if (lookup(state, pid as Pid) === null) free.push(pid as Pid);
  }
  const pid = world.choose('pid', [fresh, ...free], (option) => `p${option}`);
  if (pid === fresh) change(state).nextPid += 1;
  return pid;
}

/** Every process but Proc that is not gone. */
export function* others({ processes }: QnxState): Generator<ProcessId> {
  for (let process = 1; process < processes.length; process += 1) {
    if (processes[process]!.life === 'live') yield process as ProcessId;
  }
}

export const isProc = (process: ProcessId): boolean => process === PROC;
