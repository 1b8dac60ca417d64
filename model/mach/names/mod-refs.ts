import type { MachArguments, Name, TaskId } from '#spec/mach/vocabulary';
import { cancelAccepted } from '#model/mach/notifications/accepted';
import { chooseError } from '#model/mach/messages/send';
import { dropReferences } from '#model/mach/names/release-name';
import { entryOf, isReceive, isSend, setEntry, touch } from '#model/mach/entries';
import { taskFor } from '#model/mach/tasks/target';
import { refused, type Cascade, type Mach, type MachOperation } from '#model/mach/world';
import type { Entry, MachState, PortEntry } from '#model/mach/state';
import { change, raised, returned } from '#model/operation';

type Right = Exclude<MachArguments<'mach_port_mod_refs'>['right'], 'other'>;
type Refusal = 'KERN_INVALID_VALUE' | 'KERN_INVALID_NAME' | 'KERN_INVALID_RIGHT' | 'KERN_UREFS_OVERFLOW';

/** Adds references of one kind of right to a name, or takes them away. */
export const modRefs: MachOperation<'mach_port_mod_refs', Cascade | 'error'> = {
  implements: [
    'mach/mod-refs-moves-send-references', 'mach/mod-refs-destroys-the-receive-right',
    'mach/mod-refs-destroys-the-send-once-right', 'mach/mod-refs-destroys-the-port-set',
    'mach/mod-refs-moves-dead-references', 'mach/mod-refs-refuses-impossible-deltas',
    'mach/dead-right-is-judged-before-the-delta', 'mach/reference-counts-have-ceilings',
    'mach/hand-over-leaves-the-send-right',
  ],

  step(world, { thread, task, name, right, delta }) {
    world.charge('trap');
    const { state } = world;
    // Guards.
    const target = taskFor(world, thread, task, 'KERN_INVALID_TASK');
    if (target.tag === 'missing') return refused(target.error, target.touched);
    const entry = entryOf(state, target.id, name);
    const errors = refusals(state, entry, right, delta);
    if (errors.length > 0) {
      if (isStale(state, entry, right)) world.deviate('mach/dead-right-is-judged-before-the-delta');
      const error = chooseError(world, errors);
      const looked = (right === 'send' || right === 'send-once' || right === 'dead-name') && error === 'KERN_INVALID_RIGHT';
      return refused(error, looked && touch(state, target.id, name));
    }
    // Effect.
    if (delta < 0) takeAway(world, target.id, name, right as Right, -delta);
    else if (delta > 0) add(state, target.id, name, delta);
    else touch(state, target.id, name);
    return returned(null);
  },
};

/** The errors that apply, the one the reference implementation reports first. */
function refusals(
  state: MachState, entry: Entry | null, right: MachArguments<'mach_port_mod_refs'>['right'], delta: number,
): readonly Refusal[] {
  if (right === 'other') return entry === null ? ['KERN_INVALID_VALUE', 'KERN_INVALID_NAME'] : ['KERN_INVALID_VALUE'];
  if (entry === null) return ['KERN_INVALID_NAME'];
  const refs = references(entry, right);
  const bounds = boundErrors(state, right, staleReferences(state, entry, right) ?? refs ?? 0, delta);
  if (refs !== null) return bounds;
  return staleReferences(state, entry, right) === null ? ['KERN_INVALID_RIGHT'] : [...bounds, 'KERN_INVALID_RIGHT'];
}

/** How many references of a right a name has; null if it has none. */
export function references(entry: Entry, right: Right): number | null {
  switch (right) {
    case 'send': return isSend(entry) ? entry.sends : null;
    case 'receive': return isReceive(entry) ? 1 : null;
    case 'send-once': return entry.tag === 'send-once' ? 1 : null;
    case 'port-set': return entry.tag === 'set' ? 1 : null;
    case 'dead-name': return entry.tag === 'dead' ? entry.refs : null;
  }
}

/** What one variant still believes of a name whose port has died unnoticed. */
function staleReferences({ variant }: MachState, entry: Entry, right: Right): number | null {
  if (variant !== 'gnumach' || entry.tag !== 'dead' || entry.untouched === null) return null;
  return entry.untouched.kind === right ? entry.untouched.refs : null;
}

/** Whether such a name is judged by its bounds although it is dead. */
const isStale = (state: MachState, entry: Entry | null, right: MachArguments<'mach_port_mod_refs'>['right']): boolean =>
  entry !== null && right !== 'other' && staleReferences(state, entry, right) !== null;

function boundErrors({ limits }: MachState, right: Right, refs: number, delta: number): readonly Refusal[] {
  if (right === 'send' || right === 'dead-name') {
    const ceiling = right === 'send' ? limits.references - 1 : limits.references;
    if (refs + delta < 0) return ['KERN_INVALID_VALUE'];
    return refs + delta > ceiling ? ['KERN_UREFS_OVERFLOW'] : [];
  }
  return delta === 0 || delta === -1 ? [] : ['KERN_INVALID_VALUE'];
}

function add(state: MachState, task: TaskId, name: Name, count: number): void {
  touch(state, task, name);
  const entry = entryOf(state, task, name)!;
  if (entry.tag === 'dead') setEntry(state, task, name, { ...entry, refs: entry.refs + count });
  if (entry.tag === 'port') setEntry(state, task, name, { ...entry, sends: entry.sends + count });
}

function takeAway(world: Mach<Cascade>, task: TaskId, name: Name, right: Right, count: number): void {
  const entry = entryOf(world.state, task, name)!;
  if (right === 'receive') dropReceive(world, task, name, entry as PortEntry);
  else if (right === 'port-set') world.mechanisms.destroyEntry(world, task, name);
  else dropReferences(world, task, name, count);
}

/**
 * The receive right of a name goes. A send right under the same name stays what it is if a backup keeps the
 * port alive; one variant makes it a dead name all the same, and never counts it out.
 */
function dropReceive(world: Mach<Cascade>, task: TaskId, name: Name, entry: PortEntry): void {
  const { state, mechanisms } = world;
  const id = entry.port;
  if (entry.accepted) cancelAccepted(state, task, name);
  const kept = { ...entry, receive: false, accepted: false };
  setEntry(state, task, name, entry.sends > 0 ? kept : null);
  if (entry.sends > 0 && state.variant === 'gnumach' && state.ports[id]!.portDestroyed !== null) {
    world.deviate('mach/hand-over-leaves-the-send-right');
    makeDead(state, task, name, kept);
  }
  mechanisms.clearReceiver(world, id);
  mechanisms.destroyPort(world, id);
  touch(state, task, name);
  if (entry.sends === 0 && entry.request !== null) mechanisms.notifyPortDeleted(world, entry.request, { task, name });
}

function makeDead(state: MachState, task: TaskId, name: Name, { port: id, sends, request }: PortEntry): void {
  const port = change(state.ports[id]!);
  setEntry(state, task, name, { tag: 'dead', refs: sends + (request === null ? 0 : 1), untouched: null });
  if (request !== null) port.stray = [...port.stray, { tag: 'stray', name: { task, name }, notify: request }];
}

export { raised };
