import { parentPort } from 'node:worker_threads';
import { bundleOf } from '#traces/bundle';
import type { MutantTask } from '#traces/mutant-pool';
import { resultOf } from '#traces/mutants';

/** A worker that tries one mutant after the other. */
parentPort!.on('message', async ({ kernel, slug, effort }: MutantTask) => {
  const bundle = await bundleOf(kernel);
  parentPort!.postMessage(resultOf(bundle!, slug, effort));
});
