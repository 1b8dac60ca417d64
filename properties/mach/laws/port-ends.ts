import type { Message, Port, PortId } from '#model/mach/state';
import {
  errorOf, isLive, messageBySerial, messagesIn, namesOf, portName, rightsIn,
} from '#properties/mach/facts';
import { deviationsFrom, isPlayed } from '#properties/mach/laws/deviations';
import { casualties, inTransit, isCall, leadsTo, once, senders } from '#properties/mach/laws/ledger';
import { missent } from '#properties/mach/laws/judged-sends';
import { expectedOf, sendEnd, sentMessage, takenIn } from '#properties/mach/laws/message-steps';
import { heard, kindOf, missing, type NoticeKind } from '#properties/mach/laws/notices';
import { amiss, takings } from '#properties/mach/laws/name-steps';
import { droppedOnce, dueFor, lostMessages } from '#properties/mach/laws/send-once-ends';
import { played, playedIn } from '#properties/mach/laws/play';
import { sendDue } from '#properties/mach/laws/send-due';
import { judged } from '#properties/mach/laws/judged';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

const ending = ['mach_port_destroy', 'mach_port_mod_refs'];

/** Messages that the kernel sent in a step, in the order of their queue, as far as it matters who was told first. */
const sequence = (queue: readonly Message[], first: number): readonly string[] => {
  const told = queue.filter(({ serial }) => serial >= first).map((message) => `${kindOf(message.id)} ${JSON.stringify(message.body)}`);
  return told.every((text) => text.startsWith('dead-name')) ? told.toSorted() : told;
};

/** Queues in which what a port's end has brought stands in another order than its effects come in. */
function misordered(step: MachStep): readonly string[] {
  const paper = played(step);
  if (paper === null || paper.disturbed || casualties(step).length === 0 || tellsOften(step)) return [];
  return step.after.ports.flatMap(({ life, queue }, port) => {
    if (life === 'dead') return [];
    const [is, should] = [sequence(queue, step.before.serial), sequence(paper.ports[port]?.queue ?? [], step.before.serial)];
    return is.length < 2 || is.every((text, at) => text === should[at]) ? [] : [`${portName(port as PortId)} was told in the order ${is.join(', ')}`];
  });
}

/** Several names of one port that are watched: in which order they go is open. */
const tellsOften = (step: MachStep): boolean => {
  const seen = new Set<PortId>();
  return [...namesOf(step.before)].some(([, , entry]) => {
    if ((entry.tag !== 'port' && entry.tag !== 'send-once') || entry.request === null || isLive(step.after, entry.port)) return false;
    const again = seen.has(entry.port);
    seen.add(entry.port);
    return again;
  });
};

/** Ports that were told several things in one step, of which one is of a kind. */
const toldOf = (step: MachStep, ...kinds: readonly NoticeKind[]): boolean => isCall(step, 'mach_port_destroy', 'mach_port_mod_refs')
  && casualties(step).length > 0 && step.after.ports.some(({ queue }, port) => {
    const told = queue.filter(({ serial, sender }) => serial >= step.before.serial && sender === -1).map(({ id }) => kindOf(id));
    return isLive(step.after, port as PortId) && kinds.every((kind) => told.some((one) => one === kind));
  });

/** Ports whose receive right was taken out of its name, and that live, without the help of a backup. */
const moved = once((step): readonly PortId[] => takings(step).flatMap(({ disposition, entry }) => {
  if (disposition !== 'move-receive' || entry.tag !== 'port' || !isLive(step.after, entry.port)) return [];
  const isHandedOver = step.before.ports[entry.port]!.portDestroyed !== null && step.after.ports[entry.port]!.portDestroyed === null
    && (isCall(step, 'mach_port_insert_right') || sentMessage(step) === null);
  return isHandedOver ? [] : [entry.port];
}));

const moves = (step: MachStep, fits: (port: Port) => boolean): boolean => moved(step).some((port) => fits(step.before.ports[port]!));

/** What the move of a receive right has left otherwise than it was, or should be. */
const disturbedBy = (step: MachStep): readonly string[] => moved(step).flatMap((id) => {
  const [was, is] = [step.before.ports[id]!, step.after.ports[id]!];
  const wrong: string[] = [];
  const gone = was.queue.filter(({ serial }) => messageBySerial(step.after, serial) === null).length;
  const taken = takenIn(step).filter(({ source }) => source?.destination.port === id).length;
  if (gone > taken) wrong.push(`messages of ${portName(id)} were lost`);
  if (was.portDestroyed !== is.portDestroyed || (was.noSenders !== is.noSenders && senders(step).after[id]! > 0)) wrong.push(`requests on ${portName(id)} were lost`);
  if (is.set !== null && isCall(step, 'mach_port_extract_right', 'mach_port_insert_right')) wrong.push(`${portName(id)} is still in a set`);
  return wrong;
});

/** The port that a send is bound for, if its receive right is on its way. */
const boundForTransit = (step: MachStep): boolean => {
  const expected = expectedOf(step);
  return expected !== null && inTransit(step).before.has(expected.message.destination.port);
};

/** Messages that a step destroys, and how that came. */
const destroys = (step: MachStep, cause: 'port' | 'circular' | 'body' | 'size' | 'request'): boolean => {
  switch (cause) {
    case 'port': return lostMessages(step).some((message) => [...rightsIn(message)].length > 0);
    case 'circular': return sendEnd(step) === 'sent' && isLoop(step);
    case 'body': return sendEnd(step) === 'destroyed';
    case 'size': return takenIn(step).some(({ error, source }) => error !== null && source !== null && [...rightsIn(source)].length > 0);
    case 'request': return isCall(step, 'mach_port_insert_right', 'mach_port_request_notification') && judged(step)?.gate === 'operation';
  }
};

/** Whether a message that is sent would end in its own queue, by the rights in transit before it. */
const isLoop = once((step): boolean => {
  const expected = expectedOf(step);
  if (expected === null || expected.error !== null) return false;
  const { destination, body } = expected.message;
  return body.some((item) => item.tag === 'rights' && item.kind === 'receive' && item.rights.some((right) =>
    right.tag === 'right' && leadsTo(step.before, destination.port, right.port)));
});

/** A message of a loop that is not treated as such, or one of none that is. */
function mistakenLoop(step: MachStep): readonly string[] {
  const sent = sentMessage(step)?.[0];
  if (sent === undefined || expectedOf(step) === null) return [];
  if (sent.circular === isLoop(step)) return sendEnd(step) === 'sent' && isLoop(step) ? ['a message that closes a loop was queued'] : [];
  return [sent.circular ? 'a message was marked circular, and closes no loop' : 'a message that closes a loop was not marked circular'];
}

/** How long the loop is that a message closes: ports whose rights are in transit already. */
const isLongLoop = (step: MachStep): boolean => isLoop(step) && !expectedOf(step)!.space.takings.some(({ port, disposition }) =>
  disposition === 'move-receive' && port === expectedOf(step)!.message.destination.port);

/** Ports with a backup that die because a hand-over would close a loop. */
const doomed = once((step): readonly PortId[] => casualties(step).filter((port) => {
  const { portDestroyed } = step.before.ports[port]!;
  return portDestroyed !== null && leadsTo(step.before, portDestroyed, port);
}));

/** Hand-overs that were made although they close a loop, or that somebody was told of. */
const wronglyHandedOver = (step: MachStep): readonly string[] => {
  if (!isCall(step, 'mach_port_destroy', 'mach_port_mod_refs') || judged(step) !== null) return [];
  return step.before.ports.flatMap(({ portDestroyed, life }, id) => {
    const port = id as PortId;
    if (life === 'dead' || portDestroyed === null || !leadsTo(step.before, portDestroyed, port) || !inTransit(step).after.has(port)) return [];
    return inTransit(step).before.has(port) ? [] : [`${portName(port)} was handed over in a loop`];
  });
};

/** Whether the notice that the last send right is gone came while there still was one. */
const premature = (step: MachStep): readonly string[] => (isCall(step, 'mach_port_request_notification') ? [] : step.before.ports.flatMap(({ noSenders, life }, id) => {
  const port = id as PortId;
  if (life === 'dead' || noSenders === null || !isLive(step.after, port) || step.after.ports[port]!.noSenders !== null) return [];
  const left = senders(step).after[port]!;
  return left === 0 ? [] : [`no-senders of ${portName(port)} was used up with ${left} send rights left`];
}));

/** A watched port whose only send rights are in messages, or in one place in a message. */
const clings = (state: MachStep['after'], where: 'queued through' | 'carried'): boolean => state.ports.some(({ life, noSenders }, id) => {
  if (life === 'dead' || noSenders === null) return false;
  if ([...namesOf(state)].some(([, , entry]) => entry.tag === 'port' && entry.port === id && entry.sends > 0)) return false;
  return [...messagesIn(state)].some(([message]) => (where === 'queued through'
    ? message.destination.port === id && message.destination.kind === 'send'
    : [...rightsIn(message)].some(({ port, kind }) => port === id && kind === 'send')));
});

export const portEndLaws = {
  'mach/port-death-has-an-order': {
    on: ending,
    step: (step) => (casualties(step).length === 0 ? [] : [...misordered(step), ...amiss(step)]),
    sometimes: {
      'one port is told of the queue and of the name': (step) => toldOf(step, 'send-once', 'dead-name'),
      'one is told of a death and of the receive name': (step) => toldOf(step, 'port-deleted') && heard(step).notices.length > 1,
      'the last send right goes with the receive right': (step) => isCall(step, 'mach_port_destroy') && casualties(step).length > 0
        && heard(step).notices.some(({ kind }) => kind === 'no-senders'),
      'a no-senders right ends in a send-once notification': (step) => casualties(step).some((port) =>
        step.before.ports[port]!.noSenders !== null && heard(step).notices.some(({ kind, to }) => kind === 'send-once' && to === step.before.ports[port]!.noSenders)),
    },
  },

  'mach/moving-receive-leaves-senders-alone': {
    step: (step) => (moved(step).length === 0 ? [] : [...disturbedBy(step), ...amiss(step)]),
    sometimes: {
      'messages are queued': (step) => moves(step, ({ queue }) => queue.length > 0),
      'senders wait': (step) => moves(step, (port) => port.senders.length > 0),
      'the end of senders is watched': (step) => moves(step, ({ noSenders }) => noSenders !== null),
      'there is a backup': (step) => moves(step, ({ portDestroyed }) => portDestroyed !== null),
      'it was in a set': (step) => moves(step, ({ set }) => set !== null),
      'it had counts to lose': (step) => moves(step, ({ makeSend, sequence: next }) => makeSend > 0 && next > 0),
    },
  },

  'mach/port-in-transit-accepts-messages': {
    on: ['mach_msg'],
    step: (step) => {
      if (!boundForTransit(step)) return [];
      const due = sendDue(step);
      const end = sendEnd(step);
      const isDue = due === null || expectedOf(step)!.error !== null || isLoop(step) || end === due.tag;
      return [...(isDue ? [] : [`a send to a port in transit was ${end}, and should have been ${due.tag}`]), ...missent(step), ...amiss(step)];
    },
    sometimes: {
      'a message is queued': (step) => boundForTransit(step) && sendEnd(step) === 'sent' && sentMessage(step)?.[1].at === 'queue',
      'the queue is full': (step) => boundForTransit(step) && (sendEnd(step) === 'waiting' || sendEnd(step) === 'given back'),
    },
  },

  'mach/destroyed-message-destroys-its-contents': {
    step: (step) => (casualties(step).length > 0 || destroys(step, 'circular') || destroys(step, 'body') || destroys(step, 'size') || destroys(step, 'request')
      ? [...amiss(step), ...missing(step, dueFor(step, droppedOnce(step)))] : []),
    sometimes: {
      'with the port it waited at': (step) => destroys(step, 'port'),
      'because it closes a loop': (step) => destroys(step, 'circular'),
      'because its body failed': (step) => destroys(step, 'body'),
      'because it is too large for its receiver': (step) => destroys(step, 'size'),
      'because the kernel refused what it asks for': (step) => destroys(step, 'request'),
      'a port in it dies as well': (step) => casualties(step).some((port) => inTransit(step).before.has(port)),
    },
  },

  'mach/rights-in-messages-are-extant': {
    step: premature,
    sometimes: {
      'the last send right is that of a queued message': ({ after }) => clings(after, 'queued through'),
      'the last send right is carried in a message': ({ after }) => clings(after, 'carried'),
      'the last send right goes': (step) => step.before.ports.some(({ noSenders }, port) =>
        noSenders !== null && senders(step).before[port]! > 0 && senders(step).after[port] === 0 && isLive(step.after, port as PortId)),
    },
  },

  'mach/circularity-follows-rights-in-transit': {
    on: ['mach_msg'],
    step: (step) => [...mistakenLoop(step), ...(isLoop(step) ? amiss(step) : [])],
    sometimes: {
      'a right is sent to its own port': (step) => isLoop(step) && !isLongLoop(step),
      'a loop leads through another port': isLongLoop,
      'a right is sent to a port in transit, and closes no loop': (step) => boundForTransit(step) && !isLoop(step)
        && expectedOf(step)!.space.takings.some(({ disposition }) => disposition === 'move-receive'),
    },
  },

  'mach/circular-message-waits-for-room-first': {
    on: ['mach_msg', 'timeout', 'thread_abort'],
    step: (step) => {
      const due = isLoop(step) ? sendDue(step) : null;
      const end = sendEnd(step);
      const isDue = due === null || end === due.tag;
      return [...(isDue ? [] : [`a circular send was ${end}, and should have been ${due.tag}`]),
        ...(isLoop(step) || heldCircular(step) ? amiss(step) : [])];
    },
    sometimes: {
      'it waits': (step) => isLoop(step) && sendEnd(step) === 'waiting',
      'it is given back, its time being up': (step) => (isLoop(step) && errorOf(step) === 'MACH_SEND_TIMED_OUT')
        || (isCall(step, 'timeout') && heldCircular(step)),
    },
  },

  'mach/circular-hand-over-lets-the-port-die': {
    step: (step) => [...wronglyHandedOver(step), ...(doomed(step).length > 0 ? amiss(step) : [])],
    sometimes: {
      'the backup is on its way to the port that fails': (step) => doomed(step).length > 0,
      'the backup is the port itself': (step) => doomed(step).some((port) => step.before.ports[port]!.portDestroyed === port),
    },
  },

  'mach/cascades-may-run-in-any-order': {
    step: (step) => {
      if (casualties(step).length < 2 || !isPlayed(step)) return [];
      const other = playedIn(step, 'depth-first')!;
      return other.disturbed ? [] : deviationsFrom(other, step).map((text) => `in another order of destruction ${text}`);
    },
    sometimes: {
      'a message takes a port with it': (step) => casualties(step).length > 1 && isPlayed(step),
      'three ports go in one cascade': (step) => casualties(step).length > 2,
    },
  },
} satisfies MachLaws;

/** Whether a circular message waited for room when a step began, and is with its sender again. */
const heldCircular = (step: MachStep): boolean => step.before.threads.some(({ run }, thread) =>
  run.tag === 'sending' && run.message.circular && step.after.threads[thread]!.run.tag === 'ready');

