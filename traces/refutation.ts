import { ModelError } from '#model/operation';
import { pack } from '#model/schema';
import type { AnyCall, Kernel } from '#model/kernel';
import { mutate, type Mutant } from '#properties/obligation';
import type { Bundle } from '#traces/bundle';
import { CaseJudge, recordedSteps } from '#traces/judge';
import { openRecording, type RecordedCase } from '#traces/recording';

/** What a recording of another implementation says to a mutant that judges it. */
export interface Refutation {
  readonly mutant: string;
  readonly rule: string;
  readonly fault: string;
  /** Where the mutant does not allow what the implementation did; null if it allows all of it. */
  readonly refuted: { readonly case: string; readonly step: number; readonly operation: string; readonly why: string } | null;
  /** Cases looked at, up to the one that refutes it. */
  readonly cases: number;
  /** Why it is not refuted, as far as can be told. */
  readonly unrefuted: Unrefuted | null;
}

/**
 * `not called`: the recording has none of the operations that are at fault. `not reached`: the fault made no
 * difference to any state. `not observable`: it did, and no answer was any other for it. `failed`: the mutant
 * could not be tried.
 */
export type Unrefuted = 'not called' | 'not reached' | 'not observable' | 'failed';

export interface RefutationTask {
  readonly work: 'refutation';
  readonly kernel: string;
  readonly variant: string;
  readonly slug: string;
  readonly path: string;
}

/** How many cases are gone through a second time, to see whether a fault that nothing refutes was ever reached. */
const CASES_COMPARED = 500;

/** Lets a mutant judge a recording on which the unbroken kernel has nothing to say. */
export function refute({ variant, slug, path }: Omit<RefutationTask, 'work' | 'kernel'>, bundle: Bundle): Refutation {
  const unbroken = bundle.suite.variants[variant]!;
  const mutant = bundle.suite.mutants[slug]!;
  const kernel = mutate(unbroken, mutant);
  const cases = casesOf(bundle, path);
  const about = { mutant: slug, rule: mutant.rule, fault: mutant.fault };
  if (!isCalled(unbroken, mutant, cases)) return { ...about, refuted: null, cases: 0, unrefuted: 'not called' };
  let seen = 0;
  for (let recorded = cases.at(seen); recorded !== null; recorded = cases.at(seen)) {
    seen += 1;
    const refuted = judged(bundle, kernel, recorded);
    if (refuted !== null && judged(bundle, unbroken, recorded) === null) return { ...about, refuted, cases: seen, unrefuted: null };
  }
  return { ...about, refuted: null, cases: seen, unrefuted: difference(bundle, unbroken, kernel, cases) };
}

/** Cases that show which operations a recording has. */
const CASES_THAT_TELL = 200;

/** Whether a recording has any of the operations that are at fault, or that implement the rule that is broken. */
function isCalled(kernel: Kernel<unknown, AnyCall>, { rule, operations }: Mutant<Kernel<unknown, AnyCall>>, cases: Cases): boolean {
  const broken = Object.keys(operations ?? {});
  const about = broken.length > 0 ? broken
    : Object.keys(kernel.operations).filter((operation) => kernel.operations[operation]!.implements.includes(rule));
  cases.at(CASES_THAT_TELL);
  return about.length === 0 || about.some((operation) => cases.operations.has(operation));
}

/** The first answer of a case that a kernel does not allow. A kernel that itself breaks down has no say. */
function judged(bundle: Bundle, kernel: Kernel<unknown, AnyCall>, { name, scope, steps }: RecordedCase): Refutation['refuted'] {
  const judge = new CaseJudge(bundle, kernel, name, scope, () => {}, false);
  try {
    for (const { call, events } of steps) {
      if (events === null || !judge.see(call, events)) return null;
      const [divergence] = judge.verdict().divergences;
      if (divergence !== undefined) return { case: name, step: divergence.step, operation: call.operation, why: divergence.why };
    }
  } catch (error) {
    if (!(error instanceof ModelError) && !(error instanceof TypeError)) throw error;
  }
  return null;
}

/** Whether a fault that no answer shows was met at all: then some state differs. */
function difference(
  bundle: Bundle, unbroken: Kernel<unknown, AnyCall>, mutant: Kernel<unknown, AnyCall>, cases: Cases,
): Unrefuted {
  for (let at = 0; at < CASES_COMPARED; at += 1) {
    const recorded = cases.at(at);
    if (recorded === null) break;
    const judges = [unbroken, mutant].map((kernel) => new CaseJudge(bundle, kernel, recorded.name, recorded.scope));
    for (const { call, events } of recorded.steps) {
      if (events === null || !judges.every((judge) => judge.see(call, events))) break;
      const [one, other] = judges.map(({ oracle }) => pack(unbroken.schema, oracle.state, false).join());
      if (one !== other) return 'not observable';
    }
  }
  return 'not reached';
}

/** The cases of a recording, read once and as far as they are needed. */
class Cases {
  readonly #iterator: Iterator<RecordedCase>;
  readonly #validated: ReturnType<typeof recordedSteps>;
  readonly #read: RecordedCase[] = [];
  readonly operations = new Set<string>();

  constructor(bundle: Bundle, path: string) {
    this.#iterator = openRecording(path).cases[Symbol.iterator]();
    this.#validated = recordedSteps(bundle, path);
  }

  at(index: number): RecordedCase | null {
    while (this.#read.length <= index) {
      const { value, done } = this.#iterator.next();
      if (done === true) return null;
      this.#read.push(value);
      for (const step of value.steps) {
        this.#validated(step);
        this.operations.add(step.call.operation);
      }
    }
    return this.#read[index]!;
  }
}

const known = new Map<string, Cases>();

function casesOf(bundle: Bundle, path: string): Cases {
  let cases = known.get(path);
  if (cases === undefined) known.set(path, cases = new Cases(bundle, path));
  return cases;
}
