import { circuitOf, endsOf, setCircuit } from '#model/qnx/network/circuit';
import { mechanisms } from '#model/qnx-network/net';
import { change } from '#model/operation';
import { altered, sound } from '#properties/qnx-network/laws/altered';
import type { NetMutants } from '#properties/qnx-network/obligation';

export const exchangeMutants: NetMutants = {
  'message-comes-twice': {
    rule: 'qnx-network/message-is-carried-once',
    fault: 'a message that was received by a circuit is given to the receiver once more when it is polled',
    mechanisms: {
      pollComes: (world, from, cargo) => {
        const end = mechanisms.endFor(world.state, from, cargo);
        const run = end === null ? null : world.state.processes[end]!.run;
        if (end !== null && run?.tag === 'replying') mechanisms.offer(world, end, run.on, run.sent);
        mechanisms.pollComes(world, from, cargo);
      },
    },
  },
  'message-loses-its-last-byte': {
    rule: 'qnx-network/message-is-carried-once',
    fault: 'the last byte of a message is not carried',
    mechanisms: {
      messageComes: (world, from, cargo) => mechanisms.messageComes(world, from, { ...cargo, bytes: cargo.bytes.slice(0, -1).concat(cargo.bytes.length > 0 ? [0] : []) }),
    },
  },
  'message-has-no-priority': {
    rule: 'qnx-network/message-is-carried-once',
    fault: 'what comes by a circuit has the lowest priority',
    mechanisms: { messageComes: (world, from, cargo) => mechanisms.messageComes(world, from, { ...cargo, priority: 0 }) },
  },
  'last-is-carried-first': {
    rule: 'qnx-network/message-is-carried-once',
    fault: 'the network manager carries off what came last',
    mechanisms: {
      carryOff: (world) => {
        const { outgoing } = world.state;
        if (outgoing.length > 1) change(world.state).outgoing = [outgoing.at(-1)!, ...outgoing.slice(0, -1)];
        return mechanisms.carryOff(world);
      },
    },
  },
  'message-is-carried-too-late': {
    rule: 'qnx-network/message-is-carried-once',
    fault: 'what was in the buffer of the circuit before is received',
    mechanisms: {
      messageComes: (world, from, cargo) => {
        const end = mechanisms.endFor(world.state, from, cargo);
        const old = end === null ? [] : world.state.processes[end]!.memory.map((byte) => Math.max(byte, 0));
        mechanisms.messageComes(world, from, { ...cargo, bytes: cargo.bytes.map((byte, at) => old[at] ?? byte) });
      },
    },
  },
  'receiver-is-given-the-far-pid': {
    rule: 'qnx-network/peer-goes-by-its-vid',
    fault: 'who receives by a circuit is given the pid that the sender has on its own node',
    mechanisms: {
      wake: (world, process, answer) => {
        const end = answer.tag === 'received' ? world.state.processes.find(({ pid, circuit }) => pid === answer.pid && circuit !== null) : undefined;
        mechanisms.wake(world, process, answer.tag === 'received' ? { ...answer, pid: end?.circuit?.pid ?? answer.pid } : answer);
      },
    },
  },
  'message-comes-by-the-first-circuit': {
    rule: 'qnx-network/peer-goes-by-its-vid',
    fault: 'a message comes by the first circuit that its receiver has, whichever it was sent by',
    mechanisms: {
      endFor: (state, from, cargo) => {
        const end = mechanisms.endFor(state, from, cargo);
        return end === null ? null : endsOf(state).find((other) => circuitOf(state, other).owner === circuitOf(state, end).owner) ?? null;
      },
    },
  },
  'peer-is-the-end-itself': {
    rule: 'qnx-network/peer-goes-by-its-vid',
    fault: 'an end takes whatever comes as the process that it stands for',
    mechanisms: {
      messageComes: (world, from, cargo) => {
        const end = mechanisms.endFor(world.state, from, cargo);
        mechanisms.messageComes(world, from, cargo);
        if (end !== null) setCircuit(world.state, end, { pid: cargo.other });
      },
    },
  },
  'readmsg-begins-at-the-start': {
    rule: 'qnx-network/circuit-is-read-and-written',
    fault: 'what is read of a message that came by a circuit begins at its start',
    operations: altered('Readmsg', (world, call) => {
      const { kernel } = world.state.nodes[call.node]!;
      const { pid } = call as unknown as { readonly pid: number };
      const far = kernel.processes.some((process) => process.pid === pid && process.circuit !== null);
      return sound('Readmsg')(world, far ? { ...call, offset: 0 } as never : call);
    }),
  },
  'reply-clears-its-buffer': {
    rule: 'qnx-network/circuit-is-read-and-written',
    fault: 'a reply that is shorter than its buffer fills the rest with zeros',
    mechanisms: {
      replyComes: (world, from, cargo) => mechanisms.replyComes(world, from, { ...cargo, bytes: cargo.bytes.map((byte) => Math.max(byte, 0)) }),
    },
  },
  'writemsg-is-forgotten': {
    rule: 'qnx-network/circuit-is-read-and-written',
    fault: 'what was written into a reply before is lost when the reply is given',
    mechanisms: {
      fromOffset: (addresses, offset) => (offset > 0 ? [] : mechanisms.fromOffset(addresses, offset)),
    },
  },
  'stale-reply-is-taken': {
    rule: 'qnx-network/reply-reaches-its-sender',
    fault: 'a reply to an earlier message is taken for that to the one its sender waits with',
    mechanisms: { waiterOf: (state, end) => mechanisms.waiterOf(state, end, circuitOf(state, end).sent) },
  },
  'exchanges-have-no-numbers': {
    rule: 'qnx-network/reply-reaches-its-sender',
    fault: 'all messages by a circuit have one number',
    mechanisms: {
      sendThrough: (world, thread, end, sent) => {
        const { sent: number } = circuitOf(world.state, end);
        const verdict = mechanisms.sendThrough(world, thread, end, sent);
        setCircuit(world.state, end, { sent: Math.max(number, 1) });
        return verdict;
      },
    },
  },
  'reply-is-given-to-nobody': {
    rule: 'qnx-network/reply-reaches-its-sender',
    fault: 'a reply by a circuit is given, and comes to nothing',
    mechanisms: { answerThrough: () => {} },
  },
  'replies-have-no-end': {
    rule: 'qnx-network/reply-reaches-its-sender',
    fault: 'any number of replies may wait for the network manager',
    mechanisms: { answerErrors: () => [] },
  },
  'reply-goes-to-another-circuit': {
    rule: 'qnx-network/reply-reaches-its-sender',
    fault: 'a reply comes by the last circuit to the node, whichever it was given to',
    mechanisms: {
      carryReply: (world, entry) => {
        const departure = mechanisms.carryReply(world, entry);
        const others = endsOf(world.state).filter((end) => circuitOf(world.state, end).nid === departure.nid);
        return mechanisms.carryReply(world, { ...entry, end: others.at(-1)! });
      },
    },
  },
  'reply-wakes-nobody': {
    rule: 'qnx-network/reply-reaches-its-sender',
    fault: 'who waits for a reply goes on waiting when it has come',
    mechanisms: {
      replyComes: (world, from, cargo) => mechanisms.replyComes(Object.create(world, {
        mechanisms: { value: { ...world.mechanisms, wake: () => {} } },
      }) as typeof world, from, cargo),
    },
  },
};
