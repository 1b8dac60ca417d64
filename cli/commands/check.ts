import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { mutantEffort, profiles, type Checked, type Effort } from '#properties/check';
import { isWaiver } from '#properties/obligation';
import { shrinkCounterexample } from '#properties/mutation';
import { checkInPool } from '#traces/check-pool';
import { tryMutants } from '#traces/mutant-pool';
import type { MutantResult } from '#traces/mutants';
import type { Bundle } from '#traces/bundle';
import { makeTrace, writeTrace } from '#traces/trace-file';
import { modelVersion, packageVersion } from '#traces/version';
import type { AnyCall } from '#model/kernel';
import { exitOf, isExercised, ruleReports, showCheck, type CheckReport, type KernelReport } from '#reports/check-report';
import { annotations, summary } from '#reports/github';
import { junit } from '#reports/junit';
import { exitCodes } from '#cli/exit';
import { kernelsOf, oneOf } from '#cli/kernel';
import { writeReport } from '#cli/out';
import { Progress } from '#cli/progress';

export interface CheckOptions {
  readonly profile: string;
  readonly seed: number;
  readonly runs?: number;
  readonly variant?: string;
  readonly mutants: boolean;
  readonly workers?: number;
  readonly json?: boolean;
  readonly junit?: string;
  readonly out: string;
}

/** Checks every obligation of one kernel or all, and that every check can fail. */
export async function check(name: string | undefined, options: CheckOptions): Promise<number> {
  const bundles = await kernelsOf(name);
  const profile = oneOf('profile', profiles, options.profile);
  const effort: Effort = { ...profile, seed: options.seed, ...(options.runs === undefined ? {} : { runs: options.runs }) };
  const progress = new Progress();
  const kernels: KernelReport[] = [];
  for (const bundle of bundles) kernels.push(await checkOne(bundle, effort, options, progress));
  progress.done();
  const report: CheckReport = {
    format: 'portcullis-check/1', tool: `portcullis ${packageVersion}`, profile: options.profile, seed: options.seed,
    exit: progress.interrupted ? exitCodes.interrupted : exitOf(kernels), interrupted: progress.interrupted, kernels,
  };
  if (options.junit !== undefined) writeReport(options.junit, junit(report));
  tellGitHub(report);
  process.stdout.write(`${options.json === true ? JSON.stringify(report, null, 2) : `${showCheck(report)}\n\n${reproduce(name, options)}`}\n`);
  return report.exit;
}

/** The command that does the very same again. */
function reproduce(name: string | undefined, { profile, seed, runs, variant, mutants }: CheckOptions): string {
  return ['reproduce: portcullis check', ...(name === undefined ? [] : [name]), `--profile ${profile} --seed ${seed}`,
    ...(runs === undefined ? [] : [`--runs ${runs}`]), ...(variant === undefined ? [] : [`--variant ${variant}`]),
    ...(mutants ? [] : ['--no-mutants'])].join(' ');
}

/** Annotations and a job summary, where a GitHub runner reads our output. */
function tellGitHub(report: CheckReport): void {
  if (process.env['GITHUB_ACTIONS'] !== 'true') return;
  for (const line of annotations(report)) process.stderr.write(`${line}\n`);
  const file = process.env['GITHUB_STEP_SUMMARY'];
  if (file !== undefined && file !== '') appendFileSync(file, summary(report));
}

async function checkOne(bundle: Bundle, effort: Effort, options: CheckOptions, progress: Progress): Promise<KernelReport> {
  const { suite } = bundle;
  const { name } = suite.kernel;
  const kernel = options.variant === undefined ? suite.kernel : oneOf('variant', suite.variants, options.variant);
  const checked = await checkInPool(bundle, kernel.variant, effort, {
    workers: workersFor(options), signal: progress.signal,
    onPart: ({ runs, steps }) => void progress.show(() => `checking ${name}: run ${runs} of ${effort.runs}, ${steps} steps`),
  });
  const byRule = ruleReports(suite, checked);
  // A law that compares runs of its own, not ways to make one call, says itself what they were.
  for (const found of checked.found.filter(({ calls }) => calls.length > 0)) {
    const row = byRule.find(({ rule }) => rule === found.rule)!;
    row.trace = saveTrace(bundle, kernel, found, effort, options.out);
  }
  const mutants = options.mutants && !progress.interrupted ? await tryAll(bundle, { ...mutantEffort(profiles[options.profile]!), seed: options.seed }, options, progress) : null;
  const count = (status: string) => byRule.filter((row) => row.status === status).length;
  return {
    kernel: name, variant: kernel.variant, model: modelVersion(name),
    runs: checked.runs, steps: checked.steps, cut: checked.cut,
    rules: {
      total: byRule.length,
      exercised: byRule.filter(({ status, rule }) => status !== 'waived' && isExercised(checked, rule)).length,
      waived: count('waived'), violated: count('violated'), byRule,
    },
    mutants: mutants === null ? null : mutantReport(bundle, mutants),
  };
}

/** The shrunk run that breaks a rule, as a file that replays. */
function saveTrace(bundle: Bundle, kernel: Bundle['suite']['kernel'], found: Checked<AnyCall>['found'][number], effort: Effort, out: string): string {
  const { suite } = bundle;
  const shrunk = shrinkCounterexample(suite, kernel, found, bundle.simplify);
  const trace = makeTrace(bundle, kernel, {
    variant: kernel.variant, subject: `model:${kernel.name}/${kernel.variant}`, scope: shrunk.scope, calls: shrunk.calls,
    verdict: { rule: found.rule, check: shrunk.kind, violations: shrunk.violations }, origin: { seed: effort.seed, run: found.run },
  });
  mkdirSync(out, { recursive: true });
  const path = join(out, `${found.rule.replace('/', '-')}.trace.json`);
  writeFileSync(path, writeTrace(trace));
  return path;
}

/** Each mutant is tried until its check catches it. */
async function tryAll(bundle: Bundle, effort: Effort, options: CheckOptions, progress: Progress): Promise<readonly MutantResult[]> {
  const { suite } = bundle;
  const slugs = Object.keys(suite.mutants);
  let done = 0;
  return tryMutants(bundle, slugs, effort, {
    workers: workersFor(options), signal: progress.signal,
    onResult: () => {
      done += 1;
      void progress.show(() => `trying mutants of ${suite.kernel.name}: ${done} of ${slugs.length}`);
    },
  });
}

const workersFor = ({ workers }: CheckOptions): number => workers ?? availableParallelism();

function mutantReport({ suite }: Bundle, results: readonly MutantResult[]): NonNullable<KernelReport['mutants']> {
  const killing = new Set(results.filter(({ caught }) => caught).map(({ rule }) => rule));
  const checked = Object.entries(suite.discharges).filter(([, discharge]) => !isWaiver(discharge)).map(([rule]) => rule);
  return {
    total: Object.keys(suite.mutants).length,
    tried: results.length,
    caught: results.filter(({ caught }) => caught).length,
    survivors: results.filter(({ caught }) => !caught).map(({ mutant }) => mutant),
    toothless: results.length < Object.keys(suite.mutants).length ? [] : checked.filter((rule) => !killing.has(rule)),
  };
}
