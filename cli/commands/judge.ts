import { closeSync, openSync, readSync } from 'node:fs';
import { bundleOf, kernelNames } from '#traces/bundle';
import { BadInput } from '#traces/fault';
import { CaseJudge, recordedSteps } from '#traces/judge';
import { readRecording } from '#traces/recording';
import { oneLine } from '#traces/text';
import { packageVersion } from '#traces/version';
import { showDepth, showDivergences, Tally } from '#reports/conform-report';
import { exitCodes } from '#cli/exit';
import { oneOf } from '#cli/kernel';
import { Progress } from '#cli/progress';

export interface JudgeOptions { readonly variant: string; readonly json?: boolean; readonly depth?: boolean }

/** Judges a recording, offline: the same model, the same verdicts. */
export async function judge(path: string, options: JudgeOptions): Promise<number> {
  const recording = readRecording(path, linesOf(path));
  const bundle = await bundleOf(recording.kernel);
  if (bundle === undefined) throw new BadInput(`${path}:1: kernel: there is no kernel ${oneLine(recording.kernel)}; there are: ${kernelNames().join(', ')}`);
  const kernel = oneOf('variant', bundle.suite.variants, options.variant);
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
  const report = {
    format: 'portcullis-judge/1', tool: `portcullis ${packageVersion}`, recording: path, implementation: recording.implementation,
    kernel: recording.kernel, variant: options.variant, cases: tally.cases, steps: tally.steps, unjudged: tally.unjudged, reasons: tally.reasons,
    divergences: tally.groups, deviations: tally.deviations, depth: tally.depth, exit,
  };
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    const kinds = tally.groups.length;
    process.stdout.write([
      ...(options.depth === true ? [showDepth(tally.depth), ''] : []),
      ...Object.entries(tally.reasons).slice(0, 5).map(([reason, count]) => `could not be judged to the end, ${count}×: ${reason}`),
      ...(kinds > 0 ? [showDivergences(bundle, tally.groups), ''] : []),
      `${tally.cases} cases, ${tally.steps} steps judged by ${recording.kernel} (${options.variant}), ${kinds === 0 ? 'no divergence' : `${kinds} kind${kinds === 1 ? '' : 's'} of divergence`}`,
      '',
    ].join('\n'));
  }
  return exit;
}

const CHUNK = 1 << 20;

/** The lines of a file, however long the file is. */
function* linesOf(path: string): Generator<string> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new BadInput(`${path}: ${(error as Error).message}`);
  }
  try {
    const decoder = new TextDecoder();
    const buffer = Buffer.alloc(CHUNK);
    let rest = '';
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      const lines = (rest + decoder.decode(buffer.subarray(0, read), { stream: true })).split('\n');
      rest = lines.pop()!;
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    closeSync(file);
  }
}
