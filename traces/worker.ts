import { parentPort } from 'node:worker_threads';
import { Checking } from '#properties/check';
import { bundleOf } from '#traces/bundle';
import type { CheckTask } from '#traces/check-pool';
import { shortestOf, type ExploreTask } from '#traces/explore-pool';
import type { MutantTask } from '#traces/mutant-pool';
import { resultOf } from '#traces/mutants';
import type { Answer } from '#traces/pool';
import { refute, type RefutationTask } from '#traces/refutation';

/** What can be asked of a worker. */
export type Task = CheckTask | MutantTask | ExploreTask | RefutationTask;

async function answer(task: Task): Promise<unknown> {
  const bundle = (await bundleOf(task.kernel))!;
  if (task.work === 'refutation') return refute(task, bundle);
  if (task.work === 'mutant') return resultOf(bundle, task.slug, task.effort);
  if (task.work === 'explore') return shortestOf(bundle, task);
  const { suite } = bundle;
  const checking = new Checking(suite, suite.variants[task.variant]!, task.effort, task.counted);
  if (task.work === 'relations') checking.relate();
  else for (let run = task.from; run < task.to; run += 1) checking.run(run);
  return checking.done;
}

/** A worker that does one piece of work after the other. */
parentPort!.on('message', async (task: Task) => {
  let found: Answer;
  try {
    found = { result: await answer(task) };
  } catch (error) {
    found = { error: error instanceof Error ? error.stack ?? error.message : String(error) };
  }
  parentPort!.postMessage(found);
});
