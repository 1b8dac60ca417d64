import type { Part, Pid } from '#spec/qnx/vocabulary';
import type { QnxState } from '#model/qnx/state';
import { fitsIn, isMessage, same } from '#properties/qnx/facts';
import {
  arrival, endOf, endsOn, errorOf, eventOn, happening, isThere, lengthOf, localCall, memoryUsed, messagesOut, nodesUp, posted, postedOf, type Local,
} from '#properties/qnx-network/facts';
import { hears } from '#properties/qnx-network/laws/hearing';
import type { NetLaws, NetStep } from '#properties/qnx-network/obligation';

/** A Send of any form to what is or was an end of a circuit on the caller's node. */
export interface FarSend extends Local {
  readonly message: readonly Part[];
  readonly reply: readonly Part[];
  /** The row that goes by the pid, and whether it is an end of the caller's that is there. */
  readonly row: number;
  readonly own: boolean;
}

export const sendCalls = ['Send', 'Sendmx', 'Sendfd', 'Sendfdmx'] as const;

const partsOf = (given: Part | readonly Part[]): readonly Part[] => (Array.isArray(given) ? given : [given as Part]);

export function farSend(step: NetStep): FarSend | null {
  const local = localCall(step, ...sendCalls);
  if (local === null) return null;
  const { call, before, thread } = local;
  const pid: Pid = 'fd' in call ? before.processes[thread]!.files[call.fd] ?? 0 as Pid : call.pid;
  const row = before.processes.findIndex((process) => process.pid === pid && process.circuit !== null);
  if (row < 0) return null;
  const { circuit, life } = before.processes[row]!;
  return {
    ...local, row, own: circuit!.owner === thread && life === 'live',
    message: partsOf(call.message), reply: partsOf(call.reply),
  };
}

/** Why a buffer cannot grow to some length. */
export function growthErrors(state: QnxState, held: number, length: number): readonly string[] {
  if (length > state.limits.circuit) return ['EINVAL'];
  return length > held && memoryUsed(state) + length - held > state.limits.pool ? ['ENOMEM'] : [];
}

/** The errors of which one has to be given, if there are any. */
function errorsDue(send: FarSend): readonly string[] {
  const { before, thread, row, own, message, reply } = send;
  const errors: string[] = [];
  if (message.length > before.limits.parts || reply.length > before.limits.parts) errors.push('EINVAL');
  if (!fitsIn(before, thread, message)) errors.push('EFAULT');
  if (!own) return [...errors, 'ESRCH'];
  if (!fitsIn(before, thread, reply)) errors.push('EFAULT');
  errors.push(...growthErrors(before, before.processes[row]!.memory.length, lengthOf(message) + lengthOf(reply)));
  if (!before.net) errors.push('ENOSYS', 'EHOSTUNREACH');
  else if (before.outgoing.length >= before.limits.outgoing) errors.push('EAGAIN');
  return errors;
}

function refusedAsDue(step: NetStep): readonly string[] {
  const send = farSend(step);
  if (send === null) return [];
  const errors = errorsDue(send);
  const error = errorOf(step);
  if (errors.length > 0) {
    return [
      ...(error !== null && errors.includes(error) ? [] : [`a Send by a circuit comes to ${error ?? 'no error'} instead of ${errors.join(' or ')}`]),
      ...(same(send.before, send.after) && posted(step).length === 0 ? [] : ['a Send that fails changes something']),
    ];
  }
  return eventOn(step, send.node, send.thread)?.tag === 'blocked' ? [] : [`a Send by a circuit does not wait: ${error ?? 'it returns'}`];
}

/** Buffers never shrink, and hold what goes by them. */
function grownAsDue(step: NetStep): readonly string[] {
  const wrong: string[] = [];
  for (const [node, kernel] of nodesUp(step.before)) {
    const after = step.after.nodes[node]!;
    if (!after.up) continue;
    for (const { row, process } of endsOn(kernel)) {
      const now = after.kernel.processes[row];
      if (now?.life === 'live' && now.memory.length < process.memory.length) wrong.push(`the buffer of p${process.pid} on node ${node} shrinks`);
    }
  }
  const found = farSend(step);
  if (found?.own === true && errorOf(step) === null) {
    const { after, row, message, reply } = found;
    if (after.processes[row]!.memory.length < lengthOf(message) + lengthOf(reply)) wrong.push('a message goes by a circuit whose buffer cannot hold it');
  }
  return [...wrong, ...heldAsDue(step)];
}

/** A message that comes is held by the buffer there, or refused. */
function heldAsDue(step: NetStep): readonly string[] {
  const comes = arrival(step, 'message');
  const end = comes === null ? null : endOf(comes, comes.cargo);
  if (comes === null || end === null) return [];
  const { before, after, cargo: { bytes, room, exchange }, from } = comes;
  const errors = growthErrors(before, end.process.memory.length, bytes.length + room);
  const now = after.processes[end.row]!;
  if (errors.length === 0) return now.memory.length >= bytes.length + room ? [] : ['a message comes into a buffer that cannot hold it'];
  const [failed] = postedOf(step, 'failed');
  const told = failed?.to === from && failed.cargo.exchange === exchange && errors.includes(failed.cargo.error) && posted(step).length === 1;
  const { owner } = end.circuit;
  return [
    ...(told ? [] : [`the sender of a message that cannot be held is not told ${errors.join(' or ')}`]),
    ...(now.run.tag === 'ready' && !after.processes[owner]!.queue.some((item) => isMessage(item) && item.from === end.row) ? [] : ['a message that cannot be held is received']),
  ];
}

/** Whoever waits in an end of a circuit is its owner, and stands where it waits. */
function misplaced(state: NetStep['after']): readonly string[] {
  const wrong: string[] = [];
  for (const [node, kernel] of nodesUp(state)) {
    const waiting = messagesOut(kernel).map(({ end }) => end as number);
    kernel.processes.forEach(({ run, life, circuit }, process) => {
      if (life !== 'live' || circuit !== null || (run.tag !== 'sending' && run.tag !== 'replying')) return;
      const end = kernel.processes[run.on]!;
      if (end.circuit === null) return;
      if (end.life !== 'live' || end.circuit.owner !== process) wrong.push(`P${process} of node ${node} waits in p${end.pid}, which is no circuit of its own`);
      const stands = end.queue.filter((item) => isMessage(item) && item.from === process).length;
      const due = run.tag === 'sending' ? 1 : 0;
      if (stands !== due || waiting.filter((row) => row === run.on).length !== due) wrong.push(`P${process} of node ${node} is ${run.tag} on p${end.pid}, and its message is not where it should be`);
    });
    for (const row of waiting) {
      const end = kernel.processes[row]!;
      const [item] = end.queue;
      const sender = item !== undefined && isMessage(item) ? kernel.processes[item.from]!.run : null;
      if (sender?.tag !== 'sending' || sender.on !== row) wrong.push(`a message by p${end.pid} waits on node ${node} though nobody sends it`);
    }
  }
  return wrong;
}

/** From Send to the network manager, and from there to the answer. */
function blockedAsDue(step: NetStep): readonly string[] {
  const found = farSend(step);
  if (found !== null) {
    const { after, thread, row, own } = found;
    const { run } = after.processes[thread]!;
    if (!own || errorOf(step) !== null) return [];
    const last = after.outgoing.at(-1);
    return run.tag === 'sending' && run.on === row && last?.tag === 'message' && last.end === row ? [] : ['the sender by a circuit is not SEND-blocked on it behind all others'];
  }
  const runs = happening(step, 'net_runs');
  if (runs === null) return [];
  const [first] = runs.before.outgoing;
  if (first?.tag !== 'message') return [];
  const [item] = runs.before.processes[first.end]!.queue;
  if (item === undefined || !isMessage(item)) return [];
  if (posted(step).length === 0) return hears(step, runs.node, item.from, ['EHOSTUNREACH']);
  const { run } = runs.after.processes[item.from]!;
  return run.tag === 'replying' && run.on === first.end && !run.signalled && isThere(runs.after, first.end) ? [] : ['a sender whose message is carried off is not REPLY-blocked'];
}

const failsWith = (error: string) => (step: NetStep): boolean => farSend(step) !== null && errorOf(step) === error;

export const sendingLaws = {
  'qnx-network/far-send-says-why-it-failed': {
    on: sendCalls,
    step: refusedAsDue,
    sometimes: {
      'it goes': (step) => farSend(step)?.own === true && errorOf(step) === null,
      'it goes through a descriptor': (step) => farSend(step)?.own === true && step.call.operation === 'Sendfd' && errorOf(step) === null,
      'it goes by the circuit of another': (step) => {
        const send = farSend(step);
        return send !== null && !send.own && send.before.processes[send.row]!.life === 'live';
      },
      ...Object.fromEntries(['ESRCH', 'EINVAL', 'ENOMEM', 'EAGAIN', 'ENOSYS', 'EHOSTUNREACH', 'EFAULT'].map((error) => [`it fails with ${error}`, failsWith(error)])),
    },
  },

  'qnx-network/buffer-grows-or-refuses': {
    step: grownAsDue,
    sometimes: {
      'a buffer grows for a message that is sent': (step) => {
        const send = farSend(step);
        return send !== null && send.after.processes[send.row]!.memory.length > send.before.processes[send.row]!.memory.length;
      },
      'a buffer grows for a message that comes': (step) => {
        const comes = arrival(step, 'message');
        const end = comes === null ? null : endOf(comes, comes.cargo);
        return end !== null && comes!.after.processes[end.row]!.memory.length > end.process.memory.length;
      },
      'a message is too large here': failsWith('EINVAL'),
      'a message is too large there': (step) => postedOf(step, 'failed').some(({ cargo }) => cargo.error === 'EINVAL'),
      'there is no memory for it there': (step) => postedOf(step, 'failed').some(({ cargo }) => cargo.error === 'ENOMEM'),
    },
  },

  'qnx-network/sender-is-blocked-as-at-home': {
    always: misplaced,
    step: blockedAsDue,
    sometimes: {
      'a message waits for the network manager': (step) => farSend(step)?.own === true && errorOf(step) === null,
      'several wait': ({ after }) => after.nodes.some(({ kernel, up }) => up && messagesOut(kernel).length > 1),
      'it is carried off': (step) => happening(step, 'net_runs') !== null && postedOf(step, 'message').length > 0,
      'a sender is interrupted before': ({ before, after, call }) => call.operation === 'kill' && before.nodes.some(({ kernel }, node) =>
        messagesOut(kernel).length > messagesOut(after.nodes[node]!.kernel).length),
    },
  },
} satisfies NetLaws;
