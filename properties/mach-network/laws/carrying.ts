import type { MachArguments } from '#spec/mach/vocabulary';
import type { Cargo, MachNetworkState, Outgoing } from '#model/mach-network/state';
import type { NodeId, Packet } from '#model/network/wire';
import { arrived, entriesOf, entryIn, nodeOf, posted, serverEntry, serverPort } from '#properties/mach-network/facts';
import { ledgerAfter } from '#properties/mach-network/ledger';
import { isIdeal, type MachNetworkLaws, type MachNetworkStep } from '#properties/mach-network/obligation';
import type { Violations } from '#properties/obligation';

/** The messages in the queue of a port that a server has forced there. */
const forced = ({ nodes }: MachNetworkState, node: NodeId, port: number) =>
  nodes[node]!.kernel.ports[port]!.queue.filter(({ accepted }) => accepted?.name.task === nodes[node]!.manager.task);

/** A server forces one message at most, and while that waits it takes no other for the port. */
function oneIsForced(state: MachNetworkState): Violations {
  return state.nodes.flatMap(({ up, manager, kernel }, node) => {
    if (!up) return [];
    return entriesOf(manager).reals.flatMap(({ id, local, kind, full }) => {
      const port = kind === 'port' ? serverPort(state, node, local.name) : null;
      if (port === null || kernel.ports[port]!.life === 'dead') return [];
      const count = forced(state, node, port).length;
      if (count > 1) return [`the server of node ${node} has forced ${count} messages into the queue of ${id.public}`];
      return count > 0 && !full ? [`the server of node ${node} does not know that ${id.public} is full`] : [];
    });
  });
}

/** What a server does with a message for a port that is full, and what the refused one does. */
function refusals(step: MachNetworkStep): Violations {
  const message = arrived(step, 'message');
  const completion = arrived(step, 'completion');
  if (message !== null) return refusedHere(step, message);
  if (completion?.cargo.completion !== 'blocked') return [];
  const { to, cargo } = completion;
  const sent = step.before.nodes[to]!.manager.outgoing.find(({ serial }) => serial === cargo.serial);
  if (sent === undefined) return [];
  const entry = entryIn(step.after.nodes[to]!.manager, sent.port);
  const kept = step.after.nodes[to]!.manager.outgoing.find(({ serial }) => serial === cargo.serial);
  return [
    ...(entry?.tag === 'proxy' && !entry.suspended ? [`node ${to} goes on taking messages for ${sent.port}, which is full`] : []),
    ...(kept === undefined ? [`node ${to} drops message ${cargo.serial}, which was refused for a while`] : []),
  ];
}

function refusedHere(step: MachNetworkStep, { to, from, cargo }: Packet<Cargo> & { readonly cargo: Extract<Cargo, { tag: 'message' }> }): Violations {
  const { before, after } = step;
  const real = entryIn(before.nodes[to]!.manager, cargo.port);
  if (real?.tag !== 'real' || real.kind === 'once') return [];
  const port = serverPort(before, to, real.local.name);
  if (port === null || forced(before, to, port).length === 0) return [];
  // What its sender has given up is not taken any more, though it is answered.
  if (isEcho(step) || cargo.serial < (before.nodes[to]!.manager.settled[from] ?? 0)) return [];
  const wrong: string[] = [];
  if (after.nodes[to]!.kernel.ports[port]!.queue.length !== before.nodes[to]!.kernel.ports[port]!.queue.length) wrong.push(`${cargo.port} is full, and still gets a message`);
  const answers = posted(step).filter((packet) => packet.cargo.tag === 'completion');
  if (!answers.some((packet) => packet.to === from && packet.cargo.tag === 'completion' && packet.cargo.completion === 'blocked')) wrong.push(`node ${from} is not told that ${cargo.port} is full`);
  const entry = entryIn(after.nodes[to]!.manager, cargo.port);
  if (entry?.tag === 'real' && !entry.waiting.includes(from)) wrong.push(`nobody will tell node ${from} when there is room for ${cargo.port}`);
  return wrong;
}

/** Whoever was refused is told when there is room, and sends again; nothing is left waiting for nothing. */
function restarts(step: MachNetworkStep): Violations {
  const { before, after } = step;
  const node = nodeOf(step);
  if (node === null || !after.nodes[node]!.up || step.call.operation === 'node_reboots' || step.call.operation === 'netmsgserver_restarts') return [];
  const was = before.nodes[node]!.manager;
  const is = after.nodes[node]!.manager;
  if (was === is && step.call.operation !== 'packet_arrives' && step.call.operation !== 'checkup') return [];
  const packets = posted(step);
  const told = (to: NodeId, port: number): boolean => packets.some((packet) => packet.to === to && packet.cargo.tag === 'unblock' && packet.cargo.port === port);
  const wrong: string[] = [];
  for (const entry of was.entries) {
    if (entry.tag === 'gone' || entry.waiting.length === 0) continue;
    const now = entryIn(is, entry.id.public);
    const stays = now?.tag === 'proxy' || now?.tag === 'real' ? now.waiting : [];
    for (const other of entry.waiting) if (!stays.includes(other) && !told(other, entry.id.public)) wrong.push(`node ${other} waits for room for ${entry.id.public} and is not told`);
  }
  const unblock = arrived(step, 'unblock');
  if (unblock !== null) wrong.push(...resent(was.outgoing.filter(({ port, blocked }) => port === unblock.cargo.port && blocked), packets));
  if (step.call.operation === 'checkup') wrong.push(...resent(is.outgoing, packets));
  return wrong;
}

/** Messages are sent again, in the order in which they were first sent. */
function resent(messages: readonly Outgoing[], packets: readonly Packet<Cargo>[]): Violations {
  const serials = packets.flatMap(({ cargo }) => (cargo.tag === 'message' ? [cargo.serial] : []));
  const missing = messages.filter(({ serial }) => !serials.includes(serial)).map(({ serial }) => `message ${serial} is not sent again`);
  const ordered = serials.every((serial, at) => at === 0 || serial > serials[at - 1]!);
  return ordered ? missing : [...missing, 'messages are sent again out of order'];
}

/** A proxy whose messages are not taken is one for which something is under way or refused, and the other way round. */
function suspendedForReason(state: MachNetworkState): Violations {
  return state.nodes.flatMap(({ up, manager }, node) => (up ? entriesOf(manager).proxies : []).flatMap(({ id: { public: port }, suspended, leaving }) => {
    const hinders = manager.outgoing.some((sent) => sent.port === port && (!sent.rpc || sent.blocked));
    if (suspended && !hinders && !leaving) return [`node ${node} takes no more messages for ${port}, for no reason`];
    return !suspended && hinders ? [`node ${node} takes messages for ${port}, which is not ready for them`] : [];
  }));
}

/** A local send to a proxy is judged by the proxy's queue alone. */
function sendIsLocal(step: MachNetworkStep): Violations {
  const sent = localSend(step);
  if (sent === null) return [];
  const { node, port, hasRoom, event } = sent;
  const { queue } = step.before.nodes[node]!.kernel.ports[port]!;
  const after = step.after.nodes[node]!.kernel.ports[port]!.queue;
  if (!hasRoom) return event.tag === 'returned' && after.length > queue.length ? [`a full proxy on node ${node} takes a message`] : [];
  if (event.tag !== 'returned') return [`a send to a proxy with room on node ${node} does not succeed`];
  return after.length === queue.length + 1 ? [] : [`a message to a proxy on node ${node} is not in its queue`];
}

/** A plain send, without a receive half, through a send right to a proxy. */
function localSend({ before, call, events }: MachNetworkStep) {
  const { node, send, receive, options } = call as unknown as MachArguments<'mach_msg'> & { readonly node: NodeId };
  if (call.operation !== 'mach_msg' || send === null || receive !== null || send.body.length > 0 || send.local.disposition !== null) return null;
  if (send.remote.disposition !== 'copy-send' || options.some((option) => option !== 'send-timeout')) return null;
  const { kernel, manager } = before.nodes[node]!;
  const { task } = kernel.threads[Math.floor(call.thread! / 8)]!;
  const entry = kernel.tasks[task]!.names[send.remote.name];
  if (entry?.tag !== 'port' || entry.sends === 0) return null;
  const isProxy = entriesOf(manager).proxies.some(({ local }) => serverPort(before, node, local.name) === entry.port);
  const event = events.find(({ thread }) => thread === call.thread);
  if (!isProxy || event === undefined) return null;
  const { queue, queueLimit } = kernel.ports[entry.port]!;
  return { node, port: entry.port, hasRoom: queue.length < queueLimit, event };
}

/** A message is kept until its fate is known; what is given up comes to an end with its rights. */
function isKept(step: MachNetworkStep): Violations {
  const { before, after, call } = step;
  const node = nodeOf(step);
  if (node === null || !after.nodes[node]!.up || ['node_reboots', 'netmsgserver_restarts'].includes(call.operation)) return [];
  const was = before.nodes[node]!.manager;
  const is = after.nodes[node]!.manager;
  if (was.outgoing === is.outgoing && call.operation !== 'packet_arrives') return [];
  const over = was.outgoing.filter(({ serial }) => !is.outgoing.some((sent) => sent.serial === serial));
  const completion = arrived(step, 'completion');
  return [
    ...over.flatMap((sent) => {
      const isAccepted = completion?.cargo.serial === sent.serial && completion.cargo.completion === 'accepted';
      if (isAccepted) return [];
      if (entryIn(is, sent.port) !== null && !(call.operation === 'checkup' && sent.tries > 0)) return [`node ${node} drops message ${sent.serial}, of which nothing is known`];
      return spilled(after, node, sent);
    }),
    ...movedOn(step, node),
    ...keptTooLong(step, node),
  ];
}

/** A message that has arrived is not kept. */
function keptTooLong(step: MachNetworkStep, node: NodeId): Violations {
  const completion = arrived(step, 'completion')?.cargo;
  if (completion?.completion !== 'accepted') return [];
  const remains = step.after.nodes[node]!.manager.outgoing.some(({ serial }) => serial === completion.serial);
  return remains ? [`node ${node} keeps message ${completion.serial}, which has arrived`] : [];
}

/** The rights of a message that was given up: the server keeps none of those that went with it. */
function spilled(state: MachNetworkState, node: NodeId, { serial, content }: Outgoing): Violations {
  const rights = [content.reply, ...content.body.flatMap((item) => (item.tag === 'rights' ? item.rights : []))];
  return rights.flatMap((right) => {
    if (right.tag !== 'send-once' && right.tag !== 'receive') return [];
    const entry = entryIn(state.nodes[node]!.manager, right.id.public);
    return entry?.tag === 'proxy' || entry?.tag === 'real' ? [`a ${right.tag} right of message ${serial}, which was given up, is left behind`] : [];
  });
}

/** Where the port has moved the message goes after it, with all that is in it. */
function movedOn(step: MachNetworkStep, node: NodeId): Violations {
  const completion = arrived(step, 'completion');
  if (completion?.cargo.completion !== 'moved') return [];
  const { serial, receiver } = completion.cargo;
  const sent = step.before.nodes[node]!.manager.outgoing.find((message) => message.serial === serial);
  if (sent === undefined || entryIn(step.before.nodes[node]!.manager, sent.port)?.tag !== 'proxy') return [];
  const again = posted(step).find(({ cargo }) => cargo.tag === 'message' && cargo.serial === serial);
  if (again === undefined) return [`message ${serial} is not sent after its port`];
  return again.to === receiver ? [] : [`message ${serial} goes to node ${again.to}, and its port to node ${receiver}`];
}

/** Whether a message comes that this server has taken before. */
export const isEcho = (step: MachNetworkStep): boolean => arrived(step, 'message') !== null && ledgerAfter(step).isEcho;

/** What has been taken is not taken again, however often it comes. */
export function takenOnce(step: MachNetworkStep): Violations {
  const message = arrived(step, 'message');
  if (message === null || !isIdeal(step) || !isEcho(step)) return [];
  const { to, from, cargo: { serial, port } } = message;
  const { manager, kernel } = step.before.nodes[to]!;
  const entry = entryIn(manager, port);
  if (entry?.tag === 'real' && serverEntry(step.after, to, entry.local.name) !== serverEntry(step.before, to, entry.local.name)) return [`the right for ${port} is used again`];
  return step.after.nodes[to]!.kernel.ports === kernel.ports ? [] : [`message ${serial} of node ${from} is delivered again`];
}

const completes = (completion: string) => (step: MachNetworkStep): boolean => arrived(step, 'completion')?.cargo.completion === completion;

export const carryingLaws: MachNetworkLaws = {
  'mach-network/full-port-suspends-its-senders': {
    always: oneIsForced,
    step: refusals,
    sometimes: { 'a message is refused because the port is full': completes('blocked') },
  },
  'mach-network/unblock-restarts-senders': {
    always: suspendedForReason,
    step: restarts,
    sometimes: {
      'a server hears that there is room again': (step) => arrived(step, 'unblock') !== null,
      'a checkup sends again': (step) => step.call.operation === 'checkup' && posted(step).some(({ cargo }) => cargo.tag === 'message'),
    },
  },
  'mach-network/proxy-accepts-for-the-port': {
    on: ['mach_msg'],
    step: sendIsLocal,
    sometimes: {
      'a proxy has room': (step) => localSend(step)?.hasRoom === true,
      'a proxy is full': (step) => localSend(step)?.hasRoom === false,
    },
  },
  'mach-network/message-is-kept-until-completion': {
    step: isKept,
    sometimes: {
      'a message has arrived': completes('accepted'),
      'a message was sent where its port is no longer': completes('moved'),
      'a message is given up': ({ choices }) => choices.some(({ taken }) => taken === 'abort'),
    },
  },
};


