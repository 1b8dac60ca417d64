import type { Name, TaskId } from '#spec/mach/vocabulary';
import { entryOf, setEntry } from '#model/mach/entries';
import { implementing, type Cascade, type Mach } from '#model/mach/world';
import { NULL, type Accepted, type MachState, type Message } from '#model/mach/state';
import { change } from '#model/operation';

/** The name was freed, or given another number, while a msg-accepted notification is owed for it. */
export function renameAccepted(state: MachState, task: TaskId, from: Name, to: Name): void {
  const renamed = (message: Message): Message =>
    message.accepted !== null && message.accepted.name.task === task && message.accepted.name.name === from
      ? { ...message, accepted: { ...message.accepted, name: { task, name: to } } }
      : message;
  for (const port of state.ports) {
    if (port.queue.some((message) => message.accepted !== null)) change(port).queue = port.queue.map(renamed);
  }
  for (const thread of state.threads) {
    const { run } = thread;
    if (run.tag === 'handed') change(thread).run = { ...run, message: renamed(run.message) };
  }
}

/** The notification will carry no name. */
export const cancelAccepted = (state: MachState, task: TaskId, name: Name): void =>
  renameAccepted(state, task, name, NULL);

/** Pays an owed msg-accepted notification. One whose task is dead carries no name. */
export const payAccepted = implementing(
  [
    'mach/send-notify-queues-one-message', 'mach/send-notify-acts-only-when-full',
    'mach/dead-destination-settles-msg-accepted',
  ],
  (world: Mach<Cascade>, { name, notify }: Accepted, portDied: boolean): void => {
    const { state, mechanisms } = world;
    const entry = entryOf(state, name.task, name.name);
    if (entry !== null && entry.tag === 'port') {
      setEntry(state, name.task, name.name, { ...entry, accepted: false });
    }
    const isDead = state.tasks[name.task]!.life === 'dead';
    const form = portDied && state.variant === 'documented'
      ? world.choose('accepted form', ['msg-accepted', 'send-once'] as const, (kind) => kind)
      : 'msg-accepted';
    if (form === 'send-once') mechanisms.notifySendOnce(world, notify);
    else mechanisms.notifyMsgAccepted(world, notify, isDead ? { ...name, name: NULL } : name);
  },
);
