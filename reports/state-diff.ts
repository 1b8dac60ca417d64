/** What of a state is no longer so, and what has come to be so, line by line; lines that stay are left out. */
export interface StateDiff { readonly gone: readonly string[]; readonly come: readonly string[] }

/** The difference of two states as a bundle shows them. */
export function diffOf(before: readonly string[], after: readonly string[]): StateDiff {
  const was = new Set(before);
  const is = new Set(after);
  return { gone: before.filter((line) => !is.has(line)), come: after.filter((line) => !was.has(line)) };
}

/** The same for a terminal: `-` before what is gone, `+` before what has come. */
export const showDiff = ({ gone, come }: StateDiff): readonly string[] =>
  [...gone.map((line) => `- ${line}`), ...come.map((line) => `+ ${line}`)];
