import { expect, test } from 'vitest';
import { mutate } from '#properties/obligation';
import { containmentRelation } from '#properties/mach/laws/memory/containment';
import { containmentMutants } from '#properties/mach/laws/memory/containment-mutants';
import { machSuite } from '#properties/mach/suite';

/** How many runs: a few thousand, or as many as `CONTAINMENT_RUNS` says. A hundred thousand take a few minutes. */
const RUNS = Number(process.env['CONTAINMENT_RUNS'] ?? 3000);

test.each(Object.entries(machSuite.variants))('what a malicious pager does is contained by %s', (_, kernel) => {
  const met = new Set<string>();
  let applied = 0;
  for (let seed = 0; seed < RUNS; seed += 1) {
    const tried = containmentRelation.tries(kernel, seed);
    if (tried.violations.length > 0) expect.fail(`run ${seed}: ${tried.violations.join('; ')}`);
    for (const condition of tried.met ?? []) met.add(condition);
    if (tried.applied) applied += 1;
  }
  expect(applied).toBeGreaterThan(RUNS * 0.8);
  expect([...met].sort()).toEqual(Object.keys((machSuite.discharges['mach/others-go-on-whatever-pagers-do'] as { sometimes: object }).sometimes).sort());
}, 120_000 + RUNS * 20);

test.each(Object.keys(containmentMutants))('that it is not is seen of %s', (slug) => {
  const kernel = mutate(machSuite.kernel, machSuite.mutants[slug]!);
  const seen = Array.from({ length: 300 }, (_, seed) => seed).some((seed) => containmentRelation.tries(kernel, seed).violations.length > 0);
  expect(seen).toBe(true);
});
