import type { TraceFile } from '#spec/trace';
import { bundleOf, kernelNames, type Bundle } from '#traces/bundle';
import { BadInput } from '#traces/fault';
import { replay as replayTrace, type Replayed } from '#traces/replay';
import { replayOn } from '#traces/replay-live';
import { readTrace } from '#traces/trace-file';
import { brief } from '#reports/diagram';
import { exitCodes } from '#cli/exit';
import { commandFor } from '#cli/subject';

export interface ReplayOptions { readonly on?: string; readonly json?: boolean; readonly states: boolean }

const codes: Readonly<Record<Replayed['tag'], number>> = {
  'reproduced': exitCodes.violation,
  'different failure': exitCodes.violation,
  'not reproduced': exitCodes.holds,
  'stale': exitCodes.inconclusive,
};

/** Runs a trace again, on what it was made on or on something else, and says in one word what came of it. */
export async function replay(path: string, options: ReplayOptions): Promise<number> {
  const bundles = new Map<string, Bundle>();
  for (const name of kernelNames()) bundles.set(name, (await bundleOf(name))!);
  const trace = readTrace(path, (kernel) => bundles.get(kernel)?.vocabularies.trace);
  const bundle = bundles.get(trace.kernel)!;
  const on = options.on ?? trace.subject;
  const lines: string[] = [];
  const result = isModel(on)
    ? replayTrace(bundle, on, trace, ({ number, step, spelled }) => {
      lines.push(...showStep(bundle, number, trace, spelled), ...(options.states ? bundle.show(step.after).map((line) => `     ${line}`) : []));
    })
    : await replayOn(bundle, commandFor(on), trace, (number, seen) => lines.push(...showStep(bundle, number, trace, seen)));
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ format: 'portcullis-replay/1', trace: path, on, result: result.tag, ...result }, null, 2)}\n`);
  } else {
    process.stdout.write(`${[...lines, '', showResult(result, trace)].join('\n')}\n`);
  }
  return codes[result.tag];
}

const isModel = (subject: string): boolean => /^(model|mutant):/.test(subject);

function showStep(_bundle: Bundle, number: number, trace: TraceFile, events: readonly object[]): readonly string[] {
  const { operation, ...call } = trace.steps[number - 1]!.call as Record<string, unknown> & { operation: string };
  return [
    `${String(number).padStart(3)}  ${operation} ${brief(call)}`,
    ...events.map((event) => `     → ${brief(event)}`),
  ];
}

function showResult(result: Replayed, { verdict }: TraceFile): string {
  switch (result.tag) {
    case 'reproduced': return `reproduced at call ${result.step}: ${verdict.rule}\n${result.violations.map((text) => `  ${text}`).join('\n')}`;
    case 'not reproduced': return `not reproduced: ${verdict.rule} holds throughout`;
    case 'different failure': return `different failure at call ${result.step}: ${result.rule}\n${result.violations.map((text) => `  ${text}`).join('\n')}`;
    case 'stale': return `stale at call ${result.step}: ${result.why}`;
  }
}

export { BadInput };
