import { enqueue } from '#model/mach/messages/enqueue';
import { machMsg } from '#model/mach/messages/mach-msg';
import { takeMessage } from '#model/mach/messages/receive';
import { serve } from '#model/mach/messages/serve';
import type { MachKernel } from '#model/mach/kernel';
import { settle } from '#model/mach/threads/settle';
import type { MachMutants } from '#properties/mach/obligation';

/** A kernel whose call of both halves takes a trap for each. */
const twoTraps: Partial<MachKernel['operations']> = {
  mach_msg: {
    ...machMsg,
    step: (world, call) => {
      if (call.send !== null && call.receive !== null) world.charge('trap');
      return machMsg.step(world, call);
    },
  },
};

const everyCallTwice: Partial<MachKernel['operations']> = {
  mach_msg: {
    ...machMsg,
    step: (world, call) => {
      world.charge('trap');
      return machMsg.step(world, call);
    },
  },
};

export const costMutants: MachMutants = {
  'messages-are-copied-within-the-kernel': {
    rule: 'mach/inline-data-is-copied-twice',
    fault: 'a message is copied once more before it is copied out',
    mechanisms: {
      takeMessage: (world, ...asked) => {
        world.charge('copy');
        return takeMessage(world, ...asked);
      },
    },
  },
  'receiver-runs-at-the-next-call': {
    rule: 'mach/hand-off-runs-the-waiting-receiver',
    fault: 'a receiver that has its message does not run before somebody calls again',
    settle: (world) => {
      const w = world as Parameters<typeof settle>[0];
      if (w.state.threads.some(({ run }) => run.tag === 'handed' && run.message.moment === 0)) return;
      settle(w);
    },
  },
  'every-call-takes-two-traps': {
    rule: 'mach/costs-are-upper-bounds', fault: 'a message call enters the kernel twice', operations: everyCallTwice,
  },
  'hand-off-goes-through-the-scheduler': {
    rule: 'mach/one-way-message-takes-one-trap',
    fault: 'handing a message over takes a second switch',
    mechanisms: {
      enqueue: (world, message) => {
        world.charge('switch', 2);
        enqueue(world, message);
      },
    },
  },
  'late-receipt-takes-two-traps': {
    rule: 'mach/late-receiver-adds-one-trap', fault: 'a message call enters the kernel twice', operations: everyCallTwice,
  },
  'combined-call-takes-two-traps': {
    rule: 'mach/combined-rpc-takes-two-traps', fault: 'the two halves of a combined call take a trap each', operations: twoTraps,
  },
  'separate-calls-take-two-traps-each': {
    rule: 'mach/separate-rpc-takes-four-traps', fault: 'a message call enters the kernel twice', operations: everyCallTwice,
  },
  'kernel-requests-are-queued': {
    rule: 'mach/kernel-rpc-takes-no-switch',
    fault: 'a thread of the kernel is switched to for each request',
    mechanisms: {
      serve: (world, request) => {
        world.charge('switch');
        serve(world, request);
      },
    },
  },
  'queued-messages-are-counted-twice': {
    rule: 'mach/optimisations-may-be-used',
    fault: 'a message counts again when it leaves its queue',
    mechanisms: {
      takeMessage: (world, ...asked) => {
        world.charge('message');
        return takeMessage(world, ...asked);
      },
    },
  },
};
