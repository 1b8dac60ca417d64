import type { Reference, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { entryOf, isSend, touch } from '#model/mach/entries';
import type { MachState, Port, PortId } from '#model/mach/state';
import type { Mach } from '#model/mach/world';
import { BeyondScope } from '#model/operation';

/** What a task or thread argument denotes, or why it denotes none. */
export type Target<Id, W extends string> =
  | { readonly tag: 'found'; readonly id: Id }
  | { readonly tag: 'missing'; readonly error: 'MACH_SEND_INVALID_DEST' | W; readonly touched: boolean };

type Wrong = 'KERN_INVALID_TASK' | 'KERN_INVALID_ARGUMENT';

/** The port that a request came to, in the place of what a caller says. */
export interface Through { readonly tag: 'port'; readonly port: PortId }

/** Whether a message has asked for what is done. */
export const isRequest = (reference: Reference<unknown> | Through): reference is Through => reference.tag === 'port';

/** The task a call is about: by identity, through a send right of the caller to the task's port, or behind the port asked. */
export function taskFor<const W extends Wrong>(
  { state }: Mach, caller: ThreadId, reference: Reference<TaskId> | Through, wrong: W,
): Target<TaskId, W> {
  const find = (port: number) => state.tasks.findIndex((task) => task.port === port) as TaskId;
  switch (reference.tag) {
    case 'identity': return byIdentity(state.tasks[reference.identity]?.life, reference.identity);
    case 'port': return byPort(state, reference.port, 'task', wrong, find);
    case 'name': return byName(state, caller, reference.name, 'task', wrong, find);
  }
}

export function threadFor(
  { state }: Mach, caller: ThreadId, reference: Reference<ThreadId> | Through,
): Target<ThreadId, 'KERN_INVALID_ARGUMENT'> {
  const find = (port: number) => state.threads.findIndex((thread) => thread.port === port) as ThreadId;
  switch (reference.tag) {
    case 'identity': return byIdentity(state.threads[reference.identity]?.life, reference.identity);
    case 'port': return byPort(state, reference.port, 'thread', 'KERN_INVALID_ARGUMENT', find);
    case 'name': return byName(state, caller, reference.name, 'thread', 'KERN_INVALID_ARGUMENT', find);
  }
}

function byIdentity<Id, W extends string>(life: 'live' | 'dead' | undefined, id: Id): Target<Id, W> {
  return life === 'live' ? { tag: 'found', id } : { tag: 'missing', error: 'MACH_SEND_INVALID_DEST', touched: false };
}

function byName<Id, W extends string>(
  state: MachState, caller: ThreadId, name: Parameters<typeof touch>[2], kernel: NonNullable<Port['kernel']>,
  wrong: W, find: (port: number) => Id,
): Target<Id, W> {
  const { task } = state.threads[caller]!;
  const entry = entryOf(state, task, name);
  if (!isSend(entry)) {
    return { tag: 'missing', error: 'MACH_SEND_INVALID_DEST', touched: touch(state, task, name) };
  }
  return byPort(state, entry.port, kernel, wrong, find);
}

function byPort<Id, W extends string>(
  state: MachState, id: PortId, kernel: NonNullable<Port['kernel']>, wrong: W, find: (port: number) => Id,
): Target<Id, W> {
  const port = state.ports[id]!;
  if (port.kernel === null) throw new BeyondScope('a request to a port that is not the kernel\'s');
  if (port.kernel !== kernel) return { tag: 'missing', error: wrong, touched: false };
  return { tag: 'found', id: find(id) };
}
