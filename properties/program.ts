import { mapLeaves, type Leaf } from '#spec/vocabulary';
import { snapshot } from '#model/copy';
import { BeyondScope } from '#model/operation';
import { runInPlace, type AnyCall, type Choose, type Event, type Kernel, type Outcome, type Scope } from '#model/kernel';
import type { Step } from '#properties/obligation';
import type { Suite, Symbol } from '#properties/suite';

/** Where a thing of a run came from: it stood at a place of the answer to a call, or the call invented it. */
interface Origin { readonly uid: number; readonly from: 'answer' | 'argument'; readonly place: number }

/** A leaf of a call in a program: a thing by its origin, or a value that stands for itself. */
type Slot =
  | { readonly tag: 'origin'; readonly origin: Origin; readonly space: string; readonly value: unknown }
  | { readonly tag: 'value'; readonly value: unknown };

/** A call whose things are told by where they came from, so that other calls can be left out. */
export interface ProgramCall<Call> {
  readonly uid: number;
  /** The call, with a `Slot` in the place of every leaf. */
  readonly template: Call;
  /** The choices that were taken, by label. */
  readonly choices: readonly string[];
}

export interface Program<Call> { readonly scope: Scope; readonly calls: readonly ProgramCall<Call>[] }

/** One call of a run as it was made. */
export interface Ran<Call> { readonly call: Call; readonly choices: readonly string[] }

/**
 * Keeps book of where the things of a run came from. Symbols are numbers that depend on all that went
 * before; origins do not.
 */
class Provenance<S, Call extends AnyCall> {
  readonly #suite: Suite<S, Call>;
  readonly #origins = new Map<string, Origin>();
  readonly #things = new Map<string, Symbol>();
  readonly #pending = new Map<number, { uid: number; call: Call }>();

  constructor(suite: Suite<S, Call>) {
    this.#suite = suite;
  }

  originOf(symbol: Symbol): Origin | undefined {
    return this.#origins.get(key(symbol));
  }

  thingFrom(origin: Origin): Symbol | undefined {
    return this.#things.get(originKey(origin));
  }

  record(symbol: Symbol, origin: Origin): void {
    this.#things.set(originKey(origin), symbol);
    if (!this.#origins.has(key(symbol))) this.#origins.set(key(symbol), origin);
  }

  called(uid: number, call: Call): void {
    if (call.thread !== undefined) this.#pending.set(call.thread, { uid, call });
  }

  /** Takes in what the threads were answered; a thing first seen in an answer comes from there. */
  answered(events: readonly Event[], state: S): void {
    for (const event of events) {
      const pending = this.#pending.get(event.thread);
      if (pending === undefined || !('value' in event)) continue;
      let place = 0;
      forEachLeaf(answerSchema(this.#suite, pending.call, event), event.value, (leaf, value) => {
        const symbol = this.#suite.symbols.of(leaf, value, state, pending.call);
        if (symbol !== null) this.record(symbol, { uid: pending.uid, from: 'answer', place });
        place += 1;
      });
    }
  }
}

/** The schema of what an event carries, for the call it answers. */
export function answerSchema<S, Call extends AnyCall>(suite: Pick<Suite<S, Call>, 'vocabulary'>, call: AnyCall, event: Event) {
  const { returns, spoils } = suite.vocabulary[call.operation]!;
  return event.tag === 'raised' ? spoils?.[event.error] ?? returns : returns;
}

function forEachLeaf(schema: Parameters<typeof mapLeaves>[0], value: unknown, visit: (leaf: Leaf, value: unknown) => void): void {
  if (value === null || value === undefined) return;
  mapLeaves(schema, value, (leaf, at) => {
    visit(leaf, at);
    return at;
  });
}

const key = ({ space, id }: Symbol): string => `${space}/${id}`;
const originKey = ({ uid, from, place }: Origin): string => `${uid}/${from}/${place}`;

/** Turns a run into a program, by running it again on `kernel`. */
export function toProgram<S, Call extends AnyCall>(
  suite: Suite<S, Call>, kernel: Kernel<S, Call>, scope: Scope, run: readonly Ran<Call>[],
): Program<Call> {
  const provenance = new Provenance(suite);
  const state = kernel.boot(scope as never);
  const calls = run.map(({ call, choices }, uid) => {
    const template = templateOf(suite, provenance, state, call, uid);
    provenance.called(uid, call);
    const { events } = runInPlace(kernel, state, call, following(choices));
    provenance.answered(events, state);
    return { uid, template, choices };
  });
  return { scope, calls };
}

function templateOf<S, Call extends AnyCall>(
  suite: Suite<S, Call>, provenance: Provenance<S, Call>, state: S, call: Call, uid: number,
): Call {
  let place = -1;
  const slotFor = (leaf: Leaf, value: unknown): Slot => {
    place += 1;
    const symbol = suite.symbols.of(leaf, value, state, call);
    if (symbol === null) return { tag: 'value', value };
    const known = provenance.originOf(symbol);
    if (known !== undefined) return { tag: 'origin', origin: known, space: symbol.space, value };
    if (symbol.id < suite.symbols.fresh(symbol.space, state)) return { tag: 'value', value };
    const origin: Origin = { uid, from: 'argument', place };
    provenance.record(symbol, origin);
    return { tag: 'origin', origin, space: symbol.space, value };
  };
  const { takes } = suite.vocabulary[call.operation]!;
  return { ...(mapLeaves(takes, call, slotFor) as Call), operation: call.operation };
}

/** Takes recorded choices, where they are still on offer, and first options otherwise. */
export function following(labels: readonly string[]): Choose {
  let at = 0;
  return (_kind, options, label) => {
    const wanted = labels[at];
    at += 1;
    return options.find((option) => label(option) === wanted) ?? options[0]!;
  };
}

/** Runs what of a program still makes sense, and shows each step. Stops when `visit` says so. */
export function runProgram<S, Call extends AnyCall>(
  suite: Suite<S, Call>, kernel: Kernel<S, Call>, program: Program<Call>,
  visit: (step: Step<S, Call>, at: ProgramCall<Call>) => boolean,
): void {
  const provenance = new Provenance(suite);
  const state = kernel.boot(program.scope as never);
  let before = snapshot(state, null);
  for (const at of program.calls) {
    const call = resolve(suite, provenance, state, at);
    if (call === null || !suite.isEnabled(state, call)) continue;
    provenance.called(at.uid, call);
    let outcome: Outcome;
    try {
      outcome = runInPlace(kernel, state, call, following(at.choices));
    } catch (error) {
      if (error instanceof BeyondScope) return;
      throw error;
    }
    provenance.answered(outcome.events, state);
    const { events, choices, cost, refused } = outcome;
    const after = snapshot(state, before);
    if (visit({ events, choices, cost, refused, before, call, after, kernel }, at)) return;
    before = after;
  }
}

/** The call with its things as they are in this run; null if one of them never came to be. */
function resolve<S, Call extends AnyCall>(
  suite: Suite<S, Call>, provenance: Provenance<S, Call>, state: S, { uid, template }: ProgramCall<Call>,
): Call | null {
  let missing = false;
  const invented = new Map<string, number>();
  const valueOf = (leaf: Leaf, at: unknown): unknown => {
    const slot = at as Slot;
    if (slot.tag === 'value') return slot.value;
    const { origin } = slot;
    let thing = provenance.thingFrom(origin);
    if (thing === undefined && origin.uid === uid && origin.from === 'argument') {
      const space = slot.space;
      const already = invented.get(space) ?? 0;
      invented.set(space, already + 1);
      thing = { space, id: suite.symbols.fresh(space, state) + already };
      provenance.record(thing, origin);
    }
    if (thing !== undefined) return suite.symbols.replace(leaf, slot.value, thing.id);
    missing = true;
    return slot.value;
  };
  const { takes } = suite.vocabulary[template.operation]!;
  const call = { ...(mapLeaves(takes, template, valueOf) as Call), operation: template.operation };
  return missing ? null : call;
}
