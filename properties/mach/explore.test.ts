import { describe, expect, test } from 'vitest';
import { explore } from '#properties/explore';
import { machScopes } from '#properties/mach/scopes';
import { machSuite } from '#properties/mach/suite';

/** Exact counts are the cheapest regression test there is: a change of the model that shows anywhere shows here. */
describe('exploring Mach whole', () => {
  test.each([
    ['two-tasks', 9_776, 29_247],
    ['one-task', 70_724, 124_341],
  ])('finds every state of %s', async (scope, states, transitions) => {
    const explored = await explore(machSuite, machSuite.kernel, machScopes[scope]!, { rules: new Set() });
    expect(explored).toMatchObject({ states, transitions, complete: true, found: null });
  }, 120_000);

  test('finds every state of the largest scope', async () => {
    const explored = await explore(machSuite, machSuite.kernel, machScopes['two-tasks-two-ports']!, { rules: new Set() });
    expect(explored).toMatchObject({ states: 176_100, transitions: 541_883, complete: true });
  }, 300_000);

  test('finds a shortest counterexample of a mutant', async () => {
    const mutant = { ...machSuite.kernel, mechanisms: { ...machSuite.kernel.mechanisms, ...machSuite.mutants['copy-in-keeps-the-receive-right']!.mechanisms } };
    const explored = await explore(machSuite, mutant as never, machScopes['two-tasks-two-ports']!, {
      rules: new Set(['mach/receive-right-is-exclusive']),
    });
    expect(explored.found?.calls).toHaveLength(4);
  });
});
