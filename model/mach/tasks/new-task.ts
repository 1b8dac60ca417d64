import { copySend } from '#model/mach/tasks/special-ports';
import { newPort } from '#model/mach/ports/new-port';
import type { Carried, MachState, PortId, Task } from '#model/mach/state';
import { BeyondScope, change } from '#model/operation';
import type { TaskId, ThreadId } from '#spec/mach/vocabulary';

/** A task without threads and with an empty name space, which takes after its template. */
export function newTask(state: MachState, template: Task | null): TaskId {
  if (state.tasks.length >= state.limits.tasks) throw new BeyondScope('too many tasks');
  const port = newPort(state, 'task');
  change(state).tasks.push({
    life: 'live',
    port,
    suspends: 0,
    self: makeSend(state, port),
    exception: inherit(state, template?.exception ?? null),
    bootstrap: inherit(state, template?.bootstrap ?? null),
    registered: Array.from({ length: state.limits.registered }, (_, place) =>
      inherit(state, template?.registered[place] ?? null)),
    names: [null],
  });
  if (state.memory !== null) {
    const { pageCount, spaces } = state.memory;
    change(spaces).push({ pages: Array.from({ length: pageCount }, () => null) });
  }
  return state.tasks.length - 1 as TaskId;
}

/** A thread that is not yet running, unless it is one of those the system starts with. */
export function newThread(state: MachState, task: TaskId, suspends: number): ThreadId {
  if (state.threads.length >= state.limits.threads) throw new BeyondScope('too many threads');
  const port = newPort(state, 'thread');
  change(state).threads.push({
    life: 'live', task, port, suspends, self: makeSend(state, port), exception: null, run: { tag: 'ready' },
  });
  return state.threads.length - 1 as ThreadId;
}

/** A send right to a kernel port. */
export function makeSend(state: MachState, port: PortId): Carried {
  const made = change(state.ports[port]!);
  made.makeSend += 1;
  made.sendRights += 1;
  return { tag: 'right', port, kind: 'send' };
}

const inherit = (state: MachState, held: Carried | null): Carried | null =>
  (held === null ? null : copySend(state, held));
