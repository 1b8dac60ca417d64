import type { Name, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { MachState, PortId } from '#model/mach/state';
import { callerTask, entryAt, errorOf, isLive, portName, succeeded } from '#properties/mach/facts';
import { argumentsOf } from '#properties/mach/laws/expected-requests';
import { dequeued, holding, inTransit, isCall, leadsTo, once, targetTask } from '#properties/mach/laws/ledger';
import { portOf } from '#properties/mach/laws/notices';
import type { MachStep } from '#properties/mach/obligation';

/** The task that a step ended; null if none did. */
export function deadTask({ before, after }: MachStep): TaskId | null {
  const task = before.tasks.findIndex(({ life }, id) => life === 'live' && after.tasks[id]!.life === 'dead');
  return task < 0 ? null : task as TaskId;
}

/** Why a receive right was destroyed. */
export type Cause = 'name destroyed' | 'right released' | 'task ended' | 'message destroyed';

/** A receive right that a step was to destroy, and who held it, if it was in a name. */
export interface Loss {
  readonly port: PortId;
  readonly cause: Cause;
  readonly holder: { readonly task: TaskId; readonly name: Name } | null;
}

/** Every receive right that a step was to destroy, as far as that follows from the call and from what was lost. */
export const losses = once((step): readonly Loss[] => {
  const { before } = step;
  const found: Loss[] = [];
  const add = (task: TaskId, name: Name, cause: Cause) => {
    const entry = entryAt(before, task, name);
    if (entry?.tag === 'port' && entry.receive) found.push({ port: entry.port, cause, holder: { task, name } });
  };
  if (isCall(step, 'mach_port_destroy', 'mach_port_mod_refs') && succeeded(step)) {
    const released = isCall(step, 'mach_port_mod_refs');
    if (!released) add(targetTask(step)!, step.call.name, 'name destroyed');
    else if (step.call.right === 'receive' && step.call.delta === -1) add(targetTask(step)!, step.call.name, 'right released');
  }
  const dead = deadTask(step);
  if (dead !== null) before.tasks[dead]!.names.forEach((_, name) => add(dead, name as Name, 'task ended'));
  if (isCall(step, 'mach_port_insert_right') && errorOf(step)?.startsWith('KERN') === true && step.call.right.disposition === 'move-receive') {
    for (const { name } of argumentsOf(step)!) add(callerTask(step), name, 'message destroyed');
  }
  return found;
});

/** What is due to a receive right that is destroyed. */
export type Due =
  /** It goes to the backup that was registered. */
  | 'handed over'
  /** Nobody was registered. */
  | 'unregistered'
  /** The port of the backup was dead already. */
  | 'dead backup'
  /** It would end in its own queue. */
  | 'circular'
  /** The backup depends on what else is lost in the same step. */
  | 'open';

export interface Fate extends Loss { readonly backup: PortId | null; readonly due: Due }

export const fates = once((step): readonly Fate[] => losses(step).map((loss) => {
  const backup = step.before.ports[loss.port]!.portDestroyed;
  return { ...loss, backup, due: dueTo(step, loss, backup) };
}));

function dueTo(step: MachStep, { port, cause }: Loss, backup: PortId | null): Due {
  const { before } = step;
  if (backup === null) return 'unregistered';
  if (!isLive(before, backup)) return 'dead backup';
  if (cause === 'task ended') return isApart(step, backup) ? 'handed over' : 'open';
  return leadsTo(before, backup, port) ? 'circular' : 'handed over';
}

/** Whether the right to a port is safe in the hands of a task that this step does not end. */
function isApart(step: MachStep, port: PortId): boolean {
  const holder = holding(step).before.get(port);
  return holder !== undefined && holder.task !== deadTask(step);
}

/** Where a right that was handed over is after the step. */
export type Whereabouts =
  /** In a message to the backup. */
  | 'on its way'
  /** In the hands of the task that received the message. */
  | 'received'
  /** The message was received into too small a buffer, and is gone. */
  | 'spoiled'
  | 'elsewhere';

export function whereabouts(step: MachStep, { port, backup }: Pick<Fate, 'port' | 'backup'>): Whereabouts {
  const carrier = inTransit(step).after.get(port);
  if (carrier !== undefined) return carrier.destination.port === backup && carrier.id === PORT_DESTROYED ? 'on its way' : 'elsewhere';
  const taken = dequeued(step).filter((one) => one.header.id === PORT_DESTROYED && portOf(step.after, one) === backup);
  const holder = holding(step).after.get(port);
  if (holder !== undefined) return taken.some(({ task, body }) => body !== null && task === holder.task) ? 'received' : 'elsewhere';
  return taken.some(({ body }) => body === null) ? 'spoiled' : 'elsewhere';
}

const PORT_DESTROYED = 69;

/** A port is where its backup is, or gone with the message that carried it there. */
export const isHandedOver = (step: MachStep, fate: Fate): boolean => whereabouts(step, fate) !== 'elsewhere';

/** Rights that a step handed over for certain, and that are there to be looked at. */
export const handedOver = once((step): readonly Fate[] =>
  fates(step).filter((fate) => fate.due === 'handed over' && isLive(step.after, fate.port)));

/** Whether all that stood in a queue still stands there, in its order, with nothing before it. */
export function keepsQueue({ before, after }: MachStep, port: PortId): boolean {
  const now = after.ports[port]!.queue;
  return before.ports[port]!.queue.every(({ serial }, place) => now[place]?.serial === serial);
}

/** Senders that waited at a port, live on, and neither wait there still nor have their message in its queue. */
export const lostSenders = ({ before, after }: MachStep, port: PortId): readonly ThreadId[] => before.ports[port]!.senders.filter((thread) => {
  const { run, life } = after.threads[thread]!;
  const message = (before.threads[thread]!.run as { message: { serial: number } }).message;
  if (life === 'dead' || after.ports[port]!.queue.some(({ serial }) => serial === message.serial)) return false;
  return run.tag !== 'sending' || run.to !== port || run.message.serial !== message.serial;
});

/** In words, who a port was to go to. */
export const backupName = ({ backup }: Pick<Fate, 'backup'>): string => (backup === null ? 'nobody' : portName(backup));

/** Every name for a port, but those of some tasks. */
export function* othersNames(state: MachState, port: PortId, but: ReadonlySet<TaskId>): Generator<readonly [TaskId, Name]> {
  for (let task = 0; task < state.tasks.length; task += 1) {
    if (but.has(task as TaskId)) continue;
    const { names } = state.tasks[task]!;
    for (let name = 1; name < names.length; name += 1) {
      const entry = names[name]!;
      if ((entry?.tag === 'port' || entry?.tag === 'send-once') && entry.port === port) yield [task as TaskId, name as Name];
    }
  }
}
