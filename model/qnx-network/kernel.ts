import type { QnxScope } from '#spec/qnx/scope';
import type { QnxNetworkRule } from '#spec/qnx-network/rules';
import type { AnyCall, Kernel, Scope } from '#model/kernel';
import { qnx } from '#model/qnx/kernel';
import type { Cargo, QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import { compose, type NodeCall } from '#model/network/compose';
import type { NetworkScope } from '#model/network/nodes';
import { mechanisms, netRuns, netStarts, netStops, nidOf, packetIsLost, poll, type NetMechanisms, type QnxNetwork } from '#model/qnx-network/net';
import { cargoSchema, machineSchema, type Machine, type QnxNetworkState } from '#model/qnx-network/state';

export type QnxNetworkCall = NodeCall<AnyCall>;
export type QnxNetworkKernel = Kernel<QnxNetworkState, QnxNetworkCall> & { readonly mechanisms: NetMechanisms };

/** Every node has a network manager at the start, unless its scope says otherwise, and is called by its place. */
const prepare = (scope: Scope, node: number): Scope => ({ net: true, ...scope, nid: nidOf(node) });

const USER = 100;

/** What a machine is told by its kernel when it has just been started. */
function machineOf({ processes }: QnxState): Machine {
  const begun = processes.filter(({ circuit }, id) => id > 0 && circuit === null);
  return { priorities: begun.map(({ priority }) => priority), users: begun.map(({ uid }) => uid) };
}

/** The machine starts anew: nothing is left of what ran on it, and its pids go on from where they were. */
function startAgain({ limits, nodes, nid, nextPid, questions }: QnxState, { priorities, users }: Machine): QnxState {
  const scope: QnxScope = { priorities, users: users.length > 0 ? users : [USER], limits: { ...limits }, nodes, nid, net: true };
  const state = qnx.boot(scope as never);
  const first = state.nextPid - priorities.length;
  const later = nextPid - first;
  const processes = state.processes.map((process, id) => {
    const moved = (pid: number) => (id === 0 || pid < first ? pid : pid + later) as typeof process.pid;
    return { ...process, pid: moved(process.pid), group: moved(process.group), session: moved(process.session) };
  });
  return { ...state, processes, nextPid: state.nextPid + later, questions };
}

/** Which rules of the network the calls of a node are about; all others are about their own node alone. */
const about: Readonly<Record<string, readonly QnxNetworkRule[]>> = {
  Send: ['qnx-network/far-send-says-why-it-failed', 'qnx-network/buffer-grows-or-refuses', 'qnx-network/dead-circuit-leads-nowhere'],
  Sendmx: ['qnx-network/far-send-says-why-it-failed'],
  Receive: ['qnx-network/peer-goes-by-its-vid'],
  Reply: ['qnx-network/reply-reaches-its-sender'],
  Readmsg: ['qnx-network/circuit-is-read-and-written'],
  Writemsg: ['qnx-network/circuit-is-read-and-written'],
  Relay: ['qnx-network/relay-stays-on-its-node'],
  kill: ['qnx-network/signal-crosses-a-circuit'],
  Trigger: ['qnx-network/stand-in-triggers-its-proxy'],
  qnx_vc_attach: ['qnx-network/attach-makes-a-pair', 'qnx-network/share-reuses-a-circuit'],
  qnx_vc_detach: ['qnx-network/circuit-ends-with-its-owner'],
  qnx_vc_name_attach: ['qnx-network/name-is-found-on-another-node'],
  qnx_name_locate: ['qnx-network/name-is-found-on-another-node'],
  qnx_proxy_rem_attach: ['qnx-network/stand-in-triggers-its-proxy'],
  qnx_proxy_rem_detach: ['qnx-network/stand-in-triggers-its-proxy'],
  _exit: ['qnx-network/circuit-ends-with-its-owner', 'qnx-network/far-death-frees-its-clients'],
};

const named = (operations: Kernel['operations']): Kernel['operations'] =>
  Object.fromEntries(Object.entries(operations).map(([name, operation]) => [name, {
    ...operation,
    implements: operation.implements.some((rule) => rule.startsWith('qnx-network/')) ? operation.implements
      : about[name] ?? ['qnx-network/step-changes-its-own-node'],
  }]));

function network(): QnxNetworkKernel {
  const kernel = compose<QnxState, QnxCall, Machine, Cargo>({
    name: 'qnx-network',
    variant: 'documented',
    kernel: qnx,
    threads: { fork: ['child'], spawn: ['child'] },
    schema: { manager: machineSchema, cargo: cargoSchema },
    restart: { kernel: startAgain, manager: (state, _node, before) => before ?? machineOf(state) },
    mechanisms: mechanisms as never,
    operations: {
      net_runs: netRuns, poll, net_stops: netStops, net_starts: netStarts, packet_is_lost: packetIsLost,
    } as unknown as Kernel['operations'],
    implements: {
      packet_arrives: ['qnx-network/message-is-carried-once', 'qnx-network/attach-makes-a-pair', 'qnx-network/far-death-frees-its-clients'],
      packet_is_lost: ['qnx-network/failed-link-may-be-noticed'],
      packet_is_duplicated: ['qnx-network/message-is-carried-once'],
      link_fails: ['qnx-network/crash-is-not-told'],
      link_heals: ['qnx-network/crash-is-not-told'],
      node_crashes: ['qnx-network/crash-is-not-told'],
      node_reboots: ['qnx-network/crash-is-not-told'],
    },
    prepare,
  });
  const boot = ({ nodes }: NetworkScope<Scope>) => kernel.boot({ nodes: nodes.map((scope) => ({ ...scope, nodes: nodes.length })) } as never);
  return {
    ...kernel,
    boot,
    operations: named(kernel.operations),
    settle: (world: never) => {
      kernel.settle(world);
      const { state, mechanisms: own } = world as QnxNetwork;
      state.nodes.forEach(({ up }, node) => { if (up) own.flush(world, node); });
    },
  } as unknown as QnxNetworkKernel;
}

/** Nodes that run QNX 4, each with a network manager, as its documents describe them. */
export const qnxNetwork = network();
