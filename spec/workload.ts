/** What the size of a workload counts. */
export type Unit = 'bytes' | 'pages' | 'clients';

/** Something that every kernel is asked to do, said so that it means the same for all of them. */
export interface Workload {
  readonly title: string;
  /** What is done, where it begins and where it ends. */
  readonly does: string;
  readonly unit: Unit;
  /** The sizes to run it at. A kernel leaves out those that it cannot carry. */
  readonly sizes: readonly number[];
}

/** From nothing to a mebibyte, by steps that show where a kernel changes its ways. */
export const byteSizes: readonly number[] = [0, 64, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576];
