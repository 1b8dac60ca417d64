import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mutantEffort, profiles } from '#properties/check';
import { bundleOf, kernelNames, type Bundle } from '#traces/bundle';
import { tryMutants } from '#traces/mutant-pool';
import type { MutantResult } from '#traces/mutants';
import { writeTrace } from '#traces/trace-file';
import { packageRoot } from '#traces/version';
import { rulePages } from '#reports/pages';
import { tariffs } from '#spec/tariffs';
import { compare } from '#reports/compare';
import { comparePage, plots } from '#reports/compare-page';
import { costPage } from '#reports/costs';
import { migrationPage } from '#reports/migration';
import { measureMigration } from '#properties/network/movable';
import { kernelSchemas, schemaText, sharedSchemas } from '#reports/schemas';

/** The seed that the committed counterexamples are made with. */
const SEED = 1;

/** A file that is made from others, by its path in the package. */
type Generated = ReadonlyMap<string, string>;

/** The counterexample of every mutant, shrunk. */
async function traceFiles(bundle: Bundle, workers: number): Promise<Generated> {
  const { suite } = bundle;
  const kernel = suite.kernel.name;
  const onResult = ({ mutant, caught }: MutantResult) => {
    process.stderr.write(`${caught ? 'caught' : 'NOT CAUGHT'} ${kernel}/${mutant}\n`);
  };
  const results = await tryMutants(bundle, Object.keys(suite.mutants), { ...mutantEffort(profiles['ci']!), seed: SEED }, { workers, onResult });
  return new Map(results.flatMap(({ mutant, trace }) =>
    (trace === null ? [] : [[`traces/${kernel}/${mutant}.trace.json`, writeTrace(trace)] as const])));
}

/** The page of every rule, and the index. */
async function pageFiles(bundle: Bundle): Promise<Generated> {
  const kernel = bundle.suite.kernel.name;
  const { pages, index } = await rulePages(bundle);
  const files = [...pages].map(([slug, page]) => [`reports/${slug}.md`, page] as const);
  return new Map([...files, [`reports/${kernel}/README.md`, index] as const]);
}

async function schemaFiles(kernel: string): Promise<Generated> {
  const files = await Promise.all(kernelSchemas.map(async (name) =>
    [`spec/schemas/${kernel}/${name}.schema.json`, `${await schemaText(name, kernel)}\n`] as const));
  return new Map(files);
}

/** The schemas that are the same for every kernel. */
async function sharedSchemaFiles(): Promise<Generated> {
  const files = await Promise.all(sharedSchemas.map(async (name) =>
    [`spec/schemas/${name}.schema.json`, `${await schemaText(name)}\n`] as const));
  return new Map(files);
}

/** Sizes of parts that the page of costs compares: a register's worth, a small record, a page. */
const COMPARED_BYTES = [8, 64, 4096];

async function costFiles(): Promise<Generated> {
  const bundles = await Promise.all(kernelNames().map(async (kernel) => (await bundleOf(kernel))!));
  return new Map([['reports/costs.md', costPage(bundles, COMPARED_BYTES)]]);
}

/** Programs that the page of migration measures. */
const MOVED_PROGRAMS = 200;

const migrationFiles = (): Generated =>
  new Map([['reports/migration.md', migrationPage(measureMigration(MOVED_PROGRAMS), MOVED_PROGRAMS)]]);

/** The tariff of the page that is kept: the one that most of its source is stated for. */
const KEPT_TARIFF = 'i386';

async function comparisonFiles(): Promise<Generated> {
  const comparison = await compare();
  const tariff = tariffs.get(KEPT_TARIFF)!;
  const drawn = plots(comparison, tariff);
  return new Map([
    ['reports/compare/README.md', comparePage(comparison, KEPT_TARIFF, tariff, drawn)],
    ...[...drawn].map(([name, svg]) => [`reports/compare/${name}`, svg] as const),
  ]);
}

/** Files of a folder that are generated, and are no longer. */
function leftovers(folder: string, ending: string, made: Generated): readonly string[] {
  const url = new URL(`${folder}/`, packageRoot);
  if (!existsSync(url)) return [];
  return readdirSync(url).map((name) => `${folder}/${name}`).filter((path) => path.endsWith(ending) && !made.has(path));
}

/** Writes what has changed; with `check`, only says so. */
function settle(made: Generated, gone: readonly string[], check: boolean): readonly string[] {
  const stale: string[] = [...gone];
  for (const [path, text] of made) {
    const file = new URL(path, packageRoot);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    stale.push(path);
    if (check) continue;
    mkdirSync(dirname(fileURLToPath(file)), { recursive: true });
    writeFileSync(file, text);
  }
  if (!check) for (const path of gone) rmSync(new URL(path, packageRoot));
  return stale;
}

/**
 * Makes the schemas, the counterexamples and the pages anew: `node dist/reports/generate.js [--check] [traces|pages|schemas|costs|compare]`.
 * With `--check` nothing is written, and a stale file is a failure.
 */
async function main(words: readonly string[]): Promise<number> {
  const check = words.includes('--check');
  const only = words.filter((word) => !word.startsWith('--'));
  const wants = (what: string) => only.length === 0 || only.includes(what);
  const stale: string[] = [];
  if (wants('schemas')) stale.push(...settle(await sharedSchemaFiles(), [], check));
  if (wants('compare')) {
    const made = await comparisonFiles();
    stale.push(...settle(made, leftovers('reports/compare', '.svg', made), check));
  }
  if (wants('costs')) stale.push(...settle(await costFiles(), [], check), ...settle(migrationFiles(), [], check));
  for (const kernel of kernelNames()) {
    const bundle = (await bundleOf(kernel))!;
    if (wants('schemas')) {
      const made = await schemaFiles(kernel);
      stale.push(...settle(made, leftovers(`spec/schemas/${kernel}`, '.schema.json', made), check));
    }
    if (wants('traces')) {
      const made = await traceFiles(bundle, 2);
      stale.push(...settle(made, leftovers(`traces/${kernel}`, '.trace.json', made), check));
    }
    if (wants('pages')) {
      const made = await pageFiles(bundle);
      stale.push(...settle(made, leftovers(`reports/${kernel}`, '.md', made), check));
    }
  }
  for (const path of stale) process.stderr.write(`${check ? 'stale' : 'written'}: ${path}\n`);
  process.stderr.write(`${stale.length} ${check ? 'stale' : 'written'}\n`);
  return check && stale.length > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
