/** The kernels the paper compares. */
export type ComparedKernel = 'mach' | 'chorus' | 'qnx';

/**
 * What the kernel's own documents make of a statement.
 *
 * - `holds`: they say the same.
 * - `holds under conditions`: it is true in some cases or of some of what it speaks of; `because` says which.
 * - `does not hold`: they say otherwise.
 * - `cannot be said`: it is history, opinion or measurement, and no rule decides it.
 */
export type Verdict = 'holds' | 'holds under conditions' | 'does not hold' | 'cannot be said';

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
  /** The rules the verdict rests on. */
  readonly rules: readonly Slug[];
  /** The kernels whose rules the verdict was made by. */
  readonly kernels: readonly ComparedKernel[];
}

/** Declares statements judged by the rules of one kernel: `statements<MachRule>()([…])`. */
export const statements =
  <Slug extends `${string}/${string}`>() =>
  (list: readonly Statement<Slug>[]): readonly Statement<Slug>[] => list;
