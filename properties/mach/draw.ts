import type { Disposition, Name, Reference, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { canCopyin } from '#model/mach/rights/copyin';
import { isReceive, isRunnable, isSend } from '#model/mach/entries';
import { DEAD, NULL, type Entry, type MachState } from '#model/mach/state';
import { evictable } from '#model/mach/memory/evict';
import { isTimed } from '#model/mach/threads/thread';
import type { MachCall } from '#model/mach/world';
import type { Random } from '#properties/random';

/** How wild the arguments are: one in so many is wrong on purpose. */
const WRONG = 14;

/** One call in so many that takes a task is about the names of another. */
const FOREIGN = 8;

/** Draws the arguments of calls from what there is in a state. */
export class Draw {
  readonly state: MachState;
  readonly random: Random;
  readonly thread: ThreadId;
  readonly task: TaskId;
  /** Whose names the call is about: mostly the caller's own. */
  readonly target: TaskId;

  constructor(state: MachState, random: Random, thread: ThreadId) {
    this.state = state;
    this.random = random;
    this.thread = thread;
    this.task = state.threads[thread]!.task;
    this.target = random.once(FOREIGN) ? this.otherTask() : this.task;
  }

  entries(task: TaskId = this.task): readonly (Entry | null)[] {
    return this.state.tasks[task]!.names;
  }

  /** The names of a space whose entries are as wanted. */
  names(wanted: (entry: Entry) => boolean, task: TaskId = this.task): Name[] {
    const found: Name[] = [];
    this.entries(task).forEach((entry, name) => {
      if (entry !== null && wanted(entry)) found.push(name as Name);
    });
    return found;
  }

  /** A name whose entry is as wanted; now and then any other, or none. Null if there is nothing to name. */
  name(wanted: (entry: Entry) => boolean, task: TaskId = this.task): Name | null {
    if (this.random.once(WRONG)) return this.wrongName(task);
    const fit = this.names(wanted, task);
    const eventful = this.random.once(3) ? [] : fit.filter((name) => this.isEventful(this.entries(task)[name]!));
    return fit.length === 0 ? null : this.random.pick(eventful.length > 0 ? eventful : fit);
  }

  /** Whether anybody else has to do with what a name denotes: a port that nobody else knows shows little. */
  private isEventful(entry: Entry): boolean {
    if (entry.tag !== 'port' || !entry.receive) return true;
    const { queue, senders, receivers, noSenders, portDestroyed, sendRights } = this.state.ports[entry.port]!;
    return queue.length + senders.length + receivers.length > 0 || noSenders !== null || portDestroyed !== null
      || entry.request !== null || sendRights > (entry.sends > 0 ? 1 : 0);
  }

  wrongName(task: TaskId = this.task): Name {
    const all = this.names(() => true, task);
    switch (this.random.below(6)) {
      case 0: return NULL;
      case 1: return DEAD;
      case 2: return this.unknown(task);
      default: return all.length === 0 ? this.unknown(task) : this.random.pick(all);
    }
  }

  /** A name that denotes nothing: one freed earlier, or one never used. */
  unknown(task: TaskId = this.task): Name {
    const entries = this.entries(task);
    const freed = entries.flatMap((entry, name) => (entry === null && name > 0 ? [name as Name] : []));
    if (freed.length > 0 && this.random.once(2)) return this.random.pick(freed);
    return entries.length as Name;
  }

  /** A name of the caller's that can be given away with some disposition, and that disposition. */
  right(kinds: readonly Disposition[], deadOk = true): { name: Name; disposition: Disposition } | null {
    const disposition = this.random.pick(kinds);
    const name = this.name((entry) => canCopyin(entry, disposition, deadOk));
    return name === null ? null : { name, disposition };
  }

  receiveName(task: TaskId = this.task): Name | null {
    return this.name(isReceive, task);
  }

  sendName(task: TaskId = this.task): Name | null {
    return this.name(isSend, task);
  }

  /** The caller's own task, mostly; at times another that is alive, or one that is not. */
  anyTask(): TaskId {
    const { tasks } = this.state;
    if (!this.random.once(5)) return this.task;
    return this.random.below(tasks.length) as TaskId;
  }

  otherTask(): TaskId {
    const { tasks } = this.state;
    const alive = tasks.flatMap(({ life }, task) => (life === 'live' && task !== this.task ? [task as TaskId] : []));
    return alive.length === 0 ? this.task : this.random.pick(alive);
  }

  identity<Id>(identity: Id): Reference<Id> {
    return { tag: 'identity', identity };
  }

  /** The caller's name for a kernel port, if it has one. */
  kernelName(kernel: 'task' | 'thread' | 'host'): Name | null {
    const names = this.names((entry) => isSend(entry) && this.state.ports[entry.port]!.kernel === kernel);
    return names.length === 0 ? null : this.random.pick(names);
  }
}

/** The threads that may make a call: alive, not waiting, not suspended. */
export function callers(state: MachState): readonly ThreadId[] {
  const free: ThreadId[] = [];
  state.threads.forEach(({ run }, thread) => {
    if (run.tag === 'ready' && isRunnable(state, thread as ThreadId)) free.push(thread as ThreadId);
  });
  return free;
}

/** Whether a call could be made at all in a state, whatever the kernel would say to it. */
export function isEnabled(state: MachState, call: MachCall): boolean {
  if (call.operation === 'timeout') {
    const waiting = state.threads[call.waiting];
    return waiting !== undefined && waiting.life === 'live' && isTimed(waiting.run);
  }
  if (call.operation === 'evict') return state.memory !== null && call.owner < state.tasks.length && evictable(state, call.owner, call.address) !== null;
  const thread = state.threads[call.thread];
  if (thread === undefined || thread.run.tag !== 'ready' || !isRunnable(state, call.thread)) return false;
  if (call.operation === 'task_create') return call.child === state.tasks.length;
  if (call.operation === 'thread_create') return call.child === state.threads.length;
  return true;
}

export const timedWaits = (state: MachState): readonly ThreadId[] =>
  state.threads.flatMap(({ run, life }, thread) => (life === 'live' && isTimed(run) ? [thread as ThreadId] : []));
