import type { AnyCall, Kernel, Outcome, Scope } from '#model/kernel';
import type { Ran } from '#properties/program';

/** Evidence that something breaks a rule; an empty list is a pass. */
export type Violations = readonly string[];

/** One call, and the states around it. Laws may read both; neither may be kept. */
export interface Step<S, Call extends AnyCall = AnyCall> extends Outcome {
  readonly before: S;
  readonly call: Call;
  readonly after: S;
  readonly kernel: Kernel<S, Call>;
}

/** A safety law over traces: a small automaton that is fed every step. */
export interface Monitor<S, Call extends AnyCall, M> {
  readonly start: () => M;
  /** Takes in one step, which it may do in place, and says what that step breaks. */
  readonly next: (seen: M, step: Step<S, Call>) => Violations;
}

/** How one try of a law that compares runs turned out: violated, held, or did not apply. */
export interface Tried<Call> {
  readonly applied: boolean;
  readonly violations: Violations;
  /** Of the conditions that put the law to the test, those that were met; all of them where it does not say. */
  readonly met?: readonly string[];
  /** The run whose last call shows it, where one run does. */
  readonly run?: { readonly scope: Scope; readonly calls: readonly Ran<Call>[] };
}

/** A law that compares runs; it draws its own. */
export interface Relation<S, Call extends AnyCall> {
  readonly tries: (kernel: Kernel<S, Call>, seed: number) => Tried<Call>;
  /** Compares a step with another way to make its call, so that a run that shows it can be shortened and replayed. */
  readonly step?: (step: Step<S, Call>) => Violations;
}

/** All that one rule asks of one kernel. */
export interface Obligation<S, Call extends AnyCall = AnyCall> {
  /** Holds in every reachable state. */
  readonly always?: (state: S) => Violations;
  /** Holds of every step; `on` names the operations it speaks of, and leaves it out of all others. */
  readonly step?: (step: Step<S, Call>) => Violations;
  readonly on?: readonly string[];
  // The state of a monitor is its own affair.
  readonly monitor?: Monitor<S, Call, unknown>;
  readonly relates?: Relation<S, Call>;
  /** What some run must meet, or the law has not been put to the test. */
  readonly sometimes: Readonly<Record<string, (step: Step<S, Call>) => boolean>>;
}

/** A rule that no obligation checks, and why. Waivers are listed in every report. */
export interface Waiver { readonly waived: string }

export type Discharges<Rule extends string, S, Call extends AnyCall> = Readonly<Record<Rule, Obligation<S, Call> | Waiver>>;

export const isWaiver = (discharge: object): discharge is Waiver => 'waived' in discharge;

/** A kernel with one deliberate fault. A check that cannot see it is worthless. */
export interface Mutant<K extends Kernel> {
  /** The rule it breaks; the obligation of that rule must catch it. */
  readonly rule: string;
  /** What is wrong, as a clause. */
  readonly fault: string;
  readonly operations?: Partial<K['operations']>;
  readonly mechanisms?: Partial<K['mechanisms']>;
  readonly settle?: K['settle'];
}

/** The kernel with the mutant's fault in it. */
export function mutate<K extends Kernel>(kernel: K, { operations, mechanisms, settle }: Mutant<K>): K {
  return {
    ...kernel,
    operations: { ...kernel.operations, ...operations },
    mechanisms: { ...kernel.mechanisms, ...mechanisms },
    ...(settle === undefined ? {} : { settle }),
  };
}

/** Ties a monitor's own state type to the untyped place where it is kept. */
export const monitor = <S, Call extends AnyCall, M>(own: Monitor<S, Call, M>): Monitor<S, Call, unknown> =>
  own as Monitor<S, Call, unknown>;
