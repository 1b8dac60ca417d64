import { readdirSync } from 'node:fs';
import type { Statement } from '#spec/paper/statement';

export type { ComparedKernel, Statement, Verdict } from '#spec/paper/statement';

const folder = new URL('paper/', import.meta.url);
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const isStatements = (name: string): boolean => name.endsWith(`.${extension}`) && !/\.(d|test)\.ts$/.test(name);

/** The lists of statements: every file beside this one exports one or more. */
const lists = (await Promise.all(readdirSync(folder).filter(isStatements).sort()
  .map(async (name) => Object.values(await import(new URL(name, folder).href) as object))))
  .flat().filter((value): value is readonly Statement[] => Array.isArray(value));

/** `PAP-4.2-07` as numbers: section by section, and within one in the paper's order. */
const place = ({ id }: Statement): readonly number[] => id.slice('PAP-'.length).split(/[.-]/).map(Number);

function inOrder(a: Statement, b: Statement): number {
  const sections = [a, b].map(({ section }) => section.split('.').map(Number)) as [number[], number[]];
  for (let at = 0; at < 4; at += 1) {
    const [left, right] = sections.map((section) => section[at] ?? -1) as [number, number];
    if (left !== right) return left - right;
  }
  return place(a).at(-1)! - place(b).at(-1)!;
}

/**
 * What the paper says and what the kernels' own documents make of it, in the paper's order.
 * A statement keeps its number for good: numbers count the statements of a section, judged here or not.
 */
export const paper: readonly Statement[] = lists.flat().sort(inOrder);
