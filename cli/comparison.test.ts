import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { paperReport } from '#reports/report-schemas';

const main = join(fileURLToPath(new URL('..', import.meta.url)), 'dist/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'portcullis-'));

function portcullis(...words: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], { cwd: folder, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

describe('compare', () => {
  test('prints the same as text, as JSON and as CSV', () => {
    const text = portcullis('compare', 'failure', '--tariff', 'crossings');
    const json = portcullis('compare', 'failure', '--tariff', 'crossings', '--json');
    const csv = portcullis('compare', 'failure', '--tariff', 'crossings', '--csv');
    expect([text.code, json.code, csv.code]).toEqual([0, 0, 0]);
    const { format, tariff, rows } = JSON.parse(json.out) as { format: string; tariff: { name: string }; rows: { price: { most: number } }[] };
    expect([format, tariff.name]).toEqual(['portcullis-compare/1', 'crossings']);
    expect(csv.out.trimEnd().split('\n').slice(1).map((line) => Number(line.split(',').at(-1)))).toEqual(rows.map(({ price }) => price.most));
    expect(text.out.match(/^(chorus|mach|qnx) .*\d$/gm)?.length).toBe(rows.length);
  });

  test('says why a kernel does nothing, and that nothing was compared', () => {
    const { code, out } = portcullis('compare', 'pager-fault', '--kernel', 'qnx');
    expect(code).toBe(3);
    expect(out).toContain('qnx: no process provides the memory of another');
  });

  test('writes tables, plots and a page', () => {
    const { code, out } = portcullis('compare', 'rpc', '--out', 'out');
    expect(code).toBe(0);
    expect(readdirSync(join(folder, 'out'))).toEqual(['compare.csv', 'compare.json', 'index.html', 'rpc-counts.svg', 'rpc-price.svg']);
    expect(readFileSync(join(folder, 'out/index.html'), 'utf8').match(/<svg/g)?.length).toBe(2);
    expect(out).toContain('tariff i386');
  });
});

describe('paper', () => {
  test('prints what is asked for, with its evidence', () => {
    const { code, out } = portcullis('paper', '--section', '7.4', '--kernel', 'chorus', '--verdict', 'does not hold');
    expect(code).toBe(0);
    expect(out).toContain('PAP-7.4-13  Only Chorus allows several processes to receive on one port.');
    expect(out).toContain('chorus/port-has-one-actor');
    expect(out).not.toContain('PAP-7.4-11');
  });

  test('prints findings with whether they are so, and JSON', () => {
    const { code, out } = portcullis('paper', '--section', '7.2', '--json');
    expect(code).toBe(0);
    const { statements } = paperReport.strict().parse(JSON.parse(out));
    const findings = statements.flatMap(({ evidence }) => evidence).filter(({ kind }) => kind === 'finding');
    expect(findings.length).toBeGreaterThan(5);
    expect(findings.every(({ borne }) => borne === 'holds')).toBe(true);
  });

  test('checks the obligations as well, when told to', () => {
    const { code, out } = portcullis('paper', '--section', '7.5', '--kernel', 'qnx', '--verdict', 'holds', '--check', '--profile', 'quick');
    expect(out).toContain('✓ qnx/old-pid-denotes-nothing');
    expect(code).toBe(0);
  }, 120_000);
});
