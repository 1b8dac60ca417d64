import { BeyondScope, ModelError } from '#model/operation';
import { pack } from '#model/schema';
import { successors, type AnyCall, type Event, type Kernel, type Reached } from '#model/kernel';
import type { Step } from '#properties/obligation';
import { answerSchema } from '#properties/program';
import { spellEvent } from '#traces/spelling';
import { Binding } from '#traces/binding';
import type { Bundle } from '#traces/bundle';
import { fits, type LeafJudge, type SeenEvent, type WireCall } from '#traces/wire';
import type { Scope } from '#model/kernel';
import type { Leaf } from '#spec/vocabulary';

/** One of the model states that agree with everything seen so far, and what stands for its names there. */
interface Branch<S, Call extends AnyCall> {
  readonly state: S;
  readonly binding: Binding;
  readonly asked: ReadonlyMap<number, Call>;
  /** Deviations from the documents that this branch had to make use of. */
  readonly deviations: ReadonlySet<string>;
}

/** What the model would have allowed, for a person to read. */
export interface Allowed { readonly events: readonly Record<string, unknown>[]; readonly choices: readonly string[] }

export type Judgement<S, Call extends AnyCall> =
  /** `step` is what happened, as the first of the states that agree has it. */
  | { readonly tag: 'agrees'; readonly states: number; readonly step: Step<S, Call> }
  | { readonly tag: 'diverges'; readonly allowed: readonly Allowed[]; readonly operation: string; readonly why: string }
  /** The call could not be made in any state that agrees with what was seen: nothing follows from the answer. */
  | { readonly tag: 'cannot tell'; readonly why: string };

const MAXIMUM_BRANCHES = 512;

/**
 * Judges what an implementation does, step by step, against every state of the model that is consistent with
 * all that was seen. After a divergence it goes on from the nearest state that the model allows.
 */
export class Oracle<S, Call extends AnyCall> {
  readonly #bundle: Bundle<S, Call>;
  readonly #kernel: Kernel<S, Call>;
  readonly #spontaneous: boolean;
  #branches: readonly Branch<S, Call>[];

  /** `spontaneous`: time may run out for threads by itself; not where programs say when it does. */
  constructor(bundle: Bundle<S, Call>, kernel: Kernel<S, Call>, scope: Scope, spontaneous = true) {
    this.#spontaneous = spontaneous;
    this.#bundle = bundle;
    this.#kernel = kernel;
    this.#branches = [{
      state: kernel.boot(scope as never), binding: new Binding(), asked: new Map(), deviations: new Set(),
    }];
  }

  /** The state that the most is known of: the first that agrees. */
  get state(): S {
    return this.#branches[0]!.state;
  }

  get binding(): Binding {
    return this.#branches[0]!.binding;
  }

  /** Deviations that every reading of what was seen had to make use of. */
  get deviations(): readonly string[] {
    return [...this.#branches[0]!.deviations].filter((rule) => this.#branches.every(({ deviations }) => deviations.has(rule)));
  }

  judge(wireCall: WireCall, seen: readonly SeenEvent[]): Judgement<S, Call> {
    const tries: Try<S, Call>[] = [];
    let unable = '';
    for (const branch of this.#branches) {
      try {
        tries.push(...this.#triesFrom(branch, wireCall, seen));
      } catch (error) {
        if (!(error instanceof BeyondScope) && !(error instanceof ModelError)) throw error;
        unable = error.message;
      }
    }
    if (tries.length === 0) return { tag: 'cannot tell', why: unable || 'the calling thread cannot have been free to call' };
    let agreeing: readonly Try<S, Call>[] = tries.filter(({ agrees }) => agrees);
    if (agreeing.length === 0 && this.#spontaneous) agreeing = this.#withSpontaneous(tries, seen);
    if (agreeing.length > 0) {
      this.#branches = this.#merged(agreeing.map(({ branch }) => branch));
      const { before, call, reached } = agreeing[0]!;
      const step = { ...reached, before, call, after: reached.state, kernel: this.#kernel };
      return { tag: 'agrees', states: this.#branches.length, step };
    }
    const nearest = [...tries].sort((a, b) => b.matched - a.matched)[0]!;
    this.#branches = [nearest.branch];
    return {
      tag: 'diverges',
      operation: wireCall.operation,
      allowed: tries.slice(0, 8).map(({ reached, asked }) => ({
        events: reached.events.map((event) => this.#spell(event, asked)),
        choices: reached.choices.map(({ kind, taken }) => `${kind}: ${taken}`),
      })),
      why: nearest.mismatch,
    };
  }

  /** Every outcome of the call from one branch, each compared with what was seen. */
  #triesFrom(branch: Branch<S, Call>, wireCall: WireCall, seen: readonly SeenEvent[]): readonly Try<S, Call>[] {
    const binding = branch.binding.copy();
    const { call, invented } = this.#bundle.wire.decode(branch.state, wireCall, binding);
    if (!this.#bundle.suite.isEnabled(branch.state, call)) return [];
    const asked = new Map(branch.asked);
    if (call.thread !== undefined) asked.set(call.thread, call);
    return successors(this.#kernel, branch.state, call).map((reached) => {
      const bound = binding.copy();
      const tried = this.#compare(branch.state, reached, asked, bound, seen);
      for (const { space, id } of invented) {
        if (id >= this.#bundle.suite.symbols.fresh(space, reached.state)) bound.forget(space, id);
      }
      const deviations = new Set(branch.deviations);
      for (const { kind, taken } of reached.choices) if (kind === 'deviation') deviations.add(taken);
      return { ...tried, before: branch.state, call, reached, asked, unbound: binding, branch: { state: reached.state, binding: bound, asked, deviations } };
    });
  }

  #compare(
    before: S, reached: Reached<S>, asked: ReadonlyMap<number, Call>, binding: Binding,
    seen: readonly SeenEvent[],
  ): Pick<Try<S, Call>, 'agrees' | 'matched' | 'mismatch'> {
    const expected = new Map(reached.events.map((event) => [this.#bundle.spelling.thread(event.thread), event]));
    let matched = 0;
    let mismatch = '';
    for (const observed of seen) {
      const event = expected.get(observed.thread);
      expected.delete(observed.thread);
      if (event === undefined) {
        mismatch ||= `${observed.thread} was not to be seen doing anything`;
        continue;
      }
      const call = asked.get(event.thread);
      const names = new Names(this.#bundle, before, reached.state, call, binding);
      const reason = this.#differs(event, observed, call, names);
      if (reason === null) matched += 1;
      else mismatch ||= `${observed.thread} ${reason}`;
    }
    for (const [thread, { tag }] of expected) mismatch ||= `${thread} was to be seen, ${tag}`;
    return { agrees: mismatch === '', matched, mismatch };
  }

  /** In what respect an event is not the one expected; null if it is. */
  #differs(event: Event, observed: SeenEvent, call: Call | undefined, names: Names<S, Call>): string | null {
    if (observed.tag === 'indeterminate') return null;
    if (observed.tag !== event.tag) return `${observed.tag}, not ${event.tag}`;
    if (event.tag === 'raised' && observed.tag === 'raised' && event.error !== observed.error) {
      return `raised ${observed.error}, not ${event.error}`;
    }
    if (!('value' in event) && !('value' in observed)) return null;
    const expected = 'value' in event ? event.value : null;
    const value = 'value' in observed ? observed.value : null;
    if (expected === null || expected === undefined) return value === null || value === undefined ? null : 'gave a value where there is none';
    if (call === undefined) return 'answered a call it had not made';
    return fits(answerSchema(this.#bundle.suite, call, event), expected, value, names) ? null : names.complaint ?? 'gave another value';
  }

  /** What else may have happened by itself in the same step: time running out for threads that wait. */
  #withSpontaneous(tries: readonly Try<S, Call>[], seen: readonly SeenEvent[]): readonly Try<S, Call>[] {
    const found: Try<S, Call>[] = [];
    for (const { before, call: made, reached, branch, asked, unbound } of tries) {
      for (const call of this.#bundle.spontaneous(reached.state)) {
        for (const more of successors(this.#kernel, reached.state, call)) {
          const events = [...reached.events.filter(({ thread }) => !more.events.some((event) => event.thread === thread)), ...more.events];
          const both = { ...more, events };
          const binding = unbound.copy();
          const tried = this.#compare(branch.state, both, asked, binding, seen);
          if (tried.agrees) found.push({ ...tried, before, call: made, reached: both, asked, unbound, branch: { ...branch, state: more.state, binding } });
        }
      }
    }
    return found;
  }

  /** States that are alike but for what no later step depends on are one. */
  #merged(branches: readonly Branch<S, Call>[]): readonly Branch<S, Call>[] {
    if (branches.length === 1) return branches;
    const distinct = new Map<string, Branch<S, Call>>();
    for (const branch of branches) {
      const form = `${pack(this.#kernel.schema, branch.state, false).join(',')}|${branch.binding.key()}`;
      if (!distinct.has(form)) distinct.set(form, branch);
    }
    return [...distinct.values()].slice(0, MAXIMUM_BRANCHES);
  }

  #spell(event: Event, asked: ReadonlyMap<number, Call>): Record<string, unknown> {
    return spellEvent(this.#bundle, asked.get(event.thread), event);
  }
}

interface Try<S, Call extends AnyCall> {
  readonly before: S;
  readonly call: Call;
  readonly agrees: boolean;
  readonly matched: number;
  readonly mismatch: string;
  readonly reached: Reached<S>;
  readonly asked: ReadonlyMap<number, Call>;
  /** What was bound before the answer was looked at. */
  readonly unbound: Binding;
  readonly branch: Branch<S, Call>;
}

/** Judges the leaves of one answer, binding names that are new. */
class Names<S, Call extends AnyCall> implements LeafJudge {
  readonly #bundle: Bundle<S, Call>;
  readonly #before: S;
  readonly #after: S;
  readonly #call: Call | undefined;
  #binding: Binding;
  complaint: string | null = null;

  constructor(bundle: Bundle<S, Call>, before: S, after: S, call: Call | undefined, binding: Binding) {
    this.#bundle = bundle;
    this.#before = before;
    this.#after = after;
    this.#call = call;
    this.#binding = binding;
  }

  fits(leaf: Leaf, expected: unknown, seen: unknown): boolean {
    const wanted = this.#bundle.wire.expect(leaf, expected, this.#after, this.#call!);
    if (wanted.tag === 'just') return Object.is(wanted.value, seen);
    if (typeof seen !== 'number') return false;
    const { space, id } = wanted;
    const bound = this.#binding.numberOf(space, id);
    const known = bound !== undefined
      && (this.#bundle.isLive(this.#before, space, id) || !this.#bundle.isLive(this.#after, space, id));
    if (known) return this.#same(bound, seen);
    return this.#bindNew(space, id, seen);
  }

  #same(bound: number, seen: number): boolean {
    if (bound !== seen) this.complaint ??= `gave ${seen} for the name that ${bound} stands for`;
    return bound === seen;
  }

  /** A number that still stands for a live name of the space cannot stand for another. */
  #bindNew(space: string, id: number, seen: number): boolean {
    const other = this.#binding.nameOf(space, seen);
    if (other !== undefined && other !== id && this.#bundle.isLive(this.#after, space, other)) {
      this.complaint ??= `gave ${seen} for a new name, which stands for another already`;
      return false;
    }
    this.#binding.bind(space, id, seen);
    return true;
  }

  attempt(fit: () => boolean): boolean {
    const kept = this.#binding.copy();
    if (fit()) return true;
    this.#binding.become(kept);
    return false;
  }
}

