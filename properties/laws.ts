import type { AnyCall } from '#model/kernel';
import { BeyondScope } from '#model/operation';
import { isWaiver, type Discharges, type Obligation, type Step, type Violations } from '#properties/obligation';

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
  readonly #relations: readonly Law<S, Call>[];
  readonly #byOperation = new Map<string, readonly Law<S, Call>[]>();

  /** `related`: the rules whose comparison of a step with another way to make its call is wanted as well; it is dear. */
  constructor(discharges: Discharges<string, S, Call>, only?: ReadonlySet<string>, related: ReadonlySet<string> = new Set()) {
    this.#all = Object.entries(discharges).flatMap(([rule, discharge]) =>
      (isWaiver(discharge) || only?.has(rule) === false ? [] : [{ rule, obligation: discharge }]));
    this.#always = this.#all.filter(({ obligation }) => obligation.always !== undefined);
    this.#monitors = this.#all.filter(({ obligation }) => obligation.monitor !== undefined);
    this.#relations = this.#all.filter(({ rule, obligation }) => related.has(rule) && obligation.relates?.step !== undefined);
  }

  /** Whether any of them judges steps, or the states that steps lead to. */
  get areOfSteps(): boolean {
    return this.#all.some(({ obligation: { always, step, monitor } }) => always !== undefined || step !== undefined || monitor !== undefined);
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
        const violations = said(() => obligation.always!(step.after));
        if (violations.length > 0) breaches.push({ rule, kind: 'always', violations });
      }
    }
    for (const { rule, obligation } of this.#speakingOf(step.call.operation)) {
      if (obligation.step === undefined) continue;
      const violations = said(() => obligation.step!(step));
      if (violations.length > 0) breaches.push({ rule, kind: 'step', violations });
    }
    return breaches;
  }

  /** Where a step differs from another way to make its call. */
  differencesOf(step: Step<S, Call>): Breach[] {
    return this.#relations.flatMap(({ rule, obligation }) => {
      const violations = said(() => obligation.relates!.step!(step));
      return violations.length > 0 ? [{ rule, kind: 'relates' as const, violations }] : [];
    });
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

  /** What a step breaks. Every step of the run must be shown, in order. `compares`: whether it is to be compared as well. */
  see(step: Step<S, Call>, compares = true): readonly Breach[] {
    const breaches = this.#laws.breachesOf(step);
    if (compares) breaches.push(...this.#laws.differencesOf(step));
    for (const { rule, monitor, seen } of this.#monitors) {
      const violations = said(() => monitor.next(seen, step));
      if (violations.length > 0) breaches.push({ rule, kind: 'monitor', violations });
    }
    return breaches;
  }
}

/** What a law says of a step. One that cannot even make sense of what a kernel did has found it wanting. */
function said(law: () => Violations): Violations {
  try {
    return law();
  } catch (error) {
    if (error instanceof BeyondScope) throw error;
    return [`the law can make nothing of this: ${(error as Error).message}`];
  }
}

/** How often a condition is counted: often enough. From there on it costs nothing more. */
export const OFTEN = 25;

interface Condition<S, Call extends AnyCall> {
  readonly name: string;
  readonly on: readonly string[] | undefined;
  readonly met: (step: Step<S, Call>) => boolean;
  times: number;
}

/** How often each condition of each rule was met. */
export type Counts = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** How often each condition that puts a law to the test has been met, up to `OFTEN`. */
export class Exercise<S = never, Call extends AnyCall = never> {
  readonly #rules = new Map<string, readonly Condition<S, Call>[]>();
  /** For each operation, the conditions that may hold of its steps and have not been met often enough. */
  readonly #open = new Map<string, Condition<S, Call>[]>();

  constructor(discharges: Discharges<string, S, Call>) {
    for (const [rule, discharge] of Object.entries(discharges)) {
      if (isWaiver(discharge)) continue;
      const { on, sometimes } = discharge;
      this.#rules.set(rule, Object.entries(sometimes).map(([name, met]) => ({ name, on, met, times: 0 })));
    }
  }

  get counts(): Counts {
    return this.#countsOf(() => true);
  }

  /** Those met often enough: whoever counts on elsewhere need not look out for them. */
  often(): Counts {
    return this.#countsOf(({ times }) => times >= OFTEN);
  }

  /** Adds what was counted elsewhere. */
  merge(counts: Counts): void {
    for (const [rule, conditions] of counts) for (const [condition, times] of conditions) this.#add(rule, condition, times);
  }

  /** Counts that a law was put to the test in some ways; in every way it can be, if it is not said in which. */
  applied(rule: string, met?: readonly string[]): void {
    for (const { name } of this.#rules.get(rule)!) if (met === undefined || met.includes(name)) this.#add(rule, name, 1);
  }

  /** Counts which conditions a step meets. */
  see(step: Step<S, Call>): void {
    const { operation } = step.call;
    let open = this.#open.get(operation);
    if (open === undefined) {
      open = [...this.#rules.values()].flat().filter(({ on }) => on === undefined || on.includes(operation));
      this.#open.set(operation, open);
    }
    for (let at = open.length - 1; at >= 0; at -= 1) {
      const condition = open[at]!;
      if (condition.times >= OFTEN) open.splice(at, 1);
      else if (condition.met(step)) condition.times += 1;
    }
  }

  #add(rule: string, name: string, times: number): void {
    const condition = this.#rules.get(rule)?.find((known) => known.name === name);
    if (condition !== undefined) condition.times = Math.min(OFTEN, condition.times + times);
  }

  #countsOf(wanted: (condition: Condition<S, Call>) => boolean): Counts {
    return new Map([...this.#rules].map(([rule, conditions]) =>
      [rule, new Map(conditions.filter(wanted).map(({ name, times }) => [name, times]))]));
  }
}
