import { circuitOf, endsOf, setCircuit } from '#model/qnx/network/circuit';
import { mechanisms } from '#model/qnx-network/net';
import { change } from '#model/operation';
import { altered, sound } from '#properties/qnx-network/laws/altered';
import type { NetMutants } from '#properties/qnx-network/obligation';

export const endingMutants: NetMutants = {
  'circuits-outlive-their-owner': {
    rule: 'qnx-network/circuit-ends-with-its-owner',
    fault: 'the circuits of a process that ends stay',
    mechanisms: { endCircuits: () => {} },
  },
  'end-of-a-circuit-is-silent': {
    rule: 'qnx-network/circuit-ends-with-its-owner',
    fault: 'the other node is not told that an end has gone',
    mechanisms: { tearDown: (world, end, error) => mechanisms.endCircuit(world, end, error, 'gone') },
  },
  'exec-keeps-circuits': {
    rule: 'qnx-network/circuit-ends-with-its-owner',
    fault: 'a process that replaces its image keeps its circuits',
    mechanisms: {
      leaveImage: (world, thread) => mechanisms.leaveImage(Object.create(world, {
        mechanisms: { value: { ...world.mechanisms, endCircuits: () => {} } },
      }) as typeof world, thread),
    },
  },
  'fork-copies-circuits': {
    rule: 'qnx-network/circuit-ends-with-its-owner',
    fault: 'a child begins with its parent\'s circuits',
    operations: altered('fork', (world, call) => {
      const { kernel } = world.state.nodes[call.node]!;
      const child = kernel.processes.length;
      const verdict = sound('fork')(world, call);
      if (verdict.tag !== 'returned') return verdict;
      const parent = kernel.processes[child]!.parent;
      for (const end of endsOf(kernel)) {
        const { circuit, memory } = kernel.processes[end]!;
        if (circuit?.owner !== parent) continue;
        const pid = kernel.nextPid;
        change(kernel).nextPid += 1;
        change(kernel).processes.push({ ...kernel.processes[end]!, memory: [...memory], queue: [], pid, circuit: { ...circuit, owner: child } } as never);
      }
      return verdict;
    }),
  },
  'silence-is-never-given-up': {
    rule: 'qnx-network/silence-is-polled',
    fault: 'a circuit is polled for ever',
    mechanisms: {
      pollEnds: (world) => {
        for (const end of endsOf(world.state)) if (circuitOf(world.state, end).silent > 1) setCircuit(world.state, end, { silent: 1 });
        mechanisms.pollEnds(world);
      },
    },
  },
  'given-up-circuit-leaves-its-client': {
    rule: 'qnx-network/silence-is-polled',
    fault: 'who waits in a circuit that is given up waits for ever',
    mechanisms: {
      pollEnds: (world) => mechanisms.pollEnds(Object.create(world, { mechanisms: { value: { ...world.mechanisms, freeOwner: () => {} } } }) as typeof world),
    },
  },
  'silence-is-given-up-at-once': {
    rule: 'qnx-network/silence-is-polled',
    fault: 'a circuit is given up the first time that nothing was heard',
    mechanisms: {
      pollEnds: (world) => {
        for (const end of endsOf(world.state)) if (circuitOf(world.state, end).silent === 1) setCircuit(world.state, end, { silent: 9 });
        mechanisms.pollEnds(world);
      },
    },
  },
  'every-end-is-alive': {
    rule: 'qnx-network/silence-is-polled',
    fault: 'a node says of every end that is asked about that it is there',
    mechanisms: {
      pollComes: (world, from, cargo) => {
        change(world.state).notes = [...world.state.notes, { tag: 'note', nid: from, cargo: { tag: 'alive', end: cargo.other, other: cargo.end } }];
      },
    },
  },
  'only-answers-are-heard': {
    rule: 'qnx-network/silence-is-polled',
    fault: 'a message that comes is no sign that the other end is there',
    mechanisms: { heardFrom: (world, from, cargo) => { if (cargo.tag === 'alive') mechanisms.heardFrom(world, from, cargo); } },
  },
  'questions-wait-for-ever': {
    rule: 'qnx-network/silence-is-polled',
    fault: 'who has asked a node that does not answer waits for ever',
    mechanisms: { giveUp: () => {} },
  },
  'lost-message-is-not-told': {
    rule: 'qnx-network/failed-link-may-be-noticed',
    fault: 'the sender of a message that is lost goes on waiting',
    mechanisms: { transmissionFails: (world, cargo) => { if (cargo.tag !== 'message') mechanisms.transmissionFails(world, cargo); } },
  },
  'lost-reply-is-not-noticed': {
    rule: 'qnx-network/failed-link-may-be-noticed',
    fault: 'a circuit goes on whose reply is lost',
    mechanisms: { transmissionFails: (world, cargo) => { if (cargo.tag !== 'reply') mechanisms.transmissionFails(world, cargo); } },
  },
  'loss-frees-whoever-waits': {
    rule: 'qnx-network/failed-link-may-be-noticed',
    fault: 'the loss of an earlier message frees who waits with a later one',
    mechanisms: {
      transmissionFails: (world, cargo) => {
        const end = world.state.processes.findIndex(({ pid, circuit, life }) => cargo.tag === 'message' && pid === cargo.other && circuit !== null && life === 'live');
        const exchange = end < 0 ? 0 : circuitOf(world.state, end as never).sent;
        mechanisms.transmissionFails(world, cargo.tag === 'message' && end >= 0 ? { ...cargo, exchange } : cargo);
      },
    },
  },
  'good-link-fails': {
    rule: 'qnx-network/failed-link-may-be-noticed',
    fault: 'what waits longest is lost if other things wait as well',
    mechanisms: { carryOff: (world) => (world.state.outgoing.length > 1 ? (mechanisms.carryOff(world), null) : mechanisms.carryOff(world)) },
  },
  'far-death-leaves-its-clients': {
    rule: 'qnx-network/far-death-frees-its-clients',
    fault: 'who waits for a process of another node that ends waits for ever',
    mechanisms: {
      endComes: (world, from, cargo) => mechanisms.endComes(Object.create(world, {
        mechanisms: { value: { ...world.mechanisms, freeOwner: () => {} } },
      }) as typeof world, from, cargo),
    },
  },
  'far-death-leaves-selective-receivers': {
    rule: 'qnx-network/far-death-frees-its-clients',
    fault: 'who waits to receive by a circuit that ends waits for ever',
    mechanisms: {
      freeOwner: (world, end, error) => {
        if (world.state.processes[circuitOf(world.state, end).owner]!.run.tag !== 'receiving') mechanisms.freeOwner(world, end, error);
      },
    },
  },
  'message-of-the-dead-is-received': {
    rule: 'qnx-network/far-death-frees-its-clients',
    fault: 'what a process of another node had sent is received after it has ended',
    mechanisms: { withdrawMessage: () => {} },
  },
  'no-zombies': {
    rule: 'qnx-network/far-death-frees-its-clients',
    fault: 'nothing stays of a circuit whose other end has gone',
    mechanisms: { endCircuit: (world, end, error) => mechanisms.endCircuit(world, end, error, 'gone') },
  },
  'far-death-frees-every-client': {
    rule: 'qnx-network/far-death-frees-its-clients',
    fault: 'the end of one process of a node frees all who wait for any of it',
    mechanisms: {
      endComes: (world, from, cargo) => {
        mechanisms.endComes(world, from, cargo);
        for (const end of endsOf(world.state)) if (circuitOf(world.state, end).nid === from) mechanisms.freeOwner(world, end, 'ESRCH');
      },
    },
  },
  'dead-circuit-goes-to-another': {
    rule: 'qnx-network/dead-circuit-leads-nowhere',
    fault: 'a circuit whose other end has gone stands for the next process there',
    mechanisms: {
      endComes: (world, from, cargo) => {
        const end = mechanisms.endFor(world.state, from, cargo);
        if (end !== null) setCircuit(world.state, end, { pid: circuitOf(world.state, end).pid + 1 as never });
      },
    },
  },
  'zombie-is-woken': {
    rule: 'qnx-network/dead-circuit-leads-nowhere',
    fault: 'a zombie is a circuit again when it is sent to',
    mechanisms: {
      sendErrors: (world, thread, pid, sent) => {
        const zombie = world.state.processes.find((process) => process.pid === pid && process.circuit !== null && process.life === 'zombie');
        if (zombie !== undefined) change(zombie).life = 'live';
        return mechanisms.sendErrors(world, thread, pid, sent);
      },
    },
  },
  'vids-are-given-out-again': {
    rule: 'qnx-network/dead-circuit-leads-nowhere',
    fault: 'a new circuit goes by the id of one that has gone',
    mechanisms: {
      makeEnd: (world, owner, far, vid, length, remains) => {
        const old = world.state.processes.find(({ circuit, life }) => circuit !== null && life === 'gone');
        const end = mechanisms.makeEnd(world, owner, far, vid, length, remains);
        if (old !== undefined) change(world.state.processes[end]!).pid = old.pid;
        return end;
      },
    },
  },
};
