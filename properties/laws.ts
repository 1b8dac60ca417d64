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
    if (step.after !== step.before) {
      for (const { rule, obligation } of this.#always) {
        const violations = obligation.always!(step.after);
        if (violations.length > 0) breaches.push({ rule, kind: 'always', violations });
      }
    }
    for (const { rule, obligation } of this.#speakingOf(step.call.operation)) {
      if (obligation.step === undefined) continue;
      const violations = obligation.step(step);
      if (violations.length > 0) breaches.push({ rule, kind: 'step', violations });
    }
    return breaches;
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

/** How often a condition is counted: often enough. From there on it costs nothing more. */
export const OFTEN = 100;

interface Condition<S, Call extends AnyCall> {
  readonly rule: string;
  readonly name: string;
  readonly met: (step: Step<S, Call>) => boolean;
}

/** How often each condition of each rule was met. */
export type Counts = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** How often each condition that puts a law to the test has been met, up to `OFTEN`. */
export class Exercise<S = never, Call extends AnyCall = never> {
  readonly #counts = new Map<string, Map<string, number>>();
  readonly #discharges: Discharges<string, S, Call>;
  readonly #open = new Map<string, Condition<S, Call>[]>();

  constructor(discharges: Discharges<string, S, Call>) {
    this.#discharges = discharges;
    for (const [rule, discharge] of Object.entries(discharges)) {
      if (isWaiver(discharge)) continue;
      this.#counts.set(rule, new Map(Object.keys(discharge.sometimes).map((condition) => [condition, 0])));
    }
  }

  get counts(): Counts {
    return this.#counts;
  }

  /** Those met often enough: whoever counts on elsewhere need not look out for them. */
  often(): Counts {
    const often = new Map<string, Map<string, number>>();
    for (const [rule, conditions] of this.#counts) {
      const full = [...conditions].filter(([, times]) => times >= OFTEN);
      if (full.length > 0) often.set(rule, new Map(full));
    }
    return often;
  }

  /** Adds what was counted elsewhere. */
  merge(counts: Counts): void {
    for (const [rule, conditions] of counts) for (const [condition, times] of conditions) this.add(rule, condition, times);
  }

  /** Counts which conditions a step meets. */
  see(step: Step<S, Call>): void {
    const { operation } = step.call;
    let open = this.#open.get(operation);
    if (open === undefined) this.#open.set(operation, open = this.#conditionsOf(operation));
    for (let at = open.length - 1; at >= 0; at -= 1) {
      const { rule, name, met } = open[at]!;
      if (this.#counts.get(rule)!.get(name)! >= OFTEN) open.splice(at, 1);
      else if (met(step)) this.add(rule, name);
    }
  }

  add(rule: string, condition: string, times = 1): void {
    const conditions = this.#counts.get(rule)!;
    conditions.set(condition, Math.min(OFTEN, (conditions.get(condition) ?? 0) + times));
  }

  /** A rule is exercised if every one of its conditions has been met. */
  met(rule: string): boolean {
    return [...this.#counts.get(rule)!.values()].every((count) => count > 0);
  }

  #conditionsOf(operation: string): Condition<S, Call>[] {
    return Object.entries(this.#discharges).flatMap(([rule, discharge]) => {
      if (isWaiver(discharge) || discharge.on?.includes(operation) === false) return [];
      return Object.entries(discharge.sometimes).map(([name, met]) => ({ rule, name, met }));
    });
  }
}
