import { networkVocabulary } from '#spec/network/vocabulary';
import type { Vocabulary } from '#spec/vocabulary';
import type { AnyCall, Kernel } from '#model/kernel';
import type { NetworkState } from '#model/network/nodes';
import { callIsEnabled, eventIsEnabled, networkSymbols } from '#properties/network/lift';
import type { Suite } from '#properties/suite';

/** What the suite of a network has of its own. */
export type NetworkSuiteParts<S, Manager, Cargo, K extends Kernel<NetworkState<S, Manager, Cargo>, AnyCall>> =
  Pick<Suite<NetworkState<S, Manager, Cargo>, AnyCall, K>, 'kernel' | 'variants' | 'rules' | 'discharges' | 'mutants' | 'theme' | 'simplerScopes'> & {
    /** The operations of its network managers. */
    readonly managers: Vocabulary;
    /** Whether a manager's operation could happen; and whether a call may be made that the kernel itself would take: managers' threads make none. */
    readonly isEnabledHere: (state: NetworkState<S, Manager, Cargo>, call: AnyCall) => boolean;
  };

/** The suite of a network, from that of the kernel of its nodes. */
export function networkSuite<S, Call extends AnyCall, Manager, Cargo, K extends Kernel<NetworkState<S, Manager, Cargo>, AnyCall>>(
  nodes: Pick<Suite<S, Call>, 'vocabulary' | 'symbols' | 'isEnabled'>, parts: NetworkSuiteParts<S, Manager, Cargo, K>,
): Suite<NetworkState<S, Manager, Cargo>, AnyCall, K> {
  const { managers, isEnabledHere, ...own } = parts;
  const isCallEnabled = callIsEnabled(nodes.isEnabled, nodes.vocabulary);
  return {
    ...own,
    vocabulary: networkVocabulary(nodes.vocabulary, managers),
    symbols: networkSymbols(nodes.symbols, nodes.vocabulary) as unknown as Suite<NetworkState<S, Manager, Cargo>, AnyCall, K>['symbols'],
    isEnabled: (state, call) => eventIsEnabled(state, call)
      ?? (isEnabledHere(state, call) && (managers[call.operation] !== undefined || isCallEnabled(state, call))),
  };
}
