import { operations } from '#model/qnx/kernel';
import { lookup, pidOf } from '#model/qnx/entries';
import { mechanisms } from '#model/qnx/mechanisms';
import { blocked, change, returned } from '#model/operation';
import type { QnxLaws, QnxMutants, QnxStep } from '#properties/qnx/obligation';
import { altered } from '#properties/qnx/laws/altered';
import { copyIn, faultIn, sentBy } from '#properties/qnx/laws/copies';
import {
  answerOf, clientUnder, errorOf, eventOf, isCall, isProc, ownerOf, processName, returnedTo, same, waitsFor, type Owner,
} from '#properties/qnx/facts';

/** A Relay that should go through: who is passed on, and to whom. */
interface Passing { readonly by: number; readonly client: number; readonly to: Owner; readonly signalled: boolean }

function passing(step: QnxStep): Passing | 'ESRCH' | 'EDSTFAULT' | null {
  if (!isCall(step, 'Relay')) return null;
  const { before, call: { thread, pid, to } } = step;
  const client = clientUnder(before, thread, pid);
  const target = ownerOf(before, to);
  if (client === null || target === null || target.tag === 'zombie') return 'ESRCH';
  const copy = copyIn(step);
  if (target.tag === 'process' && copy !== null && faultIn(before, copy) !== null) return 'EDSTFAULT';
  const run = before.processes[client]!.run as { readonly signalled: boolean };
  return { by: thread, client, to: target, signalled: run.signalled };
}

const through = (step: QnxStep): Passing | null => {
  const found = passing(step);
  return typeof found === 'string' ? null : found;
};

function passedAsDue(step: QnxStep): readonly string[] {
  const found = passing(step)!;
  const { before, after } = step;
  if (typeof found === 'string') {
    const changed = before.processes.filter((process, id) => !same({ ...process, memory: [] }, { ...after.processes[id]!, memory: [] }));
    return [
      ...(errorOf(step) === found ? [] : [`the Relay should have failed with ${found}, and ${errorOf(step) ?? 'does not fail'}`]),
      ...(changed.length === 0 ? [] : ['a Relay that fails changes a process']),
    ];
  }
  if (answerOf(step)?.tag !== 'returned') return [`${processName(found.by)} does not go on after its Relay`];
  if (found.signalled) return stillClient(step, found);
  if (found.to.tag === 'proxy' || isProc(found.to)) return answeredAtOnce(step, found.client);
  return [...sentOn(step, found), ...stillClient(step, found)];
}

/** The client now waits for its new server just as though it had sent to it, with the same message and reply buffer. */
function sentOn(step: QnxStep, { client, to }: Passing): readonly string[] {
  const { before, after } = step;
  const { pid } = before.processes[client]!;
  const taken = waitsFor(before, to.id, pid);
  const due = { tag: taken ? 'replying' : 'sending', on: to.id, sent: sentBy(before, client), ...(taken ? { signalled: false } : {}) };
  const name = processName(client);
  const wrong: string[] = [];
  if (!same(after.processes[client]!.run, due)) wrong.push(`${name} is ${after.processes[client]!.run.tag} instead of ${due.tag} on ${processName(to.id)}, with its message`);
  const queued = after.processes[to.id]!.queue.filter((item) => item.tag === 'message' && item.from === client).length;
  if (queued !== (taken ? 0 : 1)) wrong.push(`${name} stands ${queued} times in the queue of ${processName(to.id)}`);
  if (!taken) return wrong;
  const value = returnedTo<{ pid: number }>(step, to.id);
  if (before.processes[to.id]!.held ? after.processes[to.id]!.run.tag !== 'answered' : value?.pid !== pid) {
    wrong.push(`${processName(to.id)} is given p${value?.pid ?? 0} instead of the message of p${pid}`);
  }
  return wrong;
}

/** The relayer may reply to the client no more, unless it passed it on to itself and took it at once, which it cannot. */
const stillClient = ({ after }: QnxStep, { by, client }: Passing): readonly string[] => {
  const { run } = after.processes[client]!;
  return run.tag === 'replying' && run.on === by ? [`${processName(client)} still waits for the reply of ${processName(by)}`] : [];
};

function answeredAtOnce(step: QnxStep, client: number): readonly string[] {
  const { run } = step.after.processes[client]!;
  return eventOf(step, client)?.tag === 'returned' || run.tag === 'answered' ? [] : [`${processName(client)} does not go on after it was passed on to what answers at once`];
}

export const relayLaws = {
  'qnx/relay-passes-a-message-on': {
    on: ['Relay'],
    step: passedAsDue,
    sometimes: {
      'the new server waits for it': (step) => through(step)?.to.tag === 'process' && copyIn(step) !== null && errorOf(step) === null,
      'the new server does not wait': (step) => through(step)?.to.tag === 'process' && copyIn(step) === null && !isProc(through(step)!.to),
      'it goes to a proxy': (step) => through(step)?.to.tag === 'proxy',
      'the client is not REPLY-blocked on the caller': (step) => errorOf(step) === 'ESRCH',
      'the buffer of the new server faults': (step) => errorOf(step) === 'EDSTFAULT',
    },
  },
} satisfies QnxLaws;

const relayWith = (part: Partial<typeof mechanisms>) => ({
  Relay: { ...operations.Relay, step: (world, call) => operations.Relay.step(altered(world, part), call) } satisfies typeof operations.Relay,
});

export const relayMutants: QnxMutants = {
  'relay-waits': {
    rule: 'qnx/relay-passes-a-message-on',
    fault: 'the relayer waits until the message it passed on is answered',
    operations: {
      Relay: {
        ...operations.Relay,
        step: (world, call) => {
          const verdict = operations.Relay.step(world, call);
          if (verdict.tag !== 'returned') return verdict;
          const to = lookup(world.state, call.to);
          if (to?.tag !== 'process' || to.process === 0) return verdict;
          change(world.state.processes[call.thread]!).run = { tag: 'receiving', from: call.to, buffer: [] };
          return blocked as never;
        },
      },
    },
  },
  'relayed-message-comes-from-the-relayer': {
    rule: 'qnx/relay-passes-a-message-on',
    fault: 'the new server is given the pid of the relayer',
    operations: {
      Relay: {
        ...operations.Relay,
        step: (world, call) => operations.Relay.step(altered(world, {
          wake: (inner, process, answer) => mechanisms.wake(inner, process,
            answer.tag === 'received' ? { ...answer, pid: pidOf(inner.state, call.thread) } : answer),
        }), call),
      },
    },
  },
  'relay-keeps-the-client': {
    rule: 'qnx/relay-passes-a-message-on',
    fault: 'after a Relay to one that does not wait the client still waits for the relayer',
    operations: relayWith({
      offer: (world, from, to, sent) => {
        const { run } = world.state.processes[from]!;
        const done = mechanisms.offer(world, from, to, sent);
        if (done === 'queued') change(world.state.processes[from]!).run = run;
        return done;
      },
    }),
  },
  'relay-of-a-send-blocked-client': {
    rule: 'qnx/relay-passes-a-message-on',
    fault: 'a client that has not been received from can be passed on',
    operations: relayWith({
      clientOf: (state, server, pid) => {
        const denoted = lookup(state, pid);
        if (denoted?.tag !== 'process') return null;
        const { run } = state.processes[denoted.process]!;
        return 'sent' in run && run.on === server ? denoted.process : null;
      },
    }),
  },
  'relay-always-queues': {
    rule: 'qnx/relay-passes-a-message-on',
    fault: 'a relayed message stands in the queue though the new server waits for it',
    operations: relayWith({ waitsFor: () => false }),
  },
  'relay-to-nobody-succeeds': {
    rule: 'qnx/relay-passes-a-message-on',
    fault: 'a Relay to a pid that denotes nothing returns 0, and leaves the client where it is',
    operations: {
      Relay: {
        ...operations.Relay,
        step: (world, call) => (lookup(world.state, call.to) === null ? returned(null) : operations.Relay.step(world, call)),
      },
    },
  },
  'relay-forgets-the-reply-buffer': {
    rule: 'qnx/relay-passes-a-message-on',
    fault: 'a relayed message has no room for a reply',
    operations: relayWith({ offer: (world, from, to, sent) => mechanisms.offer(world, from, to, { ...sent, reply: [] }) }),
  },
};
