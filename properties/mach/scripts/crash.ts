import type { AnyCall, Scope } from '#model/kernel';
import type { MachNetworkState } from '#model/mach-network/state';
import { asks, inline, isReceive, isSend, nameOf, thread } from '#properties/mach/scripts/parties';
import { atRest, CLIENT_NODE, machine, on, quietly, SERVER_NODE } from '#properties/mach/scripts/remote';
import type { ScriptStep } from '#properties/script';

type Look = () => MachNetworkState;

/** The machine of whoever stands by. */
export const STANDBY_NODE = 2;

/** The clients: all tasks of their machine. */
export const clients = (size: number): readonly number[] => Array.from({ length: size }, (_, client) => client);

/** So many clients on one machine, who know a server on another, and one on a third, each by a port. */
export function crashScope(size: number): Scope {
  const senders = clients(size).map((task) => ({ node: CLIENT_NODE, task }));
  return {
    nodes: [{ threads: clients(size).map(() => 1) }, { threads: [1] }, { threads: [1] }],
    introduced: [SERVER_NODE, STANDBY_NODE].map((node) => ({ receiver: { node, task: 0 }, senders })),
  };
}

/** Every client has asked the server, at whose port the requests wait. */
export function* asked(look: Look, size: number): Generator<AnyCall, void> {
  yield on(SERVER_NODE, {
    operation: 'mach_port_set_qlimit', thread: thread(0), task: { tag: 'identity', identity: 0 as never },
    name: nameOf(machine(look, SERVER_NODE), 0, isReceive), limit: size,
  });
  for (const client of clients(size)) {
    yield on(CLIENT_NODE, { operation: 'mach_reply_port', thread: thread(client) });
    const known = machine(look, CLIENT_NODE).tasks[client]!.names.findIndex((entry) => entry !== null && isSend(entry));
    yield on(CLIENT_NODE, asks(machine(look, CLIENT_NODE), client, inline(64), known as never));
  }
  yield* quietly(atRest(look));
}

const isWaiting = (look: Look, client: number): boolean => machine(look, CLIENT_NODE).threads[client]!.run.tag === 'receiving';

/** The machine crashes. Nobody is told; checkups find out, and clients hear of it where their reply rights went. */
export function* crash(look: Look, size: number): Generator<ScriptStep<AnyCall>, void> {
  yield { operation: 'node_crashes', node: SERVER_NODE } as AnyCall;
  while (clients(size).some((client) => isWaiting(look, client))) {
    yield { beside: { checkup: 1, switch: 1 } };
    yield { operation: 'checkup', node: CLIENT_NODE } as AnyCall;
    yield* atRest(look);
  }
}
