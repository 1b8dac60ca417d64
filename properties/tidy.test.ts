import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { machRules } from '#spec/mach/rules';
import { mach } from '#model/mach/kernel';
import { implementedBy } from '#model/mach/world';
import { machDischarges } from '#properties/mach/discharges';
import { machMutants } from '#properties/mach/mutants';

const root = new URL('..', import.meta.url);
const areas = ['spec', 'model', 'properties', 'traces', 'reports', 'cli'];

interface Source { readonly path: string; readonly area: string; readonly text: string }

const sources: readonly Source[] = [...areas, 'bench', 'implementations'].flatMap((area) =>
  readdirSync(new URL(`${area}/`, root), { recursive: true }).map(String)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ path: `${area}/${name}`, area, text: readFileSync(new URL(`${area}/${name}`, root), 'utf8') })));

const offending = (wrong: (source: Source) => boolean): readonly string[] => sources.filter(wrong).map(({ path }) => path);

describe('the sources', () => {
  test('import to the left only', () => {
    const wrong = sources.flatMap(({ path, area, text }) => {
      const allowed = areas.indexOf(area) < 0 ? (area === 'bench' ? areas : []) : areas.slice(0, areas.indexOf(area) + 1);
      return [...text.matchAll(/from '#([a-z]+)\//g)].filter(([, to]) => !allowed.includes(to!)).map(([, to]) => `${path} imports #${to}`);
    });
    expect(wrong).toEqual([]);
  });

  test('take types alone from the spec, where they are the model', () => {
    expect(offending(({ area, text, path }) => area === 'model' && !path.endsWith('.test.ts') && /^import (?!type).*from '#spec/m.test(text))).toEqual([]);
  });

  test('have no path relative to themselves', () => {
    expect(offending(({ area, text }) => area !== 'implementations' && /from '\.\.?\//.test(text))).toEqual([]);
  });

  test('leave nothing for later', () => {
    const marks = new RegExp(['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].map((mark) => `\\b${mark}\\b`).join('|'));
    expect(offending(({ text }) => marks.test(text))).toEqual([]);
  });

  test('draw nothing from the clock or from chance', () => {
    const drawn = new RegExp(['Math\\.ran' + 'dom', 'Date\\.n' + 'ow'].join('|'));
    expect(offending(({ area, text }) => ['spec', 'model', 'properties'].includes(area) && drawn.test(text))).toEqual([]);
  });

  test('keep to a width that can be read', () => {
    const long = sources.flatMap(({ path, text }) => text.split('\n')
      .flatMap((line, at) => (line.length > 200 ? [`${path}:${at + 1} (${line.length})`] : [])));
    expect(long).toEqual([]);
  });
});

describe('every slug that is written', () => {
  const rules = new Set(Object.keys(machRules));

  test('in the model is a rule', () => {
    const written = [
      ...Object.values(mach.operations).flatMap((operation) => operation.implements),
      ...Object.values(mach.mechanisms).flatMap((mechanism) => implementedBy(mechanism)),
    ];
    expect(written.filter((slug) => !rules.has(slug))).toEqual([]);
  });

  test('in a discharge or a mutant is a rule', () => {
    expect(Object.keys(machDischarges).filter((slug) => !rules.has(slug))).toEqual([]);
    expect(Object.values(machMutants).map(({ rule }) => rule).filter((slug) => !rules.has(slug))).toEqual([]);
  });
});

describe('every mutant', () => {
  test.each(Object.entries(machMutants))('%s names a fault and changes something', (_slug, { fault, operations, mechanisms, settle }) => {
    expect(fault.length).toBeGreaterThan(10);
    expect([operations, mechanisms, settle].some((part) => part !== undefined)).toBe(true);
  });
});
