import type { Initialized } from '#spec/protocol';
import type { WireScope } from '#spec/scope';
import { BeyondScope } from '#model/operation';
import { runInPlace, type AnyCall, type Choose, type Kernel } from '#model/kernel';
import type { Step } from '#properties/obligation';
import { Random } from '#properties/random';
import { Adapter, type WireProgram, type WireRun } from '#traces/adapter';
import type { Bundle } from '#traces/bundle';
import { AdapterFault } from '#traces/fault';
import { CaseJudge, type CaseVerdict } from '#traces/judge';
import type { Journal } from '#traces/recording';
import { sayable } from '#traces/scope';
import type { Subject } from '#traces/subject';
import { ProgramReader, ProgramWriter } from '#traces/wire-program';
import type { SeenEvent, WireCall } from '#traces/wire';

export interface ConformOptions<S, Call extends AnyCall> {
  readonly seed: number;
  readonly runs: number;
  readonly length: number;
  /** Programs to a batch, for implementations that take whole programs. */
  readonly batch: number;
  readonly journal: Journal | null;
  /** Hears of every step that agreed, as the model has it. */
  readonly onStep: (step: Step<S, Call>) => void;
  /** Hears of every case; true ends the run with what there is. */
  readonly onCase: (name: string, verdict: CaseVerdict, steps: readonly MadeStep[]) => boolean;
}

/** A step as it was made on the implementation. */
export interface MadeStep { readonly call: WireCall; readonly events: readonly SeenEvent[] }

/** Runs programs on an implementation one call after the other: each call is drawn from what is known of its state. */
export async function conformStepwise<S, Call extends AnyCall>(
  bundle: Bundle<S, Call>, kernel: Kernel<S, Call>, subject: Subject, operations: ReadonlySet<string>, options: ConformOptions<S, Call>,
): Promise<void> {
  for (let run = 0; run < options.runs; run += 1) {
    const random = Random.forRun(options.seed, run);
    const { scope, draw } = bundle.conformanceTheme(random, { operations, scope: subject.scope });
    const wireScope = sayable(bundle.wireScope(scope), subject.scope);
    const name = `run ${run}`;
    options.journal?.case(name, wireScope);
    await subject.reset(name, wireScope);
    const judge = new CaseJudge(bundle, kernel, name, wireScope, options.onStep);
    const steps: MadeStep[] = [];
    let invented = FIRST_INVENTED_STEPWISE;
    const known = (state: S) => drawKnown(draw, state, random, operations);
    for (let i = 0; i < options.length; i += 1) {
      const call = known(judge.oracle.state);
      if (call === null) break;
      const wireCall = bundle.wire.encode(judge.oracle.state, call, judge.oracle.binding, () => invented++);
      options.journal?.call(wireCall);
      const events = await subject.step(wireCall);
      options.journal?.events(events);
      steps.push({ call: wireCall, events });
      if (!judge.see(wireCall, events)) break;
    }
    if (options.onCase(name, judge.verdict(), steps)) return;
  }
}

const FIRST_INVENTED_STEPWISE = 100_000;
const TRIES_TO_DRAW = 50;

/** A call of an operation that the implementation has. */
function drawKnown<S, Call extends AnyCall>(
  draw: (state: S, random: Random) => Call | null, state: S, random: Random, operations: ReadonlySet<string>,
): Call | null {
  for (let i = 0; i < TRIES_TO_DRAW; i += 1) {
    const call = draw(state, random);
    if (call === null || operations.has(call.operation)) return call;
  }
  return null;
}

/** A program drawn on the model, with references for names: what the model did with it is only a guide. */
export function drawProgram<S, Call extends AnyCall>(
  bundle: Bundle<S, Call>, kernel: Kernel<S, Call>, seed: number, run: number, length: number, { operations: all, features }: Pick<Initialized, 'operations' | 'features'>,
): WireProgram {
  const random = Random.forRun(seed, run);
  const operations = new Set(all);
  const { scope, draw } = bundle.conformanceTheme(random, { operations, scope: features.scope ?? [] });
  const told = sayable(bundle.wireScope(scope), features.scope);
  const state = kernel.boot(bundle.modelScope(told) as never);
  const writer = new ProgramWriter(bundle);
  const choose: Choose = (_kind, options) => random.pick(options);
  for (let i = 0; i < length; i += 1) {
    const call = drawKnown(draw, state, random, operations);
    if (call === null) break;
    writer.call(state, call);
    try {
      writer.answered(state, runInPlace(kernel, state, call, choose).events);
    } catch (error) {
      if (!(error instanceof BeyondScope)) throw error;
      writer.calls.pop();
      break;
    }
  }
  return { case: `run ${run}`, scope: told, calls: writer.calls };
}

/** Runs whole programs on an implementation, a batch at a time; one batch is judged while the next one runs. */
export async function conformInBatches<S, Call extends AnyCall>(
  bundle: Bundle<S, Call>, kernel: Kernel<S, Call>, adapter: Adapter, options: ConformOptions<S, Call>,
): Promise<void> {
  const batchAt = (from: number): readonly WireProgram[] =>
    Array.from({ length: Math.min(options.batch, options.runs - from) }, (_, i) =>
      drawProgram(bundle, kernel, options.seed, from + i, options.length, adapter.initialized));
  let programs = batchAt(0);
  const send = () => {
    options.journal?.ahead(programs);
    return programs.length > 0 ? adapter.run(programs) : null;
  };
  let running = send();
  for (let done = 0; running !== null;) {
    const made = programs;
    const runs = await running;
    done += made.length;
    programs = batchAt(done);
    running = send();
    running?.catch(() => {});
    for (const [at, program] of made.entries()) {
      const { verdict, steps } = judgeRun(bundle, kernel, program, runs[at]!, options.journal, options.onStep);
      if (options.onCase(program.case, verdict, steps)) return;
    }
  }
}

/** Judges what was seen of a program, and keeps it in the journal. */
export function judgeRun<S, Call extends AnyCall>(
  bundle: Bundle<S, Call>, kernel: Kernel<S, Call>, program: WireProgram, run: WireRun, journal: Journal | null,
  onStep: (step: Step<S, Call>) => void = () => {},
): { readonly verdict: CaseVerdict; readonly steps: readonly MadeStep[] } {
  const judge = new CaseJudge(bundle, kernel, program.case, program.scope, onStep, false);
  const steps = madeSteps(bundle, program, run);
  journal?.case(program.case, program.scope);
  for (const { call, events } of steps) {
    journal?.call(call);
    journal?.events(events);
  }
  if (run.stopped !== undefined) journal?.stopped(run.stopped);
  for (const { call, events } of steps) if (!judge.see(call, events)) break;
  const verdict = judge.verdict();
  if (run.stopped === undefined) return { verdict, steps };
  const unsupported = steps.some(({ events }) => events.some(({ tag }) => tag === 'unsupported'));
  return { verdict: { ...verdict, cannotTell: verdict.cannotTell ?? run.stopped, brokeDown: unsupported ? null : run.stopped }, steps };
}

/** The calls of a program as they were made, with what was seen of each. */
export function madeSteps<S, Call extends AnyCall>(bundle: Bundle<S, Call>, program: WireProgram, run: WireRun): readonly MadeStep[] {
  const reader = new ProgramReader(bundle);
  return run.steps.map(({ events }, at) => {
    const call = reader.call(program.calls[at]!);
    reader.answered(events);
    return { call, events };
  });
}

/** An adapter that answers `step`, as a subject. */
export class AdapterSubject implements Subject {
  readonly name: string;
  readonly scope: readonly string[];
  readonly #adapter: Adapter;

  constructor(adapter: Adapter) {
    if (!adapter.initialized.features.step) throw new AdapterFault('adapter.features', 'the adapter does not answer step');
    this.#adapter = adapter;
    this.name = adapter.initialized.implementation.name;
    this.scope = adapter.initialized.features.scope ?? [];
  }

  reset(name: string, scope: WireScope): Promise<void> {
    return this.#adapter.reset(name, scope);
  }

  step(call: WireCall): Promise<readonly SeenEvent[]> {
    return this.#adapter.step(call);
  }

  close(): Promise<void> {
    return this.#adapter.close();
  }
}
