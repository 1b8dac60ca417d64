import type { Bundle } from '#traces/bundle';
import { inPool } from '#traces/pool';
import type { Refutation, RefutationTask } from '#traces/refutation';

export interface RefutationOptions {
  readonly workers: number;
  readonly signal?: AbortSignal;
  readonly onResult?: (refutation: Refutation) => void;
  /** How long one mutant may take before it is given up. */
  readonly seconds?: number;
}

const SECONDS = 600;

/** Lets every mutant of a kernel's variant judge one recording, on several workers at once. */
export async function refuteMutants(
  { suite }: Bundle, variant: string, path: string,
  { workers, signal, onResult = () => {}, seconds = SECONDS }: RefutationOptions,
): Promise<readonly Refutation[]> {
  const results: Refutation[] = [];
  const left = Object.keys(suite.mutants);
  const take = (refutation: Refutation): void => {
    results.push(refutation);
    onResult(refutation);
  };
  await inPool<RefutationTask, Refutation>(new URL('worker.js', import.meta.url), {
    next: () => {
      const slug = left.shift();
      return slug === undefined ? undefined : { work: 'refutation', kernel: suite.kernel.name, variant, slug, path };
    },
    done: (_task, refutation) => take(refutation),
    failed: ({ slug }) => {
      const { rule, fault } = suite.mutants[slug]!;
      take({ mutant: slug, rule, fault, refuted: null, cases: 0, unrefuted: 'failed' });
    },
  }, { workers, signal, seconds });
  return results.sort((a, b) => (a.mutant < b.mutant ? -1 : 1));
}
