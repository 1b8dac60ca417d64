import type { AnyCall } from '#model/kernel';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { machNetwork } from '#model/mach-network/kernel';
import type { Cargo, MachNetworkState } from '#model/mach-network/state';
import { threadOn } from '#model/network/nodes';
import { onTheWire, type ScriptStep } from '#properties/script';
import { isReceive, message, nameOf } from '#properties/mach/scripts/parties';

export { machNetwork };

/** Two machines with a task of one thread each, beside the network message server: a client, and a server it knows. */
export const CLIENT_NODE = 0;
export const SERVER_NODE = 1;
/** The only task of a machine that is a party. */
export const PARTY = 0;

type Look = () => MachNetworkState;

export const machine = (look: Look, node: number): MachState => look().nodes[node]!.kernel;

/** A call of a machine's own kernel, as the network has it. */
export const on = (node: number, call: MachCall): AnyCall => {
  const { thread } = call as AnyCall;
  const placed = { ...call, node, ...(thread === undefined ? {} : { thread: threadOn(node, thread) }) };
  return placed as AnyCall;
};

/** A node whose network message server has something to do. */
function busy({ nodes }: MachNetworkState): number {
  return nodes.findIndex(({ up, kernel, manager }) => {
    const sets = new Set(kernel.tasks[manager.task]!.names.flatMap((entry) => (entry?.tag === 'set' ? [entry.set] : [])));
    return up && kernel.ports.some(({ set, queue }) => set !== null && queue.length > 0 && sets.has(set));
  });
}

/** The data of a message between servers; what they tell each other besides is a few numbers. */
function bytesOf(cargo: Cargo): number {
  if (cargo.tag !== 'message') return 0;
  return cargo.content.body.reduce((sum, item) => sum + (item.tag === 'rights' ? 0 : item.bytes.length / 2), 0);
}

/** Servers run and packets arrive until nothing is left to do. A server is a task: it is given the processor for either. */
export function* atRest(look: Look): Generator<ScriptStep<AnyCall>, void> {
  for (;;) {
    const [packet] = look().wire.packets;
    const node = busy(look());
    if (packet !== undefined) {
      yield onTheWire(bytesOf(packet.cargo));
      yield { beside: { switch: 1 } };
      yield { operation: 'packet_arrives', packet: 0 } as AnyCall;
    } else if (node >= 0) {
      yield { beside: { switch: 1 } };
      yield { operation: 'netmsgserver_runs', node } as AnyCall;
    } else return;
  }
}

/** The calls of a part of a script that is not counted. */
export function* quietly(steps: Iterable<ScriptStep<AnyCall>>): Generator<AnyCall, void> {
  for (const step of steps) if ('operation' in step) yield step;
}

/** The server waits at its port, which the client can send to. */
export const introduced = [{ receiver: { node: SERVER_NODE, task: PARTY }, senders: [{ node: CLIENT_NODE, task: PARTY }] }];

export const waits = (look: Look): AnyCall =>
  on(SERVER_NODE, message(PARTY, null, nameOf(machine(look, SERVER_NODE), PARTY, isReceive)));
