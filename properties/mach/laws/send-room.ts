import type { ThreadId } from '#spec/mach/vocabulary';
import type { MachState, Message, PortId, Run } from '#model/mach/state';
import { isLive, livePorts, messageBySerial, messagesIn, portName, threadName } from '#properties/mach/facts';
import { misnamed } from '#properties/mach/laws/expected-spaces';
import { queueChange, same, stray, type Change } from '#properties/mach/laws/frame';
import {
  countAt, expectedOf, isCircularSend, remember, sendEnd, sendsIn, sentMessage, takenIn, wantedBy,
} from '#properties/mach/laws/message-steps';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

/** The room a send finds at its destination. `open`: the documents do not say whether it proceeds. */
export interface Room {
  readonly port: PortId;
  readonly count: number;
  readonly limit: number;
  readonly verdict: 'proceeds' | 'waits' | 'open';
  /** Somebody waits there who would take the message. */
  readonly awaited: boolean;
}

export const roomFor = remember((step): Room | null => {
  const { before } = step;
  const expected = expectedOf(step);
  if (expected === null || expected.error !== null) return null;
  const { port, kind } = expected.message.destination;
  // Whom the send itself makes the kernel tell of a freed name may be the destination.
  if (expected.space.deleted.some(({ notify }) => notify === port)) return null;
  const { queueLimit: limit, kernel, set } = before.ports[port]!;
  const count = countAt(before, port);
  const { receivers } = set === null ? before.ports[port]! : before.sets[set]!;
  const awaited = receivers.some((thread) => {
    const { run } = before.threads[thread]!;
    return run.tag === 'receiving' && !(run.wait.large && expected.message.size > run.wait.size);
  });
  const proceeds = kernel !== null || kind === 'send-once' || count < limit;
  const isOpen = !proceeds && limit === 0 && awaited && before.variant === 'documented';
  return { port, count, limit, awaited, verdict: proceeds ? 'proceeds' : isOpen ? 'open' : 'waits' };
});

/** A message that waits in line like any other: through a send right, and not by force. */
const isOrdinary = ({ sender, accepted, destination }: Message) => sender >= 0 && accepted === null && destination.kind === 'send';

/** Ordinary messages that a step queued, at ports whose limit it left alone. */
const queuedOrdinarily = (step: MachStep): readonly { port: PortId; limit: number; count: number; added: readonly Message[] }[] =>
  livePorts(step.after).flatMap((port) => {
    const { added } = queueChange(step, port);
    const { queueLimit: limit, queue } = step.after.ports[port]!;
    return added.some(isOrdinary) ? [{ port, limit, count: queue.length, added }] : [];
  });

/** What a send that goes straight to a queue may change, and nobody else's affairs. */
function partOfSending(step: MachStep, { what, ...change }: Change): boolean {
  const { message, space } = expectedOf(step)!;
  const { task } = step.before.threads[message.sender]!;
  const port = 'port' in change ? change.port : null;
  const told = space.deleted.some(({ notify }) => notify === port);
  const moved = space.takings.some((taking) => taking.port === port && taking.disposition === 'move-receive');
  const touched = port === message.destination.port || told || space.takings.some((taking) => taking.port === port);
  if (what === 'name') return (change as { task: number }).task === task;
  switch ((change as { field: string }).field) {
    case 'queue': return port === message.destination.port || told;
    case 'sendRights': case 'sendOnceRights': case 'makeSend': return touched;
    case 'set': return moved;
    case 'sequence': return moved || told;
    case 'receivers': return moved || told || port === message.destination.port || what === 'set';
    default: return what === 'thread' && isFreed(step, (change as { thread: ThreadId }).thread);
  }
}

/** A thread that waited for a message: it may get this one, or learn that the port is gone. */
const isFreed = ({ before }: MachStep, thread: ThreadId) => before.threads[thread]!.run.tag === 'receiving';

/** A send alone, which put its message into the queue of a port while every other thread stood still. */
const isQuietSend = (step: MachStep): boolean => {
  const call = sendsIn(step);
  return call !== null && call.receive === null && step.events.length === 1 && sendEnd(step) === 'sent'
    && sentMessage(step)?.[1].at === 'queue';
};

const waitingRun = ({ after }: MachStep, thread: ThreadId) => after.threads[thread]!.run as Extract<Run, { tag: 'sending' }>;

const fixedParts = ['id', 'destination', 'reply', 'complex', 'body', 'size', 'circular', 'sender'] as const;

const waitsAt = (state: MachState, port: PortId): readonly ThreadId[] => state.threads.flatMap(({ run, life }, thread) =>
  (life === 'live' && run.tag === 'sending' && run.to === port && !run.woken ? [thread as ThreadId] : []));

const hasBytesOfNames = (message: Message) => message.body.some(({ tag }) => tag === 'uninterpreted');

export const sendRoomLaws = {
  'mach/message-contents-are-fixed-at-send': {
    step: ({ before, after }) => [...messagesIn(before)].flatMap(([message]) => {
      const now = messageBySerial(after, message.serial)?.[0];
      if (now === undefined || now === message) return [];
      return fixedParts.filter((part) => !same(message[part], now[part]))
        .map((part) => `the ${part} of message ${message.serial} changed while it waited`);
    }),
    sometimes: {
      'a message lies in a queue while its sender renames or frees names': ({ before, call }) =>
        (call.operation === 'mach_port_rename' || call.operation === 'mach_port_destroy')
        && [...messagesIn(before)].some(([message]) => message.sender >= 0
          && before.threads[message.sender]!.task === before.threads[call.thread]!.task && message.body.length > 0),
      'a message holds names as bytes': ({ before }) => [...messagesIn(before)].some(([message]) => hasBytesOfNames(message)),
      'a sender waits over a step': ({ before, after }) => before.threads.some(({ run }, thread) =>
        run.tag === 'sending' && after.threads[thread]!.run === run),
    },
  },

  'mach/send-proceeds-below-the-queue-limit': {
    step: (step) => {
      const room = roomFor(step);
      const end = sendEnd(step);
      const wrong: string[] = [];
      if (room?.verdict === 'proceeds' && end !== 'sent') wrong.push(`a send to ${portName(room.port)} is ${end} with ${room.count} of ${room.limit}`);
      if (room?.verdict === 'waits' && end === 'sent') wrong.push(`a send to ${portName(room.port)} proceeds with ${room.count} of ${room.limit}`);
      for (const { port, limit, count, added } of queuedOrdinarily(step)) {
        const beyond = added.filter((message) => !isOrdinary(message)).length;
        if (count - beyond > limit) wrong.push(`${portName(port)} holds ${count}, above its limit of ${limit}, and an ordinary message came in`);
      }
      if (isQuietSend(step)) {
        const { queue } = step.after.ports[expectedOf(step)!.message.destination.port]!;
        const { serial } = sentMessage(step)![0];
        if (queue.at(-1)!.serial !== serial) wrong.push(`message ${serial} is not the last in its queue`);
        wrong.push(...misnamed(step), ...stray(step, (change) => partOfSending(step, change)));
      }
      return wrong;
    },
    sometimes: {
      'a send fills the queue': (step) => roomFor(step)?.verdict === 'proceeds' && roomFor(step)!.count === roomFor(step)!.limit - 1,
      'a send finds the queue full': (step) => roomFor(step)?.verdict === 'waits',
      'a send finds the queue more than full': (step) => roomFor(step)?.verdict === 'waits' && roomFor(step)!.count > roomFor(step)!.limit,
      'a send-once right leads into a full queue': (step) => roomFor(step)?.verdict === 'proceeds'
        && expectedOf(step)!.message.destination.kind === 'send-once' && roomFor(step)!.count >= roomFor(step)!.limit,
      'a message handed over takes the last room': (step) => roomFor(step)?.verdict === 'waits'
        && step.before.ports[roomFor(step)!.port]!.queue.length < roomFor(step)!.limit,
      'the destination is of the kernel': (step) => roomFor(step) !== null && step.before.ports[roomFor(step)!.port]!.kernel !== null,
    },
  },

  'mach/zero-limit-blocks-ordinary-senders': {
    step: (step) => {
      const room = roomFor(step);
      const entered = livePorts(step.after).filter((port) => step.before.ports[port]?.queueLimit === 0
        && step.after.ports[port]!.queueLimit === 0 && queueChange(step, port).added.some(isOrdinary));
      const isOrdinarySend = room?.limit === 0 && expectedOf(step)!.message.destination.kind === 'send' && room.verdict !== 'proceeds';
      const end = sendEnd(step);
      const unserved = end === 'sent' && room?.verdict === 'open' && sentMessage(step)?.[1].at !== 'receiver'
        && !expectedOf(step)!.message.circular && takenIn(step).every(({ source }) => source !== expectedOf(step)!.message);
      return [
        ...entered.map((port) => `an ordinary message came into the queue of ${portName(port)}, whose limit is 0`),
        ...(isOrdinarySend && end === 'sent' && room.verdict === 'waits' ? [`a send to ${portName(room.port)} proceeds at a limit of 0`] : []),
        ...(isOrdinarySend && unserved && !isCircularSend(step) ? ['a send proceeds at a limit of 0, and no receiver got it'] : []),
      ];
    },
    sometimes: {
      'an ordinary send meets a limit of 0': (step) => roomFor(step)?.limit === 0 && roomFor(step)?.verdict === 'waits',
      'a receiver waits at a limit of 0': (step) => roomFor(step)?.awaited === true && roomFor(step)!.limit === 0
        && roomFor(step)!.verdict !== 'proceeds',
    },
  },

  'mach/blocked-send-holds-its-rights': {
    on: ['mach_msg'],
    step: (step) => {
      const call = sendsIn(step);
      const expected = expectedOf(step);
      if (call === null || sendEnd(step) !== 'waiting') return [];
      if (expected === null || expected.error !== null) return [`${threadName(call.thread)} waits with a message that is no good`];
      const { message, to, timed, notify, afterwards, woken, broken } = waitingRun(step, call.thread);
      const kept = fixedParts.filter((part) => part !== 'circular' && !same(message[part], expected.message[part]));
      const { task } = step.before.threads[call.thread]!;
      const asked = call.options.includes('send-notify') ? { task, name: call.notify } : null;
      const wanted = wantedBy(step, call.thread);
      const meant = to === message.destination.port && timed === call.options.includes('send-timeout') && same(notify, asked)
        && (afterwards === null) === (wanted === null) && (afterwards === null || same({ ...wanted, name: { task, name: wanted!.name } },
        { name: afterwards.name, size: afterwards.size, large: afterwards.large, timed: afterwards.timed, notify: afterwards.notify?.name ?? null }));
      return [
        ...kept.map((part) => `${threadName(call.thread)} waits with another ${part} than it sent`),
        ...(meant && !woken && broken === null ? [] : [`${threadName(call.thread)} does not wait as it asked`]),
        ...misnamed(step),
        ...stray(step, (change) => partOfWaiting(step, change)),
      ];
    },
    sometimes: {
      'a sender waits with rights in its message': (step) => sendEnd(step) === 'waiting'
        && expectedOf(step)!.message.body.some((item) => item.tag === 'rights' && item.rights.some(({ tag }) => tag === 'right')),
      'a sender waits with a moved destination': (step) => sendEnd(step) === 'waiting' && sendsIn(step)!.send.remote.disposition === 'move-send',
      'a sender waits with a receive right': (step) => sendEnd(step) === 'waiting'
        && expectedOf(step)!.space.takings.some(({ disposition }) => disposition === 'move-receive'),
      'a sender waits in a combined call': (step) => sendEnd(step) === 'waiting' && sendsIn(step)!.receive !== null,
    },
  },

  'mach/every-blocked-sender-gets-its-turn': {
    always: (state) => livePorts(state).flatMap((port) => {
      const { senders, queueLimit } = state.ports[port]!;
      const waiting = waitsAt(state, port);
      const woken = state.threads.filter(({ run }) => run.tag === 'sending' && run.to === port && run.woken).length;
      const count = countAt(state, port);
      return [
        ...(same([...senders].sort(), waiting) ? [] : [`the line at ${portName(port)} is ${senders.map(threadName)}, and ${waiting.map(threadName)} wait`]),
        ...(senders.length > 0 && count + woken < queueLimit
          ? [`${threadName(senders[0]!)} waits for room at ${portName(port)}, which holds ${count} of ${queueLimit}`] : []),
      ];
    }),
    sometimes: {
      'a blocked sender gets its turn': ({ before, after }) => before.threads.some(({ run }, thread) =>
        run.tag === 'sending' && isLive(after, run.to) && after.threads[thread]!.run.tag !== 'sending'),
      'several senders wait at one port': ({ after }) => after.ports.some(({ senders }) => senders.length > 1),
      'a newcomer takes the room of a woken sender': (step) => sendEnd(step) === 'sent' && roomFor(step) !== null
        && step.before.threads.some(({ run }) => run.tag === 'sending' && run.woken && run.to === roomFor(step)!.port),
    },
  },
} satisfies MachLaws;

/** While its sender waits, a message is in nobody's way: its port only knows that there is one more. */
const partOfWaiting = (step: MachStep, change: Change): boolean => {
  const { message } = expectedOf(step)!;
  if (change.what === 'thread') return change.thread === message.sender || isFreed(step, change.thread);
  const port = change.what === 'port' ? change.port : null;
  if (change.what === 'port' && change.field === 'senders') return port === message.destination.port;
  const told = expectedOf(step)!.space.deleted.some(({ notify }) => notify === port);
  return change.what === 'port' && change.field === 'queue' ? told : partOfSending(step, change);
};
