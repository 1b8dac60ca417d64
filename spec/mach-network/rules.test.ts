import { describe, expect, test } from 'vitest';
import { machRules } from '#spec/mach/rules';
import { machNetworkDocuments } from '#spec/mach-network/documents';
import { machNetworkRules } from '#spec/mach-network/rules';
import type { Rule } from '#spec/rule';

const rules: readonly (readonly [string, Rule])[] = Object.entries(machNetworkRules);

describe('the rules of Mach networks', () => {
  test('have numbers of their own, which no rule of Mach has', () => {
    const numbers = [...rules, ...Object.entries(machRules)].map(([, { number }]) => number);
    expect(numbers.filter((number, at) => numbers.indexOf(number) < at)).toEqual([]);
  });

  test('say their law in whole sentences', () => {
    expect(rules.filter(([, { states }]) => !/^[A-Z`].*\.$/.test(states) || /\s{2}/.test(states)).map(([slug]) => slug)).toEqual([]);
  });

  test('cite documents that are listed, and a place in each', () => {
    const wrong = rules.filter(([, { source }]) => source.length === 0
      || source.some(({ document, section }) => !(document in machNetworkDocuments) || section.trim() === ''));
    expect(wrong.map(([slug]) => slug)).toEqual([]);
  });

  test('that are disputed say what each variant makes of them', () => {
    const disputed = rules.filter(([, { standing }]) => standing === 'disputed');
    expect(disputed.length).toBeGreaterThan(0);
    for (const [slug, { readings }] of disputed) expect(Object.keys(readings ?? {}), slug).toEqual(['ideal', 'legacy']);
  });
});
