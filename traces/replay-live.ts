import type { TraceFile } from '#spec/trace';
import { runInPlace, type AnyCall, type Kernel } from '#model/kernel';
import { following } from '#properties/program';
import { Adapter, type WireProgram, type WireRun } from '#traces/adapter';
import type { Bundle } from '#traces/bundle';
import { madeSteps, type MadeStep } from '#traces/conform';
import { CaseJudge } from '#traces/judge';
import { kernelNamed, type Replayed } from '#traces/replay';
import { callsOf } from '#traces/trace-file';
import { ProgramReader, ProgramWriter } from '#traces/wire-program';
import { sayable } from '#traces/scope';
import { BadInput } from '#traces/fault';

/** Runs a trace on an implementation, and judges what it does by the model the trace was made with. */
export async function replayOn<S, Call extends AnyCall>(
  bundle: Bundle<S, Call>, command: readonly string[], trace: TraceFile,
  visit: (number: number, seen: readonly object[]) => void,
): Promise<Replayed> {
  const { wire, program: ahead } = bundle.vocabularies;
  const adapter = await Adapter.start(command, wire, ahead);
  try {
    const written = programOf(bundle, trace);
    const program = { ...written, scope: sayable(written.scope, adapter.initialized.features.scope) };
    const steps = await runOn(bundle, adapter, program);
    const judge = new CaseJudge(bundle, judgingKernel(bundle, trace), program.case, program.scope);
    for (const [at, { call, events }] of steps.entries()) {
      visit(at + 1, events);
      const before = judge.verdict().divergences.length;
      const goOn = judge.see(call, events);
      const { divergences, cannotTell } = judge.verdict();
      if (divergences.length > before) return divergedAt(at + 1, trace, divergences.at(-1)!.why);
      if (!goOn) return { tag: 'stale', step: at + 1, why: cannotTell ?? 'cannot tell' };
    }
    return { tag: 'not reproduced' };
  } finally {
    await adapter.close();
  }
}

/** The last step is where the trace shows its fault; anything earlier is another matter. */
function divergedAt(step: number, { steps, verdict }: TraceFile, why: string): Replayed {
  if (step === steps.length) return { tag: 'reproduced', step, violations: [why] };
  return { tag: 'different failure', step, rule: verdict.rule, violations: [why] };
}

const judgingKernel = <S, Call extends AnyCall>({ suite }: Bundle<S, Call>, { variant }: TraceFile): Kernel<S, Call> =>
  suite.variants[variant] ?? suite.kernel;

/** A trace as a program that can be sent ahead; its names are told by the answers they came from. */
export function programOf<S, Call extends AnyCall>(bundle: Bundle<S, Call>, trace: TraceFile): WireProgram {
  const kernel = /^(model|mutant):/.test(trace.subject) ? kernelNamed(bundle, trace.subject, trace.variant) : judgingKernel(bundle, trace);
  const state = kernel.boot(trace.scope as never);
  const writer = new ProgramWriter(bundle);
  for (const { call, choices } of callsOf(bundle, trace)) {
    if (!bundle.suite.isEnabled(state, call)) throw new BadInput('the trace does not fit the model it names; it may be stale');
    writer.call(state, call);
    writer.answered(state, runInPlace(kernel, state, call, following(choices)).events);
  }
  return { case: 'replay', scope: bundle.wireScope(trace.scope), calls: writer.calls };
}

/** Runs one program on an adapter, in whichever way it offers. */
export async function runOn<S, Call extends AnyCall>(
  bundle: Bundle<S, Call>, adapter: Adapter, program: WireProgram,
): Promise<readonly MadeStep[]> {
  if (adapter.initialized.features.run) {
    const [run] = await adapter.run([program]);
    return madeSteps(bundle, program, run as WireRun);
  }
  await adapter.reset(program.case, program.scope);
  const reader = new ProgramReader(bundle);
  const steps: MadeStep[] = [];
  for (const written of program.calls) {
    const call = reader.call(written);
    const events = await adapter.step(call);
    reader.answered(events);
    steps.push({ call, events });
    if (events.some(({ tag }) => tag === 'unsupported')) break;
  }
  return steps;
}
