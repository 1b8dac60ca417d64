import { describe, expect, test } from 'vitest';
import { chorusDocuments } from '#spec/chorus/documents';
import { chorusRules } from '#spec/chorus/rules';
import type { Rule } from '#spec/rule';

const rules: readonly (readonly [string, Rule])[] = Object.entries(chorusRules);
const repeated = (values: readonly string[]) => values.filter((value, place) => values.indexOf(value) < place);

describe('the rules of Chorus', () => {
  test('have numbers of their own, in one form', () => {
    const numbers = rules.map(([, rule]) => rule.number);
    expect(repeated(numbers)).toEqual([]);
    expect(numbers.filter((number) => !/^CHO-[A-Z]{3}-[0-9]{2}[a-z]?$/.test(number))).toEqual([]);
  });

  test('have slugs of words', () => {
    expect(rules.map(([slug]) => slug).filter((slug) => !/^chorus\/[a-z]+(-[a-z]+){2,7}$/.test(slug))).toEqual([]);
  });

  test('say their law in whole sentences', () => {
    expect(rules.filter(([, { states }]) => !/^[A-Za-z].*\.$/.test(states) || /\s{2}/.test(states)).map(([slug]) => slug)).toEqual([]);
  });

  test('cite documents that are listed, and a place in each', () => {
    for (const [slug, { source }] of rules) {
      expect(source.length, slug).toBeGreaterThan(0);
      for (const { document, section } of source) {
        expect(Object.keys(chorusDocuments), slug).toContain(document);
        expect(section.trim(), slug).not.toBe('');
      }
    }
  });

  test('give at least two readings where the sources disagree or leave it open, and only there', () => {
    for (const [slug, { standing, readings }] of rules) {
      const several = standing === 'disputed' || standing === 'silent';
      expect(several ? Object.keys(readings ?? {}).length >= 2 : readings === undefined, slug).toBe(true);
    }
  });
});
