import type { Reference, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { entryOf, isSend, touch } from '#model/mach/entries';
import type { MachState, Port } from '#model/mach/state';
import type { Mach } from '#model/mach/world';
import { BeyondScope } from '#model/operation';

/** What a task or thread argument denotes, or why it denotes none. */
export type Target<Id, W extends string> =
  | { readonly tag: 'found'; readonly id: Id }
  | { readonly tag: 'missing'; readonly error: 'MACH_SEND_INVALID_DEST' | W; readonly touched: boolean };

type Wrong = 'KERN_INVALID_TASK' | 'KERN_INVALID_ARGUMENT';

/** The task a call is about: by identity, or through a send right of the caller to the task's port. */
export function taskFor<const W extends Wrong>(
  { state }: Mach, caller: ThreadId, reference: Reference<TaskId>, wrong: W,
): Target<TaskId, W> {
  if (reference.tag === 'identity') return byIdentity(state.tasks[reference.identity]?.life, reference.identity);
  return byName(state, caller, reference.name, 'task', wrong, (port) =>
    state.tasks.findIndex((task) => task.port === port) as TaskId);
}

export function threadFor(
  { state }: Mach, caller: ThreadId, reference: Reference<ThreadId>,
): Target<ThreadId, 'KERN_INVALID_ARGUMENT'> {
  if (reference.tag === 'identity') return byIdentity(state.threads[reference.identity]?.life, reference.identity);
  return byName(state, caller, reference.name, 'thread', 'KERN_INVALID_ARGUMENT', (port) =>
    state.threads.findIndex((thread) => thread.port === port) as ThreadId);
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
  const port = state.ports[entry.port]!;
  if (port.kernel === null) throw new BeyondScope('a request to a port that is not the kernel\'s');
  if (port.kernel !== kernel) return { tag: 'missing', error: wrong, touched: false };
  return { tag: 'found', id: find(entry.port) };
}
