import { availableParallelism } from 'node:os';
import { profiles } from '#properties/check';
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
  const effort = { ...oneOf('profile', profiles, options.profile), seed: options.seed };
  const progress = new Progress();
  const results: MutantResult[] = [];
  for (const { suite } of await kernelsOf(name)) {
    const slugs = Object.keys(suite.mutants);
    let done = 0;
    results.push(...await tryMutants(suite.kernel.name, slugs, effort, options.workers ?? availableParallelism(), () => {
      done += 1;
      void progress.show(() => `trying mutants of ${suite.kernel.name}: ${done} of ${slugs.length}`);
      return progress.interrupted;
    }));
  }
  progress.done();
  process.stdout.write(options.json === true ? `${JSON.stringify(summary(results), null, 2)}\n` : `${show(results)}\n`);
  if (progress.interrupted) return exitCodes.interrupted;
  return results.every(({ caught }) => caught) ? exitCodes.holds : exitCodes.inconclusive;
}

const summary = (results: readonly MutantResult[]) => ({
  format: 'portcullis-mutants/1',
  total: results.length,
  caught: results.filter(({ caught }) => caught).length,
  mutants: results.map(({ mutant, rule, fault, caught, first, runs, trace }) => ({
    mutant, rule, fault, caught, first, runs, check: trace?.verdict.check ?? null, calls: trace?.steps.length ?? null,
  })),
});

function show(results: readonly MutantResult[]): string {
  const rows = results.map(({ mutant, rule, caught, runs, trace }) => [
    mutant, caught ? rule : `NOT CAUGHT by ${rule}`, trace?.verdict.check ?? '', runs, trace?.steps.length ?? '',
  ]);
  const caught = results.filter((result) => result.caught).length;
  return `${table(['mutant', 'caught by the check of', 'form', 'runs', 'calls'], rows)}\n\n${caught} of ${results.length} caught`;
}
