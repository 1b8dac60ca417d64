import type { AnyCall, Kernel } from '#model/kernel';
import { explore } from '#properties/explore';
import { isWaiver, mutate } from '#properties/obligation';
import type { Bundle } from '#traces/bundle';
import { inPool } from '#traces/pool';

/** A mutant to be explored in one scope. */
export interface ExploreTask {
  readonly work: 'explore';
  readonly kernel: string;
  readonly slug: string;
  readonly scope: string;
  readonly maxStates: number;
}

/** What exploring a mutant came to. */
export interface Shortest {
  readonly mutant: string;
  readonly scope: string;
  /** Calls of a shortest run that shows the fault; null if there is none, or none was met. */
  readonly calls: number | null;
  readonly states: number;
  /** Why the scope does not show the fault. */
  readonly why: string | null;
}

/** A shortest run that breaks the rule a mutant was made to break, within one scope. */
export async function shortestOf<S, Call extends AnyCall, K extends Kernel<S, Call>>(
  { suite, explorations }: Bundle<S, Call, K>, { slug, scope, maxStates }: ExploreTask,
): Promise<Shortest> {
  const mutant = suite.mutants[slug]!;
  const about = { mutant: slug, scope };
  const discharge = suite.discharges[mutant.rule];
  if (discharge === undefined || isWaiver(discharge) || (discharge.always ?? discharge.step) === undefined) {
    return { ...about, calls: null, states: 0, why: 'its check looks at whole runs, not at single steps' };
  }
  const { found, states, complete } = await explore(suite, mutate(suite.kernel, mutant), explorations[scope]!, {
    rules: new Set([mutant.rule]), maxStates, broken: true,
  });
  const why = found !== null ? null : complete ? 'not within this scope' : `not within the first ${maxStates} states`;
  return { ...about, calls: found?.calls.length ?? null, states, why };
}

export interface ExplorePoolOptions {
  readonly workers: number;
  readonly maxStates: number;
  readonly signal?: AbortSignal;
  readonly onResult?: (result: Shortest) => void;
}

const SECONDS = 300;

/** Explores every mutant in every one of some scopes, on several workers at once. */
export async function exploreMutants(
  { suite }: Bundle, scopes: readonly string[], { workers, maxStates, signal, onResult = () => {} }: ExplorePoolOptions,
): Promise<readonly Shortest[]> {
  const left = Object.keys(suite.mutants).flatMap((slug) => scopes.map((scope) => ({ slug, scope })));
  const order = new Map(left.map(({ slug, scope }, at) => [`${slug} ${scope}`, at]));
  const results: Shortest[] = [];
  const take = (result: Shortest): void => {
    results.push(result);
    onResult(result);
  };
  await inPool<ExploreTask, Shortest>(new URL('worker.js', import.meta.url), {
    next: () => {
      const next = left.shift();
      return next === undefined ? undefined : { work: 'explore', kernel: suite.kernel.name, ...next, maxStates };
    },
    done: (_task, result) => take(result),
    failed: ({ slug, scope }, why) => take({ mutant: slug, scope, calls: null, states: 0, why: why.split('\n')[0]! }),
  }, { workers, signal, seconds: SECONDS });
  const placeOf = ({ mutant, scope }: Shortest) => order.get(`${mutant} ${scope}`)!;
  return results.sort((a, b) => placeOf(a) - placeOf(b));
}
