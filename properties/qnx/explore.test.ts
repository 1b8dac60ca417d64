import { describe, expect, test } from 'vitest';
import { mutate } from '#properties/obligation';
import { explore } from '#properties/explore';
import { qnxScopes } from '#properties/qnx/scopes';
import { qnxSuite } from '#properties/qnx/suite';

/** Exact counts are the cheapest regression test there is: a change of the model that shows anywhere shows here. */
describe('exploring QNX whole', () => {
  test.each([
    ['proxies', 170, 476],
    ['three-exchange', 742, 1_746],
    ['signals-and-replies', 1_061, 3_572],
    ['scheduled-exchange', 1_377, 2_549],
  ])('finds every state of %s, and no breach', async (scope, states, transitions) => {
    const explored = await explore(qnxSuite, qnxSuite.kernel, qnxScopes[scope]!);
    expect(explored).toMatchObject({ states, transitions, complete: true, found: null });
  }, 120_000);

  test('finds a shortest counterexample of a mutant', async () => {
    const mutant = mutate(qnxSuite.kernel, qnxSuite.mutants['death-leaves-reply-blocked']!);
    const explored = await explore(qnxSuite, mutant, qnxScopes['three-exchange']!, { rules: new Set(['qnx/server-death-frees-its-clients']) });
    expect(explored.found?.calls).toHaveLength(3);
  });
});
