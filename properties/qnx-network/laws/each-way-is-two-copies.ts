import { mechanisms } from '#model/qnx-network/net';
import { arrival, endOf, endUnder, errorOf, eventOn, happening, localCall, posted, postedOf } from '#properties/qnx-network/facts';
import type { NetLaws, NetMutants, NetStep } from '#properties/qnx-network/obligation';

/** How often the bytes of a message or reply are copied in a step, and by how many packets they go; null if the step is about neither. */
function due(step: NetStep): { readonly copies: number; readonly packets: number } | null {
  const runs = happening(step, 'net_runs');
  if (runs !== null) return { copies: 0, packets: posted(step).length };
  const comes = arrival(step, 'message', 'reply');
  const end = comes === null ? null : endOf(comes, comes.cargo);
  if (comes !== null && end !== null && posted(step).length === 0) {
    const { owner, sent } = end.circuit;
    if (comes.cargo.tag === 'message') return { copies: comes.after.processes[end.row]!.run.tag === 'replying' ? 2 : 1, packets: 0 };
    const { run } = comes.before.processes[owner]!;
    return { copies: run.tag === 'replying' && run.on === end.row && sent === comes.cargo.exchange ? 1 : 0, packets: 0 };
  }
  return dueAtHome(step);
}

/** What a process does with what came by a circuit is one copy more, and nothing crosses meanwhile. */
function dueAtHome(step: NetStep): { readonly copies: number; readonly packets: number } | null {
  const reply = localCall(step, 'Reply', 'Replymx');
  if (reply !== null && endUnder(reply.before, reply.call.pid) !== null && errorOf(step) === null) return { copies: 1, packets: 0 };
  const receive = localCall(step, 'Receive', 'Receivemx', 'Creceive', 'Creceivemx');
  if (receive === null) return null;
  const event = eventOn(step, receive.node, receive.thread);
  const from = event?.tag === 'returned' ? endUnder(receive.after, (event.value as { readonly pid: never }).pid) : null;
  return from === null ? null : { copies: 1, packets: 0 };
}

function costsAsDue(step: NetStep): readonly string[] {
  const costs = due(step);
  if (costs === null) return [];
  const { copy = 0, packet = 0, byte = 0 } = step.cost;
  const reply = costs.copies === 1 ? arrival(step, 'reply') : null;
  const written = reply?.cargo.bytes.filter((one) => one >= 0).length ?? byte;
  return [
    ...(byte === written ? [] : [`${byte} bytes of a reply are copied instead of ${written}`]),
    ...(copy === costs.copies ? [] : [`${step.call.operation} copies ${copy} times instead of ${costs.copies}`]),
    ...(packet === costs.packets && packet <= 1 ? [] : [`${step.call.operation} takes ${packet} packets instead of ${costs.packets}`]),
  ];
}

export const costLaws = {
  'qnx-network/each-way-is-two-copies': {
    on: ['net_runs', 'packet_arrives', 'Reply', 'Replymx', 'Receive', 'Receivemx', 'Creceive', 'Creceivemx'],
    step: costsAsDue,
    sometimes: {
      'a message leaves': (step) => happening(step, 'net_runs') !== null && postedOf(step, 'message').length > 0,
      'a message comes and waits': (step) => arrival(step, 'message') !== null && due(step)?.copies === 1,
      'a message comes and is received': (step) => arrival(step, 'message') !== null && due(step)?.copies === 2,
      'it is received later': (step) => localCall(step, 'Receive') !== null && due(step) !== null,
      'a reply is given': (step) => localCall(step, 'Reply') !== null && due(step) !== null,
      'a reply comes': (step) => arrival(step, 'reply') !== null && due(step)?.copies === 1,
    },
  },
} satisfies NetLaws;

export const costMutants: NetMutants = {
  'message-is-copied-as-it-leaves': {
    rule: 'qnx-network/each-way-is-two-copies',
    fault: 'a message is gathered in a buffer before it is carried off',
    mechanisms: {
      carryMessage: (world, end) => {
        world.charge('copy');
        return mechanisms.carryMessage(world, end);
      },
    },
  },
  'reply-is-copied-once-more': {
    rule: 'qnx-network/each-way-is-two-copies',
    fault: 'a reply is copied into the buffer of the circuit before it comes to its client',
    mechanisms: {
      replyComes: (world, from, cargo) => {
        world.charge('copy');
        mechanisms.replyComes(world, from, cargo);
      },
    },
  },
  'every-message-is-acknowledged': {
    rule: 'qnx-network/each-way-is-two-copies',
    fault: 'each message is sent in two packets',
    mechanisms: {
      send: (world, from, departure) => {
        if (departure.cargo.tag === 'message') world.charge('packet');
        mechanisms.send(world, from, departure);
      },
    },
  },
};
