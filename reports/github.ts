import { printable } from '#traces/text';
import type { CheckReport, RuleReport } from '#reports/check-report';
import { escapeMarkdown, markdownTable } from '#reports/table';

/** GitHub drops a whole job summary that is larger than a mebibyte; this stays well below. */
const SUMMARY_BYTES = 900 * 1024;
const ANNOTATIONS = 50;

const violated = (report: CheckReport): readonly RuleReport[] =>
  report.kernels.flatMap(({ rules }) => rules.byRule.filter(({ status }) => status === 'violated'));

/** A line for each violation, as GitHub's runners read annotations from a log. */
export function annotations(report: CheckReport): readonly string[] {
  return violated(report).slice(0, ANNOTATIONS).map(({ rule, violations, trace }) => {
    const message = [...(violations ?? []), ...(trace === undefined ? [] : [`portcullis replay ${trace}`])].join('\n');
    return `::error title=${property(rule)}::${data(printable(message))}`;
  });
}

const data = (text: string): string => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
const property = (text: string): string => data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');

/** A check for a job summary: what is violated first, then the table, within the bytes that are shown. */
export function summary(report: CheckReport, limit = SUMMARY_BYTES): string {
  const rows = report.kernels.map(({ kernel, variant, runs, steps, rules, mutants }) => [
    `${kernel} (${variant})`, runs, steps, rules.total, rules.exercised, rules.waived, rules.violated,
    mutants === null ? 'not tried' : `${mutants.caught} of ${mutants.tried}`,
  ]);
  const head = ['kernel', 'runs', 'steps', 'rules', 'exercised', 'waived', 'violated', 'mutants caught'];
  const table = `${markdownTable(head, rows)}\n`;
  const ending = `\nThe rest is left out, to stay within what is shown.\n`;
  let left = limit - bytes(table) - bytes(ending);
  const told: string[] = [];
  for (const { rule, violations, trace } of violated(report)) {
    const text = `### ✗ ${escapeMarkdown(rule)}\n\n${(violations ?? []).map((line) => `- ${escapeMarkdown(printable(line))}`).join('\n')}\n${
      trace === undefined ? '' : `\n\`portcullis replay ${trace}\`\n`}\n`;
    left -= bytes(text);
    if (left < 0) return `${told.join('')}${table}${ending}`;
    told.push(text);
  }
  return `${told.join('')}${table}`;
}

const bytes = (text: string): number => Buffer.byteLength(text);
