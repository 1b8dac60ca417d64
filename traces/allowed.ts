import type { TraceFile } from '#spec/trace';
import { BeyondScope, ModelError } from '#model/operation';
import { successors, type AnyCall, type Reached } from '#model/kernel';
import type { Bundle } from '#traces/bundle';
import { Asked, spellEvent } from '#traces/spelling';
import { stableJson } from '#traces/text';
import { callsOf } from '#traces/trace-file';

/** What the sound model would have allowed where a trace first leaves it. */
export interface Departure {
  /** The step, from 1. */
  readonly step: number;
  readonly allowed: readonly { readonly events: readonly object[]; readonly choices: readonly string[] }[];
}

/** Where what was seen first differs from anything the sound model allows; null: nobody outside could tell them apart. */
export function departureOf<S, Call extends AnyCall>(bundle: Bundle<S, Call>, trace: TraceFile): Departure | null {
  const { suite } = bundle;
  const kernel = suite.variants[trace.variant] ?? suite.kernel;
  const asked = new Asked<Call>();
  let states: readonly S[] = [kernel.boot(trace.scope as never)];
  for (const [at, { call }] of callsOf(bundle, trace).entries()) {
    asked.called(call);
    const spell = ({ events }: Reached<S>) => events.map((event) => spellEvent(bundle, asked.of(event.thread), event));
    const reached = states.filter((state) => suite.isEnabled(state, call)).flatMap((state) => attempted(() => successors(kernel, state, call)));
    const seen = stableJson(trace.steps[at]!.events);
    const agreeing = reached.filter((each) => stableJson(spell(each)) === seen);
    if (agreeing.length === 0) {
      const allowed = new Map(reached.map((each) => [stableJson(spell(each)), { events: spell(each), choices: each.choices.map(({ taken }) => taken) }]));
      return { step: at + 1, allowed: [...allowed.values()].slice(0, ALLOWED_SHOWN) };
    }
    states = agreeing.map(({ state }) => state).slice(0, STATES_KEPT);
  }
  return null;
}

const ALLOWED_SHOWN = 20;
const STATES_KEPT = 200;

function attempted<T>(work: () => readonly T[]): readonly T[] {
  try {
    return work();
  } catch (error) {
    if (error instanceof BeyondScope || error instanceof ModelError) return [];
    throw error;
  }
}
