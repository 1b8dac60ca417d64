import { carriesReceive, messagesOf } from '#model/mach/entries';
import { implementing, type Mach } from '#model/mach/world';
import type { MachState, PortId } from '#model/mach/state';

/** Where a receive right in transit is queued, or would be once its sender has room; null if in no message. */
export function transitOf(state: MachState, port: PortId): PortId | null {
  for (const message of messagesOf(state)) {
    if (carriesReceive(message, port)) return message.destination.port;
  }
  return null;
}

/** Whether a receive right sent to `destination` would end in its own queue, through others in transit. */
export const isCircular = implementing(
  ['mach/circular-send-succeeds-and-destroys', 'mach/circularity-follows-rights-in-transit'],
  ({ state }: Mach, port: PortId, destination: PortId): boolean => {
    const seen = new Set<PortId>();
    for (let at: PortId | null = destination; at !== null; at = transitOf(state, at)) {
      if (at === port) return true;
      if (seen.has(at)) return false;
      seen.add(at);
      if (state.ports[at]!.life === 'dead') return false;
    }
    return false;
  },
);
