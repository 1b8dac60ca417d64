import type { ReceivedItem, SentMessage, ThreadId } from '#spec/mach/vocabulary';
import type { Carried, Item, MachState, PortId, Run } from '#model/mach/state';
import { callerEvent, isLive, messageBySerial, portName, threadName } from '#properties/mach/facts';
import { dequeuesIn } from '#properties/mach/laws/dequeues';
import { expectedSend, refusalsOf } from '#properties/mach/laws/expected-send';
import { isPlain, misnamed } from '#properties/mach/laws/expected-spaces';
import { same, stray, type Change } from '#properties/mach/laws/frame';
import { denotedThread } from '#properties/mach/laws/ledger';
import {
  countAt, denotes, expectedOf, givenBackIn, sendEnd, sendsIn, type GivenBack,
} from '#properties/mach/laws/message-steps';
import { cancelsBadly, sendDue } from '#properties/mach/laws/send-due';
import { roomFor } from '#properties/mach/laws/send-room';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

type Sending = Extract<Run, { tag: 'sending' }>;

const backBy = (step: MachStep, error: string): readonly GivenBack[] => givenBackIn(step).filter((back) => back.error === error);

/** What a sender finds in its returned message, held against what it had sent: the header is not turned round. */
function alteredContents({ after }: MachStep, { thread, task, message, source }: GivenBack): readonly string[] {
  const { remote, local, body, sequence } = message;
  const who = threadName(thread);
  const destination: Carried = { tag: 'right', ...source.destination };
  const names = body.flatMap((item) => (item.tag === 'rights' && item.kind === 'send-once' ? item.names : []));
  if (source.destination.kind === 'send-once') names.push(remote.name);
  if (source.reply.kind === 'send-once') names.push(local.name);
  const own = names.filter((name) => name > 0);
  return [
    ...(remote.kind === source.destination.kind && local.kind === source.reply.kind ? []
      : [`${who} gets its header back as ${remote.kind} and ${local.kind}`]),
    ...(denotes(after, task, remote.name, destination) ? [] : [`${who} does not get its destination right back`]),
    ...(denotes(after, task, local.name, source.reply) ? [] : [`${who} does not get its reply right back`]),
    ...(['id', 'size', 'complex'] as const).filter((field) => message[field] !== source[field])
      .map((field) => `${who} gets its message back with another ${field}`),
    ...(sequence === 0 ? [] : [`${who} finds a sequence number in a message that was never queued`]),
    ...(body.length === source.body.length && source.body.every((item, at) => isReturned(after, task, item, body[at]!)) ? []
      : [`${who} gets other items back than it sent`]),
    ...(new Set(own).size === own.length ? [] : [`${who} gets two send-once rights back under one name`]),
  ];
}

function isReturned(after: MachState, task: GivenBack['task'], sent: Item, found: ReceivedItem): boolean {
  // Where memory goes, and what it holds then, is for the laws of memory.
  if (sent.tag === 'region') return found.tag === 'region';
  if (sent.tag !== 'rights') return same(sent, found);
  return found.tag === 'rights' && found.kind === sent.kind && found.long === sent.long && found.names.length === sent.rights.length
    && sent.rights.every((right, at) => denotes(after, task, found.names[at]!, right));
}

/** What the rights that a send took leave behind at their ports, whether or not the message comes back. */
function unsettled(step: MachStep): readonly string[] {
  const expected = expectedOf(step);
  if (expected === null || sendEnd(step) !== 'given back' || !isPlain(step)) return [];
  const settings = new Map<PortId, { makeSend: number; moved: boolean }>();
  for (const { port, disposition } of expected.space.takings) {
    const known = settings.get(port) ?? { makeSend: step.before.ports[port]!.makeSend, moved: false };
    if (disposition === 'make-send') settings.set(port, { ...known, makeSend: known.makeSend + 1 });
    if (disposition === 'move-receive') settings.set(port, { makeSend: 0, moved: true });
  }
  const most = step.before.limits.makeSend;
  const isQuiet = dequeuesIn(step).length === 0;
  return [...settings].flatMap(([port, { makeSend, moved }]) => {
    const { makeSend: now, sequence, set } = step.after.ports[port]!;
    return [
      ...(now === makeSend || makeSend > most ? [] : [`the make-send count of ${portName(port)} is ${now} instead of ${makeSend}`]),
      ...(moved && isQuiet && (sequence !== 0 || set !== null) ? [`${portName(port)} came back with its number or its set`] : []),
    ];
  });
}

/** A returned message as its sender would send it again: everything in it is moved. */
function again({ message }: GivenBack): SentMessage | null {
  const { id, remote, local, complex, size, body } = message;
  const moves = (kind: 'receive' | 'send' | 'send-once') => `move-${kind}` as const;
  if (remote.kind === null || local.kind === 'receive' || body.some(({ tag }) => tag !== 'rights' && tag !== 'data')) return null;
  return {
    id, size, complex,
    remote: { name: remote.name, disposition: moves(remote.kind) },
    local: { name: local.name, disposition: local.kind === null ? null : moves(local.kind) },
    body: body.map((item) => (item.tag === 'rights'
      ? { tag: 'rights', disposition: moves(item.kind), names: item.names, bits: 32, long: item.long, deallocate: false }
      : { ...item, deallocate: false })) as SentMessage['body'],
  };
}

/** Whether a returned message could be sent again as it is, with the very same rights in it. */
function isBalanced({ after }: MachStep, back: GivenBack): boolean {
  const send = again(back);
  const { thread, source } = back;
  const ceiling = after.limits.references - 1;
  const names = after.tasks[back.task]!.names;
  if (send === null || !isLive(after, source.destination.port)) return true;
  if (names.some((entry) => entry?.tag === 'port' && entry.sends >= ceiling)) return true;
  if (refusalsOf(after, { thread, options: [], notify: 0 as never, send }).length > 0) return false;
  const { error, message } = expectedSend(after, thread, send);
  const alike = (was: Carried, is: Carried) => same(was, is) || (was.tag === 'right' && !isLive(after, was.port) && is.tag === 'dead');
  return error === null && same(message.destination, source.destination) && alike(source.reply, message.reply)
    && source.body.every((item, at) => {
      const other = message.body[at];
      return item.tag !== 'rights' || (other?.tag === 'rights' && item.rights.every((right, place) => alike(right, other.rights[place]!)));
    });
}

/** A request on the destination name, or on any other that the send freed, does not come back with the right. */
const disposed = (step: MachStep, disposition: string) => sendEnd(step) === 'given back'
  && expectedOf(step)!.space.takings.some((taking) => taking.disposition === disposition);

/** The blocked sender whose time ends in a step, if it has not been woken. */
function senderTimedOut({ before, call }: MachStep): { thread: ThreadId; run: Sending } | null {
  if (call.operation !== 'timeout') return null;
  const { run } = before.threads[call.waiting]!;
  return run.tag === 'sending' ? { thread: call.waiting, run } : null;
}

/** The sender that a step aborts: blocked, or woken but kept from running. */
export function senderAborted(step: MachStep): { thread: ThreadId; run: Sending } | null {
  const thread = step.call.operation === 'thread_abort' && callerEvent(step)?.tag === 'returned' ? denotedThread(step) : null;
  const run = thread === null ? null : step.before.threads[thread]!.run;
  return run?.tag === 'sending' ? { thread: thread!, run } : null;
}

const runs = ({ before }: MachStep, thread: ThreadId): boolean => {
  const { suspends, task, life } = before.threads[thread]!;
  return life === 'live' && suspends === 0 && before.tasks[task]!.suspends === 0;
};

/** Whether a woken sender still finds the room it was woken for: a newcomer may have taken it. */
const hasRoomNow = ({ before }: MachStep, { to }: Sending): boolean =>
  !isLive(before, to) || countAt(before, to) < before.ports[to]!.queueLimit;

/** Whether a thread may have been told that a wait of its is over, by time or by interruption. */
function mayEndBy(step: MachStep, { thread, error }: GivenBack): boolean {
  const { run } = step.before.threads[thread]!;
  if (run.tag !== 'sending') return true;
  if (error === 'MACH_SEND_TIMED_OUT') return run.timed && (senderTimedOut(step)?.thread === thread || run.broken === 'timed-out');
  if (error === 'MACH_SEND_INTERRUPTED') {
    const isAborted = senderAborted(step)?.thread === thread;
    return run.woken ? isAborted && !hasRoomNow(step, run) : isAborted || run.broken === 'interrupted';
  }
  return run.notify !== null;
}

/** What a message that comes back may change: names of its sender, what ports count, and the line it stood in. */
function partOfComingBack(step: MachStep, change: Change): boolean {
  const backs = givenBackIn(step);
  const expected = expectedOf(step);
  const told = (port: PortId) => expected?.space.deleted.some(({ notify }) => notify === port) === true;
  const moved = (port: PortId) => expected?.space.takings.some((taking) => taking.port === port && taking.disposition === 'move-receive') === true;
  switch (change.what) {
    case 'name': return backs.some(({ task }) => task === change.task);
    case 'thread': return backs.some(({ thread }) => thread === change.thread) || step.before.threads[change.thread]!.run.tag === 'receiving';
    case 'set': return true;
    case 'task': return false;
    case 'port': switch (change.field) {
      case 'sendRights': case 'sendOnceRights': case 'makeSend': return true;
      case 'queue': case 'noSenders': return told(change.port);
      case 'senders': return backs.some(({ source }) => source.destination.port === change.port);
      case 'set': return moved(change.port);
      case 'sequence': case 'receivers': return moved(change.port) || told(change.port);
      default: return false;
    }
  }
}

/** Nothing but the returning of one message happened in a step. */
const isQuiet = (step: MachStep): boolean => isPlain(step) && givenBackIn(step).length === 1
  && step.events.every(({ thread }) => thread === givenBackIn(step)[0]!.thread || ('thread' in step.call && thread === step.call.thread));

export const unsentMessageLaws = {
  'mach/timed-out-send-gives-contents-back': {
    step: (step) => {
      const due = sendDue(step);
      const end = sendEnd(step);
      const event = callerEvent(step);
      const mustPoll = due?.tag === 'given back' && same(due.errors, ['MACH_SEND_TIMED_OUT']);
      const isTimedOut = event?.tag === 'raised' && event.error === 'MACH_SEND_TIMED_OUT';
      const late = senderTimedOut(step);
      const full = late !== null && countAt(step.before, late.run.to) >= step.before.ports[late.run.to]!.queueLimit
        && step.before.ports[late.run.to]!.queueLimit > 0;
      const mustEnd = late !== null && full && late.run.notify === null && !late.run.woken && runs(step, late.thread);
      const ended = late === null ? undefined : backBy(step, 'MACH_SEND_TIMED_OUT').find(({ thread }) => thread === late.thread);
      return [
        ...(mustPoll && !(isTimedOut && end === 'given back') ? [`a send that only tests for room is ${end}`] : []),
        ...(isTimedOut && sendsIn(step) !== null && due !== null && !mustPoll ? [`a send times out that should be ${due.tag}`] : []),
        ...(due?.tag === 'waiting' && end !== 'waiting' ? [`a send that may wait is ${end}`] : []),
        ...(mustEnd && ended === undefined ? [`${threadName(late.thread)} goes on waiting although its time is over`] : []),
        ...backBy(step, 'MACH_SEND_TIMED_OUT').filter((back) => !mayEndBy(step, back))
          .map(({ thread }) => `${threadName(thread)} times out, and its time is not over`),
        ...backBy(step, 'MACH_SEND_TIMED_OUT').flatMap((back) => alteredContents(step, back)),
      ];
    },
    sometimes: {
      'a send tests for room and finds none': (step) => sendsIn(step) !== null && backBy(step, 'MACH_SEND_TIMED_OUT').length > 0,
      'the time of a blocked sender is over': (step) => senderTimedOut(step) !== null && backBy(step, 'MACH_SEND_TIMED_OUT').length > 0,
      'a time of 0 without the option waits': (step) => sendDue(step)?.tag === 'waiting' && sendsIn(step)!.timeout === 0,
    },
  },

  'mach/pseudo-receive-returns-contents': {
    step: (step) => givenBackIn(step).flatMap((back) => alteredContents(step, back)),
    sometimes: {
      'a reply right comes back': (step) => givenBackIn(step).some(({ source }) => source.reply.tag === 'right'),
      'rights in a body come back': (step) => givenBackIn(step).some(({ source }) =>
        source.body.some((item) => item.tag === 'rights' && item.rights.some(({ tag }) => tag === 'right'))),
      'a right comes back under another name': (step) => sendEnd(step) === 'given back'
        && givenBackIn(step).some(({ message }) => message.remote.name !== sendsIn(step)!.send.remote.name),
      'data come back': (step) => givenBackIn(step).some(({ source }) => source.body.some(({ tag }) => tag === 'data')),
    },
  },

  'mach/pseudo-receive-keeps-copy-in-effects': {
    step: (step) => (givenBackIn(step).length === 0 ? [] : [
      ...misnamed(step),
      ...unsettled(step),
      ...givenBackIn(step).filter((back) => !isBalanced(step, back))
        .map(({ thread }) => `${threadName(thread)} could not send again what it got back`),
    ]),
    sometimes: Object.fromEntries((['copy-send', 'make-send', 'move-send', 'make-send-once', 'move-receive'] as const).map((disposition) => [
      `a message with a right by ${disposition} comes back`, (step: MachStep) => disposed(step, disposition),
    ])),
  },

  'mach/interrupted-send-gives-contents-back': {
    step: (step) => {
      const aborted = senderAborted(step);
      const back = aborted === null ? undefined : givenBackIn(step).find(({ thread }) => thread === aborted.thread);
      const mustEnd = aborted !== null && !aborted.run.woken && aborted.run.broken === null && isLive(step.before, aborted.run.to);
      const told = step.events.some(({ thread }) => thread === aborted?.thread);
      return [
        ...(mustEnd && back?.error !== 'MACH_SEND_INTERRUPTED' ? [`${threadName(aborted.thread)} was aborted, and its message does not come back`] : []),
        ...(mustEnd && told !== runs(step, aborted.thread) ? [`${threadName(aborted.thread)} is ${told ? '' : 'not '}told of its interruption`] : []),
        ...(mustEnd && isPlain(step) ? misnamed(step) : []),
        ...backBy(step, 'MACH_SEND_INTERRUPTED').filter((other) => !mayEndBy(step, other))
          .map(({ thread }) => `${threadName(thread)} is interrupted, and nobody aborted it`),
        ...backBy(step, 'MACH_SEND_INTERRUPTED').flatMap((other) => alteredContents(step, other)),
        ...(back !== undefined && isQuiet(step) ? stray(step, (change) => partOfComingBack(step, change)) : []),
      ];
    },
    sometimes: {
      'a blocked sender is aborted': (step) => senderAborted(step) !== null && backBy(step, 'MACH_SEND_INTERRUPTED').length > 0,
      'a suspended sender is aborted': (step) => senderAborted(step)?.run.woken === false && !runs(step, senderAborted(step)!.thread),
    },
  },

  'mach/abort-spares-a-woken-sender': {
    step: (step) => {
      const aborted = senderAborted(step);
      if (aborted === null) return [];
      const { thread, run } = aborted;
      const back = givenBackIn(step).find((other) => other.thread === thread);
      if (run.woken && hasRoomNow(step, run)) {
        const isSent = back === undefined && step.after.threads[thread]!.run.tag !== 'sending';
        return isSent ? [] : [`${threadName(thread)} had been woken, and an abort keeps it from sending`];
      }
      if (run.broken === 'timed-out' || run.woken) return [];
      return back?.message.remote.kind === run.message.destination.kind ? [] : [`${threadName(thread)} does not find a moved right in its header`];
    },
    sometimes: {
      'a woken sender is aborted': (step) => senderAborted(step)?.run.woken === true,
      'a blocked sender is aborted': (step) => senderAborted(step)?.run.woken === false,
      'a woken sender sends when it runs': ({ before, after, call }) => (call.operation === 'thread_resume' || call.operation === 'task_resume')
        && before.threads.some(({ run }, thread) => run.tag === 'sending' && run.woken && isLive(before, run.to) && after.threads[thread]!.run.tag !== 'sending'),
    },
  },

  'mach/unqueued-message-comes-back': {
    step: (step) => givenBackIn(step).flatMap((back) => {
      const { thread, source, error } = back;
      const kept = source.serial >= 0 && messageBySerial(step.after, source.serial) !== null;
      const port = source.destination.port;
      const room = sendEnd(step) === 'given back' && roomFor(step)?.verdict === 'proceeds';
      const stays = step.after.ports[port]!.senders.includes(thread) || step.after.threads[thread]!.run.tag === 'sending';
      return [
        ...(kept ? [`message ${source.serial} came back to ${threadName(thread)}, and is still on its way`] : []),
        ...(stays ? [`${threadName(thread)} has its message, and still waits for room`] : []),
        ...(room ? [`${threadName(thread)} gets ${error} although there is room at ${portName(port)}`] : []),
        ...(mayEndBy(step, back) ? [] : [`${threadName(thread)} gets ${error} for nothing`]),
        ...misnamed(step),
        ...(isQuiet(step) ? stray(step, (change) => partOfComingBack(step, change)) : []),
      ];
    }),
    sometimes: Object.fromEntries((['TIMED_OUT', 'INTERRUPTED', 'NOTIFY_IN_PROGRESS'] as const).map((error) => [
      `a message comes back with MACH_SEND_${error}`, (step: MachStep) => backBy(step, `MACH_SEND_${error}`).length > 0,
    ])),
  },

  'mach/bad-notify-port-refuses-the-send': {
    on: ['mach_msg', 'timeout', 'thread_resume', 'task_resume'],
    step: (step) => {
      const event = callerEvent(step);
      const isRaised = sendsIn(step) !== null && event?.tag === 'raised' && event.error === 'MACH_SEND_INVALID_NOTIFY';
      const due = sendDue(step);
      const must = due?.tag === 'given back' && same(due.errors, ['MACH_SEND_INVALID_NOTIFY']);
      const may = cancelsBadly(step) || (due?.tag === 'given back' && due.errors.includes('MACH_SEND_INVALID_NOTIFY'));
      const isRefusal = isRaised && event.value === undefined;
      const first = sendsIn(step) === null ? undefined : refusalsOf(step.before, sendsIn(step)!)[0];
      return [
        ...(isRaised && due !== null && !may ? ['a good notify port is refused'] : []),
        ...(first === 'MACH_SEND_INVALID_NOTIFY' && !isRefusal ? ['a send goes on with a bad notify port to cancel for'] : []),
        ...(must && !(isRaised && event.value !== undefined) ? ['a message is forced, and there is nobody to be told'] : []),
        ...(isRefusal ? stray(step) : []),
        ...backBy(step, 'MACH_SEND_INVALID_NOTIFY').flatMap((back) => [...alteredContents(step, back), ...misnamed(step)]),
      ];
    },
    sometimes: {
      'a bad notify port is given to cancel for': (step) => cancelsBadly(step) && sendEnd(step) === 'refused',
      'a message comes back for want of a notify port': (step) => backBy(step, 'MACH_SEND_INVALID_NOTIFY').length > 0,
    },
  },
} satisfies MachLaws;

export { runs, senderTimedOut };
