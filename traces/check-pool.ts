import type { AnyCall } from '#model/kernel';
import { Checking, type Checked, type Effort } from '#properties/check';
import type { Counts } from '#properties/laws';
import type { Bundle } from '#traces/bundle';
import { inPool } from '#traces/pool';

/** A piece of a check: some of its runs, or the laws that compare runs. `counted`: conditions met often enough before. */
export type CheckTask = {
  readonly kernel: string; readonly variant: string; readonly effort: Effort; readonly counted: Counts;
} & ({ readonly work: 'runs'; readonly from: number; readonly to: number } | { readonly work: 'relations' });

export interface CheckPoolOptions {
  readonly workers: number;
  readonly signal?: AbortSignal;
  readonly onPart?: (checked: Checked<AnyCall>) => void;
}

/** Few runs at first, so that an interrupt always finds something done. */
const runsAtOnce = (from: number): number => Math.min(10, 1 + Math.floor(from / 10));
const SECONDS = 600;

/**
 * Checks a kernel on several workers at once. A run depends on the seed and its number alone, so the answer is
 * the same however many there are.
 */
export async function checkInPool(
  { suite }: Bundle, variant: string, effort: Effort, { workers, signal, onPart }: CheckPoolOptions,
): Promise<Checked<AnyCall>> {
  const all = new Checking(suite, suite.variants[variant]!, effort);
  const about = { kernel: suite.kernel.name, variant, effort };
  let from = 0;
  let related = false;
  await inPool<CheckTask, Checked<AnyCall>>(new URL('worker.js', import.meta.url), {
    next: () => {
      const counted = all.exercise.often();
      if (from < effort.runs) {
        const to = Math.min(effort.runs, from + runsAtOnce(from));
        const task = { ...about, counted, work: 'runs', from, to } as const;
        from = to;
        return task;
      }
      if (related) return undefined;
      related = true;
      return { ...about, counted, work: 'relations' };
    },
    done: (_task, part) => {
      all.add(part);
      onPart?.(all.done);
    },
    failed: (_task, why) => { throw new Error(why); },
  }, { workers, signal, seconds: SECONDS });
  return all.done;
}
