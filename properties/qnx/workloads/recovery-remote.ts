import type { AnyCall } from '#model/kernel';
import { asked, clientsOf, crash, found } from '#properties/qnx/scripts/crash';
import { heard } from '#properties/qnx/scripts/failing';
import { process, receives, replies, sends, stretch } from '#properties/qnx/scripts/parties';
import {
  ALONE, carried, CLIENT_NODE, dispatched, machine, network, on, peerOf, qnxNetwork, SERVER_NODE, STANDBY_NODE,
} from '#properties/qnx/scripts/remote';
import { script, type Scripts, type ScriptStep } from '#properties/script';

/** A name that is known on all nodes. */
const NAME = '/standby';
const body = stretch(64);

/** Each client looks for another server by its name, which makes it a circuit to that one, and asks again. */
const askedAgain = script({
  kernel: qnxNetwork,
  scope: (size) => network(size, 2, clientsOf(size).map((client) => ({ client, node: SERVER_NODE }))),
  * before(look, size): Generator<AnyCall> {
    yield dispatched(STANDBY_NODE);
    yield on(STANDBY_NODE, { operation: 'qnx_name_attach', thread: process(ALONE), name: NAME });
    yield on(STANDBY_NODE, receives(ALONE, body));
    yield* asked(look, size);
  },
  * calls(look, size): Generator<ScriptStep<AnyCall>> {
    yield* crash(look, size);
    for (const client of clientsOf(size)) {
      yield dispatched(CLIENT_NODE);
      yield on(CLIENT_NODE, { operation: 'qnx_name_locate', thread: process(client), name: NAME });
    }
    yield* found(look);
    for (const client of clientsOf(size)) {
      yield dispatched(CLIENT_NODE);
      yield on(CLIENT_NODE, sends(client, peerOf(machine(look, CLIENT_NODE), client), body, body));
      yield* carried(look);
      yield dispatched(STANDBY_NODE);
      const { processes } = machine(look, STANDBY_NODE);
      const from = processes.find(({ run, circuit }) => circuit !== null && run.tag === 'replying')!.pid;
      yield on(STANDBY_NODE, replies(ALONE, from, body));
      yield on(STANDBY_NODE, receives(ALONE, body));
      yield* carried(look);
    }
    yield heard(size) as ScriptStep<AnyCall>;
  },
});

export const scripts: Scripts = { 'located and sent again': askedAgain };

export const note = 'the switch by which each client gets its answer is added to what the run was charged';
