import type { Name, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { isReceive } from '#model/mach/entries';
import { implementing, type Mach } from '#model/mach/world';
import type { SettleChoices } from '#model/mach/threads/settle';
import type { MachState } from '#model/mach/state';
import { change } from '#model/operation';

/**
 * The end of a task: its threads, then the rights the kernel held for it, then its names, then its port. In
 * which order the names go is open, and can be observed where rights of the task depend on one another.
 */
export const killTask = implementing(
  [
    'mach/terminated-task-releases-everything', 'mach/cleaning-a-name-depends-on-its-kind',
    'mach/task-death-starts-with-kernel-held-rights', 'mach/task-death-releases-blocked-senders',
  ],
  (world: Mach<SettleChoices | 'cleaning order'>, id: TaskId): void => {
    const { state, mechanisms } = world;
    const task = change(state.tasks[id]!);
    state.threads.forEach((thread, index) => {
      if (thread.task === id && thread.life === 'live') mechanisms.killThread(world, index as ThreadId);
    });
    task.life = 'dead';
    for (const right of [task.self, task.exception, task.bootstrap, ...task.registered]) {
      mechanisms.releaseHeld(world, right);
    }
    task.self = null;
    task.exception = null;
    task.bootstrap = null;
    task.registered = [];
    mechanisms.discardSpace(world, id);
    cleanNames(world, id);
    mechanisms.killPort(world, task.port);
  },
);

/** Names whose end can change what becomes of others go in an order that is chosen; the rest as they stand. */
function cleanNames(world: Mach<SettleChoices | 'cleaning order'>, task: TaskId): void {
  const { state, mechanisms } = world;
  let weighty = weightyNames(state, task);
  while (weighty.length > 0) {
    const name = world.choose('cleaning order', weighty, (option) => `n${option}`);
    mechanisms.destroyEntry(world, task, name);
    weighty = weighty.filter((other) => other !== name);
  }
  const { names } = state.tasks[task]!;
  for (let name = 1; name < names.length; name += 1) {
    if (names[name] !== null) mechanisms.destroyEntry(world, task, name as Name);
  }
}

/** Receive rights of ports with messages or with somebody to be told: the end of one may show in another. */
function weightyNames({ tasks, ports }: MachState, task: TaskId): readonly Name[] {
  const weighty: Name[] = [];
  tasks[task]!.names.forEach((entry, name) => {
    if (!isReceive(entry)) return;
    const { queue, noSenders, portDestroyed } = ports[entry.port]!;
    if (queue.length > 0 || noSenders !== null || portDestroyed !== null) weighty.push(name as Name);
  });
  return weighty;
}
