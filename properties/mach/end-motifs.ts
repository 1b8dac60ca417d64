import type { Disposition, Name, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { isReceive, isSend } from '#model/mach/entries';
import { NULL, type Entry, type MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { callers } from '#properties/mach/draw';
import type { Random } from '#properties/random';

type Look = () => MachState;
type MachMsg = Extract<MachCall, { operation: 'mach_msg' }>;

const freeOf = (look: Look, random: Random, task: TaskId): ThreadId | null => {
  const free = callers(look()).filter((thread) => look().threads[thread]!.task === task);
  return free.length === 0 ? null : random.pick(free);
};

const namesOf = (look: Look, task: TaskId, wanted: (entry: Entry) => boolean): Name[] =>
  look().tasks[task]!.names.flatMap((entry, name) => (entry !== null && wanted(entry) ? [name as Name] : []));

const self = (identity: TaskId) => ({ tag: 'identity', identity } as const);

/** A message that waits for nobody, with or without something to reply through. */
const message = (thread: ThreadId, name: Name, disposition: Disposition, reply: Name | null): MachMsg => ({
  operation: 'mach_msg', thread, options: ['send-timeout'], receive: null, timeout: 0, notify: NULL,
  send: {
    id: 6000, remote: { name, disposition }, complex: false, body: [], size: null,
    local: reply === null ? { name: NULL, disposition: null } : { name: reply, disposition: 'make-send-once' },
  },
});

/** Somebody who can send to a port that another task receives from, with nothing in its queue. */
function sender(look: Look, random: Random): { from: TaskId; send: Name; to: TaskId; name: Name } | null {
  const { tasks, ports } = look();
  const found = callers(look()).flatMap((thread) => {
    const from = look().threads[thread]!.task;
    return namesOf(look, from, isSend).flatMap((send) => {
      const { port } = tasks[from]!.names[send] as Extract<Entry, { tag: 'port' }>;
      if (ports[port]!.queue.length > 0 || ports[port]!.set !== null) return [];
      return tasks.flatMap((_, to) => namesOf(look, to as TaskId, (entry) => isReceive(entry) && entry.port === port)
        .map((name) => ({ from, send, to: to as TaskId, name })));
    });
  });
  return found.length === 0 ? null : random.pick(found);
}

/** Rights are sent on their way, and their port dies before they arrive. */
export function* bereavement(look: Look, random: Random): Generator<MachCall, void> {
  const link = sender(look, random);
  if (link === null) return;
  const { from, send, to, name } = link;
  const thread = freeOf(look, random, from)!;
  yield { operation: 'mach_port_allocate', thread, task: self(from), right: 'receive' };
  const mortal = look().tasks[from]!.names.length - 1 as Name;
  const again = freeOf(look, random, from);
  if (again === null || mortal === name) return;
  const call = message(again, send, 'copy-send', random.once(2) ? mortal : null);
  const disposition = random.pick(['make-send', 'make-send-once'] as const);
  const body = [{ tag: 'rights', disposition, names: [mortal], bits: 32, long: false, deallocate: false } as const];
  yield { ...call, send: { ...call.send!, complex: true, body } };
  const killer = freeOf(look, random, from);
  if (killer !== null) yield { operation: 'mach_port_destroy', thread: killer, task: self(from), name: mortal };
  const heir = freeOf(look, random, to);
  if (heir === null) return;
  yield { operation: 'mach_msg', thread: heir, options: ['receive-timeout'], send: null, receive: { name, size: 1024 }, timeout: 0, notify: NULL };
}

/** A port goes with its only send right, under one name, and its task has asked to be told of both. */
export function* farewell(look: Look, random: Random): Generator<MachCall, void> {
  const free = callers(look());
  if (free.length === 0) return;
  const { task } = look().threads[random.pick(free)]!;
  const [confidant] = namesOf(look, task, isReceive);
  let name: Name | null = null;
  for (const part of ['make', 'name', 'watch senders', 'watch name', 'send', 'end'] as const) {
    const thread = freeOf(look, random, task);
    if (thread === null) return;
    const by = { thread, task: self(task) };
    if (name === null) {
      yield { operation: 'mach_port_allocate', ...by, right: 'receive' };
      name = look().tasks[task]!.names.length - 1 as Name;
      continue;
    }
    const entry = look().tasks[task]!.names[name] ?? null;
    if (entry === null || !isReceive(entry)) return;
    const call = parting(part, random, by, name, confidant ?? name);
    if (call !== null) yield call;
  }
}

function parting(
  part: string, random: Random, by: { thread: ThreadId; task: ReturnType<typeof self> }, name: Name, confidant: Name,
): MachCall | null {
  const notify = { name: confidant, disposition: 'make-send-once' } as const;
  switch (part) {
    case 'name': return { operation: 'mach_port_insert_right', ...by, name, right: { name, disposition: 'make-send' } };
    case 'watch senders': return { operation: 'mach_port_request_notification', ...by, name, kind: 'no-senders', sync: 0, notify };
    case 'end': return random.once(2) ? { operation: 'mach_port_destroy', ...by, name }
      : { operation: 'mach_port_mod_refs', ...by, name, right: 'receive', delta: -1 };
    default: if (random.once(2)) return null;
  }
  if (part === 'watch name') return { operation: 'mach_port_request_notification', ...by, name, kind: 'dead-name', sync: 0, notify };
  return message(by.thread, name, 'make-send', confidant);
}

/** A port dies whose task has two more names for it, and has asked to be told of the death of each. */
export function* mourning(look: Look, random: Random): Generator<MachCall, void> {
  const [thread] = callers(look());
  if (thread === undefined) return;
  const { task } = look().threads[thread]!;
  const by = { thread, task: self(task) };
  const newest = () => look().tasks[task]!.names.length - 1 as Name;
  if (namesOf(look, task, isReceive).length === 0) yield { operation: 'mach_port_allocate', ...by, right: 'receive' };
  const confidant = random.pick(namesOf(look, task, isReceive));
  // Others weave their calls in between: the name may be gone already.
  if (confidant === undefined) return;
  yield { operation: 'mach_port_allocate', ...by, right: 'receive' };
  const name = newest();
  for (let i = 0; i < 2; i += 1) {
    const under = newest() + 1 as Name;
    yield { operation: 'mach_port_insert_right', ...by, name: under, right: { name, disposition: 'make-send-once' } };
    yield {
      operation: 'mach_port_request_notification', ...by, name: under, kind: 'dead-name', sync: 0,
      notify: { name: confidant, disposition: 'make-send-once' },
    };
  }
  yield { operation: 'mach_port_destroy', ...by, name };
}
