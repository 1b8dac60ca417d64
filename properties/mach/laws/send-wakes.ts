import type { ThreadId } from '#spec/mach/vocabulary';
import type { Message, PortId } from '#model/mach/state';
import {
  countSendOnceRights, isLive, livePorts, messageBySerial, messagesIn, portName,
  succeeded, threadName,
} from '#properties/mach/facts';
import { dequeuesIn, leaversOf, sendOnceNotices } from '#properties/mach/laws/dequeues';
import { onceRightsLost, survivingRights } from '#properties/mach/laws/destroyed-messages';
import { isPlain, misnamed } from '#properties/mach/laws/expected-spaces';
import { queueChange, stray } from '#properties/mach/laws/frame';
import {
  countAt, expectedOf, givenBackIn, isCircularSend, remember, sendEnd, sendsIn, takenIn, type Taken,
} from '#properties/mach/laws/message-steps';
import type { CallOf, MachLaws, MachStep } from '#properties/mach/obligation';

/** A single message taken out of a port in a step, while nothing but blocked senders put any in. */
interface TakeOut { readonly port: PortId; readonly left: number; readonly limit: number; readonly waiting: readonly ThreadId[] }

const portOf = ({ source }: Taken): PortId | undefined => source?.destination.port;

const takeOut = remember((step): TakeOut | null => {
  const { before, after } = step;
  const [taken, ...more] = takenIn(step);
  const port = taken === undefined ? undefined : portOf(taken);
  if (more.length > 0 || port === undefined || !isPlain(step) || step.call.operation === 'mach_port_set_qlimit') return null;
  if (taken!.source!.serial < 0) return null;
  const { senders, queueLimit: limit } = before.ports[port]!;
  const { added } = queueChange(step, port);
  if (added.some(({ serial }) => messageBySerial(before, serial) === null)) return null;
  if (givenBackIn(step).length > 0 || after.ports[port]!.senders.some((thread) => !senders.includes(thread))) return null;
  if (before.threads.some(({ run }) => run.tag === 'sending' && run.to === port && run.woken)) return null;
  return { port, left: countAt(before, port) - 1, limit, waiting: senders };
});

const isForced = ({ accepted, destination, sender }: Message) => accepted !== null || destination.kind === 'send-once' || sender < 0;

/** How a change of a queue limit turned out, where it was granted. */
const limitSet = remember((step): { port: PortId; limit: number; old: number } | null => {
  const { call, before, after } = step;
  if (call.operation !== 'mach_port_set_qlimit' || !succeeded(step)) return null;
  const { name, task } = call as CallOf<'mach_port_set_qlimit'>;
  const holder = task.tag === 'identity' ? task.identity : null;
  const entry = holder === null ? null : before.tasks[holder]!.names[name];
  if (entry?.tag !== 'port') return null;
  return { port: entry.port, limit: after.ports[entry.port]!.queueLimit, old: before.ports[entry.port]!.queueLimit };
});

function limitViolations(step: MachStep): readonly string[] {
  const set = limitSet(step);
  if (set === null) return [];
  const { port, limit, old } = set;
  const { before } = step;
  const name = portName(port);
  const asked = (step.call as CallOf<'mach_port_set_qlimit'>).limit;
  const { senders } = before.ports[port]!;
  const left = leaversOf(step, port).length;
  const { gone, added } = queueChange(step, port);
  const sent = added.filter(({ sender }) => sender >= 0).length;
  const raised = Math.max(0, limit - old);
  const room = Math.max(0, limit - countAt(before, port));
  const runnable = senders.every((thread) => isRunnableIn(step, thread));
  const quiet = takenIn(step).length === 0;
  return [
    ...(limit === asked ? [] : [`the limit of ${name} is ${limit} instead of ${asked}`]),
    ...(left > raised + takenIn(step).length ? [`raising the limit of ${name} by ${raised} let ${left} senders go`] : []),
    ...(runnable && quiet && left < Math.min(senders.length, raised, room) ? [`${name} has room for ${room}, and ${left} senders went on`] : []),
    ...(quiet && gone.length > 0 ? [`setting the limit of ${name} dropped ${gone.length} messages`] : []),
    ...(sent > left ? [`${sent} messages came to ${name} from ${left} senders`] : []),
    ...(raised === 0 ? stray(step, (change) => change.what === 'port' && change.port === port && change.field === 'queueLimit') : []),
  ];
}

const isRunnableIn = ({ before }: MachStep, thread: ThreadId): boolean => {
  const { suspends, task } = before.threads[thread]!;
  return suspends === 0 && before.tasks[task]!.suspends === 0;
};

/** Threads whose message was still unsent when the port it was for died, before this step or in it. */
const sentToTheDead = (step: MachStep) => step.before.threads.flatMap(({ run, life }, thread) => {
  if (run.tag !== 'sending' || life === 'dead' || isLive(step.after, run.to) || step.after.threads[thread]!.life === 'dead') return [];
  return [{ thread: thread as ThreadId, run }];
});

/** How many send-once rights to a port went with messages that were still unsent when the port they were for died. */
const lostUnsent = (step: MachStep, port: PortId): number => sentToTheDead(step).reduce((sum, { thread, run }) =>
  sum + (step.after.threads[thread]!.run.tag === 'sending' ? 0 : onceRightsLost(step, run.message).get(port) ?? 0), 0);

const throughOnce = (step: MachStep) => takenIn(step).filter(({ source, error }) =>
  source?.destination.kind === 'send-once' && error === null);

export const sendWakesLaws = {
  'mach/dequeue-wakes-one-sender': {
    step: (step) => {
      const taken = takeOut(step);
      const { before, after } = step;
      const wrong = [...limitViolations(step)];
      if (taken !== null) {
        const { port, left, limit, waiting } = taken;
        const gone = leaversOf(step, port).length;
        const expected = left < limit && waiting.length > 0 ? 1 : 0;
        if (gone !== expected) wrong.push(`taking a message out of ${portName(port)} let ${gone} senders go instead of ${expected}`);
      }
      for (const port of livePorts(after)) {
        if (limitSet(step)?.port === port || before.ports[port] === undefined) continue;
        const gone = leaversOf(step, port).filter((thread) => after.threads[thread]!.life === 'live'
          && !givenBackIn(step).some((back) => back.thread === thread) && !isWillNotify(step, thread));
        const dequeued = dequeuesIn(step).filter((dequeue) => dequeue.port === port).length
          + takenIn(step).filter((other) => other.handed && portOf(other) === port).length + handedAndKilled(step, port);
        // A thread whose time is over tries once more, and at a limit of 0 a receiver may take its message.
        const triedAgain = gone.filter((thread) => isTryingAgain(step, thread)).length;
        if (gone.length > dequeued + triedAgain) wrong.push(`${dequeued} dequeues from ${portName(port)} let ${gone.length} senders go`);
      }
      return wrong;
    },
    sometimes: {
      'a dequeue lets one of several senders go': (step) => (takeOut(step)?.waiting.length ?? 0) > 1 && leaversOf(step, takeOut(step)!.port).length === 1,
      'a dequeue lets the only sender go': (step) => takeOut(step)?.waiting.length === 1 && leaversOf(step, takeOut(step)!.port).length === 1,
      'a dequeue leaves the queue full': (step) => takeOut(step) !== null && takeOut(step)!.left >= takeOut(step)!.limit && takeOut(step)!.waiting.length > 0,
      'a limit is raised, and senders go on': (step) => limitSet(step) !== null && leaversOf(step, limitSet(step)!.port).length > 0,
      'a limit is lowered below what is queued': (step) => limitSet(step) !== null && limitSet(step)!.limit < countAt(step.before, limitSet(step)!.port),
    },
  },

  'mach/forced-messages-exceed-the-limit': {
    step: (step) => {
      const taken = takeOut(step);
      const wrong: string[] = [];
      if (taken !== null && taken.left >= taken.limit && leaversOf(step, taken.port).length > 0) {
        wrong.push(`a sender goes on at ${portName(taken.port)}, which still holds ${taken.left} of ${taken.limit}`);
      }
      const expected = expectedOf(step)?.message;
      const port = expected?.destination.port;
      if (port === undefined || sendEnd(step) !== 'forced' || !isLive(step.after, port) || isCircularSend(step)) return wrong;
      const { added, gone } = queueChange(step, port);
      const delivered = takenIn(step).some((other) => portOf(other) === port) || step.after.threads.some(({ run }) => run.tag === 'handed');
      if (added.length === 0 && !delivered) wrong.push(`a message forced on ${portName(port)} is not there`);
      if (gone.length > 0 && !delivered) wrong.push(`forcing a message on ${portName(port)} drove ${gone.length} others out`);
      return wrong;
    },
    sometimes: {
      'messages pile up beyond the limit': ({ before, after }) => livePorts(after).some((port) =>
        after.ports[port]!.queue.length > after.ports[port]!.queueLimit && after.ports[port]!.queue.filter(isForced).length > 1
        && after.ports[port]!.queue.length > (before.ports[port]?.queue.length ?? 0)),
      'a dequeue leaves as many as the limit, and a sender waiting': (step) =>
        takeOut(step) !== null && takeOut(step)!.waiting.length > 0 && takeOut(step)!.left >= takeOut(step)!.limit,
    },
  },

  'mach/send-once-destination-ends-at-receipt': {
    step: (step) => {
      const counts = throughOnce(step).length > 0 && isPlain(step) ? countSendOnceRights(step.after) : [];
      const call = sendsIn(step);
      const moved = call?.send.remote.disposition === 'move-send-once' && expectedOf(step) !== null && sendEnd(step) !== 'given back';
      const stays = moved && step.after.tasks[step.before.threads[call.thread]!.task]!.names[call.send.remote.name] !== null;
      return [
        ...(stays ? [`n${call!.send.remote.name} still stands for the send-once right that was sent through`] : []),
        ...throughOnce(step).flatMap((taken) => {
          const port = portOf(taken)!;
          if (!isPlain(step) || !isLive(step.after, port) || taken.header.local.name <= 0 || destroysRights(step)) return [];
          const counted = step.after.ports[port]!.sendOnceRights;
          return [
            ...(sendOnceNotices(step, port) > lostUnsent(step, port) ? [`${portName(port)} is told of a send-once right that was used`] : []),
            ...(counted === counts[port] ? [] : [`${portName(port)} counts ${counted} send-once rights, and there are ${counts[port]}`]),
          ];
        }),
        ...(moved ? misnamed(step) : []),
      ];
    },
    sometimes: {
      'a message through a moved send-once right is received': (step) =>
        throughOnce(step).some(({ source }) => source!.sender >= 0),
      'a send-once right is used up in sending': (step) => sendsIn(step)?.send.remote.disposition === 'move-send-once' && sendEnd(step) === 'sent',
    },
  },

  'mach/send-to-a-dying-port-succeeds': {
    step: (step) => {
      const { events, after } = step;
      return sentToTheDead(step).flatMap(({ thread, run }) => {
        const now = after.threads[thread]!.run;
        const event = events.find((other) => other.thread === thread);
        const suspended = now.tag === 'sending' && now.woken && now.message.serial === run.message.serial;
        if (suspended) return event === undefined ? [] : [`${threadName(thread)} is answered, and still sends`];
        const refused = event?.tag === 'raised' && event.error.startsWith('MACH_SEND') && !run.message.circular;
        const kept = messageBySerial(after, run.message.serial) !== null;
        return [
          ...(now.tag === 'sending' ? [`${threadName(thread)} waits for room at ${portName(run.to)}, which is dead`] : []),
          ...(refused ? [`${threadName(thread)} gets ${event.error} because ${portName(run.to)} died`] : []),
          ...(event === undefined && run.afterwards === null && now.tag !== 'answered' ? [`${threadName(thread)} is never answered`] : []),
          ...(kept ? [`message ${run.message.serial} outlives ${portName(run.to)}`] : []),
          ...survivingRights(step, run.message),
        ];
      });
    },
    sometimes: {
      'a port dies with a sender waiting': ({ before, after }) => before.threads.some(({ run }, thread) =>
        run.tag === 'sending' && isLive(before, run.to) && !isLive(after, run.to) && after.threads[thread]!.life === 'live'),
      'the lost message held a send-once right': (step) =>
        sentToTheDead(step).some(({ run }) => onceRightsLost(step, run.message).size > 0),
    },
  },

  'mach/one-thread-sends-in-order': {
    always: (state) => livePorts(state).flatMap((port) => {
      const last = new Map<number, number>();
      return state.ports[port]!.queue.flatMap(({ sender, serial }) => {
        const earlier = last.get(sender) ?? -1;
        last.set(sender, Math.max(earlier, serial));
        return sender >= 0 && serial < earlier ? [`message ${serial} of t${sender + 1} stands behind ${earlier} at ${portName(port)}`] : [];
      });
    }),
    step: (step) => takenIn(step).flatMap(({ thread, source, handed }) => {
      if (source === null || source.sender < 0 || source.serial < 0 || handed) return [];
      const overtaken = [...messagesIn(step.after)].find(([message]) => message.sender === source.sender
        && message.destination.port === source.destination.port && message.serial < source.serial);
      return overtaken === undefined || overtaken[1].at === 'receiver' ? []
        : [`${threadName(thread)} gets message ${source.serial} of t${source.sender + 1} before ${overtaken[0].serial}`];
    }),
    sometimes: {
      'a thread has several messages in one queue': ({ after }) => after.ports.some(({ queue }) =>
        queue.some(({ sender }, at) => sender >= 0 && queue.some((other, place) => place > at && other.sender === sender))),
      'the first of several messages of a thread is received': (step) => takenIn(step).some(({ source }) => source !== null && source.sender >= 0
        && [...messagesIn(step.after)].some(([{ sender, destination }]) =>
          sender === source.sender && destination.port === source.destination.port)),
    },
  },
} satisfies MachLaws;

/** A request to the kernel, and a message too large for whoever it goes to, destroys rights in the same step. */
const destroysRights = (step: MachStep): boolean => takenIn(step).some(({ error }) => error !== null) || asksTheKernel(step);

const asksTheKernel = (step: MachStep): boolean => sendsIn(step) !== null
  && step.before.ports[expectedOf(step)?.message.destination.port ?? 0]!.kernel !== null;

const isWillNotify = (step: MachStep, thread: ThreadId): boolean =>
  step.events.some((event) => event.thread === thread && event.tag === 'raised' && event.error === 'MACH_SEND_WILL_NOTIFY');

const isTryingAgain = ({ before, call }: MachStep, thread: ThreadId): boolean => {
  const { run } = before.threads[thread]!;
  return (call.operation === 'timeout' && call.waiting === thread) || (run.tag === 'sending' && run.broken !== null);
};

/** Threads that a message of a port had been handed to, and that were killed before they took it out. */
const handedAndKilled = ({ before, after }: MachStep, port: PortId): number => before.threads.filter(({ run }, thread) =>
  run.tag === 'handed' && run.message.destination.port === port && after.threads[thread]!.life === 'dead').length;

