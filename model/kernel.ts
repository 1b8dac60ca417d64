import { current, isDraft, produce, setAutoFreeze } from 'immer';
import { copy } from '#model/copy';
import { ModelError, type Verdict, type Effects } from '#model/operation';
import type { Schema } from '#model/schema';

setAutoFreeze(false);

/** A call: the operation's name and its arguments in one record. */
export interface AnyCall { readonly operation: string; readonly thread?: number }

/** What one thread was seen to do. */
export type Event =
  | { readonly tag: 'returned'; readonly thread: number; readonly value: unknown }
  | { readonly tag: 'raised'; readonly thread: number; readonly error: string; readonly value?: unknown }
  | { readonly tag: 'blocked'; readonly thread: number }
  | { readonly tag: 'ended'; readonly thread: number };

/** A choice that was met: what was open, and which of how many options was taken. */
export interface Choice { readonly kind: string; readonly taken: string; readonly option: number; readonly of: number }

/** Decides what the source leaves open. `options` are in the reference implementation's own order. */
export type Choose<Kind extends string = string> = <T>(
  kind: Kind, options: readonly T[], label: (option: T) => string,
) => T;

/** What an operation acts in: the state, and the doors through which its effects become visible. */
export interface World<S, Kind extends string = string, Cost extends string = string> {
  readonly state: S;
  readonly choose: Choose<Kind>;
  /** Says what a thread other than the caller was seen to do. */
  readonly report: (event: Event) => void;
  readonly charge: (event: Cost, count?: number) => void;
  /** Says that a variant has just done otherwise than the rule as documented would have it. */
  readonly deviate: (rule: string) => void;
}

/** Everything one call did. */
export interface Outcome {
  readonly events: readonly Event[];
  readonly choices: readonly Choice[];
  readonly cost: Readonly<Record<string, number>>;
  /** The kernel said no and left the state as it was. */
  readonly refused: boolean;
}

/** An outcome together with the state it led to. */
export interface Reached<S> extends Outcome { readonly state: S }

/** How many of what there is at the start. Each kernel documents its own fields. */
export type Scope = Readonly<Record<string, unknown>>;

/** A kernel: where it starts, what can be asked of it, and what it is made of. */
export interface Kernel<S = unknown, Call extends AnyCall = AnyCall> {
  readonly name: string;
  /** Which reading of disputed rules it takes. */
  readonly variant: string;
  readonly boot: (scope: never) => S;
  readonly operations: Readonly<Record<string, AnyOperation>>;
  /** The steps that operations share; a mutant may replace any of them. */
  readonly mechanisms: object;
  /** Lets the threads run that an operation set free, until the system is at rest. */
  readonly settle: (world: never) => void;
  readonly schema: Schema<S>;
  /** Narrows what a choice offers, where this variant is known to be more definite than the documents. */
  readonly narrow?: Readonly<Record<string, (options: readonly unknown[]) => readonly unknown[]>>;
  readonly calls?: Call;
}

interface AnyOperation {
  readonly implements: readonly string[];
  readonly step: (world: never, call: never) => Verdict<Effects>;
}

/** Runs one call on `state` itself. Whoever needs the state before must have copied it. */
export function runInPlace<S, Call extends AnyCall>(
  kernel: Kernel<S, Call>, state: S, call: Call, choose: Choose,
): Outcome {
  const operation = kernel.operations[call.operation];
  if (operation === undefined) throw new ModelError(`${kernel.name} has no operation ${call.operation}`);
  const run = new Run(kernel, state, choose);
  const verdict = operation.step(run as never, call as never);
  if (call.thread !== undefined) run.events.push(seen(call.thread, verdict));
  run.refused = verdict.tag === 'raised';
  if (!run.refused) {
    kernel.settle(run as never);
    if (verdict.tag === 'blocked') dropSuperseded(run.events, call.thread!);
  }
  return run;
}

/**
 * Every outcome the source allows for a call, each with its own state; `state` stays as it is. This is the
 * meaning of a kernel: an operation that refuses leaves the very state it was given.
 */
export function outcomes<S, Call extends AnyCall>(
  kernel: Kernel<S, Call>, state: S, call: Call,
): readonly Reached<S>[] {
  return each((choose) => {
    let outcome: Outcome | undefined;
    const next = produce(state, (draft) => {
      const run = runInPlace(kernel, draft as S, call, choose);
      outcome = { events: run.events.map(settled), choices: run.choices, cost: run.cost, refused: run.refused };
    });
    return { ...outcome!, state: outcome!.refused ? state : next };
  });
}

/** The same, several times faster: the operation runs in place on a copy. Nothing is shared. */
export function successors<S, Call extends AnyCall>(
  kernel: Kernel<S, Call>, state: S, call: Call,
): readonly Reached<S>[] {
  return each((choose) => {
    const next = copy(state);
    const { events, choices, cost, refused } = runInPlace(kernel, next, call, choose);
    return { events, choices, cost, refused, state: refused ? state : Object.freeze(next) };
  });
}

function each<S>(reach: (choose: Choose) => Reached<S>): readonly Reached<S>[] {
  const reached: Reached<S>[] = [];
  for (const choose of everyChoice()) reached.push(reach(choose));
  return reached;
}

/** Observers get plain values, not parts of a draft that is about to be closed. */
function settled<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (isDraft(value)) return current(value as object) as T;
  if (Array.isArray(value)) return value.map(settled) as T;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, settled(part)])) as T;
}

/** The choosers that together take every path: each follows a script and extends it by first options. */
export function* everyChoice(): Generator<Choose> {
  let script: number[] = [];
  for (;;) {
    const met: number[] = [];
    const taken: number[] = [];
    yield (_kind, options) => {
      const option = script[taken.length] ?? 0;
      met.push(options.length);
      taken.push(option);
      return options[option]!;
    };
    while (taken.length > 0 && taken.at(-1)! + 1 >= met[taken.length - 1]!) taken.pop();
    if (taken.length === 0) return;
    taken[taken.length - 1]! += 1;
    script = taken;
  }
}

/** How often one call may look at the state, choose or report: far more often than any does that comes to an end. */
const LOOKS = 20_000;

/**
 * The world of one call, as operations see it, and the record of what it did. A mutant may put a world of its
 * own before this one by inheriting from it, so nothing here is private to the object.
 */
class Run<S> implements Outcome {
  readonly events: Event[] = [];
  readonly choices: Choice[] = [];
  readonly cost: Record<string, number> = {};
  refused = false;
  readonly kernel: Kernel<S>;
  readonly whole: S;
  readonly decide: Choose;
  looks = LOOKS;

  constructor(kernel: Kernel<S>, state: S, decide: Choose) {
    this.kernel = kernel;
    this.whole = state;
    this.decide = decide;
  }

  /** Work has a bound, and it is counted, never timed. */
  look(): void {
    this.looks -= 1;
    if (this.looks < 0) throw new ModelError(`a call of ${this.kernel.name} goes on for ever`);
  }

  get state(): S {
    this.look();
    return this.whole;
  }

  /** What an operation may have carried out on behalf of another, as the kernel has it. */
  get operations(): Kernel<S>['operations'] {
    return this.kernel.operations;
  }

  get mechanisms(): object {
    return this.kernel.mechanisms;
  }

  choose<T>(kind: string, all: readonly T[], label: (option: T) => string): T {
    this.look();
    const { narrow } = this.kernel;
    const options = (narrow === undefined ? all : narrow[kind]?.(all) ?? all) as readonly T[];
    if (options.length === 0) throw new ModelError(`nothing to choose from: ${kind}`);
    if (options.length === 1) return options[0]!;
    const { decide } = this;
    const option = decide(kind, options, label);
    this.choices.push({ kind, taken: label(option), option: options.indexOf(option), of: options.length });
    return option;
  }

  report(event: Event): void {
    this.look();
    this.events.push(event);
  }

  deviate(rule: string): void {
    this.choices.push({ kind: 'deviation', taken: rule, option: 0, of: 1 });
  }

  charge(event: string, count = 1): void {
    this.cost[event] = (this.cost[event] ?? 0) + count;
  }
}

function seen(thread: number, verdict: Verdict<Effects>): Event {
  switch (verdict.tag) {
    case 'returned': return { tag: 'returned', thread, value: verdict.value };
    case 'raised': return { tag: 'raised', thread, error: verdict.error };
    case 'spoiled': {
      const { error, value } = verdict as { error: string; value: unknown };
      return value === null ? { tag: 'raised', thread, error } : { tag: 'raised', thread, error, value };
    }
    default: return { tag: verdict.tag, thread };
  }
}

/** A caller that waited and was freed within the same call was, to an observer at rest, never blocked. */
function dropSuperseded(events: Event[], thread: number): void {
  const first = events.findIndex((event) => event.thread === thread);
  if (events.findLastIndex((event) => event.thread === thread) > first) events.splice(first, 1);
}
