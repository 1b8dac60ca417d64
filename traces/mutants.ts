import type { TraceFile } from '#spec/trace';
import type { AnyCall, Kernel } from '#model/kernel';
import { alsoBreaks, hunt, shrinkCounterexample, type Counterexample } from '#properties/mutation';
import { mutate } from '#properties/obligation';
import type { Effort } from '#properties/check';
import type { Bundle } from '#traces/bundle';
import { makeTrace } from '#traces/trace-file';

/** What became of a mutant, with the trace that shows its fault. */
export interface MutantResult {
  readonly mutant: string;
  readonly rule: string;
  readonly fault: string;
  /** The obligation of its own rule saw it. */
  readonly caught: boolean;
  /** Why it could not be tried to the end. */
  readonly failed?: string;
  /** Of a survivor: the rules whose obligations saw it all the same. */
  readonly broken: readonly string[];
  /** Runs until it was caught. */
  readonly runs: number;
  readonly trace: TraceFile | null;
}

/** A trace that people can take in. If a run shrinks to more calls, other runs are tried. */
const CALLS_WANTED = 8;
const RUNS_SHRUNK = 8;
const RUNS_OF_SURVIVORS = 100;

/** Tries one mutant, and shrinks what shows it. Depends on nothing but its arguments. */
export function resultOf<S, Call extends AnyCall, K extends Kernel<S, Call>>(
  bundle: Bundle<S, Call, K>, slug: string, effort: Effort,
): MutantResult {
  const { suite } = bundle;
  const { rule, fault } = suite.mutants[slug]!;
  const first = hunt(suite, slug, effort);
  const about = { mutant: slug, rule, fault, runs: first.runs };
  if (first.own === null) {
    return { ...about, caught: false, broken: alsoBreaks(suite, slug, { ...effort, runs: Math.min(effort.runs, RUNS_OF_SURVIVORS) }), trace: null };
  }
  if (first.own.calls.length === 0) return { ...about, caught: true, broken: [], trace: null };
  const { shrunk, run } = shortest(bundle, slug, effort, first.own, first.runs);
  const { kind, violations, scope, calls } = shrunk;
  const trace = makeTrace(bundle, mutate(suite.kernel, suite.mutants[slug]!), {
    variant: suite.kernel.variant, subject: `mutant:${suite.kernel.name}/${slug}`, scope, calls,
    verdict: { rule, check: kind, violations }, origin: { seed: effort.seed, run },
  });
  return { ...about, caught: true, broken: [], trace };
}

/** Shrinks what the first run showed; where that stays long, what later runs show. */
function shortest<S, Call extends AnyCall, K extends Kernel<S, Call>>(
  { suite, simplify }: Bundle<S, Call, K>, slug: string, effort: Effort, first: Counterexample<Call>, runs: number,
): { readonly shrunk: Counterexample<Call>; readonly run: number } {
  const kernel = mutate(suite.kernel, suite.mutants[slug]!);
  let best = { shrunk: shrinkCounterexample(suite, kernel, first, simplify), run: runs - 1 };
  let from = runs;
  for (let tried = 1; tried < RUNS_SHRUNK && best.shrunk.calls.length > CALLS_WANTED; tried += 1) {
    const next = hunt(suite, slug, effort, from);
    if (next.own === null) break;
    from = next.runs;
    // What a law that compares runs of its own shows is no run that people could take in.
    if (next.own.calls.length === 0) continue;
    const shrunk = shrinkCounterexample(suite, kernel, next.own, simplify);
    if (shrunk.calls.length < best.shrunk.calls.length) best = { shrunk, run: next.runs - 1 };
  }
  return best;
}
