import type { Pid } from '#spec/qnx/vocabulary';
import type { AnyCall, Scope } from '#model/kernel';
import type { QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import { threadOn } from '#model/network/nodes';
import { qnxNetwork } from '#model/qnx-network/kernel';
import type { QnxNetworkState } from '#model/qnx-network/state';
import { onTheWire, type ScriptStep } from '#properties/script';
import { dispatch, LONGEST } from '#properties/qnx/scripts/parties';

export { qnxNetwork };

export const CLIENT_NODE = 0;
export const SERVER_NODE = 1;
export const STANDBY_NODE = 2;
/** The only process of a node beside Proc, where there is one. */
export const ALONE = 1;

type Look = () => QnxNetworkState;

export const machine = (look: Look, node: number): QnxState => look().nodes[node]!.kernel;

/** A call of a node's own kernel, as the network has it. */
export const on = (node: number, call: QnxCall): AnyCall => {
  const { thread } = call as AnyCall;
  const placed = { ...call, node, ...(thread === undefined ? {} : { thread: threadOn(node, thread) }) };
  return placed as AnyCall;
};

export const dispatched = (node: number): AnyCall => on(node, dispatch);

/** A circuit from a client to the one process of another node. */
interface Joined { readonly client: number; readonly node: number }

/** The id of a row: those of circuits follow those of processes, and Proc has the first. */
const idOf = (row: number) => row + 1;

/**
 * So many clients on one node, and one process on each of the others; and circuits between them, with buffers for the longest
 * message and its reply.
 */
export function network(clients: number, others: number, joined: readonly Joined[]): Scope {
  const limits = { memory: 0x1_0000, circuit: 2 * LONGEST, pool: 0x1000_0000 };
  const ends = Array.from({ length: 1 + others }, (): { process: number; nid: number; pid: number; vid: number }[] => []);
  for (const { client, node } of joined) {
    const here = idOf(clients + 1 + ends[CLIENT_NODE]!.length);
    const there = idOf(1 + 1 + ends[node]!.length);
    ends[CLIENT_NODE]!.push({ process: client, nid: node + 1, pid: idOf(ALONE), vid: there });
    ends[node]!.push({ process: ALONE, nid: CLIENT_NODE + 1, pid: idOf(client), vid: here });
  }
  return {
    nodes: ends.map((circuits, node) => {
      const count = node === CLIENT_NODE ? clients : 1;
      return { priorities: Array.from({ length: count }, () => 10), policies: Array.from({ length: count }, () => 'fifo'), limits, circuits };
    }),
  };
}

/** What a process calls its peer: the end of a circuit that is its own, the latest of several. */
export const peerOf = ({ processes }: QnxState, owner: number): Pid =>
  processes.findLast(({ circuit, life }) => life === 'live' && circuit?.owner === owner)!.pid;

/** Net carries off what waits for it, and packets arrive, until nothing is left to do. Net is given the processor for either. */
export function* carried(look: Look): Generator<ScriptStep<AnyCall>, void> {
  for (;;) {
    const [packet] = look().wire.packets;
    const node = look().nodes.findIndex(({ up, kernel }) => up && kernel.outgoing.length > 0);
    if (packet === undefined && node < 0) return;
    yield { beside: { switch: 1 } };
    if (packet === undefined) yield { operation: 'net_runs', node } as AnyCall;
    else {
      yield onTheWire('bytes' in packet.cargo ? packet.cargo.bytes.length : 0);
      yield { operation: 'packet_arrives', packet: 0 } as AnyCall;
    }
  }
}
