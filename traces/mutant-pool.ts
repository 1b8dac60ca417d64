import { Worker } from 'node:worker_threads';
import type { Effort } from '#properties/check';
import type { MutantResult } from '#traces/mutants';

/** What a worker is asked, and what it answers. */
export interface MutantTask { readonly kernel: string; readonly slug: string; readonly effort: Effort }

/**
 * Tries mutants on several workers at once. Each result depends on its mutant and the effort alone, so the
 * answer is the same however many there are.
 */
export async function tryMutants(
  kernel: string, slugs: readonly string[], effort: Effort, workers: number,
  onResult: (result: MutantResult) => boolean,
): Promise<readonly MutantResult[]> {
  const results: MutantResult[] = [];
  const left = [...slugs];
  let stopped = false;
  const work = async () => {
    const worker = new Worker(new URL('mutant-worker.js', import.meta.url));
    try {
      for (let slug = left.shift(); slug !== undefined && !stopped; slug = left.shift()) {
        const result = await ask(worker, { kernel, slug, effort });
        results.push(result);
        if (onResult(result)) stopped = true;
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(workers, slugs.length)) }, work));
  return results.sort((a, b) => (a.mutant < b.mutant ? -1 : 1));
}

function ask(worker: Worker, task: MutantTask): Promise<MutantResult> {
  return new Promise((resolve, reject) => {
    const settle = (done: () => void) => {
      worker.removeAllListeners();
      done();
    };
    worker.once('message', (result: MutantResult) => settle(() => resolve(result)));
    worker.once('error', (error) => settle(() => reject(error)));
    worker.postMessage(task);
  });
}
