import type { Entry, PortId } from '#model/mach/state';
import { entryAt, errorOf, isLive, portName, succeeded, threadName } from '#properties/mach/facts';
import { same } from '#properties/mach/laws/frame';
import { casualties, isCall, leadsTo, transits } from '#properties/mach/laws/ledger';
import {
  backupName, fates, handedOver, isHandedOver, keepsQueue, lostSenders, othersNames, whereabouts, type Cause, type Fate,
} from '#properties/mach/laws/hand-overs';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

/** Rights that were due to a backup and did not get there, and those that got there undue. */
export function misdirected(step: MachStep): string[] {
  return fates(step).flatMap((fate) => {
    const { port, due } = fate;
    const lives = isLive(step.after, port);
    if (due === 'handed over') {
      if (!isHandedOver(step, fate)) return [`${portName(port)} was lost, and did not go to ${backupName(fate)}`];
      return lives && step.after.ports[port]!.portDestroyed !== null ? [`the request on ${portName(port)} is not used up`] : [];
    }
    if (due === 'open') return !lives || isHandedOver(step, fate) ? [] : [`${portName(port)} lives with nobody`];
    return lives ? [`${portName(port)} lives, and had ${due === 'unregistered' ? 'no' : 'only a'} ${due}`] : [];
  });
}

/** Ports that died although a backup was registered for them, and nothing kept it from getting them. */
function wasted(step: MachStep): string[] {
  const { before, after } = step;
  return casualties(step).flatMap((port) => {
    const backup = before.ports[port]!.portDestroyed;
    if (backup === null || !isLive(before, backup) || !isLive(after, backup) || leadsTo(before, backup, port)) return [];
    const swapped = isCall(step, 'mach_port_request_notification');
    return swapped || mayHaveBeenSpoiled(step, port, backup) ? [] : [`${portName(port)} died, and ${portName(backup)} was to have it`];
  });
}

/** Whether a right may have been handed over, and then destroyed with the message it was in, all in one step. */
const mayHaveBeenSpoiled = (step: MachStep, port: PortId, backup: PortId): boolean =>
  whereabouts(step, { port, backup }) === 'spoiled' || mayHaveLooped(step, backup);

/** Whether the backup was itself lost, or on its way, in the step: then a loop may have closed meanwhile. */
const mayHaveLooped = (step: MachStep, backup: PortId): boolean =>
  transits(step.before).has(backup) || transits(step.after).has(backup) || fates(step).some(({ port }) => port === backup);

/** The request must not ask for a count. */
const missynced = (step: MachStep): string[] =>
  (isCall(step, 'mach_port_request_notification') && step.call.kind === 'port-destroyed' && step.call.sync !== 0 && succeeded(step)
    ? ['a port-destroyed request with a sync value was granted'] : []);

/** What a hand-over should have left as it was, or set back. */
function disturbed(step: MachStep, { port, holder }: Fate): string[] {
  const { before, after } = step;
  const was = before.ports[port]!;
  const is = after.ports[port]!;
  const label = portName(port);
  const wrong: string[] = [];
  const expect = (what: string, fits: boolean) => { if (!fits) wrong.push(`${what} of ${label} is not as it should be`); };
  expect('the queue', keepsQueue(step, port));
  expect('the line of senders', lostSenders(step, port).length === 0);
  expect('the queue limit', was.queueLimit === is.queueLimit);
  expect('the no-senders request', same(was.noSenders, is.noSenders) || (is.noSenders === null && is.sendRights === 0));
  expect('the make-send count', is.makeSend === 0);
  expect('the sequence number', is.sequence === 0);
  expect('the set', is.set === null);
  for (const [task, name] of othersNames(before, port, new Set(holder === null ? [] : [holder.task]))) {
    if (!same(entryAt(before, task, name), entryAt(after, task, name)) && !received(step, port, task)) wrong.push(`n${name} of T${task + 1} for ${label} changed`);
  }
  return [...wrong, ...waitersLeft(step, port)];
}

/** Whether a task got the right itself in the step, which changes its name for the port. */
const received = ({ before, after }: MachStep, port: PortId, task: number): boolean => after.tasks[task]!.names.some((entry, name) =>
  entry?.tag === 'port' && entry.port === port && entry.receive && !receives(before.tasks[task]!.names[name] ?? null));

const receives = (entry: Entry | null): boolean => entry?.tag === 'port' && entry.receive;

/** Threads of the old holder that waited for messages of the port are told that it is gone from there. */
const waitersLeft = (step: MachStep, port: PortId): string[] => step.before.ports[port]!.receivers.flatMap((thread) => {
  if (step.before.ports[port]!.set !== null || step.after.threads[thread]!.life === 'dead') return [];
  const { run } = step.after.threads[thread]!;
  const told = step.events.some((event) => event.thread === thread && event.tag === 'raised' && event.error === 'MACH_RCV_PORT_DIED');
  const willBe = run.tag === 'answered' && run.error === 'MACH_RCV_PORT_DIED';
  return told || willBe ? [] : [`${threadName(thread)} was not told that ${portName(port)} has gone`];
});

/** What is left of a combined name whose receive right was released, and went to a backup. */
function mislaid(step: MachStep): string[] {
  return combined(step).flatMap(({ port, holder }) => {
    const { task, name } = holder!;
    const was = entryAt(step.before, task, name) as Extract<Entry, { tag: 'port' }>;
    const is = entryAt(step.after, task, name);
    if (step.before.variant === 'gnumach') {
      const refs = was.sends + (was.request === null ? 0 : 1);
      return is?.tag === 'dead' && is.refs === refs ? [] : [`n${name} is not the dead name this variant makes of it`];
    }
    const left = is?.tag === 'port' && is.port === port && is.sends === was.sends && is.request === was.request;
    return left && (!is.receive || received(step, port, task)) ? [] : [`n${name} did not keep its send right to ${portName(port)}`];
  });
}

const combined = (step: MachStep): readonly Fate[] => handedOver(step).filter(({ cause, holder }) => {
  const entry = cause === 'right released' && holder !== null ? entryAt(step.before, holder.task, holder.name) : null;
  return entry?.tag === 'port' && entry.sends > 0;
});

const was = (step: MachStep, cause: Cause): boolean => handedOver(step).some((fate) => fate.cause === cause);

/** A backup that was dead keeps nothing: no name, message or line is left of the port. */
const revived = (step: MachStep): string[] => fates(step).flatMap(({ port, due }) => {
  if (due !== 'dead backup') return [];
  if (isLive(step.after, port)) return [`${portName(port)} outlives its holder without a backup`];
  const { queue, senders, receivers } = step.after.ports[port]!;
  return queue.length + senders.length + receivers.length > 0 ? [`something waits at ${portName(port)}, which is dead`] : [];
});

export const handOverLaws = {
  'mach/port-destroyed-hands-the-right-over': {
    step: (step) => [...misdirected(step), ...wasted(step), ...missynced(step)],
    sometimes: {
      'a name is destroyed': (step) => was(step, 'name destroyed'),
      'a right is released': (step) => was(step, 'right released'),
      'a task ends': (step) => was(step, 'task ended'),
      'a message that carries it is destroyed': (step) => was(step, 'message destroyed'),
      'a request with a sync value is refused': (step) => isCall(step, 'mach_port_request_notification') && step.call.kind === 'port-destroyed'
        && step.call.sync !== 0 && errorOf(step) === 'KERN_INVALID_VALUE',
    },
  },

  'mach/hand-over-keeps-queue-and-senders': {
    step: (step) => handedOver(step).flatMap((fate) => disturbed(step, fate)),
    sometimes: {
      'messages are in the queue': (step) => handedOver(step).some(({ port }) => step.before.ports[port]!.queue.length > 1),
      'senders wait': (step) => handedOver(step).some(({ port }) => step.before.ports[port]!.senders.length > 0),
      'a thread of the old holder waits': (step) => handedOver(step).some(({ port }) => waitersOf(step, port)),
      'the port is in a set': (step) => handedOver(step).some(({ port }) => step.before.ports[port]!.set !== null),
      'a no-senders request stands': (step) => handedOver(step).some(({ port }) => step.after.ports[port]!.noSenders !== null),
      'the counts are not zero': (step) => handedOver(step).some(({ port }) => step.before.ports[port]!.makeSend > 0 && step.before.ports[port]!.sequence > 0),
      'another task has a watched name': (step) => handedOver(step).some(({ port, holder }) =>
        [...othersNames(step.before, port, new Set(holder === null ? [] : [holder.task]))].some(([task, name]) => {
          const entry = entryAt(step.before, task, name);
          return entry?.tag === 'port' && entry.request !== null;
        })),
    },
  },

  'mach/hand-over-needs-a-live-backup': {
    step: revived,
    sometimes: {
      'the backup is dead': (step) => fates(step).some(({ due }) => due === 'dead backup'),
      'the backup is dead, and messages wait': (step) => fates(step).some(({ due, port }) => due === 'dead backup' && step.before.ports[port]!.queue.length > 0),
    },
  },

  'mach/hand-over-leaves-the-send-right': {
    on: ['mach_port_mod_refs'],
    step: mislaid,
    sometimes: {
      'a combined name loses its receive right to a backup': (step) => combined(step).length > 0,
      'and the name was watched': (step) => combined(step).some(({ holder }) => {
        const entry = entryAt(step.before, holder!.task, holder!.name);
        return entry?.tag === 'port' && entry.request !== null;
      }),
    },
  },
} satisfies MachLaws;

const waitersOf = (step: MachStep, port: PortId): boolean => step.before.ports[port]!.set === null
  && step.before.ports[port]!.receivers.some((thread) => step.after.threads[thread]!.life === 'live');

