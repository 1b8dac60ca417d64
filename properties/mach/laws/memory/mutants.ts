import { addressSpaceMutants } from '#properties/mach/laws/memory/address-space-mutants';
import { containmentMutants } from '#properties/mach/laws/memory/containment-mutants';
import { copyMutants } from '#properties/mach/laws/memory/copy-mutants';
import { defaultManagerMutants } from '#properties/mach/laws/memory/default-manager-mutants';
import { exceptionMutants } from '#properties/mach/laws/memory/exception-mutants';
import { memoryObjectMutants } from '#properties/mach/laws/memory/memory-object-mutants';
import { pageAnswerMutants } from '#properties/mach/laws/memory/page-answer-mutants';
import { pagerMutants } from '#properties/mach/laws/memory/pager-mutants';
import { objectEndMutants } from '#properties/mach/laws/memory/object-end-mutants';
import { outOfLineMutants } from '#properties/mach/laws/memory/out-of-line-mutants';
import { touchMutants } from '#properties/mach/laws/memory/touch-mutants';
import type { MachMutants } from '#properties/mach/obligation';

/** Kernels with one fault in memory or exceptions each. */
export const memoryMutants: MachMutants = {
  ...addressSpaceMutants, ...copyMutants, ...touchMutants, ...exceptionMutants, ...outOfLineMutants,
  ...memoryObjectMutants, ...pagerMutants, ...defaultManagerMutants, ...containmentMutants, ...objectEndMutants, ...pageAnswerMutants,
};
