import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { copy } from '#model/copy';
import { outcomes, runInPlace, successors } from '#model/kernel';
import { pidReuse, qnx, type QnxKernel } from '#model/qnx/kernel';
import type { QnxState } from '#model/qnx/state';
import { pack, unpack } from '#model/schema';
import { randomRun } from '#properties/check';
import { following } from '#properties/program';
import { qnxSuite } from '#properties/qnx/suite';
import { Random } from '#properties/random';

/** Shows every step of a random run, with the state before it as it was. */
function walk(kernel: QnxKernel, seed: number, visit: (before: QnxState, call: never, labels: readonly string[], after: QnxState, events: unknown) => void): void {
  randomRun(qnxSuite, kernel, new Random(seed), 60, ({ before, call, choices, after, events }) => {
    visit(before, call as never, choices.map(({ taken }) => taken), after, events);
    return false;
  });
}

const seeds = fc.integer({ min: 0, max: 1_000_000 });

describe.each([['documented', qnx], ['pid-reuse', pidReuse]])('the executors of the %s variant', (_name, kernel) => {
  test('agree: in place, on copies and through immer', () => {
    fc.assert(fc.property(seeds, (seed) => {
      walk(kernel, seed, (before, call, labels, after, events) => {
        const packed = pack(kernel.schema, after).join();
        const again = copy(before);
        const outcome = runInPlace(kernel, again, call, following(labels));
        expect(pack(kernel.schema, again).join()).toBe(packed);
        expect(outcome.events).toEqual(events);
        if (labels.length > 0) return;
        for (const reach of [outcomes, successors]) {
          const [only] = reach(kernel, before, call);
          expect(pack(kernel.schema, only!.state).join()).toBe(packed);
          expect(only!.events).toEqual(events);
        }
      });
    }), { numRuns: 40, seed: 1 });
  });

  test('leave the state alone when they refuse', () => {
    fc.assert(fc.property(seeds, (seed) => {
      walk(kernel, seed, (before, call, labels) => {
        const state = copy(before);
        const { refused } = runInPlace(kernel, state, call, following(labels));
        if (refused) expect(pack(kernel.schema, state, false)).toEqual(pack(kernel.schema, before, false));
      });
    }), { numRuns: 60, seed: 2 });
  });

  test('outcomes never change the state they start from', () => {
    fc.assert(fc.property(seeds, (seed) => {
      walk(kernel, seed, (before, call) => {
        const packed = pack(kernel.schema, before).join();
        outcomes(kernel, before, call);
        successors(kernel, before, call);
        expect(pack(kernel.schema, before).join()).toBe(packed);
      });
    }), { numRuns: 15, seed: 3 });
  });
});

describe('a state', () => {
  test('is the same after it has been packed and unpacked', () => {
    fc.assert(fc.property(seeds, (seed) => {
      walk(qnx, seed, (_before, _call, _labels, after) => {
        const packed = pack(qnx.schema, after);
        expect(pack(qnx.schema, unpack(qnx.schema, packed))).toEqual(packed);
      });
    }), { numRuns: 20, seed: 4 });
  });
});
