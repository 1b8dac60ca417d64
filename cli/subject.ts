import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { BadInput, complaint } from '#traces/fault';
import { oneLine } from '#traces/text';
import { packageRoot } from '#traces/version';

const built = new URL('dist/implementations/', packageRoot);
const sources = new URL('implementations/', packageRoot);

/** The implementations that come with the package: every folder with an adapter. */
export const implementationNames = (): readonly string[] =>
  (existsSync(built) ? readdirSync(built, { withFileTypes: true }) : [])
    .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/adapter.js`, built)))
    .map(({ name }) => name);

/** The command that starts the adapter of a subject: `gnumach`, or `stdio:./adapter --option`. */
export function commandFor(subject: string): readonly string[] {
  if (subject.startsWith('stdio:')) {
    const words = splitWords(subject.slice('stdio:'.length));
    if (words.length === 0) throw new BadInput('stdio: takes the command that starts the adapter');
    return words;
  }
  if (!implementationNames().includes(subject)) {
    const known = ['model:<kernel>', 'mutant:<kernel>/<mutant>', 'stdio:<command>', ...implementationNames()];
    throw new BadInput(`there is no subject ${oneLine(subject)}; there are: ${known.join(', ')}`);
  }
  return [process.execPath, fileURLToPath(new URL(`${subject}/adapter.js`, built))];
}

/** Splits a command into words as a shell does with spaces and quotes; nothing else is special. */
export function splitWords(command: string): readonly string[] {
  const words: string[] = [];
  for (const [, double, single, bare] of command.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)) {
    words.push(double?.replace(/\\(.)/g, '$1') ?? single ?? bare ?? '');
  }
  return words;
}

/** What is known of an implementation: which variant it is judged by, and why. */
const baselineSchema = z.object({
  /** What the implementation calls itself, so that its recordings are known. */
  implementation: z.string().optional(),
  variant: z.string(),
  /** Where it differs from the documents: an entry that no run makes use of is stale. */
  deviations: z.array(z.object({
    rule: z.string(),
    reason: z.string().min(20),
    source: z.string().min(3),
  })),
  /** Known ways in which it breaks down altogether: what it says then, why, and who knows of it. */
  breakdowns: z.array(z.object({
    /** Any of these, as parts of what it says. */
    says: z.array(z.string().min(5)).min(1),
    reason: z.string().min(20),
    source: z.string().min(3),
    /** Runs meet it too seldom to call it stale when they do not. */
    seldom: z.boolean().default(false),
  })).default([]),
});
export type Baseline = z.infer<typeof baselineSchema>;

/** The baseline in a file, or the one that comes with an implementation; none means: as documented. */
export function baselineFor(subject: string, path: string | undefined): Baseline {
  const none: Baseline = { variant: 'documented', deviations: [], breakdowns: [] };
  if (path === undefined && !implementationNames().includes(subject)) return none;
  const file = path ?? fileURLToPath(new URL(`${subject}/baseline.json`, sources));
  if (path === undefined && !existsSync(file)) return none;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new BadInput(`${file}: ${(error as Error).message}`);
  }
  const parsed = baselineSchema.safeParse(value);
  if (!parsed.success) throw new BadInput(`${file}: ${complaint(parsed.error)}`);
  return parsed.data;
}

/** The variant that judges what an implementation recorded, by what it calls itself. */
export const variantFor = (implementation: string | null): string => implementationNames()
  .map((name) => baselineFor(name, undefined)).find((baseline) => implementation !== null && baseline.implementation === implementation)?.variant ?? 'documented';
