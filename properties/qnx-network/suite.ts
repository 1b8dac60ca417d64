import { qnxNetworkRules } from '#spec/qnx-network/rules';
import { netOperations } from '#spec/qnx-network/vocabulary';
import type { AnyCall } from '#model/kernel';
import type { Cargo, QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import { qnxNetwork, type QnxNetworkKernel } from '#model/qnx-network/kernel';
import type { Machine, QnxNetworkState } from '#model/qnx-network/state';
import { networkSuite } from '#properties/network/suite-of';
import { qnxSuite } from '#properties/qnx/suite';
import { qnxNetworkDischarges } from '#properties/qnx-network/discharges';
import { isEnabledHere } from '#properties/qnx-network/draw';
import { qnxNetworkMutants } from '#properties/qnx-network/mutants';
import { simplerScopes } from '#properties/qnx-network/scope';
import { qnxNetworkTheme } from '#properties/qnx-network/theme';
import type { Discharges } from '#properties/obligation';
import type { Suite } from '#properties/suite';

/** Everything to check networks of QNX with. */
export const qnxNetworkSuite: Suite<QnxNetworkState, AnyCall, QnxNetworkKernel> = networkSuite<QnxState, QnxCall, Machine, Cargo, QnxNetworkKernel>(qnxSuite, {
  kernel: qnxNetwork,
  variants: { documented: qnxNetwork },
  rules: qnxNetworkRules,
  discharges: qnxNetworkDischarges as unknown as Discharges<string, QnxNetworkState, AnyCall>,
  mutants: qnxNetworkMutants,
  theme: qnxNetworkTheme as unknown as Suite<QnxNetworkState, AnyCall>['theme'],
  simplerScopes,
  managers: netOperations,
  isEnabledHere: (state, call) => isEnabledHere(state, call as never),
});
