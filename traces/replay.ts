import type { TraceFile } from '#spec/trace';
import { snapshot } from '#model/copy';
import { BeyondScope, ModelError } from '#model/operation';
import { runInPlace, type AnyCall, type Kernel, type Outcome } from '#model/kernel';
import { Laws } from '#properties/laws';
import { mutate, type Step } from '#properties/obligation';
import { following } from '#properties/program';
import type { Bundle } from '#traces/bundle';
import { BadInput } from '#traces/fault';
import { spellEvent } from '#traces/spelling';
import { stableJson } from '#traces/text';
import { callsOf } from '#traces/trace-file';
import { modelVersion } from '#traces/version';

/** What came of running a trace again. */
export type Replayed =
  | { readonly tag: 'reproduced'; readonly step: number; readonly violations: readonly string[] }
  | { readonly tag: 'not reproduced' }
  | { readonly tag: 'different failure'; readonly step: number; readonly rule: string; readonly violations: readonly string[] }
  /** The trace no longer fits the model: it was made with another, and this one goes another way. */
  | { readonly tag: 'stale'; readonly step: number; readonly why: string };

/** One step of a replay, for whoever wants to show it. */
export interface ReplayStep<S, Call extends AnyCall> {
  readonly number: number;
  readonly step: Step<S, Call>;
  readonly spelled: readonly Record<string, unknown>[];
}

/** The kernel a trace names: `model:mach`, `model:mach/gnumach`, `mutant:mach/…`. */
export function kernelNamed<S, Call extends AnyCall>(bundle: Bundle<S, Call>, subject: string, variant: string): Kernel<S, Call> {
  const { suite } = bundle;
  const name = suite.kernel.name;
  const [kind, rest = ''] = subject.split(/:(.*)/s);
  const [kernel, slug] = rest.split(/\/(.*)/s);
  if (kernel === name && kind === 'model') {
    const model = suite.variants[slug ?? variant];
    if (model !== undefined) return model;
  }
  if (kernel === name && kind === 'mutant' && slug !== undefined) {
    const mutant = suite.mutants[slug];
    if (mutant !== undefined) return mutate(suite.variants[variant] ?? suite.kernel, mutant);
  }
  throw new BadInput(`there is no ${subject}`);
}

/** Runs a trace on a kernel of ours, under the law of its rule and all others. */
export function replay<S, Call extends AnyCall>(
  bundle: Bundle<S, Call>, subject: string, trace: TraceFile, visit: (step: ReplayStep<S, Call>) => void = () => {},
): Replayed {
  const kernel = kernelNamed(bundle, subject, trace.variant);
  const own = subject === trace.subject;
  const old = trace.model !== modelVersion(trace.kernel);
  const related = new Set(trace.verdict.check === 'relates' ? [trace.verdict.rule] : []);
  const watch = new Laws(bundle.suite.discharges, undefined, related).watch();
  const asked = new Map<number, Call>();
  const state = kernel.boot(trace.scope as never);
  let before = snapshot(state, null);
  let differs: number | null = null;
  for (const [at, { call, choices }] of callsOf(bundle, trace).entries()) {
    if (!bundle.suite.isEnabled(state, call)) return gone(old, at, differs, 'the calling thread is not free to call there');
    if (call.thread !== undefined) asked.set(call.thread, call);
    let outcome: Outcome;
    try {
      outcome = runInPlace(kernel, state, call, following(choices));
    } catch (error) {
      if (!(error instanceof BeyondScope) && !(error instanceof ModelError)) throw error;
      return gone(old, at, differs, error.message);
    }
    const { events, cost, refused } = outcome;
    const step = { events, choices: outcome.choices, cost, refused, before, call, after: snapshot(state, before), kernel };
    before = step.after;
    const spelled = events.map((event) => spellEvent(bundle, asked.get(event.thread), event));
    visit({ number: at + 1, step, spelled });
    if (differs === null && stableJson(spelled) !== stableJson(trace.steps[at]!.events)) differs = at;
    const breaches = watch.see(step);
    const same = breaches.find(({ rule }) => rule === trace.verdict.rule);
    if (same !== undefined) return { tag: 'reproduced', step: at + 1, violations: same.violations };
    const other = breaches[0];
    if (other !== undefined && at + 1 === trace.steps.length) {
      return { tag: 'different failure', step: at + 1, rule: other.rule, violations: other.violations };
    }
  }
  if (own && old && differs !== null) {
    return { tag: 'stale', step: differs + 1, why: 'the model has changed since, and answers otherwise' };
  }
  return { tag: 'not reproduced' };
}

function gone(old: boolean, at: number, differs: number | null, why: string): Replayed {
  if (!old && differs !== null) return { tag: 'not reproduced' };
  return { tag: 'stale', step: at + 1, why };
}
