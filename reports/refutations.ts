import type { Refutation, Unrefuted } from '#traces/refutation';
import { oneLine } from '#traces/text';
import { table } from '#reports/table';

const reasons: Readonly<Record<Unrefuted, string>> = {
  'not called': 'the recording has none of the operations at fault',
  'not reached': 'the fault made no difference to any state',
  'not observable': 'no answer was any other for it',
  'failed': 'could not be tried',
};

/** What became of each mutant, as data. */
export const refutationSummary = (refutations: readonly Refutation[]) => ({
  total: refutations.length,
  refuted: refutations.filter(({ refuted }) => refuted !== null).length,
  mutants: refutations,
});

/** Which mutants a recording refutes, after how many cases, and why not the others. */
export function showRefutations(refutations: readonly Refutation[]): string {
  const refuted = refutations.filter((one) => one.refuted !== null);
  const rest = refutations.filter((one) => one.refuted === null);
  const rows = refuted.map(({ mutant, cases, refuted: where }) => [mutant, cases, where!.operation, oneLine(where!.why, 80)]);
  const why = rest.map(({ mutant, unrefuted, fault }) => [mutant, reasons[unrefuted!], oneLine(fault, 100)]);
  return [
    table(['mutant refuted', 'cases', 'by', 'because'], rows), '',
    ...(rest.length > 0 ? [table(['mutant not refuted', 'why not', 'what is wrong with it'], why), ''] : []),
    `${refuted.length} of ${refutations.length} mutants are refuted`,
  ].join('\n');
}
