import type { ThreadId } from '#spec/mach/vocabulary';
import type { Entry } from '#model/mach/state';
import { callerEvent, entryAt, livePorts, messageBySerial, portName, rightsIn, threadName } from '#properties/mach/facts';
import { changesHands, dequeuesIn } from '#properties/mach/laws/dequeues';
import { survivingRights } from '#properties/mach/laws/destroyed-messages';
import { isPlain, misnamed } from '#properties/mach/laws/expected-spaces';
import { changesOf, queueChange, stray } from '#properties/mach/laws/frame';
import { receivesUnheard, takenUnheard } from '#properties/mach/laws/ledger';
import { denotes, sendsIn, takenIn, type Taken } from '#properties/mach/laws/message-steps';
import { dueError, receiveDue, receiveEnd, type ReceiveDue } from '#properties/mach/laws/receive-due';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

const refusals: ReadonlySet<string> = new Set(['MACH_RCV_INVALID_NAME', 'MACH_RCV_IN_SET']);

const raisedBy = (step: MachStep): string | null => {
  const end = receiveEnd(step);
  return end?.tag === 'raised' ? end.error : null;
};

const caller = (step: MachStep): string => threadName((step.call as { thread: ThreadId }).thread);

const heads = (due: ReceiveDue | null) => (due?.tag === 'some' ? due.heads : []);

/** What the name that a step's caller receives from denotes. */
function targetOf({ before, call }: MachStep): Entry | null | undefined {
  if (call.operation !== 'mach_msg' || call.receive === null) return undefined;
  return entryAt(before, before.threads[call.thread]!.task, call.receive.name);
}

/** How a refusal of a receive differs from what the rule asks for. */
function refusalFaults(step: MachStep, error: string): readonly string[] {
  const due = receiveDue(step);
  if (due === null) return [];
  const must = due.tag === 'refused' && due.error === error;
  const is = raisedBy(step) === error;
  return [
    ...(must && !is ? [`${caller(step)} should get ${error}`] : []),
    ...(is && !must ? [`${caller(step)} gets ${error}, and there is no cause for it`] : []),
    ...(is && sendsIn(step) === null ? stray(step) : []),
    ...(is && callerEvent(step) !== undefined && 'value' in callerEvent(step)! ? [`${caller(step)} is given something with ${error}`] : []),
  ];
}

/** What the caller took. */
const takenByCaller = (step: MachStep): Taken | undefined =>
  ('thread' in step.call ? takenIn(step).find(({ thread }) => thread === (step.call as { thread: number }).thread) : undefined);

/** Queues that a step left other than with some messages gone and others behind them. */
function reordered(step: MachStep): readonly string[] {
  return changesOf(step).flatMap((change) => {
    if (change.what !== 'port' || change.field !== 'queue' || step.before.ports[change.port] === undefined) return [];
    const { kept, added } = queueChange(step, change.port);
    const old = step.before.ports[change.port]!.queue;
    const places = kept.map(({ serial }) => old.findIndex((message) => message.serial === serial));
    const inOrder = places.every((place, at) => at === 0 || place > places[at - 1]! || old[place]!.moment === old[places[at - 1]!]!.moment);
    const now = step.after.ports[change.port]!.queue;
    const behind = added.every((message) => now.indexOf(message) >= kept.length);
    return inOrder && behind ? [] : [`the messages of ${portName(change.port)} are in another order`];
  });
}

/** Messages that were taken although others stood before them in the same queue. */
function overtaken(step: MachStep): readonly string[] {
  return takenIn(step).flatMap(({ thread, source, handed }) => {
    if (source === null || handed || source.serial < 0) return [];
    const { port } = source.destination;
    const old = step.before.ports[port]!.queue;
    const place = old.findIndex(({ serial }) => serial === source.serial);
    const first = old.slice(0, Math.max(place, 0)).find(({ moment, serial }) => moment !== source.moment
      && step.after.ports[port]!.queue.some((message) => message.serial === serial));
    return first === undefined ? [] : [`${threadName(thread)} gets message ${source.serial} of ${portName(port)} before ${first.serial}`];
  });
}

/** What is wrong with a header that came alone. */
function wrongHeader({ thread, header, source, error }: Taken): readonly string[] {
  if (source === null || error === null) return [];
  const name = source.reply.tag === 'dead' ? -1 : 0;
  return [
    ...(header.remote.name === name && header.remote.kind === source.reply.kind ? []
      : [`${threadName(thread)} is shown n${header.remote.name} of kind ${header.remote.kind} for a reply that was destroyed`]),
    ...(['id', 'size', 'complex'] as const).filter((field) => header[field] !== source[field])
      .map((field) => `the header of a destroyed message shows another ${field}`),
    ...(header.local.kind === source.destination.kind ? [] : ['the header of a destroyed message shows another kind of right']),
  ];
}

/** What the destruction of a message that was dequeued leaves behind. */
const destroyedBadly = (step: MachStep, error: Taken['error']): readonly string[] =>
  takenIn(step).flatMap((taken) => (taken.error !== error || taken.source === null ? [] : [
    ...wrongHeader(taken),
    ...survivingRights(step, taken.source),
    ...(messageBySerial(step.after, taken.source.serial) === null ? [] : ['a message that was destroyed is still on its way']),
    ...(isPlain(step) ? misnamed(step) : []),
  ]));

/** Threads whose message came to them with another outcome than its size and their options ask for. */
const misjudged = (step: MachStep, about: 'MACH_RCV_TOO_LARGE' | 'MACH_RCV_INVALID_NOTIFY'): readonly string[] =>
  takenIn(step).flatMap((taken) => {
    const due = dueError(step, taken);
    if (due === undefined || due === taken.error || (due !== about && taken.error !== about)) return [];
    return [`${threadName(taken.thread)} gets ${taken.error ?? 'a message'} where ${due ?? 'a message'} is due`];
  });

/** How a message too large for a caller that wants it kept was dealt with. */
function keptFaults(step: MachStep): readonly string[] {
  const due = receiveDue(step);
  const end = receiveEnd(step);
  const { call } = step;
  if (due === null || call.operation !== 'mach_msg' || call.receive === null) return [];
  const { size } = call.receive;
  const large = call.options.includes('receive-large') ? heads(due).filter((head) => head.size > size) : [];
  const must = due.tag === 'some' && large.length === due.heads.length;
  if (end?.tag !== 'kept') return must ? [`${caller(step)} should be told of a message too large for it`] : [];
  return [
    ...(large.some((head) => head.size === end.size) ? [] : [`${caller(step)} is told of a message of ${end.size} bytes`]),
    ...(sendsIn(step) === null ? stray(step, (change) => change.what === 'port' && change.field === 'queue') : []),
    ...livePorts(step.after).flatMap((port) => (sendsIn(step) === null && queueChange(step, port).gone.length > 0 ? [`a message of ${portName(port)} is gone`] : [])),
  ];
}

const tooLarge = (step: MachStep) => takenIn(step).filter(({ error }) => error === 'MACH_RCV_TOO_LARGE');
const badNotify = (step: MachStep) => takenIn(step).filter(({ error }) => error === 'MACH_RCV_INVALID_NOTIFY');

/** How far the sequence number of a port should have come in a step; null where nobody can tell. */
function miscounted(step: MachStep): readonly string[] {
  if (step.call.operation === 'mach_port_set_seqno' || receivesUnheard(step) || takenUnheard(step).length > 0) return [];
  return livePorts(step.after).flatMap((port) => {
    if (step.before.ports[port] === undefined || changesHands(step, port)) return [];
    const dequeued = dequeuesIn(step).filter((dequeue) => dequeue.port === port).length;
    const advanced = step.after.ports[port]!.sequence - step.before.ports[port]!.sequence;
    return advanced === dequeued ? [] : [`the number of ${portName(port)} went up by ${advanced} for ${dequeued} messages`];
  });
}

/** The new names that a message brought, in the order of their numbers. */
function namedFirst(step: MachStep): readonly string[] {
  return takenIn(step).flatMap(({ thread, task, header, body, source }) => {
    if (body === null || source === null) return [];
    const old = step.before.tasks[task]!.names.length;
    const fresh = body.flatMap((item) => (item.tag === 'rights' ? item.names : [])).filter((name) => name >= old);
    const reply = header.remote.name;
    const late = reply >= old && fresh.some((name) => name < reply);
    return [
      ...(late ? [`${threadName(thread)} has names for rights of the body before it has one for the reply`] : []),
      ...(denotes(step.after, task, reply, source.reply) ? [] : [`${threadName(thread)} has no name for its reply right`]),
    ];
  });
}

/** Whether the right a message came through is used up: nothing holds it any more. */
const unconsumed = (step: MachStep): readonly string[] => takenIn(step).flatMap(({ source, thread }) => {
  if (source === null || source.serial < 0 || messageBySerial(step.after, source.serial) === null) return [];
  return [`${threadName(thread)} has a message whose right is not used up`];
});

export const receiveLaws = {
  'mach/receive-targets-a-port-or-set': {
    on: ['mach_msg'],
    step: (step) => {
      const due = receiveDue(step);
      const error = raisedBy(step);
      if (due === null) return [];
      if (due.tag === 'refused') return error === due.error ? [] : [`${caller(step)} receives from what is no port and no set of its`];
      return error !== null && refusals.has(error) ? [`${caller(step)} may not receive from its own port or set`] : [];
    },
    sometimes: {
      'a message comes from a port': (step) => takenByCaller(step) !== undefined && targetOf(step)?.tag === 'port',
      'a message comes from a set': (step) => takenByCaller(step) !== undefined && targetOf(step)?.tag === 'set',
      'a receive is refused': (step) => receiveDue(step)?.tag === 'refused',
    },
  },

  'mach/receive-refuses-other-names': {
    on: ['mach_msg'],
    step: (step) => refusalFaults(step, 'MACH_RCV_INVALID_NAME'),
    sometimes: {
      'the name denotes nothing': (step) => raisedBy(step) === 'MACH_RCV_INVALID_NAME' && targetOf(step) === null,
      'the name denotes a send right': (step) => raisedBy(step) === 'MACH_RCV_INVALID_NAME' && targetOf(step)?.tag === 'port',
      'the name is dead or a send-once right': (step) => raisedBy(step) === 'MACH_RCV_INVALID_NAME'
        && (targetOf(step)?.tag === 'dead' || targetOf(step)?.tag === 'send-once'),
    },
  },

  'mach/receive-refuses-set-members': {
    on: ['mach_msg'],
    step: (step) => refusalFaults(step, 'MACH_RCV_IN_SET'),
    sometimes: {
      'a member of a set is received from': (step) => raisedBy(step) === 'MACH_RCV_IN_SET',
      'a port that left a set is received from': (step) => targetOf(step)?.tag === 'port' && receiveDue(step)?.tag === 'some',
    },
  },

  'mach/messages-of-a-port-stay-in-order': {
    step: (step) => {
      const due = receiveDue(step);
      const taken = takenByCaller(step);
      const isWrong = due?.tag === 'some' && taken !== undefined && (taken.source === null
        || !due.heads.some((head) => head.serial === taken.source!.serial));
      return [
        ...(isWrong ? [`${caller(step)} gets a message that is not the first of any port it receives from`] : []),
        ...(due?.tag === 'some' && receiveEnd(step)?.tag === 'waiting' ? [`${caller(step)} waits although a message is there`] : []),
        ...overtaken(step), ...reordered(step),
      ];
    },
    sometimes: {
      'the first of several messages is received': (step) => takenByCaller(step)?.source !== undefined && takenByCaller(step)!.source !== null
        && step.before.ports[takenByCaller(step)!.source!.destination.port]!.queue.length > 1,
      'several members of a set have messages': (step) => new Set(heads(receiveDue(step)).map(({ destination }) => destination.port)).size > 1,
    },
  },

  'mach/dequeue-advances-the-sequence-number': {
    step: miscounted,
    sometimes: {
      'a member of a set counts its own messages': (step) => takenIn(step).some(({ source }) =>
        source !== null && step.before.ports[source.destination.port]!.set !== null),
      'a message too large is counted': (step) => tooLarge(step).length > 0,
      'a message with a bad notify port is counted': (step) => badNotify(step).length > 0,
    },
  },

  'mach/large-option-keeps-too-large-messages': {
    step: (step) => [...keptFaults(step), ...misjudged(step, 'MACH_RCV_TOO_LARGE'), ...destroyedBadly(step, 'MACH_RCV_TOO_LARGE')],
    sometimes: {
      'a message is kept': (step) => receiveEnd(step)?.tag === 'kept',
      'a message is destroyed': (step) => tooLarge(step).length > 0,
      'a send-once reply right goes with it': (step) => tooLarge(step).some(({ source }) => source?.reply.tag === 'right' && source.reply.kind === 'send-once'),
      'rights in its body go with it': (step) => tooLarge(step).some(({ source }) => source !== null
        && source.body.some((item) => item.tag === 'rights' && item.rights.some(({ tag }) => tag === 'right'))),
      'a buffer has the very size': (step) => takenIn(step).some(({ wanted, header, error }) => error === null && wanted.size === header.size),
    },
  },

  'mach/small-buffer-refuses-the-message': {
    step: (step) => {
      const end = receiveEnd(step);
      const { call } = step;
      const wanted = call.operation === 'mach_msg' ? call.receive : null;
      const fits = end?.tag === 'kept' && heads(receiveDue(step)).length > 0 && heads(receiveDue(step)).every(({ size }) => size <= wanted!.size);
      const isKept = end?.tag === 'kept' && call.operation === 'mach_msg' && !call.options.includes('receive-large');
      return [
        ...misjudged(step, 'MACH_RCV_TOO_LARGE'),
        ...(fits ? [`${caller(step)} has room for the message that is too large for it`] : []),
        ...(isKept ? [`${caller(step)} did not ask for the message to be kept`] : []),
        ...tooLarge(step).filter(({ wanted: { large }, handed }) => large && !handed)
          .map(({ thread }) => `${threadName(thread)} asked for the message to be kept, and it is destroyed`),
      ];
    },
    sometimes: {
      'a message is kept for a larger buffer': (step) => receiveEnd(step)?.tag === 'kept',
      'a message is destroyed for want of one': (step) => tooLarge(step).length > 0,
    },
  },

  'mach/reply-right-is-named-first': {
    step: (step) => [...namedFirst(step), ...unconsumed(step), ...(takenIn(step).length > 0 ? misnamed(step) : [])],
    sometimes: {
      'reply and body bring new names': (step) => takenIn(step).some(({ task, header, body }) => {
        const old = step.before.tasks[task]!.names.length;
        return header.remote.name >= old && body?.some((item) => item.tag === 'rights' && item.names.some((name) => name >= old)) === true;
      }),
      'reply and destination are of one port': (step) => takenIn(step).some(({ source }) => source !== null
        && source.reply.tag === 'right' && source.reply.port === source.destination.port),
    },
  },

  'mach/receive-notify-watches-the-reply': {
    step: (step) => [
      ...misjudged(step, 'MACH_RCV_INVALID_NOTIFY'),
      ...destroyedBadly(step, 'MACH_RCV_INVALID_NOTIFY'),
      ...(takenIn(step).some(({ wanted }) => wanted.notify !== null) ? misnamed(step) : []),
    ],
    sometimes: {
      'a reply right under a new name is watched': (step) => takenIn(step).some(({ task, header, error }) => {
        const entry = entryAt(step.after, task, header.remote.name);
        return error === null && (entry?.tag === 'send-once' || entry?.tag === 'port') && entry.request !== null && entryAt(step.before, task, header.remote.name) === null;
      }),
      'a reply right comes under a known name': (step) => takenIn(step).some(({ task, header, wanted, error }) => error === null && wanted.notify !== null
        && entryAt(step.before, task, header.remote.name) !== null),
      'the notify name is bad': (step) => badNotify(step).length > 0,
      'it is bad, and there is no reply': (step) => badNotify(step).some(({ source }) => source !== null && source.reply.tag !== 'right'),
    },
  },

  'mach/bad-receipt-delivers-the-header-alone': {
    step: (step) => [
      ...misjudged(step, 'MACH_RCV_INVALID_NOTIFY'),
      ...destroyedBadly(step, 'MACH_RCV_INVALID_NOTIFY'),
      ...badNotify(step).flatMap(({ thread, header, source }) => [
        ...('body' in header ? [`${threadName(thread)} gets a body with MACH_RCV_INVALID_NOTIFY`] : []),
        ...(source !== null && source.serial >= 0 && messageBySerial(step.after, source.serial) !== null ? ['a message that was destroyed can still be received'] : []),
      ]),
    ],
    sometimes: {
      'a message is lost to a bad notify port': (step) => badNotify(step).length > 0,
      'rights are lost with it': (step) => badNotify(step).some(({ source }) => source !== null && [...rightsIn(source)].length > 0),
    },
  },

  'mach/shortage-is-told-to-the-receiver': {
    waived: 'Shortage of kernel memory and of names, the causes of a header error, are outside the model; shortage of room for a region is a rule of its own.',
  },
  'mach/unwritable-buffer-still-receives-rights': {
    waived: 'The memory of message buffers is outside the model: a buffer has a size, and can always be written.',
  },
} satisfies MachLaws;

