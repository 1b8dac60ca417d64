import type { Name, TaskId } from '#spec/mach/vocabulary';
import { argument, type Given } from '#model/mach/tasks/argument';
import { chooseError } from '#model/mach/messages/send';
import { entryOf, nameOfPort, setEntry } from '#model/mach/entries';
import { takeName } from '#model/mach/names/allocate';
import { taskFor } from '#model/mach/tasks/target';
import { refused, type Cascade, type Mach, type MachOperation } from '#model/mach/world';
import { DEAD, NULL, type Carried, type MachState, type PortEntry } from '#model/mach/state';
import { change, returned, spoiled } from '#model/operation';

type Refusal =
  | 'KERN_INVALID_VALUE' | 'KERN_INVALID_CAPABILITY' | 'KERN_RIGHT_EXISTS' | 'KERN_NAME_EXISTS' | 'KERN_UREFS_OVERFLOW';

/** Gives a task a right of the caller's, under a name of the caller's choice. A right refused is destroyed. */
export const insertRight: MachOperation<'mach_port_insert_right', Cascade | 'error'> = {
  implements: [
    'mach/insert-right-refuses-conflicting-names', 'mach/received-right-pegs-at-the-ceiling',
    'mach/failed-kernel-request-destroys-its-body', 'mach/argument-rights-are-checked-at-send',
    'mach/task-port-holder-can-interpose',
  ],

  step(world, { thread, task, name, right }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    const caller = state.threads[thread]!.task;
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_TASK');
    if (target.tag === 'missing' && target.error === 'MACH_SEND_INVALID_DEST') return refused(target.error, target.touched);
    if ('disposition' in right && right.disposition === 'other') return spoiled('KERN_INVALID_VALUE', null);
    // Effect.
    const carried = argument(world, caller, right as Given);
    if (carried === null) return spoiled('MACH_SEND_INVALID_RIGHT', null);
    const error = target.tag === 'missing' ? target.error : refusal(world, target.id, name, carried);
    if (error !== null || target.tag === 'missing') {
      mechanisms.destroyRight(world, carried);
      return spoiled(error ?? 'KERN_INVALID_TASK', null);
    }
    insert(world, target.id, name, carried as Right);
    return returned(null);
  },
};

type Right = Extract<Carried, { tag: 'right' }>;

function refusal(world: Mach<'error'>, task: TaskId, name: Name, right: Carried): Refusal | null {
  const errors = refusals(world.state, task, name, right);
  return errors.length === 0 ? null : chooseError(world, errors);
}

/** The errors that apply, the one the reference implementation reports first. */
function refusals(state: MachState, task: TaskId, name: Name, right: Carried): readonly Refusal[] {
  const errors: Refusal[] = [];
  if (name === NULL || name === DEAD) errors.push('KERN_INVALID_VALUE');
  if (right.tag !== 'right') return [...errors, 'KERN_INVALID_CAPABILITY'];
  const known = right.kind === 'send-once' ? null : nameOfPort(state, task, right.port);
  const entry = entryOf(state, task, name);
  if (known !== null && known !== name) errors.push('KERN_RIGHT_EXISTS');
  if (entry !== null && known !== name) errors.push('KERN_NAME_EXISTS');
  if (state.ports[right.port]!.life === 'dead') errors.push('KERN_INVALID_CAPABILITY');
  const full = known === name && entry?.tag === 'port' && entry.sends + 1 >= state.limits.references;
  if (full && right.kind === 'send') errors.push('KERN_UREFS_OVERFLOW');
  return errors;
}

function insert(world: Mach, task: TaskId, name: Name, { port, kind }: Right): void {
  const { state } = world;
  const entry = entryOf(state, task, name) as PortEntry | null;
  if (kind === 'send-once') return takeName(world, task, name, { tag: 'send-once', port, request: null });
  if (entry === null) {
    const receive = kind === 'receive';
    const sends = receive ? 0 : 1;
    return takeName(world, task, name, { tag: 'port', port, receive, sends, request: null, accepted: false });
  }
  if (kind === 'receive') return setEntry(state, task, name, { ...entry, receive: true });
  if (entry.sends > 0) change(state.ports[port]!).sendRights -= 1;
  setEntry(state, task, name, { ...entry, sends: entry.sends + 1 });
}
