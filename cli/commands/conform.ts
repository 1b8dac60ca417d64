import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AnyCall } from '#model/kernel';
import { Adapter } from '#traces/adapter';
import { bundleOf, kernelNames, type Bundle } from '#traces/bundle';
import { AdapterSubject, conformInBatches, conformStepwise, type ConformOptions as Options } from '#traces/conform';
import { AdapterFault, BadInput } from '#traces/fault';
import { ModelSubject } from '#traces/model-subject';
import { Journal } from '#traces/recording';
import { kernelNamed } from '#traces/replay';
import { oneLine } from '#traces/text';
import { packageVersion } from '#traces/version';
import { showDepth, showDivergences, Tally } from '#reports/conform-report';
import { refutationSummary, showRefutations } from '#reports/refutations';
import { exitCodes } from '#cli/exit';
import { oneOf } from '#cli/kernel';
import { Progress } from '#cli/progress';
import { refutations } from '#cli/refuting';
import { baselineFor, commandFor, type Baseline } from '#cli/subject';

export interface ConformOptions {
  readonly runs: number;
  readonly length: number;
  readonly seed: number;
  readonly batch: number;
  readonly variant?: string;
  readonly baseline?: string;
  readonly json?: boolean;
  readonly out: string;
  readonly oracle: string;
  readonly workers?: number;
}

/** Judges an implementation: programs are run on it, and every answer is held against the model. */
export async function conform(subject: string, options: ConformOptions): Promise<number> {
  const baseline = baselineFor(subject, options.baseline);
  const progress = new Progress();
  mkdirSync(options.out, { recursive: true });
  const path = join(options.out, `${subject.replace(/[^a-z0-9]+/gi, '-').slice(0, 60)}.recording.ndjson`);
  const judged = isOurs(subject)
    ? await conformModel(subject, options, baseline, path, progress)
    : await conformAdapter(subject, options, baseline, path, progress);
  progress.done();
  const { tally, bundle, fault, implementation } = judged;
  const stale = staleEntries(baseline, tally);
  const broke = unknownBreakdowns(baseline, tally);
  const exit = exitOf(tally, [...stale, ...broke], fault, progress.interrupted);
  const variant = options.variant ?? baseline.variant;
  const isAsked = options.oracle === 'mutants' && fault === null && !progress.interrupted;
  const mutants = isAsked ? await refutations(bundle, variant, path, options.workers) : null;
  const report = {
    format: 'portcullis-conform/1', tool: `portcullis ${packageVersion}`, subject, implementation, seed: options.seed,
    variant, cases: tally.cases, steps: tally.steps, unjudged: tally.unjudged, reasons: tally.reasons,
    divergences: tally.groups, deviations: tally.deviations, breakdowns: tally.breakdowns, unknownBreakdowns: broke, staleBaseline: stale, missing: tally.missing, depth: tally.depth,
    ...(mutants === null ? {} : { oracle: refutationSummary(mutants) }),
    recording: path, reproduce: reproduce(subject, options), fault: fault === null ? null : { check: fault.check, message: fault.message, stderr: fault.stderr }, exit,
  };
  process.stdout.write(options.json === true ? `${JSON.stringify(report, null, 2)}\n` : `${[show(bundle, report), ...(mutants === null ? [] : ['', showRefutations(mutants)])].join('\n')}\n`);
  if (fault !== null && options.json !== true) throw fault;
  return exit;
}

/** The command that does the very same again. */
function reproduce(subject: string, { seed, runs, length, batch, variant, baseline }: ConformOptions): string {
  return [`portcullis conform ${/[\s"']/.test(subject) ? `'${subject.replace(/'/g, `'\\''`)}'` : subject}`, `--seed ${seed} --runs ${runs} --length ${length} --batch ${batch}`,
    ...(variant === undefined ? [] : [`--variant ${variant}`]), ...(baseline === undefined ? [] : [`--baseline ${baseline}`])].join(' ');
}

const isOurs = (subject: string): boolean => /^(model|mutant):/.test(subject);

interface Judged {
  readonly bundle: Bundle;
  readonly tally: Tally<unknown, AnyCall>;
  readonly fault: AdapterFault | null;
  readonly implementation: string;
}

async function conformModel(subject: string, options: ConformOptions, baseline: Baseline, path: string, progress: Progress): Promise<Judged> {
  const name = subject.split(/[:/]/)[1] ?? '';
  const bundle = await bundleOf(name);
  if (bundle === undefined) throw new BadInput(`there is no kernel ${name}; there are: ${kernelNames().join(', ')}`);
  const kernel = kernelNamed(bundle, subject, 'documented');
  const journal = new Journal(path, name, { name: subject, version: packageVersion });
  const tally = new Tally(bundle);
  const model = new ModelSubject(subject, bundle, kernel, options.seed);
  await conformStepwise(bundle, judge(bundle, options, baseline), model, new Set(Object.keys(kernel.operations)), listen(options, journal, tally, progress));
  journal.close();
  return { bundle, tally, fault: null, implementation: subject };
}

async function conformAdapter(subject: string, options: ConformOptions, baseline: Baseline, path: string, progress: Progress): Promise<Judged> {
  const command = commandFor(subject);
  const anyKernel = await bundleOf(kernelNames()[0]!);
  const first = await Adapter.start(command, anyKernel!.vocabularies.wire, anyKernel!.vocabularies.program);
  const { kernel: name, implementation, features, operations } = first.initialized;
  const bundle = await bundleOf(name);
  if (bundle === undefined) throw new AdapterFault('adapter.kernel', `the adapter implements ${name}, which is no kernel we know`);
  const adapter = bundle === anyKernel ? first : await restart(first, command, bundle);
  for (const line of adapter.noise) process.stderr.write(`hint: not part of the protocol, on the adapter's standard output: ${line}\n`);
  const journal = new Journal(path, name, implementation);
  const tally = new Tally(bundle);
  const hears = listen(options, journal, tally, progress);
  let fault: AdapterFault | null = null;
  try {
    if (features.run) await conformInBatches(bundle, judge(bundle, options, baseline), adapter, hears);
    else await conformStepwise(bundle, judge(bundle, options, baseline), new AdapterSubject(adapter), new Set(operations), hears);
  } catch (error) {
    if (!(error instanceof AdapterFault)) throw error;
    fault = error;
  } finally {
    journal.close();
    await adapter.close();
  }
  return { bundle, tally, fault, implementation: `${implementation.name} ${implementation.version}` };
}

async function restart(first: Adapter, command: readonly string[], { vocabularies }: Bundle): Promise<Adapter> {
  await first.close();
  return Adapter.start(command, vocabularies.wire, vocabularies.program);
}

const judge = ({ suite }: Bundle, options: ConformOptions, baseline: Baseline) =>
  oneOf('variant', suite.variants, options.variant ?? baseline.variant);

function listen(options: ConformOptions, journal: Journal, tally: Tally<unknown, AnyCall>, progress: Progress): Options<unknown, AnyCall> {
  return {
    ...options, journal,
    onStep: (step) => tally.step(step),
    onCase: (_name, verdict) => {
      tally.case(verdict);
      void progress.show(() => `judging: ${tally.cases} of ${options.runs} runs, ${tally.steps} steps, ${tally.groups.length} kinds of divergence`);
      return progress.interrupted;
    },
  };
}

/** An entry of the baseline that nothing was seen to need. Short runs cannot tell. */
function staleEntries({ deviations, breakdowns }: Baseline, tally: Tally<unknown, AnyCall>): readonly string[] {
  if (tally.cases < ENOUGH_RUNS) return [];
  const said = Object.keys(tally.breakdowns);
  return [
    ...deviations.map(({ rule }) => rule).filter((rule) => tally.deviations[rule] === undefined),
    ...breakdowns.filter(({ says, seldom }) => !seldom && !said.some((text) => mentions(text, says))).map(({ says }) => says.join(' or ')),
  ];
}

const ENOUGH_RUNS = 5000;

/** Breakdowns that the baseline does not know of. */
const unknownBreakdowns = ({ breakdowns }: Baseline, tally: Tally<unknown, AnyCall>): readonly string[] =>
  Object.keys(tally.breakdowns).filter((text) => !breakdowns.some(({ says }) => mentions(text, says)));

const mentions = (text: string, parts: readonly string[]): boolean => parts.some((part) => text.includes(part));

function exitOf(tally: Tally<unknown, AnyCall>, amiss: readonly string[], fault: AdapterFault | null, interrupted: boolean): number {
  if (fault !== null) return exitCodes.fault;
  if (tally.groups.length > 0 || amiss.length > 0) return exitCodes.violation;
  if (interrupted) return exitCodes.interrupted;
  return tally.steps === 0 || tally.unjudged > tally.cases / 2 ? exitCodes.inconclusive : exitCodes.holds;
}

function show(bundle: Bundle, report: { readonly subject: string; readonly [field: string]: unknown } & {
  cases: number; steps: number; unjudged: number; divergences: Tally<unknown, AnyCall>['groups']; deviations: Readonly<Record<string, number>>;
  staleBaseline: readonly string[]; breakdowns: Readonly<Record<string, number>>; unknownBreakdowns: readonly string[]; missing: readonly string[];
  depth: Readonly<Record<string, number>>; reasons: Readonly<Record<string, number>>;
  recording: string; reproduce: string; implementation: string; variant: string;
}): string {
  const lines = [showDepth(report.depth), ''];
  if (report.missing.length > 0) lines.push(`never made: ${report.missing.join(', ')}`);
  for (const [reason, count] of Object.entries(report.reasons).slice(0, 5)) lines.push(`could not be judged to the end, ${count}×: ${reason}`);
  for (const [rule, count] of Object.entries(report.deviations)) lines.push(`differs from the documents as expected, ${count}×: ${rule}`);
  for (const [said, count] of Object.entries(report.breakdowns)) {
    const known = !report.unknownBreakdowns.includes(said);
    lines.push(`${known ? 'broke down as expected' : '✗ broke down'}, ${count}×: ${oneLine(said.split('\n').at(-1) ?? '', 300)}`);
  }
  for (const rule of report.staleBaseline) lines.push(`✗ stale baseline entry, which nothing needed: ${rule}`);
  if (report.divergences.length > 0) lines.push('', showDivergences(bundle, report.divergences));
  const kinds = report.divergences.length;
  lines.push('', `${report.implementation}: ${report.cases} runs, ${report.steps} steps judged by ${bundle.suite.kernel.name} (${report.variant}), ${
    kinds === 0 ? 'no divergence' : `${kinds} kind${kinds === 1 ? '' : 's'} of divergence`}`, `recorded in ${report.recording}`, `reproduce: ${report.reproduce}`);
  return lines.join('\n');
}

