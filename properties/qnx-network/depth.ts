import { arrival, endsOn, posted } from '#properties/qnx-network/facts';
import type { NetStep } from '#properties/qnx-network/obligation';

interface Depth { readonly what: string; readonly met: (step: NetStep) => boolean }

/** What shows how deep runs of networks went. */
export const qnxNetworkDepth: readonly Depth[] = [
  { what: 'calls', met: ({ call }) => call.thread !== undefined },
  { what: 'packets sent', met: (step) => posted(step).length > 0 },
  { what: 'messages that came by circuits', met: (step) => arrival(step, 'message') !== null },
  { what: 'replies that came by circuits', met: (step) => arrival(step, 'reply') !== null },
  {
    what: 'circuits that ended',
    met: ({ before, after }) => before.nodes.some(({ kernel }, node) => endsOn(kernel).some(({ row }) => after.nodes[node]!.kernel.processes[row]?.life !== 'live')),
  },
  { what: 'nodes that crashed', met: ({ call }) => call.operation === 'node_crashes' },
];
