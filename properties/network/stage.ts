import { mapLeaves, type Vocabulary } from '#spec/vocabulary';
import { runInPlace, type AnyCall, type Choose, type Event, type Kernel, type Scope } from '#model/kernel';
import { ModelError } from '#model/operation';
import type { NodeId } from '#model/network/wire';
import { answerSchema } from '#properties/program';
import type { Random } from '#properties/random';

/** What a process of a program does, said so that it means the same wherever the process is. */
export interface Act<Deed> { readonly process: number; readonly deed: Deed }

/** A program of several processes that know nothing of where they are: acts, in the order in which they are tried. */
export interface Script<Deed> { readonly processes: number; readonly acts: readonly Act<Deed>[] }

/** The node of each process. */
export type Placement = readonly NodeId[];

/** How programs of several processes run on a kernel, wherever each process is put. */
export interface Stage<S, Call extends AnyCall, Deed, Roles = unknown> {
  readonly vocabulary: Vocabulary;
  readonly draw: (random: Random) => Script<Deed>;
  /** Where a run begins: each process on its node. */
  readonly scope: (placement: Placement) => Scope;
  /** What is done beforehand so that the processes know each other, which nobody observes; and what each then knows. Each call is told all that came of it. */
  readonly prepare: (look: () => S, placement: Placement) => Generator<Call, Roles, readonly Event[]>;
  /** The one thread of a process, by its number in the kernel's calls. `roles`: once they are known, where processes may move. */
  readonly thread: (process: number, placement: Placement, roles?: Roles) => number;
  /** An act as a call of that process's; null where it makes no sense any more. It may look at nothing but what the process itself knows. */
  readonly call: (state: S, act: Act<Deed>, play: PlayState<Roles>) => Call | null;
  /** Whether the process is able to call: it is there, and waits for nothing. */
  readonly isFree: (state: S, thread: number) => boolean;
  /** What happens next by itself until all is quiet, when nothing is lost and nobody is late; null: all is quiet. */
  readonly rest: (state: S) => Call | null;
}

/** What a process has been told so far: the values that denote something, by their sort, in the order in which it saw them. */
export interface PlayState<Roles = unknown> {
  readonly roles: Roles;
  readonly placement: Placement;
  readonly known: (process: number, sort: string) => readonly unknown[];
}

/** What a process was seen to be told: as one line and as it was, and in the course of which act of the program. */
export interface Observation { readonly line: string; readonly act: number; readonly operation: string | null; readonly event: Event }

/** Takes what is listed first wherever the source leaves a choice. */
const first: Choose = (_kind, options) => options[0]!;

/** What happens between two acts is told from what they did. */
const BETWEEN = 0.5;

/** Things happening by themselves come to an end long before this. */
const MOST_HAPPENINGS = 1000;

/** A program being run, and what its processes have seen. */
export class Play<S, Call extends AnyCall, Deed, Roles = unknown> implements PlayState<Roles> {
  readonly roles: Roles;
  readonly placement: Placement;
  readonly state: S;
  readonly #stage: Stage<S, Call, Deed, Roles>;
  readonly #kernel: Kernel<S, Call>;
  readonly #muted = new Set<number>();
  readonly #asked = new Map<number, Call>();
  readonly #seen: Observation[][];
  #acts = 0;
  readonly #known: Map<string, unknown[]>[];
  /** What was charged since the beginning, without what the preparations cost. */
  readonly cost: Record<string, number> = {};
  /** How many calls were made in interludes: for so long a process that is being moved does nothing. */
  steps = 0;

  constructor(stage: Stage<S, Call, Deed, Roles>, kernel: Kernel<S, Call>, placement: Placement) {
    this.placement = placement;
    this.#stage = stage;
    this.#kernel = kernel;
    this.#seen = placement.map(() => []);
    this.#known = placement.map(() => new Map());
    this.state = kernel.boot(stage.scope(placement) as never);
    this.roles = this.#prepare();
  }

  #prepare(): Roles {
    const preparing = this.#stage.prepare(() => this.state, this.placement);
    let next = preparing.next();
    while (next.done !== true) {
      const events = [...this.#unseen(next.value)];
      this.#quiet((call) => events.push(...this.#unseen(call)));
      next = preparing.next(events);
    }
    return next.value;
  }

  #unseen(call: Call): readonly Event[] {
    return runInPlace(this.#kernel, this.state, call, first).events;
  }

  known(process: number, sort: string): readonly unknown[] {
    return this.#known[process]!.get(sort) ?? [];
  }

  threadOf(process: number): number {
    return this.#stage.thread(process, this.placement, this.roles);
  }

  /** The call that a process waits in; null if it waits for nothing. */
  waitsIn(process: number): Call | null {
    return this.isFree(process) ? null : this.#asked.get(this.threadOf(process)) ?? null;
  }

  /** How many acts have been tried. */
  get acts(): number { return this.#acts; }

  /** Whether a process is able to act: it is there, and waits for nothing. */
  isFree(process: number): boolean {
    return this.#stage.isFree(this.state, this.threadOf(process));
  }

  /** What each process has seen, in order. */
  get observations(): readonly (readonly Observation[])[] { return this.#seen; }

  /** Tries an act, and lets all that follows from it happen. A process that is not free is seen not to be. */
  act(act: Act<Deed>): void {
    this.#acts += 1;
    const thread = this.threadOf(act.process);
    if (!this.isFree(act.process)) return;
    const call = this.#stage.call(this.state, act, this);
    if (call === null) return;
    this.#asked.set(thread, call);
    this.#run(call);
    this.#quiet((next) => this.#run(next));
  }

  /** Makes something happen that nobody asked for, such as a failure: after the last act, and before the next. */
  happen(call: Call): void {
    this.#acts += BETWEEN;
    this.#run(call);
    this.#quiet((next) => this.#run(next));
    this.#acts -= BETWEEN;
  }

  /**
   * Lets somebody beside the program make calls between two acts, each of which is told what came of the one before.
   * What one process is told meanwhile is not for it: whoever makes the calls answers for that.
   */
  interlude<Result>(process: number, calls: Generator<Call, Result, readonly Event[]>): Result {
    this.#acts += BETWEEN;
    this.#muted.add(process);
    let next = calls.next();
    while (next.done !== true) {
      this.steps += 1;
      const events = this.#run(next.value);
      this.#quiet((call) => this.#run(call));
      next = calls.next(events);
    }
    this.#muted.delete(process);
    this.#acts -= BETWEEN;
    return next.value;
  }

  /** A process goes on with a call that it waits in for all it knows. */
  resume(process: number, call: Call): void {
    this.#acts += BETWEEN;
    this.#asked.set(this.threadOf(process), call);
    this.#run(call);
    this.#quiet((next) => this.#run(next));
    this.#acts -= BETWEEN;
  }

  #run(call: Call): readonly Event[] {
    const { events, cost } = runInPlace(this.#kernel, this.state, call, first);
    for (const [event, count] of Object.entries(cost)) this.cost[event] = (this.cost[event] ?? 0) + count;
    for (const event of events) this.#see(event);
    return events;
  }

  #quiet(run: (call: Call) => void): void {
    for (let happened = 0; ; happened += 1) {
      const next = this.#stage.rest(this.state);
      if (next === null) return;
      if (happened === MOST_HAPPENINGS) throw new ModelError('the network does not come to rest');
      run(next);
    }
  }

  /** A thread that waits sees nothing: how long a wait lasts, nobody can tell. */
  #see(event: Event): void {
    const process = this.placement.findIndex((_, at) => this.threadOf(at) === event.thread);
    if (process < 0 || event.tag === 'blocked' || this.#muted.has(process)) return;
    const call = this.#asked.get(event.thread);
    const value = call !== undefined && 'value' in event ? this.#named(process, call, event) : null;
    const line = JSON.stringify([call?.operation ?? null, event.tag, event.tag === 'raised' ? event.error : null, value]);
    this.#seen[process]!.push({ line, act: this.#acts, operation: call?.operation ?? null, event });
  }

  /** The value of an answer, with numbers in the place of what denotes something: in the order in which the process saw it. */
  #named(process: number, call: Call, event: Event): unknown {
    const { value } = event as { readonly value?: unknown };
    if (value === null || value === undefined) return null;
    return mapLeaves(answerSchema(this.#stage, call, event), value, (leaf, at) => {
      const known = this.#known[process]!;
      if (!known.has(leaf.sort)) known.set(leaf.sort, []);
      const told = known.get(leaf.sort)!;
      const key = JSON.stringify(at);
      const place = told.findIndex((other) => JSON.stringify(other) === key);
      return `${leaf.sort} ${place < 0 ? told.push(at) - 1 : place}`;
    });
  }
}
