import { runInPlace, type Choose, type Kernel } from '#model/kernel';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { BeyondScope } from '#model/operation';
import { callers, Draw } from '#properties/mach/draw';
import { rows } from '#properties/mach/draw-call';
import { stubs } from '#properties/mach/laws/requests/stubs';
import type { Judge } from '#properties/mach/laws/requests/forms';
import { machTheme } from '#properties/mach/theme';
import type { Relation, Tried } from '#properties/obligation';
import type { Ran } from '#properties/program';
import { Random } from '#properties/random';

/** How many calls a run has in which the forms of calls are compared. */
const LENGTH = 50;

const drawn = Object.keys(rows).filter((operation) => stubs[operation as MachCall['operation']] !== undefined);

/**
 * Runs like any others, in which calls are made in two ways from the state that the run has come to. Every call of
 * the run is, and before each of them one of an operation drawn at large, which the run itself does not make.
 */
export const comparing = (judge: Judge): Relation<MachState, MachCall> => ({
  tries: (kernel, seed) => tried(judge, kernel, Random.forRun(seed, LENGTH)),
  step: ({ kernel, before, call }) => judge(kernel, before, call).violations,
});

function tried(judge: Judge, kernel: Kernel<MachState, MachCall>, random: Random): Tried<MachCall> {
  const { scope, draw } = machTheme(random);
  const state = kernel.boot(scope as never);
  const choose: Choose = (_kind, options) => random.pick(options);
  const calls: Ran<MachCall>[] = [];
  const met = new Set<string>();
  const end = (violations: readonly string[] = []): Tried<MachCall> =>
    ({ applied: met.size > 0, met: [...met], violations, run: { scope, calls } });
  const beginning = random.below(drawn.length);
  for (let at = 0; at < LENGTH; at += 1) {
    const next = draw(state, random);
    for (const call of [aside(state, random, drawn[(beginning + at) % drawn.length]!), next]) {
      if (call === null) continue;
      const judged = judge(kernel, state, call);
      for (const condition of judged.met) met.add(condition);
      if (judged.violations.length > 0) {
        calls.push({ call, choices: [] });
        return end(judged.violations);
      }
    }
    if (next === null) return end();
    try {
      const { choices } = runInPlace(kernel, state, next, choose);
      calls.push({ call: next, choices: choices.map(({ taken }) => taken) });
    } catch (error) {
      if (error instanceof BeyondScope) return end();
      throw error;
    }
  }
  return end();
}

/** A call of one operation that messages can ask for: they come in turn, so that none is left out of many runs. */
function aside(state: MachState, random: Random, operation: keyof typeof rows): MachCall | null {
  const free = callers(state);
  if (free.length === 0) return null;
  return rows[operation]![1](new Draw(state, random, random.pick(free)));
}
