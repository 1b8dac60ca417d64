import type { AnyCall, Kernel } from '#model/kernel';
import { randomRun, RELATION_TRIES_PER_RUN, type Effort } from '#properties/check';
import { Laws, type Breach } from '#properties/laws';
import { isWaiver, mutate, type Relation, type Step } from '#properties/obligation';
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

/** What a hunt for a mutant's fault came to. */
export interface Hunt<Call> {
  /** The breach of the rule the mutant was made to break; null if its check did not see one. */
  readonly own: Counterexample<Call> | null;
  /** Runs made so far, those before `from` included. */
  readonly runs: number;
}

/** Runs a mutant, from a run on, until the obligation of its own rule catches it or the effort is spent. */
export function hunt<S, Call extends AnyCall, K extends Kernel<S, Call>>(
  suite: Suite<S, Call, K>, slug: string, effort: Effort, from = 0,
): Hunt<Call> {
  const mutant = suite.mutants[slug]!;
  const kernel = mutate(suite.kernel, mutant);
  const laws = new Laws(suite.discharges, new Set([mutant.rule]));
  const relation = relationOf(suite, mutant.rule);
  const every = laws.areOfSteps ? Math.round(1 / RELATION_TRIES_PER_RUN) : 1;
  for (let run = from; run < effort.runs; run += 1) {
    const own = (laws.areOfSteps ? firstBreach(suite, kernel, laws, effort, run) : null)
      ?? (relation !== null && run % every === 0 ? firstDifference(kernel, mutant.rule, relation, effort.seed + run / every) : null);
    if (own !== null) return { own, runs: run + 1 };
  }
  return { own: null, runs: effort.runs };
}

function relationOf<S, Call extends AnyCall>({ discharges }: Suite<S, Call>, rule: string): Relation<S, Call> | null {
  const discharge = discharges[rule];
  return discharge === undefined || isWaiver(discharge) ? null : discharge.relates ?? null;
}

/** What one try of a law that compares runs shows, if it shows anything. */
function firstDifference<S, Call extends AnyCall>(
  kernel: Kernel<S, Call>, rule: string, relation: Relation<S, Call>, seed: number,
): Counterexample<Call> | null {
  let found: Counterexample<Call> | null = null;
  survives(() => {
    const { violations, run } = relation.tries(kernel, seed);
    if (violations.length > 0) found = { rule, kind: 'relates', violations, scope: run?.scope ?? {}, calls: run?.calls ?? [] };
  });
  return found;
}

/** The first thing that some laws see broken in one run. */
function firstBreach<S, Call extends AnyCall, K extends Kernel<S, Call>>(
  suite: Suite<S, Call, K>, kernel: K, laws: Laws<S, Call>, { seed, length }: Effort, run: number,
): Counterexample<Call> | null {
  const calls: Ran<Call>[] = [];
  const watch = laws.watch();
  let found: Counterexample<Call> | null = null;
  survives(() => randomRun(suite, kernel, Random.forRun(seed, run), length, (step, scope) => {
    calls.push({ call: step.call, choices: step.choices.map(({ taken }) => taken) });
    const breach = watch.see(step)[0];
    if (breach !== undefined) found = { ...breach, scope, calls };
    return breach !== undefined;
  }));
  return found;
}

/** The rules, other than its own, that are seen broken when the mutant runs so many times. */
export function alsoBreaks<S, Call extends AnyCall, K extends Kernel<S, Call>>(
  suite: Suite<S, Call, K>, slug: string, effort: Effort,
): readonly string[] {
  const mutant = suite.mutants[slug]!;
  const kernel = mutate(suite.kernel, mutant);
  const laws = new Laws(suite.discharges);
  const broken = new Set<string>();
  for (let run = 0; run < effort.runs; run += 1) {
    const breach = firstBreach(suite, kernel, laws, effort, run);
    if (breach !== null && breach.rule !== mutant.rule) broken.add(breach.rule);
  }
  return [...broken].sort();
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
  const { rule, kind, scope, calls } = counterexample;
  if (calls.length === 0) return counterexample;
  const laws = new Laws(suite.discharges, new Set([rule]), kind === 'relates' ? new Set([rule]) : undefined);
  const program = toProgram(suite, kernel, scope, calls);
  const best = shrink(program, (candidate) => breachOf(suite, kernel, laws, candidate) !== null, { simplify, simplerScopes: suite.simplerScopes });
  return { rule, scope: best.scope, ...breachOf(suite, kernel, laws, best)! };
}

/** The run of a program up to the call that breaks a rule; null if none does. Only its last call is made in two ways. */
function breachOf<S, Call extends AnyCall, K extends Kernel<S, Call>>(
  suite: Suite<S, Call, K>, kernel: K, laws: Laws<S, Call>, program: Program<Call>,
): Omit<Counterexample<Call>, 'scope' | 'rule'> | null {
  const calls: Ran<Call>[] = [];
  const watch = laws.watch();
  let seen: Breach | undefined;
  const last = program.calls.at(-1);
  survives(() => runProgram(suite, kernel, program, (step: Step<S, Call>, at) => {
    calls.push({ call: step.call, choices: step.choices.map(({ taken }) => taken) });
    seen = watch.see(step, at === last)[0];
    return seen !== undefined;
  }));
  return seen === undefined ? null : { kind: seen.kind, violations: seen.violations, calls };
}
