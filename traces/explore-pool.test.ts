import { describe, expect, test } from 'vitest';
import { shortestOf } from '#traces/explore-pool';
import { bundle } from '#traces/mach/bundle';

const explored = (slug: string, maxStates: number) =>
  shortestOf(bundle, { work: 'explore', kernel: 'mach', slug, scope: 'two-tasks-two-ports', maxStates });

describe('exploring a mutant', () => {
  test('finds a shortest run that shows its fault', async () => {
    expect(await explored('copy-in-keeps-the-receive-right', 20_000)).toMatchObject({ calls: 4, why: null });
  });

  test('says when the fault was not met', async () => {
    expect(await explored('copy-in-keeps-the-receive-right', 2)).toMatchObject({ calls: null, why: 'not within the first 2 states' });
  });
});
