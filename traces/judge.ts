import type { WireScope } from '#spec/scope';
import { callSchema, eventSchema } from '#spec/protocol';
import type { AnyCall, Kernel } from '#model/kernel';
import type { Step } from '#properties/obligation';
import type { Bundle } from '#traces/bundle';
import { BadInput, complaint } from '#traces/fault';
import { Oracle, type Allowed } from '#traces/oracle';
import type { RecordedCase } from '#traces/recording';
import { readScope } from '#traces/scope';
import type { SeenEvent, WireCall } from '#traces/wire';

/** A step that no state of the model allows. */
export interface Divergence {
  readonly case: string;
  readonly step: number;
  readonly call: WireCall;
  readonly seen: readonly SeenEvent[];
  readonly allowed: readonly Allowed[];
  readonly why: string;
  /** The rules that the operation implements: where to look. */
  readonly rules: readonly string[];
}

/** What came of judging one case. */
export interface CaseVerdict {
  readonly steps: number;
  readonly divergences: readonly Divergence[];
  /** Why the rest of the case could not be judged, if it could not. */
  readonly cannotTell: string | null;
  readonly unsupported: number;
  /** What the implementation said when it broke down, if it did. */
  readonly brokeDown: string | null;
  /** Deviations from the documents that the implementation made use of. */
  readonly deviations: readonly string[];
}

/** Judges one case, one step after the other, as its steps come. */
export class CaseJudge<S, Call extends AnyCall> {
  readonly #onStep: (step: Step<S, Call>) => void;
  readonly #kernel: Kernel<S, Call>;
  readonly #name: string;
  readonly oracle: Oracle<S, Call>;
  readonly #divergences: Divergence[] = [];
  #steps = 0;
  #unsupported = 0;
  #cannotTell: string | null = null;

  constructor(
    bundle: Bundle<S, Call>, kernel: Kernel<S, Call>, name: string, scope: WireScope, onStep: (step: Step<S, Call>) => void = () => {}, spontaneous = true,
  ) {
    this.#onStep = onStep;
    this.#kernel = kernel;
    this.#name = name;
    this.oracle = new Oracle(bundle, kernel, readScope(bundle, scope), spontaneous);
  }

  /** Takes in one step. False: nothing that comes after it can be judged. */
  see(call: WireCall, seen: readonly SeenEvent[]): boolean {
    if (this.#cannotTell !== null) return false;
    const unsupported = seen.find(({ tag }) => tag === 'unsupported');
    if (unsupported !== undefined) {
      this.#unsupported += 1;
      this.#cannotTell = `${call.operation} is unsupported`;
      return false;
    }
    const judgement = this.oracle.judge(call, seen);
    this.#steps += 1;
    if (judgement.tag === 'agrees') this.#onStep(judgement.step);
    if (judgement.tag === 'cannot tell') this.#cannotTell = `step ${this.#steps}: ${judgement.why}`;
    if (judgement.tag === 'diverges') {
      this.#divergences.push({
        case: this.#name, step: this.#steps, call, seen, allowed: judgement.allowed, why: judgement.why,
        rules: this.#kernel.operations[call.operation]?.implements ?? [],
      });
    }
    return judgement.tag !== 'cannot tell';
  }

  verdict(): CaseVerdict {
    return {
      steps: this.#steps, divergences: this.#divergences, cannotTell: this.#cannotTell,
      unsupported: this.#unsupported, brokeDown: null, deviations: this.oracle.deviations,
    };
  }
}

/** Makes sure that recorded lines are of the vocabulary's form before the model looks at them. */
export function recordedSteps(bundle: Bundle, path: string) {
  const call = callSchema(bundle.vocabularies.wire);
  const event = eventSchema(bundle.vocabularies.wire);
  return (step: RecordedCase['steps'][number]): { call: WireCall; events: readonly SeenEvent[] } => {
    const asked = call.safeParse(step.call);
    if (!asked.success) throw new BadInput(`${path}:${step.line}: call.${complaint(asked.error)}`);
    for (const [at, seen] of (step.events ?? []).entries()) {
      const parsed = event.safeParse(seen);
      if (!parsed.success) throw new BadInput(`${path}:${step.line + 1}: events[${at}]: ${complaint(parsed.error)}`);
    }
    return { call: step.call, events: step.events ?? [] };
  };
}
