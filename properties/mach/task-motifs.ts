import { taskPorts, threadPorts, type Name, type SentMessage, type TaskId, type ThreadId } from '#spec/mach/vocabulary';
import { isReceive } from '#model/mach/entries';
import { NULL, type Entry, type MachState, type PortEntry, type PortId } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { callers } from '#properties/mach/draw';
import type { Random } from '#properties/random';

/** The state as it is when it is looked at: a motif goes on over several calls. */
type Look = () => MachState;
type Motif = Generator<MachCall, void>;

const identity = <Id>(id: Id) => ({ tag: 'identity', identity: id }) as const;

function free(look: Look, random: Random, task?: TaskId): ThreadId | null {
  const able = callers(look()).filter((thread) => task === undefined || look().threads[thread]!.task === task);
  return able.length === 0 ? null : random.pick(able);
}

function namesOf(state: MachState, task: TaskId, wanted: (entry: Entry) => boolean): Name[] {
  return state.tasks[task]!.names.flatMap((entry, name) => (entry !== null && wanted(entry) ? [name as Name] : []));
}

/** With so many tasks a run has enough of them. */
const ENOUGH = 5;

/** A task is made after another, a thread in it, and the thread is set going; at times it ends again. */
export function* spawn(look: Look, random: Random): Motif {
  const maker = free(look, random);
  if (maker === null || look().tasks.length >= ENOUGH) return;
  const live = look().tasks.flatMap(({ life }, task) => (life === 'live' ? [task as TaskId] : []));
  const child = look().tasks.length as TaskId;
  yield { operation: 'task_create', thread: maker, task: identity(random.pick(live)), inherit: random.once(2), child };
  const again = free(look, random);
  if (again === null || look().tasks[child]?.life !== 'live') return;
  const made = look().threads.length as ThreadId;
  yield { operation: 'thread_create', thread: again, task: identity(child), child: made };
  const third = free(look, random);
  if (third === null || look().threads[made]?.life !== 'live') return;
  yield { operation: 'thread_resume', thread: third, target: identity(made) };
  yield* settleIn(look, random, made);
}

/** What a thread does first in a task of its own. */
function* settleIn(look: Look, random: Random, thread: ThreadId): Motif {
  const able = () => callers(look()).includes(thread);
  if (able()) yield { operation: 'mach_host_self', thread };
  if (able() && random.once(2)) yield { operation: 'mach_task_self', thread };
  if (able()) yield { operation: 'mach_port_allocate', thread, task: identity(look().threads[thread]!.task), right: 'receive' };
  const other = free(look, random);
  if (other !== null && random.once(4)) yield { operation: 'thread_terminate', thread: other, target: identity(thread) };
}

/** A special port is set, read in each of the ways there are, and perhaps cleared. */
export function* endow(look: Look, random: Random): Motif {
  const thread = free(look, random);
  if (thread === null) return;
  const { task } = look().threads[thread]!;
  const rights = namesOf(look(), task, (entry) => entry.tag === 'port');
  if (rights.length === 0) return;
  const name = random.pick(rights);
  const receives = isReceive(look().tasks[task]!.names[name]!);
  const port = { name, disposition: receives ? 'make-send' : 'copy-send' } as const;
  const about = random.once(2) ? task : look().threads[random.pick(callers(look()))]!.task;
  const which = random.pick(taskPorts);
  yield { operation: 'task_set_special_port', thread, task: identity(about), which, port };
  yield* read(look, random, about, which);
  if (!random.once(3)) yield* setOfThread(look, random, port);
  const last = free(look, random);
  if (last === null || !random.once(2)) return;
  yield { operation: 'task_set_special_port', thread: last, task: identity(about), which, port: { name: NULL, disposition: 'copy-send' } };
}

function* read(look: Look, random: Random, task: TaskId, which: (typeof taskPorts)[number]): Motif {
  const reader = free(look, random);
  const asked = random.once(4) ? 'other' : which;
  if (reader !== null) yield { operation: 'task_get_special_port', thread: reader, task: identity(task), which: asked };
  const inside = free(look, random, task);
  if (inside !== null && which === 'self') yield { operation: 'mach_task_self', thread: inside };
  const maker = free(look, random);
  if (maker === null || look().tasks.length >= ENOUGH || !random.once(2) || look().tasks[task]!.life === 'dead') return;
  yield { operation: 'task_create', thread: maker, task: identity(task), inherit: false, child: look().tasks.length as TaskId };
}

function* setOfThread(look: Look, random: Random, port: { name: Name; disposition: 'make-send' | 'copy-send' }): Motif {
  const thread = free(look, random);
  if (thread === null) return;
  const which = random.pick(threadPorts);
  yield { operation: 'thread_set_special_port', thread, target: identity(thread), which, port };
  if (!callers(look()).includes(thread)) return;
  if (which === 'self') yield { operation: 'mach_thread_self', thread };
  else yield { operation: 'thread_create', thread, task: identity(look().threads[thread]!.task), child: look().threads.length as ThreadId };
}

/** Ports are registered with a task, perhaps as many as there is room for, and looked up; at times none are in the end. */
export function* register(look: Look, random: Random): Motif {
  const thread = free(look, random);
  if (thread === null) return;
  const { task } = look().threads[thread]!;
  const rights = namesOf(look(), task, isReceive);
  if (rights.length === 0) return;
  const names = Array.from({ length: random.pick([1, 2, 3, 4, 4, 5]) }, () => (random.once(4) ? NULL : random.pick(rights)));
  const about = look().threads[random.pick(callers(look()))]!.task;
  yield { operation: 'mach_ports_register', thread, task: identity(about), ports: { names, disposition: 'make-send' } };
  const reader = free(look, random);
  if (reader !== null) yield { operation: 'mach_ports_lookup', thread: reader, task: identity(about) };
  const last = free(look, random);
  if (last !== null && random.once(3)) yield { operation: 'mach_ports_register', thread: last, task: identity(about), ports: { names: [], disposition: 'copy-send' } };
}

/**
 * One task watches the end of another from all sides: through a right that the kernel holds for it, through
 * one of its names, and through its port. Everything is told at one port, so that the order shows.
 */
export function* obituary(look: Look, random: Random): Motif {
  const thread = free(look, random);
  if (thread === null) return;
  const observer = look().threads[thread]!.task;
  const victims = look().tasks.flatMap(({ life }, task) => (life === 'live' && task !== observer ? [task as TaskId] : []));
  if (victims.length === 0) return;
  const victim = random.pick(victims);
  const own = () => look().tasks[observer]!.names.length - 1 as Name;
  const by = { thread, task: identity(observer) };
  const able = () => callers(look()).includes(thread) && look().tasks[victim]!.life === 'live';
  yield { operation: 'mach_port_allocate', ...by, right: 'receive' };
  const inbox = own();
  const notify = { name: inbox, disposition: 'make-send-once' } as const;
  if (able() && random.once(2)) {
    yield { operation: 'mach_port_allocate', ...by, right: 'receive' };
    const name = own();
    yield { operation: 'task_set_special_port', thread, task: identity(victim), which: 'bootstrap', port: { name, disposition: 'make-send' } };
    yield { operation: 'mach_port_request_notification', ...by, name, kind: 'no-senders', sync: 0, notify };
  }
  if (able()) {
    const under = look().tasks[victim]!.names.length as Name;
    yield { operation: 'mach_port_insert_right', thread, task: identity(victim), name: under, right: { name: inbox, disposition: 'make-send' } };
    yield { operation: 'mach_port_request_notification', thread, task: identity(victim), name: under, kind: 'dead-name', sync: 0, notify };
  }
  if (able() && random.once(2)) {
    yield { operation: 'task_get_special_port', thread, task: identity(victim), which: 'self' };
    yield { operation: 'mach_port_request_notification', ...by, name: own(), kind: 'dead-name', sync: 0, notify };
  }
  if (able() && random.once(2)) yield* lose(look, thread, victim, notify);
  if (able() && !random.once(4)) yield { operation: 'task_terminate', thread, task: identity(victim) };
  if (random.once(2)) yield { operation: 'task_terminate', thread, task: identity(victim) };
}

/** A port that another task has two names for dies, and the one that destroys it is told of their deaths. */
function* lose(look: Look, thread: ThreadId, other: TaskId, notify: { name: Name; disposition: 'make-send-once' }): Motif {
  const by = { thread, task: identity(look().threads[thread]!.task) };
  yield { operation: 'mach_port_allocate', ...by, right: 'receive' };
  const name = look().tasks[by.task.identity]!.names.length - 1 as Name;
  for (const disposition of ['make-send', 'make-send-once'] as const) {
    const under = look().tasks[other]!.names.length as Name;
    yield { operation: 'mach_port_insert_right', thread, task: identity(other), name: under, right: { name, disposition } };
    yield { operation: 'mach_port_request_notification', thread, task: identity(other), name: under, kind: 'dead-name', sync: 0, notify };
  }
  yield { operation: 'mach_port_destroy', ...by, name };
}

/** A request that a task has received is passed on to another, with the right to answer it; perhaps because a third hangs. */
export function* passOn(look: Look, random: Random): Motif {
  const able = callers(look()).flatMap((thread) => {
    const { task } = look().threads[thread]!;
    const replies = namesOf(look(), task, (entry) => entry.tag === 'send-once');
    const elsewhere = (entry: Entry) => entry.tag === 'port' && entry.sends > 0 && !entry.receive && look().ports[entry.port]!.kernel === null;
    const workers = namesOf(look(), task, elsewhere);
    return replies.length === 0 ? [] : [{ thread, replies, workers }];
  });
  if (able.length === 0) return;
  const { thread, replies, workers } = random.pick(able);
  if (workers.length === 0) workers.push(...yield* hire(look, random, thread));
  if (workers.length === 0) return;
  const others = look().tasks.flatMap(({ life, suspends }, task) =>
    (life === 'live' && suspends === 0 && task !== look().threads[thread]!.task ? [task as TaskId] : []));
  const hanging = random.once(3) && others.length > 1 ? random.pick(others) : null;
  if (hanging !== null) yield { operation: 'task_suspend', thread, task: identity(hanging) };
  const local = { name: random.pick(replies), disposition: 'move-send-once' } as const;
  yield message(thread, { name: random.pick(workers), disposition: 'copy-send' }, 50_000 + random.below(9000), local);
  if (hanging !== null) yield { operation: 'task_resume', thread, task: identity(hanging) };
}

/** A port in another task, and a send right to it for the task of a thread. */
function* hire(look: Look, random: Random, thread: ThreadId): Generator<MachCall, readonly Name[]> {
  const { task: own } = look().threads[thread]!;
  const others = look().tasks.flatMap(({ life }, task) => (life === 'live' && task !== own ? [task as TaskId] : []));
  if (others.length === 0) return [];
  const task = identity(random.pick(others));
  const newest = (of: TaskId) => look().tasks[of]!.names.length - 1 as Name;
  yield { operation: 'mach_port_allocate', thread, task, right: 'receive' };
  yield { operation: 'mach_port_extract_right', thread, task, name: newest(task.identity), disposition: 'make-send' };
  return [newest(own)];
}

/** A task ends while a thread of another waits for room at its port, and means to receive next. */
export function* orphan(look: Look, random: Random): Motif {
  const sender = free(look, random);
  const killers = callers(look()).filter((thread) => thread !== sender);
  if (sender === null || killers.length === 0) return;
  const thread = random.pick(killers);
  const { task: home } = look().threads[sender]!;
  const victims = look().tasks.flatMap(({ life }, task) => (life === 'live' && task !== home ? [task as TaskId] : []));
  if (victims.length === 0) return;
  const victim = random.pick(victims);
  const newest = (task: TaskId) => look().tasks[task]!.names.length - 1 as Name;
  yield { operation: 'mach_port_allocate', thread: sender, task: identity(home), right: 'receive' };
  const inbox = newest(home);
  yield { operation: 'mach_port_allocate', thread, task: identity(victim), right: 'receive' };
  const name = newest(victim);
  yield { operation: 'mach_port_set_qlimit', thread, task: identity(victim), name, limit: 0 };
  yield { operation: 'mach_port_extract_right', thread: sender, task: identity(victim), name, disposition: 'make-send' };
  const call = message(sender, { name: newest(home), disposition: 'copy-send' }, 70_000 + random.below(9000));
  if (call.operation === 'mach_msg') yield { ...call, options: [], receive: { name: inbox, size: 1024 } };
  yield { operation: 'task_terminate', thread, task: identity(victim) };
}

/** A receiver that waits is suspended, a message comes for it, and it is resumed. */
export function* hold(look: Look, random: Random): Motif {
  const waiting = look().threads.flatMap(({ run, life }, thread) =>
    (life === 'live' && run.tag === 'receiving' && run.from.tag === 'port' ? [{ thread: thread as ThreadId, port: run.from.port }] : []));
  const thread = free(look, random);
  if (waiting.length === 0 || thread === null) return;
  const { thread: held, port } = random.pick(waiting);
  yield { operation: 'thread_suspend', thread, target: identity(held) };
  yield* sendTo(look, random, port);
  const resumer = free(look, random);
  if (resumer === null) return;
  const operation = random.pick(['thread_resume', 'thread_resume', 'thread_abort', 'thread_terminate'] as const);
  yield { operation, thread: resumer, target: identity(held) };
}

/** A message to a port, by anybody who can send one. */
function* sendTo(look: Look, random: Random, port: PortId): Motif {
  const able = callers(look()).flatMap((thread) => namesOf(look(), look().threads[thread]!.task, (entry) =>
    entry.tag === 'port' && entry.port === port).map((name) => ({ thread, name })));
  if (able.length === 0) return;
  const { thread, name } = random.pick(able);
  const entry = look().tasks[look().threads[thread]!.task]!.names[name] as PortEntry;
  yield message(thread, { name, disposition: entry.sends > 0 ? 'copy-send' : 'make-send' }, 30_000 + random.below(9000));
}

export const message = (
  thread: ThreadId, remote: SentMessage['remote'], id: number, local: SentMessage['local'] = { name: NULL, disposition: null },
): MachCall => ({
  operation: 'mach_msg', thread, options: ['send-timeout'], receive: null, timeout: 0, notify: NULL,
  send: { id, remote, local, complex: false, body: [], size: null },
});
