import type { TaskId } from '#spec/mach/vocabulary';
import type { MachState, Message, PortId } from '#model/mach/state';
import { callerTask, errorOf, isLive, messagesIn, namesOf, portName, receiversOf, succeeded, taskName, threadName } from '#properties/mach/facts';
import { answerOf } from '#properties/mach/laws/expected-requests';
import { stray } from '#properties/mach/laws/frame';
import { isCall, once } from '#properties/mach/laws/ledger';
import { countAt, expectedOf, sendEnd, takenIn } from '#properties/mach/laws/message-steps';
import { isHeard, missing, type Notice } from '#properties/mach/laws/notices';
import { droppedOnce, dueFor } from '#properties/mach/laws/send-once-ends';
import { stubs } from '#properties/mach/laws/requests/stubs';
import { owed } from '#properties/mach/laws/watched';
import type { MachLaws, MachStep } from '#properties/mach/obligation';

/** Kernel objects whose ports are not theirs alone, or not the kernel's, or not as alive as they are. */
function misported(state: MachState): string[] {
  const wrong: string[] = [];
  const seen = new Set<PortId>();
  const look = (label: string, life: string, port: PortId, kernel: string) => {
    const known = state.ports[port]!;
    if (seen.has(port)) wrong.push(`${label} shares its port`);
    seen.add(port);
    if (known.kernel !== kernel) wrong.push(`the port of ${label} is not received by the kernel`);
    if (known.life !== life) wrong.push(`${label} is ${life}, and its port is ${known.life}`);
    if (known.life === 'live' && receiversOf(state, port).length > 1) wrong.push(`the port of ${label} has another receiver`);
  };
  look('the host', 'live', state.host, 'host');
  state.tasks.forEach(({ life, port }, task) => look(taskName(task as TaskId), life, port, 'task'));
  state.threads.forEach(({ life, port }, thread) => look(threadName(thread as never), life, port, 'thread'));
  return wrong;
}

const traps = ['mach_reply_port', 'mach_task_self', 'mach_thread_self', 'mach_host_self', 'swtch', 'swtch_pri'] as const;

/** What needs no port cannot fail for want of one, and a reply port is a new port of the caller's. */
function mistrapped(step: MachStep): string[] {
  if (!isCall(step, ...traps)) return [];
  if (!succeeded(step)) return [`${step.call.operation} failed`];
  if (!isCall(step, 'mach_reply_port')) return [];
  const { name } = answerOf(step);
  const entry = name === undefined ? null : step.after.tasks[callerTask(step)]!.names[name] ?? null;
  const isNew = entry?.tag === 'port' && entry.receive && entry.sends === 0 && entry.port >= step.before.ports.length;
  return isNew ? stray(step, (change) => (change.what === 'name' && change.task === callerTask(step) && change.name === name)
    || (change.what === 'port' && change.port >= step.before.ports.length)) as string[] : ['mach_reply_port gave no port of its own'];
}

/** Every other call names the object it is about, and comes to nothing without it. */
const nameless = (step: MachStep): string[] => {
  const reference = 'task' in step.call ? step.call.task : 'target' in step.call ? step.call.target : null;
  if (reference?.tag !== 'name' || reference.name > 0) return [];
  return errorOf(step) === 'MACH_SEND_INVALID_DEST' ? stray(step) as string[] : [`${step.call.operation} was carried out for nobody`];
};

/** The request that a send makes of a live kernel port; null if it is none, or failed before it got there. */
const served = once((step): Message | null => {
  const expected = expectedOf(step);
  if (expected === null || expected.error !== null) return null;
  const { port } = expected.message.destination;
  return step.before.ports[port]!.kernel !== null && isLive(step.before, port) ? expected.message : null;
});

const REPLY = 100;

/** Whether a message is the refusal of a request. */
const isRefusalOf = (request: Message, id: number, code: unknown): boolean => id === request.id + REPLY && code === 'MIG_BAD_ID';

/** How many refusals of a request there are after a step, on the port it wants to be answered at. */
function refusals(step: MachStep, request: Message, port: PortId): number {
  const there = [...messagesIn(step.after)].filter(([message, { at }]) => {
    const [first] = message.body;
    return message.sender === -1 && message.serial >= step.before.serial && message.destination.port === port && at !== 'sender'
      && message.body.length === 1 && isRefusalOf(request, message.id, first?.tag === 'code' ? first.code : null);
  }).length;
  const got = takenIn(step).filter(({ header, body }) =>
    isRefusalOf(request, header.id, body === null ? 'MIG_BAD_ID' : body[0]?.tag === 'code' ? body[0].code : null)).length;
  return there + got;
}

/** Whether an operation answers to the number of a request: what comes of it is a matter of its own. */
const isKnown = ({ devices }: MachState, { id }: Message): boolean =>
  Object.values(stubs).some(({ number }) => number === id) || (devices !== null && id >= DEVICES && id < DEVICES + REPLY);

const DEVICES = 2800;

function misserved(step: MachStep): string[] {
  const request = served(step);
  if (request === null || isKnown(step.before, request)) return [];
  const end = sendEnd(step);
  if (end !== 'sent') return [`a request to ${portName(request.destination.port)} was ${end}`];
  const { reply } = request;
  if (reply.tag !== 'right' || !isLive(step.after, reply.port) || step.before.ports[reply.port]!.kernel !== null) return [];
  const count = refusals(step, request, reply.port);
  return count === 1 ? [] : [`${count} answers to a request came to ${portName(reply.port)}`];
}

/** Rights in the body of such a request are destroyed with it: a receive right lets its port die, or fall to its backup. */
const kept = (step: MachStep): string[] => (served(step)?.body ?? []).flatMap((item) => (item.tag !== 'rights' ? [] : item.rights.flatMap((right) => {
  if (right.tag !== 'right' || right.kind !== 'receive' || !isLive(step.after, right.port)) return [];
  const backedUp = step.before.ports[right.port]!.portDestroyed !== null && step.after.ports[right.port]!.portDestroyed === null;
  return backedUp ? [] : [`${portName(right.port)} went to the kernel, and lives`];
})));

/** Notifications that are due at ports that were full. */
const dueAtFull = once((step): readonly Notice[] => [...dueFor(step, droppedOnce(step)), ...owed(step).dead, ...owed(step).deleted]
  .filter(({ to }) => step.before.ports[to] !== undefined && isLive(step.before, to) && isHeard(step, to) && isFull(step.before, to)));

const isFull = (state: MachState, port: PortId): boolean => countAt(state, port) >= state.ports[port]!.queueLimit;

export const kernelPortLaws = {
  'mach/kernel-objects-are-ports': {
    always: misported,
    step: (step) => [...namesOf(step.after)].flatMap(([task, , entry]) => (entry.tag === 'port' && entry.receive
      && step.after.ports[entry.port]!.kernel !== null ? [`${taskName(task)} receives from ${portName(entry.port)}, which is the kernel's`] : [])),
    sometimes: {
      'a request goes through a send right to a task port': (step) => 'task' in step.call && step.call.task.tag === 'name' && succeeded(step),
      'a request goes through a send right to a thread port': (step) => 'target' in step.call && step.call.target.tag === 'name' && succeeded(step),
      'an object ends with names for its port left': ({ before, after }) => [...namesOf(before)].some(([, , entry]) =>
        entry.tag === 'port' && before.ports[entry.port]!.kernel !== null && isLive(before, entry.port) && !isLive(after, entry.port)),
    },
  },

  'mach/kernel-services-are-messages': {
    step: (step) => [...mistrapped(step), ...nameless(step)],
    sometimes: {
      'a reply port is allocated': (step) => isCall(step, 'mach_reply_port') && succeeded(step),
      'an identity trap is entered': (step) => isCall(step, 'mach_task_self', 'mach_thread_self', 'mach_host_self') && succeeded(step),
      'a call names no object': (step) => 'task' in step.call && step.call.task.tag === 'name' && step.call.task.name <= 0,
    },
  },

  'mach/kernel-port-requests-run-at-once': {
    always: (state) => state.ports.flatMap(({ kernel, queue, senders }, port) => (kernel !== null && queue.length + senders.length > 0
      ? [`something waits at ${portName(port as PortId)}, which is the kernel's`] : [])),
    step: (step) => [...misserved(step), ...kept(step)],
    sometimes: {
      'a request asks for an answer': (step) => served(step)?.reply.tag === 'right',
      'the answer finds a full queue': (step) => {
        const reply = served(step)?.reply;
        return reply?.tag === 'right' && isFull(step.before, reply.port);
      },
      'a request brings a right along': (step) => served(step)?.body.some(({ tag }) => tag === 'rights') === true,
    },
  },

  'mach/kernel-messages-ignore-queue-limits': {
    always: (state) => state.threads.flatMap(({ run }, thread) => (run.tag === 'sending' && run.message.sender === -1
      ? [`${threadName(thread as never)} waits to send a message of the kernel's`] : [])),
    step: (step) => missing(step, dueAtFull(step)),
    sometimes: {
      'a notification is due at a full port': (step) => dueAtFull(step).length > 0,
      'a notification goes beyond the limit': ({ before, after }) => after.ports.some(({ queue, queueLimit, life }) =>
        life === 'live' && queue.length > queueLimit && queue.at(-1)!.sender === -1 && queue.at(-1)!.serial >= before.serial),
    },
  },
} satisfies MachLaws;
