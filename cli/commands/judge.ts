import { bundleOf, kernelNames } from '#traces/bundle';
import { BadInput } from '#traces/fault';
import { CaseJudge, recordedSteps } from '#traces/judge';
import { openRecording } from '#traces/recording';
import { oneLine } from '#traces/text';
import { packageVersion } from '#traces/version';
import { showDepth, showDivergences, Tally } from '#reports/conform-report';
import { refutationSummary, showRefutations } from '#reports/refutations';
import { exitCodes } from '#cli/exit';
import { oneOf } from '#cli/kernel';
import { Progress } from '#cli/progress';
import { refutations } from '#cli/refuting';
import { variantFor } from '#cli/subject';

export interface JudgeOptions {
  readonly variant?: string;
  readonly json?: boolean;
  readonly depth?: boolean;
  readonly oracle: string;
  readonly workers?: number;
}

/** Judges a recording, offline: the same model, the same verdicts. */
export async function judge(path: string, options: JudgeOptions): Promise<number> {
  const recording = openRecording(path);
  const bundle = await bundleOf(recording.kernel);
  if (bundle === undefined) throw new BadInput(`${path}:1: kernel: there is no kernel ${oneLine(recording.kernel)}; there are: ${kernelNames().join(', ')}`);
  const variant = options.variant ?? variantFor(recording.implementation);
  const kernel = oneOf('variant', bundle.suite.variants, variant);
  const validated = recordedSteps(bundle, path);
  const tally = new Tally(bundle);
  const progress = new Progress();
  for (const { name, scope, steps } of recording.cases) {
    const caseJudge = new CaseJudge(bundle, kernel, name, scope, (step) => tally.step(step));
    for (const step of steps) {
      const { call, events } = validated(step);
      if (step.events === null || !caseJudge.see(call, events)) break;
    }
    tally.case(caseJudge.verdict());
    if (await progress.show(() => `judging: ${tally.cases} cases, ${tally.steps} steps`)) break;
  }
  progress.done();
  const exit = progress.interrupted ? exitCodes.interrupted
    : tally.groups.length > 0 ? exitCodes.violation
      : tally.steps === 0 ? exitCodes.inconclusive : exitCodes.holds;
  const mutants = options.oracle === 'mutants' ? await refutations(bundle, variant, path, options.workers) : null;
  const report = {
    format: 'portcullis-judge/1', tool: `portcullis ${packageVersion}`, recording: path, implementation: recording.implementation,
    kernel: recording.kernel, variant, cases: tally.cases, steps: tally.steps, unjudged: tally.unjudged, reasons: tally.reasons,
    divergences: tally.groups, deviations: tally.deviations, depth: tally.depth, ...(mutants === null ? {} : { oracle: refutationSummary(mutants) }), exit,
  };
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    const kinds = tally.groups.length;
    process.stdout.write([
      ...(options.depth === true ? [showDepth(tally.depth), ''] : []),
      ...Object.entries(tally.reasons).slice(0, 5).map(([reason, count]) => `could not be judged to the end, ${count}×: ${reason}`),
      ...(kinds > 0 ? [showDivergences(bundle, tally.groups), ''] : []),
      `${tally.cases} cases, ${tally.steps} steps judged by ${recording.kernel} (${variant}), ${kinds === 0 ? 'no divergence' : `${kinds} kind${kinds === 1 ? '' : 's'} of divergence`}`,
      ...(mutants === null ? [] : ['', showRefutations(mutants)]),
      '',
    ].join('\n'));
  }
  return exit;
}
