import { readdirSync } from 'node:fs';
import type { Suite } from '#properties/suite';

const here = new URL('.', import.meta.url);

/** The kernels that are checked, each by the suite in its folder. */
export const kernels: readonly { readonly name: string; readonly suite: Suite }[] = await Promise.all(
  readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(new URL(`${entry.name}/`, here)).includes('suite.ts'))
    .map(async ({ name }) => {
      const module = await import(new URL(`${name}/suite.ts`, here).href) as Readonly<Record<string, Suite>>;
      return { name, suite: Object.values(module).find((value) => typeof value === 'object' && 'discharges' in value)! };
    }),
);
