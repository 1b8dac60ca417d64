import { qnxVocabulary, type Pid, type ProcessId } from '#spec/qnx/vocabulary';
import type { AnyCall, Event } from '#model/kernel';
import { ModelError } from '#model/operation';
import { nodeOfThread, threadOn, threadWithin } from '#model/network/nodes';
import { qnx } from '#model/qnx/kernel';
import type { QnxCall } from '#model/qnx/world';
import type { QnxNetworkState } from '#model/qnx-network/state';
import { nidOf } from '#model/qnx-network/net';
import type { NodeId } from '#model/network/wire';
import { isEnabled } from '#properties/qnx/draw';
import { marked, MEMORY, qnxCallOf, qnxStage, type QnxDeed, type QnxRoles } from '#properties/qnx/stage';
import { callInNetwork } from '#properties/network/lift';
import type { Placement, Stage } from '#properties/network/stage';
import { observe, type Excuses, type Together } from '#properties/network/transparency';
import { drawAnyWire } from '#properties/qnx-network/draw';

const vocabulary = qnxVocabulary('model');
export const inNetwork = callInNetwork<QnxCall>(vocabulary);

/** Where a process is: those of a node are numbered in turn, behind Proc. */
export const within = (process: number, placement: Placement): { readonly node: NodeId; readonly thread: ProcessId } => {
  const node = placement[process]!;
  return { node, thread: placement.slice(0, process).filter((other) => other === node).length + 1 as ProcessId };
};

/** The programs of QNX processes, each on a node of its own or together with others. */
export const qnxNetworkStage: Stage<QnxNetworkState, AnyCall, QnxDeed, QnxRoles> = {
  vocabulary,
  draw: qnxStage.draw,
  scope: (placement) => ({
    nodes: Array.from({ length: Math.max(...placement) + 1 }, (_, node) =>
      ({ priorities: placement.filter((other) => other === node).map(() => 10), limits: { memory: MEMORY } })),
  }),
  prepare,
  thread: (process, placement) => {
    const { node, thread } = within(process, placement);
    return threadOn(node, thread);
  },
  isFree: ({ nodes }, thread) => {
    const { up, kernel } = nodes[nodeOfThread(thread)]!;
    return up && isEnabled(kernel, { operation: 'getprio', thread: threadWithin(thread) as ProcessId, pid: 0 as Pid });
  },
  call: (_state, act, play) => {
    const { node, thread } = within(act.process, play.placement);
    const call = qnxCallOf(act, play, thread);
    return call === null ? null : inNetwork(node, call);
  },
  rest: drawAnyWire,
};

const BUFFER = 16;

/** Every process has the marks in its memory, and a circuit to each process of another node. */
function* prepare(look: () => QnxNetworkState, placement: Placement): Generator<AnyCall, QnxRoles, readonly Event[]> {
  const of: Pid[][] = placement.map(() => []);
  for (const process of placement.keys()) {
    const here = within(process, placement);
    yield inNetwork(here.node, marked(here.thread));
  }
  for (const process of placement.keys()) {
    const here = within(process, placement);
    for (const other of placement.keys()) {
      const there = within(other, placement);
      const { pid } = look().nodes[there.node]!.kernel.processes[there.thread]!;
      of[process]!.push(here.node === there.node ? pid : yield* circuit(here, there.node, pid));
    }
  }
  return { of };
}

function* circuit(here: ReturnType<typeof within>, node: NodeId, pid: Pid): Generator<AnyCall, Pid, readonly Event[]> {
  const { thread } = here;
  const call = inNetwork(here.node, { operation: 'qnx_vc_attach', thread, nid: nidOf(node), pid: pid as never, length: BUFFER, share: false, remZombie: false });
  const answer = (yield call).findLast((event) => event.thread === threadOn(here.node, thread));
  if (answer?.tag !== 'returned') throw new ModelError(`no circuit: ${JSON.stringify(answer)}`);
  return (answer.value as { readonly pid: Pid }).pid;
}

/** What the same processes see on one node without any network. */
export const onOneNode: Together<QnxDeed> = (script, placement) => observe(qnxStage, qnx, script, placement);

const anyPid = (line: string | undefined): string | undefined => line?.replace(/given-pid \d+/g, 'some pid');

/**
 * What came over a circuit, and what would go by one, is not relayed. And a process that is known by two circuits goes by
 * two pids: whoever answers by the circuit of another is taken for somebody else.
 */
export const qnxNetworkExcuses: Excuses<QnxDeed> = {
  'qnx-network/relay-stays-on-its-node': ({ apart }) => apart === '["Relay","raised","ESRCH",null]',
  'qnx-network/peer-goes-by-its-vid': ({ together, apart }) => together !== undefined && together !== apart && anyPid(together) === anyPid(apart),
};
