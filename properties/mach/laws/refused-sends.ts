import type { Disposition, Name, SentItem, TaskId } from '#spec/mach/vocabulary';
import type { Entry } from '#model/mach/state';
import { callerEvent, entryAt, errorOf, isLive, messageBySerial, namesOf, threadName } from '#properties/mach/facts';
import { survivingRights } from '#properties/mach/laws/destroyed-messages';
import { gives, refusalsOf, type Refusal } from '#properties/mach/laws/expected-send';
import { same, stray } from '#properties/mach/laws/frame';
import {
  expectedOf, givenBackIn, remember, sendEnd, sendsIn, sentMessage, takenIn, type Sends,
} from '#properties/mach/laws/message-steps';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

const headerRights: ReadonlySet<Refusal> = new Set(['MACH_SEND_INVALID_DEST', 'MACH_SEND_INVALID_REPLY']);

/** The errors with which the send half of a call may be refused, before anything is taken. Empty: it must not be. */
export const mayRefuse = remember((step): readonly Refusal[] => {
  const call = sendsIn(step);
  if (call === null) return [];
  const causes = refusalsOf(step.before, call);
  const isOpen = step.before.variant === 'documented' && causes.length > 1 && causes.every((cause) => headerRights.has(cause));
  return isOpen ? causes : causes.slice(0, 1);
});

/** How a refusal with one error differs from what the rule asks for. */
function refusalFaults(step: MachStep, error: Refusal): readonly string[] {
  const call = sendsIn(step);
  if (call === null) return [];
  const may = mayRefuse(step);
  const event = callerEvent(step);
  const isRaised = event?.tag === 'raised' && event.error === error && event.value === undefined;
  const isRefusal = isRaised && sendEnd(step) === 'refused';
  const must = may.length === 1 && may[0] === error;
  const had = event?.tag === 'raised' ? event.error : event?.tag;
  return [
    ...(isRefusal && !may.includes(error) ? [`${threadName(call.thread)} gets ${error}, and there is no cause for it`] : []),
    ...(must && !isRaised ? [`${threadName(call.thread)} should get ${error}, and got ${had}`] : []),
    ...(must || isRefusal ? stray(step) : []),
    ...((must || isRefusal) && sentMessage(step) !== null ? ['a message that was refused is on its way'] : []),
  ];
}

/** The error that a body must end with, in the order in which its items stand. */
const bodyError = (step: MachStep) => expectedOf(step)?.error ?? null;

/** What a body that fails leaves behind: the error, no message, and no right that was taken. */
function bodyFaults(step: MachStep): readonly string[] {
  const expected = expectedOf(step);
  const end = sendEnd(step);
  if (expected === null) return [];
  const { error, message } = expected;
  if (error === null) return end === 'destroyed' ? [`a send fails with ${errorOf(step)}, and its body is good`] : [];
  return [
    ...(end === 'destroyed' && errorOf(step) === error ? [] : [`a send with a bad body is ${end}, with ${errorOf(step)} instead of ${error}`]),
    ...(sentMessage(step) === null ? [] : ['a message with a bad body is on its way']),
    ...survivingRights(step, message),
  ];
}

/** Names that a failing body left other than the items before the failing one, and those alone, would have. */
function namesAfterFailure(step: MachStep): readonly string[] {
  const expected = expectedOf(step);
  if (expected === null || expected.error === null || takenIn(step).length > 0) return [];
  const { task } = step.before.threads[expected.message.sender]!;
  const wrong: string[] = [];
  for (let name = 1; name < step.before.tasks[task]!.names.length; name += 1) {
    const due = expected.space.names[name] ?? null;
    if (!same(survivor(step, due), survivor(step, step.after.tasks[task]!.names[name] ?? null))) wrong.push(`n${name} is not what the failing send left of it`);
  }
  return wrong;
}

/** A name as far as it outlives what a step destroyed: of a dead port nothing is left but that it is dead. */
function survivor({ before, after }: MachStep, entry: Entry | null): unknown {
  if (entry === null || entry.tag === 'set') return entry;
  if (entry.tag === 'dead') return { dead: before.variant };
  return isLive(after, entry.port) ? { ...entry, request: null } : { dead: before.variant };
}

/** How many rights a name has to give. */
const weight = (entry: Entry | null): number => {
  switch (entry?.tag) {
    case 'port': return entry.sends + (entry.receive ? 1 : 0);
    case 'dead': return entry.refs;
    case 'send-once': return 1;
    default: return 0;
  }
};

/** The causes that a body gives for an error, whichever item is looked at first. */
function bodyCauses(step: MachStep, { send, thread }: Sends): ReadonlySet<string> {
  const { task } = step.before.threads[thread]!;
  const causes = new Set<string>();
  for (const item of send.complex ? send.body : []) {
    if (item.tag === 'region') causes.add('MACH_SEND_INVALID_MEMORY');
    else if (('deallocate' in item && item.deallocate) || (item.tag === 'rights' && item.bits !== 32)) causes.add('MACH_SEND_INVALID_TYPE');
    if (item.tag === 'rights' && !isCertain(step, task, item, send.body)) causes.add('MACH_SEND_INVALID_RIGHT');
  }
  if (send.size !== null) causes.add('MACH_SEND_MSG_TOO_SMALL');
  return causes;
}

/** Whether an item's rights can be taken for certain: no other item, and no part of the header, uses the same name. */
function isCertain({ before, call }: MachStep, task: TaskId, item: Extract<SentItem, { tag: 'rights' }>, body: readonly SentItem[]): boolean {
  const { remote, local } = (call as Sends).send;
  const used = [remote.name, local.name, ...body.flatMap((other) => (other.tag === 'rights' ? other.names : []))];
  return item.names.every((name) => name <= 0
    || (gives(entryAt(before, task, name), item.disposition) && used.filter((other) => other === name).length === 1));
}

/** Names of the sender that end with more than they had, or with less than if everything had been taken. */
function overdrawn(step: MachStep): readonly string[] {
  const call = sendsIn(step);
  if (call === null || bodyError(step) === null || takenIn(step).length > 0) return [];
  const { task } = step.before.threads[call.thread]!;
  const taken = new Map<Name, number>();
  const take = (name: Name, disposition: Disposition | null) => {
    if (disposition?.startsWith('move') === true) taken.set(name, (taken.get(name) ?? 0) + 1);
  };
  take(call.send.remote.name, call.send.remote.disposition);
  take(call.send.local.name, call.send.local.disposition);
  const inHeader = new Map(taken);
  for (const item of call.send.body) if (item.tag === 'rights') for (const name of item.names) take(name, item.disposition);
  return [...namesOf(step.before)].flatMap(([of, name, entry]) => {
    if (of !== task || entry.tag === 'set' || (entry.tag !== 'dead' && !isLive(step.after, entry.port))) return [];
    const left = weight(step.after.tasks[task]!.names[name] ?? null);
    const least = weight(entry) - (taken.get(name) ?? 0);
    const most = weight(entry) - (inHeader.get(name) ?? 0);
    if (left < Math.max(0, least)) return [`n${name} lost more than the message asked for`];
    return left > Math.max(0, most) ? [`n${name} keeps what the header took`] : [];
  });
}

const isBadBody = (step: MachStep) => bodyError(step) !== null && sendEnd(step) === 'destroyed';

/** The items of a failing body that came before the one that failed, and those after it. */
function around(step: MachStep): { before: number; after: number } {
  const reached = expectedOf(step)!.message.body.length;
  const failed = bodyError(step) === 'MACH_SEND_INVALID_RIGHT' ? reached - 1 : reached;
  return { before: failed, after: sendsIn(step)!.send.body.length - failed - 1 };
}

/** Threads that waited for room at a port which a step let die. */
const strandedSenders = ({ before, after }: MachStep) => before.threads.flatMap(({ run, life }, thread) =>
  (run.tag === 'sending' && life === 'live' && after.threads[thread]!.life === 'live' && isLive(before, run.to) && !isLive(after, run.to)
    ? [{ thread, run }] : []));

const destinationOf = (step: MachStep): Entry | null => {
  const call = sendsIn(step);
  return call === null ? null : entryAt(step.before, step.before.threads[call.thread]!.task, call.send.remote.name);
};

/** Replies that are no right, as they were sent, and as they are on their way. */
const noReply = (step: MachStep) => {
  const call = sendsIn(step);
  const name = call?.send.local.name;
  return call !== null && (name === 0 || name === -1) ? { name, kind: call.send.local.disposition } : null;
};

const kindFor = (disposition: Disposition | null) =>
  (disposition === null ? null : disposition.endsWith('send-once') ? 'send-once' : disposition.endsWith('send') ? 'send' : 'receive');

export const refusedSendLaws: MachLaws = {
  'mach/malformed-size-refuses-the-send': {
    on: ['mach_msg'],
    step: (step) => [
      ...refusalFaults(step, 'MACH_SEND_MSG_TOO_SMALL'),
      ...(bodyError(step) === 'MACH_SEND_MSG_TOO_SMALL' ? bodyFaults(step) : []),
      ...(errorOf(step) === 'MACH_SEND_MSG_TOO_SMALL' && mayRefuse(step).length === 0 && bodyError(step) !== 'MACH_SEND_MSG_TOO_SMALL'
        ? ['a message of a good size is too small'] : []),
    ],
    sometimes: {
      'a size is below a header': (step) => mayRefuse(step).includes('MACH_SEND_MSG_TOO_SMALL') && sendsIn(step)!.send.size! < 24,
      'a size is misaligned': (step) => mayRefuse(step).includes('MACH_SEND_MSG_TOO_SMALL') && sendsIn(step)!.send.size! > 24,
      'the last item runs over the end': (step) => isBadBody(step) && bodyError(step) === 'MACH_SEND_MSG_TOO_SMALL',
    },
  },

  'mach/unreadable-buffer-refuses-the-send': {
    waived: 'Neither kernel memory nor the memory of message buffers is modelled: every buffer can be read, and there is always room to copy it.',
  },

  'mach/bad-disposition-refuses-the-send': {
    on: ['mach_msg'],
    step: (step) => refusalFaults(step, 'MACH_SEND_INVALID_HEADER'),
    sometimes: {
      'a destination has no disposition': (step) => mayRefuse(step).includes('MACH_SEND_INVALID_HEADER') && sendsIn(step)!.send.remote.disposition === null,
      'a destination is sent as a receive right': (step) => mayRefuse(step).includes('MACH_SEND_INVALID_HEADER')
        && sendsIn(step)!.send.remote.disposition === 'move-receive',
      'a reply name has no disposition': (step) => mayRefuse(step).includes('MACH_SEND_INVALID_HEADER')
        && sendsIn(step)!.send.local.disposition === null && sendsIn(step)!.send.local.name !== 0,
    },
  },

  'mach/bad-destination-refuses-the-send': {
    on: ['mach_msg'],
    step: (step) => refusalFaults(step, 'MACH_SEND_INVALID_DEST'),
    sometimes: {
      'the destination is unknown': (step) => errorOf(step) === 'MACH_SEND_INVALID_DEST' && destinationOf(step) === null,
      'the destination is dead': (step) => errorOf(step) === 'MACH_SEND_INVALID_DEST' && destinationOf(step)?.tag === 'dead',
      'the destination lacks the right': (step) => errorOf(step) === 'MACH_SEND_INVALID_DEST' && destinationOf(step)?.tag === 'port',
      'the destination is a set': (step) => errorOf(step) === 'MACH_SEND_INVALID_DEST' && destinationOf(step)?.tag === 'set',
    },
  },

  'mach/bad-reply-refuses-the-send': {
    on: ['mach_msg'],
    step: (step) => refusalFaults(step, 'MACH_SEND_INVALID_REPLY'),
    sometimes: {
      'the reply lacks the right': (step) => errorOf(step) === 'MACH_SEND_INVALID_REPLY',
      'the reply is dead, and is sent': (step) => expectedOf(step)?.message.reply.tag === 'dead' && sendsIn(step)!.send.local.name > 0
        && sendEnd(step) === 'sent',
    },
  },

  'mach/either-header-right-may-be-blamed': {
    on: ['mach_msg'],
    step: (step) => {
      const causes = sendsIn(step) === null ? [] : refusalsOf(step.before, sendsIn(step)!);
      if (causes.length < 2 || !causes.every((cause) => headerRights.has(cause))) return [];
      return [
        ...(headerRights.has(errorOf(step) as Refusal) ? [] : [`two bad header rights are answered with ${errorOf(step)}`]),
        ...stray(step),
      ];
    },
    sometimes: {
      'both are bad, and the destination is blamed': (step) => sendsIn(step) !== null && errorOf(step) === 'MACH_SEND_INVALID_DEST'
        && refusalsOf(step.before, sendsIn(step)!).includes('MACH_SEND_INVALID_REPLY'),
      'both are bad, and the reply is blamed': (step) => sendsIn(step) !== null && errorOf(step) === 'MACH_SEND_INVALID_REPLY'
        && refusalsOf(step.before, sendsIn(step)!).includes('MACH_SEND_INVALID_DEST'),
    },
  },

  'mach/bad-body-destroys-the-message': {
    on: ['mach_msg'],
    step: bodyFaults,
    sometimes: {
      'a body right is not held': (step) => isBadBody(step) && bodyError(step) === 'MACH_SEND_INVALID_RIGHT',
      'a type descriptor is bad': (step) => isBadBody(step) && bodyError(step) === 'MACH_SEND_INVALID_TYPE',
      'a send-once reply goes with the message': (step) => isBadBody(step) && expectedOf(step)!.message.reply.tag === 'right'
        && expectedOf(step)!.message.reply.kind === 'send-once',
      'rights taken before go with the message': (step) => isBadBody(step)
        && expectedOf(step)!.message.body.some((item) => item.tag === 'rights' && item.rights.some(({ tag }) => tag === 'right')),
    },
  },

  'mach/failing-item-spares-later-ones': {
    on: ['mach_msg'],
    step: (step) => (bodyError(step) === null ? [] : [
      ...(sendEnd(step) === 'destroyed' && errorOf(step) !== bodyError(step) ? [`the first bad item gives ${bodyError(step)}, not ${errorOf(step)}`] : []),
      ...namesAfterFailure(step),
    ]),
    sometimes: {
      'a port item is not of 32 bits': (step) => isBadBody(step) && bodyError(step) === 'MACH_SEND_INVALID_TYPE'
        && sendsIn(step)!.send.body.some((item) => item.tag === 'rights' && item.bits !== 32),
      'an inline item is to be deallocated': (step) => isBadBody(step) && bodyError(step) === 'MACH_SEND_INVALID_TYPE'
        && sendsIn(step)!.send.body.some((item) => 'deallocate' in item && item.deallocate),
      'an item before the failing one held rights': (step) => isBadBody(step) && around(step).before > 0,
      'an item comes after the failing one': (step) => isBadBody(step) && around(step).after > 0,
    },
  },

  'mach/body-items-may-go-in-any-order': {
    on: ['mach_msg'],
    step: (step) => {
      if (bodyError(step) === null || sendEnd(step) !== 'destroyed') return [];
      const causes = bodyCauses(step, sendsIn(step)!);
      return [...(causes.has(errorOf(step)!) ? [] : [`no item gives cause for ${errorOf(step)}`]), ...overdrawn(step)];
    },
    sometimes: {
      'an item fails among others': (step) => isBadBody(step) && sendsIn(step)!.send.body.length > 1,
      'a name of an array fails after others': (step) => isBadBody(step) && bodyError(step) === 'MACH_SEND_INVALID_RIGHT'
        && expectedOf(step)!.message.body.some((item, at, all) => at === all.length - 1 && item.tag === 'rights' && item.rights.length > 0),
    },
  },

  'mach/null-reply-keeps-its-kind': {
    step: (step) => {
      const none = noReply(step);
      const sent = sentMessage(step)?.[0];
      const tag = none?.name === 0 ? 'null' : 'dead';
      const kept = none === null || sent === undefined || same(sent.reply, { tag, kind: kindFor(none.kind) });
      const legal = none !== null && (none.name === 0 || none.kind !== null) && none.kind !== 'move-receive';
      const headers = [
        ...takenIn(step).map(({ thread, source, header: { remote } }) => ({ thread, source, seen: remote })),
        ...givenBackIn(step).map(({ thread, source, message: { local } }) => ({ thread, source, seen: local })),
      ];
      return [
        ...(kept ? [] : ['a reply that is no right loses its kind on the way']),
        ...(legal && ['MACH_SEND_INVALID_REPLY', 'MACH_SEND_INVALID_HEADER'].includes(errorOf(step) ?? '') && sendsIn(step)!.send.remote.disposition !== null
          && sendsIn(step)!.send.remote.disposition !== 'move-receive' ? ['a reply of NULL or DEAD is refused'] : []),
        ...headers.flatMap(({ thread, source, seen }) => (source === null || source.reply.tag === 'right' ? []
          : seen.name === (source.reply.tag === 'null' ? 0 : -1) && seen.kind === source.reply.kind ? []
            : [`${threadName(thread)} is shown n${seen.name} of kind ${seen.kind} for a reply that is ${source.reply.tag}, ${source.reply.kind}`])),
      ];
    },
    sometimes: {
      'NULL is sent with a disposition': (step) => noReply(step)?.name === 0 && noReply(step)!.kind !== null && sendEnd(step) === 'sent',
      'DEAD is sent with a disposition': (step) => noReply(step)?.name === -1 && noReply(step)!.kind !== null && sendEnd(step) === 'sent',
      'DEAD is sent without one': (step) => noReply(step)?.name === -1 && noReply(step)!.kind === null && sendEnd(step) === 'refused',
      'a receiver is shown the kind of no right': (step) => takenIn(step).some(({ source }) =>
        source !== null && source.reply.tag !== 'right' && source.reply.kind !== null),
    },
  },

  'mach/dying-port-may-accept-or-refuse': {
    step: (step) => {
      const call = sendsIn(step);
      const isDead = destinationOf(step)?.tag === 'dead' && call!.send.remote.disposition !== null;
      const wrong = isDead && sendEnd(step) !== 'refused' ? [`a send to a port that was dead at copy-in is ${sendEnd(step)}`] : [];
      if (isDead) wrong.push(...stray(step));
      for (const { thread, run } of strandedSenders(step)) {
        const event = step.events.find((one) => one.thread === thread);
        const isRefused = event?.tag === 'raised' && event.error.startsWith('MACH_SEND') && !run.message.circular;
        if (isRefused) wrong.push(`${threadName(thread as never)} gets ${event.error} for a port that was alive at copy-in`);
        if (messageBySerial(step.after, run.message.serial) === null) wrong.push(...survivingRights(step, run.message));
      }
      return wrong;
    },
    sometimes: {
      'a port is dead at copy-in': (step) => destinationOf(step)?.tag === 'dead' && errorOf(step) === 'MACH_SEND_INVALID_DEST',
      'a port dies after copy-in': (step) => strandedSenders(step).length > 0,
    },
  },
};

