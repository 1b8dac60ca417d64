import type { Name, TaskId } from '#spec/mach/vocabulary';
import type { MachState, PortId } from '#model/mach/state';
import { callerTask, entryAt, errorOf, isLive, portName, taskName } from '#properties/mach/facts';
import { casualties, isCall } from '#properties/mach/laws/ledger';
import { expectedOf, sendEnd, sendsIn, sentMessage, takenIn } from '#properties/mach/laws/message-steps';
import { missing, nameText, type Notice } from '#properties/mach/laws/notices';
import type { MachLaws, MachStep } from '#properties/mach/obligation';
import { watched } from '#properties/mach/laws/watched';
import { monitor } from '#properties/obligation';

/** A reply right that a task received with a request, and still has: it may answer by it, or pass the request on. */
interface Entrusted { readonly client: PortId }

/** What each task was entrusted with, by name. */
interface Trust { readonly held: Map<string, Entrusted> }

const keyOf = (task: TaskId, name: Name): string => nameText({ task, name });

/** Requests that tasks received in a step, with the reply rights that came with them. */
function learn(step: MachStep, { held }: Trust): void {
  for (const { task, header, body } of takenIn(step)) {
    if (body === null || header.remote.kind !== 'send-once' || header.remote.name <= 0) continue;
    const entry = entryAt(step.after, task, header.remote.name);
    if (entry?.tag === 'send-once') held.set(keyOf(task, header.remote.name), { client: entry.port });
  }
}

/** A request that is passed on with the client's own reply right; null if a step passes none on. */
function passedOn(step: MachStep, { held }: Trust): { readonly task: TaskId; readonly entrusted: Entrusted; readonly worker: PortId } | null {
  const call = sendsIn(step);
  const expected = expectedOf(step);
  if (call === null || expected === null || expected.error !== null || call.send.local.disposition !== 'move-send-once') return null;
  const task = callerTask(step);
  const entrusted = held.get(keyOf(task, call.send.local.name));
  return entrusted === undefined ? null : { task, entrusted, worker: expected.message.destination.port };
}

/** The request is where the new worker finds it, and the client's right is with it, not with the one who passed it on. */
function misforwarded(step: MachStep, trust: Trust): string[] {
  const passed = passedOn(step, trust);
  if (passed === null || sendEnd(step) !== 'sent') return [];
  const { task, worker, entrusted } = passed;
  const { name } = sendsIn(step)!.send.local;
  const wrong = entryAt(step.after, task, name)?.tag === 'send-once' ? [`${taskName(task)} passed a request on, and kept the right to answer it`] : [];
  const known = step.before.ports[worker]!;
  if (!isLive(step.after, worker) || known.kernel !== null || !isLive(step.before, entrusted.client)) return wrong;
  const [message] = sentMessage(step) ?? [];
  if (message === undefined) return wrong;
  const { destination, reply } = message;
  const fits = destination.port === worker && reply.tag === 'right' && reply.kind === 'send-once' && reply.port === entrusted.client;
  return fits ? wrong : [...wrong, `a request passed on to ${portName(worker)} does not lead back to ${portName(entrusted.client)}`];
}

/** Forgets what names no longer stand for. */
function forget({ after }: MachStep, { held }: Trust): void {
  for (const [key, { client }] of held) {
    const [name, task] = key.slice(1).split(' of T').map(Number) as [Name, number];
    const entry = entryAt(after, task - 1 as TaskId, name);
    if (entry?.tag !== 'send-once' || entry.port !== client) held.delete(key);
  }
}

/** Whether a send passes on a reply right that is not of the sender's own making. */
const passesOn = (step: MachStep): boolean => {
  const call = sendsIn(step);
  return call !== null && call.send.local.disposition === 'move-send-once' && sendEnd(step) === 'sent'
    && expectedOf(step)?.message.reply.tag === 'right';
};

const worker = (step: MachStep): PortId => expectedOf(step)!.message.destination.port;

/** Whether another task receives from a port than the one whose thread is sending, and how it fares. */
const workerTask = (step: MachStep): TaskId | null => {
  const task = step.before.tasks.findIndex(({ names }) => names.some((entry) => entry?.tag === 'port' && entry.receive && entry.port === worker(step)));
  return task < 0 ? null : task as TaskId;
};

/** Names whose ports died in a step, with somebody to be told of it. */
const bereft = (step: MachStep): readonly Notice[] => watched(step).filter(({ fate }) => fate === 'dead')
  .map(({ task, name, to }) => ({ kind: 'dead-name', to, about: nameText({ task, name }) }));

/** A name that has died stays what it is, and says so, until its holder gives it up. */
function reusedDead(step: MachStep): string[] {
  const { before, after } = step;
  return before.tasks.flatMap(({ names }, id) => names.flatMap((entry, name) => {
    const now = after.tasks[id]!.names[name];
    if (entry?.tag !== 'dead' || now === null || now === undefined || now.tag === 'dead') return [];
    return [`${nameText({ task: id as TaskId, name: name as Name })} was dead, and stands for something else`];
  }));
}

/** A client that goes on with the old name is told at once; with a name for the new service it gets through. */
function unheard(step: MachStep): string[] {
  const call = sendsIn(step);
  if (call === null) return [];
  const entry = entryAt(step.before, callerTask(step), call.send.remote.name);
  const error = errorOf(step);
  if (entry?.tag === 'dead') return error?.startsWith('MACH_SEND') === true ? [] : ['a message was sent by a dead name'];
  const expected = expectedOf(step);
  const refused = expected !== null && expected.error === null && sendEnd(step) === 'refused';
  return refused && hasDead(step) ? [`a client that had found ${portName(expected.message.destination.port)} was refused there`] : [];
}

const hasDead = (step: MachStep): boolean => step.before.tasks[callerTask(step)]!.names.some((entry) => entry?.tag === 'dead');

/** Whether a task with a dead name gets, or is given, a send right to another port. */
const findsAnother = (step: MachStep): boolean => {
  if (!isCall(step, 'mach_port_insert_right', 'mach_msg')) return false;
  return step.after.tasks.some(({ names }, id) => {
    const was = step.before.tasks[id]?.names ?? [];
    return was.some((entry) => entry?.tag === 'dead')
      && names.some((entry, name) => entry?.tag === 'port' && entry.sends > 0 && !entry.receive && (was[name] ?? null) === null);
  });
};

export const proxyLaws = {
  'mach/supervisor-may-forward-to-workers': {
    monitor: monitor<MachState, MachStep['call'], Trust>({
      start: () => ({ held: new Map() }),
      next: (trust, step) => {
        const wrong = misforwarded(step, trust);
        forget(step, trust);
        learn(step, trust);
        return wrong;
      },
    }),
    sometimes: {
      'a request is passed on': passesOn,
      'it goes to another task': (step) => passesOn(step) && workerTask(step) !== null && workerTask(step) !== callerTask(step),
      'while another worker hangs': (step) => passesOn(step) && step.before.tasks.some(({ suspends, life }, task) =>
        life === 'live' && suspends > 0 && task !== workerTask(step)),
    },
  },

  'mach/client-may-look-up-again': {
    step: (step) => [...reusedDead(step), ...unheard(step), ...missing(step, bereft(step))],
    sometimes: {
      'a client is told of the end of a service': (step) => bereft(step).length > 0 && casualties(step).length > 0,
      'it finds another': findsAnother,
      'it sends there': (step) => sendsIn(step) !== null && sendEnd(step) === 'sent' && hasDead(step),
      'it sends by the dead name': (step) => sendsIn(step) !== null
        && entryAt(step.before, callerTask(step), sendsIn(step)!.send.remote.name)?.tag === 'dead',
    },
  },
} satisfies MachLaws;
