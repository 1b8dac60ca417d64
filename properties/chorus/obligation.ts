import type { ChorusRule } from '#spec/chorus/rules';
import type { ChorusKernel } from '#model/chorus/kernel';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import type { Mutant, Obligation, Step, Waiver } from '#properties/obligation';

export type ChorusStep = Step<ChorusState, ChorusCall>;
export type ChorusObligation = Obligation<ChorusState, ChorusCall>;

/** Some of Chorus's obligations, by the rules they discharge. */
export type ChorusLaws = Partial<Readonly<Record<ChorusRule, ChorusObligation | Waiver>>>;

/** A Chorus kernel with one fault. */
export interface ChorusMutant extends Mutant<ChorusKernel> { readonly rule: ChorusRule }
export type ChorusMutants = Readonly<Record<string, ChorusMutant>>;

export type OperationName = ChorusCall['operation'];
/** A call of one operation, as a law about it sees it. */
export type CallOf<Op extends OperationName> = Extract<ChorusCall, { operation: Op }>;

/** One obligation that asks all that several ask. */
export function together(...parts: readonly ChorusObligation[]): ChorusObligation {
  const speaking = (step: ChorusStep) => parts.filter(({ on }) => on === undefined || on.includes(step.call.operation));
  const everywhere = parts.some(({ on }) => on === undefined);
  const always = parts.filter((part) => part.always !== undefined);
  const monitored = parts.find((part) => part.monitor !== undefined);
  return {
    ...(always.length > 0 ? { always: (state: ChorusState) => always.flatMap((part) => part.always!(state)) } : {}),
    step: (step) => speaking(step).flatMap((part) => part.step?.(step) ?? []),
    ...(everywhere ? {} : { on: [...new Set(parts.flatMap(({ on }) => on ?? []))] }),
    ...(monitored === undefined ? {} : { monitor: monitored.monitor! }),
    sometimes: Object.assign({}, ...parts.map((part) => guarded(part))) as ChorusObligation['sometimes'],
  };
}

/** The conditions of one part, which are asked of the operations that it speaks of. */
function guarded({ on, sometimes }: ChorusObligation): ChorusObligation['sometimes'] {
  if (on === undefined) return sometimes;
  return Object.fromEntries(Object.entries(sometimes).map(([what, met]) =>
    [what, (step: ChorusStep) => on.includes(step.call.operation) && met(step)]));
}
