import type { AnyCall, Scope } from '#model/kernel';
import type { Program, ProgramCall } from '#properties/program';

/** Whether a program still shows what it is shrunk for. */
export type StillFails<Call> = (program: Program<Call>) => boolean;

/** Simpler calls to try in place of one, the simplest first. Its leaves are opaque. */
export type Simplify<Call> = (call: Call) => readonly Call[];

/** What a kernel offers to make a program simpler than by leaving calls out. */
export interface Simpler<Call> {
  readonly simplify?: Simplify<Call>;
  readonly simplerScopes?: ((scope: Scope) => readonly Scope[]) | undefined;
}

/** How many programs are tried at most: shrinking comes to an end, however hard. */
const ATTEMPTS = 4000;

/**
 * A shortest program, as far as leaving out calls and simplifying arguments can tell: first large pieces go,
 * then single calls, the scope becomes smaller, then two and three calls go at once, and one thing takes the
 * place of another, until nothing more helps.
 */
export function shrink<Call extends AnyCall>(
  program: Program<Call>, stillFails: StillFails<Call>, { simplify = () => [], simplerScopes = () => [] }: Simpler<Call> = {},
): Program<Call> {
  let best = program;
  let left = ATTEMPTS;
  const attemptProgram = (candidate: Program<Call>): boolean => {
    left -= 1;
    if (left < 0 || !stillFails(candidate)) return false;
    best = candidate;
    return true;
  };
  const attempt = (calls: readonly ProgramCall<Call>[]): boolean => attemptProgram({ ...best, calls });
  const calls = () => best.calls;
  for (let size = Math.ceil(best.calls.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    leaveOut(calls, size, attempt);
  }
  for (let changed = true; changed;) {
    changed = leaveOut(calls, 1, attempt);
    while (simplerScopes(best.scope).some((scope) => attemptProgram({ ...best, scope }))) changed = true;
    changed = simplifyCalls(calls, simplify, attempt) || changed;
    changed = leaveOutTwo(calls, attempt) || changed;
    changed = unifyThings(calls, attempt) || changed;
    changed = changed || leaveOutThree(calls, attempt);
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

function leaveOutTwo<Call>(calls: Calls<Call>, attempt: Attempt<Call>): boolean {
  if (calls().length > PAIRS_UP_TO) return false;
  for (let i = 0; i < calls().length; i += 1) {
    for (let j = i + 1; j < calls().length; j += 1) {
      if (attempt(calls().filter((_, at) => at !== i && at !== j))) return true;
    }
  }
  return false;
}

const TRIPLES_UP_TO = 14;

function leaveOutThree<Call>(calls: Calls<Call>, attempt: Attempt<Call>): boolean {
  if (calls().length > TRIPLES_UP_TO) return false;
  const whole = calls();
  for (let i = 0; i < whole.length; i += 1) {
    const rest = whole.filter((_, at) => at !== i);
    if (leaveOutTwo(() => rest, (two) => two.length === rest.length - 2 && attempt(two))) return true;
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

/** A slot that stands for a thing by its origin, as programs keep it. */
interface Thing { readonly tag: 'origin'; readonly space: string; readonly origin: unknown }

const isThing = (value: object): value is Thing => 'tag' in value && value.tag === 'origin' && 'origin' in value;

/**
 * One thing takes the place of another of its space, wherever it is named, and one caller that of another:
 * calls that only made the other can then be left out.
 */
function unifyThings<Call>(calls: Calls<Call>, attempt: Attempt<Call>): boolean {
  if (calls().length > PAIRS_UP_TO) return false;
  const things = new Map<string, Thing>();
  for (const { template } of calls()) forEachThing(template, (thing) => things.set(thingKey(thing), thing));
  const known = [...things];
  for (let later = known.length - 1; later > 0; later -= 1) {
    const [key, { space }] = known[later]!;
    for (const [, thing] of known.slice(0, later)) {
      if (thing.space !== space) continue;
      const before = calls();
      const unified = before.map((at) => ({ ...at, template: replaceThing(at.template, key, thing) as Call }));
      if (attempt(unified) && leaveOut(calls, 1, attempt)) return true;
      if (calls() === unified) attempt(before);
    }
  }
  return false;
}

const thingKey = ({ space, origin }: Thing): string => `${space} ${JSON.stringify(origin)}`;

function forEachThing(value: unknown, visit: (thing: Thing) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (isThing(value)) visit(value);
  else for (const part of Object.values(value)) forEachThing(part, visit);
}

/** The same template with another thing in the place of one; the value it was made with stays. */
function replaceThing(value: unknown, key: string, by: Thing): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isThing(value)) return thingKey(value) === key ? { ...value, origin: by.origin } : value;
  if (Array.isArray(value)) return value.map((part) => replaceThing(part, key, by));
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, replaceThing(part, key, by)]));
}
