import type { Disposition, Name, RightKind, TaskId } from '#spec/mach/vocabulary';
import { cancelAccepted } from '#model/mach/notifications/accepted';
import { entryOf, isReceive, isSend, setEntry, touch } from '#model/mach/entries';
import { implementing, type Cascade, type Mach } from '#model/mach/world';
import type { Carried, Entry, PortId } from '#model/mach/state';
import { BeyondScope, change } from '#model/operation';

/** What each disposition makes of a right. */
export const carriedKind: Readonly<Record<Disposition, RightKind>> = {
  'move-receive': 'receive',
  'move-send': 'send',
  'copy-send': 'send',
  'make-send': 'send',
  'move-send-once': 'send-once',
  'make-send-once': 'send-once',
};

/** Whether a name can be copied in with a disposition. Nothing is touched. */
export function canCopyin(entry: Entry | null, disposition: Disposition, deadOk: boolean): boolean {
  if (entry === null) return false;
  switch (disposition) {
    case 'move-receive':
    case 'make-send':
    case 'make-send-once':
      return isReceive(entry);
    case 'move-send':
    case 'copy-send':
      return entry.tag === 'dead' ? deadOk : isSend(entry);
    case 'move-send-once':
      return entry.tag === 'dead' ? deadOk : entry.tag === 'send-once';
  }
}

/** A right taken out of a space, and the dead-name request that its name took with it. */
export interface CopiedIn { readonly right: Carried; readonly deleted: PortId | null }

/** Takes a right out of a name, as its disposition says. The caller has made sure that it can. */
export const copyin = implementing(
  [
    'mach/receive-right-is-exclusive', 'mach/move-receive-carries-the-receive-right', 'mach/move-send-carries-a-reference-away',
    'mach/copy-send-duplicates-the-send-right', 'mach/make-send-counts-on-the-port',
    'mach/move-send-once-carries-the-right', 'mach/make-send-once-makes-a-new-right',
    'mach/port-counts-entries-as-senders', 'mach/disposition-matches-the-live-right',
  ],
  (world: Mach<Cascade>, task: TaskId, name: Name, disposition: Disposition): CopiedIn => {
    const { state } = world;
    world.charge('right');
    if (!disposition.startsWith('make') && disposition !== 'move-receive') touch(state, task, name);
    const entry = entryOf(state, task, name)!;
    if (entry.tag === 'dead') return copyinDead(world, task, name, disposition);
    if (entry.tag === 'send-once') return moveSendOnce(world, task, name);
    if (entry.tag === 'set') throw new Error('a port set is not a right');
    const port = change(state.ports[entry.port]!);
    const right = (kind: RightKind): Carried => ({ tag: 'right', port: entry.port, kind });
    switch (disposition) {
      case 'make-send':
        if (port.makeSend >= state.limits.makeSend) throw new BeyondScope('too many send rights made');
        port.makeSend += 1;
        port.sendRights += 1;
        return { right: right('send'), deleted: null };
      case 'make-send-once':
        port.sendOnceRights += 1;
        return { right: right('send-once'), deleted: null };
      case 'copy-send':
        port.sendRights += 1;
        return { right: right('send'), deleted: null };
      case 'move-send':
        return { right: right('send'), deleted: moveSend(world, task, name) };
      default:
        return { right: right('receive'), deleted: moveReceive(world, task, name) };
    }
  },
);

/** A dead name stands for the right it once was: it is carried as dead, and a move uses up one reference. */
function copyinDead(world: Mach, task: TaskId, name: Name, disposition: Disposition): CopiedIn {
  const entry = entryOf(world.state, task, name)!;
  if (entry.tag === 'dead' && disposition !== 'copy-send') {
    setEntry(world.state, task, name, entry.refs > 1 ? { ...entry, refs: entry.refs - 1 } : null);
  }
  return { right: { tag: 'dead', kind: carriedKind[disposition] }, deleted: null };
}

function moveSendOnce(world: Mach, task: TaskId, name: Name): CopiedIn {
  const entry = entryOf(world.state, task, name) as Extract<Entry, { tag: 'send-once' }>;
  setEntry(world.state, task, name, null);
  return { right: { tag: 'right', port: entry.port, kind: 'send-once' }, deleted: entry.request };
}

function moveSend({ state }: Mach, task: TaskId, name: Name): PortId | null {
  const entry = entryOf(state, task, name) as Extract<Entry, { tag: 'port' }>;
  if (entry.sends > 1) {
    change(state.ports[entry.port]!).sendRights += 1;
    setEntry(state, task, name, { ...entry, sends: entry.sends - 1 });
    return null;
  }
  if (entry.receive) {
    setEntry(state, task, name, { ...entry, sends: 0 });
    return null;
  }
  if (entry.accepted) cancelAccepted(state, task, name);
  setEntry(state, task, name, null);
  return entry.request;
}

function moveReceive(world: Mach, task: TaskId, name: Name): PortId | null {
  const { state } = world;
  const entry = entryOf(state, task, name) as Extract<Entry, { tag: 'port' }>;
  if (entry.sends > 0) {
    setEntry(state, task, name, { ...entry, receive: false });
  } else {
    if (entry.accepted) cancelAccepted(state, task, name);
    setEntry(state, task, name, null);
  }
  world.mechanisms.clearReceiver(world, entry.port);
  return entry.sends > 0 ? null : entry.request;
}
