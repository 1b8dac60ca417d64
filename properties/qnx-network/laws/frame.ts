import { mechanisms } from '#model/qnx-network/net';
import { change } from '#model/operation';
import { nodeOfThread } from '#model/network/nodes';
import type { NodeId } from '#model/network/wire';
import { same } from '#properties/qnx/facts';
import { arrival, endsOn, happening, messagesOut, posted } from '#properties/qnx-network/facts';
import { altered, sound } from '#properties/qnx-network/laws/altered';
import { hears, silent } from '#properties/qnx-network/laws/hearing';
import type { NetLaws, NetMutants, NetStep } from '#properties/qnx-network/obligation';

/** The node on which a step happens; null if it is about the wire alone. */
function nodeOf({ call, before }: NetStep): NodeId | null {
  const { packet = -1 } = call as unknown as { readonly packet?: number };
  if (call.operation === 'packet_arrives') return before.wire.packets[packet]!.to;
  if (call.operation === 'packet_is_lost') return before.wire.packets[packet]!.from;
  return call.operation.startsWith('link_') || call.operation === 'packet_is_duplicated' ? null : call.node;
}

function onItsOwnNode(step: NetStep): readonly string[] {
  const { before, after, call, events } = step;
  const own = nodeOf(step);
  const wrong = before.nodes.flatMap((node, at) => (at === own || same(node, after.nodes[at]) ? [] : [`${call.operation} changes node ${at}, on which it does not happen`]));
  for (const { thread } of events) if (nodeOfThread(thread) !== own) wrong.push('a process of another node is seen to do something');
  for (const { from, to, stream } of posted(step)) {
    if (from !== own || to === own || before.nodes[to] === undefined) wrong.push(`something is sent from node ${from} to node ${to}`);
    if (stream === null) wrong.push('something is sent that may be overtaken');
  }
  return wrong;
}

/** What a crash, or a link that fails or is repaired, changes: nothing that anyone can see. */
function untold(step: NetStep): readonly string[] {
  const { call, before, after, events } = step;
  const wrong = events.length > 0 ? [`${call.operation} is told to someone`] : [];
  if (!same(before.wire.packets, after.wire.packets)) wrong.push(`${call.operation} changes what is under way`);
  before.nodes.forEach((node, at) => {
    const now = after.nodes[at]!;
    const happens = call.operation.startsWith('node_') && call.node === at;
    if (!happens && !same(node, now)) wrong.push(`${call.operation} changes node ${at}`);
    if (happens && call.operation === 'node_crashes' && !same({ ...node, up: false }, now)) wrong.push('a crash changes more than that the node is down');
  });
  return call.operation === 'node_reboots' ? [...wrong, ...startedAnew(step)] : wrong;
}

function startedAnew({ call: { node }, before, after }: NetStep): readonly string[] {
  const was = before.nodes[node]!;
  const { kernel, up, epoch, manager } = after.nodes[node]!;
  const wrong: string[] = [];
  if (!up || epoch !== was.epoch + 1) wrong.push('a node that is started again is not up, or not for one time more');
  if (kernel.processes.some(({ circuit }) => circuit !== null)) wrong.push('a node begins with circuits of before');
  if (kernel.processes.length !== manager.priorities.length + 1) wrong.push('a node does not begin with the processes that it begins with');
  if (kernel.processes.some(({ pid, run, queue }, id) => id > 0 && (pid < was.kernel.nextPid || run.tag !== 'ready' || queue.length > 0))) {
    wrong.push('a process of a node that was started again has a pid of before, or does something already');
  }
  if (!kernel.net || kernel.outgoing.length > 0 || kernel.notes.length > 0) wrong.push('a network manager begins with what is of before');
  return wrong;
}

function stoppedAsDue(step: NetStep): readonly string[] {
  const stopped = happening(step, 'net_stops');
  if (stopped === null) return startedAsDue(step);
  const { node, before, after } = stopped;
  const senders = messagesOut(before).flatMap(({ end }) => before.processes[end]!.queue.flatMap((item) => (item.tag === 'message' ? [item.from] : [])));
  const replied = before.outgoing.flatMap((entry) => (entry.tag === 'reply' ? [entry.end] : []));
  const wrong = senders.flatMap((sender) => hears(step, node, sender, ['EHOSTUNREACH']));
  if (after.net || after.outgoing.length > 0 || posted(step).length > 0) wrong.push('a network manager that is stopped goes on');
  before.processes.forEach((process, id) => {
    const now = after.processes[id]!;
    if (replied.includes(id as never)) {
      if (now.life === 'live') wrong.push(`the circuit p${process.pid} goes on without the reply that is lost`);
      return;
    }
    const owns = replied.some((end) => before.processes[end]!.circuit?.owner === id);
    if (senders.includes(id as never) || messagesOut(before).some(({ end }) => end === id) || owns) return;
    if (!same(process, now)) wrong.push(`P${id} is changed by the end of the network manager`);
  });
  return [...wrong, ...silent(step, node, senders.concat(replied.map((end) => before.processes[end]!.circuit!.owner)))];
}

/** A network manager that begins changes nothing but that it is there; without one nobody takes what comes. */
function startedAsDue(step: NetStep): readonly string[] {
  const started = happening(step, 'net_starts');
  if (started !== null) return same({ ...started.before, net: true }, started.after) && step.events.length === 0 ? [] : ['a network manager that begins changes something'];
  const own = nodeOf(step);
  if (step.call.operation !== 'packet_arrives' || own === null || arrival(step) !== null) return [];
  return same(step.before.nodes[own], step.after.nodes[own]) && posted(step).length === 0 ? [] : ['what comes to a node without a network manager is taken'];
}

export const frameLaws = {
  'qnx-network/step-changes-its-own-node': {
    step: onItsOwnNode,
    sometimes: {
      'a process calls': ({ call }) => call.thread !== undefined,
      'something is sent to another node': (step) => posted(step).length > 0,
      'a packet comes': (step) => arrival(step) !== null,
    },
  },

  'qnx-network/crash-is-not-told': {
    on: ['node_crashes', 'node_reboots', 'link_fails', 'link_heals'],
    step: untold,
    sometimes: {
      'a node crashes to which there is a circuit': ({ call, before }) => call.operation === 'node_crashes'
        && before.nodes.some(({ kernel, up }, at) => up && at !== call.node && endsOn(kernel).some(({ circuit }) => circuit.nid === call.node + 1)),
      'a node crashes for which somebody waits': ({ call, before }) => call.operation === 'node_crashes'
        && before.nodes.some(({ kernel }, at) => at !== call.node && kernel.processes.some(({ run }) => run.tag === 'replying' && kernel.processes[run.on]!.circuit?.nid === call.node + 1)),
      'it is started again': ({ call }) => call.operation === 'node_reboots',
      'a link fails': ({ call }) => call.operation === 'link_fails',
    },
  },

  'qnx-network/net-comes-and-goes': {
    on: ['net_stops', 'net_starts', 'packet_arrives'],
    step: stoppedAsDue,
    sometimes: {
      'it is stopped with messages waiting': (step) => messagesOut(happening(step, 'net_stops')?.before ?? step.before.nodes[0]!.kernel).length > 0 && step.call.operation === 'net_stops',
      'it is stopped with replies waiting': (step) => happening(step, 'net_stops')?.before.outgoing.some(({ tag }) => tag === 'reply') === true,
      'it is started': ({ call }) => call.operation === 'net_starts',
      'something comes while there is none': (step) => step.call.operation === 'packet_arrives' && arrival(step) === null && step.before.nodes[nodeOf(step)!]!.up,
    },
  },
} satisfies NetLaws;

export const frameMutants: NetMutants = {
  'carrying-is-noticed-elsewhere': {
    rule: 'qnx-network/step-changes-its-own-node',
    fault: 'what leaves a node is counted on the other before it comes there',
    mechanisms: {
      send: (world, from, departure) => {
        mechanisms.send(world, from, departure);
        change(world.state.nodes[departure.nid - 1]!.kernel).arrivals += 1;
      },
    },
  },
  'packets-have-no-order': {
    rule: 'qnx-network/step-changes-its-own-node',
    fault: 'what is sent after something else may overtake it',
    mechanisms: {
      send: (world, from, departure) => {
        mechanisms.send(world, from, departure);
        const { wire } = world.state;
        const packets = wire.packets.map((packet, at) => (at === wire.packets.length - 1 ? { ...packet, stream: null } : packet));
        (change(world.state) as { wire: typeof wire }).wire = { ...wire, packets };
      },
    },
  },
  'crash-is-told-at-once': {
    rule: 'qnx-network/crash-is-not-told',
    fault: 'a crash ends the circuits to the node on all others at once',
    operations: altered('node_crashes', (world, call) => {
      const verdict = sound('node_crashes')(world, call);
      for (const [at, { kernel, up }] of world.state.nodes.entries()) {
        if (up) change(kernel).processes = kernel.processes.map((process) => (process.circuit?.nid === call.node + 1 ? { ...process, life: 'gone' as const } : process)) as never;
        void at;
      }
      return verdict;
    }),
  },
  'reboot-gives-the-old-pids': {
    rule: 'qnx-network/crash-is-not-told',
    fault: 'the processes of a node that is started again have the pids of those before',
    operations: altered('node_reboots', (world, call) => {
      const verdict = sound('node_reboots')(world, call);
      world.state.nodes[call.node]!.kernel.processes.forEach((process, id) => { change(process).pid = id + 1 as never; });
      return verdict;
    }),
  },
  'reboot-keeps-circuits': {
    rule: 'qnx-network/crash-is-not-told',
    fault: 'a node that is started again has the circuits it had',
    operations: altered('node_reboots', (world, call) => {
      const ends = world.state.nodes[call.node]!.kernel.processes.filter(({ circuit, life }) => circuit !== null && life === 'live');
      const verdict = sound('node_reboots')(world, call);
      change(world.state.nodes[call.node]!.kernel).processes.push(...ends as never[]);
      return verdict;
    }),
  },
  'crash-loses-what-is-under-way': {
    rule: 'qnx-network/crash-is-not-told',
    fault: 'what a node has sent is lost when it crashes',
    operations: altered('node_crashes', (world, call) => {
      const verdict = sound('node_crashes')(world, call);
      const { wire } = world.state;
      (change(world.state) as { wire: typeof wire }).wire = { ...wire, packets: wire.packets.filter(({ from }) => from !== call.node) };
      return verdict;
    }),
  },
  'stopped-net-leaves-its-senders': {
    rule: 'qnx-network/net-comes-and-goes',
    fault: 'who waits for a network manager that is stopped waits for ever',
    operations: altered('net_stops', (world, call) => {
      const { kernel } = world.state.nodes[call.node]!;
      change(kernel).net = false;
      change(kernel).outgoing = [];
      return { tag: 'returned', value: null };
    }),
  },
  'stopped-net-keeps-its-queue': {
    rule: 'qnx-network/net-comes-and-goes',
    fault: 'what waits for a network manager that is stopped is carried off by the next',
    operations: altered('net_stops', (world, call) => {
      change(world.state.nodes[call.node]!.kernel).net = false;
      return { tag: 'returned', value: null };
    }),
  },
  'packets-come-without-net': {
    rule: 'qnx-network/net-comes-and-goes',
    fault: 'what comes to a node is taken though there is no network manager',
    mechanisms: {
      packetComes: (world, packet) => {
        const { kernel } = world.state.nodes[packet.to]!;
        const { net } = kernel;
        change(kernel).net = true;
        mechanisms.packetComes(world, packet);
        change(kernel).net = net;
      },
    },
  },
  'stopped-net-frees-everyone': {
    rule: 'qnx-network/net-comes-and-goes',
    fault: 'the end of a network manager frees those too whose message it has carried off',
    mechanisms: {
      stopNet: (world) => {
        mechanisms.stopNet(world);
        for (const { row } of endsOn(world.state)) mechanisms.freeOwner(world, row as never, 'EHOSTUNREACH');
      },
    },
  },
};
