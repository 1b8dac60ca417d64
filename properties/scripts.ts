import { existsSync, readdirSync } from 'node:fs';
import type { Scripts } from '#properties/script';

const here = new URL('.', import.meta.url);
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** The folders beside this file that bring scripts. */
export const scriptedKernels = (): readonly string[] => readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/workloads/`, here)))
  .map(({ name }) => name).sort();

/** What a kernel brings for a workload; undefined if it brings nothing, not even a reason. */
export async function scriptsOf(kernel: string, workload: string): Promise<Scripts | undefined> {
  const file = new URL(`${kernel}/workloads/${workload}.${extension}`, here);
  if (!existsSync(file)) return undefined;
  return (await import(file.href) as { readonly scripts: Scripts }).scripts;
}
