import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { TraceFile } from '#spec/trace';
import { paper } from '#spec/paper';
import type { Document } from '#spec/rule';
import type { Bundle } from '#traces/bundle';
import { parseTrace } from '#traces/trace-file';
import { packageRoot } from '#traces/version';
import { indexPage, rulePage, type RulePageParts } from '#reports/rule-page';

/** What a kernel's pages are made of beside its suite: documents it cites, and the paper's statements. */
export interface PageSources {
  readonly documents: Readonly<Record<string, Document>>;
  readonly statements: readonly { readonly id: string; readonly says: string; readonly verdict: string; readonly rules: readonly string[] }[];
  /** The rules that a shared mechanism implements. */
  readonly implementedBy: (mechanism: object) => readonly string[];
}

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** The sources of a kernel's pages: its folder beside this file says what they are. Without one, the paper's alone. */
async function sourcesOf(kernel: string): Promise<PageSources> {
  if (!existsSync(new URL(`${kernel}/sources.${extension}`, import.meta.url))) {
    return { documents: {}, statements: paper.filter(({ kernels }) => (kernels as readonly string[]).includes(kernel)), implementedBy: () => [] };
  }
  const module = await import(new URL(`${kernel}/sources.${extension}`, import.meta.url).href) as { readonly sources: PageSources };
  return module.sources;
}

/** Every page of a kernel by rule, and its index. */
export async function rulePages(bundle: Bundle): Promise<{ readonly pages: ReadonlyMap<string, string>; readonly index: string }> {
  const { suite } = bundle;
  const kernel = suite.kernel.name;
  const { documents, statements, implementedBy } = await sourcesOf(kernel);
  const files = new SourceFiles(kernel);
  const traces = tracesOf(bundle);
  const parts = Object.entries(suite.rules).map(([slug, rule]): RulePageParts => ({
    slug, rule, documents,
    implementedBy: [
      ...Object.entries(suite.kernel.operations).filter(([, { implements: rules }]) => rules.includes(slug)).map(([name]) => ({ name, file: files.modelFile(slug, name) })),
      ...Object.entries(suite.kernel.mechanisms).filter(([, mechanism]) => implementedBy(mechanism as object).includes(slug))
        .map(([name]) => ({ name, file: files.modelFile(slug, name) })),
    ],
    discharge: suite.discharges[slug] as never,
    lawFile: files.lawFile(slug),
    mutants: Object.entries(suite.mutants).filter(([, mutant]) => mutant.rule === slug)
      .map(([name, { fault }]) => ({ slug: name, fault, trace: traces.get(name) ?? null })),
    statements: statements.filter(({ rules }) => rules.includes(slug)),
  }));
  return { pages: new Map(parts.map((part) => [part.slug, rulePage(part)])), index: indexPage(kernel, parts) };
}

/** The committed counterexamples of a kernel's mutants. */
function tracesOf(bundle: Bundle): ReadonlyMap<string, TraceFile> {
  const { suite } = bundle;
  const folder = new URL(`traces/${suite.kernel.name}/`, packageRoot);
  const traces = new Map<string, TraceFile>();
  for (const slug of Object.keys(suite.mutants)) {
    const file = new URL(`${slug}.trace.json`, folder);
    if (existsSync(file)) traces.set(slug, parseTrace(file.pathname, readFileSync(file, 'utf8'), () => bundle));
  }
  return traces;
}

/** Finds the file in which a slug is spoken of: the slug is the place. */
class SourceFiles {
  readonly #model: readonly (readonly [file: string, text: string])[];
  readonly #laws: readonly (readonly [file: string, text: string])[];

  constructor(kernel: string) {
    this.#model = readSources(`model/${kernel}`);
    this.#laws = readSources(`properties/${kernel}/laws`);
  }

  /** The file that names the slug in its `implements`, preferring one that defines the name too. */
  modelFile(slug: string, name: string): string {
    const speaking = this.#model.filter(([, text]) => text.includes(`'${slug}'`));
    const defining = speaking.find(([, text]) => text.includes(`'${name}'`) || new RegExp(`const ${name}\\b`).test(text));
    return (defining ?? speaking[0])?.[0] ?? `model/${slug.split('/')[0]}/kernel.ts`;
  }

  lawFile(slug: string): string | null {
    return this.#laws.find(([, text]) => text.includes(`'${slug}': {`))?.[0] ?? null;
  }
}

function readSources(folder: string): readonly (readonly [file: string, text: string])[] {
  const root = new URL(`${folder}/`, packageRoot);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true }).map(String).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).sort()
    .map((name) => [`${folder}/${name}`, readFileSync(new URL(name, root), 'utf8')]);
}
