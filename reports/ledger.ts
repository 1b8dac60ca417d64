import { existsSync, readFileSync } from 'node:fs';
import { tariffs } from '#spec/tariffs';
import type { Doer, Finding, Statement } from '#spec/paper/statement';
import { isWaiver } from '#properties/obligation';
import type { Bundle } from '#traces/bundle';
import { parseTrace } from '#traces/trace-file';
import { packageRoot } from '#traces/version';
import type { RuleReport } from '#reports/check-report';
import { compare, isMeasure, measures, priceOf, type Row, type Sum } from '#reports/compare';
import { table } from '#reports/table';

/** What became of one piece of evidence. `there`: it exists, and was not put to the test now. */
export type Borne = 'there' | 'holds' | 'waived' | 'not exercised' | 'fails';

export interface Evidence {
  readonly kind: 'obligation' | 'finding' | 'trace';
  readonly what: string;
  readonly borne: Borne;
  /** What is wrong with it; empty where nothing is. */
  readonly wrong: string;
}

/** A statement with what its verdict rests on. */
export interface Entry {
  readonly statement: Statement;
  readonly evidence: readonly Evidence[];
  /** Why the verdict does not stand; empty if it does. */
  readonly wrong: readonly string[];
}

/** What checks made of the rules of each kernel that was checked. */
export type CheckedRules = ReadonlyMap<string, readonly RuleReport[]>;

/** Holds statements against their evidence: obligations, findings of the comparison, which are counted anew, and traces. */
export async function ledger(
  statements: readonly Statement[], bundles: ReadonlyMap<string, Bundle>, checked: CheckedRules = new Map(),
): Promise<readonly Entry[]> {
  const rows: Counted = new Map();
  const entries: Entry[] = [];
  for (const statement of statements) {
    const evidence = [
      ...statement.rules.map((rule) => obligation(rule, bundles, checked)),
      ...await Promise.all((statement.findings ?? []).map((finding) => found(finding, rows))),
      ...(statement.traces ?? []).map((name) => recorded(name, statement, bundles)),
    ];
    entries.push({ statement, evidence, wrong: wrongIn(statement, evidence) });
  }
  return entries;
}

/** A verdict needs something that was checked; where nothing can be said, nothing need be there. */
function wrongIn({ verdict }: Statement, evidence: readonly Evidence[]): readonly string[] {
  const wrong = evidence.filter((one) => one.wrong !== '').map(({ what, wrong: why }) => `${what}: ${why}`);
  const bare = verdict !== 'cannot be said' && evidence.every(({ borne }) => borne === 'waived');
  return bare ? [...wrong, 'nothing that is checked bears on it'] : wrong;
}

function obligation(rule: string, bundles: ReadonlyMap<string, Bundle>, checked: CheckedRules): Evidence {
  const kernel = rule.split('/')[0]!;
  const discharge = bundles.get(kernel)?.suite.discharges[rule];
  const evidence = (borne: Borne, wrong = ''): Evidence => ({ kind: 'obligation', what: rule, borne, wrong });
  if (discharge === undefined) return evidence('fails', 'there is no such obligation');
  if (isWaiver(discharge)) return evidence('waived');
  const report = checked.get(kernel)?.find((one) => one.rule === rule);
  if (report === undefined) return evidence('there');
  switch (report.status) {
    case 'violated': return evidence('fails', (report.violations ?? []).join('; '));
    case 'not exercised': return evidence('not exercised');
    default: return evidence('holds');
  }
}

/** Comparisons that have been made or are being made, by workload and kernel. */
type Counted = Map<string, ReturnType<typeof compare>>;

/** The rows of a doer, counted once however many findings speak of them. */
async function rowsOf({ workload, kernel, form }: Doer, known: Counted): Promise<readonly Row[]> {
  const key = `${workload} ${kernel}`;
  const made = known.get(key) ?? compare([workload], [kernel]);
  known.set(key, made);
  return (await made).rows.filter((row) => row.form === form);
}

function amountOf(of: string): ((row: Row) => Sum) | null {
  if (isMeasure(of)) return (row) => ({ least: measures[of](row), most: measures[of](row) });
  const tariff = tariffs.get(of);
  return tariff === undefined ? null : (row) => priceOf(row, tariff);
}

const doer = ({ workload, kernel, form }: Doer): string => `${kernel} (${workload}, ${form})`;

/** A finding in words. */
export const findingText = ({ of, one, is, other, from }: Finding): string =>
  `${of}: ${doer(one)} ${is} ${doer(other)}${from === undefined ? '' : ` from ${from} on`}`;

/** Counts again what a finding is about. */
async function found(finding: Finding, known: Counted): Promise<Evidence> {
  const { one, other, is, from = 0 } = finding;
  const evidence = (borne: Borne, wrong = ''): Evidence => ({ kind: 'finding', what: findingText(finding), borne, wrong });
  const amount = amountOf(finding.of);
  if (amount === null) return evidence('fails', 'nothing of that name is counted');
  const others = await rowsOf(other, known);
  const pairs = (await rowsOf(one, known)).flatMap((row) => {
    const match = others.find(({ size }) => size === row.size && size >= from);
    return match === undefined ? [] : [{ size: row.size, one: amount(row), other: amount(match) }];
  });
  if (pairs.length === 0) return evidence('fails', 'there is no size that both are run at');
  // Prices are the same for both, whatever they are: what is least is held against the least, what is most against the most.
  const against = pairs.filter((pair) => (['least', 'most'] as const).some((side) =>
    (is === 'less than' ? pair.one[side] >= pair.other[side] : pair.one[side] !== pair.other[side])));
  return against.length === 0 ? evidence('holds') : evidence('fails', `not so at ${against.map(({ size }) => size).join(', ')}`);
}

/** A recorded run: there, readable, and of one of the rules that the statement names. */
function recorded(name: string, { rules }: Statement, bundles: ReadonlyMap<string, Bundle>): Evidence {
  const path = `traces/${name}.trace.json`;
  const file = new URL(path, packageRoot);
  const evidence = (borne: Borne, wrong = ''): Evidence => ({ kind: 'trace', what: path, borne, wrong });
  if (!existsSync(file)) return evidence('fails', 'there is no such file');
  try {
    const { verdict } = parseTrace(path, readFileSync(file, 'utf8'), (kernel) => bundles.get(kernel));
    return (rules as readonly string[]).includes(verdict.rule) ? evidence('there') : evidence('fails', `it is about ${verdict.rule}`);
  } catch (error) {
    return evidence('fails', (error as Error).message);
  }
}

const marks: Readonly<Record<Borne, string>> = { there: ' ', holds: '✓', waived: '–', 'not exercised': '?', fails: '✗' };

/** The ledger for a terminal. */
export function ledgerText(entries: readonly Entry[]): string {
  const blocks = entries.map(({ statement: { id, says, verdict, because }, evidence, wrong }) => [
    `${id}  ${says}`, `    ${verdict}: ${because}`,
    ...evidence.map(({ what, borne }) => `    ${marks[borne]} ${what}${borne === 'waived' ? ' (waived)' : ''}`),
    ...wrong.map((why) => `    ✗ ${why}`),
    '',
  ].join('\n'));
  const counts = new Map<string, number>();
  for (const { statement: { verdict } } of entries) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const all = entries.flatMap(({ evidence }) => evidence);
  const sum = (kind: Evidence['kind']) => new Set(all.filter((one) => one.kind === kind).map(({ what }) => what)).size;
  const lacking = entries.filter(({ wrong }) => wrong.length > 0).map(({ statement: { id } }) => id);
  return [
    ...blocks,
    table(['verdict', 'statements'], [...counts]), '',
    `evidence: ${sum('obligation')} obligations, ${sum('finding')} findings of the comparison, ${sum('trace')} traces`,
    ...(lacking.length === 0 ? [] : [`verdicts that do not stand: ${lacking.join(', ')}`]),
  ].join('\n');
}

/** Whether verdicts stand: all do, one does not, or something they rest on was not put to the test. */
export function standing(entries: readonly Entry[]): 'stands' | 'falls' | 'not exercised' {
  if (entries.some(({ wrong }) => wrong.length > 0)) return 'falls';
  return entries.some(({ evidence }) => evidence.some(({ borne }) => borne === 'not exercised')) ? 'not exercised' : 'stands';
}
