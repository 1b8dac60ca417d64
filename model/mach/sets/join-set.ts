import { handOver } from '#model/mach/messages/enqueue';
import { answerAll } from '#model/mach/ports/clear-receiver';
import { implementing, type Mach } from '#model/mach/world';
import type { PortId, SetId } from '#model/mach/state';
import { change } from '#model/operation';

/** A port joins a set: its messages come after those of the other members, or go to whoever waits there. */
export const joinSet = implementing(
  [
    'mach/set-merges-its-member-queues', 'mach/waiting-receiver-learns-of-changes',
    'mach/port-set-holds-own-receive-rights',
  ],
  (world: Mach<'receiver'>, id: PortId, set: SetId): void => {
    const { state } = world;
    const port = change(state.ports[id]!);
    const waited = port.receivers;
    port.receivers = [];
    port.set = set;
    const queued = port.queue;
    port.queue = [];
    for (const message of queued) {
      if (!handOver(world, message)) port.queue = [...port.queue, { ...message, arrival: change(state).arrival++ }];
    }
    answerAll(state, waited, 'MACH_RCV_PORT_CHANGED');
  },
);
