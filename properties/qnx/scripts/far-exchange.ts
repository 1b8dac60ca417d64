import type { AnyCall } from '#model/kernel';
import { pieces, script, type Script, type ScriptStep } from '#properties/script';
import { LONGEST, receives, replies, sends, stretch } from '#properties/qnx/scripts/parties';
import { ALONE, carried, CLIENT_NODE, dispatched, machine, network, on, peerOf, qnxNetwork, SERVER_NODE } from '#properties/qnx/scripts/remote';

/** A request and an answer by a circuit that there is beforehand; `answered`: the answer is as long as the request. */
export const farExchange = (answered: boolean): Script => script({
  kernel: qnxNetwork,
  scope: () => network(1, 1, [{ client: ALONE, node: SERVER_NODE }]),
  * before(): Generator<AnyCall> {
    yield* [dispatched(SERVER_NODE), on(SERVER_NODE, receives(ALONE, stretch(LONGEST))), dispatched(CLIENT_NODE)];
  },
  * calls(look, size): Generator<ScriptStep<AnyCall>> {
    for (const length of pieces(size, LONGEST)) {
      const back = stretch(answered ? length : 0);
      yield on(CLIENT_NODE, sends(ALONE, peerOf(machine(look, CLIENT_NODE), ALONE), stretch(length), back));
      yield* carried(look);
      yield dispatched(SERVER_NODE);
      yield on(SERVER_NODE, replies(ALONE, peerOf(machine(look, SERVER_NODE), ALONE), back));
      yield on(SERVER_NODE, receives(ALONE, stretch(LONGEST)));
      yield* carried(look);
      yield dispatched(CLIENT_NODE);
    }
  },
});
