import { readdirSync } from 'node:fs';
import type { Workload } from '#spec/workload';

const folder = new URL('workloads/', import.meta.url);
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const isWorkload = (name: string): boolean => name.endsWith(`.${extension}`) && !/\.(d|test)\.ts$/.test(name);

/** The workloads by slug: every file of the folder beside this file defines one, and is named after it. */
export const workloads: ReadonlyMap<string, Workload> = new Map(await Promise.all(
  readdirSync(folder).filter(isWorkload).sort().map(async (name) => {
    const { workload } = await import(new URL(name, folder).href) as { readonly workload: Workload };
    return [name.slice(0, -extension.length - 1), workload] as const;
  }),
));
