import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** The sources of the kernel: beside this file, or, when this file is compiled, where it was compiled from. */
export function kernelSources(): string {
  const places = [join(here, 'kernel'), join(here, '../../../implementations/qnx-posix/kernel')];
  const found = places.find((place) => existsSync(join(place, 'main.c')));
  if (found === undefined) throw new Error(`the kernel's sources are missing: ${places.join(' or ')}`);
  return found;
}

/** The files the compiler is given, in a fixed order. */
export const sourceFiles = (): readonly string[] =>
  readdirSync(kernelSources()).filter((name) => name.endsWith('.c')).sort();

/** Where the built kernel is kept: a place of its own for every state of the sources, so that none is ever stale. */
export function kernelBinary(): string {
  const { PORTCULLIS_CACHE, XDG_CACHE_HOME } = process.env;
  const base = PORTCULLIS_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'portcullis');
  const digest = createHash('sha256');
  for (const name of readdirSync(kernelSources()).sort()) {
    digest.update(`${name}\n`).update(readFileSync(join(kernelSources(), name)));
  }
  return join(base, 'qnx-posix', digest.digest('hex').slice(0, 16), 'kernel');
}

/** How to build it. */
export const setupCommand = 'npx portcullis setup qnx-posix';
