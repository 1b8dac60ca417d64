import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { snapshot } from '#model/copy';
import { runInPlace } from '#model/kernel';
import { mach, type MachKernel } from '#model/mach/kernel';
import type { MachState } from '#model/mach/state';
import { pack } from '#model/schema';
import { canonical } from '#properties/canonical';
import { randomRun } from '#properties/check';
import { following } from '#properties/program';
import { machSuite } from '#properties/mach/suite';
import { Random } from '#properties/random';

/** Shows every step of a random run, with the state before it as it was. */
function walk(kernel: MachKernel, seed: number, visit: (before: MachState, call: never, labels: readonly string[], after: MachState, events: unknown) => void): void {
  randomRun(machSuite, kernel, new Random(seed), 60, ({ before, call, choices, after, events }) => {
    visit(before, call as never, choices.map(({ taken }) => taken), after, events);
    return false;
  });
}

const seeds = fc.integer({ min: 0, max: 1_000_000 });

describe('a call that would never end', () => {
  test.each([
    ['in a loop of its own', (world: { readonly state: object }) => { while (Object.keys(world.state).length > 0); }],
    ['in choosing', (world: { choose: (kind: string, options: readonly number[], label: () => string) => number }) => {
      while (world.choose('runs next', [1], () => '') === 1);
    }],
    ['in reporting', (world: { report: (event: object) => void }) => { for (;;) world.report({ tag: 'ended', thread: 0 }); }],
  ])('%s is our own fault', (_where, settle) => {
    const endless = { ...mach, settle } as unknown as MachKernel;
    const state = endless.boot({ threads: [1] } as never);
    expect(() => runInPlace(endless, state, { operation: 'mach_task_self', thread: 0 } as never, following([]))).toThrow('goes on for ever');
  });
});

describe('a snapshot', () => {
  test('is the state as it was, and the one before it if nothing has changed', () => {
    fc.assert(fc.property(seeds, (seed) => {
      const { scope, draw } = machSuite.theme(new Random(seed));
      const state = mach.boot(scope as never);
      const kept = [{ taken: snapshot(state, null), packed: pack(mach.schema, state).join() }];
      const random = new Random(seed);
      for (let i = 0; i < 40; i += 1) {
        const call = draw(state, random);
        if (call === null) break;
        runInPlace(mach, state, call, (_kind, options) => random.pick(options));
        const packed = pack(mach.schema, state).join();
        const before = kept.at(-1)!;
        const taken = snapshot(state, before.taken);
        if (packed === before.packed) expect(taken).toBe(before.taken);
        kept.push({ taken, packed });
      }
      for (const { taken, packed } of kept) expect(pack(mach.schema, taken).join()).toBe(packed);
    }), { numRuns: 40, seed: 6 });
  });
});

describe('a state', () => {
  test('has one canonical form, however its tasks are numbered', () => {
    const self = (identity: number) => ({ tag: 'identity', identity }) as never;
    const allocate = (thread: number, task: number) => ({ operation: 'mach_port_allocate', thread, task: self(task), right: 'receive' }) as never;
    const forms = [[0, 1], [1, 0]].map(([first, second]) => {
      const state = mach.boot({ threads: [1, 1] } as never);
      runInPlace(mach, state, allocate(first!, first!), following([]));
      runInPlace(mach, state, allocate(first!, first!), following([]));
      runInPlace(mach, state, allocate(second!, second!), following([]));
      return canonical(mach.schema, state);
    });
    expect(forms[0]).toBe(forms[1]);
  });

  test('has another canonical form if it differs by more than numbers', () => {
    const seen = new Map<string, string>();
    fc.assert(fc.property(seeds, (seed) => {
      walk(mach, seed, (_before, _call, _labels, after) => {
        const form = canonical(mach.schema, after);
        const live = after.ports.filter(({ life }) => life === 'live').length;
        const known = seen.get(form);
        expect(known === undefined || known === String(live)).toBe(true);
        seen.set(form, String(live));
      });
    }), { numRuns: 20, seed: 5 });
  });
});
