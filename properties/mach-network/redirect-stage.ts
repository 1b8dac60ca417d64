import type { AnyCall } from '#model/kernel';
import type { MachNetworkState } from '#model/mach-network/state';
import { threadOn } from '#model/network/nodes';
import { machFailing, registering, type MachView } from '#properties/mach/redirect-stage';
import { inNetwork, machNetworkStage, within } from '#properties/mach-network/stage';

const SERVER = 0;

const nodes: MachView<MachNetworkState, AnyCall> = {
  call: (process, placement, make) => {
    const { node, task, thread } = within(process, placement);
    return inNetwork(node, make(task, thread));
  },
  names: (state, process, placement) => {
    const { node, task } = within(process, placement);
    return state.nodes[node]!.kernel.tasks[task]!.names;
  },
};

/** A server's task is ended on a node that goes on, and its backup and its clients are anywhere. */
export const machNetworkRedirect = machFailing(
  { ...machNetworkStage, prepare: registering(machNetworkStage, nodes) },
  ({ state, placement }) => {
    const { node, task } = within(SERVER, placement);
    const { thread } = state.nodes[node]!.manager;
    return { operation: 'task_terminate', node, thread: threadOn(node, thread), task: { tag: 'identity', identity: task } } as AnyCall;
  },
  true,
);
