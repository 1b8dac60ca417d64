import type { Name, TaskId } from '#spec/mach/vocabulary';
import { entryOf, setEntry } from '#model/mach/entries';
import { requestNotification } from '#model/mach/notifications/request-notification';
import { force } from '#model/mach/messages/send';
import { releaseSend } from '#model/mach/rights/release';
import { change } from '#model/operation';
import { monitor } from '#properties/obligation';
import type { MachLaws, MachMutants, MachStep } from '#properties/mach/obligation';
import {
  callerEvent, callerTask, entryAt, isLive, messagesIn, namesOf, portName, succeeded, taskName,
} from '#properties/mach/facts';
import { altered } from '#properties/mach/laws/altered';
import { besides } from '#properties/mach/laws/changes';
import { dequeued, isCall, targetTask, receivesUnheard, takenUnheard } from '#properties/mach/laws/ledger';
import { heard, missing, nameText, type Notice } from '#properties/mach/laws/notices';
import {
  firesAtOnce, isGranted, isRequest, portAsked, slotAsked, slots,
} from '#properties/mach/laws/request-slots';
import { droppedOnce, dueFor } from '#properties/mach/laws/send-once-ends';
import { notifyOf } from '#properties/mach/laws/watched';

const slotKinds: Readonly<Record<Notice['kind'], string>> = {
  'dead-name': 'dead-name', 'port-deleted': 'dead-name', 'no-senders': 'no-senders', 'port-destroyed': 'port-destroyed',
  'msg-accepted': 'msg-accepted', 'send-once': '',
};

/** Notifications of kinds that are sent on request alone, at ports that nobody had registered for them. */
function unasked(step: MachStep): string[] {
  const { before } = step;
  const asked = isRequest(step) ? notifyOf(step) : null;
  return heard(step).notices.flatMap(({ to, kind }) => {
    if (kind === 'send-once' || to === asked) return [];
    if ([...slots(step).before].some(([slot, port]) => port === to && slot.startsWith(slotKinds[kind]))) return [];
    if (kind === 'dead-name' && (dequeued(step).length > 0 || before.ports.some(({ stray }) => stray.length > 0))) return [];
    if (kind === 'msg-accepted') {
      const owed = [...messagesIn(before)].some(([{ accepted }]) => accepted?.notify === to);
      if (owed || (isCall(step, 'mach_msg', 'timeout'))) return [];
    }
    return [`${portName(to)} was sent ${kind}, and nobody asked for it`];
  });
}

/** The name the caller got for the right registered before, judged against what was registered. */
function previousFaults(step: MachStep): string[] {
  if (!isGranted(step)) return [];
  const { before, after } = step;
  const event = callerEvent(step) as { readonly value: { readonly previous: Name } };
  const { previous } = event.value;
  const registered = slots(step).before.get(slotAsked(step)!);
  if (registered === undefined) return previous === 0 ? [] : [`n${previous} was returned, and nothing was registered`];
  if (!isLive(before, registered)) return previous === -1 ? [] : [`the dead ${portName(registered)} was returned as n${previous}`];
  const caller = callerTask(step);
  const entry = entryAt(after, caller, previous);
  const fresh = entryAt(before, caller, previous) === null || previous === step.call.notify.name;
  return entry?.tag === 'send-once' && entry.port === registered && entry.request === null && fresh ? []
    : [`the right to ${portName(registered)} was not returned, but n${previous}`];
}

/** What a granted request may change, apart from threads that it wakes. */
function swapFaults(step: MachStep): string[] {
  if (!isGranted(step)) return [];
  const slot = slotAsked(step)!;
  const notify = notifyOf(step);
  const now = slots(step).after.get(slot);
  const due = firesAtOnce(step) || notify === 'null' ? undefined : notify;
  return now === due ? [] : [`${slot} is registered with ${now === undefined ? 'nobody' : portName(now)}`];
}

function frameFaults(step: MachStep): readonly string[] {
  if (!isGranted(step) || step.events.length > 1) return [];
  const { call } = step;
  const caller = taskName(callerTask(step));
  const event = callerEvent(step) as { readonly value: { readonly previous: Name } };
  const notify = notifyOf(step);
  const port = portAsked(step);
  const told = heard(step).notices.flatMap(({ to }) => [`${portName(to)}.queue`, `${portName(to)}.receivers`, `${portName(to)}.sequence`]);
  return besides(step, ...told, /^(t\d+\.run|s\d+\.receivers)$/, `n${event.value.previous} of ${caller}`,
    ...(call.kind === 'dead-name' ? [`n${call.name} of ${taskName(targetTask(step)!)}`] : []),
    ...(call.kind === 'no-senders' && port !== null ? [`${portName(port)}.noSenders`] : []),
    ...(call.kind === 'port-destroyed' && port !== null ? [`${portName(port)}.portDestroyed`] : []),
    ...(call.notify.disposition === 'move-send-once' ? [`n${call.notify.name} of ${caller}`] : []),
    ...(call.notify.disposition === 'make-send-once' && typeof notify === 'number' ? [`${portName(notify)}.sendOnceRights`] : []));
}

/** Requests that were swapped, or appeared, although nobody asked for that. */
function slotFaults(step: MachStep): string[] {
  const { before, after } = slots(step);
  const asked = isGranted(step) ? slotAsked(step) : null;
  const renamed = isCall(step, 'mach_port_rename') && succeeded(step);
  const watching = isCall(step, 'mach_msg') || dequeued(step).length + takenUnheard(step).length > 0
    || receivesUnheard(step);
  const violations: string[] = [];
  for (const [slot, port] of after) {
    const was = before.get(slot);
    if (was === port || slot === asked || renamed) continue;
    if (was !== undefined) violations.push(`${slot} was swapped from ${portName(was)} to ${portName(port)}`);
    else if (!(watching && slot.startsWith('dead-name')) && !slot.startsWith('msg-accepted')) violations.push(`${slot} appeared`);
  }
  return violations;
}

/** The flag of a name says that a msg-accepted is owed for it; then it is, and once. */
function acceptedFaults(state: MachStep['after']): string[] {
  const owed = new Map<string, number>();
  for (const [{ accepted }] of messagesIn(state)) {
    if (accepted === null || accepted.name.name <= 0) continue;
    const name = nameText(accepted.name);
    owed.set(name, (owed.get(name) ?? 0) + 1);
  }
  const flagged = new Set([...namesOf(state)].flatMap(([task, name, entry]) =>
    (entry.tag === 'port' && entry.accepted ? [nameText({ task, name })] : [])));
  return [
    ...[...owed].flatMap(([name, times]) => (times > 1 ? [`${name} is owed ${times} msg-accepted notifications`] : [])),
    ...[...flagged].filter((name) => !owed.has(name)).map((name) => `${name} says it is owed a notification, and is not`),
  ];
}


/** The names of send-once rights that came back from requests. */
interface Returned { readonly names: Map<string, string> }

export const notificationRequestLaws = {
  'mach/notifications-come-on-request': {
    step: (step) => [...unasked(step), ...previousFaults(step), ...swapFaults(step)],
    sometimes: {
      'a request takes the place of another': (step) => isGranted(step) && slots(step).before.has(slotAsked(step)!)
        && typeof notifyOf(step) === 'number',
      'a request is cancelled': (step) => isGranted(step) && slots(step).before.has(slotAsked(step)!) && notifyOf(step) === 'null',
      'the previous right is to a dead port': (step) => isGranted(step)
        && (callerEvent(step) as { value: { previous: Name } }).value.previous === -1,
      'a full port is notified': ({ before, after }) => after.ports.some(({ queue, queueLimit }, port) =>
        queue.length > queueLimit && queue.length > (before.ports[port]?.queue.length ?? 0) && queue.at(-1)!.sender === -1),
    },
  },

  'mach/requests-have-one-slot-each': {
    always: acceptedFaults,
    step: (step) => [...slotFaults(step), ...frameFaults(step)],
    sometimes: {
      'a port has both of its requests': ({ after }) => after.ports.some(({ noSenders, portDestroyed }) =>
        noSenders !== null && portDestroyed !== null),
      'two names of one port are watched': (step) => [...namesOf(step.after)].some(([task, name, entry]) =>
        entry.tag === 'port' && entry.request !== null && [...namesOf(step.after)].some(([other, another, same]) =>
          same.tag !== 'set' && same.tag !== 'dead' && same.request !== null && same.port === entry.port
            && (other !== task || another !== name))),
      'a msg-accepted is owed': ({ after }) => [...messagesIn(after)].some(([{ accepted }]) => accepted !== null),
    },
  },

  'mach/dropped-previous-right-notifies': {
    monitor: monitor<MachStep['after'], MachStep['call'], Returned>({
      start: () => ({ names: new Map() }),
      next: ({ names }, step) => {
        const dropped = droppedOnce(step).filter(({ holder }) => holder !== null && names.has(nameText(holder)));
        for (const { holder } of dropped) names.delete(nameText(holder!));
        if (isCall(step, 'mach_port_rename') && succeeded(step)) {
          const task = targetTask(step)!;
          const port = names.get(nameText({ task, name: step.call.name }));
          if (port !== undefined) names.set(nameText({ task, name: step.call.to }), port);
        }
        const lost = previousFaults(step);
        if (isGranted(step) && lost.length === 0) {
          const { previous } = (callerEvent(step) as { value: { previous: Name } }).value;
          if (previous > 0) names.set(nameText({ task: callerTask(step), name: previous }), slotAsked(step)!);
        }
        return [...lost, ...missing(step, dueFor(step, dropped))];
      },
    }),
    sometimes: {
      'a right comes back': (step) => isGranted(step) && (callerEvent(step) as { value: { previous: Name } }).value.previous > 0,
      'a send-once right is dropped': (step) => droppedOnce(step).some(({ holder, port }) => holder !== null && isLive(step.after, port)),
    },
  },
} satisfies MachLaws;

/** The port that a request about no-senders or port-destroyed is about, as the caller means it. */
const subject = (state: MachStep['after'], task: TaskId, name: Name) => {
  const entry = entryOf(state, task, name);
  return entry?.tag === 'port' && entry.receive ? change(state.ports[entry.port]!) : null;
};

export const notificationRequestMutants: MachMutants = {
  'request-does-not-cancel': {
    rule: 'mach/notifications-come-on-request',
    fault: 'a request with a null right returns the one registered before, and leaves it registered',
    operations: {
      mach_port_request_notification: {
        ...requestNotification,
        step: (world, call) => {
          const port = subject(world.state, world.state.threads[call.thread]!.task, call.name);
          const kept = port === null ? null : { ...port };
          const verdict = requestNotification.step(world, call);
          if (kept !== null && call.notify.name === 0 && verdict.tag === 'returned') port!.noSenders = kept.noSenders;
          return verdict;
        },
      },
    },
  },
  'last-sender-is-told-of-unasked': {
    rule: 'mach/notifications-come-on-request',
    fault: 'the loss of the last send right is told to the port itself, where nobody has asked',
    mechanisms: {
      releaseSend: (world, id) => {
        releaseSend(world, id);
        const port = change(world.state.ports[id]!);
        if (port.life === 'dead' || port.kernel !== null || port.sendRights > 0) return;
        port.sendOnceRights += 1;
        world.mechanisms.notifyNoSenders(world, id, port.makeSend);
      },
    },
  },
  'request-swallows-the-previous-right': {
    rule: 'mach/dropped-previous-right-notifies',
    fault: 'a request drops the right registered before, and nobody hears of it',
    operations: {
      mach_port_request_notification: {
        ...requestNotification,
        step: (world, call) => requestNotification.step(altered(world, {
          copyout: (inner, _task, right) => {
            if (right.tag === 'right') inner.mechanisms.dropSendOnce(inner, right.port);
            return 0 as Name;
          },
        }), call),
      },
    },
  },
  'no-senders-and-port-destroyed-share-a-slot': {
    rule: 'mach/requests-have-one-slot-each',
    fault: 'a port has one slot for both of its requests, and the later one takes it',
    operations: {
      mach_port_request_notification: {
        ...requestNotification,
        step: (world, call) => {
          const port = subject(world.state, world.state.threads[call.thread]!.task, call.name);
          const verdict = requestNotification.step(world, call);
          if (verdict.tag !== 'returned' || port === null) return verdict;
          if (call.kind === 'no-senders' && port.portDestroyed !== null) port.portDestroyed = port.noSenders;
          return verdict;
        },
      },
    },
  },
  'dead-name-request-sits-on-every-name': {
    rule: 'mach/requests-have-one-slot-each',
    fault: 'a dead-name request is registered for the names of all tasks for that port',
    operations: {
      mach_port_request_notification: {
        ...requestNotification,
        step: (world, call) => {
          const verdict = requestNotification.step(world, call);
          const entry = entryOf(world.state, world.state.threads[call.thread]!.task, call.name);
          if (verdict.tag !== 'returned' || call.kind !== 'dead-name' || entry?.tag !== 'port') return verdict;
          for (const [task, name, other] of Array.from(namesOf(world.state))) {
            if (other.tag === 'port' && other.port === entry.port) setEntry(world.state, task, name, { ...other, request: entry.request });
          }
          return verdict;
        },
      },
    },
  },
  'name-owes-two-accepted-notifications': {
    rule: 'mach/requests-have-one-slot-each',
    fault: 'a second message can be forced through a name while a notification is still owed for the first',
    mechanisms: {
      force: (world, thread, message, notify) => {
        const { task } = world.state.threads[thread]!;
        for (const [of, name, entry] of namesOf(world.state)) {
          if (of === task && entry.tag === 'port') setEntry(world.state, task, name, { ...entry, accepted: false });
        }
        return force(world, thread, message, notify);
      },
    },
  },
};
