import { readFileSync, writeFileSync } from 'node:fs';
import { BadInput } from '#traces/fault';
import { migrated, standingOf, type Standing } from '#traces/maintain';
import { parseTrace, writeTrace } from '#traces/trace-file';
import { bundlesByName } from '#cli/kernel';
import { exitCodes } from '#cli/exit';

/** What is done to trace files, beside replaying them. */
export const traceActions = ['lint', 'migrate'] as const;

interface Looked { readonly path: string; readonly standing: Standing | { readonly tag: 'migrated' } | { readonly tag: 'bad'; readonly why: string } }

/** Says of each file whether it is valid and still shows what it was kept for; `migrate` rewrites those made with another model. */
export async function trace(action: string, paths: readonly string[], options: { readonly json?: boolean }): Promise<number> {
  if (!traceActions.includes(action as never)) throw new BadInput(`there is no trace action ${action}; there are: ${traceActions.join(', ')}`);
  const bundles = await bundlesByName();
  const looked = paths.map((path): Looked => {
    try {
      const text = readFileSync(path, 'utf8');
      const file = parseTrace(path, text, (kernel) => bundles.get(kernel));
      const bundle = bundles.get(file.kernel)!;
      const standing = standingOf(bundle, file);
      if (action === 'lint' || standing.tag !== 'migratable') return { path, standing };
      writeFileSync(path, writeTrace(migrated(bundle, file)));
      return { path, standing: { tag: 'migrated' } };
    } catch (error) {
      if (error instanceof BadInput || (error as NodeJS.ErrnoException).code !== undefined) return { path, standing: { tag: 'bad', why: (error as Error).message } };
      throw error;
    }
  });
  process.stdout.write(options.json === true
    ? `${JSON.stringify({ format: 'portcullis-traces/1', traces: looked.map(({ path, standing }) => ({ path, ...standing })) }, null, 2)}\n`
    : `${looked.map(show).join('\n')}\n`);
  if (looked.some(({ standing }) => standing.tag === 'bad')) return exitCodes.usage;
  return looked.some(({ standing }) => standing.tag === 'stale') ? exitCodes.inconclusive : exitCodes.holds;
}

function show({ path, standing }: Looked): string {
  switch (standing.tag) {
    case 'current': return `${path}: current`;
    case 'migratable': return `${path}: made with another model, and still reproduced; portcullis trace migrate brings it up to date`;
    case 'migrated': return `${path}: migrated`;
    case 'foreign': return `${path}: seen on an implementation; replay it there`;
    case 'stale': return `${path}: stale: ${standing.why}`;
    case 'bad': return standing.why;
  }
}
