import type { Name, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { isReceive } from '#model/mach/entries';
import { implementing, type Mach } from '#model/mach/world';
import type { SettleChoices } from '#model/mach/threads/settle';
import type { Entry, MachState, PortId } from '#model/mach/state';
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

/**
 * Names whose end may show in what others come to: receive rights of ports with messages or with somebody to
 * be told, and rights whose end sends a message to where a thread waits for one, and gets what comes first.
 */
function weightyNames(state: MachState, task: TaskId): readonly Name[] {
  const weighty: Name[] = [];
  state.tasks[task]!.names.forEach((entry, name) => {
    if (entry !== null && isConsequential(state, entry)) weighty.push(name as Name);
  });
  return weighty;
}

function isConsequential({ tasks, ports, sets }: MachState, entry: Entry): boolean {
  if (entry.tag !== 'port' && entry.tag !== 'send-once') return false;
  const { queue, noSenders, portDestroyed, sendRights } = ports[entry.port]!;
  const isAwaited = (told: PortId | null): boolean => {
    if (told === null) return false;
    const { set, receivers } = ports[told]!;
    return (set === null ? receivers : sets[set]!.receivers).length > 0;
  };
  if (isReceive(entry)) {
    if (queue.length > 0 || noSenders !== null || portDestroyed !== null) return true;
    const watches = (other: Entry | null) => (other?.tag === 'port' || other?.tag === 'send-once') && other.port === entry.port && isAwaited(other.request);
    return tasks.some(({ names }) => names.some(watches));
  }
  return isAwaited(entry.request) || isAwaited(entry.tag === 'send-once' ? entry.port : sendRights === 1 ? noSenders : null);
}
