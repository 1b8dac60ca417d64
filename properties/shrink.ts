import type { AnyCall } from '#model/kernel';
import type { Program, ProgramCall } from '#properties/program';

/** Whether a program still shows what it is shrunk for. */
export type StillFails<Call> = (program: Program<Call>) => boolean;

/** Simpler calls to try in place of one, the simplest first. Its leaves are opaque. */
export type Simplify<Call> = (call: Call) => readonly Call[];

/**
 * A shortest program, as far as leaving out calls and simplifying arguments can tell: first large pieces go,
 * then single calls, then pairs of calls, until nothing more can be left out.
 */
export function shrink<Call extends AnyCall>(
  program: Program<Call>, stillFails: StillFails<Call>, simplify: Simplify<Call> = () => [],
): Program<Call> {
  let best = program;
  const attempt = (calls: readonly ProgramCall<Call>[]): boolean => {
    const candidate = { ...best, calls };
    if (!stillFails(candidate)) return false;
    best = candidate;
    return true;
  };
  for (let size = Math.ceil(best.calls.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    leaveOut(() => best.calls, size, attempt);
  }
  for (let changed = true; changed;) {
    changed = leaveOut(() => best.calls, 1, attempt);
    changed = simplifyCalls(() => best.calls, simplify, attempt) || changed;
    changed = leaveOutPairs(() => best.calls, attempt) || changed;
  }
  return best;
}

type Calls<Call> = () => readonly ProgramCall<Call>[];
type Attempt<Call> = (calls: readonly ProgramCall<Call>[]) => boolean;

function leaveOut<Call>(calls: Calls<Call>, size: number, attempt: Attempt<Call>): boolean {
  let changed = false;
  for (let end = calls().length; end > 0; end -= size) {
    const start = Math.max(0, end - size);
    if (attempt([...calls().slice(0, start), ...calls().slice(end)])) changed = true;
  }
  return changed;
}

const PAIRS_UP_TO = 24;

function leaveOutPairs<Call>(calls: Calls<Call>, attempt: Attempt<Call>): boolean {
  if (calls().length > PAIRS_UP_TO) return false;
  for (let i = 0; i < calls().length; i += 1) {
    for (let j = i + 1; j < calls().length; j += 1) {
      if (attempt(calls().filter((_, at) => at !== i && at !== j))) return true;
    }
  }
  return false;
}

function simplifyCalls<Call>(calls: Calls<Call>, simplify: Simplify<Call>, attempt: Attempt<Call>): boolean {
  let changed = false;
  for (let i = 0; i < calls().length; i += 1) {
    for (const template of simplify(calls()[i]!.template)) {
      if (attempt(calls().map((at, place) => (place === i ? { ...at, template } : at)))) {
        changed = true;
        break;
      }
    }
  }
  return changed;
}
