import type {
  MachArguments, MachBlocks, MachOperationName, MachRaises, MachReturns, MachSpoils,
} from '#spec/mach/vocabulary';
import type { MachRule } from '#spec/mach/rules';
import type { World } from '#model/kernel';
import type { MachKernel } from '#model/mach/kernel';
import type { Mechanisms } from '#model/mach/mechanisms';
import { raised, spoiled, type Operation } from '#model/operation';
import type { MachState } from '#model/mach/state';

/** What Mach's documents leave open, by what is open. */
export type ChoiceKind =
  /** Which of the threads waiting for a message gets it. */
  | 'receiver'
  /** Which of the threads waiting for room may try again. */
  | 'sender'
  /** Which member of a port set is served. */
  | 'member'
  /** Which of several messages queued in one moment is received first. */
  | 'simultaneous'
  /** Which name of a dying task is cleaned next, where that makes a difference. */
  | 'cleaning order'
  /** Which of the threads set free runs next. */
  | 'runs next'
  /** What a name that a waiting thread remembers stands for, once it was freed: names may be used again. */
  | 'reused name'
  /** Which of the errors that apply is reported. */
  | 'error'
  /** What becomes of an owed msg-accepted notification when the port dies. */
  | 'accepted form'
  /** Whether send-cancel really suppresses the port-deleted notification. */
  | 'cancel'
  /** Where memory goes that may be anywhere. */
  | 'address'
  /** Whether room is found for memory at a place that a mask allows, where there is none to spare. */
  | 'masked room'
  /** Whether a memory call leaves out what is not mapped, or refuses. */
  | 'unmapped range'
  /** Whether a memory call accepts addresses and sizes within pages. */
  | 'alignment'
  /** Where a region ends that `vm_region` shows. */
  | 'region'
  /** Whether the kernel keeps an object that nobody maps and that its pager lets it keep. */
  | 'cached object'
  /** Whether the ports of an object that ends are given to its pager, or die. */
  | 'ended ports'
  /** What becomes of pages in memory whose pager is gone. */
  | 'orphaned pages'
  /** Which of the threads that wait for a page hear of its pager's error. */
  | 'error recipients'
  /** Whether the port for the reply to an exception dies with the thread that waits for it. */
  | 'orphaned reply port'
  /** What an exception ends that nobody handles. */
  | 'unhandled exception'
  /** Whether a limit of 0 makes a sender wait although a receiver is waiting. */
  | 'limit zero';

/** What may follow when something is destroyed. */
export type Cascade = 'receiver' | 'accepted form' | 'orphaned pages' | 'ended ports';

/** What is counted, never timed. */
export type MachCost = 'trap' | 'copy' | 'byte' | 'right' | 'message' | 'switch' | 'fault' | 'page copy';

/** The world of a Mach operation that may meet choices of these kinds. */
export interface Mach<Kind extends ChoiceKind = never> extends World<MachState, Kind, MachCost> {
  readonly mechanisms: Mechanisms;
  readonly operations: MachKernel['operations'];
}

/** The effects of an operation: what the vocabulary says of it, and the choices it may meet. */
export interface MachEffects<Op extends MachOperationName, Kind extends ChoiceKind = never> {
  readonly returns: MachReturns<Op>;
  readonly raises: MachRaises<Op>;
  /** A refusal may have looked at a name that had silently died, and left it normalised. */
  readonly spoils: MachSpoils<Op> | { readonly error: MachRaises<Op>; readonly value: null };
  readonly blocks: MachBlocks<Op>;
  readonly chooses: Kind;
  readonly costs: MachCost;
}

/** A Mach operation: its name in the vocabulary, and the choices it may meet. */
export type MachOperation<Op extends MachOperationName, Kind extends ChoiceKind = never> =
  Operation<Mach<Kind>, MachRule, MachArguments<Op>, MachEffects<Op, Kind>>;

/** Any call of the vocabulary. */
export type MachCall = { [Op in MachOperationName]: { readonly operation: Op } & MachArguments<Op> }[MachOperationName];

const rulesOfMechanisms = new WeakMap<object, readonly MachRule[]>();

/** Names the rules a shared mechanism implements. */
export function implementing<F extends object>(rules: readonly MachRule[], mechanism: F): F {
  rulesOfMechanisms.set(mechanism, rules);
  return mechanism;
}

export const implementedBy = (mechanism: object): readonly MachRule[] => rulesOfMechanisms.get(mechanism) ?? [];

/** A refusal that may have normalised a name on the way. */
export const refused = <const Error extends string>(error: Error, touched: boolean) =>
  touched ? spoiled(error, null) : raised(error);
