import type { AnyCall, Kernel } from '#model/kernel';
import { randomRun, type Effort } from '#properties/check';
import { Laws, type Breach } from '#properties/laws';
import { mutate, type Step } from '#properties/obligation';
import { runProgram, toProgram, type Program, type Ran } from '#properties/program';
import { Random } from '#properties/random';
import { shrink, type Simplify } from '#properties/shrink';
import type { Suite } from '#properties/suite';
import type { Scope } from '#model/kernel';

/** A shortest known run that shows a fault. */
export interface Counterexample<Call> extends Breach {
  readonly scope: Scope;
  readonly calls: readonly Ran<Call>[];
}

/** What became of one mutant. */
export interface Trial<Call> {
  readonly mutant: string;
  /** The check that saw it first, and after how many runs; null if none did. */
  readonly first: { readonly rule: string; readonly run: number } | null;
  /** The breach of the rule it was made to break, shrunk; null if that check did not see it. */
  readonly own: Counterexample<Call> | null;
  /** All the rules it was seen to break on the way. */
  readonly broken: readonly string[];
  readonly runs: number;
}

/** Runs a mutant until the obligation of its own rule catches it, or the effort is spent. */
export function tryMutant<S, Call extends AnyCall, K extends Kernel<S, Call>>(
  suite: Suite<S, Call, K>, slug: string, effort: Effort,
): Trial<Call> {
  const mutant = suite.mutants[slug]!;
  const kernel = mutate(suite.kernel, mutant);
  const laws = new Laws(suite.discharges);
  const broken = new Set<string>();
  let first: Trial<Call>['first'] = null;
  let own: Counterexample<Call> | null = null;
  let runs = 0;
  for (let caught = false; runs < effort.runs && !caught; caught = own !== null) {
    const calls: Ran<Call>[] = [];
    const watch = laws.watch();
    const run = runs;
    survives(() => randomRun(suite, kernel, Random.forRun(effort.seed, run), effort.length, (step, scope) => {
      calls.push({ call: step.call, choices: step.choices.map(({ taken }) => taken) });
      const breaches = watch.see(step);
      for (const { rule } of breaches) broken.add(rule);
      if (breaches.length > 0) first ??= { rule: breaches[0]!.rule, run };
      const mine = breaches.find(({ rule }) => rule === mutant.rule);
      if (mine !== undefined) own = { ...mine, scope, calls };
      return mine !== undefined;
    }));
    runs += 1;
  }
  return { mutant: slug, first, own, broken: [...broken], runs };
}

/** A broken kernel may trip over its own state: that run shows nothing more. */
function survives(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}

/** The shortest run found that breaks the same rule, and that the sound kernel does not break. */
export function shrinkCounterexample<S, Call extends AnyCall, K extends Kernel<S, Call>>(
  suite: Suite<S, Call, K>, kernel: K, counterexample: Counterexample<Call>, simplify: Simplify<Call>,
): Counterexample<Call> {
  const { rule, scope, calls } = counterexample;
  const laws = new Laws(suite.discharges, new Set([rule]));
  const program = toProgram(suite, kernel, scope, calls);
  const best = shrink(program, (candidate) => breach(suite, kernel, laws, candidate) !== null, simplify);
  return { rule, scope, ...breach(suite, kernel, laws, best)! };
}

/** The run of a program up to the call that breaks a rule; null if none does. */
function breach<S, Call extends AnyCall, K extends Kernel<S, Call>>(
  suite: Suite<S, Call, K>, kernel: K, laws: Laws<S, Call>, program: Program<Call>,
): Omit<Counterexample<Call>, 'scope' | 'rule'> | null {
  const calls: Ran<Call>[] = [];
  const watch = laws.watch();
  let seen: Breach | undefined;
  survives(() => runProgram(suite, kernel, program, (step: Step<S, Call>) => {
    calls.push({ call: step.call, choices: step.choices.map(({ taken }) => taken) });
    seen = watch.see(step)[0];
    return seen !== undefined;
  }));
  return seen === undefined ? null : { kind: seen.kind, violations: seen.violations, calls };
}
