import { machCommunication } from '#spec/paper/mach-communication';
import { machComparisons } from '#spec/paper/mach-comparisons';
import { machOverview } from '#spec/paper/mach-overview';
import { machProcesses } from '#spec/paper/mach-processes';
import { typicalMicrokernel } from '#spec/paper/typical-microkernel';
import type { Statement } from '#spec/paper/statement';

export type { ComparedKernel, Statement, Verdict } from '#spec/paper/statement';

/**
 * What the paper says and what the kernels' own documents make of it, in the paper's order.
 * A statement keeps its number for good: numbers count the statements of a section, judged here or not.
 */
export const paper: readonly Statement[] = [
  ...typicalMicrokernel,
  ...machOverview,
  ...machProcesses,
  ...machCommunication,
  ...machComparisons,
];
