import type { MachState, PortId } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { entryAt, errorOf, isLive, messagesIn, namesOf, portName, receiversOf, threadName } from '#properties/mach/facts';
import { sendOnceNotices } from '#properties/mach/laws/dequeues';
import { misnamed } from '#properties/mach/laws/expected-spaces';
import { stray } from '#properties/mach/laws/frame';
import { casualties, made, onceRights } from '#properties/mach/laws/ledger';
import { expectedOf, receivedAt, sendEnd, sendsIn, sentMessage, takenIn } from '#properties/mach/laws/message-steps';
import { mayRefuse } from '#properties/mach/laws/refused-sends';
import type { MachLaws, MachStep } from '#properties/mach/obligation';
import { monitor } from '#properties/obligation';

/** A request as the documents have it: a send-once reply right made of a port that its sender receives from. */
const isRequest = (step: MachStep): boolean => sendsIn(step)?.send.local.disposition === 'make-send-once'
  && expectedOf(step)?.message.reply.tag === 'right' && expectedOf(step)!.error === null;

/** A reply through a send-once right, which is then no longer its sender's. */
const isReply = (step: MachStep): boolean => sendsIn(step)?.send.remote.disposition === 'move-send-once' && expectedOf(step) !== null;

const entryOfDestination = (step: MachStep) => {
  const call = sendsIn(step);
  return call === null ? null : entryAt(step.before, step.before.threads[call.thread]!.task, call.send.remote.name);
};

/** What a procedure call looks like from its two sides. */
function rpcFaults(step: MachStep): readonly string[] {
  const call = sendsIn(step);
  const wrong: string[] = [];
  if (call !== null && isRequest(step)) {
    const sent = sentMessage(step)?.[0];
    const { port } = entryAt(step.before, step.before.threads[call.thread]!.task, call.send.local.name) as { port: PortId };
    const isRight = sent === undefined || (sent.reply.tag === 'right' && sent.reply.kind === 'send-once' && sent.reply.port === port);
    if (!isRight) wrong.push(`a request carries no send-once right to ${portName(port)}`);
    if (isLive(step.after, port) && receiversOf(step.after, port).length === 0) wrong.push(`nobody receives replies at ${portName(port)}`);
    wrong.push(...misnamed(step));
  }
  if (call !== null && isReply(step)) {
    const { task } = step.before.threads[call.thread]!;
    const end = sendEnd(step);
    if (end === 'waiting' || end === 'given back') wrong.push(`a reply through a send-once right is ${end}`);
    if (entryAt(step.after, task, call.send.remote.name)?.tag === 'send-once') wrong.push(`n${call.send.remote.name} is still a send-once right after the reply`);
  }
  return wrong;
}

/** How many send-once rights to a port a run has made, and how many messages have come through them. */
interface Ledger { readonly asked: Map<PortId, number>; readonly answered: Map<PortId, number>; readonly mixed: Set<PortId> }

/** Messages that came to a port through a send-once right in a step: replies, and what stands for one that will not come. */
const answersAt = ({ before, after }: MachStep, step: MachStep, port: PortId): number => {
  const there = [...messagesIn(after)].filter(([{ serial, destination }, { at }]) => at !== 'sender' && serial >= before.serial
    && destination.kind === 'send-once' && destination.port === port).length;
  const taken = takenIn(step).filter(({ source, header, task }) => (source === null || source.serial < 0) && header.local.kind === 'send-once'
    && (source?.destination.port ?? receivedAt(before, after, task, header.local.name)) === port).length;
  return there + taken;
};

/** Ports whose send-once rights are used for other things than replies: as requests, or given out by themselves. */
function mixedUp(state: MachState): readonly PortId[] {
  const ports: PortId[] = [];
  for (const [, , entry] of namesOf(state)) if ((entry.tag === 'port' || entry.tag === 'send-once') && entry.request !== null) ports.push(entry.request);
  for (const { noSenders, portDestroyed, stray: strays } of state.ports) {
    for (const port of [noSenders, portDestroyed, ...strays.map(({ notify }) => notify)]) if (port !== null) ports.push(port);
  }
  for (const [{ accepted }] of messagesIn(state)) if (accepted !== null) ports.push(accepted.notify);
  return ports;
}

/** Ports that a send which may be forced in a step is to be told at: at once, if a receiver takes the message at once. */
const notifiedAt = ({ before, call }: MachStep): readonly PortId[] => before.threads.flatMap(({ run, task }, thread) => {
  const asks = call.operation === 'mach_msg' && call.thread === thread && call.options.includes('send-notify');
  const name = run.tag === 'sending' ? run.notify?.name : asks ? call.notify : undefined;
  const entry = name === undefined ? null : entryAt(before, task, name);
  return entry?.tag === 'port' ? [entry.port] : [];
});

const tally = (counts: Map<PortId, number>, port: PortId, more: number): void => { counts.set(port, (counts.get(port) ?? 0) + more); };

/** Every request ends in one message on its reply port, or is still to be answered. */
function balance({ asked, answered, mixed }: Ledger, step: MachStep): readonly string[] {
  for (const port of [...mixedUp(step.before), ...mixedUp(step.after), ...notifiedAt(step), ...casualties(step)]) mixed.add(port);
  // The kernel makes ports of its own for the exceptions of threads.
  if (!step.call.operation.startsWith('mach_port_allocate')) {
    for (let port = step.before.ports.length; port < step.after.ports.length; port += 1) mixed.add(port as PortId);
  }
  const makes = made(step, 'make-send-once');
  const request = isRequest(step) && sendEnd(step) !== 'given back' ? expectedOf(step)!.message.reply : null;
  const wrong: string[] = [];
  for (let id = 0; id < step.before.ports.length; id += 1) {
    const port = id as PortId;
    const mine = request?.tag === 'right' && request.port === port ? 1 : 0;
    if (makes(port).atMost > mine) mixed.add(port);
    tally(asked, port, mine);
    tally(answered, port, answersAt(step, step, port));
    if (mixed.has(port) || !isLive(step.after, port)) continue;
    const through = [...messagesIn(step.after)].filter(([{ destination }]) => destination.kind === 'send-once' && destination.port === port).length;
    const open = onceRights(step).after[port]! - through;
    const due = asked.get(port)!;
    if (due !== open + answered.get(port)!) wrong.push(`${due} requests were to be answered at ${portName(port)}: ${answered.get(port)} were, and ${open} may be`);
  }
  return wrong;
}

/** Names for ports of a client that a step let die, which are not dead names then. */
const undead = (step: MachStep): readonly string[] => {
  const gone = new Set(casualties(step));
  return gone.size === 0 ? [] : [...namesOf(step.after)].flatMap(([task, name, entry]) =>
    ((entry.tag === 'port' || entry.tag === 'send-once') && gone.has(entry.port) ? [`n${name} of T${task + 1} still denotes ${portName(entry.port)}, which is dead`] : []));
};

/** Requests whose reply right is a send right, as they are destroyed, refused or answered. */
const bySendRight = (step: MachStep): boolean => {
  const reply = expectedOf(step)?.message.reply;
  return reply?.tag === 'right' && reply.kind === 'send';
};

export const procedureCallLaws = {
  'mach/rpc-replies-through-send-once': {
    on: ['mach_msg'],
    step: rpcFaults,
    sometimes: {
      'a request is sent with a send-once reply right': (step) => isRequest(step) && sendsIn(step)!.send.remote.disposition === 'copy-send',
      'its sender goes on to receive the reply': (step) => isRequest(step) && sendsIn(step)!.receive?.name === sendsIn(step)!.send.local.name,
      'the reply comes through the send-once right': (step) => isReply(step) && takenIn(step).some(({ header }) => header.local.kind === 'send-once'),
    },
  },

  'mach/request-ends-in-one-reply-message': {
    monitor: monitor<MachState, MachCall, Ledger>({ start: () => ({ asked: new Map(), answered: new Map(), mixed: new Set() }), next: balance }),
    sometimes: {
      'a request is answered': (step) => isReply(step) && sendEnd(step) === 'sent',
      'a request is dropped unanswered': (step) => step.before.ports.some((_, port) => isLive(step.after, port as PortId) && sendOnceNotices(step, port as PortId) > 0),
      'a port dies with a request in its queue': (step) => casualties(step).some((port) =>
        step.before.ports[port]!.queue.some(({ reply }) => reply.tag === 'right' && reply.kind === 'send-once')),
    },
  },

  'mach/dead-client-turns-replies-away': {
    step: (step) => {
      const entry = entryOfDestination(step);
      const isTurned = entry?.tag === 'dead' && sendsIn(step)!.send.remote.disposition === 'move-send-once' && mayRefuse(step)[0] === 'MACH_SEND_INVALID_DEST';
      return [
        ...undead(step),
        ...(isTurned && mayRefuse(step).length === 1 && errorOf(step) !== 'MACH_SEND_INVALID_DEST' ? [`a reply to a dead client gets ${errorOf(step)}`] : []),
        ...(isTurned ? stray(step) : []),
      ];
    },
    sometimes: {
      'a client dies before it is answered': (step) => casualties(step).some((port) => [...namesOf(step.before)].some(([task, , entry]) =>
        entry.tag === 'send-once' && entry.port === port && step.after.tasks[task]!.life === 'live')),
      'a reply is turned away': (step) => entryOfDestination(step)?.tag === 'dead' && errorOf(step) === 'MACH_SEND_INVALID_DEST'
        && sendsIn(step)!.send.remote.disposition === 'move-send-once',
    },
  },

  'mach/replies-may-use-send-rights': {
    step: (step) => {
      const call = sendsIn(step);
      const sent = sentMessage(step)?.[0];
      const { before } = onceRights(step);
      const untold = step.before.ports.flatMap((_, id) => {
        const port = id as PortId;
        const none = before[port] === 0 && made(step, 'make-send-once')(port).atMost === 0 && isLive(step.after, port);
        return none && sendOnceNotices(step, port) > 0 ? [`${portName(port)} is told of a send-once right that was never made`] : [];
      });
      return [
        ...(call !== null && bySendRight(step) && sent !== undefined && sent.reply.kind !== 'send' ? [`${threadName(call.thread)} sent a send right for replies, and another travels`] : []),
        ...(call !== null && bySendRight(step) && errorOf(step) === 'MACH_SEND_INVALID_REPLY' ? ['a send right is refused as a reply right'] : []),
        ...untold,
      ];
    },
    sometimes: {
      'a request carries a send right for replies': (step) => bySendRight(step) && sendEnd(step) === 'sent',
      'its receiver gets the send right': (step) => takenIn(step).some(({ header, source }) => header.remote.kind === 'send' && source?.reply.tag === 'right'),
      'a request with a send-once right is sent as well': (step) => isRequest(step),
    },
  },
} satisfies MachLaws;
