import type { TraceFile } from '#spec/trace';
import type { AnyCall } from '#model/kernel';
import type { Bundle } from '#traces/bundle';
import { kernelNamed, replay, type Replayed } from '#traces/replay';
import { callsOf, makeTrace } from '#traces/trace-file';
import { modelVersion } from '#traces/version';

/** How a trace stands to the model as it is now. */
export type Standing =
  /** Made with this very model, and it shows what it says. */
  | { readonly tag: 'current' }
  /** Made with another model, and it still shows what it says: it can be migrated. */
  | { readonly tag: 'migratable' }
  /** It no longer fits, or no longer shows what it says. */
  | { readonly tag: 'stale'; readonly why: string }
  /** It was seen on an implementation: only a replay on that can tell. */
  | { readonly tag: 'foreign' };

/** Whether a trace still shows, on what it was made on, what it was kept for. */
export function standingOf<S, Call extends AnyCall>(bundle: Bundle<S, Call>, trace: TraceFile): Standing {
  if (!/^(model|mutant):/.test(trace.subject)) return { tag: 'foreign' };
  const result = replay(bundle, trace.subject, trace);
  if (result.tag !== 'reproduced') return { tag: 'stale', why: inWords(result) };
  if (result.step !== trace.steps.length) return { tag: 'stale', why: `it shows its fault at call ${result.step} already` };
  return { tag: trace.model === modelVersion(trace.kernel) ? 'current' : 'migratable' };
}

function inWords(result: Exclude<Replayed, { tag: 'reproduced' }>): string {
  switch (result.tag) {
    case 'not reproduced': return 'it is not reproduced';
    case 'different failure': return `it breaks ${result.rule} instead, at call ${result.step}`;
    case 'stale': return `at call ${result.step}, ${result.why}`;
  }
}

/** The same trace as the model of today makes it. */
export function migrated<S, Call extends AnyCall>(bundle: Bundle<S, Call>, trace: TraceFile): TraceFile {
  const kernel = kernelNamed(bundle, trace.subject, trace.variant);
  const result = replay(bundle, trace.subject, trace);
  const violations = result.tag === 'reproduced' ? result.violations : trace.verdict.violations;
  const { seed, run } = trace.origin;
  return makeTrace(bundle, kernel, {
    variant: trace.variant, subject: trace.subject, scope: trace.scope, calls: callsOf(bundle, trace),
    verdict: { ...trace.verdict, violations },
    origin: { ...(seed === undefined ? {} : { seed }), ...(run === undefined ? {} : { run }) },
  });
}
