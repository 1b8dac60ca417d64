import type { Signal } from '#spec/qnx/vocabulary';
import type { QnxState } from '#model/qnx/state';
import { placeOf } from '#model/qnx/words';
import { mechanisms } from '#model/qnx-network/net';
import { same } from '#properties/qnx/facts';
import { arrival, endOf, endUnder, errorOf, eventOn, localCall, posted, postedOf, valueTo } from '#properties/qnx-network/facts';
import { asking } from '#properties/qnx-network/laws/attach';
import type { NetLaws, NetMutants, NetStep } from '#properties/qnx-network/obligation';

/** A signal to a circuit on the caller's node. */
function farKill(step: NetStep) {
  const local = localCall(step, 'kill');
  const end = local === null ? null : endUnder(local.before, local.call.pid);
  return local === null || end === null ? null : { ...local, end };
}

function sentAsDue(step: NetStep): readonly string[] {
  const kill = farKill(step);
  if (kill === null) return [...comesAsDue(step), ...toldAsDue(step)];
  const { node, thread, before, after, end, call: { signal } } = kill;
  const own = end.circuit.owner === thread;
  const errors = [...(signal === 'other' ? ['EINVAL'] : []), ...(own ? [] : ['ESRCH']), ...(own && !before.net ? ['ENOSYS', 'EHOSTUNREACH'] : [])];
  const error = errorOf(step);
  const isStill = same(before, after) && posted(step).length === 0;
  if (errors.length > 0) return errors.includes(error ?? '') && isStill ? [] : [`a signal by a circuit comes to ${error ?? 'no error'} instead of ${errors.join(' or ')}`];
  const [packet] = postedOf(step, 'signal');
  const due = { end: end.circuit.vid, other: end.process.pid, signal: signal === 'none' ? null : signal, user: before.processes[thread]!.uid };
  const right = packet !== undefined && packet.to === end.circuit.nid - 1 && posted(step).length === 1
    && Object.entries(due).every(([key, value]) => (packet.cargo as unknown as Record<string, unknown>)[key] === value);
  return [
    ...(right ? [] : ['Proc of the other node is not told of the signal']),
    ...(eventOn(step, node, thread)?.tag === 'blocked' ? [] : ['who signals a process of another node does not wait for Proc there']),
  ];
}

/** Proc looks at who sends a signal, and sees to it. */
function comesAsDue(step: NetStep): readonly string[] {
  const comes = arrival(step, 'signal');
  if (comes === null) return [];
  const { before, after, from, cargo: { serial, signal, user } } = comes;
  const end = endOf(comes, comes.cargo);
  const target = end === null ? null : before.processes[end.circuit.owner]!;
  const error = end === null ? 'ESRCH' : user !== 0 && user !== target!.uid ? 'EPERM' : null;
  const [refused] = postedOf(step, 'refused');
  const [done] = postedOf(step, 'signalled');
  if (error !== null) {
    const told = refused?.to === from && refused.cargo.serial === serial && refused.cargo.error === error && done === undefined;
    return told && isUntouched(before, after, end?.row ?? -1) ? [] : [`a signal should be refused with ${error}, and come to nothing`];
  }
  const wrong = done?.to === from && done.cargo.serial === serial && refused === undefined ? [] : ['the node that signals is not told that it was done'];
  const now = after.processes[end!.circuit.owner]!;
  if (signal === null) return same(target, now) ? wrong : [...wrong, 'to ask whether a process is there does something to it'];
  return [...wrong, ...effectOf(signal, target!, now)];
}

/** Whether no process is changed; of an end, that something was heard from the other does not matter. */
const isUntouched = (before: QnxState, after: QnxState, end: number): boolean => before.processes.every((process, row) =>
  same(process, row === end ? { ...after.processes[row]!, circuit: process.circuit } : after.processes[row]));

type Process = NonNullable<ReturnType<typeof endUnder>>['process'];

/** What a signal has done to its process, where that can be told from what the process said about it. */
function effectOf(signal: Signal, was: Process, now: Process): readonly string[] {
  const place = placeOf(signal);
  const action = was.actions[place]!;
  const harmless = action === 'ignore' || (action === 'default' && (signal === 'SIGCHLD' || signal === 'SIGCONT'));
  if (harmless || was.held || signal === 'SIGKILL' || signal === 'SIGSTOP') return [];
  if (was.mask[place]) return now.pending[place]! > was.pending[place]! || was.pending[place]! > 0 ? [] : [`${signal} is lost on its way`];
  if (action === 'catch') return same(now.handled, was.handled) && same(now.pending, was.pending) ? [`${signal} is lost on its way`] : [];
  const isKept = was.run.tag === 'replying';
  return now.life !== 'live' || isKept ? [] : [`${signal} does nothing to a process of another node`];
}

/** The sender has its answer. */
function toldAsDue(step: NetStep): readonly string[] {
  const comes = arrival(step, 'signalled');
  if (comes === null) return [];
  const { to, before, after, cargo: { serial } } = comes;
  const asked = asking(before, serial);
  if (asked === null) return same(before.processes, after.processes) ? [] : ['an answer that nobody waits for changes a process'];
  return before.processes[asked.asker]!.held || (eventOn(step, to, asked.asker)?.tag === 'returned' && valueTo(step, to, asked.asker) === null)
    ? [] : ['who signalled a process of another node is not told that it was done'];
}

export const signalLaws = {
  'qnx-network/signal-crosses-a-circuit': {
    on: ['kill', 'packet_arrives'],
    step: sentAsDue,
    sometimes: {
      'a process of another node is signalled': (step) => farKill(step) !== null && postedOf(step, 'signal').length > 0,
      'the signal is caught there': (step) => {
        const comes = arrival(step, 'signal');
        const end = comes === null ? null : endOf(comes, comes.cargo);
        const signal = comes?.cargo.signal ?? null;
        return end !== null && signal !== null && comes!.before.processes[end.circuit.owner]!.actions[placeOf(signal)] === 'catch';
      },
      'it ends the process': (step) => arrival(step, 'signal') !== null && step.events.some(({ tag }) => tag === 'ended'),
      'it is only asked whether it is there': (step) => arrival(step, 'signal')?.cargo.signal === null,
      'the user may not': (step) => arrival(step, 'signal') !== null && postedOf(step, 'refused').some(({ cargo }) => cargo.error === 'EPERM'),
      'the sender has its answer': (step) => arrival(step, 'signalled') !== null && step.events.length > 0,
      'it is no signal': (step) => farKill(step) !== null && errorOf(step) === 'EINVAL',
      'there is no network manager': (step) => farKill(step) !== null && ['ENOSYS', 'EHOSTUNREACH'].includes(errorOf(step) ?? ''),
    },
  },
} satisfies NetLaws;

export const signalMutants: NetMutants = {
  'far-signal-asks-for-no-permission': {
    rule: 'qnx-network/signal-crosses-a-circuit',
    fault: 'anyone may signal the processes of another node',
    mechanisms: { signalComes: (world, from, cargo) => mechanisms.signalComes(world, from, { ...cargo, user: 0 }) },
  },
  'far-signal-is-lost': {
    rule: 'qnx-network/signal-crosses-a-circuit',
    fault: 'a signal to a process of another node does nothing there',
    mechanisms: { signalComes: (world, from, cargo) => mechanisms.signalComes(world, from, { ...cargo, signal: null }) },
  },
  'far-signal-is-not-answered': {
    rule: 'qnx-network/signal-crosses-a-circuit',
    fault: 'who signals a process of another node is not told that it was done',
    mechanisms: { signalledComes: () => {} },
  },
  'far-signal-goes-to-the-stand-in': {
    rule: 'qnx-network/signal-crosses-a-circuit',
    fault: 'a signal to a circuit is one for the sender itself',
    mechanisms: {
      killAfar: (world, thread, end, signal) => {
        if (signal !== 'none') mechanisms.post(world, thread, signal);
        return mechanisms.killAfar(world, thread, end, 'none');
      },
    },
  },
};
