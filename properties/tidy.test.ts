import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isWaiver } from '#properties/obligation';
import { kernels } from '#properties/suites.testing';

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

/** The lines of a function that begins on a line: up to the brace that closes it, at its own depth. */
function functionsOf(text: string): readonly (readonly [line: number, body: string])[] {
  const lines = text.split('\n');
  return lines.flatMap((line, at): (readonly [number, string])[] => {
    if (!/(=>|\)|\w>?) \{$/.test(line) || !/(=> \{|\bfunction\b|^\s+(?:async |\*|get )?#?\w+\(.*\)(?:: .*)? \{)$|\bfunction\b/.test(line)) return [];
    if (/^\s*(?:\} )?(?:if|for|while|switch|catch|else|try)\b/.test(line)) return [];
    const depth = /^\s*/.exec(line)![0];
    const end = lines.findIndex((other, place) => place > at && other.startsWith(`${depth}}`));
    return [[at + 1, lines.slice(at, end + 1).join('\n')]];
  });
}

const isTest = ({ path }: Source): boolean => path.endsWith('.test.ts');

describe('the code', () => {
  const code = sources.filter((source) => !isTest(source) && source.area !== 'spec');
  const functions = code.flatMap(({ path, text }) => functionsOf(text).map(([line, body]) => ({ place: `${path}:${line}`, body })));

  test('is in functions that can be taken in at a glance', () => {
    expect(functions.length).toBeGreaterThan(500);
    expect(functions.filter(({ body }) => body.split('\n').length > 70).map(({ place }) => place)).toEqual([]);
  });

  test('is in files about one thing', () => {
    const long = sources.map(({ path, text }) => ({ path, lines: text.split('\n').length })).filter(({ lines }) => lines > 500);
    expect(long).toEqual([]);
  });

  test('of an operation refuses before it changes anything', () => {
    const late = functions.filter(({ place, body }) => place.startsWith('model/') && body.includes('change(')
      && body.indexOf('raised(', body.indexOf('change(')) >= 0);
    expect(late.map(({ place }) => place)).toEqual([]);
  });

  test('lets no type go unchecked', () => {
    expect(offending(({ text }) => /(: |<|as |\| )any\b(?=[\][>,;)= ]|$)(?! \w)/m.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'|`[^`]*`/g, '')))).toEqual([]);
  });

  test('leaves the places in documents to the spec', () => {
    expect(offending((source) => source.area !== 'spec' && !isTest(source) && /§|\bsections? \d/i.test(source.text))).toEqual([]);
  });
});

test('there are kernels', () => {
  expect(kernels.map(({ name }) => name)).toContain('mach');
});

describe.each(kernels)('of $name', ({ name, suite }) => {
  const rules = new Set(Object.keys(suite.rules));
  const own = sources.filter(({ path, area }) => path.startsWith(`${area}/${name}/`));
  const laws = own.filter(({ path }) => path.startsWith(`properties/${name}/laws/`));

  test('every folder has its kernel\'s name, and every rule its prefix', () => {
    expect(suite.kernel.name).toBe(name);
    expect([...rules].filter((slug) => !new RegExp(`^${name}/[a-z0-9]+(-[a-z0-9]+)*$`).test(slug))).toEqual([]);
  });

  test('every slug written in the model and the laws is a rule', () => {
    const slug = new RegExp(`'(${name}/[a-z0-9-]+)'`, 'g');
    const written = own.filter(({ area }) => area === 'model' || area === 'properties')
      .flatMap(({ path, text }) => [...text.matchAll(slug)].map(([, found]) => ({ path, slug: found! })));
    expect(written.length).toBeGreaterThan(0);
    expect(written.filter((found) => !rules.has(found.slug))).toEqual([]);
  });

  test('every operation says which rules it implements, and they are rules', () => {
    const wrong = Object.entries(suite.kernel.operations).filter(([, { implements: slugs }]) =>
      slugs.length === 0 || slugs.some((slug) => !rules.has(slug)));
    expect(wrong.map(([operation]) => operation)).toEqual([]);
  });

  test('every discharge is of a rule, and every obligation says when it is put to the test', () => {
    const wrong = Object.entries(suite.discharges).filter(([slug, discharge]) => !rules.has(slug)
      || (!isWaiver(discharge) && Object.keys(discharge.sometimes).length === 0));
    expect(wrong.map(([slug]) => slug)).toEqual([]);
  });

  test('every waiver gives a reason', () => {
    const short = Object.entries(suite.discharges).filter(([, discharge]) => isWaiver(discharge) && discharge.waived.length < 20);
    expect(short.map(([slug]) => slug)).toEqual([]);
  });

  test('every obligation has a mutant that breaks its rule', () => {
    const broken = new Set(Object.values(suite.mutants).map(({ rule }) => rule));
    const toothless = Object.entries(suite.discharges).filter(([slug, discharge]) => !isWaiver(discharge) && !broken.has(slug));
    expect(toothless.map(([slug]) => slug)).toEqual([]);
  });

  test('every mutant breaks a rule that is checked, names its fault and changes something', () => {
    const wrong = Object.entries(suite.mutants).filter(([, { rule, fault, operations, mechanisms, settle }]) => {
      const discharge = suite.discharges[rule];
      return discharge === undefined || isWaiver(discharge) || fault.length <= 10
        || [operations, mechanisms, settle].every((part) => part === undefined);
    });
    expect(wrong.map(([slug]) => slug)).toEqual([]);
  });

  test('a file about the law of one rule has the name of that rule', () => {
    const wrong = laws.flatMap(({ path, text }) => {
      const slugs = [...text.matchAll(new RegExp(`^ {2,4}'${name}/([a-z0-9-]+)': \\{$`, 'gm'))].map(([, slug]) => slug!);
      return slugs.length === 1 && !path.endsWith(`/${slugs[0]!}.ts`) ? [`${path} is about ${slugs[0]!} alone`] : [];
    });
    expect(wrong).toEqual([]);
  });
});
