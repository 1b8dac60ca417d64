import { describe, expect, test } from 'vitest';
import { machDocuments } from '#spec/mach/documents';
import { machRules } from '#spec/mach/rules';
import { paper } from '#spec/paper';
import { statements } from '#spec/paper/statement';
import type { MachRule } from '#spec/mach/rules';
import type { Rule } from '#spec/rule';

const rules: readonly (readonly [string, Rule])[] = Object.entries(machRules);

const repeated = (values: readonly string[]) =>
  values.filter((value, place) => values.indexOf(value) < place);

describe('the rules of Mach', () => {
  test('have numbers of their own, in one form', () => {
    const numbers = rules.map(([, rule]) => rule.number);
    expect(repeated(numbers)).toEqual([]);
    expect(numbers.filter((number) => !/^MACH-[A-Z]+-([0-9]{2}|[A-Z]+(-[A-Z]+)*)$/.test(number))).toEqual([]);
  });

  test('have slugs of three to seven words', () => {
    const slugs = rules.map(([slug]) => slug);
    const misshapen = slugs.filter((slug) => !/^mach\/[a-z]+(-[a-z]+){2,6}$/.test(slug));
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
        expect(Object.keys(machDocuments), slug).toContain(document);
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
      expect(Object.keys(readings ?? {}), slug).toEqual(expect.arrayContaining(['documented', 'gnumach']));
    }
  });
});

describe('the statements of the paper', () => {
  test('have ids of their own, each in its section', () => {
    expect(repeated(paper.map(({ id }) => id))).toEqual([]);
    for (const { id, section } of paper) expect(id).toMatch(new RegExp(`^PAP-${section}-[0-9]{2}$`));
  });

  test('name rules that exist', () => {
    for (const { id, rules: named } of paper.filter(({ kernels }) => kernels.includes('mach'))) {
      const unknown = named.filter((slug) => slug.startsWith('mach/') && !(slug in machRules));
      expect(unknown, id).toEqual([]);
      expect(repeated(named), id).toEqual([]);
    }
  });

  test('rest on a rule wherever something can be said', () => {
    const decided = paper.filter(({ verdict }) => verdict !== 'cannot be said');
    const bare = decided.filter((statement) => statement.rules.length === 0);
    expect(bare.map(({ id }) => id)).toEqual([]);
  });

  test('take only slugs of the kernel they are judged by', () => {
    statements<MachRule>()([{
      id: 'PAP-0-00', section: '0', says: '', verdict: 'holds', because: '', kernels: ['mach'],
      // @ts-expect-error: no such rule
      rules: ['mach/no-such-rule'],
    }]);
  });
});
