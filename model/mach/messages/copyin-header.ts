import type { Disposition, Name, SentMessage, TaskId } from '#spec/mach/vocabulary';
import { canCopyin, carriedKind, type CopiedIn } from '#model/mach/rights/copyin';
import { entryOf, isReceive } from '#model/mach/entries';
import { implementing, type Cascade, type Mach } from '#model/mach/world';
import { DEAD, NULL, type Carried, type MachState, type PortId } from '#model/mach/state';
import { rightOf } from '#model/mach/messages/right';

type Header = Pick<SentMessage, 'remote' | 'local'>;

/** Whether the dispositions of a header make sense at all, before any name is looked at. */
export function isHeaderForm({ remote, local }: Header): boolean {
  if (remote.disposition === null || remote.disposition === 'move-receive') return false;
  return local.disposition === null ? local.name === NULL : local.disposition !== 'move-receive';
}

export type HeaderError = 'MACH_SEND_INVALID_DEST' | 'MACH_SEND_INVALID_REPLY';

/**
 * The errors that apply to the names of a well-formed header, the one that the reference implementation
 * reports first. None: both rights can be taken together.
 */
export function headerErrors(state: MachState, task: TaskId, { remote, local }: Header): readonly HeaderError[] {
  const dest = entryOf(state, task, remote.name);
  const destOk = canCopyin(dest, remote.disposition!, false);
  if (local.name === NULL || local.name === DEAD) return destOk ? [] : ['MACH_SEND_INVALID_DEST'];
  const reply = entryOf(state, task, local.name);
  const replyOk = canCopyin(reply, local.disposition!, true);
  const errors: HeaderError[] = [];
  if (dest === null) errors.push('MACH_SEND_INVALID_DEST');
  if (!replyOk) errors.push('MACH_SEND_INVALID_REPLY');
  if (dest !== null && !destOk) errors.push('MACH_SEND_INVALID_DEST');
  const shared = remote.name === local.name && conflict(state, task, remote.name, remote.disposition!, local.disposition!);
  return errors.length === 0 && shared ? ['MACH_SEND_INVALID_DEST', 'MACH_SEND_INVALID_REPLY'] : errors;
}

/** Whether one name cannot serve both places at once, though it could serve either. */
function conflict(state: MachState, task: TaskId, name: Name, dest: Disposition, reply: Disposition): boolean {
  const entry = entryOf(state, task, name);
  if (dest === 'move-send-once' || reply === 'move-send-once') return true;
  return dest === 'move-send' && reply === 'move-send' && entry?.tag === 'port' && entry.sends < 2;
}

export interface CopiedHeader {
  readonly destination: { readonly port: PortId; readonly kind: 'send' | 'send-once' };
  readonly reply: Carried;
}

/** Takes both header rights. With `cancel`, a request on the destination that would notify there is dropped. */
export const copyinHeader = implementing(
  [
    'mach/destination-is-alive-at-copy-in', 'mach/header-rights-are-taken-together',
    'mach/send-cancel-may-drop-port-deleted', 'mach/freed-name-yields-port-deleted',
    'mach/null-reply-keeps-its-kind',
  ],
  (
    world: Mach<Cascade | 'cancel'>, task: TaskId, header: Header, cancel: PortId | null,
  ): CopiedHeader => {
    const { state, mechanisms } = world;
    const { remote, local } = header;
    const [dest, reply] = takeBoth(world, task, header);
    if (dest.deleted !== null) {
      if (dest.deleted === cancel && suppressed(world)) mechanisms.dropSendOnce(world, dest.deleted);
      else mechanisms.notifyPortDeleted(world, dest.deleted, { task, name: remote.name });
    }
    if (reply.deleted !== null) mechanisms.notifyPortDeleted(world, reply.deleted, { task, name: local.name });
    const { port, kind } = rightOf(dest.right);
    if (state.ports[port] === undefined || kind === 'receive') throw new Error('the destination is not a send right');
    return { destination: { port, kind }, reply: reply.right };
  },
);

/** The documents say that the notification may be suppressed; the reference implementation does it. */
const suppressed = (world: Mach<'cancel'>): boolean =>
  world.state.variant === 'gnumach' || world.choose('cancel', [true, false], (yes) => (yes ? 'suppress' : 'notify'));

/** Of one name that is copied and moved, the copy goes first: one reference is enough for both. */
function takeBoth(world: Mach<Cascade>, task: TaskId, { remote, local }: Header): readonly [CopiedIn, CopiedIn] {
  const { copyin } = world.mechanisms;
  const take = (name: Name, disposition: Disposition) => copyin(world, task, name, disposition);
  if (local.name === NULL || local.name === DEAD) {
    return [take(remote.name, remote.disposition!), { right: standIn(local), deleted: null }];
  }
  if (remote.name === local.name && local.disposition === 'copy-send') {
    const reply = take(local.name, 'copy-send');
    return [take(remote.name, remote.disposition!), reply];
  }
  const dest = take(remote.name, remote.disposition!);
  return [dest, take(local.name, local.disposition!)];
}

function standIn({ name, disposition }: Header['local']): Carried {
  const kind = disposition === null ? null : carriedKind[disposition];
  return name === DEAD ? { tag: 'dead', kind } : { tag: 'null', kind };
}

/** The port a name receives from, where it does: a notify name must be one. */
export function notifyPort(state: MachState, task: TaskId, name: Name): PortId | null {
  const entry = entryOf(state, task, name);
  return isReceive(entry) ? entry.port : null;
}
