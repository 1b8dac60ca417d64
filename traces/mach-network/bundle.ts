import { machVocabulary } from '#spec/mach/vocabulary';
import { machNetworkScope } from '#spec/mach-network/scope';
import { serverOperations } from '#spec/mach-network/vocabulary';
import type { MachKernel } from '#model/mach/kernel';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import type { Cargo, Entry, MachNetworkState, Server } from '#model/mach-network/state';
import { machNetworkDepth } from '#properties/mach-network/depth';
import { hasWork } from '#properties/mach-network/facts';
import { machNetworkSuite } from '#properties/mach-network/suite';
import { machNetworkTheme } from '#properties/mach-network/theme';
import type { AnyCall } from '#model/kernel';
import type { Random } from '#properties/random';
import type { Theme } from '#properties/suite';
import type { Bundle } from '#traces/bundle';
import { bundle as machBundle } from '#traces/mach/bundle';
import { networkBundle } from '#traces/network/bundle-of';

const showEntry = (entry: Entry): string => {
  const { public: port, receiver } = entry.id;
  if (entry.tag === 'gone') return `#${port} is gone`;
  const once = entry.kind === 'once' ? ' once' : '';
  return entry.tag === 'real' ? `#${port}${once} is n${entry.local.name} here` : `#${port}${once} is n${entry.local.name}, and on node ${receiver}${entry.suspended ? ', suspended' : ''}`;
};

/** What servers have in mind, and what is on the wire. */
const showNetwork = ({ nodes, wire }: MachNetworkState): readonly string[] => [
  ...nodes.flatMap(({ up, manager }, node) => (up ? [
    `the server of node ${node}, T${manager.task + 1}`,
    ...manager.entries.map((entry) => `  ${showEntry(entry)}`),
    ...manager.outgoing.map(({ serial, port, content }) => `  keeps message ${serial}, m${content.id} for #${port}`),
  ] : [])),
  ...wire.apart.map(({ one, other }) => `nodes ${one} and ${other} cannot reach each other`),
  ...wire.packets.map(({ from, to, cargo }, at) => `packet ${at} from ${from} to ${to}: ${cargo.tag}`),
];

/** Other implementations are told of machines and threads alone: nobody is introduced to anybody there. */
function strangers(random: Random): Theme<MachNetworkState, AnyCall> {
  const { scope, draw } = machNetworkTheme(random);
  return { scope: { nodes: scope['nodes'] }, draw };
}

const lifted = networkBundle<MachState, MachCall, MachKernel, Server, Cargo>(machBundle, {
  suite: machNetworkSuite,
  managers: () => serverOperations,
  vocabulary: machVocabulary,
  explorations: {},
  depth: machNetworkDepth,
  conformanceTheme: strangers,
  showNetwork,
  spontaneous: (state) => [
    ...state.nodes.flatMap((_, node) => (hasWork(state, node) ? [{ operation: 'netmsgserver_runs', node }] : [])),
    ...state.wire.packets.map((_, packet) => ({ operation: 'packet_arrives', packet })),
  ],
});

/** Everything that running, recording, judging and replaying need to know of networks of Mach machines. */
export const bundle: Bundle<MachNetworkState> = { ...lifted, scopes: machNetworkScope };
