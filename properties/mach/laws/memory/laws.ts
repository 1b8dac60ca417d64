import { containment } from '#properties/mach/laws/memory/containment';
import { defaultManagerLaws } from '#properties/mach/laws/memory/default-manager';
import { exceptionLaws } from '#properties/mach/laws/memory/exceptions';
import { memoryObjectLaws } from '#properties/mach/laws/memory/memory-objects';
import { objectEndLaws } from '#properties/mach/laws/memory/object-ends';
import { pageAnswerLaws } from '#properties/mach/laws/memory/page-answers';
import { pagerLaws } from '#properties/mach/laws/memory/pagers';
import { outOfLineLaws } from '#properties/mach/laws/memory/out-of-line';
import { virtualMemoryLaws } from '#properties/mach/laws/memory/virtual-memory';
import type { MachLaws } from '#properties/mach/obligation';

/** How the rules of memory and exceptions are discharged. */
export const memoryLaws: MachLaws = {
  ...virtualMemoryLaws, ...exceptionLaws, ...outOfLineLaws, ...memoryObjectLaws, ...pagerLaws, ...defaultManagerLaws,
  ...objectEndLaws, ...pageAnswerLaws,
  'mach/others-go-on-whatever-pagers-do': containment,
};
