import { describe, expect, test } from 'vitest';
import { chorus } from '#model/chorus/kernel';
import { randomRun } from '#properties/check';
import { asIfEager } from '#properties/chorus/laws/eager';
import { chorusSuite } from '#properties/chorus/suite';
import { memoryTheme } from '#properties/chorus/theme';
import { mutate } from '#properties/obligation';
import { Random } from '#properties/random';

/** Runs about memory in which nobody goes or waits for long, so that they last. */
function lasting(random: Random): ReturnType<typeof memoryTheme> {
  const { scope, draw } = memoryTheme(random, { threads: [3, 3], sites: [0, 0], handlers: 'connected', limits: { page: 2, space: 6 } });
  const stays = new Set(['actorDelete', 'actorStop', 'siteCrashes', 'linkFails']);
  return {
    scope,
    draw: (state, draws) => {
      for (;;) {
        const call = draw(state, draws);
        if (call === null || !stays.has(call.operation)) {
          return call?.operation === 'ipcReceive' ? { ...call, delay: 0 } : call;
        }
      }
    },
  };
}

/** Long histories of memory, each compared after every step with plain bytes that are copied at once. */
function differing(kernel: typeof chorus, seed: number, length: number): { readonly steps: number; readonly writes: number; readonly deepest: number; readonly first: string | undefined } {
  const suite = { ...chorusSuite, theme: lasting };
  const law = asIfEager(null);
  const seen = law.start();
  let [steps, writes, deepest] = [0, 0, 0];
  let first: string | undefined;
  randomRun(suite, kernel, Random.forRun(seed, 0), length, (step) => {
    steps += 1;
    if (step.call.operation === 'memoryWrite' && step.events.some(({ tag }) => tag === 'returned')) writes += 1;
    for (const { life } of step.after.objects) if (life === 'live') deepest = Math.max(deepest, step.after.objects.filter(({ parent }) => parent !== null).length);
    first ??= law.next(seen, step)[0];
    return first !== undefined;
  });
  return { steps, writes, deepest, first };
}

describe('every copy', () => {
  test('holds what its source held, over histories of hundreds of operations', () => {
    let [long, writes, deepest] = [0, 0, 0];
    for (let seed = 0; seed < 120; seed += 1) {
      const run = differing(chorus, seed, 300);
      expect(run.first).toBeUndefined();
      if (run.steps >= 200) long += 1;
      writes += run.writes;
      deepest = Math.max(deepest, run.deepest);
    }
    expect(long).toBeGreaterThan(40);
    expect(writes).toBeGreaterThan(1000);
    expect(deepest).toBeGreaterThan(5);
  }, 120_000);

  test('is told from one that does not', () => {
    const broken = mutate(chorus, chorusSuite.mutants['second-copy-forgets-the-first']!);
    const found = Array.from({ length: 10 }, (_, seed) => differing(broken, seed, 300).first).filter((first) => first !== undefined);
    expect(found.length).toBeGreaterThan(0);
  });
});
