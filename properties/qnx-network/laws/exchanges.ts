import type { Part } from '#spec/qnx/vocabulary';
import type { Run } from '#model/qnx/state';
import { fitsIn, same } from '#properties/qnx/facts';
import { monitor } from '#properties/obligation';
import { arrival, endOf, endsOn, endUnder, errorOf, eventOn, happening, lengthOf, localCall, nodesUp, posted, postedOf } from '#properties/qnx-network/facts';
import { Ledger, type Finding } from '#properties/qnx-network/laws/ledger';
import type { NetLaws, NetStep } from '#properties/qnx-network/obligation';
import type { QnxNetworkState } from '#model/qnx-network/state';
import type { QnxNetworkCall } from '#model/qnx-network/kernel';

/** What the books have to say about one matter. */
const books = (...about: readonly Finding['about'][]) => monitor<QnxNetworkState, QnxNetworkCall, Ledger>({
  start: () => new Ledger(),
  next: (ledger, step) => ledger.take(step).flatMap((finding) => (about.includes(finding.about) ? [finding.says] : [])),
});

/** Ends that are received from in a step. */
const receivedBy = (step: NetStep) => nodesUp(step.after).flatMap(([node, kernel]) => endsOn(kernel)
  .filter(({ row, process }) => process.run.tag === 'replying' && step.before.nodes[node]!.kernel.processes[row]?.run.tag !== 'replying')
  .map((end) => ({ node, end })));

/** The network manager carries off the first, and nothing else leaves what waits for it. */
function inOrder(step: NetStep): readonly string[] {
  const runs = happening(step, 'net_runs');
  if (runs === null) return [];
  const { before: { outgoing: [first, ...rest] }, after } = runs;
  const wrong = same(rest.slice(0, after.outgoing.length), after.outgoing) ? [] : ['what waits for the network manager is carried off out of turn'];
  const [packet] = posted(step);
  if (packet === undefined || first === undefined) return wrong;
  return posted(step).length === 1 && packet.cargo.tag === first.tag ? wrong : [...wrong, 'something else is carried off than what has waited longest'];
}

/** Ends stand for the processes at their other ends. */
function peersAsDue(step: NetStep): readonly string[] {
  const comes = arrival(step, 'message');
  const strays = comes === null ? [] : endsOn(comes.after).filter(({ row, process }) =>
    process.pid !== comes.cargo.end && process.run.tag !== 'ready' && comes.before.processes[row]!.run.tag === 'ready');
  if (strays.length > 0) return [`what is sent to p${comes!.cargo.end} comes by p${strays[0]!.process.pid}`];
  return receivedBy(step).flatMap(({ node, end: { process: { pid }, circuit } }) => {
    const peer = step.after.nodes[circuit.nid - 1]!.kernel;
    const other = peer.processes.find((process) => process.pid === circuit.vid);
    const sender = peer.processes[other?.circuit?.owner ?? -1];
    const agrees = other === undefined || (sender?.pid === circuit.pid && other.circuit?.vid === pid);
    return agrees ? [] : [`a message comes to node ${node} by p${pid} of a process whose circuit is another`];
  });
}

/** A Reply by the end of a circuit. */
function farReply(step: NetStep) {
  const local = localCall(step, 'Reply', 'Replymx');
  const end = local === null ? null : endUnder(local.before, local.call.pid);
  return local === null || end === null ? null : { ...local, end };
}

/** A reply waits for the network manager, and who gave it is free of its client; or it is refused, and nothing is changed. */
function givenAsDue(step: NetStep): readonly string[] {
  const reply = farReply(step);
  if (reply === null) return [];
  const { node, thread, before, after, call, end: { row, process, circuit } } = reply;
  const parts = Array.isArray(call.message) ? call.message as readonly Part[] : [call.message as Part];
  const isClient = process.run.tag === 'replying' && process.run.on === thread;
  const errors: string[] = isClient ? [] : ['ESRCH'];
  if (isClient && !before.net) errors.push('ENOSYS', 'EHOSTUNREACH');
  if (isClient && before.net && before.outgoing.length >= before.limits.outgoing) errors.push('EAGAIN');
  if (parts.length > before.limits.parts) errors.push('EINVAL');
  const error = errorOf(step);
  if (errors.length > 0) return errors.includes(error ?? '') && same(before, after) ? [] : [`a Reply by a circuit comes to ${error ?? 'no error'} instead of ${errors.join(' or ')}`];
  if (!fitsIn(before, thread, transferred(process.run, parts))) return error === 'EFAULT' ? [] : ['a Reply of what is not the caller\'s goes'];
  const last = after.outgoing.at(-1);
  const waits = last?.tag === 'reply' && last.end === row && last.exchange === circuit.heard && after.outgoing.length === before.outgoing.length + 1;
  const free = after.processes[row]!.run.tag === 'ready' && eventOn(step, node, thread)?.tag === 'returned';
  return waits && free ? [] : ['a Reply by a circuit does not wait for the network manager, or leaves its client waiting'];
}

/** As much of a reply as there is room for. */
function transferred(run: Run, parts: readonly Part[]): readonly Part[] {
  let room = run.tag === 'replying' ? lengthOf(run.sent.reply) : 0;
  return parts.map(({ at, length }) => {
    const taken = Math.min(length, room);
    room -= taken;
    return { at, length: taken };
  });
}

/** The client whose message or reply by an end of this node is written or read. */
const clientAt = (step: NetStep) => {
  const local = localCall(step, 'Readmsg', 'Readmsgmx', 'Writemsg', 'Writemsgmx');
  if (local === null || eventOn(step, local.node, local.thread)?.tag !== 'returned') return null;
  return endsOn(local.before).find(({ process }) => process.pid === local.call.pid) === undefined ? null : local;
};

const replyTo = (step: NetStep) => {
  const comes = arrival(step, 'reply');
  const end = comes === null ? null : endOf(comes, comes.cargo);
  const run = end === null ? undefined : comes!.before.processes[end.circuit.owner]!.run;
  return comes === null || end === null ? null : { ...comes, end, waits: run?.tag === 'replying' && run.on === end.row && end.circuit.sent === comes.cargo.exchange };
};

export const exchangeLaws = {
  'qnx-network/message-is-carried-once': {
    monitor: books('message'),
    step: inOrder,
    sometimes: {
      'a message is carried off': (step) => happening(step, 'net_runs') !== null && postedOf(step, 'message').length > 0,
      'it is received where it comes': (step) => arrival(step, 'message') !== null && receivedBy(step).length > 0,
      'it waits there': (step) => arrival(step, 'message') !== null && receivedBy(step).length === 0 && posted(step).length === 0,
      'it is received later': (step) => localCall(step, 'Receive') !== null && receivedBy(step).length > 0,
      'several things wait to be carried off': (step) => (happening(step, 'net_runs')?.before.outgoing.length ?? 0) > 1,
      'it has several bytes': (step) => (arrival(step, 'message')?.cargo.bytes.some((byte) => byte > 0) ?? false),
    },
  },

  'qnx-network/peer-goes-by-its-vid': {
    monitor: books('peer'),
    step: peersAsDue,
    sometimes: {
      'a process receives by a circuit': (step) => receivedBy(step).length > 0,
      'it has several circuits': (step) => receivedBy(step).some(({ node, end }) =>
        endsOn(step.after.nodes[node]!.kernel).filter(({ circuit }) => circuit.owner === end.circuit.owner).length > 1),
      'it waits for that circuit alone': (step) => receivedBy(step).some(({ node, end }) => {
        const { run } = step.before.nodes[node]!.kernel.processes[end.circuit.owner]!;
        return run.tag === 'receiving' && run.from !== 0;
      }),
    },
  },

  'qnx-network/circuit-is-read-and-written': {
    monitor: books('access'),
    sometimes: {
      'a message is read': (step) => clientAt(step)?.call.operation.startsWith('Readmsg') === true,
      'a reply is written': (step) => clientAt(step)?.call.operation.startsWith('Writemsg') === true,
      'a reply comes that leaves some of its buffer alone': (step) => replyTo(step)?.waits === true && replyTo(step)!.cargo.bytes.includes(-1),
    },
  },

  'qnx-network/reply-reaches-its-sender': {
    monitor: books('reply'),
    step: givenAsDue,
    sometimes: {
      'a reply is given': (step) => farReply(step) !== null && errorOf(step) === null,
      'there is no room for it': (step) => farReply(step) !== null && errorOf(step) === 'EAGAIN',
      'there is no network manager': (step) => farReply(step) !== null && ['ENOSYS', 'EHOSTUNREACH'].includes(errorOf(step) ?? ''),
      'a reply comes': (step) => replyTo(step)?.waits === true,
      'nobody waits for it any more': (step) => replyTo(step)?.waits === false,
      'its sender waits for another': (step) => {
        const reply = replyTo(step);
        return reply !== null && !reply.waits && reply.before.processes[reply.end.circuit.owner]!.run.tag === 'replying';
      },
    },
  },
} satisfies NetLaws;
