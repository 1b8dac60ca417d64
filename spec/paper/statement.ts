import type { SentenceId } from '#spec/sentences';
import type { Verdict } from '#spec/verdict';

export type { Verdict } from '#spec/verdict';

/** The kernels the paper compares. */
export type ComparedKernel = 'mach' | 'chorus' | 'qnx';

/** Who does a workload: a kernel in one of its forms, as the tables of the comparison have them. */
export interface Doer { readonly workload: string; readonly kernel: ComparedKernel; readonly form: string }

/**
 * What a table of the comparison shows: of something that is counted (`messages`), or of what it all comes to under a
 * tariff (`i386`), one has less than the other, or as much, at every size that both are run at.
 */
export interface Finding {
  readonly of: string;
  readonly one: Doer;
  readonly is: 'less than' | 'as much as';
  readonly other: Doer;
  /** The smallest size of which it is said; the smallest there is, where nothing is said. */
  readonly from?: number;
}

/** One statement of the paper, held against the rules of the kernels it is about. */
export interface Statement<Slug extends `${string}/${string}` = `${string}/${string}`> {
  /** `PAP-`, the section, and the place of the statement among those of the section. */
  readonly id: `PAP-${string}-${string}`;
  /** The section of the paper. */
  readonly section: string;
  /** The statement in our own words. */
  readonly says: string;
  readonly verdict: Verdict;
  /** Why the verdict is what it is, in one or two sentences. */
  readonly because: string;
  /** The rules the verdict rests on: their obligations are its evidence. */
  readonly rules: readonly Slug[];
  /** The kernels whose rules the verdict was made by. */
  readonly kernels: readonly ComparedKernel[];
  /** The sentences that say it, where these are listed. */
  readonly sentences?: readonly SentenceId[];
  /** Measured on the models, where the verdict rests on that too. */
  readonly findings?: readonly Finding[];
  /**
   * Recorded runs of a kernel that does otherwise than its documents, such as the way the statement has it: each breaks one of
   * the rules. `mach/slug` is `traces/mach/slug.trace.json`.
   */
  readonly traces?: readonly string[];
}

/** Declares statements judged by the rules of one kernel: `statements<MachRule>()([…])`. */
export const statements =
  <Slug extends `${string}/${string}`>() =>
  (list: readonly Statement<Slug>[]): readonly Statement<Slug>[] => list;
