import type { ProcessId } from '#spec/qnx/vocabulary';
import { pidOf } from '#model/qnx/entries';
import { circuitOf, endsOf, setCircuit, tell } from '#model/qnx/network/circuit';
import { setQuestion } from '#model/qnx/network/question';
import { messageOf } from '#model/qnx/messages/deliver';
import { addressesOf } from '#model/qnx/memory/bytes';
import type { Cargo, Outgoing, Sent } from '#model/qnx/state';
import type { Qnx } from '#model/qnx/world';
import { change } from '#model/operation';

export interface Departure { readonly nid: number; readonly cargo: Cargo }

/** Net takes the first of what waits for it: the bytes of a message go straight from the memory of its sender. */
export function carryOff(world: Qnx): Departure | null {
  const { state, mechanisms } = world;
  const [first, ...rest] = state.outgoing;
  if (first === undefined) return null;
  change(state).outgoing = rest;
  switch (first.tag) {
    case 'message': return mechanisms.carryMessage(world, first.end);
    case 'reply': return mechanisms.carryReply(world, first);
    case 'trigger': return { nid: first.nid, cargo: { tag: 'trigger', proxy: first.proxy } };
  }
}

/** The sender of a message that is carried off is REPLY-blocked from then on. */
export function carryMessage(world: Qnx, end: ProcessId): Departure | null {
  const { state } = world;
  const item = state.processes[end]!.queue[0];
  if (item?.tag !== 'message') return null;
  const { sent } = state.processes[item.from]!.run as { readonly sent: Sent };
  const { nid, vid, sent: exchange } = circuitOf(state, end);
  change(state.processes[end]!).queue = [];
  change(state.processes[item.from]!).run = { tag: 'replying', on: end, sent, signalled: false };
  world.charge('message');
  const bytes = [...messageOf(state, item.from, sent).bytes];
  const room = addressesOf(sent.reply).length;
  return { nid, cargo: { tag: 'message', end: vid, other: pidOf(state, end), exchange, priority: item.priority, bytes, room } };
}

export function carryReply({ state }: Qnx, { end, exchange, bytes }: Extract<Outgoing, { tag: 'reply' }>): Departure {
  const { nid, vid } = circuitOf(state, end);
  return { nid, cargo: { tag: 'reply', end: vid, other: pidOf(state, end), exchange, bytes } };
}

/** What was sent could not be put on the wire, or the driver has given it up: whoever waits for what comes of it hears so. */
export function transmissionFails(world: Qnx, cargo: Cargo): void {
  const { state, mechanisms } = world;
  if ('serial' in cargo) return mechanisms.answerFails(world, cargo);
  if (cargo.tag !== 'message' && cargo.tag !== 'reply') return;
  const end = state.processes.findIndex(({ pid, circuit, life }) =>
    pid === cargo.other && life === 'live' && circuit !== null && circuit.vid === cargo.end) as ProcessId;
  if (end < 0) return;
  if (cargo.tag === 'reply') return mechanisms.endCircuit(world, end, 'EHOSTUNREACH', 'gone');
  const client = mechanisms.waiterOf(state, end, cargo.exchange);
  if (client === null) return;
  mechanisms.wake(world, client, { tag: 'error', error: 'EHOSTUNREACH' });
  mechanisms.notice(world, client);
}

/** A question that did not get there, or an answer that did not: only who asks on this node can be told. */
export function answerFails(world: Qnx, cargo: Extract<Cargo, { readonly serial: number }>): void {
  const { state, mechanisms } = world;
  const isQuestion = cargo.tag === 'create' || cargo.tag === 'locate' || cargo.tag === 'stand' || cargo.tag === 'signal';
  if (!isQuestion) return;
  for (const [asker, { run, life }] of state.processes.entries()) {
    if (life !== 'live' || run.tag !== 'asking' || run.question.serial !== cargo.serial || run.question.nodes.length > 1) continue;
    mechanisms.giveUp(world, asker as ProcessId);
  }
}

/** A process gets no answer: the nodes that have not said anything have nothing, or cannot be reached. */
export function giveUp(world: Qnx, asker: ProcessId): void {
  const { state, mechanisms } = world;
  const { run } = state.processes[asker]!;
  if (run.tag !== 'asking') return;
  const { question } = run;
  if (question.about === 'name on all nodes') mechanisms.conclude(world, asker, question);
  else mechanisms.failQuestion(world, asker, question, 'EHOSTUNREACH');
}

/**
 * Time passes: Proc asks whether the other ends are there of which nothing was heard since it last looked, and gives up
 * those that were asked about so often without an answer. So it does with questions.
 */
export function pollEnds(world: Qnx): void {
  const { state, mechanisms } = world;
  for (const end of endsOf(state)) {
    const { nid, vid, silent } = circuitOf(state, end);
    if (vid === 0) continue;
    if (silent > state.limits.polls) {
      mechanisms.tearDown(world, end, world.choose('circuit failure', ['ESRCH', 'EHOSTUNREACH'] as const, (error) => error));
      continue;
    }
    if (silent > 0) tell(world, nid, { tag: 'poll', end: vid, other: pidOf(state, end) });
    setCircuit(state, end, { silent: silent + 1 });
  }
  for (const [asker, { run, life }] of state.processes.entries()) {
    if (life !== 'live' || run.tag !== 'asking') continue;
    const { question } = run;
    if (question.silent > state.limits.polls) mechanisms.giveUp(world, asker as ProcessId);
    else setQuestion(state, asker as ProcessId, { ...question, silent: question.silent + 1 });
  }
}

/** Net goes: what waits for it is lost, and those hear of it whose messages it was to carry. */
export function stopNet(world: Qnx): void {
  const { state, mechanisms } = world;
  const left = state.outgoing;
  Object.assign(change(state), { net: false, outgoing: [], notes: [] });
  for (const entry of left) {
    if (entry.tag === 'message') {
      change(state.processes[entry.end]!).queue = [];
      mechanisms.freeOwner(world, entry.end, 'EHOSTUNREACH');
    } else if (entry.tag === 'reply') mechanisms.endCircuit(world, entry.end, 'EHOSTUNREACH', 'gone');
  }
}
