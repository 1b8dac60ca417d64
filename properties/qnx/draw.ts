import {
  actions, images, processFlags, signals, type Action, type Image, type Part, type Pid, type ProcessId, type Signal,
} from '#spec/qnx/vocabulary';
import { FIRST_WINDOW, WINDOW } from '#model/qnx/memory/bytes';
import { mayRun } from '#model/qnx/settle';
import type { QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import type { Random } from '#properties/random';

/** How wild the arguments are: one in so many is wrong on purpose. */
const WRONG = 14;

/** A few names, one too long. */
const NAMES = ['a', 'b', 'c', '/g', 'd', 'e', 'abcdefghijklmnopqrstuvwxyz0123456'] as const;

/** A pid that no run is long enough to come to. */
const NEVER = 9999;

/** The processes that can make a call. */
export function callers(state: QnxState): readonly ProcessId[] {
  const found: ProcessId[] = [];
  for (let id = 1; id < state.processes.length; id += 1) if (mayRun(state, id as ProcessId)) found.push(id as ProcessId);
  return found;
}

/** Whether a call could be made at all, whatever the kernel would say to it. */
export function isEnabled(state: QnxState, call: QnxCall): boolean {
  if (call.operation === 'tick') return state.modelled && state.running > 0;
  if (call.operation === 'dispatch') return state.modelled && state.running < 0 && state.ready.length > 0;
  if (!('thread' in call)) return true;
  if (call.thread === 0 || state.processes[call.thread] === undefined || !mayRun(state, call.thread)) return false;
  return !('child' in call) || call.child === state.processes.length;
}

/** Draws the arguments of calls from what there is in a state. */
export class Draw {
  readonly state: QnxState;
  readonly random: Random;
  /** Whose buffers are drawn. */
  caller = 0 as ProcessId;

  constructor(state: QnxState, random: Random) {
    this.state = state;
    this.random = random;
  }

  /** A pid: mostly of a live process other than the caller. */
  pid(caller: ProcessId): Pid {
    const { state, random } = this;
    if (random.once(WRONG)) return this.anyPid();
    const others = state.processes.filter(({ life }, id) => life === 'live' && id !== caller && id > 0);
    if (others.length === 0 || random.once(10)) return this.proxy();
    return random.pick(others).pid;
  }

  /** A pid of something that is or was there, or of nothing that ever will be. */
  anyPid(): Pid {
    const { state, random } = this;
    return (random.once(4) ? NEVER : random.below(state.nextPid)) as Pid;
  }

  /** The pid of a proxy, if there is one. */
  proxy(): Pid {
    const { state, random } = this;
    const live = state.proxies.filter(({ life }) => life === 'live');
    return live.length === 0 || random.once(WRONG) ? this.anyPid() : random.pick(live).pid;
  }

  ownProxy(caller: ProcessId): Pid {
    const own = this.state.proxies.filter(({ life, owner }) => life === 'live' && owner === caller);
    return own.length === 0 || this.random.once(6) ? this.proxy() : this.random.pick(own).pid;
  }

  /** Where to receive from: mostly from any, or from whoever is there. */
  source(caller: ProcessId): Pid {
    if (!this.random.once(3)) return 0 as Pid;
    return this.random.once(3) ? this.ownProxy(caller) : this.pid(caller);
  }

  /** One that waits to receive, if there is one. */
  receiver(caller: ProcessId): Pid {
    const waiting = this.state.processes.filter(({ run, life }, id) => id > 0 && life === 'live' && run.tag === 'receiving');
    return waiting.length === 0 || this.random.once(3) ? this.pid(caller) : this.random.pick(waiting).pid;
  }

  /** A client that waits for the caller, if there is one. */
  client(caller: ProcessId): Pid {
    const { state, random } = this;
    const clients = state.processes.filter(({ run, life }) => life === 'live' && run.tag === 'replying' && run.on === caller);
    return clients.length === 0 || random.once(10) ? this.pid(caller) : random.pick(clients).pid;
  }

  part(): Part {
    const { random } = this;
    const mapped = this.state.processes[this.caller]?.windows.some((object) => object >= 0) ?? false;
    if (mapped && random.once(2)) return { at: this.window(this.caller) + random.below(2), length: random.below(4) };
    if (random.once(9)) return { at: this.state.limits.memory - random.below(3), length: 1 + random.below(5) };
    const length = random.below(6);
    return { at: random.below(this.state.limits.memory - length + 1), length };
  }

  parts(): readonly Part[] {
    const { random } = this;
    const count = random.once(12) ? this.state.limits.parts + 1 : random.below(4);
    const apart = random.once(2);
    let next = random.below(3);
    return Array.from({ length: count }, () => {
      const { at, length } = this.part();
      const size = Math.min(length, 3);
      if (!apart) return { at, length: size };
      next += size + 1;
      return { at: next - size - 1, length: size };
    });
  }

  bytes(): readonly number[] {
    return Array.from({ length: 1 + this.random.below(5) }, () => 1 + this.random.below(9));
  }

  /** A signal, and whom it is for: mostly one that does not end whoever it comes to. */
  signalling(caller: ProcessId): { readonly pid: Pid; readonly signal: Signal | 'none' | 'other' } {
    const { state, random } = this;
    if (random.once(8)) return { pid: this.pid(caller), signal: random.pick([...signals, 'none', 'other'] as const) };
    if (random.once(30)) return { pid: 1 as Pid, signal: random.pick(signals) };
    const able = state.processes.filter(({ life }, id) => life === 'live' && id > 0);
    const waiting = able.filter(({ run, held }) => held || (run.tag !== 'ready' && run.tag !== 'answered'));
    const target = random.pick(waiting.length === 0 || random.once(3) ? able : waiting);
    const harmless = signals.filter((_, place) => target.actions[place] !== 'default' || target.mask[place]);
    if (target.held && random.once(2)) return { pid: target.pid, signal: 'SIGCONT' };
    return { pid: target.pid, signal: random.once(5) || harmless.length === 0 ? this.signal() : random.pick(harmless) };
  }

  /** What to do about a signal: now and then about one that waits. */
  saying(caller: ProcessId): { readonly signal: Signal | 'other'; readonly action: Action } {
    const { state, random } = this;
    if (random.once(14)) return { signal: 'other', action: this.action() };
    const waiting = signals.filter((_, place) => state.processes[caller]!.pending[place]! > 0);
    if (waiting.length > 0 && random.once(2)) return { signal: random.pick(waiting), action: random.pick(actions) };
    return { signal: this.signal(), action: this.action() };
  }

  /** A descriptor: mostly one that is bound. */
  fd(caller: ProcessId): number {
    const bound = this.state.processes[caller]!.files.flatMap((pid, fd) => (pid > 0 ? [fd] : []));
    return bound.length === 0 || this.random.once(8) ? this.random.below(4) : this.random.pick(bound);
  }

  image(): Image { return this.random.once(4) ? this.random.pick(images) : 'program'; }
  given(): number | null { return this.random.once(2) ? null : this.random.below(4); }

  spawning() {
    const { random, state } = this;
    const flag = () => random.once(4);
    return {
      child: state.processes.length as ProcessId, image: this.image(), environment: this.given(), directory: this.given(),
      priority: random.once(3) ? random.pick([5, 10, 20, 21, 29]) : null,
      newGroup: flag(), newSession: flag(), closeFiles: flag(), clearMask: flag(), defaultSignals: flag(), noZombie: flag(),
    };
  }

  /** A child of the caller, any of them, or no child at all. */
  child(caller: ProcessId): Pid {
    const { state, random } = this;
    const children = state.processes.filter(({ parent, life }, id) => id > 0 && parent === caller && life !== 'gone');
    if (children.length === 0 || random.once(2)) return 0 as Pid;
    return random.once(8) ? this.pid(caller) : random.pick(children).pid;
  }

  /** A process whose scheduling is in question: often the caller. */
  self(caller: ProcessId): Pid { return this.random.once(2) ? 0 as Pid : this.pid(caller); }

  level(): number { return this.random.once(14) ? this.random.pick([-1, 32]) : this.random.pick([5, 9, 10, 10, 11, 12, 20, 21, 31, 0]); }

  /** Some bytes, or just as many as there are. */
  moreMemory(): number {
    const { state, random } = this;
    const left = state.limits.pool - state.processes.reduce((sum, { memory }) => sum + memory.length, 0);
    return left > 0 && left < FIRST_WINDOW && random.once(2) ? left : random.below(6);
  }

  /** A node: none in particular, the own, or another. */
  nid(): number { return this.random.pick([0, 1, 2, 2]); }

  name(): string { return this.random.pick(NAMES); }

  nameId(caller: ProcessId): number {
    const own = this.state.names.flatMap((entry, place) => (entry?.owner === caller ? [place + 1] : []));
    return own.length === 0 || this.random.once(4) ? this.random.below(4) : this.random.pick(own);
  }

  /** The start of a window in which a shared object lies, if there is one. */
  window(caller: ProcessId): number {
    const open = this.state.processes[caller]!.windows.flatMap((object, at) => (object >= 0 ? [FIRST_WINDOW + at * WINDOW] : []));
    return open.length === 0 || this.random.once(WRONG) ? FIRST_WINDOW + 4 * this.random.below(4) : this.random.pick(open);
  }

  /** An address to begin at: in memory of its own, in shared memory, now and then at the end. */
  address(caller: ProcessId): number {
    const shared = this.state.processes[caller]!.windows.some((object) => object >= 0);
    return shared && this.random.once(2) ? this.window(caller) + this.random.below(3) : this.part().at;
  }

  signal() { return this.random.pick(signals); }
  action() { return this.random.once(3) ? this.random.pick(actions) : 'catch'; }
  flags() { return processFlags.filter(() => this.random.once(3)); }
  signals() { return signals.filter(() => this.random.once(3)); }
}
