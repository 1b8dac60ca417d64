import type { ThreadId, TaskId } from '#spec/mach/vocabulary';
import type { MachNetworkScope } from '#spec/mach-network/scope';
import type { AnyCall, Kernel, Scope } from '#model/kernel';
import { mach, type MachScope } from '#model/mach/kernel';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { atStart, furnish } from '#model/mach-network/furnish';
import { introduce } from '#model/mach-network/introduce';
import { ideal, legacy, type ServerMechanisms } from '#model/mach-network/mechanisms';
import { checkup, serverRestarts, serverRuns } from '#model/mach-network/serving';
import { cargoSchema, serverSchema, type Cargo, type MachNetworkState, type Server } from '#model/mach-network/state';
import { compose } from '#model/network/compose';
import type { NodeId } from '#model/network/wire';
import { change } from '#model/operation';

export type MachNetworkKernel = Kernel<MachNetworkState, AnyCall> & { readonly mechanisms: ServerMechanisms };

/** Every machine has one task more than its scope says: the network message server, with one thread. */
const prepare = (scope: Scope): Scope => ({ ...scope, threads: [...(scope as unknown as MachScope).threads, 1] });

/** The machine as it was at its own start: what its kernel was told then, and nothing of what happened since. */
function startAgain({ limits, memory }: MachState, { machine }: Server): MachState {
  const space = memory === null ? undefined : { pageSize: memory.pageSize, pageCount: memory.pageCount, requestLimit: memory.requestLimit };
  return mach.boot({ threads: [...machine], limits: { ...limits }, ...(space === undefined ? {} : { memory: space }) } as never);
}

function serverOfMachine(kernel: MachState, _node: NodeId, before: Server | null): Server {
  const task = kernel.tasks.length - 1 as TaskId;
  const thread = kernel.threads.length - 1 as ThreadId;
  return furnish(kernel, task, thread, before, atStart(kernel, thread));
}

function variant(name: string, mechanisms: ServerMechanisms): MachNetworkKernel {
  const kernel = compose<MachState, MachCall, Server, Cargo>({
    name: 'mach-network',
    variant: name,
    kernel: mach,
    threads: { thread_create: ['child'], timeout: ['waiting'] },
    schema: { manager: serverSchema, cargo: cargoSchema },
    restart: { kernel: startAgain, manager: serverOfMachine },
    mechanisms: mechanisms as never,
    operations: { netmsgserver_runs: serverRuns, checkup, netmsgserver_restarts: serverRestarts } as unknown as Kernel['operations'],
    implements: {
      packet_arrives: ['mach-network/message-passes-through-two-servers'],
      packet_is_lost: ['mach-network/message-is-kept-until-completion'],
      packet_is_duplicated: ['mach-network/resent-message-is-delivered-once'],
      link_fails: ['mach-network/partition-looks-like-death'],
      link_heals: ['mach-network/partition-looks-like-death'],
      node_crashes: ['mach-network/crash-kills-the-ports-of-a-node'],
      node_reboots: ['mach-network/restarted-server-is-checked-upon'],
    },
    prepare,
  });
  const boot = (scope: MachNetworkScope): MachNetworkState => {
    const state = kernel.boot(scope as never);
    for (const node of scope.bigEndian ?? []) change(state.nodes[node]!.manager).bigEndian = true;
    for (const introduction of scope.introduced ?? []) introduce(state, kernel.mechanisms as ServerMechanisms, introduction);
    return state;
  };
  return { ...kernel, operations: implemented(kernel.operations), boot } as unknown as MachNetworkKernel;
}

/** What Mach's own operations implement here: that the kernel of a node knows of no other node. */
const implemented = (operations: Kernel['operations']): Kernel['operations'] =>
  Object.fromEntries(Object.entries(operations).map(([name, operation]) =>
    [name, operation.implements.some((rule) => rule.startsWith('mach-network/')) ? operation
      : { ...operation, implements: ['mach-network/kernel-knows-no-network'] }]));

/** Networks of Mach machines whose servers keep every promise that a single machine keeps, as far as there is a way. */
export const machNetwork = variant('ideal', ideal);

/** Networks whose servers are those of 1989. */
export const legacyMachNetwork = variant('legacy', legacy);

