import { availableParallelism } from 'node:os';
import { paper as statements } from '#spec/paper';
import type { Statement, Verdict } from '#spec/paper/statement';
import { profiles } from '#properties/check';
import { checkInPool } from '#traces/check-pool';
import type { Bundle } from '#traces/bundle';
import { BadInput } from '#traces/fault';
import { oneLine } from '#traces/text';
import { ruleReports, type RuleReport } from '#reports/check-report';
import { ledger, ledgerText, standing } from '#reports/ledger';
import { exitCodes } from '#cli/exit';
import { bundlesByName, oneOf } from '#cli/kernel';
import { Progress } from '#cli/progress';

interface Options {
  readonly section?: string;
  readonly kernel?: string;
  readonly verdict?: Verdict;
  readonly check: boolean;
  readonly profile: string;
  readonly seed: number;
  readonly workers?: number;
  readonly json?: boolean;
}

/** The statements that are asked for: of a section and those within it, of a kernel, of a verdict. */
function chosen({ section, kernel, verdict }: Options): readonly Statement[] {
  const some = statements.filter((statement) => (section === undefined || statement.section === section || statement.section.startsWith(`${section}.`))
    && (kernel === undefined || (statement.kernels as readonly string[]).includes(kernel))
    && (verdict === undefined || statement.verdict === verdict));
  if (some.length > 0) return some;
  const asked = [section === undefined ? '' : ` in section ${oneLine(section)}`, kernel === undefined ? '' : ` of ${oneLine(kernel)}`,
    verdict === undefined ? '' : ` that ${verdict}`];
  throw new BadInput(`there is no statement${asked.join('')}`);
}

/** Prints what the paper says, statement by statement, with the verdict and what it rests on; a verdict without evidence is a failure. */
export async function paper(options: Options): Promise<number> {
  const some = chosen(options);
  const bundles = await bundlesByName();
  const checked = options.check ? await checkAll(some, bundles, options) : new Map<string, readonly RuleReport[]>();
  const entries = await ledger(some, bundles, checked);
  const json = () => JSON.stringify({
    format: 'portcullis-paper/1', checked: [...checked.keys()],
    statements: entries.map(({ statement, evidence, wrong }) => ({ ...statement, evidence, wrong })),
  }, null, 2);
  process.stdout.write(`${options.json === true ? json() : ledgerText(entries)}\n`);
  return { stands: exitCodes.holds, falls: exitCodes.violation, 'not exercised': exitCodes.inconclusive }[standing(entries)];
}

/** Checks the kernels that statements rest on. */
async function checkAll(some: readonly Statement[], bundles: ReadonlyMap<string, Bundle>, options: Options): Promise<Map<string, readonly RuleReport[]>> {
  const effort = { ...oneOf('profile', profiles, options.profile), seed: options.seed };
  const progress = new Progress();
  const reports = new Map<string, readonly RuleReport[]>();
  for (const kernel of new Set(some.flatMap(({ rules }) => rules.map((rule) => rule.split('/')[0]!)))) {
    const bundle = bundles.get(kernel);
    if (bundle === undefined) continue;
    const checked = await checkInPool(bundle, bundle.suite.kernel.variant, effort, {
      workers: options.workers ?? availableParallelism(), signal: progress.signal,
      onPart: ({ runs }) => void progress.show(() => `checking ${kernel}: run ${runs} of ${effort.runs}`),
    });
    reports.set(kernel, ruleReports(bundle.suite, checked));
  }
  progress.done();
  return reports;
}
