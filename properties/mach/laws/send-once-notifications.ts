import { payAccepted } from '#model/mach/notifications/accepted';
import { cleanMessage } from '#model/mach/messages/destroy-message';
import { copyoutDestination, takeMessage } from '#model/mach/messages/receive';
import { deallocate } from '#model/mach/names/release-name';
import { destroyEntry } from '#model/mach/names/destroy-entry';
import { notifyMsgAccepted, notifySendOnce } from '#model/mach/notifications/notify';
import { NULL, type Message, type PortId } from '#model/mach/state';
import type { MachLaws, MachMutants, MachStep } from '#properties/mach/obligation';
import {
  countSendOnceRights, entryAt, isLive, livePorts, messagesIn, portName,
} from '#properties/mach/facts';
import { altered } from '#properties/mach/laws/altered';
import {
  casualties, dequeued, holding, isCall, leadsTo, made, once, onceRights, survivors, takenUnheard,
} from '#properties/mach/laws/ledger';
import { endings } from '#properties/mach/laws/message-steps';
import { audit, heard, isHeard, missing, nameText, portOf, sends, type Notice } from '#properties/mach/laws/notices';
import { droppedOnce, dueFor } from '#properties/mach/laws/send-once-ends';
import { newName, watched } from '#properties/mach/laws/watched';

/** At least, and at most. */
interface Range { readonly low: number; readonly high: number }

const sum = (parts: readonly Range[]): Range => ({
  low: parts.reduce((total, { low }) => total + low, 0), high: parts.reduce((total, { high }) => total + high, 0),
});

/** Send-once rights to a port that the kernel makes by itself: to answer a forced message, or to watch a reply. */
function madeByKernel(step: MachStep, port: PortId): Range {
  const { before, call } = step;
  let forced = 0;
  let perhaps = 0;
  for (const event of endings(step)) {
    if (event.tag !== 'raised' || event.error !== 'MACH_SEND_WILL_NOTIFY') continue;
    const { run, task } = before.threads[event.thread]!;
    const notify = call.operation === 'mach_msg' && call.thread === event.thread ? call.notify
      : run.tag === 'sending' ? run.notify!.name : NULL;
    const entry = entryAt(before, task, notify);
    if (entry?.tag === 'port' && entry.port === port) forced += 1;
    // A name that was freed while its thread waited may have come to stand for a newer receive right.
    if (entry === null) perhaps += 1;
  }
  const fresh = new Set(dequeued(step).flatMap(({ task, header: { remote: { name } } }) => {
    const entry = entryAt(before, task, name) === null ? entryAt(step.after, task, name) : null;
    const request = entry?.tag === 'port' || entry?.tag === 'send-once' ? entry.request : null;
    return request === port ? [nameText({ task, name })] : [];
  }));
  const unheard = takenUnheard(step).filter(({ task, notify }) => {
    const entry = notify === null ? null : entryAt(before, task, notify);
    return entry?.tag === 'port' && entry.port === port;
  }).length;
  return { low: forced + fresh.size, high: forced + perhaps + fresh.size + unheard };
}

/** Send-once rights to a port that messages received in this step came through. */
const received = (step: MachStep, port: PortId): number => dequeued(step).filter((taken) =>
  taken.header.local.kind === 'send-once' && portOf(step.after, taken) === port).length
  + takenUnheard(step).filter(({ message: { destination }, task }) => destination.kind === 'send-once'
    && destination.port === port && holding(step).before.get(port)?.task === task).length;

/** Send-once rights to a port that may go without a message, in the ways that are known. */
function silent(step: MachStep, port: PortId): Range {
  const { before, after } = step;
  const cancelled = watched(step).filter(({ fate, to }) => fate === 'cancelled' && to === port).length;
  const circular = before.ports.filter(({ portDestroyed }, id) =>
    portDestroyed === port && after.ports[id]!.life === 'dead').length;
  const exact = before.variant === 'gnumach' ? cancelled : 0;
  return { low: exact, high: cancelled + circular };
}

/** Every send-once right is still there, or ended in one message on its port. */
function conservation(step: MachStep): string[] {
  if (!heard(step).clear) return [];
  const count = onceRights(step);
  const makes = made(step, 'make-send-once');
  return survivors(step).flatMap((port) => {
    const { atLeast, atMost } = makes(port);
    const kernel = madeByKernel(step, port);
    const gone = silent(step, port);
    const { low, high } = sum([{ low: atLeast, high: atMost }, kernel, { low: -gone.high, high: -gone.low }]);
    const change = count.after[port]! + received(step, port) - count.before[port]!;
    if (change >= low && change <= high) return [];
    return [`${portName(port)} has ${count.after[port]} send-once rights after ${count.before[port]}: ${change < low ? 'one ended without a message' : 'one made two messages'}`];
  });
}

/** What each port counts of its send-once rights. */
const miscounted = (state: MachStep['after']): string[] => {
  const counts = countSendOnceRights(state);
  return livePorts(state).flatMap((port) => {
    const { sendOnceRights } = state.ports[port]!;
    return sendOnceRights === counts[port] ? []
      : [`${portName(port)} counts ${sendOnceRights} send-once rights, and there are ${counts[port]}`];
  });
};

/** A msg-accepted notification that was owed before a step and is not owed after it. */
interface Settled { readonly message: Message; readonly to: PortId; readonly about: string; readonly died: boolean }

const settledNow = once((step): readonly Settled[] => {
  const { before, after } = step;
  const left = new Set([...messagesIn(after)].flatMap(([{ serial, accepted }]) => (accepted === null ? [] : [serial])));
  return [...messagesIn(before)].flatMap(([message]) => {
    const { accepted, serial, destination } = message;
    if (accepted === null || left.has(serial)) return [];
    const { task, name } = accepted.name;
    const entry = entryAt(after, task, newName(step, task, name));
    const isFreed = after.tasks[task]!.life === 'dead' || (entry === null && isCall(step, 'mach_msg'));
    const named = isFreed ? NULL : newName(step, task, name);
    return [{ message, to: accepted.notify, about: nameText({ task, name: named }), died: !isLive(after, destination.port) }];
  });
});

const noticeOf = (kind: Notice['kind']) => ({ to, about }: Settled): Notice => ({ kind, to, about: kind === 'send-once' ? '' : about });

/** Messages owed a notification at a port that dies: paid in one of the two kinds. */
function lateSettlement(step: MachStep): string[] {
  return settledNow(step).filter(({ died }) => died).flatMap((one) => {
    if (!isHeard(step, one.to)) return [];
    const kinds: readonly Notice['kind'][] = step.before.variant === 'gnumach' ? ['msg-accepted'] : ['msg-accepted', 'send-once'];
    const paid = heard(step).notices.some(({ to, kind, about }) => to === one.to && kinds.includes(kind)
      && (kind === 'send-once' || about === one.about || about === 'no name'));
    return paid ? [] : [`${portName(one.to)} was not told of message ${one.message.serial}, whose port has died`];
  });
}

/** What a msg-accepted notification says: the name the message went through, or none if that is gone. */
function acceptedFaults(step: MachStep): string[] {
  const settled = settledNow(step);
  const alive = settled.filter(({ died }) => !died).map(noticeOf('msg-accepted'));
  const perhaps = settled.filter(({ died }) => died).flatMap((one) => [noticeOf('msg-accepted')(one), { ...noticeOf('msg-accepted')(one), about: 'no name' }]);
  const forced = step.events.some((event) => event.tag === 'raised' && event.error === 'MACH_SEND_WILL_NOTIFY')
    ? heard(step).notices.filter(({ kind, to }) => kind === 'msg-accepted' && !settled.some((one) => one.to === to)) : [];
  return audit(step, ['msg-accepted'], alive, [...perhaps, ...forced]);
}

/** Names that are gone: no message owes a notification of them any more. */
function staleNames({ after }: MachStep): string[] {
  return [...messagesIn(after)].flatMap(([{ serial, accepted, destination }]) => {
    if (accepted === null || accepted.name.name <= 0 || after.tasks[accepted.name.task]!.life === 'dead') return [];
    const entry = entryAt(after, accepted.name.task, accepted.name.name);
    const fits = entry?.tag === 'port' ? entry.accepted && entry.port === destination.port : entry?.tag === 'dead';
    return fits ? [] : [`message ${serial} owes a notification of ${nameText(accepted.name)}, which is something else`];
  });
}

export const sendOnceLaws = {
  'mach/send-once-right-yields-one-message': {
    always: miscounted,
    step: conservation,
    sometimes: {
      'one goes unused': (step) => sends(step, 'send-once'),
      'one is used': (step) => dequeued(step).some(({ header }) => header.local.kind === 'send-once' && header.id > 100),
      'send-cancel drops one in silence': (step) => watched(step).some(({ fate, to }) => fate === 'cancelled' && !heard(step).notices.some((notice) => notice.to === to)),
      'a circular hand-over drops one in silence': ({ before, after }) => before.ports.some(({ portDestroyed, life }, port) =>
        life === 'live' && portDestroyed !== null && after.ports[port]!.life === 'dead' && leadsTo(before, portDestroyed, port as PortId)),
    },
  },

  'mach/unused-send-once-right-fires': {
    step: (step) => [
      ...missing(step, dueFor(step, droppedOnce(step))),
      ...heard(step).notices.flatMap(({ to, kind, about }) =>
        (kind === 'send-once' && about !== '' ? [`${portName(to)} was sent send-once with ${about}`] : [])),
    ],
    sometimes: {
      'a name is given up': (step) => isCall(step, 'mach_port_deallocate') && dueFor(step, droppedOnce(step)).length > 0,
      'a name is destroyed': (step) => isCall(step, 'mach_port_destroy') && dueFor(step, droppedOnce(step)).length > 0,
      'mod_refs takes it away': (step) => isCall(step, 'mach_port_mod_refs') && dueFor(step, droppedOnce(step)).length > 0,
      'its task ends': (step) => isCall(step, 'task_terminate') && dueFor(step, droppedOnce(step)).length > 0,
      'a request fails': (step) => isCall(step, 'mach_port_insert_right') && dueFor(step, droppedOnce(step)).length > 0,
      'a body fails': (step) => isCall(step, 'mach_msg') && dueFor(step, droppedOnce(step)).length > 0,
      'a queue is destroyed with it': (step) => casualties(step).length > 0 && isCall(step, 'mach_port_destroy', 'mach_port_mod_refs')
        && dueFor(step, droppedOnce(step)).length > 0,
    },
  },

  'mach/dead-destination-settles-msg-accepted': {
    step: lateSettlement,
    sometimes: {
      'a port dies that owes a notification': (step) => settledNow(step).some(({ died, to }) => died && isHeard(step, to)),
    },
  },

  'mach/msg-accepted-carries-the-send-name': {
    step: (step) => [...acceptedFaults(step), ...staleNames(step)],
    sometimes: {
      'it carries the name': (step) => heard(step).notices.some(({ kind, about }) => kind === 'msg-accepted' && about !== 'no name'),
      'the name was freed before': ({ after }) => [...messagesIn(after)].some(([{ accepted }]) => accepted?.name.name === NULL),
    },
  },
} satisfies MachLaws;

export const sendOnceMutants: MachMutants = {
  'unused-right-goes-in-silence': {
    rule: 'mach/send-once-right-yields-one-message',
    fault: 'a send-once right destroyed in a message is dropped in silence',
    mechanisms: {
      cleanMessage: (world, message) => cleanMessage(altered(world, {
        releaseSendOnce: (inner, id) => inner.mechanisms.dropSendOnce(inner, id),
      }), message),
    },
  },
  'send-once-notification-comes-twice': {
    rule: 'mach/send-once-right-yields-one-message',
    fault: 'a send-once right destroyed unused is told twice',
    mechanisms: {
      notifySendOnce: (world, to) => {
        notifySendOnce(world, to);
        notifySendOnce(world, to);
      },
    },
  },
  'receipt-keeps-the-send-once-right': {
    rule: 'mach/send-once-right-yields-one-message',
    fault: 'a send-once right counts on after the message sent through it was received',
    mechanisms: {
      copyoutDestination: (world, task, message) => copyoutDestination(altered(world, { dropSendOnce: () => undefined }), task, message),
    },
  },
  'deallocated-send-once-right-is-not-told': {
    rule: 'mach/unused-send-once-right-fires',
    fault: 'a send-once right that is deallocated goes in silence',
    operations: {
      mach_port_deallocate: {
        ...deallocate,
        step: (world, call) => deallocate.step(altered(world, { releaseSendOnce: (inner, id) => inner.mechanisms.dropSendOnce(inner, id) }), call),
      },
    },
  },
  'dead-servers-clients-are-not-told': {
    rule: 'mach/unused-send-once-right-fires',
    fault: 'the send-once rights of a dying task go in silence',
    mechanisms: {
      destroyEntry: (world, task, name) => destroyEntry(world.state.tasks[task]!.life === 'live' ? world
        : altered(world, { releaseSendOnce: (inner, id) => inner.mechanisms.dropSendOnce(inner, id) }), task, name),
    },
  },
  'queued-reply-rights-are-not-told': {
    rule: 'mach/unused-send-once-right-fires',
    fault: 'the reply rights in the queue of a dying port go in silence',
    mechanisms: {
      cleanMessage: (world, message) => {
        if (message.reply.tag === 'right' && message.reply.kind === 'send-once') world.mechanisms.dropSendOnce(world, message.reply.port);
        cleanMessage(world, { ...message, reply: { tag: 'null', kind: null } });
      },
    },
  },
  'dying-port-forgets-msg-accepted': {
    rule: 'mach/dead-destination-settles-msg-accepted',
    fault: 'a port that dies takes the msg-accepted notifications it owes along',
    mechanisms: {
      payAccepted: (world, accepted, portDied) => (portDied ? world.mechanisms.dropSendOnce(world, accepted.notify)
        : payAccepted(world, accepted, portDied)),
    },
  },
  'msg-accepted-carries-no-name': {
    rule: 'mach/msg-accepted-carries-the-send-name',
    fault: 'a msg-accepted notification never carries a name',
    mechanisms: { notifyMsgAccepted: (world, to, { task }) => notifyMsgAccepted(world, to, { task, name: NULL }) },
  },
  'msg-accepted-is-never-sent': {
    rule: 'mach/msg-accepted-carries-the-send-name',
    fault: 'the receipt of a forced message tells nobody',
    mechanisms: {
      takeMessage: (world, thread, message, sequence, wait) =>
        takeMessage(altered(world, { payAccepted: (inner, { notify }) => inner.mechanisms.dropSendOnce(inner, notify) }), thread, message, sequence, wait),
    },
  },
};
