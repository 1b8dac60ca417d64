import type { ProcessId } from '#spec/qnx/vocabulary';
import type { Event } from '#model/kernel';
import { operations } from '#model/qnx/kernel';
import { newPid } from '#model/qnx/entries';
import { addressesOf, readByte, writeByte } from '#model/qnx/memory/bytes';
import { mechanisms } from '#model/qnx/mechanisms';
import { settle } from '#model/qnx/settle';
import type { QnxState, Sent } from '#model/qnx/state';
import type { Qnx } from '#model/qnx/world';
import { change, returned } from '#model/operation';
import { monitor } from '#properties/obligation';
import type { QnxLaws, QnxMutants, QnxStep } from '#properties/qnx/obligation';
import { firstFrom } from '#properties/qnx/laws/copies';
import {
  bytesAt, callerOf, clientUnder, errorOf, isBlocked, isCall, isProc, laidOut, live, ownerOf, ownersOf, processName, readIn, receiveIn, replyIn,
  returnedTo, same, sendIn,
} from '#properties/qnx/facts';

/** Two things under one id. */
function ambiguous(state: QnxState): readonly string[] {
  const pids = [...state.processes.filter(({ life }) =>
    life !== 'gone'), ...state.proxies.filter(({ life }) => life === 'live')].map(({ pid }) => pid);
  return [...new Set(pids)].filter((pid) => pid <= 0 || ownersOf(state, pid).length !== 1).map((pid) => `p${pid} denotes ${ownersOf(state, pid).length} things`);
}

/** The ids that a step gave out as new, or said to be the caller's. */
function givenAsDue(step: QnxStep): readonly string[] {
  const { before, after, call } = step;
  const caller = callerOf(step);
  if (call.operation === 'getpid') {
    const { pid, parent } = before.processes[call.thread]!;
    const value = returnedTo<{ pid: number; parent: number }>(step, call.thread);
    return value?.pid === pid && value.parent === before.processes[parent]!.pid ? [] : [`${processName(call.thread)} is told p${value?.pid ?? 0} for p${pid}`];
  }
  if (caller === null || (call.operation !== 'fork' && call.operation !== 'qnx_proxy_attach') || errorOf(step) !== null) return [];
  const value = returnedTo<{ pid?: number; proxy?: number }>(step, caller);
  const pid = (value?.pid ?? value?.proxy ?? 0) as never;
  return ownerOf(before, pid) === null && ownerOf(after, pid) !== null ? [] : [`p${String(pid)} is given out as new, and ${ownerOf(before, pid) === null ? 'denotes nothing' : 'was in use'}`];
}

/** What each process may be seen doing, by what it was doing: an answer only to a call, and one only. */
function seenAsDue(step: QnxStep): readonly string[] {
  const { before, after, events } = step;
  const caller = callerOf(step);
  const wrong: string[] = [];
  const answers = new Map<number, number>();
  for (const { thread, tag } of events) {
    if (tag === 'returned' || tag === 'raised') answers.set(thread, (answers.get(thread) ?? 0) + 1);
    const was = before.processes[thread];
    const asked = thread === caller || (was !== undefined && was.run.tag !== 'ready');
    if (!asked && tag !== 'ended') wrong.push(`${processName(thread)} is answered, and had asked nothing`);
    if (tag === 'blocked' && thread !== caller) wrong.push(`${processName(thread)} is blocked by another's call`);
    if (tag === 'ended' && after.processes[thread]!.life === 'live') wrong.push(`${processName(thread)} is said to have ended, and lives`);
  }
  for (const [thread, count] of answers) if (count > 1) wrong.push(`${processName(thread)} is answered ${count} times`);
  return [...wrong, ...silent(step, answers)];
}

/** Nobody stops waiting without being answered, and nobody who was not waiting comes to wait but the caller. */
function silent({ before, after, events, call }: QnxStep, answers: ReadonlyMap<number, number>): readonly string[] {
  const wrong: string[] = [];
  for (const [id, { run, held }] of live(before)) {
    const now = after.processes[id]!;
    if (now.life !== 'live') {
      if (!events.some(({ thread, tag }) => thread === id && tag === 'ended')) wrong.push(`${processName(id)} ended, and nobody saw it`);
      continue;
    }
    if (now.run.tag === 'ready' && run.tag !== 'ready' && !answers.has(id)) wrong.push(`${processName(id)} goes on without an answer`);
    if (now.run.tag !== 'ready' && answers.has(id)) wrong.push(`${processName(id)} is answered, and is ${now.run.tag}`);
    if (now.run.tag === 'answered' && !now.held) wrong.push(`${processName(id)} has its answer, and is not given it`);
    const isCaller = 'thread' in call && call.thread === id;
    if (!isCaller && run.tag === 'ready' && now.run.tag !== 'ready' && !held) wrong.push(`${processName(id)} comes to wait by a call of another`);
  }
  return wrong;
}

/** How far the Send of a process has come. */
type Phase = { readonly tag: 'none' | 'sent' } | { readonly tag: 'received'; readonly by: number };

/** Follows the exchanges of a run: each Send is received once at most, and ends once, as its phase allows. */
function follow(phases: Phase[], step: QnxStep): readonly string[] {
  const wrong: string[] = [];
  const send = sendIn(step);
  if (send !== null && phaseOf(phases, send.thread).tag !== 'none') wrong.push(`${processName(send.thread)} sends, and waits for another Send`);
  for (const event of step.events) wrong.push(...endAsDue(phases, step, event));
  for (const [id, { run }] of live(step.after)) {
    const was = phaseOf(phases, id);
    const received = run.tag === 'replying' && (was.tag !== 'received' || was.by !== run.on);
    const relayed = isCall(step, 'Relay') && errorOf(step) === null;
    if (received && was.tag === 'received' && !relayed) wrong.push(`the Send of ${processName(id)} is received again`);
    if (run.tag === 'sending' && was.tag === 'received' && !relayed) wrong.push(`the Send of ${processName(id)} is to be received again`);
    phases[id] = run.tag === 'sending' ? { tag: 'sent' } : run.tag === 'replying' ? { tag: 'received', by: run.on } : { tag: 'none' };
  }
  return wrong;
}

const phaseOf = (phases: readonly Phase[], process: number): Phase => phases[process] ?? { tag: 'none' };

function endAsDue(phases: readonly Phase[], step: QnxStep, event: Event): readonly string[] {
  const phase = phaseOf(phases, event.thread);
  const caller = callerOf(step);
  if (phase.tag === 'none' || event.thread === caller || (event.tag !== 'returned' && event.tag !== 'raised')) return [];
  if (event.tag === 'raised') return ['ESRCH', 'EINTR'].includes(event.error) ? [] : [`the Send of ${processName(event.thread)} ends with ${event.error}`];
  const reply = replyIn(step);
  const replied = reply !== null && phase.tag === 'received' && reply.thread === phase.by
    && clientUnder(step.before, reply.thread, reply.pid) === event.thread;
  const relayed = isCall(step, 'Relay') && phase.tag === 'received' && phase.by === step.call.thread;
  return replied || relayed ? [] : [`the Send of ${processName(event.thread)}, which is ${phase.tag}, returns without a reply`];
}

/** A second receipt of a message whose sender has not sent again. */
const receivedTwice = (step: QnxStep): readonly string[] => {
  const receive = receiveIn(step);
  if (receive === null || errorOf(step) !== null) return [];
  const item = firstFrom(step.before, receive.thread, receive.pid);
  return item?.tag === 'message' && step.before.processes[item.from]!.run.tag !== 'sending' ? [`a message of ${processName(item.from)} is received, and waits for nobody to receive it`] : [];
};

/** A Readmsg gives what lies in the client's memory now, not what was there when it sent. */
function readAsItIs(step: QnxStep): readonly string[] {
  const read = readIn(step);
  const client = read === null ? null : clientUnder(step.before, read.thread, read.pid);
  if (read === null || client === null || errorOf(step) !== null) return [];
  const addresses = laidOut(read.buffer);
  const source = laidOut((step.before.processes[client]!.run as { readonly sent: Sent }).sent.message).slice(read.offset);
  const count = Math.min(addresses.length, source.length);
  if (new Set(addresses).size < addresses.length) return [];
  const now = bytesAt(step.before, client, source.slice(0, count));
  const given = bytesAt(step.after, read.thread, addresses.slice(0, count));
  return same(now, given) ? [] : [`${processName(client)} has [${now.join(' ')}] where its message lies, and [${given.join(' ')}] is read`];
}

/** A client whose message its server has written over. */
const writtenOver = (step: QnxStep): boolean => {
  if (step.call.operation !== 'Writemsg' && step.call.operation !== 'Writemsgmx') return false;
  const client = clientUnder(step.before, step.call.thread, step.call.pid);
  if (client === null || errorOf(step) !== null) return false;
  const message = laidOut((step.before.processes[client]!.run as { readonly sent: Sent }).sent.message);
  return !same(bytesAt(step.before, client, message), bytesAt(step.after, client, message));
};

export const exchangeLaws = {
  'qnx/ids-share-one-space': {
    always: ambiguous,
    step: givenAsDue,
    sometimes: {
      'there are processes and proxies': ({ after }) => after.proxies.some(({ life }) => life === 'live'),
      'a process ended before': ({ after, call }) => call.operation === 'fork' && after.processes.some(({ life }) => life === 'gone'),
      'a process asks for its pid': ({ call }) => call.operation === 'getpid',
    },
  },

  'qnx/process-is-in-one-state': {
    step: seenAsDue,
    sometimes: {
      'a process is set free': (step) => step.events.some(({ thread, tag }) => tag === 'returned' && thread !== callerOf(step)),
      'a process comes to wait': ({ before, after }) => after.processes.some(({ run }, id) => isBlocked(run)
        && before.processes[id]?.run.tag === 'ready'),
      'a process ends while it waits': ({ before, after }) => before.processes.some(({ run, life }, id) => life === 'live' && isBlocked(run) && id > 0
        && after.processes[id]!.life !== 'live'),
    },
  },

  'qnx/message-stays-with-its-sender': {
    step: readAsItIs,
    sometimes: {
      'a message changes while its sender waits': writtenOver,
      'a message is read again': (step) => readIn(step) !== null && errorOf(step) === null,
    },
  },

  'qnx/send-completes-once': {
    step: receivedTwice,
    monitor: monitor({ start: (): Phase[] => [], next: follow }),
    sometimes: {
      'a Send ends with a reply': (step) => replyIn(step) !== null && errorOf(step) === null && step.events.length > 1,
      'a Send ends with an error': (step) => step.events.some(({ thread, tag }) => tag === 'raised' && thread !== callerOf(step)),
      'a client sends again after it was interrupted': (step) =>
        sendIn(step) !== null && step.before.processes[sendIn(step)!.thread]!.actions.includes('catch') && errorOf(step) === null,
      'a message goes to Proc': (step) => sendIn(step) !== null && isProc(ownerOf(step.before, sendIn(step)!.pid)),
    },
  },
} satisfies QnxLaws;

/** Keeps a copy of each message in the kernel, when it is sent. */
const bufferingOffer: typeof mechanisms.offer = (world, from, to, sent) => {
  const kept = addressesOf(sent.message).map((address) => readByte(world.state, from, address));
  return mechanisms.offer(world, from, to, { ...sent, kept } as Sent);
};

const readFromBuffer: typeof operations.Readmsg.step = (world, call) => {
  const client = mechanisms.clientOf(world.state, call.thread, call.pid);
  const verdict = operations.Readmsg.step(world, call);
  if (client === null || verdict.tag !== 'returned') return verdict;
  const { kept } = (world.state.processes[client]!.run as { readonly sent: Sent & { readonly kept?: readonly number[] } }).sent;
  kept?.slice(call.offset, call.offset + verdict.value.count).forEach((byte, at) => writeByte(world.state, call.thread, call.buffer.at + at, byte));
  return verdict;
};

export const exchangeMutants: QnxMutants = {
  'pid-of-a-zombie-is-given-out': {
    rule: 'qnx/ids-share-one-space',
    fault: 'a fork gives the child the pid of its parent\'s last proxy',
    operations: {
      fork: {
        ...operations.fork,
        step: (world, call) => {
          const verdict = operations.fork.step(world, call);
          const proxy = world.state.proxies.findLast(({ life }) => life === 'live');
          if (verdict.tag !== 'returned' || proxy === undefined) return verdict;
          change(world.state.processes[call.child]!).pid = proxy.pid;
          return returned({ pid: proxy.pid });
        },
      },
    },
  },
  'proxies-count-by-themselves': {
    rule: 'qnx/ids-share-one-space',
    fault: 'proxies are numbered by themselves, from 2 on',
    operations: {
      qnx_proxy_attach: {
        ...operations.qnx_proxy_attach,
        step: (world, call) => {
          const verdict = operations.qnx_proxy_attach.step(world, call);
          if (verdict.tag !== 'returned') return verdict;
          const pid = world.state.proxies.length + 1 as never;
          change(world.state.proxies.at(-1)!).pid = pid;
          return returned({ proxy: pid });
        },
      },
    },
  },
  'fork-tells-another-pid': {
    rule: 'qnx/ids-share-one-space',
    fault: 'fork gives the parent another pid than the child has',
    operations: {
      fork: {
        ...operations.fork,
        step: (world, call) => {
          const verdict = operations.fork.step(world, call);
          return verdict.tag === 'returned' ? returned({ pid: newPid(world) }) : verdict;
        },
      },
    },
  },
  'getpid-gives-the-parent': {
    rule: 'qnx/ids-share-one-space',
    fault: 'a child is told its parent\'s pid for its own',
    operations: {
      getpid: {
        ...operations.getpid,
        step: (world, call) => {
          const verdict = operations.getpid.step(world, call);
          return verdict.tag === 'returned' ? returned({ ...verdict.value, pid: verdict.value.parent }) : verdict;
        },
      },
    },
  },
  'answer-comes-twice': {
    rule: 'qnx/process-is-in-one-state',
    fault: 'a process that is set free has its answer twice',
    settle: (world: Qnx) => {
      const free = world.state.processes.flatMap(({ run, life, held }, id) =>
        (life === 'live' && !held && run.tag === 'answered' ? [id as ProcessId] : []));
      const kept = free.map((id) => world.state.processes[id]!.run);
      settle(world);
      free.forEach((id, at) => { change(world.state.processes[id]!).run = kept[at]!; });
      settle(world);
    },
  },
  'death-is-not-seen': {
    rule: 'qnx/process-is-in-one-state',
    fault: 'the end of a process by a signal is not seen',
    settle: (world: Qnx) => {
      world.state.processes.forEach(({ ending }, id) => { if (ending) change(world.state.processes[id]!).ending = false; });
      settle(world);
    },
  },
  'answer-is-not-given': {
    rule: 'qnx/process-is-in-one-state',
    fault: 'a process whose reply is empty is set free without being answered',
    settle: (world: Qnx) => {
      world.state.processes.forEach(({ run, held }, id) => {
        if (!held && run.tag === 'answered' && run.answer.tag === 'replied'
          && run.answer.reply.every(({ length }) => length === 0)) change(world.state.processes[id]!).run = { tag: 'ready' };
      });
      settle(world);
    },
  },
  'kernel-keeps-messages': {
    rule: 'qnx/message-stays-with-its-sender',
    fault: 'the kernel keeps a copy of a message from when it was sent, and Readmsg reads from that',
    mechanisms: { offer: bufferingOffer },
    operations: { Readmsg: { ...operations.Readmsg, step: readFromBuffer } },
  },
  'readmsg-reads-the-reply-buffer': {
    rule: 'qnx/message-stays-with-its-sender',
    fault: 'Readmsg reads from the reply buffer of the client',
    operations: {
      Readmsg: {
        ...operations.Readmsg,
        step: (world, call) => {
          const client = mechanisms.clientOf(world.state, call.thread, call.pid);
          if (client === null) return operations.Readmsg.step(world, call);
          const process = change(world.state.processes[client]!);
          const { run } = process;
          if (run.tag !== 'replying') return operations.Readmsg.step(world, call);
          process.run = { ...run, sent: { ...run.sent, message: run.sent.reply } };
          const verdict = operations.Readmsg.step(world, call);
          process.run = run;
          return verdict;
        },
      },
    },
  },
  'reply-to-the-receiver-of-another': {
    rule: 'qnx/send-completes-once',
    fault: 'a Reply by one who has not received the message ends the Send',
    mechanisms: {
      clientOf: (state, server, pid) => {
        const client = mechanisms.clientOf(state, server, pid);
        const other = state.processes.findIndex(({ pid: own, run, life }) => own === pid && life === 'live' && run.tag === 'replying');
        return client ?? (other < 0 ? null : other as ProcessId);
      },
    },
  },
  'received-message-can-be-received-again': {
    rule: 'qnx/send-completes-once',
    fault: 'a message that was received stands at the end of the queue again',
    mechanisms: {
      remove: (world, receiver, item) => {
        mechanisms.remove(world, receiver, item);
        const process = change(world.state.processes[receiver]!);
        if (item.tag === 'message') process.queue = [...process.queue, item];
      },
    },
  },
  'receipt-ends-the-send': {
    rule: 'qnx/send-completes-once',
    fault: 'the Send of a client returns when its message is received',
    mechanisms: {
      remove: (world, receiver, item) => {
        mechanisms.remove(world, receiver, item);
        if (item.tag === 'message') mechanisms.wake(world, item.from, { tag: 'replied', reply: [] });
      },
    },
  },
};

