import { circuitOf, setCircuit } from '#model/qnx/network/circuit';
import { mechanisms } from '#model/qnx-network/net';
import { change } from '#model/operation';
import type { NetMutants } from '#properties/qnx-network/obligation';

const withoutError = (error: string): Partial<typeof mechanisms> => ({
  throughErrors: (world, end, sent) => mechanisms.throughErrors(world, end, sent).filter((other) => other !== error),
});

export const sendingMutants: NetMutants = {
  'queue-has-no-end': {
    rule: 'qnx-network/far-send-says-why-it-failed',
    fault: 'any number of messages may wait for the network manager',
    mechanisms: withoutError('EAGAIN'),
  },
  'send-waits-for-no-net': {
    rule: 'qnx-network/far-send-says-why-it-failed',
    fault: 'a Send by a circuit waits though there is no network manager',
    mechanisms: {
      throughErrors: (world, end, sent) => mechanisms.throughErrors(world, end, sent).filter((error) => error !== 'ENOSYS' && error !== 'EHOSTUNREACH'),
    },
  },
  'any-process-may-use-a-circuit': {
    rule: 'qnx-network/far-send-says-why-it-failed',
    fault: 'a Send by the circuit of another process goes',
    mechanisms: {
      sendErrors: (world, thread, pid, sent) => {
        const end = world.state.processes.find((process) => process.pid === pid && process.life === 'live');
        if (end !== undefined && end.circuit !== null) change(end).circuit = { ...end.circuit, owner: thread };
        return mechanisms.sendErrors(world, thread, pid, sent);
      },
    },
  },
  'failed-send-counts': {
    rule: 'qnx-network/far-send-says-why-it-failed',
    fault: 'a Send by a circuit that fails leaves its buffer larger',
    mechanisms: {
      throughErrors: (world, end, sent) => {
        const errors = mechanisms.throughErrors(world, end, sent);
        if (errors.length > 0) change(world.state.processes[end]!).memory = [...world.state.processes[end]!.memory, 0];
        return errors;
      },
    },
  },
  'small-buffer-is-not-noticed': {
    rule: 'qnx-network/buffer-grows-or-refuses',
    fault: 'a message goes by a circuit whose buffer is too small, which stays so',
    mechanisms: {
      sendThrough: (world, thread, end, sent) => {
        const { memory } = world.state.processes[end]!;
        const verdict = mechanisms.sendThrough(world, thread, end, sent);
        change(world.state.processes[end]!).memory = change(memory);
        return verdict;
      },
    },
  },
  'buffer-shrinks-to-its-message': {
    rule: 'qnx-network/buffer-grows-or-refuses',
    fault: 'the buffer of a circuit is as large as the last message that came',
    mechanisms: {
      messageComes: (world, from, cargo) => {
        mechanisms.messageComes(world, from, cargo);
        const end = mechanisms.endFor(world.state, from, cargo);
        if (end !== null) change(world.state.processes[end]!).memory = world.state.processes[end]!.memory.slice(0, cargo.bytes.length + cargo.room);
      },
    },
  },
  'largest-buffer-is-one-too-small': {
    rule: 'qnx-network/buffer-grows-or-refuses',
    fault: 'a message that just fits into the largest buffer is refused where it comes',
    mechanisms: {
      messageComes: (world, from, cargo) => {
        const { limits } = world.state;
        const full = cargo.bytes.length + cargo.room === limits.circuit;
        mechanisms.messageComes(Object.create(world, {
          mechanisms: { value: { ...world.mechanisms, bufferErrors: (state: never, length: number, more: number) => (full ? ['EINVAL'] : mechanisms.bufferErrors(state, length, more)) } },
        }) as typeof world, from, cargo);
      },
    },
  },
  'too-large-a-message-is-received': {
    rule: 'qnx-network/buffer-grows-or-refuses',
    fault: 'a message that the buffer there cannot hold is received',
    mechanisms: { bufferErrors: () => [] },
  },
  'carried-sender-stays-send-blocked': {
    rule: 'qnx-network/sender-is-blocked-as-at-home',
    fault: 'a sender whose message is carried off is SEND-blocked until it is answered',
    mechanisms: {
      carryMessage: (world, end) => {
        const { owner } = circuitOf(world.state, end);
        const { run } = world.state.processes[owner]!;
        const departure = mechanisms.carryMessage(world, end);
        if (run.tag === 'sending') change(world.state.processes[owner]!).run = run;
        return departure;
      },
    },
  },
  'interrupted-message-is-carried': {
    rule: 'qnx-network/sender-is-blocked-as-at-home',
    fault: 'the message of a sender that was interrupted still waits for the network manager',
    mechanisms: {
      interruptWait: (world, target) => {
        const { outgoing } = world.state;
        mechanisms.interruptWait(world, target);
        change(world.state).outgoing = change(outgoing);
      },
    },
  },
  'send-goes-before-others': {
    rule: 'qnx-network/sender-is-blocked-as-at-home',
    fault: 'what is sent by a circuit is carried off before what waits already',
    mechanisms: {
      sendThrough: (world, thread, end, sent) => {
        const verdict = mechanisms.sendThrough(world, thread, end, sent);
        const { outgoing } = world.state;
        change(world.state).outgoing = [outgoing.at(-1)!, ...outgoing.slice(0, -1)];
        return verdict;
      },
    },
  },
  'circuit-changes-hands': {
    rule: 'qnx-network/sender-is-blocked-as-at-home',
    fault: 'a circuit is another process\'s once its message is carried off',
    mechanisms: {
      carryMessage: (world, end) => {
        const departure = mechanisms.carryMessage(world, end);
        setCircuit(world.state, end, { owner: 1 as never });
        return departure;
      },
    },
  },
};
