import { networkScopes, networkVocabulary } from '#spec/network/vocabulary';
import type { Form, Vocabulary } from '#spec/vocabulary';
import type { AnyCall, Kernel, Scope } from '#model/kernel';
import type { NodeCall } from '#model/network/compose';
import type { NetworkScope, NetworkState } from '#model/network/nodes';
import { callInNetwork } from '#properties/network/lift';
import type { Suite } from '#properties/suite';
import type { Bundle } from '#traces/bundle';
import { liveOnNode, networkWire } from '#traces/network/wire';

type Calls<Call extends AnyCall> = NodeCall<Call> | NodeCall<AnyCall>;

/** What a network of a kernel has of its own. */
export interface NetworkParts<S, Manager, Cargo> {
  readonly suite: Suite<NetworkState<S, Manager, Cargo>, AnyCall, Kernel<NetworkState<S, Manager, Cargo>, AnyCall>>;
  /** The operations of its network managers, in one form. */
  readonly managers: (form: Form) => Vocabulary;
  /** The kernel's own vocabulary in one form. */
  readonly vocabulary: (form: Form) => Vocabulary;
  readonly explorations: Bundle<NetworkState<S, Manager, Cargo>>['explorations'];
  readonly depth: Bundle<NetworkState<S, Manager, Cargo>>['depth'];
  /** How runs begin and go that are meant for other implementations. */
  readonly conformanceTheme: Bundle<NetworkState<S, Manager, Cargo>>['conformanceTheme'];
  /** Lines for what is on the wire and in the heads of the managers. */
  readonly showNetwork: (state: NetworkState<S, Manager, Cargo>) => readonly string[];
  /** What else may happen by itself, besides what may on each node. */
  readonly spontaneous: (state: NetworkState<S, Manager, Cargo>) => readonly AnyCall[];
}

/** The bundle of a network, from that of the kernel of its nodes. */
export function networkBundle<S, Call extends AnyCall, K extends Kernel<S, Call>, Manager, Cargo>(
  kernel: Bundle<S, Call, K>, parts: NetworkParts<S, Manager, Cargo>,
): Bundle<NetworkState<S, Manager, Cargo>, AnyCall> {
  const model = parts.vocabulary('model');
  const inNetwork = callInNetwork<Call>(model);
  const inForm = (form: Form) => networkVocabulary(parts.vocabulary(form), parts.managers(form));
  const scopesOfNodes = (scope: Scope) => (scope as unknown as NetworkScope<Scope>).nodes.map(kernel.wireScope);
  return {
    suite: parts.suite,
    explorations: parts.explorations,
    simplify: (call) => simplerOnNode(kernel, call),
    spelling: kernel.spelling as Bundle<NetworkState<S, Manager, Cargo>>['spelling'],
    wire: networkWire(kernel.wire, kernel.spelling, model) as unknown as Bundle<NetworkState<S, Manager, Cargo>>['wire'],
    vocabularies: { wire: inForm('wire'), program: inForm('program'), trace: inForm('trace') },
    conformanceTheme: parts.conformanceTheme,
    spontaneous: (state) => [
      ...state.nodes.flatMap(({ up, kernel: own }, node) => (up ? kernel.spontaneous(own).map((call) => inNetwork(node, call)) : [])),
      ...parts.spontaneous(state),
    ],
    scopes: networkScopes(kernel.scopes),
    wireScope: (scope) => {
      const nodes = scopesOfNodes(scope);
      return { threads: nodes.flatMap(({ threads }) => threads), nodes };
    },
    modelScope: (scope) => ({ nodes: (scope as unknown as NetworkScope<never>).nodes.map(kernel.modelScope) }),
    isLive: liveOnNode(kernel.isLive),
    depth: parts.depth,
    show: (state) => [
      ...state.nodes.flatMap(({ up, kernel: own }, node) =>
        (up ? [`node ${node}`, ...kernel.show(own).map((line) => `  ${line}`)] : [`node ${node} is down`])),
      ...parts.showNetwork(state),
    ],
  };
}

/** Simpler calls on the same node. */
function simplerOnNode<S, Call extends AnyCall, K extends Kernel<S, Call>>(
  { simplify, suite }: Bundle<S, Call, K>, call: AnyCall,
): readonly AnyCall[] {
  if (suite.vocabulary[call.operation] === undefined) return [];
  const { node, ...own } = call as Calls<Call> & { readonly node: unknown };
  return simplify(own as unknown as Call).map((simpler) => ({ ...simpler, node }));
}
