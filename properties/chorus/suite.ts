import { chorusRules } from '#spec/chorus/rules';
import { chorusVocabulary } from '#spec/chorus/vocabulary';
import { chorus, chorusos, strict, type ChorusKernel } from '#model/chorus/kernel';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { chorusDischarges } from '#properties/chorus/discharges';
import { isEnabled } from '#properties/chorus/draw';
import { chorusMutants } from '#properties/chorus/mutants';
import { chorusSymbols } from '#properties/chorus/symbols';
import { chorusTheme } from '#properties/chorus/theme';
import type { Suite } from '#properties/suite';

/** Everything to check Chorus with. */
export const chorusSuite: Suite<ChorusState, ChorusCall, ChorusKernel> = {
  kernel: chorus,
  variants: { documented: chorus, strict, chorusos },
  rules: chorusRules,
  vocabulary: chorusVocabulary('model'),
  discharges: chorusDischarges,
  mutants: chorusMutants,
  theme: chorusTheme,
  isEnabled,
  symbols: chorusSymbols,
};
