import { machVocabulary, type Name, type TaskId, type ThreadId } from '#spec/mach/vocabulary';
import type { AnyCall } from '#model/kernel';
import { isReceive } from '#model/mach/entries';
import { mach } from '#model/mach/kernel';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import type { MachNetworkState } from '#model/mach-network/state';
import { nodeOfThread, threadOn, threadWithin } from '#model/network/nodes';
import { mayArrive, type NodeId } from '#model/network/wire';
import { isReady, machCallOf, machStage, type MachDeed, type MachRoles } from '#properties/mach/stage';
import { callInNetwork } from '#properties/network/lift';
import { observe, type Excuses, type Together } from '#properties/network/transparency';
import type { Placement, Stage } from '#properties/network/stage';

/** What a notification that there are no senders is numbered. */
const NO_SENDERS = 70;

const vocabulary = machVocabulary('model');
export const inNetwork = callInNetwork<MachCall>(vocabulary);

/** A process as its own node knows it: its one task has one thread, and both have the same number there. */
export const within = (process: number, placement: Placement): { readonly node: NodeId; readonly task: TaskId; readonly thread: ThreadId } => {
  const node = placement[process]!;
  const place = placement.slice(0, process).filter((other) => other === node).length;
  return { node, task: place as TaskId, thread: place as ThreadId };
};

/** Whether the server of a node has a message to take. */
function hasMessage(kernel: MachState, server: TaskId): boolean {
  const sets = new Set(kernel.tasks[server]!.names.flatMap((entry) => (entry?.tag === 'set' ? [entry.set] : [])));
  return kernel.ports.some(({ set, queue }) => set !== null && queue.length > 0 && sets.has(set));
}

/** What the network does next when nothing is lost and nobody is slow. */
function rest({ nodes, wire }: MachNetworkState): AnyCall | null {
  const packet = wire.packets.findIndex((_, at) => mayArrive(wire, at));
  if (packet >= 0) return { operation: 'packet_arrives', packet } as AnyCall;
  const node = nodes.findIndex(({ up, kernel, manager }) => up && hasMessage(kernel, manager.task));
  return node < 0 ? null : { operation: 'netmsgserver_runs', node } as AnyCall;
}

/** The programs of Mach tasks, each task on a node of its own or together with others. */
export const machNetworkStage: Stage<MachNetworkState, AnyCall, MachDeed, MachRoles> = {
  vocabulary,
  draw: machStage.draw,
  scope: (placement) => ({
    nodes: Array.from({ length: Math.max(...placement) + 1 }, (_, node) => ({ threads: placement.filter((other) => other === node).map(() => 1) })),
    introduced: placement.map((_, process) => ({ receiver: partyOf(process, placement), senders: placement.map((__, other) => partyOf(other, placement)) })),
  }),
  prepare,
  thread: (process, placement) => {
    const { node, thread } = within(process, placement);
    return threadOn(node, thread);
  },
  isFree: ({ nodes }, thread) => nodes[nodeOfThread(thread)]!.up && isReady(nodes[nodeOfThread(thread)]!.kernel, threadWithin(thread) as ThreadId),
  call: ({ nodes }, act, play) => {
    const { node, task, thread } = within(act.process, play.placement);
    const call = machCallOf(act, play, nodes[node]!.kernel.tasks[task]!, { task, thread });
    return call === null ? null : inNetwork(node, call);
  },
  rest,
};

const partyOf = (process: number, placement: Placement) => {
  const { node, task } = within(process, placement);
  return { node, task };
};

/** The ports were introduced one after another: each task has a name for every one, in that order. */
function* prepare(look: () => MachNetworkState, placement: Placement): Generator<AnyCall, MachRoles> {
  const namesOf = (process: number) => {
    const { node, task } = within(process, placement);
    return look().nodes[node]!.kernel.tasks[task]!.names;
  };
  const of = placement.map((_, process) =>
    namesOf(process).flatMap((entry, name) => (entry?.tag === 'port' ? [name as Name] : [])));
  const own = placement.map((_, process) => namesOf(process).findIndex((entry) => entry !== null && isReceive(entry)) as Name);
  const replies: Name[] = [];
  for (const process of placement.keys()) {
    const { node, task, thread } = within(process, placement);
    yield inNetwork(node, { operation: 'mach_port_allocate', thread, task: { tag: 'identity', identity: task }, right: 'receive' });
    replies.push(namesOf(process).length - 1 as Name);
  }
  return { own, replies, of };
}

/** What the same tasks see on one machine without any server. */
export const onOneMachine: Together<MachDeed> = (script, placement) => observe(machStage, mach, script, placement);

/**
 * A network at rest changes hardly anything: a message to a port that is no more has gone to what stands for it all the
 * same; and a server has a right to each port that is known elsewhere, so that nobody hears of the last sender at once.
 */
export const machNetworkExcuses: Excuses<MachDeed> = {
  'mach-network/proxy-accepts-for-the-port': ({ together, apart }) =>
    together === '["mach_msg","raised","MACH_SEND_INVALID_DEST",null]' && apart === '["mach_msg","returned",null,{"message":null}]',
  'mach-network/no-senders-waits-for-remote-holders': ({ together }) => together !== undefined && together.includes(`"message":{"id":${NO_SENDERS},`),
};
