import type { TraceFile } from '#spec/trace';
import { departureOf, type Departure } from '#traces/allowed';
import { replay as replayTrace, type Replayed } from '#traces/replay';
import { replayOn } from '#traces/replay-live';
import { readTrace } from '#traces/trace-file';
import { brief } from '#reports/diagram';
import { diffOf, showDiff } from '#reports/state-diff';
import { tracePage, type PageStep } from '#reports/trace-page';
import { exitCodes } from '#cli/exit';
import { bundlesByName } from '#cli/kernel';
import { writeReport } from '#cli/out';
import { commandFor } from '#cli/subject';

export interface ReplayOptions { readonly on?: string; readonly json?: boolean; readonly states: boolean; readonly html?: string }

const codes: Readonly<Record<Replayed['tag'], number>> = {
  'reproduced': exitCodes.violation,
  'different failure': exitCodes.violation,
  'not reproduced': exitCodes.holds,
  'stale': exitCodes.inconclusive,
};

/** Runs a trace again, on what it was made on or on something else, and says in one word what came of it. */
export async function replay(path: string, options: ReplayOptions): Promise<number> {
  const bundles = await bundlesByName();
  const trace = readTrace(path, (kernel) => bundles.get(kernel));
  const bundle = bundles.get(trace.kernel)!;
  const on = options.on ?? trace.subject;
  const lines: string[] = [];
  const pages: PageStep[] = [];
  const result = isModel(on)
    ? replayTrace(bundle, on, trace, ({ number, step, spelled }) => {
      const diff = diffOf(bundle.show(step.before), bundle.show(step.after));
      if (number === 1 && options.states) lines.push(...bundle.show(step.before).map((line) => `     ${line}`));
      lines.push(...showStep(number, trace, spelled), ...(options.states ? showDiff(diff).map((line) => `     ${line}`) : []));
      pages.push({ number, events: spelled, diff });
    })
    : await replayOn(bundle, commandFor(on), trace, (number, seen) => {
      lines.push(...showStep(number, trace, seen));
      pages.push({ number, events: seen, diff: null });
    });
  const departure = result.tag === 'reproduced' ? departureOf(bundle, trace) : null;
  if (options.html !== undefined) {
    writeReport(options.html, tracePage({ trace, on, steps: pages, outcome: showResult(result, trace), departure, rule: bundle.suite.rules[trace.verdict.rule] }));
  }
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ format: 'portcullis-replay/1', trace: path, on, result: result.tag, ...result }, null, 2)}\n`);
  } else {
    const reproduce = `reproduce: portcullis replay ${path}${options.on === undefined ? '' : ` --on ${options.on}`}`;
    process.stdout.write(`${[...lines, '', showResult(result, trace), ...showDeparture(departure), reproduce].join('\n')}\n`);
  }
  return codes[result.tag];
}

const isModel = (subject: string): boolean => /^(model|mutant):/.test(subject);

function showStep(number: number, trace: TraceFile, events: readonly object[]): readonly string[] {
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

/** What the sound model would have answered where the run first leaves it. */
function showDeparture(departure: Departure | null): readonly string[] {
  if (departure === null) return [];
  return [`the model allows at call ${departure.step}:`, ...departure.allowed.map(({ events, choices }) =>
    `  ${events.map(brief).join(', ') || 'nothing to be seen'}${choices.length > 0 ? ` [${choices.join(', ')}]` : ''}`)];
}
