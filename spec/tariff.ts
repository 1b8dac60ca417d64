/**
 * What a model counts, and what is counted beside it: work that programs do themselves, bytes on the network, and how often
 * somebody has to look whether others are still there.
 */
export const counted = [
  'trap', 'switch', 'message', 'copy', 'byte', 'lookup', 'right', 'fault', 'page copy', 'packet', 'wire byte', 'checkup', 'own copy', 'own byte',
] as const;
export type Counted = (typeof counted)[number];

/**
 * How far a source carries a price.
 *
 * - `stated`: the source gives it as a measurement.
 * - `inferred`: it follows from what is stated by arithmetic that `because` gives.
 * - `assumed`: it is ours; `because` says why it is not absurd.
 */
export type Grade = 'stated' | 'inferred' | 'assumed';

/** The price of one event: at least and at most, in the tariff's unit. */
export interface Price {
  readonly least: number;
  readonly most: number;
  readonly grade: Grade;
  /** The document and the place in it; empty for what is assumed. */
  readonly source: string;
  readonly because: string;
}

/** Prices by which counts are turned into time, or into something else that can be added up. What has no price costs nothing. */
export interface Tariff {
  readonly title: string;
  /** `µs`, or whatever the sums are in. */
  readonly unit: string;
  /** What is taken for granted when these prices are used. */
  readonly assumes: string;
  readonly prices: Readonly<Partial<Record<Counted, Price>>>;
}

/** A price that is one number. */
export const price = (each: number, grade: Grade, source: string, because: string): Price => ({ least: each, most: each, grade, source, because });
