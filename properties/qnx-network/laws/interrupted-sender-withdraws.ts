import type { NodeId } from '#model/network/wire';
import { mechanisms } from '#model/qnx-network/net';
import { isMessage, same } from '#properties/qnx/facts';
import { arrival, endOf, endsOn, eventOn, isThere, nodesUp, postedOf, type End } from '#properties/qnx-network/facts';
import { silent } from '#properties/qnx-network/laws/hearing';
import type { NetLaws, NetMutants, NetStep } from '#properties/qnx-network/obligation';

/** Processes that are interrupted in a step while they wait in a circuit that stays. */
function interrupted(step: NetStep): readonly { readonly node: NodeId; readonly end: End; readonly thread: number; readonly was: 'sending' | 'replying' }[] {
  return nodesUp(step.before).flatMap(([node, before]) => {
    const after = step.after.nodes[node]!.kernel;
    if (after === before) return [];
    return endsOn(before).flatMap((end) => {
      const { owner } = end.circuit;
      const { run } = before.processes[owner]!;
      const event = eventOn(step, node, owner);
      const waits = (run.tag === 'sending' || run.tag === 'replying') && run.on === end.row;
      return waits && isThere(after, end.row) && event?.tag === 'raised' && event.error === 'EINTR' ? [{ node, end, thread: owner, was: run.tag }] : [];
    });
  });
}

function withdrawnAsDue(step: NetStep): readonly string[] {
  const wrong = interrupted(step).flatMap(({ node, end: { row, process: { pid }, circuit }, thread, was }) => {
    const { kernel } = step.after.nodes[node]!;
    const told = postedOf(step, 'cancel').filter(({ to, cargo }) =>
      to === circuit.nid - 1 && cargo.end === circuit.vid && cargo.other === pid && cargo.exchange === circuit.sent).length;
    const waits = kernel.outgoing.some((entry) => entry.tag === 'message' && entry.end === row) || kernel.processes[row]!.queue.length > 0;
    return [
      ...(told === (was === 'replying' && kernel.net ? 1 : 0) ? [] : [`node ${circuit.nid - 1} is told ${told} times that P${thread} of node ${node} waits no longer`]),
      ...(waits ? [`the message of P${thread} of node ${node} waits though it was interrupted`] : []),
    ];
  });
  return [...wrong, ...cancelledAsDue(step)];
}

/** Who sent a message by a circuit waits for it no longer. */
function cancelledAsDue(step: NetStep): readonly string[] {
  const comes = arrival(step, 'cancel');
  if (comes === null) return [];
  const { to: node, before, after, cargo } = comes;
  const end = endOf(comes, cargo);
  const others = before.processes.flatMap((process, row) =>
    (row === end?.row || row === end?.circuit.owner || same(process, after.processes[row]) ? [] : [`P${row} of node ${node} is changed by what another withdraws`]));
  const wrong = [...others, ...silent(step, node)];
  if (end === null) return wrong;
  const { row, circuit: { owner, heard }, process } = end;
  const now = after.processes[row]!;
  const isOfEnd = (item: typeof process.queue[number]) => isMessage(item) && item.from === row;
  const queue = before.processes[owner]!.queue;
  const stale = heard !== cargo.exchange;
  const due = stale ? queue : queue.filter((item) => !isOfEnd(item));
  if (!same({ ...before.processes[owner]!, queue: due }, after.processes[owner])) wrong.push('a message that is withdrawn can still be received, or its receiver is told');
  if (!same(now.run, stale ? process.run : { tag: 'ready' })) wrong.push(stale ? 'what was sent later is withdrawn' : 'a message that is withdrawn is waited with');
  if (!stale && after.outgoing.some((entry) => entry.tag === 'reply' && entry.end === row)) wrong.push('a reply is sent to who waits for it no longer');
  return wrong;
}

const cancelled = (step: NetStep, tag: string): boolean => {
  const comes = arrival(step, 'cancel');
  const end = comes === null ? null : endOf(comes, comes.cargo);
  return end?.process.run.tag === tag && end.circuit.heard === comes!.cargo.exchange;
};

export const interruptionLaws = {
  'qnx-network/interrupted-sender-withdraws': {
    step: withdrawnAsDue,
    sometimes: {
      'its message has yet to be carried off': (step) => interrupted(step).some(({ was }) => was === 'sending'),
      'its message was carried off': (step) => interrupted(step).some(({ was }) => was === 'replying'),
      'its message was not received': (step) => cancelled(step, 'sending'),
      'its message was received': (step) => cancelled(step, 'replying'),
    },
  },
} satisfies NetLaws;

export const interruptionMutants: NetMutants = {
  'interrupted-sender-tells-nobody': {
    rule: 'qnx-network/interrupted-sender-withdraws',
    fault: 'the other node is not told that a sender was interrupted',
    mechanisms: { cancelThrough: () => {} },
  },
  'withdrawn-message-is-received': {
    rule: 'qnx-network/interrupted-sender-withdraws',
    fault: 'a message that was withdrawn is received all the same',
    mechanisms: { cancelComes: () => {} },
  },
  'withdrawal-interrupts-the-server': {
    rule: 'qnx-network/interrupted-sender-withdraws',
    fault: 'who has received a message is interrupted when it is withdrawn',
    mechanisms: {
      cancelComes: (world, from, cargo) => {
        const end = mechanisms.endFor(world.state, from, cargo);
        mechanisms.cancelComes(world, from, cargo);
        const owner = end === null ? undefined : world.state.processes[end]!.circuit!.owner;
        if (owner !== undefined && world.state.processes[owner]!.run.tag === 'receiving') mechanisms.wake(world, owner, { tag: 'error', error: 'EINTR' });
      },
    },
  },
};
