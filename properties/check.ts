import { snapshot } from '#model/copy';
import { BeyondScope } from '#model/operation';
import { runInPlace, type AnyCall, type Choose, type Kernel, type Scope } from '#model/kernel';
import { Exercise, Laws, type Breach } from '#properties/laws';
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
  quick: { runs: 400, length: 80 },
  ci: { runs: 3000, length: 100 },
  deep: { runs: 40_000, length: 200 },
};

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
  readonly exercise: Exercise<never, never>;
  /** The first breach of each rule. */
  readonly found: readonly Found<Call>[];
}

/** Hears of what has been done so far; true ends the work early, with what there is. */
export type Progress = (done: { readonly runs: number; readonly steps: number }) => boolean | Promise<boolean>;

/** Random runs of a kernel, under all the laws of its suite. */
export async function check<S, Call extends AnyCall>(
  suite: Suite<S, Call>, kernel: Kernel<S, Call>, effort: Effort, progress: Progress = () => false,
): Promise<Checked<Call>> {
  const laws = new Laws(suite.discharges);
  const exercise = new Exercise(suite.discharges);
  const found = new Map<string, Found<Call>>();
  let steps = 0;
  let cut = 0;
  let runs = 0;
  while (runs < effort.runs) {
    const made: Ran<Call>[] = [];
    const run = runs;
    const watch = laws.watch();
    const ended = randomRun(suite, kernel, Random.forRun(effort.seed, run), effort.length, (step, scope) => {
      steps += 1;
      made.push({ call: step.call, choices: step.choices.map(({ taken }) => taken) });
      exercise.see(step);
      const breaches = watch.see(step);
      for (const breach of breaches) {
        if (!found.has(breach.rule)) found.set(breach.rule, { ...breach, run, scope, calls: [...made] });
      }
      return breaches.length > 0;
    });
    if (ended === 'beyond scope') cut += 1;
    runs += 1;
    if (await progress({ runs, steps })) break;
  }
  relate(suite, kernel, effort, exercise, found);
  return { runs, steps, cut, exercise: exercise as never, found: [...found.values()] };
}

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

const RELATION_TRIES_PER_RUN = 0.1;

/** Laws that compare runs make their own. */
function relate<S, Call extends AnyCall>(
  suite: Suite<S, Call>, kernel: Kernel<S, Call>, { seed, runs }: Effort, exercise: Exercise<S, Call>, found: Map<string, Found<Call>>,
): void {
  for (const [rule, discharge] of Object.entries(suite.discharges)) {
    if (!('relates' in discharge) || discharge.relates === undefined) continue;
    for (let i = 0; i < runs * RELATION_TRIES_PER_RUN; i += 1) {
      const { applied, violations } = discharge.relates.tries(kernel, seed + i);
      if (applied) for (const condition of exercise.counts.get(rule)!.keys()) exercise.add(rule, condition);
      if (violations.length === 0) continue;
      found.set(rule, { rule, kind: 'relates', violations, run: i, scope: {}, calls: [] });
      break;
    }
  }
}
