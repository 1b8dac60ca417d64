import { explore as exploreScope, type Explored } from '#properties/explore';
import { isWaiver, mutate } from '#properties/obligation';
import type { AnyCall } from '#model/kernel';
import type { Bundle } from '#traces/bundle';
import { makeTrace, writeTrace } from '#traces/trace-file';
import { table, thousands } from '#reports/table';
import { exitCodes } from '#cli/exit';
import { kernelOf, oneOf } from '#cli/kernel';
import { Progress } from '#cli/progress';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ExploreOptions {
  readonly scope?: string;
  readonly mutant?: string;
  readonly laws: boolean;
  readonly maxStates?: number;
  readonly json?: boolean;
  readonly out: string;
}

/** Visits every state of a small scope, under all laws; with a mutant, finds a shortest run that shows it. */
export async function explore(name: string, options: ExploreOptions): Promise<number> {
  const bundle = await kernelOf(name);
  const { suite, explorations } = bundle;
  const chosen = options.scope === undefined ? explorations : { [options.scope]: oneOf('scope', explorations, options.scope) };
  const mutant = options.mutant === undefined ? null : oneOf('mutant', suite.mutants, options.mutant);
  const kernel = mutant === null ? suite.kernel : mutate(suite.kernel, mutant);
  const progress = new Progress();
  const results: { scope: string; explored: Explored<AnyCall> }[] = [];
  for (const [scope, exploration] of Object.entries(chosen)) {
    const explored = await exploreScope(suite, kernel, exploration, {
      ...(options.maxStates === undefined ? {} : { maxStates: options.maxStates }),
      ...rulesFor(bundle, mutant?.rule, options.laws),
      progress: ({ states, depth }) => progress.show(() => `exploring ${scope}: ${thousands(states)} states, ${depth} deep`),
    });
    results.push({ scope, explored });
    if (progress.interrupted) break;
  }
  progress.done();
  process.stdout.write(options.json === true ? `${JSON.stringify(results.map(plain), null, 2)}\n` : `${show(results)}\n`);
  const failed = results.filter(({ explored }) => explored.found !== null);
  for (const { scope, explored } of failed) process.stdout.write(`${save(bundle, options, scope, explored)}\n`);
  if (progress.interrupted) return exitCodes.interrupted;
  if (failed.length > 0) return exitCodes.violation;
  return results.every(({ explored }) => explored.complete) ? exitCodes.holds : exitCodes.inconclusive;
}

function rulesFor({ suite }: Bundle, rule: string | undefined, laws: boolean): { rules?: ReadonlySet<string> } {
  if (!laws) return { rules: new Set() };
  if (rule === undefined) return {};
  const discharge = suite.discharges[rule];
  return discharge === undefined || isWaiver(discharge) ? {} : { rules: new Set([rule]) };
}

const plain = ({ scope, explored: { states, transitions, depth, beyond, complete, found } }: { scope: string; explored: Explored<AnyCall> }) => ({
  scope, states, transitions, depth, beyond, complete,
  found: found === null ? null : { rule: found.rule, violations: found.violations, calls: found.calls.length },
});

function show(results: readonly { scope: string; explored: Explored<AnyCall> }[]): string {
  const rows = results.map(({ scope, explored: { states, transitions, depth, beyond, complete, found } }) => [
    scope, states, transitions, depth, beyond,
    found !== null ? `breaks ${found.rule} in ${found.calls.length} calls` : complete ? 'complete, everything holds' : 'not complete',
  ]);
  return table(['scope', 'states', 'transitions', 'depth', 'beyond scope', ''], rows);
}

function save(bundle: Bundle, { mutant, out }: ExploreOptions, scope: string, { found }: Explored<AnyCall>): string {
  const { suite } = bundle;
  const kernel = mutant === undefined ? suite.kernel : mutate(suite.kernel, suite.mutants[mutant]!);
  const subject = mutant === undefined ? `model:${kernel.name}/${kernel.variant}` : `mutant:${kernel.name}/${mutant}`;
  const { rule, kind, violations, calls } = found!;
  const trace = makeTrace(bundle, kernel, {
    variant: kernel.variant, subject, scope: found!.scope, calls, verdict: { rule, check: kind, violations }, origin: {},
  });
  mkdirSync(out, { recursive: true });
  const path = join(out, `${scope}-${mutant ?? rule.replace('/', '-')}.trace.json`);
  writeFileSync(path, writeTrace(trace));
  return `\n${violations[0] ?? ''}\nreplay it: portcullis replay ${path}`;
}
