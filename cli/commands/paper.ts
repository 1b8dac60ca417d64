import { paper as statements } from '#spec/paper';
import { table } from '#reports/table';
import { exitCodes } from '#cli/exit';

/** Prints what the paper says, statement by statement, with the verdict of the kernels' own documents. */
export function paper(options: { readonly section?: string; readonly json?: boolean }): number {
  const chosen = statements.filter(({ section }) => options.section === undefined || section.startsWith(options.section));
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(chosen, null, 2)}\n`);
    return exitCodes.holds;
  }
  const counts = new Map<string, number>();
  for (const { verdict } of chosen) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const text = chosen.map(({ id, says, verdict, because, rules }) =>
    `${id}  ${says}\n    ${verdict}: ${because}\n${rules.length > 0 ? `    ${rules.join(', ')}\n` : ''}`).join('\n');
  process.stdout.write(`${text}\n${table(['verdict', 'statements'], [...counts])}\n`);
  return exitCodes.holds;
}
