import { describe, expect, test } from 'vitest';
import { copy } from '#model/copy';
import { outcomes, runInPlace, successors } from '#model/kernel';
import { chorus, type ChorusKernel } from '#model/chorus/kernel';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { pack, unpack } from '#model/schema';
import { randomRun } from '#properties/check';
import { chorusSuite } from '#properties/chorus/suite';
import { following } from '#properties/program';
import { Random } from '#properties/random';

/** Shows every step of a random run, with the state before it as it was. */
function walk(kernel: ChorusKernel, seed: number, visit: (before: ChorusState, call: ChorusCall, labels: readonly string[], after: ChorusState, events: unknown) => void): void {
  randomRun(chorusSuite, kernel, Random.forRun(7, seed), 60, ({ before, call, choices, after, events }) => {
    visit(before, call, choices.map(({ taken }) => taken), after, events);
    return false;
  });
}

const seeds = Array.from({ length: 30 }, (_, seed) => seed);

describe('the executors of Chorus', () => {
  test.each(seeds)('agree in run %i: in place, on copies and through immer', (seed) => {
    walk(chorus, seed, (before, call, labels, after, events) => {
      const packed = pack(chorus.schema, after).join();
      const again = copy(before);
      const outcome = runInPlace(chorus, again, call, following(labels));
      expect(pack(chorus.schema, again).join()).toBe(packed);
      expect(outcome.events).toEqual(events);
      if (labels.length > 0) return;
      for (const reach of [outcomes, successors]) {
        const [only] = reach(chorus, before, call);
        expect(pack(chorus.schema, only!.state).join()).toBe(packed);
        expect(only!.events).toEqual(events);
      }
    });
  });

  test.each(seeds.slice(0, 10))('pack and unpack in run %i', (seed) => {
    walk(chorus, seed, (_before, _call, _labels, after) => {
      const packed = pack(chorus.schema, after);
      expect(pack(chorus.schema, unpack(chorus.schema, packed))).toEqual(packed);
    });
  });

  test.each(seeds.slice(0, 10))('leave the state alone when they refuse, in run %i', (seed) => {
    walk(chorus, seed, (before, call, labels) => {
      const state = copy(before);
      const { refused } = runInPlace(chorus, state, call, following(labels));
      if (refused) expect(pack(chorus.schema, state, false)).toEqual(pack(chorus.schema, before, false));
    });
  });
});
