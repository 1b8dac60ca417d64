import { nameLaws } from '#properties/mach/laws/names-change-as-asked';
import { receiveRightLaws } from '#properties/mach/laws/receive-right-is-exclusive';
import { rightsCountedLaws } from '#properties/mach/laws/rights-are-counted';
import type { MachLaws } from '#properties/mach/obligation';

/** How each of Mach's rules is discharged: by an obligation, or by a waiver that says why not. */
export const machDischarges: MachLaws = {
  ...receiveRightLaws,
  ...rightsCountedLaws,
  ...nameLaws,
};
