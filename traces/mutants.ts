import type { TraceFile } from '#spec/trace';
import type { AnyCall, Kernel } from '#model/kernel';
import { shrinkCounterexample, tryMutant, type Trial } from '#properties/mutation';
import { mutate } from '#properties/obligation';
import type { Effort } from '#properties/check';
import type { Bundle } from '#traces/bundle';
import { makeTrace } from '#traces/trace-file';

/** What became of a mutant, with the trace that shows its fault. */
export interface MutantResult {
  readonly mutant: string;
  readonly rule: string;
  readonly fault: string;
  readonly caught: boolean;
  /** The check that saw it first, and after how many runs. */
  readonly first: { readonly rule: string; readonly run: number } | null;
  readonly broken: readonly string[];
  readonly runs: number;
  readonly trace: TraceFile | null;
}

/** Tries one mutant, and shrinks what shows it. Depends on nothing but its arguments. */
export function resultOf<S, Call extends AnyCall, K extends Kernel<S, Call>>(
  bundle: Bundle<S, Call, K>, slug: string, effort: Effort,
): MutantResult {
  const { suite } = bundle;
  const mutant = suite.mutants[slug]!;
  const trial: Trial<Call> = tryMutant(suite, slug, effort);
  const { first, broken, runs } = trial;
  const about = { mutant: slug, rule: mutant.rule, fault: mutant.fault, first, broken, runs };
  if (trial.own === null) return { ...about, caught: false, trace: null };
  const kernel = mutate(suite.kernel, mutant);
  const shrunk = shrinkCounterexample(suite, kernel, trial.own, bundle.simplify);
  const { rule, kind, violations, scope, calls } = shrunk;
  const trace = makeTrace(bundle, kernel, {
    variant: suite.kernel.variant, subject: `mutant:${suite.kernel.name}/${slug}`, scope, calls,
    verdict: { rule, check: kind, violations }, origin: { seed: effort.seed, run: runs - 1 },
  });
  return { ...about, caught: true, trace };
}
