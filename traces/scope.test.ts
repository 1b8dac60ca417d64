import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bundleOf, kernelNames } from '#traces/bundle';
import { ModelSubject } from '#traces/model-subject';
import { readScope, sayable } from '#traces/scope';
import { readTrace } from '#traces/trace-file';
import { packageRoot } from '#traces/version';

const bundle = (await bundleOf('chorus'))!;

describe('where a run begins', () => {
  test('is said of Chorus by sites, privileges and limits, on the wire as in a trace', () => {
    const scope = { threads: [1, 1], sites: [1, 1], privileges: ['user', 'system'], limits: { queue: 1 } };
    expect(readScope(bundle, bundle.wireScope(scope) as never)).toEqual(scope);
  });

  test('is refused where it says what there is not', () => {
    expect(() => readScope(bundle, { threads: [1], moons: 2 } as never)).toThrow('moons');
    expect(() => readScope(bundle, { threads: [1, 1], sites: [0] } as never)).toThrow('there is one for each actor: 2, not 1');
  });

  test('is said to an adapter as far as that can set it up', () => {
    const scope = { threads: [1, 1], sites: [0, 0], limits: { queue: 1 } };
    expect(sayable(scope, ['sites'])).toEqual({ threads: [1, 1], sites: [0, 0] });
    expect(sayable(scope)).toEqual({ threads: [1, 1] });
  });

  test('decides what the nucleus answers', async () => {
    const subject = new ModelSubject('model:chorus', bundle, bundle.suite.kernel, 1);
    const first = async (sites: readonly number[]) => {
      await subject.reset('one', { threads: [1, 1], sites } as never);
      const { value: capability } = (await subject.step({ operation: 'actorSelf', thread: 't2' }))[0] as { value: unknown };
      return subject.step({ operation: 'actorStop', thread: 't1', actor: capability });
    };
    expect(await first([0, 1])).toEqual([{ tag: 'raised', thread: 't1', error: 'K_ESITE' }]);
    expect(await first([0, 0])).toEqual([{ tag: 'returned', thread: 't1', value: null }]);
  });
});

test.each(kernelNames())('every committed trace of %s begins where its kernel can', async (kernel) => {
  const form = (await bundleOf(kernel))!;
  const folder = new URL(`traces/${kernel}/`, packageRoot);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.trace.json'))) {
    expect(() => readTrace(new URL(file, folder).pathname, () => form)).not.toThrow();
  }
});
