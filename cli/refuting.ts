import { availableParallelism } from 'node:os';
import type { Bundle } from '#traces/bundle';
import type { Refutation } from '#traces/refutation';
import { refuteMutants } from '#traces/refutation-pool';
import { Progress } from '#cli/progress';

/** Who judges: the model, or after it each of its mutants in turn. */
export const oracles = ['model', 'mutants'] as const;

/** Lets each mutant judge a recording, and shows how far that has come. */
export async function refutations(bundle: Bundle, variant: string, path: string, workers = availableParallelism()): Promise<readonly Refutation[]> {
  const progress = new Progress();
  const total = Object.keys(bundle.suite.mutants).length;
  let done = 0;
  let refuted = 0;
  const results = await refuteMutants(bundle, variant, path, {
    workers, signal: progress.signal,
    onResult: (one) => {
      done += 1;
      if (one.refuted !== null) refuted += 1;
      void progress.show(() => `mutants that judge: ${done} of ${total}, ${refuted} refuted`);
    },
  });
  progress.done();
  return results;
}
