import type { AnyCall } from '#model/kernel';
import { isWaiver, type Discharges, type Obligation, type Step } from '#properties/obligation';

/** Which of a rule's checks it is. */
export type CheckKind = 'always' | 'step' | 'monitor' | 'relates';

/** Evidence that a step, or the state it led to, breaks a rule. */
export interface Breach { readonly rule: string; readonly kind: CheckKind; readonly violations: readonly string[] }

interface Law<S, Call extends AnyCall> { readonly rule: string; readonly obligation: Obligation<S, Call> }

/** The obligations of a kernel, arranged so that a step meets only the laws that speak of its operation. */
export class Laws<S, Call extends AnyCall> {
  readonly #all: readonly Law<S, Call>[];
  readonly #always: readonly Law<S, Call>[];
  readonly #monitors: readonly Law<S, Call>[];
  readonly #byOperation = new Map<string, readonly Law<S, Call>[]>();

  constructor(discharges: Discharges<string, S, Call>, only?: ReadonlySet<string>) {
    this.#all = Object.entries(discharges).flatMap(([rule, discharge]) =>
      (isWaiver(discharge) || only?.has(rule) === false ? [] : [{ rule, obligation: discharge }]));
    this.#always = this.#all.filter(({ obligation }) => obligation.always !== undefined);
    this.#monitors = this.#all.filter(({ obligation }) => obligation.monitor !== undefined);
  }

  get rules(): readonly string[] {
    return this.#all.map(({ rule }) => rule);
  }

  /** A fresh set of monitors, for one run. */
  watch(): Watch<S, Call> {
    return new Watch(this, this.#monitors.map(({ rule, obligation }) => {
      const { monitor } = obligation;
      return { rule, monitor: monitor!, seen: monitor!.start() };
    }));
  }

  breachesOf(step: Step<S, Call>): Breach[] {
    const breaches: Breach[] = [];
    for (const { rule, obligation } of this.#always) {
      const violations = obligation.always!(step.after);
      if (violations.length > 0) breaches.push({ rule, kind: 'always', violations });
    }
    for (const { rule, obligation } of this.#speakingOf(step.call.operation)) {
      if (obligation.step === undefined) continue;
      const violations = obligation.step(step);
      if (violations.length > 0) breaches.push({ rule, kind: 'step', violations });
    }
    return breaches;
  }

  /** Counts which of the conditions that put the laws to the test a step meets. */
  count(step: Step<S, Call>, into: Exercise): void {
    for (const { rule, obligation } of this.#speakingOf(step.call.operation)) {
      for (const condition in obligation.sometimes) {
        if (obligation.sometimes[condition]!(step)) into.add(rule, condition);
      }
    }
  }

  #speakingOf(operation: string): readonly Law<S, Call>[] {
    let laws = this.#byOperation.get(operation);
    if (laws === undefined) {
      laws = this.#all.filter(({ obligation: { on } }) => on === undefined || on.includes(operation));
      this.#byOperation.set(operation, laws);
    }
    return laws;
  }
}

interface Watching<S, Call extends AnyCall> {
  readonly rule: string;
  readonly monitor: NonNullable<Obligation<S, Call>['monitor']>;
  readonly seen: unknown;
}

/** The laws watching one run. */
export class Watch<S, Call extends AnyCall> {
  readonly #laws: Laws<S, Call>;
  readonly #monitors: readonly Watching<S, Call>[];

  constructor(laws: Laws<S, Call>, monitors: readonly Watching<S, Call>[]) {
    this.#laws = laws;
    this.#monitors = monitors;
  }

  /** What a step breaks. Every step of the run must be shown, in order. */
  see(step: Step<S, Call>): readonly Breach[] {
    const breaches = this.#laws.breachesOf(step);
    for (const { rule, monitor, seen } of this.#monitors) {
      const violations = monitor.next(seen, step);
      if (violations.length > 0) breaches.push({ rule, kind: 'monitor', violations });
    }
    return breaches;
  }
}

/** How often each condition of each rule has been met. */
export class Exercise {
  readonly counts = new Map<string, Map<string, number>>();

  constructor(discharges: Discharges<string, never, never>) {
    for (const [rule, discharge] of Object.entries(discharges)) {
      if (isWaiver(discharge)) continue;
      this.counts.set(rule, new Map(Object.keys(discharge.sometimes).map((condition) => [condition, 0])));
    }
  }

  add(rule: string, condition: string, times = 1): void {
    const conditions = this.counts.get(rule)!;
    conditions.set(condition, (conditions.get(condition) ?? 0) + times);
  }

  /** A rule is exercised if every one of its conditions has been met. */
  met(rule: string): boolean {
    return [...this.counts.get(rule)!.values()].every((count) => count > 0);
  }
}
