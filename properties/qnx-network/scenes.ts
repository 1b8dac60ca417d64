import type { Part, Pid, ProcessId } from '#spec/qnx/vocabulary';
import { qnxVocabulary } from '#spec/qnx/vocabulary';
import type { Cargo } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import { areApart, mayArrive, type NodeId } from '#model/network/wire';
import type { QnxNetworkCall } from '#model/qnx-network/kernel';
import type { QnxNetworkState } from '#model/qnx-network/state';
import { callInNetwork } from '#properties/network/lift';
import { callers } from '#properties/qnx/draw';
import { endsOn } from '#properties/qnx-network/facts';
import type { Random } from '#properties/random';

const onNode = callInNetwork<QnxCall>(qnxVocabulary('model'));

/** One step of a scene, made from the state as it is then; null if it cannot be made. */
type Cue = (state: QnxNetworkState, random: Random) => QnxNetworkCall | null;

/** The first process of the first node is the client, that of the second the server; each node has another process beside. */
const CLIENT = 0;
const SERVER = 1;
const FIRST = 1 as ProcessId;
const OTHER = 2 as ProcessId;

const happens = (operation: string, facts: object): QnxNetworkCall => ({ operation, ...facts }) as unknown as QnxNetworkCall;
const buffer = (random: Random): Part => ({ at: random.below(6), length: 1 + random.below(3) });

/** A call of a process on a node, if it can call. */
const by = (node: NodeId, thread: ProcessId, call: (kernel: QnxNetworkState['nodes'][number]['kernel'], random: Random) => object | null): Cue =>
  ({ nodes }, random) => {
    if (nodes[node] === undefined) return null;
    const { up, kernel } = nodes[node];
    if (!up || !callers(kernel).includes(thread)) return null;
    const said = call(kernel, random);
    return said === null ? null : onNode(node, { thread, ...said } as unknown as QnxCall);
  };

const endOf = (owner: ProcessId) => (kernel: QnxNetworkState['nodes'][number]['kernel']): Pid =>
  endsOn(kernel).findLast(({ circuit }) => circuit.owner === owner)?.process.pid ?? 0 as Pid;

const stores = (node: NodeId, thread: ProcessId) => by(node, thread, (_, random) => ({ operation: 'store', at: 0, bytes: Array.from({ length: 8 }, () => 1 + random.below(9)) }));
const sends = by(CLIENT, FIRST, (kernel, random) => ({ operation: 'Send', pid: endOf(FIRST)(kernel), message: buffer(random), reply: buffer(random) }));
const otherSends = by(CLIENT, OTHER, (kernel, random) => ({ operation: 'Send', pid: endOf(OTHER)(kernel), message: buffer(random), reply: buffer(random) }));
const receives = by(SERVER, FIRST, (_, random) => ({ operation: 'Receive', pid: 0, buffer: buffer(random) }));
const replies = by(SERVER, FIRST, (kernel, random) => ({
  operation: 'Reply', pid: endsOn(kernel).find(({ process }) => process.run.tag === 'replying')?.process.pid ?? 0, message: buffer(random),
}));
const writes = by(SERVER, FIRST, (kernel, random) => ({
  operation: 'Writemsg', pid: endsOn(kernel).find(({ process }) => process.run.tag === 'replying')?.process.pid ?? 0, offset: random.below(3), message: buffer(random),
}));
const exits = (node: NodeId) => by(node, FIRST, () => ({ operation: '_exit', status: 1 }));
const catches = by(CLIENT, FIRST, () => ({ operation: 'sigaction', signal: 'SIGUSR1', action: 'catch' }));
const interrupts = by(CLIENT, OTHER, (kernel) => ({ operation: 'kill', pid: kernel.processes[FIRST]!.pid, signal: 'SIGUSR1' }));
const attaches = (remZombie: boolean) => by(CLIENT, FIRST, (_, random) =>
  ({ operation: 'qnx_vc_attach', nid: SERVER + 1, pid: 2, length: random.below(4), share: false, remZombie }));
const shares = by(CLIENT, FIRST, (_, random) => ({ operation: 'qnx_vc_attach', nid: SERVER + 1, pid: 2, length: 1 + random.below(8), share: true, remZombie: false }));
const detaches = by(CLIENT, FIRST, (kernel) => ({ operation: 'qnx_vc_detach', vid: kernel.processes.findLast(({ circuit, life }) => circuit?.owner === FIRST && life !== 'gone')?.pid ?? 0 }));
const sendsToZombie = by(CLIENT, FIRST, (kernel, random) =>
  ({ operation: 'Send', pid: kernel.processes.findLast(({ circuit }) => circuit?.owner === FIRST)?.pid ?? 0, message: buffer(random), reply: buffer(random) }));
const opens = by(CLIENT, FIRST, (kernel) => ({ operation: 'qnx_fd_attach', pid: endOf(FIRST)(kernel) }));
const sendsFd = by(CLIENT, FIRST, (_, random) => ({ operation: 'Sendfd', fd: 0, message: buffer(random), reply: buffer(random) }));
const forks = by(CLIENT, FIRST, (kernel) => ({ operation: 'fork', child: kernel.processes.length }));
const execs = by(CLIENT, FIRST, () => ({ operation: 'exec', image: 'program', environment: null, closes: [] }));
const localSends = by(SERVER, OTHER, (kernel, random) => ({ operation: 'Send', pid: kernel.processes[FIRST]!.pid, message: buffer(random), reply: buffer(random) }));
const relaysAway = by(SERVER, FIRST, (kernel) => ({
  operation: 'Relay', to: endOf(FIRST)(kernel), pid: kernel.processes.find(({ run, circuit }) => run.tag === 'replying' && run.on === FIRST && circuit === null)?.pid ?? 0,
}));
const relaysHere = by(SERVER, FIRST, (kernel) => ({
  operation: 'Relay', pid: endsOn(kernel).find(({ process }) => process.run.tag === 'replying')?.process.pid ?? 0, to: kernel.processes[OTHER]!.pid,
}));
const names = (node: NodeId) => by(node, FIRST, () => ({ operation: 'qnx_name_attach', name: '/g' }));
const locates = by(CLIENT, OTHER, () => ({ operation: 'qnx_name_locate', name: '/g' }));
const attachesProxy = by(CLIENT, FIRST, () => ({ operation: 'qnx_proxy_attach', pid: 0, data: { at: 0, length: 2 }, priority: -1 }));
const standsIn = by(CLIENT, FIRST, (kernel) => ({ operation: 'qnx_proxy_rem_attach', nid: SERVER + 1, proxy: kernel.proxies.at(-1)?.pid ?? 0 }));
const triggers = by(SERVER, FIRST, (kernel) => ({ operation: 'Trigger', proxy: kernel.proxies.findLast(({ standsFor }) => standsFor !== null)?.pid ?? 0 }));
const takesAway = by(CLIENT, FIRST, (kernel) => {
  const place = kernel.proxies.at(-1)?.standIns[0];
  return place === undefined ? null : { operation: 'qnx_proxy_rem_detach', nid: place.nid, proxy: place.pid };
});

/** Net carries off what waits longest. */
const runs = (node: NodeId): Cue => ({ nodes }) => (nodes[node]!.up && nodes[node]!.kernel.net && nodes[node]!.kernel.outgoing.length > 0 ? happens('net_runs', { node }) : null);

const packetOf = ({ wire }: QnxNetworkState, tag: Cargo['tag'] | null): number =>
  wire.packets.findIndex((packet, at) => mayArrive(wire, at) && (tag === null || packet.cargo.tag === tag));

const arrives = (tag: Cargo['tag'] | null = null): Cue => (state) => {
  const packet = packetOf(state, tag);
  return packet < 0 ? null : happens('packet_arrives', { packet });
};
const isLost = (tag: Cargo['tag']): Cue => (state) => {
  const packet = packetOf(state, tag);
  return packet < 0 ? null : happens('packet_is_lost', { packet });
};
const linkFails: Cue = ({ wire }) => (areApart(wire, CLIENT, SERVER) ? null : happens('link_fails', { one: CLIENT, other: SERVER }));
const crashes = (node: NodeId): Cue => ({ nodes }) => (nodes[node]!.up ? happens('node_crashes', { node }) : null);
const polls: Cue = ({ nodes }) => (nodes[CLIENT]!.up ? happens('poll', { node: CLIENT }) : null);
const netStops = (node: NodeId): Cue => ({ nodes }) => (nodes[node]!.up && nodes[node]!.kernel.net ? happens('net_stops', { node }) : null);

const carried: readonly Cue[] = [sends, runs(CLIENT), arrives('message')];

const signals = by(CLIENT, FIRST, (kernel) => ({ operation: 'kill', pid: endOf(FIRST)(kernel), signal: 'SIGUSR1' }));

/** Two messages by two circuits that come to one server, which answers both. */
const both: readonly Cue[] = [sends, runs(CLIENT), otherSends, runs(CLIENT), arrives('message'), arrives('message'), receives, receives, replies, replies];

const scenes: readonly (readonly Cue[])[] = [
  both, both,
  [stores(CLIENT, FIRST), catches, ...carried, receives, replies, runs(SERVER), interrupts, sends, runs(CLIENT), arrives('reply'), arrives(), arrives()],
  [catches, ...carried, receives, interrupts, replies, arrives('cancel'), replies],
  [catches, sends, interrupts, sends, runs(CLIENT)],
  [stores(CLIENT, FIRST), stores(SERVER, FIRST), ...carried, receives, writes, replies, runs(SERVER), arrives('reply')],
  [...carried, receives, replies, runs(SERVER), isLost('reply'), polls, polls, arrives('poll'), arrives('ends')],
  [sends, runs(CLIENT), isLost('message')],
  [linkFails, sends, runs(CLIENT)],
  [catches, sends, runs(CLIENT), interrupts, sends, runs(CLIENT), isLost('message')],
  [...carried, receives, polls, polls, arrives('poll'), arrives('alive')],
  [catches, attaches(false), arrives('create'), interrupts, arrives('created'), arrives('ends')],
  [attaches(true), arrives('create'), arrives('created'), exits(SERVER), arrives(), arrives(), arrives(), sendsToZombie, detaches],
  [shares, shares, detaches, sends, runs(CLIENT), detaches],
  [attaches(false), arrives('create'), arrives('created'), ...carried, receives, detaches],
  [opens, sendsFd, runs(CLIENT), arrives('message')],
  [receives, sends, otherSends, runs(CLIENT), runs(CLIENT), arrives(), arrives(), receives],
  [sends, otherSends, netStops(CLIENT)],
  [...carried, receives, replies, netStops(SERVER)],
  [...carried, receives, netStops(SERVER), replies],
  [catches, ...carried, interrupts, arrives('cancel'), receives],
  [netStops(CLIENT), signals, sends],
  [...carried, receives, crashes(SERVER), polls, polls, polls],
  [...carried, receives, exits(SERVER), arrives('ends')],
  [...carried, exits(CLIENT), arrives('ends'), receives],
  [forks, ...carried, execs],
  [localSends, receives, relaysAway, replies],
  [...carried, receives, relaysHere, replies],
  [names(SERVER), names(2), locates, arrives('locate'), arrives('locate'), arrives('located'), arrives('located'), arrives('create'), arrives('created')],
  [attachesProxy, standsIn, arrives('stand'), arrives('stands'), triggers, runs(SERVER), arrives('trigger')],
  [attachesProxy, standsIn, arrives('stand'), arrives('stands'), standsIn, arrives('stand'), arrives('stands'), takesAway, netStops(CLIENT), takesAway],
  [attachesProxy, standsIn, arrives('stand'), arrives('stands'), triggers, triggers, takesAway, runs(SERVER), arrives('trigger')],
];

/** A scene being played: what cannot be made when its turn comes is left out. */
export class Scene {
  readonly #cues: Cue[];

  constructor(random: Random) {
    this.#cues = [...random.pick(scenes)];
  }

  /** The next step of the scene; null once it is over. */
  next(state: QnxNetworkState, random: Random): QnxNetworkCall | null {
    for (;;) {
      const cue = this.#cues.shift();
      if (cue === undefined) return null;
      const call = cue(state, random);
      if (call !== null) return call;
    }
  }
}
