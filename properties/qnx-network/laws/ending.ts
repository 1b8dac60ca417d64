import type { Cargo, QnxState } from '#model/qnx/state';
import { areApart, type NodeId } from '#model/network/wire';
import { isMessage, same } from '#properties/qnx/facts';
import {
  arrival, endOf, endUnder, endsOn, errorOf, eventOn, happening, isThere, localCall, nodesUp, posted, postedOf, waitsIn, type End,
} from '#properties/qnx-network/facts';
import { asking, detached } from '#properties/qnx-network/laws/attach';
import { hears, silent } from '#properties/qnx-network/laws/hearing';
import { farSend } from '#properties/qnx-network/laws/sending';
import type { NetLaws, NetStep } from '#properties/qnx-network/obligation';

/** Ends that are to go in a step by what their owner does: it ends, replaces its image, or detaches them. */
function leftBy(step: NetStep): readonly { readonly node: NodeId; readonly end: End }[] {
  const last = detached(step);
  return nodesUp(step.before).flatMap(([node, before]) => {
    const after = step.after.nodes[node]!.kernel;
    if (after === before || !step.after.nodes[node]!.up) return [];
    const execs = localCall(step, 'exec');
    return endsOn(before).filter(({ row, circuit }) => after.processes[circuit.owner]?.life !== 'live'
      || (execs !== null && execs.node === node && execs.thread === circuit.owner && errorOf(step) === null)
      || (last !== null && last.row === row && localCall(step)!.node === node && circuit.users === 1)).map((end) => ({ node, end }));
  });
}

function goneAsDue(step: NetStep): readonly string[] {
  if (step.call.operation === 'node_reboots') return [];
  return leftBy(step).flatMap(({ node, end: { row, process: { pid }, circuit } }) => {
    const { kernel } = step.after.nodes[node]!;
    const wrong = isThere(kernel, row) ? [`p${pid} of node ${node} stays though its owner has left it`] : [];
    const told = postedOf(step, 'ends').some((packet) => packet.to === circuit.nid - 1 && packet.cargo.end === circuit.vid && packet.cargo.other === pid);
    return circuit.vid === 0 || told || !kernel.net || byTheOther(step, pid) ? wrong : [...wrong, `node ${circuit.nid - 1} is not told that p${pid} of node ${node} has gone`];
  });
}

/** Whether the other end has gone before this one, in the same step. */
const byTheOther = (step: NetStep, pid: number): boolean => arrival(step, 'ends')?.cargo.end === pid;

/** Ends, zombies among them, belong to processes that are there. */
const orphaned = (state: NetStep['after']): readonly string[] => nodesUp(state).flatMap(([node, kernel]) =>
  kernel.processes.flatMap(({ circuit, life, pid }) => {
    if (circuit === null || life === 'gone') return [];
    const { life: owner, circuit: of } = kernel.processes[circuit.owner]!;
    return owner === 'live' && of === null ? [] : [`p${pid} of node ${node} is an end of P${circuit.owner}, which is not there`];
  }));

/** Nobody begins with circuits: what makes processes makes no ends. */
function inherited(step: NetStep): readonly string[] {
  const local = localCall(step, 'fork', 'spawn');
  if (local === null) return [];
  const { before, after } = local;
  return endsOn(after).length > endsOn(before).length ? ['a child begins with circuits'] : [];
}

/** One poll of the circuits of a node, and of the questions that its processes have asked. */
function polledAsDue(step: NetStep): readonly string[] {
  const polls = happening(step, 'poll');
  if (polls === null) return [...probedAsDue(step), ...heardAsDue(step)];
  const { node, before, after } = polls;
  const most = before.limits.polls;
  const wrong: string[] = [];
  for (const { row, process: { pid }, circuit: { vid, silent: times, nid, owner } } of endsOn(before)) {
    if (vid === 0) continue;
    const now = after.processes[row]!;
    const asked = postedOf(step, 'poll').some((packet) => packet.cargo.end === vid && packet.cargo.other === pid && packet.to === nid - 1);
    if (times > most) {
      if (now.life === 'live') wrong.push(`p${pid} of node ${node} is not given up though nothing was heard ${times} times`);
      if (waitsIn(before, owner, row)) wrong.push(...hears(step, node, owner, ['ESRCH', 'EHOSTUNREACH']));
    } else {
      if (now.life !== 'live' || now.circuit?.silent !== times + 1) wrong.push(`p${pid} of node ${node} is given up, or not looked after`);
      if (asked !== (times > 0 && before.net)) wrong.push(`the other end of p${pid} of node ${node} is ${asked ? 'asked about needlessly' : 'not asked about'}`);
    }
  }
  before.processes.forEach(({ run, life }, thread) => {
    if (life !== 'live' || run.tag !== 'asking') return;
    const now = after.processes[thread]!.run;
    const same_ = now.tag === 'asking' && now.question.serial === run.question.serial;
    if (run.question.silent > most ? same_ : !same_) wrong.push(`P${thread} of node ${node} is ${same_ ? 'left waiting for an answer that does not come' : 'given up too soon'}`);
    if (run.question.silent > most && run.question.found.length === 0) {
      wrong.push(...hears(step, node, thread, [run.question.about === 'name on all nodes' ? 'ENOENT' : 'EHOSTUNREACH']));
    }
  });
  return wrong;
}

/** A node that is asked about an end says whether it has it. */
function probedAsDue(step: NetStep): readonly string[] {
  const comes = arrival(step, 'poll');
  if (comes === null) return [];
  const { cargo, from } = comes;
  const due = endOf(comes, cargo) === null ? 'ends' : 'alive';
  const [answer] = posted(step);
  const right = posted(step).length === 1 && answer!.to === from && answer!.cargo.tag === due && answer!.cargo.end === cargo.other && answer!.cargo.other === cargo.end;
  return right ? [] : [`who asks about p${cargo.end} should be told ${due}`];
}

/** Whatever comes by a circuit is heard. */
function heardAsDue(step: NetStep): readonly string[] {
  const comes = arrival(step);
  if (comes === null || !('end' in comes.cargo) || !('other' in comes.cargo)) return [];
  const end = endOf(comes, comes.cargo);
  const now = end === null ? undefined : comes.after.processes[end.row];
  return now?.life === 'live' && now.circuit!.silent > 0 ? ['what comes by a circuit is not taken for a sign that the other end is there'] : [];
}

/** The other end is no more. */
function endedAsDue(step: NetStep): readonly string[] {
  const comes = arrival(step, 'ends');
  if (comes === null) return [];
  const { to: node, before, after, cargo } = comes;
  const end = endOf(comes, cargo);
  if (end === null) return same(before.processes, after.processes) && step.events.length === 0 ? [] : ['the end of something else changes a process'];
  const { row, circuit: { owner, remains }, process: { pid } } = end;
  const now = after.processes[row]!;
  const due = remains ? 'zombie' : 'gone';
  const wrong = now.life === due ? [] : [`p${pid} of node ${node} is ${now.life} instead of ${due} once the other end is no more`];
  const waits = waitsIn(before, owner, row);
  if (waits) wrong.push(...hears(step, node, owner, ['ESRCH']));
  const isOfEnd = (item: QnxState['processes'][number]['queue'][number]) => isMessage(item) && item.from === row;
  const rest = before.processes[owner]!.queue.filter((item) => !isOfEnd(item));
  if (after.processes[owner]!.life === 'live' && !same(rest, after.processes[owner]!.queue)) wrong.push('what the other end had sent can still be received, or more than that is lost');
  before.processes.forEach((process, other) => {
    if (other === row || other === owner) return;
    if (!same(process, after.processes[other])) wrong.push(`P${other} of node ${node} is changed by the end of a circuit that is not its own`);
  });
  const isStill = same({ ...before.processes[owner]!, queue: [] }, { ...after.processes[owner]!, queue: [] });
  if (!waits && !isStill) wrong.push(`P${owner} of node ${node} is disturbed by the end of a circuit in which it does not wait`);
  return [...wrong, ...silent(step, node, waits ? [owner] : [])];
}

/** What is given up by the driver, as it is lost or as it is to be sent. */
function lostAsDue(step: NetStep): readonly string[] {
  const { call, before, after } = step;
  if (call.operation === 'net_runs') return triedAsDue(step);
  const lost = before.wire.packets[(call as unknown as { readonly packet: number }).packet]!;
  const was = before.nodes[lost.from]!;
  const is = after.nodes[lost.from]!;
  const wrong = same(before.wire.packets.filter((packet) => packet !== lost), after.wire.packets.slice(0, before.wire.packets.length - 1)) ? [] : ['more is lost than one packet'];
  if (!was.up || !was.kernel.net) return same(was, is) ? wrong : [...wrong, 'a node is told of a loss by nobody'];
  return [...wrong, ...toldOfLoss(step, lost.from, lost.cargo)];
}

function toldOfLoss(step: NetStep, node: NodeId, cargo: Cargo): readonly string[] {
  const before = step.before.nodes[node]!.kernel;
  const after = step.after.nodes[node]!.kernel;
  if (cargo.tag === 'message' || cargo.tag === 'reply') {
    const end = endUnder(before, cargo.other);
    if (end === null || end.circuit.vid !== cargo.end) return same(before, after) ? [] : ['the loss of what no circuit sent changes something'];
    const { owner, sent } = end.circuit;
    if (cargo.tag === 'reply') return isThere(after, end.row) ? ['a circuit whose reply is lost goes on'] : [];
    const { run } = before.processes[owner]!;
    const waits = run.tag === 'replying' && run.on === end.row && sent === cargo.exchange;
    return waits ? hears(step, node, owner, ['EHOSTUNREACH']) : same(before, after) ? [] : ['the loss of a message for which nobody waits changes something'];
  }
  const isQuestion = cargo.tag === 'create' || cargo.tag === 'locate' || cargo.tag === 'stand' || cargo.tag === 'signal';
  const asked = isQuestion ? asking(before, cargo.serial) : null;
  if (asked === null || asked.question.nodes.length > 1) return same(before, after) ? [] : ['the loss of what nobody waits for changes something'];
  if (asked.question.found.length > 0 && asked.question.about === 'name on all nodes') return [];
  return hears(step, node, asked.asker, [asked.question.about === 'name on all nodes' ? 'ENOENT' : 'EHOSTUNREACH']);
}

/** What is to be sent goes onto the wire, unless the link is down and that is found at once. */
function triedAsDue(step: NetStep): readonly string[] {
  const runs = happening(step, 'net_runs')!;
  const [first] = runs.before.outgoing;
  if (first === undefined || posted(step).length > 0) return [];
  const nid = first.tag === 'trigger' ? first.nid : runs.before.processes[first.end]!.circuit!.nid;
  return areApart(step.before.wire, runs.node, nid - 1) ? [] : ['what could be sent is not'];
}

/** Ends that are there before and after stand for the same process; those that have gone do not come back. */
function redirected(step: NetStep): readonly string[] {
  if (step.call.operation === 'node_reboots') return [];
  const wrong: string[] = [];
  for (const [node, kernel] of nodesUp(step.before)) {
    const after = step.after.nodes[node]!.kernel;
    if (after === kernel) continue;
    kernel.processes.forEach(({ pid, circuit, life }, row) => {
      const now = after.processes[row]!;
      if (circuit === null) return;
      if (life !== 'live' && now.life === 'live') wrong.push(`p${pid} of node ${node} comes back`);
      const is = now.circuit;
      const stays = is !== null && now.pid === pid && is.owner === circuit.owner && is.nid === circuit.nid && is.pid === circuit.pid && (circuit.vid === 0 || is.vid === circuit.vid);
      if (!stays) wrong.push(`p${pid} of node ${node} stands for another process than before`);
    });
    for (const process of after.processes.slice(kernel.processes.length)) {
      if (process.pid < kernel.nextPid) wrong.push(`p${process.pid} of node ${node} is given out again`);
    }
  }
  return wrong;
}

function leadsNowhere(step: NetStep): readonly string[] {
  const send = farSend(step);
  const wrong = redirected(step);
  if (send === null || send.before.processes[send.row]!.life === 'live') return wrong;
  return ['ESRCH', 'EFAULT', 'EINVAL'].includes(errorOf(step) ?? '') ? wrong : [...wrong, 'a Send by a circuit that has ended does not fail'];
}

const pollOf = (step: NetStep) => happening(step, 'poll');

export const endingLaws = {
  'qnx-network/circuit-ends-with-its-owner': {
    always: orphaned,
    step: (step) => [...goneAsDue(step), ...inherited(step)],
    sometimes: {
      'a process with circuits ends': (step) => step.call.operation !== 'exec' && leftBy(step).length > 0 && detached(step) === null,
      'one replaces its image': (step) => step.call.operation === 'exec' && leftBy(step).length > 0,
      'one detaches its circuit': (step) => detached(step) !== null && leftBy(step).length > 0,
      'one with circuits has a child': (step) => {
        const local = localCall(step, 'fork');
        return local !== null && errorOf(step) === null && endsOn(local.before).some(({ circuit }) => circuit.owner === local.thread);
      },
    },
  },

  'qnx-network/silence-is-polled': {
    step: polledAsDue,
    sometimes: {
      'the other end is asked about': (step) => pollOf(step) !== null && postedOf(step, 'poll').length > 0,
      'a circuit is given up': (step) => pollOf(step) !== null && endsOn(pollOf(step)!.before).length > endsOn(pollOf(step)!.after).length,
      'somebody waits in one that is given up': (step) => pollOf(step) !== null && step.events.some(({ tag }) => tag === 'raised'),
      'who waits hears ESRCH': (step) => pollOf(step) !== null && step.events.some((event) => event.tag === 'raised' && event.error === 'ESRCH'),
      'it is there': (step) => postedOf(step, 'alive').length > 0,
      'it is not there': (step) => arrival(step, 'poll') !== null && postedOf(step, 'ends').length > 0,
      'a question is given up': (step) => pollOf(step) !== null && pollOf(step)!.before.processes.some(({ run }) => run.tag === 'asking' && run.question.silent > pollOf(step)!.before.limits.polls),
    },
  },

  'qnx-network/failed-link-may-be-noticed': {
    on: ['packet_is_lost', 'net_runs'],
    step: lostAsDue,
    sometimes: {
      'a message is lost': (step) => step.call.operation === 'packet_is_lost' && step.events.some((event) => event.tag === 'raised' && event.error === 'EHOSTUNREACH'),
      'a reply is lost': ({ call, before }) => call.operation === 'packet_is_lost' && before.wire.packets[(call as unknown as { readonly packet: number }).packet]!.cargo.tag === 'reply',
      'a link is found to be down': (step) => happening(step, 'net_runs') !== null && posted(step).length === 0,
      'a link that is down is tried': (step) => happening(step, 'net_runs') !== null && posted(step).some(({ from, to }) => areApart(step.before.wire, from, to)),
    },
  },

  'qnx-network/far-death-frees-its-clients': {
    on: ['packet_arrives'],
    step: endedAsDue,
    sometimes: {
      'its client waits for a reply': (step) => waiting(step, 'replying'),
      'its client has yet to be carried off': (step) => waiting(step, 'sending'),
      'one waits to receive from it alone': (step) => waiting(step, 'receiving'),
      'nobody waits for it': (step) => ending(step) !== null && step.events.length === 0,
      'a zombie stays': (step) => ending(step)?.end.circuit.remains === true,
      'it had sent a message that waits': (step) => ending(step)?.end.process.run.tag === 'sending',
      'it is known already': (step) => arrival(step, 'ends') !== null && ending(step) === null,
    },
  },

  'qnx-network/dead-circuit-leads-nowhere': {
    step: leadsNowhere,
    sometimes: {
      'a circuit that has ended is sent to': (step) => farSend(step)?.before.processes[farSend(step)!.row]!.life === 'gone',
      'a zombie is sent to': (step) => farSend(step)?.before.processes[farSend(step)!.row]!.life === 'zombie',
      'a zombie is detached': (step) => detached(step)?.process.life === 'zombie' && eventOn(step, localCall(step)!.node, localCall(step)!.thread)?.tag === 'returned',
    },
  },
} satisfies NetLaws;

function ending(step: NetStep) {
  const comes = arrival(step, 'ends');
  const end = comes === null ? null : endOf(comes, comes.cargo);
  return comes === null || end === null ? null : { comes, end };
}

function waiting(step: NetStep, tag: 'sending' | 'replying' | 'receiving'): boolean {
  const found = ending(step);
  if (found === null || !waitsIn(found.comes.before, found.end.circuit.owner, found.end.row)) return false;
  return found.comes.before.processes[found.end.circuit.owner]!.run.tag === tag;
}
