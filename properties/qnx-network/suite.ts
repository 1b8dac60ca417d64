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
import type { Suite, Symbol } from '#properties/suite';

const lifted = networkSuite<QnxState, QnxCall, Machine, Cargo, QnxNetworkKernel>(qnxSuite, {
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

/** What something of another node is called there is one of the ids of that node, not of the caller's. */
function farSymbol({ nodes }: QnxNetworkState, call: AnyCall, value: unknown): Symbol | null {
  const { nid = 0 } = call as AnyCall & { readonly nid?: number };
  const far = nodes[nid - 1];
  const pid = value as number;
  return far === undefined || pid === 0 || pid > far.kernel.nextPid ? null : { space: `${nid - 1}.${far.epoch}/pid`, id: pid };
}

/** Everything to check networks of QNX with. */
export const qnxNetworkSuite: Suite<QnxNetworkState, AnyCall, QnxNetworkKernel> = {
  ...lifted,
  symbols: {
    ...lifted.symbols,
    of: (leaf, value, state, call) => (leaf.sort === 'far-pid' ? farSymbol(state, call, value) : lifted.symbols.of(leaf, value, state, call)),
  },
};
