import { implementing, type Mach } from '#model/mach/world';
import type { MachState, PortId, SetId } from '#model/mach/state';
import { change } from '#model/operation';
import type { ThreadId } from '#spec/mach/vocabulary';

/** The receive right leaves its holder: whoever waited on the port is told, and the holder's settings go. */
export const clearReceiver = implementing(
  ['mach/moving-receive-leaves-senders-alone', 'mach/waiting-receiver-learns-of-changes'],
  ({ state }: Mach, id: PortId): void => {
    const port = change(state.ports[id]!);
    if (port.set === null) {
      answerAll(state, port.receivers, 'MACH_RCV_PORT_DIED');
      port.receivers = [];
    }
    port.set = null;
    port.makeSend = 0;
    port.sequence = 0;
  },
);

/** Threads waiting to receive are set free with an error. */
export function answerAll(state: MachState, threads: readonly ThreadId[], error: string): void {
  for (const thread of threads) change(state.threads[thread]!).run = { tag: 'answered', error, size: 0, given: null };
}

/** Destroying a set takes its members out; they live on with their queues. */
export const destroySet = implementing(
  ['mach/set-destruction-frees-live-members', 'mach/waiting-receiver-learns-of-changes'],
  ({ state }: Mach, id: SetId): void => {
    const set = change(state.sets[id]!);
    set.life = 'dead';
    for (const port of state.ports) if (port.set === id) change(port).set = null;
    answerAll(state, set.receivers, 'MACH_RCV_PORT_DIED');
    set.receivers = [];
  },
);
