import { describe, expect, it } from 'vitest';
import { outcomes, successors, type AnyCall, type Kernel } from '#model/kernel';
import { blocked, change, returned } from '#model/operation';
import { integer, list, struct, text } from '#model/schema';
import { compose } from '#model/network/compose';
import { MOST_NODES } from '#spec/network/vocabulary';
import { nodeOfThread, threadOn, threadWithin, type NetworkState } from '#model/network/nodes';
import { post, request, type NetworkWorld } from '#model/network/world';
import { canonical } from '#properties/canonical';

/** The least kernel there can be: threads leave notes, and wait for them. */
interface Pad { notes: readonly string[]; waiting: readonly number[] }
interface PadCall extends AnyCall { readonly operation: 'leave' | 'await'; readonly note?: string }
interface PadWorld { readonly state: Pad; report(event: unknown): void }

const pad: Kernel<Pad, PadCall> = {
  name: 'pad', variant: 'documented', mechanisms: {},
  boot: () => ({ notes: [], waiting: [] }),
  schema: struct({ notes: list(text()), waiting: list(integer()) }),
  operations: {
    leave: { implements: [], step: ({ state }: PadWorld, { note }: { note: string }) => {
      change(state).notes = [...state.notes, note];
      return returned(null);
    } },
    await: { implements: [], step: ({ state }: PadWorld, { thread }: { thread: number }) => {
      change(state).waiting = [...state.waiting, thread];
      return blocked;
    } },
  } as unknown as Kernel['operations'],
  settle: ((world: PadWorld) => {
    const { state } = world;
    while (state.notes.length > 0 && state.waiting.length > 0) {
      world.report({ tag: 'returned', thread: state.waiting[0], value: state.notes[0] });
      Object.assign(change(state), { notes: state.notes.slice(1), waiting: state.waiting.slice(1) });
    }
  }) as never,
};

type State = NetworkState<Pad, null, string>;
type W = NetworkWorld<Pad, null, string>;

/** Two nodes whose manager, thread 9 of each, carries notes over. */
const pads = compose<Pad, PadCall, null, string>({
  name: 'pads', variant: 'documented', kernel: pad, threads: {},
  schema: { manager: { put: () => {}, take: () => null }, cargo: text() },
  restart: { kernel: () => pad.boot({} as never), manager: () => null },
  mechanisms: {
    packetComes: (world: W, { to, cargo }) => { request(pad, world, to, { operation: 'leave', thread: 9, note: cargo }); },
    nodeHasStarted: () => {},
  },
  operations: {
    carry: { implements: [], step: ((world: W, { node }: { node: number }) => {
      const heard = request(pad, world, node, { operation: 'await', thread: 9 });
      if (heard?.tag === 'returned') post(world, { from: node, to: 1 - node, stream: null, cargo: heard.value as string });
      return returned(null);
    }) as never },
  },
  implements: {
    packet_arrives: [], packet_is_lost: [], packet_is_duplicated: [], link_fails: [], link_heals: [], node_crashes: [], node_reboots: [],
  },
});

const begin = (): State => pads.boot({ nodes: [{}, {}] } as never);
const after = (state: State, ...calls: object[]): State =>
  calls.reduce<State>((at, call) => successors(pads, at, call as never)[0]!.state, state);
const leaveOn = (node: number, note: string) => ({ operation: 'leave', node, thread: threadOn(node, 0), note });
const carried = { operation: 'carry', node: 0 };

describe('a network of nodes, of which it knows nothing', () => {
  it('has a number for each thread of as many nodes as its vocabulary allows', () => {
    const last = threadOn(MOST_NODES - 1, 5);
    expect([nodeOfThread(last), threadWithin(last)]).toEqual([MOST_NODES - 1, 5]);
  });

  it('takes a kernel call on the node it is made on, and on no other', () => {
    const { nodes } = after(begin(), leaveOn(1, 'a'));
    expect(nodes.map(({ kernel }) => kernel.notes)).toEqual([[], ['a']]);
  });

  it('carries what a manager sends, and reports whom it sets free by the number in the network', () => {
    const state = after(begin(), leaveOn(0, 'a'), { operation: 'await', node: 1, thread: threadOn(1, 3) }, carried);
    const [arrived] = successors(pads, state, { operation: 'packet_arrives', packet: 0 } as never);
    expect(arrived!.events).toEqual([{ tag: 'returned', thread: threadOn(1, 3), value: 'a' }]);
    expect(arrived!.state.wire.packets).toEqual([]);
  });

  it('delivers a duplicated packet twice, a lost one not at all, and nothing across a link that is down', () => {
    const sent = after(begin(), leaveOn(0, 'a'), carried);
    const twice = after(sent, { operation: 'packet_is_duplicated', packet: 0 }, { operation: 'packet_arrives', packet: 1 }, { operation: 'packet_arrives', packet: 0 });
    expect(twice.nodes[1]!.kernel.notes).toEqual(['a', 'a']);
    expect(after(sent, { operation: 'packet_is_lost', packet: 0 }).nodes[1]!.kernel.notes).toEqual([]);
    const apart = after(sent, { operation: 'link_fails', one: 1, other: 0 });
    expect(() => after(apart, { operation: 'packet_arrives', packet: 0 })).toThrow('may arrive');
    const whole = after(apart, { operation: 'link_heals', one: 0, other: 1 }, { operation: 'packet_arrives', packet: 0 });
    expect(whole.nodes[1]!.kernel.notes).toEqual(['a']);
  });

  it('loses everything of a node that crashes, and what comes while it is down', () => {
    const sent = after(begin(), leaveOn(0, 'a'), leaveOn(1, 'b'), carried, { operation: 'node_crashes', node: 1 });
    expect(() => after(sent, leaveOn(1, 'c'))).toThrow('not up');
    const again = after(sent, { operation: 'packet_arrives', packet: 0 }, { operation: 'node_reboots', node: 1 });
    expect(again.nodes[1]).toMatchObject({ up: true, epoch: 2, kernel: { notes: [] } });
  });

  it('is the same under either executor, and its states compare', () => {
    const state = after(begin(), leaveOn(0, 'a'));
    const [slow] = outcomes(pads, state, carried as never);
    const [fast] = successors(pads, state, carried as never);
    expect(slow!.state).toEqual(fast!.state);
    expect(canonical(pads.schema, slow!.state)).toBe(canonical(pads.schema, fast!.state));
    expect(canonical(pads.schema, state)).not.toBe(canonical(pads.schema, fast!.state));
  });
});
