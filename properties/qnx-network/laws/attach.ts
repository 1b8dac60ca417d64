import type { Pid } from '#spec/qnx/vocabulary';
import type { QnxState, Question } from '#model/qnx/state';
import { same } from '#properties/qnx/facts';
import {
  arrival, endsOn, errorOf, eventOn, localCall, memoryUsed, nodesUp, posted, postedOf, valueTo, type End,
} from '#properties/qnx-network/facts';
import { hears, silent } from '#properties/qnx-network/laws/hearing';
import type { NetLaws, NetStep } from '#properties/qnx-network/obligation';

/** Why a node can hold no other end. */
export function endErrorsDue(state: QnxState, length: number): readonly string[] {
  const { limits } = state;
  const errors: string[] = [];
  if (length > limits.circuit) errors.push('EINVAL');
  else if (length > 0 && memoryUsed(state) + length > limits.pool) errors.push('ENOMEM');
  if (endsOn(state).length >= limits.circuits) errors.push('ENOVPE');
  if (state.processes.filter(({ life }) => life !== 'gone').length >= limits.processTable) errors.push('EAGAIN');
  return errors;
}

/** Who waits for the answer to a question on a node. */
export function asking({ processes }: QnxState, serial: number): { readonly asker: number; readonly question: Question } | null {
  const asker = processes.findIndex(({ run, life }) => life === 'live' && run.tag === 'asking' && run.question.serial === serial);
  return asker < 0 ? null : { asker, question: (processes[asker]!.run as { readonly question: Question }).question };
}

/** The rows that a step adds to the process table of a node. */
export const added = (before: QnxState, after: QnxState) => after.processes.slice(before.processes.length);

/** What changed of the rows there were, by their numbers. */
export const changedRows = (before: QnxState, after: QnxState): readonly number[] =>
  before.processes.flatMap((process, row) => (same(process, after.processes[row]) ? [] : [row]));

/** An attach to another node, with the end that it shares if it does. */
export function farAttach(step: NetStep) {
  const local = localCall(step, 'qnx_vc_attach');
  if (local === null || local.call.nid === 0 || local.call.nid === local.before.nid) return null;
  const { thread, before, call: { nid, pid, share } } = local;
  const known = endsOn(before).filter(({ circuit }) => circuit.owner === thread && circuit.nid === nid && circuit.pid === pid && circuit.vid !== 0);
  return { ...local, known, shared: share ? known[0] ?? null : null };
}

function askedAsDue(step: NetStep): readonly string[] {
  const attach = farAttach(step);
  if (attach === null || attach.shared !== null) return [];
  const { node, thread, before, after, call: { nid, pid, length, remZombie } } = attach;
  const errors = [...(!before.net ? ['ENOSYS'] : nid > before.nodes ? ['EHOSTUNREACH'] : []), ...endErrorsDue(before, length)];
  const error = errorOf(step);
  if (errors.length > 0) {
    return [
      ...(error !== null && errors.includes(error) ? [] : [`the attach comes to ${error ?? 'no error'} instead of ${errors.join(' or ')}`]),
      ...(same(before, after) && posted(step).length === 0 ? [] : ['an attach that is refused changes something']),
    ];
  }
  const made = added(before, after);
  const [end] = made;
  const due = { tag: 'circuit', owner: thread, nid, pid, vid: 0, remains: remZombie, users: 1, sent: 0, heard: 0, silent: 0 };
  const [create] = postedOf(step, 'create');
  const { cargo } = create ?? {};
  return [
    ...(eventOn(step, node, thread)?.tag === 'blocked' ? [] : ['the caller does not wait for its circuit']),
    ...(made.length === 1 && same(end!.circuit, due) && end!.memory.length === length && end!.life === 'live' ? [] : ['the end of this node is not made as it should be']),
    ...(posted(step).length === 1 && create?.to === nid - 1 && cargo?.to === pid && cargo.from === before.processes[thread]!.pid && cargo.other === end?.pid
      && cargo.length === length ? [] : ['Proc of the other node is not asked for the other end']),
    ...(same(changedRows(before, after), [thread]) ? [] : ['attaching a circuit changes another process']),
  ];
}

/** Proc is asked for an end at one of its processes. */
function madeAsDue(step: NetStep): readonly string[] {
  const comes = arrival(step, 'create');
  if (comes === null) return [];
  const { from, nid, before, after, cargo: { to, other, from: pid, length, serial } } = comes;
  const owner = before.processes.findIndex((process, row) => row > 0 && process.pid === to && process.life === 'live' && process.circuit === null);
  const errors = [...(owner < 0 ? ['ESRCH'] : []), ...endErrorsDue(before, length)];
  const made = added(before, after);
  const wrong = changedRows(before, after).length === 0 ? silent(step, comes.to) : ['making an end changes a process'];
  if (errors.length > 0) {
    const [refused] = postedOf(step, 'refused');
    const right = made.length === 0 && posted(step).length === 1 && refused?.to === from && refused.cargo.serial === serial && errors.includes(refused.cargo.error);
    return right ? wrong : [...wrong, `a circuit should have been refused with ${errors.join(' or ')}`];
  }
  const due = { tag: 'circuit', owner, nid, pid, vid: other, remains: false, users: 1, sent: 0, heard: 0, silent: 0 };
  const [created] = postedOf(step, 'created');
  const told = posted(step).length === 1 && created?.to === from && created.cargo.serial === serial && created.cargo.end === other && created.cargo.other === made[0]?.pid;
  return [
    ...wrong,
    ...(made.length === 1 && same(made[0]!.circuit, due) && made[0]!.memory.length === length ? [] : ['the end at the process that was named is not made as it should be']),
    ...(told ? [] : ['the node that asked is not told of the end']),
  ];
}

/** The other end is there, or will not be. */
function answeredAsDue(step: NetStep): readonly string[] {
  const comes = arrival(step, 'created', 'refused');
  if (comes === null) return [];
  const { to: node, nid, before, after, cargo } = comes;
  const asked = asking(before, cargo.serial);
  if (cargo.tag === 'refused') {
    if (asked === null) return same(before.processes, after.processes) ? [] : ['a refusal that nobody waits for changes a process'];
    const end = asked.question.about === 'circuit' ? before.processes.findIndex(({ pid, circuit }) => pid === asked.question.vid && circuit !== null) : -1;
    return [
      ...hears(step, node, asked.asker, [cargo.error]),
      ...(end < 0 || after.processes[end]!.life === 'gone' ? [] : ['the end of a circuit that is refused stays']),
    ];
  }
  const end = endsOn(before).find(({ process, circuit }) => process.pid === cargo.end && circuit.vid === 0) ?? null;
  if (asked === null || end === null || asked.question.vid !== cargo.end) {
    const [ends] = postedOf(step, 'ends');
    const right = ends?.to === nid - 1 && ends.cargo.end === cargo.other && ends.cargo.other === cargo.end && same(before.processes, after.processes);
    return right ? [] : ['a circuit that nobody waits for is not taken apart'];
  }
  const value = valueTo<{ pid: Pid }>(step, node, asked.asker);
  const { held } = before.processes[asked.asker]!;
  return [
    ...(after.processes[end.row]!.circuit?.vid === cargo.other ? [] : ['the end of this node does not know the other']),
    ...(held || value?.pid === cargo.end ? [] : [`P${asked.asker} is not given its circuit`]),
    ...(posted(step).length === 0 ? [] : ['a circuit that is there is talked about']),
  ];
}

/** Two ends of one circuit say the same of it, and no two ends are of one. */
function disagreeing(state: NetStep['after']): readonly string[] {
  const wrong: string[] = [];
  for (const [node, kernel] of nodesUp(state)) {
    const ends = endsOn(kernel).filter(({ circuit }) => circuit.vid !== 0);
    for (const { process: { pid }, circuit } of ends) {
      if (ends.some(({ process, circuit: other }) => process.pid !== pid && other.nid === circuit.nid && other.vid === circuit.vid)) {
        wrong.push(`two ends on node ${node} are of the end p${circuit.vid} of node ${circuit.nid}`);
      }
      const peer = state.nodes[circuit.nid - 1];
      const other = peer?.up === true ? endsOn(peer.kernel).find((end) => end.process.pid === circuit.vid) : undefined;
      if (other === undefined) continue;
      const agrees = other.circuit.nid === node + 1 && (other.circuit.vid === pid || other.circuit.vid === 0)
        && circuit.pid === peer!.kernel.processes[other.circuit.owner]!.pid && other.circuit.pid === kernel.processes[circuit.owner]!.pid;
      if (!agrees) wrong.push(`p${pid} of node ${node} and p${circuit.vid} of node ${circuit.nid} do not agree on their circuit`);
    }
  }
  return wrong;
}

function sharedAsDue(step: NetStep): readonly string[] {
  const attach = farAttach(step);
  if (attach === null) return detachedAsDue(step);
  const { shared, before, after, call: { length, remZombie } } = attach;
  if (shared === null) return attach.known.length > 0 && errorOf(step) === null && added(before, after).length !== 1 ? ['an attach without SHARE makes no circuit of its own'] : [];
  const { process: { pid, memory }, circuit, row } = shared;
  const more = length - memory.length;
  const errors = length > before.limits.circuit ? ['EINVAL'] : more > 0 && memoryUsed(before) + more > before.limits.pool ? ['ENOMEM'] : [];
  const error = errorOf(step);
  if (errors.length > 0) return errors.includes(error ?? '') && same(before, after) ? [] : [`sharing comes to ${error ?? 'no error'} instead of ${errors.join(' or ')}`];
  const now = after.processes[row]!;
  const due = { ...circuit, users: circuit.users + 1, remains: circuit.remains || remZombie };
  return [
    ...(valueTo<{ pid: Pid }>(step, attach.node, attach.thread)?.pid === pid ? [] : ['a circuit that is shared is not given']),
    ...(same(now.circuit, due) && now.memory.length === Math.max(memory.length, length) ? [] : ['a circuit that is shared does not count its users, or has too small a buffer']),
    ...(added(before, after).length === 0 && posted(step).length === 0 && same(changedRows(before, after), [row]) ? [] : ['sharing a circuit makes another']),
  ];
}

/** The end that a detach is about; of the caller's own, live or not. */
export function detached(step: NetStep): End | null {
  const local = localCall(step, 'qnx_vc_detach');
  if (local === null) return null;
  const row = local.before.processes.findIndex(({ pid, life, circuit }) => pid === local.call.vid && life !== 'gone' && circuit?.owner === local.thread);
  return row < 0 ? null : { row, process: local.before.processes[row]!, circuit: local.before.processes[row]!.circuit! };
}

function detachedAsDue(step: NetStep): readonly string[] {
  const local = localCall(step, 'qnx_vc_detach');
  if (local === null) return [];
  const { before, after, node, thread } = local;
  const end = detached(step);
  if (end === null) return errorOf(step) === 'ESRCH' && same(before, after) ? [] : ['what is no circuit of the caller is detached'];
  if (eventOn(step, node, thread)?.tag !== 'returned') return ['a circuit of the caller cannot be detached'];
  const now = after.processes[end.row]!;
  if (end.process.life === 'zombie') return now.life === 'gone' && posted(step).length === 0 ? [] : ['a zombie that is detached stays, or is talked about'];
  if (end.circuit.users === 1) return now.life === 'gone' ? [] : ['a circuit that its last user has detached stays'];
  return now.life === 'live' && same(now.circuit, { ...end.circuit, users: end.circuit.users - 1 }) && posted(step).length === 0
    ? [] : ['a circuit goes before it was detached as often as it was attached'];
}

export const attachLaws = {
  'qnx-network/attach-makes-a-pair': {
    always: disagreeing,
    step: (step) => [...askedAsDue(step), ...madeAsDue(step), ...answeredAsDue(step)],
    sometimes: {
      'an end is asked for': (step) => farAttach(step) !== null && postedOf(step, 'create').length > 0,
      'it is made': (step) => postedOf(step, 'created').length > 0,
      'it is given to the caller': (step) => arrival(step, 'created') !== null && step.events.some(({ tag }) => tag === 'returned'),
      'nobody waits for it any more': (step) => arrival(step, 'created') !== null && postedOf(step, 'ends').length > 0,
      ...Object.fromEntries(['ESRCH', 'ENOVPE', 'EINVAL', 'ENOMEM', 'EAGAIN'].map((error) =>
        [`it is refused there with ${error}`, (step: NetStep) => postedOf(step, 'refused').some(({ cargo }) => cargo.error === error) && arrival(step, 'create') !== null])),
      ...Object.fromEntries(['ENOSYS', 'EHOSTUNREACH', 'EINVAL', 'ENOVPE', 'ENOMEM'].map((error) =>
        [`it is refused here with ${error}`, (step: NetStep) => farAttach(step) !== null && errorOf(step) === error])),
      'a refusal is told': (step) => arrival(step, 'refused') !== null && step.events.length > 0,
    },
  },

  'qnx-network/share-reuses-a-circuit': {
    on: ['qnx_vc_attach', 'qnx_vc_detach'],
    step: sharedAsDue,
    sometimes: {
      'a circuit is shared': (step) => (farAttach(step)?.shared ?? null) !== null && errorOf(step) === null,
      'its buffer grows': (step) => {
        const attach = farAttach(step);
        return attach !== null && attach.shared !== null && errorOf(step) === null && attach.call.length > attach.shared.process.memory.length;
      },
      'another is made though there is one': (step) => (farAttach(step)?.known.length ?? 0) > 0 && farAttach(step)!.shared === null && errorOf(step) === null,
      'one of several users detaches it': (step) => (detached(step)?.circuit.users ?? 0) > 1,
      'the last user detaches it': (step) => detached(step)?.circuit.users === 1,
      'what is no circuit is detached': (step) => localCall(step, 'qnx_vc_detach') !== null && errorOf(step) === 'ESRCH',
    },
  },
} satisfies NetLaws;

