import type { Name, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { MachState, Message, PortId, Run } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { entryAt, holderOf, isLive, messageBySerial, portName, threadName } from '#properties/mach/facts';
import { dequeuesIn, leaversOf, sendOnceNotices } from '#properties/mach/laws/dequeues';
import { survivingRights } from '#properties/mach/laws/destroyed-messages';
import { isPlain, misnamed } from '#properties/mach/laws/expected-spaces';
import { same } from '#properties/mach/laws/frame';
import { endings, expectedOf, givenBackIn, isCircularSend, sendEnd, sentMessage, takenIn } from '#properties/mach/laws/message-steps';
import { receiveDue } from '#properties/mach/laws/receive-due';
import { fates, servedFrom } from '#properties/mach/laws/receiver-waits';
import { roomFor } from '#properties/mach/laws/send-room';
import { runs, senderAborted } from '#properties/mach/laws/unsent-messages';
import type { MachLaws, MachStep } from '#properties/mach/obligation';
import { monitor } from '#properties/obligation';

type Handed = Extract<Run, { tag: 'handed' }>;

const held = (state: MachState): readonly { thread: ThreadId; task: TaskId; run: Handed }[] => state.threads.flatMap(({ run, task, life }, thread) =>
  (life === 'live' && run.tag === 'handed' ? [{ thread: thread as ThreadId, task, run }] : []));

/** What happened to messages that threads held, and had not taken out, when a step began. */
function heldFaults(step: MachStep): readonly string[] {
  return held(step.before).flatMap(({ thread, run }) => {
    const now = step.after.threads[thread]!;
    const { serial } = run.message;
    const stays = now.run.tag === 'handed' && now.run.message.serial === serial;
    if (now.life === 'dead') return messageBySerial(step.after, serial) === null ? [] : [`message ${serial} outlives the thread that held it`];
    if (stays) return same({ ...run, message: null }, { ...now.run, message: null }) ? [] : [`what ${threadName(thread)} holds has changed`];
    return takenIn(step).some((taken) => taken.thread === thread) ? [] : [`${threadName(thread)} held message ${serial}, and never gets it`];
  });
}

/** Senders that a mere hand-over lets go: room is made only when the message is taken out. */
const wokenTooEarly = (step: MachStep): readonly string[] => (!isPlain(step) || step.call.operation !== 'mach_msg' ? [] : dequeuesIn(step).flatMap(({ port, pending }, _, all) => {
  const others = all.some((other) => other.port === port && !other.pending) || takenIn(step).some(({ source }) => source?.destination.port === port);
  return pending && !others && leaversOf(step, port).length > 0 ? [`handing a message over makes room at ${portName(port)}`] : [];
}));

/** The local port that a thread should find in a message it held, as the port is now. */
function localDue({ before }: MachStep, task: TaskId, { destination }: Message): Name {
  if (!isLive(before, destination.port)) return -1 as Name;
  const holder = holderOf(before, destination.port);
  return holder?.task === task ? holder.name : 0 as Name;
}

/** Messages that one thread alone took out of its hands in a step. */
const takenFromHands = (step: MachStep) => {
  const all = takenIn(step);
  return all.length === 1 && all[0]!.handed && all[0]!.source !== null ? all.map((taken) => ({ ...taken, source: taken.source! })) : [];
};

/** Each thread's messages to each port, by the last that was received. */
function outOfTurn(last: Map<string, number>, step: MachStep): readonly string[] {
  return dequeuedMessages(step).flatMap(({ sender, serial, destination }) => {
    const line = `${sender}:${destination.port}`;
    const before = last.get(line) ?? -1;
    last.set(line, Math.max(before, serial));
    return serial < before ? [`message ${serial} of ${threadName(sender as ThreadId)} comes after ${before} at ${portName(destination.port)}`] : [];
  });
}

/** What threads had sent and a step took out of queues, in the order in which it was numbered. */
const dequeuedMessages = (step: MachStep): readonly Message[] => [
  ...takenIn(step).flatMap(({ source, handed, header: { sequence } }) =>
    (source === null || handed || source.serial < 0 || source.sender < 0 ? [] : [{ message: source, sequence }])),
  ...step.after.threads.flatMap(({ run }, id) => {
    const was = step.before.threads[id]?.run;
    if (run.tag !== 'handed' || run.message.sender < 0) return [];
    return was?.tag === 'handed' && was.message.serial === run.message.serial ? [] : [{ message: run.message, sequence: run.sequence }];
  }),
].sort((a, b) => a.sequence - b.sequence).map(({ message }) => message);

/** The line that a waiting receiver stood in, and was served from. */
const lineOf = ({ before }: MachStep, { from }: Extract<Run, { tag: 'receiving' }>): readonly ThreadId[] =>
  (from.tag === 'port' ? before.ports[from.port]! : before.sets[from.set]!).receivers;

/** Waiting receivers that were served in a step where a single message came for them. */
const servedInLine = (step: MachStep) => fates(step).filter(({ served, told }) => served && told === null);

const mostRecent = (step: MachStep): boolean => servedInLine(step).some(({ thread, run }) =>
  lineOf(step, run).length > 1 && lineOf(step, run).at(-1) === thread);

/** Threads whose wait had been ended by time before a step, while they could not run. Who was woken after that begins anew. */
const overdue = (step: MachStep) => step.before.threads.flatMap(({ run, life }, id) =>
  (life === 'live' && (run.tag === 'receiving' || run.tag === 'sending') && run.broken === 'timed-out' && !(run.tag === 'sending' && run.woken)
    ? [{ thread: id as ThreadId, run }] : []));

/** Messages that came back to their senders, and went on their way as well; or neither. */
const bothOrNeither = (step: MachStep): readonly string[] => givenBackIn(step).flatMap(({ thread, source }) =>
  (source.serial >= 0 && messageBySerial(step.after, source.serial) !== null ? [`the send of ${threadName(thread)} is both done and undone`] : []));

/** The receiver that a step aborts, if it holds a message. */
const holderAborted = (step: MachStep) => {
  const { call } = step;
  return call.operation !== 'thread_abort' || call.target.tag !== 'identity' ? undefined
    : held(step.before).find(({ thread }) => thread === (call.target as { identity: ThreadId }).identity);
};

export const openDeliveryLaws = {
  'mach/waiting-receiver-is-served-in-two-steps': {
    step: (step) => [
      ...heldFaults(step), ...wokenTooEarly(step),
      ...(held(step.after).length > 0 && step.call.operation === 'mach_msg' ? misnamed(step) : []),
    ],
    sometimes: {
      'a message is handed to a receiver that cannot run': ({ before, after }) => held(after).length > held(before).length,
      'it is taken out when its receiver runs': (step) => takenIn(step).some(({ handed, thread }) => handed && runs({ ...step, before: step.after }, thread)),
      'a receiver that holds one is aborted': (step) => holderAborted(step) !== undefined,
      'a receiver that holds one is killed': ({ before, after }) => held(before).some(({ thread }) => after.threads[thread]!.life === 'dead'),
      'a message in the hands of a thread fills the queue': (step) => roomFor(step)?.verdict === 'waits'
        && step.before.ports[roomFor(step)!.port]!.queue.length < roomFor(step)!.limit,
    },
  },

  'mach/lost-right-shows-in-the-local-port': {
    step: (step) => takenFromHands(step).flatMap(({ thread, task, header, source, error }) => {
      const due = localDue(step, task, source);
      const { port, kind } = source.destination;
      const untold = due === 0 && kind === 'send-once' && isLive(step.after, port) && sendOnceNotices(step, port) === 0;
      return [
        ...(header.local.name === due ? [] : [`${threadName(thread)} finds n${header.local.name} as its local port instead of n${due}`]),
        ...(untold ? [`the new holder of ${portName(port)} is not told of a send-once right that came too late`] : []),
        ...(error === null && due <= 0 && holderOf(step.before, port) === null && !isLive(step.before, port) ? survivingRights(step, { reply: { tag: 'null', kind: null }, body: [] }) : []),
      ];
    }),
    sometimes: {
      'the right was destroyed meanwhile': (step) => takenFromHands(step).some(({ header }) => header.local.name === -1),
      'the right was moved meanwhile': (step) => takenFromHands(step).some(({ header }) => header.local.name === 0),
      'the right was renamed meanwhile': (step) => takenFromHands(step).some(({ header, wanted }) => header.local.name > 0 && header.local.name !== wanted.name
        && entryAt(step.before, step.before.threads[takenFromHands(step)[0]!.thread]!.task, wanted.name)?.tag !== 'set'),
    },
  },

  'mach/any-blocked-receiver-may-be-served': {
    step: (step) => servedInLine(step).flatMap(({ thread, run }) => {
      const line = lineOf(step, run);
      const others = line.filter((other) => servedInLine(step).some((fate) => fate.thread === other)).length;
      const isEarlier = step.before.variant === 'gnumach' && isPlain(step) && step.call.operation === 'mach_msg' && others === 1
        && line.slice(line.indexOf(thread) + 1).some((other) => !fates(step).some((fate) => fate.thread === other && fate.told !== null));
      return [
        ...(line.includes(thread) ? [] : [`${threadName(thread)} is served, and did not stand in line`]),
        ...(isEarlier ? [`${threadName(thread)} is served before one that came later`] : []),
      ];
    }),
    sometimes: {
      'one of several is served': (step) => servedInLine(step).some(({ run }) => lineOf(step, run).length > 1),
      'the one that came last is served': mostRecent,
    },
  },

  'mach/any-blocked-sender-may-go-next': {
    step: ({ before, after }) => before.threads.flatMap(({ run }, id) => {
      const now = after.threads[id]!;
      if (run.tag !== 'sending' || now.life === 'dead' || now.run.tag !== 'sending' || !isLive(after, run.to)) return [];
      const kept = now.run.message.serial === run.message.serial && now.run.to === run.to;
      const times = after.ports[run.to]!.senders.filter((thread) => thread === id).length;
      return [
        ...(kept ? [] : [`${threadName(id as ThreadId)} waits with another message`]),
        ...(times === (now.run.woken ? 0 : 1) ? [] : [`${threadName(id as ThreadId)} stands ${times} times in line at ${portName(run.to)}`]),
      ];
    }),
    sometimes: {
      'one of several goes on': (step) => step.before.ports.some(({ senders, life }, port) => life === 'live' && isLive(step.after, port as PortId)
        && senders.length > 1 && leaversOf(step, port as PortId).length === 1),
      'the one that came last goes on': (step) => step.before.ports.some(({ senders, life }, port) => life === 'live' && isLive(step.after, port as PortId)
        && senders.length > 1 && leaversOf(step, port as PortId).length === 1 && leaversOf(step, port as PortId)[0] === senders.at(-1)),
      'a newcomer takes the room': (step) => sendEnd(step) === 'sent' && roomFor(step) !== null
        && step.before.threads.some(({ run }) => run.tag === 'sending' && run.woken && run.to === roomFor(step)!.port),
    },
  },

  'mach/any-busy-member-may-be-served': {
    step: (step) => {
      const due = receiveDue(step);
      const { call } = step;
      const taken = call.operation === 'mach_msg' ? takenIn(step).find(({ thread }) => thread === call.thread) : undefined;
      if (due?.tag !== 'some' || taken === undefined) return [];
      return due.heads.some((head) => head.serial === taken.source?.serial) ? [] : ['a message is received that is the first of no member'];
    },
    sometimes: {
      'one of several members is served': (step) => servedFrom(step) !== null,
      'the last member is served, once the others are empty': (step) => receiveDue(step)?.tag === 'some' && servedFrom(step) === null
        && takenIn(step).some(({ source }) => source !== null && step.before.ports[source.destination.port]!.set !== null),
    },
  },

  'mach/separate-senders-may-interleave': {
    monitor: monitor<MachState, MachCall, Map<string, number>>({ start: () => new Map(), next: outOfTurn }),
    sometimes: {
      'threads have messages in one queue': ({ after }) => after.ports.some(({ queue }) => new Set(queue.map(({ sender }) => sender)).size > 1),
      'one thread has messages in two queues': ({ after }) => after.ports.some(({ queue }, id) => queue.some(({ sender }) => sender >= 0
        && after.ports.some((other, port) => port !== id && other.queue.some((message) => message.sender === sender)))),
    },
  },

  'mach/timeout-may-tie-with-delivery': {
    step: (step) => overdue(step).flatMap(({ thread, run }) => {
      const end = endings(step).find((event) => event.thread === thread);
      const late = end?.tag === 'raised' && end.error.endsWith('TIMED_OUT');
      const got = takenIn(step).some((taken) => taken.thread === thread);
      const sent = run.tag === 'sending' && messageBySerial(step.after, run.message.serial) !== null && step.after.threads[thread]!.run.tag !== 'sending';
      const resumed = runs({ ...step, before: step.after }, thread);
      const now = step.after.threads[thread]!.run;
      const waits = resumed && end === undefined && now.tag === run.tag && !(now.tag === 'sending' && now.woken);
      return [
        ...(late && (got || (sent && end.error.startsWith('MACH_SEND'))) ? [`${threadName(thread)} is out of time, and its call is done`] : []),
        ...(waits ? [`${threadName(thread)} goes on waiting though its time is over`] : []),
      ];
    }),
    sometimes: {
      'time wins': (step) => overdue(step).some(({ thread }) => endings(step).some((event) =>
        event.thread === thread && event.tag === 'raised' && event.error.endsWith('TIMED_OUT'))),
      'the message wins': (step) => overdue(step).some(({ thread }) => step.after.threads[thread]!.run.tag === 'handed'),
    },
  },

  'mach/abort-may-race-with-completion': {
    on: ['thread_abort'],
    step: (step) => {
      const holder = holderAborted(step);
      const taken = takenIn(step).find(({ thread }) => thread === holder?.thread);
      const end = endings(step).find(({ thread }) => thread === holder?.thread);
      return [
        ...bothOrNeither(step),
        ...(holder !== undefined && taken === undefined ? [`${threadName(holder.thread)} had its message, and an abort took it away`] : []),
        ...(end?.tag === 'raised' && end.error === 'MACH_RCV_INTERRUPTED' ? [`${threadName(holder!.thread)} is interrupted with a message in its hands`] : []),
      ];
    },
    sometimes: {
      'the receipt is done': (step) => holderAborted(step) !== undefined,
      'the receive is undone': (step) => fates(step).some(({ told }) => told === 'MACH_RCV_INTERRUPTED'),
      'the send is done': (step) => senderAborted(step)?.run.woken === true,
      'the send is undone': (step) => givenBackIn(step).some(({ error }) => error === 'MACH_SEND_INTERRUPTED'),
    },
  },

  'mach/zero-limit-may-still-deliver': {
    on: ['mach_msg'],
    step: (step) => {
      const room = roomFor(step);
      if (room === null || room.limit > 0 || room.verdict === 'proceeds' || isCircularSend(step)) return [];
      const end = sendEnd(step);
      const sent = sentMessage(step);
      const reached = takenIn(step).some(({ source }) => source === expectedOf(step)!.message) || sent?.[1].at === 'receiver';
      return [
        ...(end === 'sent' && room.verdict === 'waits' ? ['a send proceeds at a limit of 0, and nobody waits for it'] : []),
        ...(end === 'sent' && !reached ? ['a send proceeds at a limit of 0, and its message reaches nobody'] : []),
        ...(sent?.[1].at === 'queue' && end !== 'forced' ? ['a message is queued at a limit of 0'] : []),
      ];
    },
    sometimes: {
      'a receiver waits at a limit of 0': (step) => roomFor(step)?.limit === 0 && roomFor(step)!.awaited && roomFor(step)!.verdict !== 'proceeds',
      'nobody waits at a limit of 0': (step) => roomFor(step)?.limit === 0 && !roomFor(step)!.awaited && roomFor(step)!.verdict === 'waits',
    },
  },
} satisfies MachLaws;
