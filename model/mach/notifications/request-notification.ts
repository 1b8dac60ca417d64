import type { MachArguments, Name, NotificationKind, TaskId } from '#spec/mach/vocabulary';
import { argument, give } from '#model/mach/tasks/argument';
import { chooseError } from '#model/mach/messages/send';
import { entryOf, isReceive, setEntry, touch } from '#model/mach/entries';
import { taskFor } from '#model/mach/tasks/target';
import { refused, type Cascade, type Mach, type MachOperation } from '#model/mach/world';
import type { Carried, Entry, MachState, PortEntry, PortId } from '#model/mach/state';
import { change, returned, spoiled } from '#model/operation';

type Call = MachArguments<'mach_port_request_notification'>;
type Refusal =
  | 'KERN_INVALID_CAPABILITY' | 'KERN_INVALID_VALUE' | 'KERN_INVALID_NAME' | 'KERN_INVALID_RIGHT'
  | 'KERN_INVALID_ARGUMENT' | 'KERN_UREFS_OVERFLOW';

/** Registers a send-once right to be notified through, in exchange for the one registered before. */
export const requestNotification: MachOperation<'mach_port_request_notification', Cascade | 'error'> = {
  implements: [
    'mach/notifications-come-on-request', 'mach/requests-have-one-slot-each',
    'mach/dead-name-notification-adds-a-reference', 'mach/request-on-a-dead-name-fires',
    'mach/no-senders-request-fires-once', 'mach/port-destroyed-hands-the-right-over',
    'mach/dropped-previous-right-notifies', 'mach/request-notification-refuses-unfit-names',
    'mach/failed-kernel-request-destroys-its-body',
  ],

  step(world, call) {
    world.charge('trap');
    const { state, mechanisms } = world;
    const caller = state.threads[call.thread]!.task;
    // Guards.
    const target = taskFor(world, call.thread, call.task, 'KERN_INVALID_TASK');
    if (target.tag === 'missing' && target.error === 'MACH_SEND_INVALID_DEST') return refused(target.error, target.touched);
    // Effect.
    const notify = argument(world, caller, call.notify);
    if (notify === null) return spoiled('MACH_SEND_INVALID_RIGHT', null);
    const error = target.tag === 'missing' ? target.error : refusal(world, target.id, call, notify);
    if (error !== null || target.tag === 'missing') {
      mechanisms.destroyRight(world, notify);
      return spoiled(error ?? 'KERN_INVALID_TASK', null);
    }
    const previous = register(world, target.id, call, notify.tag === 'right' ? notify.port : null);
    return returned({ previous: give(world, call, onceRight(previous)) });
  },
};

const onceRight = (port: PortId | null): Carried =>
  (port === null ? { tag: 'null', kind: null } : { tag: 'right', port, kind: 'send-once' });

function refusal(world: Mach<'error'>, task: TaskId, call: Call, notify: Carried): Refusal | null {
  const errors = refusals(world.state, task, call, notify);
  return errors.length === 0 ? null : chooseError(world, errors);
}

/** The errors that apply, the one the reference implementation reports first. */
function refusals(state: MachState, task: TaskId, { name, kind, sync }: Call, notify: Carried): readonly Refusal[] {
  const errors: Refusal[] = [];
  if (notify.tag === 'dead') errors.push('KERN_INVALID_CAPABILITY');
  if (kind === 'other') errors.push('KERN_INVALID_VALUE');
  if (kind === 'port-destroyed' && sync !== 0) errors.push('KERN_INVALID_VALUE');
  const entry = entryOf(state, task, name);
  if (entry === null) errors.push('KERN_INVALID_NAME');
  else if (kind === 'dead-name') errors.push(...deadNameErrors(state, entry, sync, notify));
  else if (kind !== 'other' && !isReceive(entry)) errors.push('KERN_INVALID_RIGHT');
  return errors;
}

function deadNameErrors({ limits }: MachState, entry: Entry, sync: number, notify: Carried): readonly Refusal[] {
  if (entry.tag === 'set') return ['KERN_INVALID_RIGHT'];
  if (entry.tag !== 'dead') return [];
  if (sync === 0 || notify.tag === 'null') return ['KERN_INVALID_ARGUMENT'];
  return entry.refs >= limits.references ? ['KERN_UREFS_OVERFLOW'] : [];
}

/** Swaps the registered right, or fires at once where what is asked about has already come to pass. */
function register(world: Mach<Cascade>, task: TaskId, { name, kind, sync }: Call, notify: PortId | null): PortId | null {
  switch (kind as NotificationKind) {
    case 'dead-name': return registerDeadName(world, task, name, notify);
    case 'no-senders': return registerNoSenders(world, portOf(world.state, task, name), sync, notify);
    case 'port-destroyed': {
      const port = change(world.state.ports[portOf(world.state, task, name)]!);
      const previous = port.portDestroyed;
      port.portDestroyed = notify;
      return previous;
    }
  }
}

const portOf = (state: MachState, task: TaskId, name: Name): PortId => (entryOf(state, task, name) as PortEntry).port;

function registerDeadName(world: Mach<Cascade>, task: TaskId, name: Name, notify: PortId | null): PortId | null {
  const { state, mechanisms } = world;
  touch(state, task, name);
  const entry = entryOf(state, task, name)!;
  if (entry.tag === 'dead') {
    setEntry(state, task, name, { ...entry, refs: entry.refs + 1 });
    mechanisms.notifyDeadName(world, notify!, { task, name });
    return null;
  }
  const { request } = entry as PortEntry;
  setEntry(state, task, name, { ...(entry as PortEntry), request: notify });
  return request;
}

function registerNoSenders(world: Mach<Cascade>, id: PortId, sync: number, notify: PortId | null): PortId | null {
  const port = change(world.state.ports[id]!);
  const previous = port.noSenders;
  const now = notify !== null && port.sendRights === 0 && port.makeSend >= sync;
  port.noSenders = now ? null : notify;
  if (now) world.mechanisms.notifyNoSenders(world, notify, port.makeSend);
  return previous;
}
