import { expect, test } from 'vitest';
import { Laws } from '#properties/laws';
import { hunt, shrinkCounterexample } from '#properties/mutation';
import { mutate } from '#properties/obligation';
import { machSuite } from '#properties/mach/suite';
import { simplifyMach } from '#properties/mach/simplify';

const effort = { seed: 1, runs: 200, length: 40 };

test('a mutant is caught by a law that compares runs, and the run that shows it is shortened', () => {
  const { own } = hunt(machSuite, 'request-acts-on-its-sender', effort);
  expect(own).toMatchObject({ rule: 'mach/request-is-the-call', kind: 'relates' });
  const kernel = mutate(machSuite.kernel, machSuite.mutants['request-acts-on-its-sender']!);
  const shrunk = shrinkCounterexample(machSuite, kernel, own!, simplifyMach);
  expect(shrunk.kind).toBe('relates');
  expect(shrunk.calls.length).toBeLessThanOrEqual(2);
  expect(shrunk.violations).not.toEqual([]);
});

test('a law that compares runs is dear, and judges steps only for whoever asks', () => {
  const laws = new Laws(machSuite.discharges, new Set(['mach/request-is-the-call']));
  expect(laws.areOfSteps).toBe(false);
  expect(hunt(machSuite, 'request-acts-on-its-sender', { ...effort, runs: 0 })).toEqual({ own: null, runs: 0 });
});
