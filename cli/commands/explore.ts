import { explore as exploreScope, type Explored } from '#properties/explore';
import { isWaiver, mutate } from '#properties/obligation';
import type { AnyCall } from '#model/kernel';
import type { Bundle } from '#traces/bundle';
import { exploreMutants, type Shortest } from '#traces/explore-pool';
import { makeTrace, writeTrace } from '#traces/trace-file';
import { table, thousands } from '#reports/table';
import { exitCodes } from '#cli/exit';
import { kernelOf, oneOf } from '#cli/kernel';
import { Progress } from '#cli/progress';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

export interface ExploreOptions {
  readonly scope?: string;
  readonly mutant?: string;
  readonly mutants?: boolean;
  readonly workers?: number;
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
  if (options.mutants === true) return exploreAll(bundle, Object.keys(chosen), options);
  const mutant = options.mutant === undefined ? null : oneOf('mutant', suite.mutants, options.mutant);
  const kernel = mutant === null ? suite.kernel : mutate(suite.kernel, mutant);
  const progress = new Progress();
  const results: { scope: string; explored: Explored<AnyCall> }[] = [];
  for (const [scope, exploration] of Object.entries(chosen)) {
    const explored = await exploreScope(suite, kernel, exploration, {
      ...(options.maxStates === undefined ? {} : { maxStates: options.maxStates }),
      ...rulesFor(bundle, mutant?.rule, options.laws), broken: mutant !== null,
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

const STATES_PER_MUTANT = 10_000;

/** Explores every mutant, and says in how few calls each shows its fault, or why the scope does not show it. */
async function exploreAll(bundle: Bundle, scopes: readonly string[], options: ExploreOptions): Promise<number> {
  const progress = new Progress();
  const total = Object.keys(bundle.suite.mutants).length * scopes.length;
  let done = 0;
  const results = await exploreMutants(bundle, scopes, {
    workers: options.workers ?? availableParallelism(), maxStates: options.maxStates ?? STATES_PER_MUTANT, signal: progress.signal,
    onResult: () => {
      done += 1;
      void progress.show(() => `exploring mutants of ${bundle.suite.kernel.name}: ${done} of ${total}`);
    },
  });
  progress.done();
  process.stdout.write(options.json === true ? `${JSON.stringify(results, null, 2)}\n` : `${showShortest(results)}\n`);
  return progress.interrupted ? exitCodes.interrupted : exitCodes.holds;
}

function showShortest(results: readonly Shortest[]): string {
  const rows = results.map(({ mutant, scope, calls, states, why }) => [mutant, scope, states, why ?? `in ${calls} calls`]);
  const found = new Set(results.filter(({ calls }) => calls !== null).map(({ mutant }) => mutant));
  const all = new Set(results.map(({ mutant }) => mutant));
  return `${table(['mutant', 'scope', 'states', 'shows its fault'], rows)}\n\n${found.size} of ${all.size} mutants show their fault in some scope`;
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
