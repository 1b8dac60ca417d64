import { availableParallelism } from 'node:os';
import { mutantEffort, profiles } from '#properties/check';
import { tryMutants } from '#traces/mutant-pool';
import type { MutantResult } from '#traces/mutants';
import { table } from '#reports/table';
import { exitCodes } from '#cli/exit';
import { kernelsOf, oneOf } from '#cli/kernel';
import { Progress } from '#cli/progress';

export interface MutantsOptions {
  readonly profile: string;
  readonly seed: number;
  readonly workers?: number;
  readonly json?: boolean;
}

/** Tries every mutant, and says which check caught it, after how many runs, and in how few calls. */
export async function mutants(name: string | undefined, options: MutantsOptions): Promise<number> {
  const effort = { ...mutantEffort(oneOf('profile', profiles, options.profile)), seed: options.seed };
  const progress = new Progress();
  const results: MutantResult[] = [];
  for (const bundle of await kernelsOf(name)) {
    const { suite } = bundle;
    const slugs = Object.keys(suite.mutants);
    let done = 0;
    results.push(...await tryMutants(bundle, slugs, effort, {
      workers: options.workers ?? availableParallelism(), signal: progress.signal,
      onResult: () => {
        done += 1;
        void progress.show(() => `trying mutants of ${suite.kernel.name}: ${done} of ${slugs.length}`);
      },
    }));
    if (progress.interrupted) break;
  }
  progress.done();
  process.stdout.write(options.json === true ? `${JSON.stringify(summary(results), null, 2)}\n` : `${show(results)}\n`);
  if (progress.interrupted) return exitCodes.interrupted;
  return results.every(({ caught }) => caught) ? exitCodes.holds : exitCodes.violation;
}

const summary = (results: readonly MutantResult[]) => ({
  format: 'portcullis-mutants/1',
  total: results.length,
  caught: results.filter(({ caught }) => caught).length,
  mutants: results.map(({ mutant, rule, fault, caught, failed, broken, runs, trace }) => ({
    kernel: rule.split('/')[0], mutant, rule, fault, caught, ...(failed === undefined ? {} : { failed }), alsoSeenBy: broken, runs,
    check: trace?.verdict.check ?? null, calls: trace?.steps.length ?? null,
  })),
});

function show(results: readonly MutantResult[]): string {
  const rows = results.map(({ mutant, rule, caught, runs, trace }) => [
    mutant, caught ? rule : `NOT CAUGHT by ${rule}`, trace?.verdict.check ?? '', runs, trace?.steps.length ?? '',
  ]);
  const survivors = results.filter(({ caught }) => !caught);
  const longest = Math.max(0, ...results.map(({ trace }) => trace?.steps.length ?? 0));
  return [
    table(['mutant', 'caught by the check of', 'form', 'runs', 'calls'], rows), '',
    ...survivors.map(({ mutant, rule, failed, broken }) =>
      `! ${rule.split('/')[0]}/${mutant}: ${failed?.split('\n')[0] ?? (broken.length > 0 ? `seen only by ${broken.join(', ')}` : 'seen by no check')}`),
    `${results.length - survivors.length} of ${results.length} caught; the longest counterexample has ${longest} calls`,
  ].join('\n');
}
