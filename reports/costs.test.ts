import { describe, expect, test } from 'vitest';
import { bundleOf } from '#traces/bundle';
import { costRows, partCounts, type CostRow } from '#reports/costs';

const BYTES = 64;
const rowsOf = async (kernel: string): Promise<readonly CostRow[]> => costRows([(await bundleOf(kernel))!], BYTES);

const copies = ({ cost }: CostRow): number => cost['copy']!;
const passes = ({ cost }: CostRow): number => cost['pass']!;

describe('what an exchange costs', async () => {
  const [mach, qnx, chorus] = await Promise.all([rowsOf('mach'), rowsOf('qnx'), rowsOf('chorus')]);
  const form = (rows: readonly CostRow[], name: string) => rows.filter((row) => row.form === name);

  test('is counted for every number of parts', () => {
    for (const rows of [form(mach, 'inline'), form(mach, 'out-of-line'), form(qnx, 'one buffer'), form(qnx, 'multipart')]) {
      expect(rows.map(({ parts }) => parts)).toEqual([...partCounts]);
    }
  });

  test('is one copy fewer each way where nothing is buffered', () => {
    for (const [at, row] of form(qnx, 'one buffer').entries()) expect(copies(row)).toBe(copies(form(mach, 'inline')[at]!) - 2);
  });

  test('spares programs their gathering and scattering where the kernel knows the parts', () => {
    expect(form(qnx, 'multipart').map(passes)).toEqual(partCounts.map(() => 0));
    expect(form(qnx, 'one buffer').map(passes)).toEqual(partCounts.map((parts) => (parts === 1 ? 0 : 4)));
  });

  test('is for data by reference the same however long the data is', async () => {
    const long = form(costRows([(await bundleOf('mach'))!], 4 * BYTES), 'out-of-line');
    for (const [at, row] of form(mach, 'out-of-line').entries()) expect(long[at]!.cost['byte']).toBe(row.cost['byte']);
  });

  test('crosses the network where the server is elsewhere, and not otherwise', () => {
    expect(form(chorus, 'procedure call').every(({ cost }) => cost['packet'] === undefined)).toBe(true);
    expect(form(chorus, 'to another site').every(({ cost }) => cost['packet']! >= 2)).toBe(true);
  });
});
