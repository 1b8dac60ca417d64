import type { Effort } from '#properties/check';
import type { Bundle } from '#traces/bundle';
import type { MutantResult } from '#traces/mutants';
import { inPool } from '#traces/pool';

/** One mutant to be tried. */
export interface MutantTask { readonly work: 'mutant'; readonly kernel: string; readonly slug: string; readonly effort: Effort }

export interface MutantPoolOptions {
  readonly workers: number;
  readonly signal?: AbortSignal;
  readonly onResult?: (result: MutantResult) => void;
  /** How long one mutant may take before it is given up. */
  readonly seconds?: number;
}

const SECONDS = 180;

/**
 * Tries mutants on several workers at once. Each result depends on its mutant and the effort alone, so the
 * answer is the same however many there are. A mutant that comes to no end survives, and says so.
 */
export async function tryMutants(
  { suite }: Bundle, slugs: readonly string[], effort: Effort,
  { workers, signal, onResult = () => {}, seconds = SECONDS }: MutantPoolOptions,
): Promise<readonly MutantResult[]> {
  const results: MutantResult[] = [];
  const left = [...slugs];
  const take = (result: MutantResult): void => {
    results.push(result);
    onResult(result);
  };
  await inPool<MutantTask, MutantResult>(new URL('worker.js', import.meta.url), {
    next: () => {
      const slug = left.shift();
      return slug === undefined ? undefined : { work: 'mutant', kernel: suite.kernel.name, slug, effort };
    },
    done: (_task, result) => take(result),
    failed: ({ slug }, why) => {
      const { rule, fault } = suite.mutants[slug]!;
      take({ mutant: slug, rule, fault, caught: false, failed: why, broken: [], runs: 0, trace: null });
    },
  }, { workers: Math.min(workers, slugs.length), signal, seconds });
  return results.sort((a, b) => (a.mutant < b.mutant ? -1 : 1));
}
