import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { copy } from '#model/copy';
import { outcomes, runInPlace, successors, type Kernel } from '#model/kernel';
import { pack, unpack } from '#model/schema';
import { randomRun } from '#properties/check';
import type { Step } from '#properties/obligation';
import { following } from '#properties/program';
import { Random } from '#properties/random';
import type { Suite } from '#properties/suite';
import { kernels } from '#properties/suites.testing';

const LENGTH = 60;
const seeds = fc.integer({ min: 0, max: 1_000_000 });

/** Shows every step of a random run, with the state before it as it was. */
function walk(suite: Suite, kernel: Kernel, seed: number, visit: (step: Step<unknown>, labels: readonly string[]) => void): void {
  randomRun(suite, kernel, new Random(seed), LENGTH, (step) => {
    visit(step, step.choices.map(({ taken }) => taken));
    return false;
  });
}

const variants = kernels.flatMap(({ name, suite }) =>
  Object.entries(suite.variants).map(([variant, kernel]) => ({ title: `${name}, ${variant}`, suite, kernel })));

describe.each(variants)('the executors of $title', ({ suite, kernel }) => {
  const packed = (state: unknown) => pack(kernel.schema, state).join();

  test('agree: in place, on copies and through immer', () => {
    fc.assert(fc.property(seeds, (seed) => {
      walk(suite, kernel, seed, ({ before, call, after, events }, labels) => {
        const again = copy(before);
        const outcome = runInPlace(kernel, again, call, following(labels));
        expect(packed(again)).toBe(packed(after));
        expect(outcome.events).toEqual(events);
        if (labels.length > 0) return;
        for (const reach of [outcomes, successors]) {
          const [only] = reach(kernel, before, call);
          expect(packed(only!.state)).toBe(packed(after));
          expect(only!.events).toEqual(events);
        }
      });
    }), { numRuns: 30, seed: 1 });
  });

  test('leave the state alone when they refuse', () => {
    fc.assert(fc.property(seeds, (seed) => {
      walk(suite, kernel, seed, ({ before, call }, labels) => {
        const state = copy(before);
        const { refused } = runInPlace(kernel, state, call, following(labels));
        if (refused) expect(pack(kernel.schema, state, false)).toEqual(pack(kernel.schema, before, false));
      });
    }), { numRuns: 40, seed: 2 });
  });

  test('never change the state they start from', () => {
    fc.assert(fc.property(seeds, (seed) => {
      walk(suite, kernel, seed, ({ before, call }) => {
        const start = packed(before);
        outcomes(kernel, before, call);
        successors(kernel, before, call);
        expect(packed(before)).toBe(start);
      });
    }), { numRuns: 10, seed: 3 });
  });

  test('keep states that are the same after they have been packed and unpacked', () => {
    fc.assert(fc.property(seeds, (seed) => {
      walk(suite, kernel, seed, ({ after }) => {
        const once = pack(kernel.schema, after);
        expect(pack(kernel.schema, unpack(kernel.schema, once))).toEqual(once);
      });
    }), { numRuns: 15, seed: 4 });
  });
});
