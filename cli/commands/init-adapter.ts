import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BadInput } from '#traces/fault';
import { packageRoot } from '#traces/version';
import { exitCodes } from '#cli/exit';

const kits = new URL('implementations/kits/', packageRoot);

/** The languages there is a kit for. */
export const kitLanguages = (): readonly string[] =>
  readdirSync(kits, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();

/** What a kit is made of, and how its example is built and run. */
const kitSchema = z.object({
  files: z.array(z.string()),
  needs: z.string(),
  build: z.array(z.string()).nullable(),
  run: z.array(z.string()),
});

/** Copies the kit of a language, and an example adapter to begin with, into a folder. */
export function initAdapter(options: { readonly lang: string; readonly out: string }): number {
  if (!kitLanguages().includes(options.lang)) {
    throw new BadInput(`there is no kit for ${options.lang}; there are: ${kitLanguages().join(', ')}`);
  }
  const folder = new URL(`${options.lang}/`, kits);
  const { files, needs, build, run } = kitSchema.parse(JSON.parse(readFileSync(new URL('kit.json', folder), 'utf8')));
  const there = files.filter((file) => existsSync(join(options.out, file)));
  if (there.length > 0) throw new BadInput(`${options.out} already has ${there.join(' and ')}; nothing was written`);
  mkdirSync(options.out, { recursive: true });
  for (const file of files) copyFileSync(new URL(file, folder), join(options.out, file));
  process.stdout.write([
    `${files.join(' and ')} are in ${options.out}; ${needs} is needed.`,
    `The example is judged so:`,
    `  cd ${options.out}`,
    ...(build === null ? [] : [`  ${build.join(' ')}`]),
    `  portcullis conform 'stdio:${run.join(' ')}'`,
    '',
  ].join('\n'));
  return exitCodes.holds;
}
