import type { Name, Reference, ReportedName, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { entryOf } from '#model/mach/entries';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import type { Symbol, Symbols } from '#properties/suite';

/** How the values of Mach's calls and answers denote names, tasks and threads. */
export const machSymbols: Symbols<MachState, MachCall> = {
  of(leaf, value, state, call) {
    switch (leaf.sort) {
      case 'name': {
        const task = leaf.space === 'target' ? targetOf(state, call) : callerOf(state, call);
        return task === null ? null : nameIn(task, value as Name);
      }
      case 'reported-name': return nameIn((value as ReportedName).task, (value as ReportedName).name);
      case 'task':
      case 'thread': return { space: leaf.sort, id: value as number };
      default: {
        const reference = value as Reference<number>;
        if (reference.tag === 'identity') return { space: leaf.sort === 'task-port' ? 'task' : 'thread', id: reference.identity };
        return nameIn(callerOf(state, call)!, reference.name);
      }
    }
  },

  replace(leaf, value, id) {
    switch (leaf.sort) {
      case 'reported-name': return { ...(value as ReportedName), name: id };
      case 'task-port':
      case 'thread-port': {
        const { tag } = value as Reference<number>;
        return tag === 'identity' ? { tag, identity: id } : { tag, name: id };
      }
      default: return id;
    }
  },

  fresh(space, state) {
    if (space === 'task') return state.tasks.length;
    if (space === 'thread') return state.threads.length;
    return state.tasks[Number(space.slice('names of '.length))]?.names.length ?? 0;
  },
};

const nameIn = (task: TaskId, name: Name): Symbol | null => (name > 0 ? { space: `names of ${task}`, id: name } : null);

const callerOf = (state: MachState, call: MachCall): TaskId | null =>
  ('thread' in call ? state.threads[call.thread]?.task ?? null : null);

/** The task whose names a call is about. */
function targetOf(state: MachState, call: MachCall): TaskId | null {
  if (call.operation === 'mach_msg' && call.send !== null) return addressed(state, call.thread, call.send.remote.name) ?? callerOf(state, call);
  if (!('task' in call)) return callerOf(state, call);
  const reference = call.task as Reference<TaskId>;
  if (reference.tag === 'identity') return reference.identity;
  return addressed(state, call.thread as ThreadId, reference.name);
}

/** The task that a thread means by a name for its port. */
function addressed(state: MachState, thread: ThreadId, name: Name): TaskId | null {
  const entry = entryOf(state, state.threads[thread]!.task, name);
  if (entry?.tag !== 'port') return null;
  const task = state.tasks.findIndex(({ port }) => port === entry.port);
  return task < 0 ? null : task as TaskId;
}
