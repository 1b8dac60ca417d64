import { describe, expect, test } from 'vitest';
import { explore } from '#properties/explore';
import { chorusScopes } from '#properties/chorus/scopes';
import { chorusSuite } from '#properties/chorus/suite';

/** Exact counts are the cheapest regression test there is: a change of the model that shows anywhere shows here. */
describe('exploring Chorus whole', () => {
  test.each([
    ['one-way', 2_000, 13_404],
    ['rpc', 609, 3_732],
    ['rpc-again', 2_544, 23_525],
    ['migration', 1_029, 3_950],
  ])('finds every state of %s', async (scope, states, transitions) => {
    const explored = await explore(chorusSuite, chorusSuite.kernel, chorusScopes[scope]!, { rules: new Set() });
    expect(explored).toMatchObject({ states, transitions, complete: true, found: null });
  }, 120_000);
});
