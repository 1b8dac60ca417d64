import type {
  ChorusArguments, ChorusBlocks, ChorusOperationName, ChorusRaises, ChorusReturns, ChorusSpoils,
} from '#spec/chorus/vocabulary';
import type { ChorusRule } from '#spec/chorus/rules';
import type { World } from '#model/kernel';
import type { Mechanisms } from '#model/chorus/mechanisms';
import type { ChorusState } from '#model/chorus/state';
import { raised, type Operation } from '#model/operation';

/** What Chorus's documents leave open, by what is open. */
export type ChoiceKind =
  /** Which of the errors that apply is reported. */
  | 'error'
  /** Which member of a group is chosen in a functional mode. */
  | 'member'
  /** Whether the co-target of exclusion stands for itself or for its site. */
  | 'exclusion'
  /** Which of the waiting threads of one priority gets a message. */
  | 'receiver'
  /** Which of several enabled ports of one priority is served. */
  | 'port'
  /** Whether a receive on any enabled port waits although none is enabled. */
  | 'none enabled'
  /** Whether the sender is told that nobody can have its message. */
  | 'unknown destination'
  /** Which error a call that cannot be answered ends with. */
  | 'failed call'
  /** What becomes of the client of a request that is dropped unanswered. */
  | 'dropped request'
  /** What a server is told that answers too late. */
  | 'late reply'
  /** Which packets under way arrive before a receive looks. */
  | 'arrival'
  /** Whether a message goes where its port is remembered to be, or that is found out first. */
  | 'location'
  /** Whether a message for a port that has moved on is sent after it. */
  | 'forwarding'
  /** Which error says that there is no room for one more port. */
  | 'no more ports'
  /** Which error says that no more messages can be saved. */
  | 'no more saved'
  /** Whether a body that was fetched reads as empty or is refused. */
  | 'fetched body'
  /** Which of the threads that wait for a lock gets it. */
  | 'woken'
  /** Which of the threads whose pages have come goes on first. */
  | 'runs next'
  /** Where memory is allocated that may be anywhere. */
  | 'address'
  /** What becomes of the priority of a thread that degrades. */
  | 'degradation'
  /** What is in memory that was not asked to be filled. */
  | 'contents';

/** What is counted, never timed. */
export type ChorusCost = 'trap' | 'copy' | 'byte' | 'lookup' | 'message' | 'packet' | 'switch' | 'page';

/** The world of a Chorus operation that may meet choices of these kinds. */
export interface Chorus<Kind extends ChoiceKind = never> extends World<ChorusState, Kind, ChorusCost> {
  readonly mechanisms: Mechanisms;
}

/** The effects of an operation: what the vocabulary says of it, and the choices it may meet. */
export interface ChorusEffects<Op extends ChorusOperationName, Kind extends ChoiceKind = never> {
  readonly returns: ChorusReturns<Op>;
  readonly raises: ChorusRaises<Op>;
  readonly spoils: ChorusSpoils<Op>;
  readonly blocks: ChorusBlocks<Op>;
  readonly chooses: Kind;
  readonly costs: ChorusCost;
}

/** A Chorus operation: its name in the vocabulary, and the choices it may meet. */
export type ChorusOperation<Op extends ChorusOperationName, Kind extends ChoiceKind = never> =
  Operation<Chorus<Kind>, ChorusRule, ChorusArguments<Op>, ChorusEffects<Op, Kind>>;

/** Any call of the vocabulary. */
export type ChorusCall = { [Op in ChorusOperationName]: { readonly operation: Op } & ChorusArguments<Op> }[ChorusOperationName];

const rulesOfMechanisms = new WeakMap<object, readonly ChorusRule[]>();

/** Names the rules a shared mechanism implements. */
export function implementing<F extends object>(rules: readonly ChorusRule[], mechanism: F): F {
  rulesOfMechanisms.set(mechanism, rules);
  return mechanism;
}

export const implementedBy = (mechanism: object): readonly ChorusRule[] => rulesOfMechanisms.get(mechanism) ?? [];

/** What is wrong with a call: nothing, or some of the errors that apply, in no order that a document gives. */
export type Wrong<E extends string> = readonly (E | false)[];

/** The refusal of a call with which something is wrong; null if nothing is. */
export function refusal<const E extends string>(world: Chorus<'error'>, wrong: Wrong<E>) {
  const errors = [...new Set(wrong.filter((error) => error !== false))];
  if (errors.length === 0) return null;
  return raised(world.choose('error', errors, String));
}
