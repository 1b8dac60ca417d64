import type { ThreadId } from '#spec/mach/vocabulary';
import { implementing, type Cascade, type Mach } from '#model/mach/world';
import type { MachState, Message, PortId, Run } from '#model/mach/state';
import { BeyondScope, change } from '#model/operation';

/** A message whose sender may queue it: to a receiver that waits, or to the end of the queue. */
export const enqueue = implementing(
  [
    'mach/send-to-a-dying-port-succeeds', 'mach/send-once-destination-ends-at-receipt',
    'mach/circularity-follows-rights-in-transit', 'mach/dead-notify-port-swallows-notifications',
  ],
  (world: Mach<Cascade>, message: Message): void => {
    const { state, mechanisms } = world;
    const port = state.ports[message.destination.port]!;
    if (port.life === 'dead' || message.circular) return mechanisms.destroyMessage(world, message);
    if (port.kernel !== null) return mechanisms.serve(world, message);
    world.charge('message');
    mechanisms.deliver(world, message);
  },
);

/** Finds a waiting receiver for a message, or queues it. */
export const deliver = implementing(
  [
    'mach/message-reaches-one-thread', 'mach/too-large-message-wakes-small-waiters',
    'mach/waiting-receiver-is-served-in-two-steps',
  ],
  (world: Mach<'receiver'>, message: Message): void => {
    const { state } = world;
    const id = message.destination.port;
    const port = change(state.ports[id]!);
    if (handOver(world, message)) return;
    if (port.queue.length >= state.limits.messages) throw new BeyondScope('too many messages');
    port.queue = [...port.queue, { ...message, moment: state.moment, arrival: change(state).arrival++ }];
  },
);

/**
 * Hands a message to one of the threads that wait for it. Each that has asked to be told of messages too
 * large for it, and for which this one is, is set free instead, until one fits or nobody is left.
 */
export function handOver(world: Mach<'receiver'>, message: Message): boolean {
  const { state } = world;
  const port = state.ports[message.destination.port]!;
  const waiting = port.set === null ? port : state.sets[port.set]!;
  while (waiting.receivers.length > 0) {
    const thread = world.choose('receiver', waiting.receivers, threadLabel);
    change(waiting).receivers = waiting.receivers.filter((other) => other !== thread);
    const { wait } = state.threads[thread]!.run as Extract<Run, { tag: 'receiving' }>;
    if (wait.large && message.size > wait.size) {
      change(state.threads[thread]!).run = { tag: 'answered', error: 'MACH_RCV_TOO_LARGE', size: message.size, given: null };
      continue;
    }
    change(state.threads[thread]!).run = { tag: 'handed', message, sequence: nextSequence(state, message), wait };
    return true;
  }
  return false;
}

/** The sequence number a dequeued message is stamped with; the port's own advances in the same step. */
export function nextSequence(state: MachState, message: Message): number {
  const port = change(state.ports[message.destination.port]!);
  port.sequence += 1;
  return port.sequence - 1;
}

export const threadLabel = (thread: ThreadId): string => `t${thread + 1}`;
export const portLabel = (port: PortId): string => `p${port + 1}`;
