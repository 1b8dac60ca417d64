import fc from 'fast-check';
import { runInPlace, type Choose } from '#model/kernel';
import { mach } from '#model/mach/kernel';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { isEnabled } from '#properties/mach/draw';
import { drawCall } from '#properties/mach/draw-call';
import { Random } from '#properties/random';

/**
 * Random checking in place, beside fast-check's commands and modelRun doing the same calls on the same model
 * with the same check. Both are given calls drawn beforehand from the same runs; what differs is what each
 * has to do to make, keep and run them. Run it: `node dist/bench/random-checking.js`.
 */
const RUNS = 400;
const LENGTH = 60;
const ROUNDS = 5;
const scope = { threads: [3, 3] } as never;
const first: Choose = (_kind, options) => options[0]!;

/** The check that both make after every call: nobody is left out of what the kernel keeps of a port. */
function holds(state: MachState): boolean {
  for (const { life, queue, senders } of state.ports) if (life === 'dead' && (queue.length > 0 || senders.length > 0)) return false;
  return true;
}

/** Runs of calls, drawn once: both ways replay these. */
const programs: readonly (readonly MachCall[])[] = Array.from({ length: RUNS }, (_, run) => {
  const random = Random.forRun(1, run);
  const state = mach.boot(scope);
  const calls: MachCall[] = [];
  for (let i = 0; i < LENGTH; i += 1) {
    const call = drawCall(state, random);
    if (call === null) break;
    calls.push(call);
    runInPlace(mach, state, call, first);
  }
  return calls;
});

/** Our way: one state, one call after the other. */
function inPlace(): number {
  let steps = 0;
  for (const calls of programs) {
    const state = mach.boot(scope);
    for (const call of calls) {
      if (!isEnabled(state, call)) continue;
      runInPlace(mach, state, call, first);
      if (!holds(state)) throw new Error('violated');
      steps += 1;
    }
  }
  return steps;
}

interface Real { steps: number }

class Command implements fc.Command<{ state: MachState }, Real> {
  readonly #call: MachCall;

  constructor(call: MachCall) {
    this.#call = call;
  }

  check({ state }: Readonly<{ state: MachState }>): boolean {
    return isEnabled(state, this.#call);
  }

  run(model: { state: MachState }, real: Real): void {
    runInPlace(mach, model.state, this.#call, first);
    if (!holds(model.state)) throw new Error('violated');
    real.steps += 1;
  }

  toString(): string {
    return this.#call.operation;
  }
}

/** fast-check's way: arbitraries of commands, drawn into sequences, and run on a model. */
function byCommands(): number {
  const pool = programs.flat();
  const real: Real = { steps: 0 };
  const command = fc.nat({ max: pool.length - 1 }).map((at) => new Command(pool[at]!));
  const commands = fc.commands([command], { maxCommands: LENGTH, size: 'max' });
  fc.assert(fc.property(commands, (sequence) => {
    fc.modelRun(() => ({ model: { state: mach.boot(scope) }, real }), sequence);
  }), { numRuns: RUNS, seed: 1 });
  return real.steps;
}

function rate(work: () => number): number {
  const start = performance.now();
  const steps = work();
  return steps / ((performance.now() - start) / 1000);
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

rate(inPlace);
rate(byCommands);
const rounds = Array.from({ length: ROUNDS }, () => ({ ours: rate(inPlace), theirs: rate(byCommands) }));
const ours = median(rounds.map((round) => round.ours));
const theirs = median(rounds.map((round) => round.theirs));
const ratio = median(rounds.map((round) => round.ours / round.theirs));
process.stdout.write(`${JSON.stringify({
  bench: 'random-checking', rounds: ROUNDS, inPlaceStepsPerSecond: Math.round(ours), commandsStepsPerSecond: Math.round(theirs),
  ratio: Number(ratio.toFixed(2)),
}, null, 2)}\n`);
