import { snapshot } from '#model/copy';
import { BeyondScope } from '#model/operation';
import { runInPlace, type AnyCall, type Choose, type Kernel, type Scope } from '#model/kernel';
import { Exercise, Laws, type Breach, type Counts } from '#properties/laws';
import type { Step } from '#properties/obligation';
import type { Ran } from '#properties/program';
import { Random } from '#properties/random';
import type { Suite } from '#properties/suite';

/** How much to try. */
export interface Effort {
  readonly seed: number;
  readonly runs: number;
  /** Calls in one run, at most. */
  readonly length: number;
}

/** Efforts by name. `ci` is what mutants must be caught with. */
export const profiles: Readonly<Record<string, Omit<Effort, 'seed'>>> = {
  quick: { runs: 600, length: 80 },
  ci: { runs: 1200, length: 100 },
  deep: { runs: 40_000, length: 200 },
};

/**
 * How long a mutant is tried before it counts as having survived: whatever the profile, at least this. Most are caught
 * within a few runs, and a fault that shows only in rare company must not pass because the profile is a quick one.
 */
export const mutantEffort = ({ runs, length }: Omit<Effort, 'seed'>): Omit<Effort, 'seed'> =>
  ({ runs: Math.max(runs, 3000), length: Math.max(length, 100) });

/** A run that broke a rule, as it was made. */
export interface Found<Call> extends Breach {
  readonly run: number;
  readonly scope: Scope;
  readonly calls: readonly Ran<Call>[];
}

export interface Checked<Call> {
  readonly runs: number;
  readonly steps: number;
  /** Runs that left the scope: neither a pass nor a failure. */
  readonly cut: number;
  /** How often each condition that puts a law to the test was met, up to `OFTEN`. */
  readonly counts: Counts;
  /** The first breach of each rule. */
  readonly found: readonly Found<Call>[];
}

/** Random runs of a kernel under all the laws of its suite, and what they have come to so far. */
export class Checking<S, Call extends AnyCall> {
  readonly exercise: Exercise<S, Call>;
  readonly #suite: Suite<S, Call>;
  readonly #kernel: Kernel<S, Call>;
  readonly #effort: Effort;
  readonly #laws: Laws<S, Call>;
  readonly #found = new Map<string, Found<Call>>();
  #runs = 0;
  #steps = 0;
  #cut = 0;

  /** `counted`: the conditions that need no counting any more. */
  constructor(suite: Suite<S, Call>, kernel: Kernel<S, Call>, effort: Effort, counted: Counts = new Map()) {
    this.#suite = suite;
    this.#kernel = kernel;
    this.#effort = effort;
    this.#laws = new Laws(suite.discharges);
    this.exercise = new Exercise(suite.discharges);
    this.exercise.merge(counted);
  }

  get done(): Checked<Call> {
    const found = [...this.#found.values()].sort((a, b) => (a.rule < b.rule ? -1 : 1));
    return { runs: this.#runs, steps: this.#steps, cut: this.#cut, counts: this.exercise.counts, found };
  }

  /** One run, which depends on the seed and its number alone. */
  run(number: number): void {
    const { seed, length } = this.#effort;
    const made: Ran<Call>[] = [];
    const watch = this.#laws.watch();
    const ended = randomRun(this.#suite, this.#kernel, Random.forRun(seed, number), length, (step, scope) => {
      this.#steps += 1;
      made.push({ call: step.call, choices: step.choices.map(({ taken }) => taken) });
      this.exercise.see(step);
      const breaches = watch.see(step);
      for (const breach of breaches) this.#breached({ ...breach, run: number, scope, calls: [...made] });
      return breaches.length > 0;
    });
    if (ended === 'beyond scope') this.#cut += 1;
    this.#runs += 1;
  }

  /** Laws that compare runs make their own. */
  relate(): void {
    const { seed, runs } = this.#effort;
    for (const [rule, discharge] of Object.entries(this.#suite.discharges)) {
      if (!('relates' in discharge) || discharge.relates === undefined) continue;
      for (let run = 0; run < runs * RELATION_TRIES_PER_RUN; run += 1) {
        const { applied, met, violations, run: shown } = discharge.relates.tries(this.#kernel, seed + run);
        if (applied) this.exercise.applied(rule, met);
        if (violations.length === 0) continue;
        this.#breached({ rule, kind: 'relates', violations, run, scope: shown?.scope ?? {}, calls: shown?.calls ?? [] });
        break;
      }
    }
  }

  /** Adds what was checked elsewhere. */
  add({ runs, steps, cut, counts, found }: Checked<Call>): void {
    this.#runs += runs;
    this.#steps += steps;
    this.#cut += cut;
    this.exercise.merge(counts);
    for (const breach of found) this.#breached(breach);
  }

  #breached(breach: Found<Call>): void {
    const known = this.#found.get(breach.rule);
    const earlier = known === undefined || breach.run < known.run || (breach.run === known.run && breach.kind < known.kind);
    if (earlier) this.#found.set(breach.rule, breach);
  }
}

/** Tries of a law that compares runs are dear. */
export const RELATION_TRIES_PER_RUN = 0.1;

/** How a run ended: its length was reached, no thread could call, it left the scope, or it was stopped. */
export type Ended = 'length' | 'nobody' | 'beyond scope' | 'stopped';

/** One random run, in place. Each step is shown as it happens; `visit` says whether to stop. */
export function randomRun<S, Call extends AnyCall>(
  suite: Suite<S, Call>, kernel: Kernel<S, Call>, random: Random, length: number,
  visit: (step: Step<S, Call>, scope: Scope) => boolean,
): Ended {
  const { scope, draw } = suite.theme(random);
  const state = kernel.boot(scope as never);
  const choose: Choose = (_kind, options) => random.pick(options);
  let before = snapshot(state, null);
  for (let i = 0; i < length; i += 1) {
    const call = draw(state, random);
    if (call === null) return 'nobody';
    try {
      const { events, choices, cost, refused } = runInPlace(kernel, state, call, choose);
      const after = snapshot(state, before);
      if (visit({ events, choices, cost, refused, before, call, after, kernel }, scope)) return 'stopped';
      before = after;
    } catch (error) {
      if (error instanceof BeyondScope) return 'beyond scope';
      throw error;
    }
  }
  return 'length';
}
