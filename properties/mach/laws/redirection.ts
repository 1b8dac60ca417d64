import { machFailure, machRedirect } from '#properties/mach/redirect-stage';
import { failures as failsEverywhere, together } from '#properties/network/failing';
import type { TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { MachState, PortId } from '#model/mach/state';
import {
  callerTask, entryAt, errorOf, holderOf, isLive, messagesIn, portName, rightsIn, succeeded, taskName, threadName,
} from '#properties/mach/facts';
import { dequeuesIn } from '#properties/mach/laws/dequeues';
import { same } from '#properties/mach/laws/frame';
import {
  backupName, deadTask, fates, handedOver, isHandedOver, keepsQueue, lostSenders, losses, othersNames, type Due, type Fate,
} from '#properties/mach/laws/hand-overs';
import { holding, inTransit, isCall, made, once, survivors, targetTask } from '#properties/mach/laws/ledger';
import { endings, takenIn } from '#properties/mach/laws/message-steps';
import { missing, type Notice } from '#properties/mach/laws/notices';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

/** Ports that live on and whose receive right changed hands in a step, or set out, or arrived. */
const moved = once((step): readonly PortId[] => survivors(step).filter((port) => {
  const { before, after } = holding(step);
  const was = before.get(port);
  const is = after.get(port);
  return was?.task !== is?.task || (was === undefined && inTransit(step).before.get(port)?.serial !== inTransit(step).after.get(port)?.serial);
}));

/** Tasks that had a part in a step: the caller's, the one it is about, and those whose threads went on, ended a call or died. */
function involved(step: MachStep): ReadonlySet<TaskId> {
  const { before, after, call, events } = step;
  const tasks = new Set<TaskId>([...events, ...endings(step)].map(({ thread }) => before.threads[thread]!.task));
  before.threads.forEach(({ life, task }, thread) => {
    if (life === 'live' && after.threads[thread]!.life === 'dead') tasks.add(task);
  });
  if ('thread' in call) tasks.add(callerTask(step));
  const target = targetTask(step);
  if (target !== null) tasks.add(target);
  const dead = deadTask(step);
  if (dead !== null) tasks.add(dead);
  return tasks;
}

/** What a move of the receive right did to those who only send: to their names, their messages and their waits. */
function noticed(step: MachStep, port: PortId): string[] {
  const label = portName(port);
  const wrong = [...othersNames(step.before, port, involved(step))].flatMap(([task, name]) =>
    (same(entryAt(step.before, task, name), entryAt(step.after, task, name)) ? [] : [`n${name} of ${taskName(task)} changed when ${label} moved`]));
  if (!keepsQueue(step, port)) wrong.push(`the queue of ${label} did not move with it`);
  const bystanders = lostSenders(step, port).filter((thread) => !carries(step.before, thread, port));
  return [...wrong, ...bystanders.map((thread) => `${threadName(thread)} lost its place when ${label} moved`)];
}

/** Whether a thread waits to send the very right. */
const carries = ({ threads }: MachState, thread: ThreadId, port: PortId): boolean => {
  const { run } = threads[thread]!;
  return run.tag === 'sending' && [...rightsIn(run.message)].some((right) => right.kind === 'receive' && right.port === port);
};

/** A receive right that was extracted from the task that held it, for the caller to have. */
const extracted = (step: MachStep): PortId | null => {
  if (!isCall(step, 'mach_port_extract_right') || !succeeded(step) || step.call.disposition !== 'move-receive') return null;
  const entry = entryAt(step.before, targetTask(step)!, step.call.name);
  return entry?.tag === 'port' ? entry.port : null;
};

/** Receive rights that threads got in messages, unless they were sent for want of a holder. */
const arrived = once((step): readonly { readonly port: PortId; readonly task: TaskId }[] => takenIn(step).flatMap(({ task, source, body, header }) => {
  if (source === null || body === null || header.id === PORT_DESTROYED) return [];
  return [...rightsIn(source)].flatMap(({ port, kind }) => (kind === 'receive' && isLive(step.after, port) ? [{ port, task }] : []));
}));

const PORT_DESTROYED = 69;

/** Successors that did not get what they were sent, or got it without what was waiting. */
function unsucceeded(step: MachStep): string[] {
  const port = extracted(step);
  const due = [...arrived(step), ...(port === null ? [] : [{ port, task: callerTask(step) }])];
  return due.flatMap(({ port: id, task }) => {
    const holder = holderOf(step.after, id);
    const wrong = holder?.task === task || holdsBriefly(step, id) ? [] : [`${taskName(task)} was given ${portName(id)}, and does not receive from it`];
    return keepsQueue(step, id) || dequeuesIn(step).some((one) => one.port === id) ? wrong : [...wrong, `${portName(id)} came without its queue`];
  });
}

/** Whether a right that arrived may have left again in the same step, in a message of another thread. */
const holdsBriefly = (step: MachStep, port: PortId): boolean => inTransit(step).after.has(port) && step.events.length > 1;

/** Requests that fired although nobody lost the right they are about. */
const unprovoked = (step: MachStep): string[] => survivors(step).flatMap((port) => {
  const was = step.before.ports[port]!.portDestroyed;
  const is = step.after.ports[port]!.portDestroyed;
  if (was === is || (isCall(step, 'mach_port_request_notification') && step.call.kind === 'port-destroyed')) return [];
  if (was === null) return [`a port-destroyed request on ${portName(port)} appeared`];
  const lost = losses(step).some((loss) => loss.port === port) || inTransit(step).before.has(port) || made(step, 'move-receive')(port).atMost > 0;
  return lost ? [] : [`the port-destroyed request on ${portName(port)} fired, and its holder lives`];
});

/** What happened to a right for which one of the conditions was not met. */
const undue = (step: MachStep): string[] => fates(step).flatMap(({ port, due }) =>
  (due === 'handed over' || due === 'open' || !isLive(step.after, port) ? [] : [`${portName(port)} lives, and was ${due}`]));

const meets = (step: MachStep, due: Due): boolean => fates(step).some((fate) => fate.due === due);

/** Hand-overs by the death of a task. */
const failures = (step: MachStep): readonly Fate[] => handedOver(step).filter(({ cause }) => cause === 'task ended');

/** The backup did not get the port, or not with all that waited there. */
const unbacked = (step: MachStep): string[] => fates(step).flatMap((fate) => {
  const { port, due, cause } = fate;
  if (due !== 'handed over' || cause !== 'task ended') return [];
  if (!isHandedOver(step, fate)) return [`${portName(port)} did not go to ${backupName(fate)}`];
  if (!isLive(step.after, port)) return [];
  return keepsQueue(step, port) && lostSenders(step, port).length === 0 ? [] : [`${portName(port)} went to ${backupName(fate)} without all that waited there`];
});

/** What clients see of the failure of their server, which is to be nothing. */
const disturbed = (step: MachStep): string[] => failures(step).flatMap(({ port }) => {
  const dead = deadTask(step)!;
  const names = [...othersNames(step.before, port, new Set([dead]))].filter(([task, name]) => {
    const is = entryAt(step.after, task, name);
    const was = entryAt(step.before, task, name);
    const refs = (entry: typeof was) => (entry?.tag === 'port' ? entry.sends : entry?.tag === 'send-once' ? 1 : -1);
    return refs(is) !== refs(was) && holderOf(step.after, port)?.task !== task;
  });
  const clients = step.before.ports[port]!.senders.filter((thread) => step.before.threads[thread]!.task !== dead);
  const told = clients.filter((thread) => step.events.some((event) => event.thread === thread && event.tag === 'raised'));
  return [
    ...names.map(([task, name]) => `n${name} of ${taskName(task)} did not survive the hand-over of ${portName(port)}`),
    ...told.map((thread) => `${threadName(thread)} was disturbed by the hand-over of ${portName(port)}`),
    ...(keepsQueue(step, port) ? [] : [`the messages of ${portName(port)} are not as they were`]),
  ];
});

/** Messages that wait again after they had gone, or been handed to somebody; and those that are there twice. */
function returned({ before, after }: MachStep): string[] {
  const known = new Set<number>();
  for (const [{ serial }, { at }] of messagesIn(before)) if (at !== 'receiver') known.add(serial);
  const seen = new Set<number>();
  const wrong: string[] = [];
  for (const [{ serial }, { at }] of messagesIn(after)) {
    if (serial < before.serial && !known.has(serial) && at !== 'receiver') wrong.push(`message ${serial} is back`);
    if (seen.has(serial)) wrong.push(`message ${serial} is there twice`);
    seen.add(serial);
  }
  return wrong;
}

/** The reply rights that a dead server had, in its names and in messages handed to its threads: their clients are told. */
function bereaved(step: MachStep): readonly Notice[] {
  const dead = deadTask(step);
  if (dead === null || failures(step).length === 0) return [];
  const handed = step.before.threads.flatMap(({ task, run }) => (task === dead && run.tag === 'handed' ? [...rightsIn(run.message)] : []));
  const named = step.before.tasks[dead]!.names.flatMap((entry) => (entry?.tag === 'send-once' ? [{ port: entry.port, kind: 'send-once' }] : []));
  return [...handed, ...named].filter(({ port, kind }) => kind === 'send-once' && isLive(step.after, port))
    .map(({ port }) => ({ kind: 'send-once', to: port, about: '' }));
}

/** What the backup does not get: what the server had taken, its counts, its set, and its request. */
const overdone = (step: MachStep): string[] => [
  ...missing(step, bereaved(step)),
  ...failures(step).flatMap(({ port }) => {
    const { makeSend, sequence, set, portDestroyed } = step.after.ports[port]!;
    return makeSend === 0 && sequence === 0 && set === null && portDestroyed === null ? [] : [`${portName(port)} was handed over with what was the server's own`];
  }),
];

/** Names for a port that nobody inherits, its messages, and the clients that wait for answers to them. */
function unmourned(step: MachStep): string[] {
  return fates(step).flatMap(({ port, due, holder }) => {
    if (due !== 'unregistered') return [];
    if (isLive(step.after, port)) return [`${portName(port)} outlives its holder with nobody registered`];
    const names = [...othersNames(step.before, port, new Set(holder === null ? [] : [holder.task]))]
      .filter(([task, name]) => step.after.tasks[task]!.life === 'live' && entryAt(step.after, task, name)?.tag !== 'dead');
    const left = step.before.ports[port]!.queue.filter(({ serial }) => [...messagesIn(step.after)].some(([message]) => message.serial === serial));
    const replies = step.before.ports[port]!.queue.flatMap(({ reply }): Notice[] =>
      (reply.tag === 'right' && reply.kind === 'send-once' && isLive(step.after, reply.port) ? [{ kind: 'send-once', to: reply.port, about: '' }] : []));
    return [
      ...names.map(([task, name]) => `n${name} of ${taskName(task)} outlives ${portName(port)}`),
      ...left.map(({ serial }) => `message ${serial} was sent on from ${portName(port)}, which is dead`), ...missing(step, replies),
    ];
  });
}

/** Threads that wait for, or get, messages of a port that another task receives from. */
const intruders = (state: MachState): string[] => {
  const owners = new Map<PortId, TaskId>();
  const sets = new Map<number, TaskId>();
  state.tasks.forEach(({ names }, task) => names.forEach((entry) => {
    if (entry?.tag === 'port' && entry.receive) owners.set(entry.port, task as TaskId);
    if (entry?.tag === 'set') sets.set(entry.set, task as TaskId);
  }));
  const wrong = (threads: readonly number[], owner: TaskId | undefined, what: string) => threads
    .filter((thread) => state.threads[thread]!.task !== owner).map((thread) => `${threadName(thread as never)} waits at ${what}, which is another task's`);
  return [
    ...state.ports.flatMap(({ receivers }, port) => (receivers.length === 0 ? [] : wrong(receivers, owners.get(port as PortId), portName(port as PortId)))),
    ...state.sets.flatMap(({ receivers }, set) => (receivers.length === 0 ? [] : wrong(receivers, sets.get(set), `s${set + 1}`))),
  ];
};

/** Receipts by threads whose task did not receive from the port, before the step or after it. */
const poached = (step: MachStep): string[] => dequeuesIn(step).flatMap(({ port, thread }) => {
  if (step.before.ports[port] === undefined) return [];
  const { task } = step.before.threads[thread]!;
  const owners = [holding(step).before.get(port)?.task, holding(step).after.get(port)?.task];
  return owners.includes(task) || !isLive(step.after, port) || owners.every((owner) => owner === undefined) ? []
    : [`${threadName(thread)} received from ${portName(port)}, which is not its task's`];
});

const waitingAt = ({ threads, ports }: MachState, port: PortId): readonly TaskId[] => ports[port]!.receivers.map((thread) => threads[thread]!.task);

const queued = ({ before }: MachStep, port: PortId): boolean => before.ports[port]!.queue.length > 0;

/** Whether anybody but these tasks has a name for a port. */
const hasClients = (step: MachStep, port: PortId, but: ReadonlySet<TaskId>): boolean =>
  othersNames(step.before, port, but).next().done !== true;

export const redirectionLaws = {
  'mach/senders-name-ports-not-processes': {
    step: (step) => moved(step).flatMap((port) => noticed(step, port)),
    sometimes: {
      'messages move along': (step) => moved(step).some((port) => queued(step, port)),
      'a sender waits meanwhile': (step) => moved(step).some((port) => step.before.ports[port]!.senders.length > 0),
      'another task can send to it': (step) => moved(step).some((port) => hasClients(step, port, involved(step))),
      'a message is sent to a right in transit': (step) => isCall(step, 'mach_msg') && survivors(step).some((port) =>
        inTransit(step).before.has(port) && step.after.ports[port]!.queue.length > step.before.ports[port]!.queue.length),
    },
  },

  'mach/server-may-hand-over-by-plan': {
    step: unsucceeded,
    sometimes: {
      'a supervisor extracts a busy port': (step) => extracted(step) !== null && queued(step, extracted(step)!) && targetTask(step) !== callerTask(step),
      'a busy port arrives in a message': (step) => arrived(step).some(({ port }) => queued(step, port)),
      'the server is gone already': (step) => isCall(step, 'mach_port_extract_right') && errorOf(step) === 'MACH_SEND_INVALID_DEST',
    },
  },

  'mach/backup-receives-the-right-on-failure': {
    relates: failsEverywhere(machRedirect, together),
    on: ['task_terminate'],
    step: unbacked,
    sometimes: {
      'a busy port goes to its backup': (step) => failures(step).some(({ port }) => queued(step, port)),
      'senders wait for room': (step) => failures(step).some(({ port }) => step.before.ports[port]!.senders.length > 0),
    },
  },

  'mach/redirection-needs-six-conditions': {
    step: (step) => [...unprovoked(step), ...undue(step)],
    sometimes: {
      'nobody is registered': (step) => meets(step, 'unregistered') && deadTask(step) !== null,
      'the backup is dead': (step) => meets(step, 'dead backup'),
      'the hand-over would close a loop': (step) => meets(step, 'circular'),
      'the server only hangs': (step) => isCall(step, 'task_suspend') && targetTask(step) !== null
        && step.before.tasks[targetTask(step)!]!.names.some((entry) => entry?.tag === 'port' && entry.receive && step.before.ports[entry.port]!.portDestroyed !== null),
      'the request is swapped': (step) => isCall(step, 'mach_port_request_notification') && step.call.kind === 'port-destroyed' && succeeded(step)
        && survivors(step).some((port) => step.before.ports[port]!.portDestroyed !== null && step.before.ports[port]!.portDestroyed !== step.after.ports[port]!.portDestroyed),
    },
  },

  'mach/redirection-keeps-names-and-order': {
    on: ['task_terminate'],
    step: disturbed,
    sometimes: {
      'a client has a right': (step) => failures(step).some(({ port }) => hasClients(step, port, new Set([deadTask(step)!]))),
      'several messages wait': (step) => failures(step).some(({ port }) => step.before.ports[port]!.queue.length > 1),
      'a client waits for room': (step) => failures(step).some(({ port }) => step.before.ports[port]!.senders.some((thread) => step.before.threads[thread]!.task !== deadTask(step))),
    },
  },

  'mach/redirection-loses-received-requests': {
    step: (step) => [...returned(step), ...overdone(step)],
    sometimes: {
      'the server had a request to answer': (step) => bereaved(step).length > 0,
      'the port was in a set': (step) => failures(step).some(({ port }) => step.before.ports[port]!.set !== null),
      'the backup registers anew': (step) => isCall(step, 'mach_port_request_notification') && step.call.kind === 'port-destroyed' && succeeded(step)
        && step.before.tasks.some(({ life }) => life === 'dead'),
    },
  },

  'mach/unregistered-death-redirects-nothing': {
    relates: failsEverywhere(machFailure, together),
    step: unmourned,
    sometimes: {
      'a server dies with requests in its queue': (step) => deadTask(step) !== null && fates(step).some(({ due, port }) => due === 'unregistered' && queued(step, port)),
      'a client has a right to it': (step) => deadTask(step) !== null && fates(step).some(({ due, port }) => due === 'unregistered'
        && hasClients(step, port, new Set([deadTask(step)!]))),
    },
  },

  'mach/one-task-receives-on-a-port': {
    always: intruders,
    step: poached,
    sometimes: {
      'two threads of a task wait at one port': ({ after }) => after.ports.some(({ receivers }) => receivers.length > 1),
      'a port moves while a thread waits': (step) => moved(step).some((port) => waitingAt(step.before, port).length > 0),
      'the new holder receives': (step) => dequeuesIn(step).some(({ port }) => holding(step).after.has(port) && port in step.before.ports && step.before.tasks.some(({ life }) => life === 'dead')),
    },
  },
} satisfies MachLaws;

