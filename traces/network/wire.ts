import { mapLeaves, type Leaf, type Vocabulary } from '#spec/vocabulary';
import { threadSort } from '#spec/network/vocabulary';
import type { AnyCall } from '#model/kernel';
import type { NodeCall } from '#model/network/compose';
import { threadOn, threadWithin, type NetworkState } from '#model/network/nodes';
import type { NodeId } from '#model/network/wire';
import { callOnNode, spaceWithin } from '#properties/network/lift';
import { Binding } from '#traces/binding';
import type { Spelling } from '#traces/spelling';
import type { Wire } from '#traces/wire';

type AnyNetwork<S> = NetworkState<S, unknown, unknown>;

/** What a binding of names on all nodes binds on one of them. */
class BindingOnNode extends Binding {
  readonly #whole: Binding;
  readonly #prefix: string;

  constructor(whole: Binding, prefix: string) {
    super();
    this.#whole = whole;
    this.#prefix = prefix;
  }

  override numberOf(space: string, name: number): number | undefined { return this.#whole.numberOf(this.#prefix + space, name); }
  override nameOf(space: string, number: number): number | undefined { return this.#whole.nameOf(this.#prefix + space, number); }
  override bind(space: string, name: number, number: number): void { this.#whole.bind(this.#prefix + space, name, number); }
  override forget(space: string, name: number): void { this.#whole.forget(this.#prefix + space, name); }
}

const prefixOf = <S>({ nodes }: AnyNetwork<S>, node: NodeId): string => `${node}.${nodes[node]!.epoch}/`;

/** Calls on nodes cross as those of their kernels do, with the node, and threads by their names in the network. */
export function networkWire<S, Call extends AnyCall>(
  wire: Wire<S, Call>, spelling: Spelling<S, Call>, vocabulary: Vocabulary,
): Wire<AnyNetwork<S>, NodeCall<Call>> {
  const within = callOnNode<Call>(vocabulary);
  const sort = threadSort(vocabulary);
  /** Gives the threads of a call other numbers, as they are spelled. */
  const renumbered = (call: object, operation: string, number: (thread: number) => number): object =>
    mapLeaves(vocabulary[operation]!.takes, call, (leaf, value) =>
      (leaf.sort === sort ? spelling.thread(number(spelling.readThread(value as string))) : value)) as object;

  return {
    encode(state, call, binding, invent) {
      const on = within(call);
      if (on === null) return call as never;
      const binds = new BindingOnNode(binding, prefixOf(state, on.node));
      const { operation, ...said } = wire.encode(state.nodes[on.node]!.kernel, on.call, binds, invent);
      return { operation, ...renumbered(said, operation, (thread) => threadOn(on.node, thread)), node: on.node };
    },

    decode(state, call, binding) {
      const { operation, node: said, ...rest } = call;
      const node = said as NodeId;
      if (vocabulary[operation] === undefined || state.nodes[node] === undefined) return { call: call as never, invented: [] };
      const own = renumbered(rest, operation, threadWithin);
      const prefix = prefixOf(state, node);
      const decoded = wire.decode(state.nodes[node].kernel, { operation, ...own }, new BindingOnNode(binding, prefix));
      const lifted = mapThreads(vocabulary, decoded.call, sort, (thread) => threadOn(node, thread));
      return {
        call: { ...lifted, node } as NodeCall<Call>,
        invented: decoded.invented.map(({ space, id }) => ({ space: prefix + space, id })),
      };
    },

    expect(leaf, value, state, call) {
      const on = within(call);
      if (on === null) return { tag: 'just', value };
      if (leaf.sort === sort) return { tag: 'just', value: spelling.thread(value as number) };
      const expected = wire.expect(leaf, value, state.nodes[on.node]!.kernel, on.call);
      return expected.tag === 'just' ? expected : { ...expected, space: prefixOf(state, on.node) + expected.space };
    },
  };
}

function mapThreads<Call extends AnyCall>(
  vocabulary: Vocabulary, call: Call, sort: string | undefined, number: (thread: number) => number,
): Call {
  const map = (leaf: Leaf, value: unknown) => (leaf.sort === sort ? number(value as number) : value);
  return { operation: call.operation, ...(mapLeaves(vocabulary[call.operation]!.takes, call, map) as object) } as Call;
}

/** Whether a thing of a node's space denotes anything. */
export const liveOnNode = <S>(isLive: (state: S, space: string, id: number) => boolean) =>
  (state: AnyNetwork<S>, space: string, id: number): boolean => {
    const on = spaceWithin(state, space);
    return on !== null && state.nodes[on.node]!.up && isLive(state.nodes[on.node]!.kernel, on.space, id);
  };
