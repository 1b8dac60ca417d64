/**
 * What the kernel's own documents make of a statement.
 *
 * - `holds`: they say the same.
 * - `holds under conditions`: it is true in some cases or of some of what it speaks of; a reason says which.
 * - `does not hold`: they say otherwise.
 * - `cannot be said`: it is history, opinion or measurement, and no rule decides it.
 */
export const verdicts = ['holds', 'holds under conditions', 'does not hold', 'cannot be said'] as const;
export type Verdict = (typeof verdicts)[number];
