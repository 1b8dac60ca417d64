import { machRules } from '#spec/mach/rules';
import { machVocabulary } from '#spec/mach/vocabulary';
import { gnumach, mach, type MachKernel } from '#model/mach/kernel';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { isEnabled } from '#properties/mach/draw';
import { machDischarges } from '#properties/mach/discharges';
import { machMutants } from '#properties/mach/mutants';
import { simplerScopes } from '#properties/mach/simpler-scopes';
import { machSymbols } from '#properties/mach/symbols';
import { machTheme } from '#properties/mach/theme';
import type { Suite } from '#properties/suite';

/** Everything to check Mach with. */
export const machSuite: Suite<MachState, MachCall, MachKernel> = {
  kernel: mach,
  variants: { documented: mach, gnumach },
  rules: machRules,
  vocabulary: machVocabulary('model'),
  discharges: machDischarges,
  mutants: machMutants,
  theme: machTheme,
  isEnabled,
  symbols: machSymbols,
  simplerScopes,
};
