import { setCircuit } from '#model/qnx/network/circuit';
import { mechanisms } from '#model/qnx-network/net';
import { change } from '#model/operation';
import { altered, sound } from '#properties/qnx-network/laws/altered';
import type { NetMutants } from '#properties/qnx-network/obligation';

export const attachMutants: NetMutants = {
  'far-end-is-made-at-proc': {
    rule: 'qnx-network/attach-makes-a-pair',
    fault: 'the other end is made at a process of the node whoever was named',
    mechanisms: {
      createComes: (world, from, cargo) => mechanisms.createComes(world, from, { ...cargo, to: world.state.processes[1]!.pid }),
    },
  },
  'far-end-knows-not-whose-it-is': {
    rule: 'qnx-network/attach-makes-a-pair',
    fault: 'the end that is made records its own process as the one at the other end',
    mechanisms: {
      createComes: (world, from, cargo) => mechanisms.createComes(world, from, { ...cargo, from: cargo.to }),
    },
  },
  'near-end-never-knows-the-other': {
    rule: 'qnx-network/attach-makes-a-pair',
    fault: 'the caller is given its circuit before the other end is known',
    mechanisms: {
      createdComes: (world, from, cargo) => {
        mechanisms.createdComes(world, from, cargo);
        for (const [row, { pid, circuit, life }] of world.state.processes.entries()) {
          if (pid === cargo.end && circuit !== null && life === 'live') setCircuit(world.state, row as never, { vid: cargo.end });
        }
      },
    },
  },
  'refused-end-stays': {
    rule: 'qnx-network/attach-makes-a-pair',
    fault: 'the end of a circuit that was refused stays',
    mechanisms: { dropQuestion: () => {} },
  },
  'unwanted-circuit-stays': {
    rule: 'qnx-network/attach-makes-a-pair',
    fault: 'a circuit that nobody waits for any more stays on the other node',
    mechanisms: {
      createdComes: (world, from, cargo) => {
        if (world.state.processes.some(({ run }) => run.tag === 'asking' && run.question.serial === cargo.serial)) mechanisms.createdComes(world, from, cargo);
      },
    },
  },
  'ends-are-not-counted': {
    rule: 'qnx-network/attach-makes-a-pair',
    fault: 'there may be more ends than there is room for',
    mechanisms: { endErrors: (world, length) => mechanisms.endErrors(world, length).filter((error) => error !== 'ENOVPE') },
  },
  'far-buffer-is-not-made': {
    rule: 'qnx-network/attach-makes-a-pair',
    fault: 'the other end begins without a buffer',
    mechanisms: { createComes: (world, from, cargo) => mechanisms.createComes(world, from, { ...cargo, length: 0 }) },
  },
  'last-node-is-beyond-the-network': {
    rule: 'qnx-network/attach-makes-a-pair',
    fault: 'the last node of the network cannot be reached',
    operations: altered('qnx_vc_attach', (world, call) => {
      const { nid } = call as unknown as { readonly nid: number };
      return nid === world.state.nodes.length && nid !== call.node + 1 ? { tag: 'raised', error: 'EHOSTUNREACH' } : sound('qnx_vc_attach')(world, call);
    }),
  },
  'circuit-to-the-dead-is-made': {
    rule: 'qnx-network/attach-makes-a-pair',
    fault: 'a circuit to a process that is not there is made at the first that is',
    mechanisms: {
      createComes: (world, from, cargo) => {
        const there = world.state.processes.some(({ pid, life, circuit }) => pid === cargo.to && life === 'live' && circuit === null);
        mechanisms.createComes(world, from, there ? cargo : { ...cargo, to: world.state.processes.find(({ life }, id) => id > 0 && life === 'live')!.pid });
      },
    },
  },
  'share-makes-a-second-circuit': {
    rule: 'qnx-network/share-reuses-a-circuit',
    fault: 'a circuit that is to be shared is made anew',
    mechanisms: { sharedEnd: () => null },
  },
  'every-attach-shares': {
    rule: 'qnx-network/share-reuses-a-circuit',
    fault: 'a circuit is shared though that was not asked for',
    operations: altered('qnx_vc_attach', (world, call) => sound('qnx_vc_attach')(world, { ...call, share: true } as never)),
  },
  'share-takes-the-circuit-of-another': {
    rule: 'qnx-network/share-reuses-a-circuit',
    fault: 'a circuit to any process of the node is shared',
    mechanisms: {
      sharedEnd: (state, owner, far) => {
        const row = state.processes.findIndex(({ circuit, life }) => life === 'live' && circuit?.owner === owner && circuit.nid === far.nid && circuit.vid !== 0);
        return row < 0 ? null : row as never;
      },
    },
  },
  'first-detach-takes-it-apart': {
    rule: 'qnx-network/share-reuses-a-circuit',
    fault: 'a circuit is taken apart when the first of its users detaches it',
    operations: altered('qnx_vc_detach', (world, call) => {
      const { kernel } = world.state.nodes[call.node]!;
      const { vid } = call as unknown as { readonly vid: number };
      for (const process of kernel.processes) if (process.pid === vid && process.circuit !== null) change(process).circuit = { ...process.circuit, users: 1 };
      return sound('qnx_vc_detach')(world, call);
    }),
  },
  'shared-buffer-does-not-grow': {
    rule: 'qnx-network/share-reuses-a-circuit',
    fault: 'the buffer of a circuit that is shared stays as small as it was',
    operations: altered('qnx_vc_attach', (world, call) => {
      const { kernel } = world.state.nodes[call.node]!;
      const before = kernel.processes.map(({ memory }) => memory);
      const verdict = sound('qnx_vc_attach')(world, call);
      if (verdict.tag === 'returned') before.forEach((memory, row) => { change(kernel.processes[row]!).memory = memory as never; });
      return verdict;
    }),
  },
};

