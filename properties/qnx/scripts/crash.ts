import type { AnyCall } from '#model/kernel';
import type { QnxNetworkState } from '#model/qnx-network/state';
import { sends, stretch } from '#properties/qnx/scripts/parties';
import { carried, CLIENT_NODE, dispatched, machine, on, peerOf, SERVER_NODE } from '#properties/qnx/scripts/remote';
import type { ScriptStep } from '#properties/script';

type Look = () => QnxNetworkState;

/** The clients: all processes of their node, counted from 1. */
export const clientsOf = (size: number): readonly number[] => Array.from({ length: size }, (_, at) => at + 1);

/** Every client has sent to the server by its circuit; the messages wait there. */
export function* asked(look: Look, size: number): Generator<AnyCall, void> {
  for (const client of clientsOf(size)) {
    yield dispatched(CLIENT_NODE);
    yield on(CLIENT_NODE, sends(client, peerOf(machine(look, CLIENT_NODE), client), stretch(64), stretch(64)));
  }
  for (const step of carried(look)) if ('operation' in step) yield step;
}

/** Whether Proc has asked after every circuit as often as it does, so that it takes them apart when it looks next. */
function givesUp(look: Look): boolean {
  const { processes, limits } = machine(look, CLIENT_NODE);
  return processes.every(({ circuit, life }) => circuit === null || life !== 'live' || circuit.silent > limits.polls);
}

const poll = { operation: 'poll', node: CLIENT_NODE } as AnyCall;
const looked = { beside: { checkup: 1, switch: 1 } } as const;

/** Whoever asked all nodes waits for the one that is down as well, until Proc gives it up. */
export function* found(look: Look): Generator<ScriptStep<AnyCall>, void> {
  yield* carried(look);
  while (machine(look, CLIENT_NODE).processes.some(({ run }) => run.tag === 'asking')) {
    yield looked;
    yield poll;
    yield* carried(look);
  }
}

/** The node crashes. Nobody is told; Proc of the clients' node asks after their circuits until it gives them up. */
export function* crash(look: Look, size: number): Generator<ScriptStep<AnyCall>, void> {
  yield { operation: 'node_crashes', node: SERVER_NODE } as AnyCall;
  while (!givesUp(look)) {
    yield looked;
    yield poll;
    yield* carried(look);
  }
  yield looked;
  yield { failing: poll, errors: clientsOf(size).map(() => 'ESRCH') };
  yield* carried(look);
}
