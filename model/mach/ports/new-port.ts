import type { Port, PortId, MachState } from '#model/mach/state';
import { BeyondScope, change } from '#model/operation';

/** A port nobody has a right to yet. */
export function newPort(state: MachState, kernel: Port['kernel'] = null): PortId {
  const { limits, ports } = state;
  if (ports.length >= limits.ports && ports.filter(({ life }) => life === 'live').length >= limits.ports) {
    throw new BeyondScope('too many ports');
  }
  change(state).ports.push({
    life: 'live', kernel, queueLimit: limits.queueLimit, sequence: 0, makeSend: 0, sendRights: 0, sendOnceRights: 0,
    set: null, queue: [], senders: [], receivers: [], noSenders: null, portDestroyed: null, stray: [],
  });
  return ports.length - 1 as PortId;
}
