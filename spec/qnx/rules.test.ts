import { describe, expect, test } from 'vitest';
import { qnxDocuments } from '#spec/qnx/documents';
import { qnxRules } from '#spec/qnx/rules';
import type { Rule } from '#spec/rule';

const rules: readonly (readonly [string, Rule])[] = Object.entries(qnxRules);

const repeated = (values: readonly string[]) =>
  values.filter((value, place) => values.indexOf(value) < place);

describe('the rules of QNX', () => {
  test('have numbers of their own, in one form', () => {
    const numbers = rules.map(([, rule]) => rule.number);
    expect(repeated(numbers)).toEqual([]);
    expect(numbers.filter((number) => !/^QNX-[A-Z]+-([0-9]{2}|[A-Z]+(-[A-Z]+)*)$/.test(number))).toEqual([]);
  });

  test('have slugs of three to seven words', () => {
    const slugs = rules.map(([slug]) => slug);
    const misshapen = slugs.filter((slug) => !/^qnx\/[a-z]+(-[a-z]+){2,6}$/.test(slug));
    expect(misshapen).toEqual([]);
  });

  test('say their law in whole sentences', () => {
    const halves = rules.filter(([, { states }]) => !/^[A-Z`].*\.$/.test(states) || /\s{2}/.test(states));
    expect(halves.map(([slug]) => slug)).toEqual([]);
  });

  test('cite documents that are listed, and a place in each', () => {
    for (const [slug, { source }] of rules) {
      expect(source.length, slug).toBeGreaterThan(0);
      for (const { document, section } of source) {
        expect(Object.keys(qnxDocuments), slug).toContain(document);
        expect(section.trim(), slug).not.toBe('');
      }
    }
  });

  test('give at least two readings where the sources disagree or leave it open, and only there', () => {
    for (const [slug, { standing, readings }] of rules) {
      const several = standing === 'disputed' || standing === 'silent';
      const count = Object.keys(readings ?? {}).length;
      expect(several ? count >= 2 : readings === undefined, slug).toBe(true);
    }
  });

  test('name the readings of a dispute by the variants of the model', () => {
    for (const [slug, { standing, readings }] of rules) {
      if (standing !== 'disputed') continue;
      expect(Object.keys(readings ?? {}), slug).toEqual(expect.arrayContaining(['documented', 'yield-on-kernel-calls']));
    }
  });
});
