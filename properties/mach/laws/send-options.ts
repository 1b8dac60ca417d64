import type { ThreadId } from '#spec/mach/vocabulary';
import type { MachState, Message } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { monitor } from '#properties/obligation';
import { callerEvent, entryAt, errorOf, messageBySerial, messagesIn, namesOf, threadName } from '#properties/mach/facts';
import { misnamed } from '#properties/mach/laws/expected-spaces';
import { isReceiver } from '#properties/mach/laws/expected-send';
import { same, stray } from '#properties/mach/laws/frame';
import {
  expectedOf, givenBackIn, isCircularSend, remember, sendEnd, sendsIn, sentMessage, takenIn,
} from '#properties/mach/laws/message-steps';
import { audit, heard, isHeard, nameText, type Notice } from '#properties/mach/laws/notices';
import { cancelsBadly, sendDue } from '#properties/mach/laws/send-due';
import { roomFor } from '#properties/mach/laws/send-room';
import { newName, watched } from '#properties/mach/laws/watched';
import { mayRefuse } from '#properties/mach/laws/refused-sends';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

/** A message forced in a step, with its sender: by a caller, or by a thread that had waited long enough. */
interface Forced { readonly thread: ThreadId; readonly before: Message; readonly after: Message | null }

const forcedIn = remember((step): readonly Forced[] => step.events.flatMap((event) => {
  if (event.tag !== 'raised' || event.error !== 'MACH_SEND_WILL_NOTIFY') return [];
  const thread = event.thread as ThreadId;
  const { run } = step.before.threads[thread]!;
  if (run.tag === 'sending') return [{ thread, before: run.message, after: messageBySerial(step.after, run.message.serial)?.[0] ?? null }];
  const sent = expectedOf(step)?.message;
  return sent === undefined ? [] : [{ thread, before: sent, after: sentMessage(step)?.[0] ?? null }];
}));

const isCircular = (step: MachStep, { thread, before }: Forced) => before.circular || (sendsIn(step)?.thread === thread && isCircularSend(step));

/** Names that are marked as owed a notification without a message that owes it, or with several. */
function misMarked(state: MachState): readonly string[] {
  const owed = new Map<string, number>();
  for (const [{ accepted }] of messagesIn(state)) {
    if (accepted !== null && accepted.name.name > 0) owed.set(nameText(accepted.name), (owed.get(nameText(accepted.name)) ?? 0) + 1);
  }
  const wrong: string[] = [];
  for (const [task, name, entry] of namesOf(state)) {
    const text = nameText({ task, name });
    const count = owed.get(text) ?? 0;
    if (count > 1) wrong.push(`${count} notifications are owed for ${text}`);
    if (entry.tag === 'port' && entry.accepted && count === 0) wrong.push(`${text} is marked, and nothing is owed for it`);
  }
  return wrong;
}

/** What a caller's forced message should owe, held against what it does. */
function wrongDebt(step: MachStep): readonly string[] {
  const sent = sentMessage(step)?.[0];
  const call = sendsIn(step);
  if (sent === undefined || call === null || sendEnd(step) !== 'forced') return [];
  const { message: { destination }, space } = expectedOf(step)!;
  const { task } = step.before.threads[call.thread]!;
  const name = Math.max(0, space.names.findIndex((entry) => entry?.tag === 'port' && entry.port === destination.port));
  const watcher = space.at(call.notify);
  const due = { tag: 'accepted', name: { task, name }, notify: isReceiver(watcher) ? watcher.port : null };
  return same(sent.accepted, due) ? [] : ['a forced message does not owe its notification as its sender asked'];
}

/** Notifications that were owed before a step, and what the step made of them. */
interface Debt { readonly message: Message; readonly now: Message | null; readonly died: boolean }

const debts = remember(({ before, after }): readonly Debt[] => [...messagesIn(before)].flatMap(([message]) => (message.accepted === null ? [] : [{
  message,
  now: messageBySerial(after, message.serial)?.[0] ?? null,
  died: after.ports[message.destination.port]!.life === 'dead',
}])));

/** Owed notifications that went without a trace, or were paid while they stay owed. */
function unpaid(step: MachStep): readonly string[] {
  return debts(step).flatMap(({ message, now, died }) => {
    const { name, notify } = message.accepted!;
    const isOwed = now !== null && now.accepted !== null;
    if (isOwed || step.after.tasks[name.task]!.life === 'dead' || !isHeard(step, notify)) return [];
    const told = heard(step).notices.filter(({ to, kind }) => to === notify && (kind === 'msg-accepted' || (died && kind === 'send-once')));
    return told.length > 0 ? [] : [`message ${message.serial} is settled, and its sender was not told`];
  });
}

const hasOption = (step: MachStep, option: 'send-notify' | 'send-cancel') => sendsIn(step)?.options.includes(option) === true;

/** What is due to those who watch names that a send with the cancel option frees. */
function cancelledNotices(step: MachStep): readonly string[] {
  const notice = ({ task, name, to }: { task: number; name: number; to: number }) =>
    ({ to, kind: 'port-deleted', about: nameText({ task, name } as never) } as unknown as Notice);
  const fates = watched(step);
  return audit(step, ['port-deleted'], fates.filter(({ fate }) => fate === 'deleted').map(notice),
    step.before.variant === 'gnumach' ? [] : fates.filter(({ fate }) => fate === 'cancelled').map(notice));
}

/** Whether a thread waits to receive, or has received, once a step is over. */
const receives = (step: MachStep, thread: ThreadId) =>
  step.after.threads[thread]!.run.tag === 'receiving' || takenIn(step).some((taken) => taken.thread === thread);

/** Blocked senders with a receive half to come, whose message was accepted in a step. */
const sentAtLast = ({ before, after }: MachStep) => before.threads.flatMap(({ run, life }, id) =>
  (run.tag === 'sending' && life === 'live' && after.threads[id]!.life === 'live' && after.threads[id]!.run.tag !== 'sending'
    ? [{ thread: id as ThreadId, run }] : []));

/** Watches threads that wait with a receive half to come: none of them returns without a message. */
function unreceived(waiting: Set<number>, step: MachStep): readonly string[] {
  const wrong: string[] = [];
  for (const event of step.events) {
    if (event.tag === 'blocked') {
      if (step.call.operation === 'mach_msg' && step.call.receive !== null) waiting.add(event.thread);
    } else if (waiting.delete(event.thread) && event.tag === 'returned' && same(event.value, { message: null })) {
      wrong.push(`${threadName(event.thread as ThreadId)} was to receive, and returns without a message`);
    }
  }
  return wrong;
}

export const sendOptionLaws = {
  'mach/send-notify-queues-one-message': {
    always: misMarked,
    step: (step) => {
      const due = sendDue(step);
      const end = sendEnd(step);
      const mustRefuse = due?.tag === 'given back' && same(due.errors, ['MACH_SEND_NOTIFY_IN_PROGRESS']);
      return [
        ...(due?.tag === 'forced' && end !== 'forced' ? [`a message that should be forced is ${end}`] : []),
        ...(end === 'forced' && due !== null && due.tag !== 'forced' ? [`a message is forced that should be ${due.tag}`] : []),
        ...(mustRefuse && errorOf(step) !== 'MACH_SEND_NOTIFY_IN_PROGRESS' ? [`a second forced message is ${end}`] : []),
        ...wrongDebt(step),
        ...(end === 'forced' ? misnamed(step) : []),
        ...unpaid(step),
      ];
    },
    sometimes: {
      'a message is forced': (step) => sendEnd(step) === 'forced',
      'a message is forced once its time is over': (step) => step.call.operation === 'timeout' && forcedIn(step).length > 0,
      'a second attempt is refused': (step) => errorOf(step) === 'MACH_SEND_NOTIFY_IN_PROGRESS',
      'a name is renamed while a notification is owed': (step) => step.call.operation === 'mach_port_rename'
        && debts(step).some(({ message, now }) => now !== null && !same(message.accepted, now.accepted)),
      'the asking task dies': (step) => debts(step).some(({ message }) =>
        step.before.tasks[message.accepted!.name.task]!.life === 'live' && step.after.tasks[message.accepted!.name.task]!.life === 'dead'),
    },
  },

  'mach/send-notify-acts-only-when-full': {
    step: (step) => {
      const isIdle = hasOption(step, 'send-notify') && sendDue(step)?.tag === 'sent';
      const freed = debts(step).filter(({ message }) => {
        const { task, name } = message.accepted!.name;
        return name > 0 && newName(step, task, name) === name && entryAt(step.after, task, name) === null && step.after.tasks[task]!.life === 'live';
      });
      return [
        ...(isIdle && sendEnd(step) !== 'sent' ? [`a send with room and the notify option is ${sendEnd(step)}`] : []),
        ...(isIdle && sentMessage(step) !== null && sentMessage(step)![0].accepted !== null ? ['a message that found room owes a notification'] : []),
        ...(isIdle ? misnamed(step) : []),
        ...freed.flatMap(({ message, now }) => (now !== null && now.accepted !== null && now.accepted.name.name !== 0
          ? [`message ${message.serial} still owes a notification for a name that is gone`] : [])),
      ];
    },
    sometimes: {
      'the option meets room': (step) => hasOption(step, 'send-notify') && sendDue(step)?.tag === 'sent',
      'the name is freed while a notification is owed': (step) => debts(step).some(({ message, now }) =>
        message.accepted!.name.name > 0 && now?.accepted?.name.name === 0),
    },
  },

  'mach/send-cancel-may-drop-port-deleted': {
    on: ['mach_msg'],
    step: (step) => {
      if (!hasOption(step, 'send-cancel')) return [];
      const isRefused = callerEvent(step)?.tag === 'raised' && sendEnd(step) === 'refused';
      return [
        ...(cancelsBadly(step) && !isRefused ? ['a send goes on with a notify name that is no receive right'] : []),
        ...(cancelsBadly(step) ? stray(step) : cancelledNotices(step)),
      ];
    },
    sometimes: {
      'the watched destination goes, and its watcher need not be told': (step) => watched(step).some(({ fate }) => fate === 'cancelled'),
      'a name goes whose watcher must be told': (step) => hasOption(step, 'send-cancel') && watched(step).some(({ fate }) => fate === 'deleted'),
      'the notify name is bad': (step) => cancelsBadly(step),
    },
  },

  'mach/will-notify-means-queued': {
    step: (step) => forcedIn(step).flatMap((forced) => {
      const { thread, before, after } = forced;
      const { port } = before.destination;
      const isTaken = takenIn(step).some(({ source, header }) => source?.serial === before.serial || (source === before && header.id === before.id));
      const isGone = isCircular(step, forced) || isTaken || step.after.ports[port]!.life === 'dead';
      return [
        ...(after === null && !isGone ? [`the message ${threadName(thread)} forced is not queued`] : []),
        ...(after !== null && after.accepted === null ? [`nothing is owed for the message that ${threadName(thread)} forced`] : []),
        ...(givenBackIn(step).some((back) => back.thread === thread) ? [`${threadName(thread)} has a message back that was forced`] : []),
        ...(sendsIn(step)?.thread === thread && roomFor(step)?.verdict === 'proceeds' ? [`${threadName(thread)} forces a message where there is room`] : []),
        ...(callerEvent(step)?.tag === 'raised' && callerEvent(step)!.thread === thread && 'value' in callerEvent(step)!
          ? [`${threadName(thread)} is given something with MACH_SEND_WILL_NOTIFY`] : []),
      ];
    }),
    sometimes: {
      'a forced message lies in the queue': (step) => forcedIn(step).some(({ after }) => after !== null && after.accepted !== null),
    },
  },

  'mach/forced-send-ends-the-combined-call': {
    step: (step) => {
      const call = sendsIn(step);
      const isSkipped = sendDue(step)?.tag === 'forced' && receives(step, call!.thread);
      const wrong = isSkipped ? [`${threadName(call!.thread)} receives although its message had to be forced`] : [];
      for (const { thread } of forcedIn(step)) {
        if (receives(step, thread)) wrong.push(`${threadName(thread)} receives after MACH_SEND_WILL_NOTIFY`);
        if (step.after.threads[thread]!.run.tag !== 'ready') wrong.push(`${threadName(thread)} is not done with its call`);
      }
      return wrong;
    },
    sometimes: {
      'a combined call forces its message': (step) => sendEnd(step) === 'forced' && sendsIn(step)!.receive !== null,
    },
  },

  'mach/combined-call-receives-after-success': {
    monitor: monitor<MachState, MachCall, Set<number>>({ start: () => new Set(), next: unreceived }),
    step: (step) => {
      const { call } = step;
      const wrong = sentAtLast(step).flatMap(({ thread, run }) => {
        const event = step.events.find((one) => one.thread === thread);
        if (run.afterwards !== null && event?.tag === 'returned' && !receives(step, thread)) return [`${threadName(thread)} returns without having received`];
        const failed = event?.tag === 'raised' && event.error.startsWith('MACH_SEND');
        return failed && receives(step, thread) ? [`${threadName(thread)} receives after ${event.error}`] : [];
      });
      if (call.operation !== 'mach_msg') return wrong;
      const end = sendEnd(step);
      const event = callerEvent(step);
      if (end !== null && end !== 'sent' && receives(step, call.thread)) wrong.push(`${threadName(call.thread)} receives after a send that is ${end}`);
      const mustFail = mayRefuse(step).length > 0 || (expectedOf(step)?.error ?? null) !== null || sendDue(step)?.tag === 'given back';
      if (mustFail && receives(step, call.thread)) wrong.push(`${threadName(call.thread)} receives although its send must fail`);
      if (call.receive !== null && (end === null || end === 'sent') && event?.tag === 'returned' && !receives(step, call.thread)) {
        wrong.push(`${threadName(call.thread)} returns without having received`);
      }
      if (call.receive === null && receives(step, call.thread)) wrong.push(`${threadName(call.thread)} receives what it did not ask for`);
      if (call.receive === null && end === 'sent' && !(event?.tag === 'returned' && same(event.value, { message: null }))) {
        wrong.push(`a send alone ends with ${event?.tag}`);
      }
      if (call.send === null && call.receive === null) {
        if (!(event?.tag === 'returned' && same(event.value, { message: null }))) wrong.push('a call that asks for nothing does not succeed');
        wrong.push(...stray(step));
      }
      return wrong;
    },
    sometimes: {
      'a call sends, and then receives': (step) => sendEnd(step) === 'sent' && takenIn(step).some(({ thread }) => thread === sendsIn(step)!.thread),
      'a call sends, and then waits': (step) => sendEnd(step) === 'sent' && callerEvent(step)?.tag === 'blocked',
      'a send fails in a combined call': (step) => sendEnd(step) === 'refused' && sendsIn(step)!.receive !== null,
      'a call receives what it sent': (step) => takenIn(step).some(({ thread, source }) =>
        thread === sendsIn(step)?.thread && source !== null && source.sender === thread && source.serial < 0),
      'a sender that had waited receives': (step) => sentAtLast(step).some(({ thread }) => receives(step, thread)),
      'neither is asked for': ({ call }) => call.operation === 'mach_msg' && call.send === null && call.receive === null,
    },
  },

  'mach/msg-accepted-time-is-open': {
    step: (step) => [
      ...unpaid(step),
      ...debts(step).flatMap(({ message, now }) => {
        const paid = now === null || now.accepted === null;
        if (paid || !isHeard(step, message.accepted!.notify)) return [];
        const others = debts(step).some((other) => other.message !== message && other.message.accepted!.notify === message.accepted!.notify);
        const told = heard(step).notices.some(({ to, kind, about }) => to === message.accepted!.notify && kind === 'msg-accepted'
          && about === nameText(message.accepted!.name));
        return told && !others && forcedIn(step).length === 0 ? [`message ${message.serial} is told of, and stays owed`] : [];
      }),
    ],
    sometimes: {
      'it fires as its message is dequeued': (step) => debts(step).some(({ message, now, died }) =>
        now === null && !died && takenIn(step).some(({ source }) => source?.serial === message.serial)),
      'its destination dies first': (step) => debts(step).some(({ now, died }) => now === null && died),
    },
  },
} satisfies MachLaws;
