import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The package's own folder, whether this runs from the sources or from what was built of them. */
export const packageRoot: URL = findRoot(new URL('.', import.meta.url));

function findRoot(from: URL): URL {
  if (existsSync(new URL('package.json', from))) return from;
  return findRoot(new URL('..', from));
}

/** The package's version. */
export const packageVersion: string =
  (JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8')) as { readonly version: string }).version;

/**
 * Which model a trace was made with: a hash over the sources of the kernel's transition functions. The
 * package carries them, so it is the same wherever the package runs.
 */
export function modelVersion(kernel: string): string {
  const model = new URL('model/', packageRoot);
  const shared = readdirSync(model).filter((name) => isSource(name));
  const own = readdirSync(new URL(`${kernel}/`, model), { recursive: true }).map((name) => `${kernel}/${String(name)}`).filter(isSource);
  const hash = createHash('sha256');
  for (const name of [...shared, ...own].sort()) hash.update(`${name}\n`).update(readFileSync(new URL(name, model)));
  return hash.digest('hex').slice(0, 12);
}

const isSource = (name: string): boolean => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('.d.ts');
