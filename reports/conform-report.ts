import type { AnyCall } from '#model/kernel';
import type { Step } from '#properties/obligation';
import type { Bundle } from '#traces/bundle';
import type { CaseVerdict, Divergence } from '#traces/judge';
import { oneLine } from '#traces/text';
import { brief } from '#reports/diagram';
import { table } from '#reports/table';

/** Divergences of one kind: the same operation, differing in the same way. */
export interface DivergenceGroup { readonly operation: string; readonly why: string; readonly count: number; readonly first: Divergence }

/** Everything a judging of many cases adds up to. */
export class Tally<S, Call extends AnyCall> {
  readonly #bundle: Bundle<S, Call>;
  readonly #depth: Map<string, number>;
  readonly #operations = new Map<string, number>();
  readonly #groups = new Map<string, { count: number; first: Divergence }>();
  readonly #deviations = new Map<string, number>();
  readonly #reasons = new Map<string, number>();
  readonly #breakdowns = new Map<string, number>();
  cases = 0;
  steps = 0;
  unjudged = 0;

  constructor(bundle: Bundle<S, Call>) {
    this.#bundle = bundle;
    this.#depth = new Map(bundle.depth.map(({ what }) => [what, 0]));
    for (const operation of Object.keys(bundle.suite.kernel.operations)) this.#operations.set(operation, 0);
  }

  step(step: Step<S, Call>): void {
    this.#operations.set(step.call.operation, (this.#operations.get(step.call.operation) ?? 0) + 1);
    for (const { what, met } of this.#bundle.depth) if (met(step)) this.#depth.set(what, this.#depth.get(what)! + 1);
    for (const { kind, taken } of step.choices) {
      if (kind === 'deviation') this.#deviations.set(taken, (this.#deviations.get(taken) ?? 0) + 1);
    }
  }

  case(verdict: CaseVerdict): void {
    this.cases += 1;
    this.steps += verdict.steps;
    if (verdict.brokeDown !== null) {
      this.#breakdowns.set(verdict.brokeDown, (this.#breakdowns.get(verdict.brokeDown) ?? 0) + 1);
      return;
    }
    if (verdict.cannotTell !== null) {
      this.unjudged += 1;
      const reason = verdict.cannotTell.replace(/^step \d+: /, '');
      this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
    }
    for (const divergence of verdict.divergences) this.#diverged(divergence);
  }

  #diverged(divergence: Divergence): void {
    const key = `${divergence.call.operation} ${divergence.why.replace(/\b[tTn]?\d+\b/g, '…')}`;
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, { count: 1, first: divergence });
    else group.count += 1;
  }

  get groups(): readonly DivergenceGroup[] {
    return [...this.#groups.values()]
      .map(({ count, first }) => ({ operation: first.call.operation, why: first.why, count, first }))
      .sort((a, b) => b.count - a.count || (a.operation < b.operation ? -1 : 1));
  }

  get deviations(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#deviations);
  }

  get depth(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#depth);
  }

  /** How often the implementation broke down altogether, by what it said. */
  get breakdowns(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#breakdowns);
  }

  /** Operations that were never made and judged. */
  get missing(): readonly string[] {
    return [...this.#operations].filter(([, count]) => count === 0).map(([operation]) => operation);
  }

  get reasons(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#reasons].sort((a, b) => b[1] - a[1]));
  }
}

/** Divergences for people: what was seen, what was allowed, and the rules with their sources. */
export function showDivergences<S, Call extends AnyCall>(bundle: Bundle<S, Call>, groups: readonly DivergenceGroup[]): string {
  return groups.slice(0, 20).map(({ first, count }) => {
    const { call, seen, allowed, why, rules } = first;
    const { operation, ...args } = call;
    return [
      `✗ ${operation}: ${oneLine(why)} (${count}×; first in ${oneLine(first.case)}, step ${first.step})`,
      `    call     ${oneLine(brief(args))}`,
      ...seen.map((event) => `    seen     ${oneLine(brief(event))}`),
      ...allowed.slice(0, 4).map(({ events, choices }) =>
        `    allowed  ${oneLine(events.map((event) => brief(event)).join(', ') || 'nothing to be seen')}${choices.length > 0 ? ` [${choices.join(', ')}]` : ''}`),
      ...rules.slice(0, 4).map((rule) => {
        const known = bundle.suite.rules[rule];
        const source = known?.source.map(({ document, section }) => `${document} ${section}`).join('; ') ?? '';
        return `    rule     ${rule}: ${source}`;
      }),
    ].join('\n');
  }).join('\n\n');
}

/** How deep the runs went. */
export const showDepth = (depth: Readonly<Record<string, number>>): string =>
  table(['met in the runs', 'steps'], Object.entries(depth));
