import { qnxRules } from '#spec/qnx/rules';
import { qnxVocabulary } from '#spec/qnx/vocabulary';
import { longTimeslice, pidReuse, qnx, yieldOnKernelCalls, type QnxKernel } from '#model/qnx/kernel';
import type { QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import { isEnabled } from '#properties/qnx/draw';
import { qnxDischarges } from '#properties/qnx/discharges';
import { qnxMutants } from '#properties/qnx/mutants';
import { qnxSymbols } from '#properties/qnx/symbols';
import { qnxTheme } from '#properties/qnx/theme';
import { simplerScopes } from '#properties/qnx/simpler-scopes';
import type { Suite } from '#properties/suite';

/** Everything to check QNX with. */
export const qnxSuite: Suite<QnxState, QnxCall, QnxKernel> = {
  kernel: qnx,
  variants: { documented: qnx, 'yield-on-kernel-calls': yieldOnKernelCalls, 'long-timeslice': longTimeslice, 'pid-reuse': pidReuse },
  rules: qnxRules,
  vocabulary: qnxVocabulary('model'),
  discharges: qnxDischarges,
  mutants: qnxMutants,
  theme: qnxTheme,
  isEnabled,
  symbols: qnxSymbols,
  simplerScopes,
};
