import type {
  QnxArguments, QnxBlocks, QnxOperationName, QnxRaises, QnxReturns, QnxSpoils,
} from '#spec/qnx/vocabulary';
import type { QnxRule } from '#spec/qnx/rules';
import type { World } from '#model/kernel';
import type { Operation } from '#model/operation';
import type { Mechanisms } from '#model/qnx/mechanisms';
import type { QnxState } from '#model/qnx/state';

/** What QNX's documents leave open, by what is open. */
export type ChoiceKind =
  /** Which of the errors that apply is reported. */
  | 'error'
  /** Whether a buffer that is not needed yet is looked at when it is given. */
  | 'buffer check'
  /** What was copied before a fault is reported. */
  | 'partial copy'
  /** Where a proxy with triggers left stands after one of them was received. */
  | 'proxy place'
  /** What a trigger beyond the limit of a proxy comes to. */
  | 'trigger beyond the limit'
  /** What a reply to a proxy comes to. */
  | 'reply to a proxy'
  /** Whether the queue is put in another order when the flag for it changes. */
  | 'reorder'
  /** Whether a Send to oneself is refused or waits for itself. */
  | 'send to self'
  /** What Creceive says when there is no message. */
  | 'no message'
  /** Whether a signal that is pending already is counted again. */
  | 'repeated signal'
  /** Which of several signals takes effect first. */
  | 'signal order'
  /** Whether a zombie can still be signalled. */
  | 'zombie'
  /** Which of equals that wait for a semaphore gets it. */
  | 'semaphore order'
  /** Where among its equals a ready process stands whose priority was changed. */
  | 'place after a change'
  /** What priority a server driven by its clients has when it has none. */
  | 'idle priority'
  /** Which of several children that have ended a wait takes note of. */
  | 'which zombie'
  /** Which of several that go by one global name is meant. */
  | 'which copy'
  /** What those hear who wait in a circuit that is given up. */
  | 'circuit failure'
  /** Whether Net finds at once that a link is down. */
  | 'transmission'
  /** Which pid a new process or proxy gets, where pids are used again. */
  | 'pid';

/** What is counted, never timed. */
export type QnxCost = 'trap' | 'copy' | 'byte' | 'message' | 'switch';

/** The world of a QNX operation that may meet choices of these kinds. */
export interface Qnx<Kind extends ChoiceKind = ChoiceKind> extends World<QnxState, Kind, QnxCost> {
  readonly mechanisms: Mechanisms;
}

/** The effects of an operation: what the vocabulary says of it, and the choices it may meet. */
export interface QnxEffects<Op extends QnxOperationName, Kind extends ChoiceKind = never> {
  readonly returns: QnxReturns<Op>;
  readonly raises: QnxRaises<Op>;
  readonly spoils: QnxSpoils<Op>;
  readonly blocks: QnxBlocks<Op>;
  readonly chooses: Kind;
  readonly costs: QnxCost;
}

/** A QNX operation: its name in the vocabulary, and the choices it may meet. */
export type QnxOperation<Op extends QnxOperationName, Kind extends ChoiceKind = ChoiceKind> =
  Operation<Qnx<Kind>, QnxRule, QnxArguments<Op>, QnxEffects<Op, Kind>>;

/** Any call of the vocabulary. */
export type QnxCall = { [Op in QnxOperationName]: { readonly operation: Op } & QnxArguments<Op> }[QnxOperationName];

const rulesOfMechanisms = new WeakMap<object, readonly QnxRule[]>();

/** Names the rules a shared mechanism implements. */
export function implementing<F extends object>(rules: readonly QnxRule[], mechanism: F): F {
  rulesOfMechanisms.set(mechanism, rules);
  return mechanism;
}

export const implementedBy = (mechanism: object): readonly QnxRule[] => rulesOfMechanisms.get(mechanism) ?? [];
