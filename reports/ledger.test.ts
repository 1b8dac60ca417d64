import { beforeAll, describe, expect, test } from 'vitest';
import { paper } from '#spec/paper';
import type { Statement } from '#spec/paper/statement';
import { bundleOf, kernelNames, type Bundle } from '#traces/bundle';
import type { RuleReport } from '#reports/check-report';
import { ledger, ledgerText, standing, type Entry } from '#reports/ledger';

let bundles: ReadonlyMap<string, Bundle>;
beforeAll(async () => {
  bundles = new Map(await Promise.all(kernelNames().map(async (name) => [name, (await bundleOf(name))!] as const)));
});

const statement = (own: Partial<Statement>): Statement => ({
  id: 'PAP-0-01', section: '0', says: 'Something is so.', verdict: 'holds', because: 'It is.', kernels: ['mach'], rules: ['mach/receive-right-is-exclusive'], ...own,
});
const judged = async (own: Partial<Statement>): Promise<Entry> => (await ledger([statement(own)], bundles))[0]!;

const sends = { workload: 'one-way', kernel: 'mach', form: 'inline' } as const;
const refers = { ...sends, form: 'out-of-line' } as const;

describe('the ledger', () => {
  test('has evidence for every verdict', async () => {
    const entries = await ledger(paper, bundles);
    expect(entries.flatMap(({ statement: { id }, wrong }) => wrong.map((why) => `${id}: ${why}`))).toEqual([]);
    expect(standing(entries)).toBe('stands');
  }, 60_000);

  test.each<[string, Partial<Statement>, RegExp]>([
    ['an obligation that there is not', { rules: ['mach/no-such-rule'] }, /no such obligation/],
    ['a kernel that there is not', { rules: ['minix/no-such-rule'] }, /no such obligation/],
    ['nothing but what is waived', { rules: ['mach/shortage-is-told-to-the-receiver'] }, /nothing that is checked/],
    ['nothing at all', { rules: [] }, /nothing that is checked/],
    ['a trace that there is not', { traces: ['mach/no-such-trace'] }, /no such file/],
    ['a trace of another rule', { traces: ['mach/task-comes-with-a-thread'] }, /it is about mach\/task-may-have-no-threads/],
    ['a count that there is not', { findings: [{ of: 'clouds', one: refers, is: 'less than', other: sends }] }, /nothing of that name/],
    ['a form that there is not', { findings: [{ of: 'traps', one: { ...sends, form: 'none' }, is: 'less than', other: sends }] }, /no size/],
    ['a finding the wrong way round', { findings: [{ of: 'bytes copied', one: sends, is: 'less than', other: refers }] }, /not so at .*1048576/],
    ['a finding of equals that differ', { findings: [{ of: 'i386', one: sends, is: 'as much as', other: refers }] }, /not so at/],
  ])('does not let a verdict rest on %s', async (_, own, why) => {
    const entry = await judged(own);
    expect(entry.wrong.join('\n')).toMatch(why);
    expect(standing([entry])).toBe('falls');
    expect(ledgerText([entry])).toContain('verdicts that do not stand: PAP-0-01');
  });

  test('lets it rest on a finding that is so, and on sizes from where it is', async () => {
    const finding = { of: 'bytes copied', one: refers, is: 'less than', other: sends } as const;
    expect((await judged({ rules: [], findings: [finding] })).wrong).toEqual([]);
    expect((await judged({ findings: [{ of: 'messages', one: refers, is: 'as much as', other: sends }] })).wrong).toEqual([]);
  });

  test('asks for nothing where nothing can be said', async () => {
    expect((await judged({ verdict: 'cannot be said', rules: [] })).wrong).toEqual([]);
  });

  test.each([['holds', 'stands'], ['violated', 'falls'], ['not exercised', 'not exercised']] as const)(
    'makes of an obligation that is %s: %s', async (status, what) => {
      const report: RuleReport = { rule: 'mach/receive-right-is-exclusive', number: '', standing: 'stated', status, exercised: {}, violations: ['two holders'] };
      expect(standing(await ledger([statement({})], bundles, new Map([['mach', [report]]])))).toBe(what);
    },
  );
});
