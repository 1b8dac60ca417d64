import type { AnyCall } from '#model/kernel';
import { asked, clientsOf, crash } from '#properties/qnx/scripts/crash';
import { heard } from '#properties/qnx/scripts/failing';
import { network, qnxNetwork, SERVER_NODE } from '#properties/qnx/scripts/remote';
import { script, type Scripts, type ScriptStep } from '#properties/script';

const crashed = script({
  kernel: qnxNetwork,
  scope: (size) => network(size, 1, clientsOf(size).map((client) => ({ client, node: SERVER_NODE }))),
  * before(look, size): Generator<AnyCall> {
    yield* asked(look, size);
  },
  * calls(look, size): Generator<ScriptStep<AnyCall>> {
    yield* crash(look, size);
    yield heard(size) as ScriptStep<AnyCall>;
  },
});

export const scripts: Scripts = { 'found by polls': crashed };

export const note = 'the switch by which each client hears of it is added to what the run was charged';
