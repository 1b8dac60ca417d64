import { BeyondScope } from '#model/operation';
import { successors, type AnyCall, type Kernel, type Reached, type Scope } from '#model/kernel';
import { canonical } from '#properties/canonical';
import { Laws, type Breach } from '#properties/laws';
import type { Suite } from '#properties/suite';
import type { Ran } from '#properties/program';

/** A small world to be explored whole: where it begins, and every call that may be made in a state. */
export interface Exploration<S, Call> {
  /** What the scope holds, in a sentence. */
  readonly holds: string;
  readonly scope: Scope;
  readonly calls: (state: S) => readonly Call[];
}

export interface Explored<Call> {
  /** States that differ by more than the numbers of tasks, threads, ports, sets and names. */
  readonly states: number;
  /** Calls that changed something, outcome by outcome. */
  readonly transitions: number;
  /** The length of the longest shortest way to a state. */
  readonly depth: number;
  /** Calls that would have left the scope. */
  readonly beyond: number;
  readonly complete: boolean;
  /** The first breach met, which no shorter run shows, and the run. */
  readonly found: (Breach & { readonly scope: Scope; readonly calls: readonly Ran<Call>[] }) | null;
}

export interface ExploreOptions {
  readonly maxStates?: number;
  /** Only the laws of these rules; by default all that speak of single steps and states. */
  readonly rules?: ReadonlySet<string>;
  /** A broken kernel may trip over its own state: that call then leads nowhere. */
  readonly broken?: boolean;
  readonly progress?: (done: { readonly states: number; readonly depth: number }) => boolean | Promise<boolean>;
}

interface Visit<S, Call> { readonly state: S; readonly from: number; readonly by: Ran<Call> | null }

/** Every state that can be reached within a scope, breadth first, each looked at once under all laws. */
export async function explore<S, Call extends AnyCall>(
  suite: Suite<S, Call>, kernel: Kernel<S, Call>, { scope, calls }: Exploration<S, Call>, options: ExploreOptions = {},
): Promise<Explored<Call>> {
  const laws = new Laws(suite.discharges, options.rules);
  const start = kernel.boot(scope as never);
  const seen = new Set([canonical(kernel.schema, start)]);
  const ways: { from: number; by: Ran<Call> | null }[] = [{ from: -1, by: null }];
  let frontier: Visit<S, Call>[] = [{ state: start, from: 0, by: null }];
  let transitions = 0;
  let beyond = 0;
  let depth = 0;
  let complete = true;
  for (; frontier.length > 0; depth += 1) {
    const next: Visit<S, Call>[] = [];
    for (const { state, from } of frontier) {
      for (const call of calls(state)) {
        for (const reached of within(kernel, state, call, () => { beyond += 1; }, options.broken === true)) {
          const by = { call, choices: reached.choices.map(({ taken }) => taken) };
          const breach = laws.breachesOf({ ...reached, before: state, call, after: reached.state, kernel })[0];
          if (breach !== undefined) {
            const found = { ...breach, scope, calls: [...wayTo(ways, from), by] };
            return { states: seen.size, transitions, depth: depth + 1, beyond, complete: false, found };
          }
          if (reached.refused) continue;
          transitions += 1;
          const form = canonical(kernel.schema, reached.state);
          if (seen.has(form)) continue;
          seen.add(form);
          ways.push({ from, by });
          next.push({ state: reached.state, from: ways.length - 1, by });
        }
      }
      if (options.maxStates !== undefined && seen.size >= options.maxStates) complete = false;
      if (!complete || await options.progress?.({ states: seen.size, depth }) === true) {
        return { states: seen.size, transitions, depth, beyond, complete: false, found: null };
      }
    }
    frontier = next;
  }
  return { states: seen.size, transitions, depth: depth - 1, beyond, complete, found: null };
}

function within<S, Call extends AnyCall>(
  kernel: Kernel<S, Call>, state: S, call: Call, left: () => void, broken: boolean,
): readonly Reached<S>[] {
  try {
    return successors(kernel, state, call);
  } catch (error) {
    if (error instanceof BeyondScope) left();
    else if (!broken) throw error;
    return [];
  }
}

function wayTo<Call>(ways: readonly { from: number; by: Ran<Call> | null }[], last: number): readonly Ran<Call>[] {
  const way: Ran<Call>[] = [];
  for (let at = last; ways[at]!.by !== null; at = ways[at]!.from) way.unshift(ways[at]!.by!);
  return way;
}
