import { existsSync, readdirSync } from 'node:fs';
import type { Scripts } from '#properties/script';

const here = new URL('.', import.meta.url);
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** The folders beside this file that bring scripts. */
export const scriptedKernels = (): readonly string[] => readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/workloads/`, here)))
  .map(({ name }) => name).sort();

/** What a kernel brings for a workload: its scripts, and what needs saying of them where anything does. */
export interface Brought { readonly scripts: Scripts; readonly note?: string }

/** The file that a kernel brings for a workload; undefined if it brings nothing, not even a reason. */
export async function scriptsOf(kernel: string, workload: string): Promise<Brought | undefined> {
  const file = new URL(`${kernel}/workloads/${workload}.${extension}`, here);
  return existsSync(file) ? await import(file.href) as Brought : undefined;
}
