import { isClientOf, same } from '#properties/qnx/facts';
import { endUnder, errorOf, localCall } from '#properties/qnx-network/facts';
import type { NetLaws, NetMutants, NetStep } from '#properties/qnx-network/obligation';
import { altered, sound } from '#properties/qnx-network/laws/altered';

/** A Relay of what came by a circuit, or to one. */
function farRelay(step: NetStep) {
  const local = localCall(step, 'Relay');
  if (local === null) return null;
  const from = endUnder(local.before, local.call.pid);
  const to = endUnder(local.before, local.call.to);
  return from === null && to === null ? null : { ...local, from, to };
}

export const relayLaws = {
  'qnx-network/relay-stays-on-its-node': {
    on: ['Relay'],
    step: (step) => {
      const relay = farRelay(step);
      if (relay === null) return [];
      return errorOf(step) === 'ESRCH' && same(relay.before, relay.after) ? [] : ['a Relay leaves its node'];
    },
    sometimes: {
      'what came by a circuit is to be passed on': (step) => {
        const relay = farRelay(step);
        return relay !== null && relay.from !== null && relay.from.process.run.tag === 'replying' && relay.from.process.run.on === relay.thread;
      },
      'something is to be passed to a circuit': (step) => {
        const relay = farRelay(step);
        return relay !== null && relay.to !== null && relay.before.processes.some(({ pid }, client) => pid === relay.call.pid && isClientOf(relay.before, relay.thread, client));
      },
    },
  },
} satisfies NetLaws;

/** A Relay that does not look at circuits: as though what goes by it were a process of the node. */
const blind = (whose: 'pid' | 'to') => altered('Relay', (world, call) => {
  const { kernel } = world.state.nodes[call.node]!;
  const given = call as unknown as { readonly pid: number; readonly to: number };
  const row = kernel.processes.findIndex(({ pid, life }) => pid === given[whose] && life === 'live');
  const process = row < 0 ? null : kernel.processes[row]!;
  if (process === null || process.circuit === null) return sound('Relay')(world, call);
  const { circuit } = process;
  (process as { circuit: unknown }).circuit = null;
  const verdict = sound('Relay')(world, call);
  (process as { circuit: unknown }).circuit = circuit;
  return verdict;
});

export const relayMutants: NetMutants = {
  'relay-passes-on-what-came-by-a-circuit': {
    rule: 'qnx-network/relay-stays-on-its-node',
    fault: 'what came by a circuit is passed on to another process of the node',
    operations: blind('pid'),
  },
  'relay-passes-to-a-circuit': {
    rule: 'qnx-network/relay-stays-on-its-node',
    fault: 'a message is passed on to a circuit as though that were a process',
    operations: blind('to'),
  },
};

