import { failures, together } from '#properties/network/failing';
import { qnxFailure } from '#properties/qnx/redirect-stage';
import { operations } from '#model/qnx/kernel';
import { others } from '#model/qnx/entries';
import { mechanisms } from '#model/qnx/mechanisms';
import { change, returned } from '#model/operation';
import { monitor } from '#properties/obligation';
import type { QnxLaws, QnxMutants, QnxStep } from '#properties/qnx/obligation';
import {
  answerOf, blockedOn, ended, errorOf, eventOf, isCall, isLive, isMessage, live, ownerOf, processName, same, sendIn,
} from '#properties/qnx/facts';

/** Who waits for whom changes to another process only in a Relay of the one that was waited for. */
function passed(step: QnxStep): readonly string[] {
  const { before, after, call } = step;
  const wrong: string[] = [];
  for (const [id, { run }] of live(before)) {
    const on = blockedOn(run);
    const now = isLive(after, id) ? blockedOn(after.processes[id]!.run) : null;
    if (on === null || now === null || on === now) continue;
    const relayed = call.operation === 'Relay' && call.thread === on && before.processes[id]!.pid === call.pid;
    if (!relayed) wrong.push(`${processName(id)} waited for ${processName(on)}, and now waits for ${processName(now)}`);
  }
  return wrong;
}

/** What a Relay leaves where it is: every other client, and every other message in the relayer's queue. */
function restStays(step: QnxStep): readonly string[] {
  if (!isCall(step, 'Relay') || errorOf(step) !== null) return [];
  const { before, after, call: { thread, pid, to } } = step;
  const others_ = before.processes.flatMap((process, id) => {
    if (process.pid === pid || process.life !== 'live' || blockedOn(process.run) !== thread) return [];
    return same(process.run, after.processes[id]!.run) ? [] : [`${processName(id)} is moved by a Relay of another`];
  });
  if (to === before.processes[thread]!.pid) return others_;
  const messages = (state: typeof before) => state.processes[thread]!.queue.filter(isMessage);
  return same(messages(before), messages(after)) ? others_ : [...others_, `a Relay changes the queue of ${processName(thread)}`];
}

const untouchedByNames = ({ before, after }: QnxStep): readonly string[] => before.processes.flatMap((process, id) =>
  (same(process.run, after.processes[id]!.run) && same(process.queue, after.processes[id]!.queue) ? [] : [`a name changes what ${processName(id)} waits for`]));

/** Pids that were told to denote nothing: by ESRCH to a Send, and by the end of what they denoted. */
function remembered(old: Set<number>, step: QnxStep): readonly string[] {
  const { before, after } = step;
  if (before.variant === 'pid-reuse') return [];
  const send = sendIn(step);
  const wrong: string[] = [];
  if (send !== null && old.has(send.pid) && errorOf(step) === null) wrong.push(`p${send.pid}, which denoted nothing any more, is sent to`);
  for (const pid of old) if (ownerOf(after, pid as never) !== null) wrong.push(`p${pid} denotes something again`);
  before.processes.forEach(({ pid, life }, id) => { if (life !== 'gone' && after.processes[id]!.life === 'gone') old.add(pid); });
  before.proxies.forEach(({ pid, life }, id) => { if (life === 'live' && after.proxies[id]!.life === 'gone') old.add(pid); });
  return wrong;
}

/** The clients of a process, and those that stand in its queue. */
const clientsOf = ({ before }: QnxStep, server: number): readonly number[] =>
  before.processes.flatMap(({ run, life }, id) => (life === 'live' && blockedOn(run) === server ? [id] : []));

function allFail(step: QnxStep): readonly string[] {
  return ended(step).flatMap((server) => clientsOf(step, server).flatMap((client) => {
    if (!isLive(step.after, client) || client === server) return [];
    const { run } = step.after.processes[client]!;
    const event = eventOf(step, client);
    const kept = run.tag === 'answered' && run.answer.tag === 'error' && run.answer.error === 'ESRCH';
    return kept || (event?.tag === 'raised' && event.error === 'ESRCH') ? [] : [`${processName(client)}, a client of ${processName(server)}, does not fail with it`];
  }));
}

const toOneself = (step: QnxStep): boolean => {
  const send = sendIn(step);
  return send !== null && send.pid === step.before.processes[send.thread]!.pid;
};

export const redirectionLaws = {
  'qnx/destination-is-one-process': {
    step: passed,
    sometimes: {
      'a process ends that others wait for': (step) => ended(step).some((id) => clientsOf(step, id).length > 0),
      'a message is passed on by a Relay': (step) => isCall(step, 'Relay') && errorOf(step) === null,
    },
  },

  'qnx/relay-passes-one-message': {
    on: ['Relay'],
    step: restStays,
    sometimes: { 'the relayer has other clients': (step) => isCall(step, 'Relay') && errorOf(step) === null
      && clientsOf(step, step.call.thread).length > 1 },
  },

  'qnx/name-moves-no-senders': {
    on: ['qnx_name_attach', 'qnx_name_detach', 'qnx_name_locate'],
    step: untouchedByNames,
    sometimes: {
      'a name is attached while processes wait': (step) =>
        isCall(step, 'qnx_name_attach') && errorOf(step) === null && [...live(step.before)].some(([, { run }]) => blockedOn(run) !== null),
    },
  },

  'qnx/old-pid-denotes-nothing': {
    monitor: monitor({ start: (): Set<number> => new Set(), next: remembered }),
    sometimes: {
      'what is no more is sent to': (step) =>
        sendIn(step) !== null && errorOf(step) === 'ESRCH' && step.before.processes.some(({ pid, life }) => life === 'gone'
          && pid === sendIn(step)!.pid),
      'a process is made after another has gone': ({ before, call }) => call.operation === 'fork'
        && before.processes.some(({ life }) => life === 'gone'),
    },
  },

  'qnx/clients-of-the-dead-all-fail': {
    relates: failures(qnxFailure, together),
    step: allFail,
    sometimes: { 'a server ends that has several clients': (step) => ended(step).some((id) => clientsOf(step, id).length > 1) },
  },

  'qnx/send-to-oneself-is-open': {
    on: ['Send', 'Sendmx', 'Sendfd', 'Sendfdmx'],
    step: (step) => {
      if (!toOneself(step)) return [];
      const { thread } = sendIn(step)!;
      const { run } = step.after.processes[thread]!;
      const waits = answerOf(step)?.tag === 'blocked' && run.tag === 'sending' && run.on === thread;
      return waits || errorOf(step) !== null ? [] : [`${processName(thread)} sends to itself, and is ${answerOf(step)?.tag ?? 'not seen'}`];
    },
    sometimes: {
      'it waits': (step) => toOneself(step) && answerOf(step)?.tag === 'blocked',
      'it is refused': (step) => toOneself(step) && errorOf(step) === 'EDEADLK',
    },
  },
} satisfies QnxLaws;

export const redirectionMutants: QnxMutants = {
  'parent-takes-over-the-queue': {
    rule: 'qnx/destination-is-one-process',
    fault: 'the messages for a process that ends go to another',
    mechanisms: {
      releasePeers: (world, id) => {
        const heir = [...others(world.state)].find((process) => world.state.processes[process]!.run.tag === 'ready');
        if (heir !== undefined) {
          for (const peer of others(world.state)) {
            const { run } = world.state.processes[peer]!;
            if (run.tag === 'sending' && run.on === id && peer !== heir) world.mechanisms.offer(world, peer, heir, run.sent);
          }
        }
        mechanisms.releasePeers(world, id);
      },
    },
  },
  'relay-takes-all-clients': {
    rule: 'qnx/relay-passes-one-message',
    fault: 'a Relay passes on every client of the relayer',
    operations: {
      Relay: {
        ...operations.Relay,
        step: (world, call) => {
          const clients = world.state.processes.filter(({ run, life, pid }) =>
            life === 'live' && run.tag === 'replying' && run.on === call.thread && pid !== call.pid);
          const verdict = operations.Relay.step(world, call);
          if (verdict.tag === 'returned') for (const { pid } of clients) operations.Relay.step(world, { ...call, pid });
          return verdict;
        },
      },
    },
  },
  'attaching-wakes-senders': {
    rule: 'qnx/name-moves-no-senders',
    fault: 'when a name is attached those who wait in a Send are told to try again',
    operations: {
      qnx_name_attach: {
        ...operations.qnx_name_attach,
        step: (world, call) => {
          const verdict = operations.qnx_name_attach.step(world, call);
          if (verdict.tag !== 'returned') return verdict;
          for (const peer of others(world.state)) {
            if (world.state.processes[peer]!.run.tag === 'replying') mechanisms.wake(world, peer, { tag: 'error', error: 'EINTR' });
          }
          return verdict;
        },
      },
    },
  },
  'pids-are-used-again': {
    rule: 'qnx/old-pid-denotes-nothing',
    fault: 'a new process is given a pid that is free',
    operations: {
      fork: {
        ...operations.fork,
        step: (world, call) => {
          const free = world.state.processes.find(({ life, pid }) => life === 'gone' && ownerOf(world.state, pid) === null);
          const verdict = operations.fork.step(world, call);
          if (verdict.tag !== 'returned' || free === undefined) return verdict;
          change(world.state.processes[call.child]!).pid = free.pid;
          return returned({ pid: free.pid });
        },
      },
    },
  },
  'one-client-is-told-of-the-end': {
    rule: 'qnx/clients-of-the-dead-all-fail',
    fault: 'of several clients of a process that ends the last is left waiting',
    mechanisms: {
      releasePeers: (world, id) => {
        const clients = [...others(world.state)].filter((peer) => blockedOn(world.state.processes[peer]!.run) === id);
        const last = clients.length > 1 ? clients.at(-1)! : null;
        const run = last === null ? null : world.state.processes[last]!.run;
        mechanisms.releasePeers(world, id);
        if (last !== null && run !== null) change(world.state.processes[last]!).run = run;
      },
    },
  },
  'send-to-oneself-is-answered': {
    rule: 'qnx/send-to-oneself-is-open',
    fault: 'a Send to oneself returns at once',
    operations: {
      Send: {
        ...operations.Send,
        step: (world, call) => (call.pid === world.state.processes[call.thread]!.pid ? returned({ reply: [] }) : operations.Send.step(world, call)),
      },
    },
  },
};
