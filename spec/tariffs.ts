import { readdirSync } from 'node:fs';
import type { Tariff } from '#spec/tariff';

const folder = new URL('tariffs/', import.meta.url);
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const isTariff = (name: string): boolean => name.endsWith(`.${extension}`) && !/\.(d|test)\.ts$/.test(name);

/** The tariffs by slug: every file of the folder beside this file defines one, and is named after it. */
export const tariffs: ReadonlyMap<string, Tariff> = new Map(await Promise.all(
  readdirSync(folder).filter(isTariff).sort().map(async (name) => {
    const { tariff } = await import(new URL(name, folder).href) as { readonly tariff: Tariff };
    return [name.slice(0, -extension.length - 1), tariff] as const;
  }),
));
