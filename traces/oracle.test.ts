import { describe, expect, test } from 'vitest';
import { mutate } from '#properties/obligation';
import { conformStepwise } from '#traces/conform';
import { bundle } from '#traces/mach/bundle';
import { ModelSubject } from '#traces/model-subject';
import type { MachKernel } from '#model/mach/kernel';

/** How many divergences a judge finds in an implementation over some runs. */
async function divergences(judge: MachKernel, implementation: MachKernel, runs: number, seed = 5): Promise<{ found: number; steps: number }> {
  let found = 0;
  let steps = 0;
  const subject = new ModelSubject('model', bundle, implementation, 11);
  await conformStepwise(bundle, judge, subject, new Set(Object.keys(judge.operations)), {
    seed, runs, length: 30, batch: 1, journal: null, onStep: () => {},
    onCase: (_name, verdict) => {
      found += verdict.divergences.length;
      steps += verdict.steps;
      return false;
    },
  });
  return { found, steps };
}

const { documented, gnumach } = bundle.suite.variants as { documented: MachKernel; gnumach: MachKernel };

describe('the oracle', () => {
  test('agrees with the model that it judges by, whatever that chooses', async () => {
    const { found, steps } = await divergences(documented, documented, 150);
    expect(found).toBe(0);
    expect(steps).toBeGreaterThan(3000);
  });

  test('agrees with a variant by that variant', async () => {
    expect((await divergences(gnumach, gnumach, 150)).found).toBe(0);
  });

  test.each(['copy-in-keeps-the-receive-right', 'waiting-sender-keeps-its-receive-right'])('sees through %s as an implementation', async (slug) => {
    const mutant = mutate(documented, bundle.suite.mutants[slug]!);
    let found = 0;
    for (let seed = 1; seed <= 10 && found === 0; seed += 1) ({ found } = await divergences(documented, mutant, 200, seed));
    expect(found).toBeGreaterThan(0);
  });
});
