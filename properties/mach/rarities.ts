import type { Name, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { callers, isEnabled } from '#properties/mach/draw';
import { allocate, crew, identity, newest, plain, sends, stopSender, taskOf, type Look, type Motif } from '#properties/mach/curios';
import type { Random } from '#properties/random';

/** Openings for conditions that runs at large meet too seldom to be sure of. */
const rarities: readonly ((look: Look, random: Random) => Motif)[] = [
  buryBackup, disturbWaiter, answerTheDead, makeRoom, orphanClient, outlivePort, askAmiss, receiveBadly, forceCombined, gather, loseConfidant,
  stopSender, rule,
];

/** The calls of one of them, as far as they can be made. */
export function rareOpening(random: Random): (state: MachState) => MachCall | null {
  let now: MachState | null = null;
  const motif = random.pick(rarities)(() => now!, random);
  return (state) => {
    now = state;
    for (let next = motif.next(); next.done !== true; next = motif.next()) if (isEnabled(state, next.value)) return next.value;
    return null;
  };
}

/** A task makes another, and by the port that it got does in it what only that port allows. */
function* rule(look: Look, random: Random): Motif {
  const found = cast(look, random, 1);
  if (found === null) return;
  const { thread, task: own } = found.by;
  const { tasks } = look();
  yield { operation: 'task_create', thread, task: own, inherit: false, child: tasks.length as TaskId };
  const by = { thread, task: { tag: 'name', name: newest(look, own.identity) } } as const;
  yield { operation: 'mach_port_allocate', ...by, right: 'receive' };
  yield { operation: 'task_suspend', ...by };
  yield { operation: 'mach_port_insert_right', ...by, name: random.pick([2, 3, 4]) as Name, right: { name: by.task.name, disposition: 'copy-send' } };
  yield { operation: 'task_resume', ...by };
  yield { operation: 'thread_create', ...by, child: look().threads.length as ThreadId };
  yield { operation: 'thread_resume', thread, target: { tag: 'name', name: newest(look, own.identity) } };
  if (random.once(2)) yield { operation: 'mach_port_extract_right', ...by, name: 1 as Name, disposition: 'make-send' };
  else yield { operation: 'mach_port_destroy', ...by, name: 1 as Name };
}

type By = { readonly thread: ThreadId; readonly task: ReturnType<typeof identity<TaskId>> };

/** A thread with company of so many in its task, as it makes calls about that task. */
function cast(look: Look, random: Random, count: number): { readonly by: By; readonly others: readonly ThreadId[] } | null {
  const [thread, ...others] = crew(look, random, count);
  return thread === undefined ? null : { by: { thread, task: identity(taskOf(look, thread)) }, others };
}

const poll = (thread: ThreadId, name: Name): MachCall => ({ ...plain(thread), options: ['receive-timeout'], receive: { name, size: 1024 } });

/** A port's end: with its name, or without. */
const ends = (random: Random, by: By, name: Name): MachCall => (random.once(2) ? { operation: 'mach_port_destroy', ...by, name }
  : { operation: 'mach_port_mod_refs', ...by, name, right: 'receive', delta: -1 });

/** A port and the port that is to have it. */
function* withBackup(look: Look, by: By): Generator<MachCall, { readonly name: Name; readonly inbox: Name }> {
  const name = yield* allocate(look, by.thread);
  const inbox = yield* allocate(look, by.thread);
  const notify = { name: inbox, disposition: 'make-send-once' } as const;
  yield { operation: 'mach_port_request_notification', ...by, name, kind: 'port-destroyed', sync: 0, notify };
  return { name, inbox };
}

/** The backup ends before the port it was to have. */
function* buryBackup(look: Look, random: Random): Motif {
  const found = cast(look, random, 1);
  if (found === null) return;
  const { by } = found;
  const { name, inbox } = yield* withBackup(look, by);
  if (random.once(2)) yield sends(by.thread, name, random);
  yield ends(random, by, inbox);
  yield ends(random, by, name);
}

/** A thread of the task that gives up a port waits at it; the port goes to its backup. */
function* outlivePort(look: Look, random: Random): Motif {
  const found = cast(look, random, 2);
  if (found === null) return;
  const { by, others } = found;
  const { name, inbox } = yield* withBackup(look, by);
  yield { ...plain(others[0]!), receive: { name, size: 1024 } };
  yield ends(random, by, name);
  yield poll(by.thread, inbox);
}

/** The name that a thread waits at, or found a message at, goes or becomes another before it runs. */
function* disturbWaiter(look: Look, random: Random): Motif {
  const found = cast(look, random, 2);
  if (found === null) return;
  const { by, others: [waiter] } = found;
  const name = yield* allocate(look, by.thread);
  yield { ...plain(waiter!), receive: { name, size: 1024 } };
  const fresh = newest(look, by.task.identity) + 1 as Name;
  const rename = { operation: 'mach_port_rename', ...by, name, to: fresh } as const;
  if (random.once(3)) {
    yield rename;
    yield sends(by.thread, fresh, random);
    return;
  }
  yield { operation: 'thread_suspend', thread: by.thread, target: identity(waiter!) };
  yield sends(by.thread, name, random);
  yield random.once(3) ? ends(random, by, name) : rename;
  yield { operation: 'thread_resume', thread: by.thread, target: identity(waiter!) };
}

/** A client is gone when its server answers. */
function* answerTheDead(look: Look, random: Random): Motif {
  const found = cast(look, random, 1);
  if (found === null) return;
  const { by } = found;
  const name = yield* allocate(look, by.thread);
  const right = name + 1 as Name;
  yield { operation: 'mach_port_insert_right', ...by, name: right, right: { name, disposition: 'make-send-once' } };
  yield ends(random, by, name);
  const reply = sends(by.thread, right, random);
  yield { ...reply, send: { ...reply.send!, remote: { name: right, disposition: 'move-send-once' } } };
}

/** Senders wait at a full queue, and its limit is raised. */
function* makeRoom(look: Look, random: Random): Motif {
  const found = cast(look, random, 2);
  if (found === null) return;
  const { by, others } = found;
  const name = yield* allocate(look, by.thread);
  yield { operation: 'mach_port_set_qlimit', ...by, name, limit: 1 };
  yield sends(by.thread, name, random);
  for (const other of others.slice(0, 2)) yield sends(other, name, random);
  yield { operation: 'mach_port_set_qlimit', ...by, name, limit: 2 + random.below(2) };
  yield poll(by.thread, name);
}

/** A right to a port of one task, under a new name of another. */
function* lend(look: Look, from: By, to: TaskId, name: Name): Generator<MachCall, Name> {
  const under = newest(look, to) + 1 as Name;
  yield { operation: 'mach_port_insert_right', thread: from.thread, task: identity(to), name: under, right: { name, disposition: 'make-send' } };
  return under;
}

const strangerTo = (look: Look, { task }: By): ThreadId | undefined => callers(look()).find((thread) => taskOf(look, thread) !== task.identity);

/** A client that waits for room, and means to wait for the reply, loses its server. */
function* orphanClient(look: Look, random: Random): Motif {
  const found = cast(look, random, 1);
  const client = found === null ? undefined : strangerTo(look, found.by);
  if (found === null || client === undefined) return;
  const { by } = found;
  const name = yield* allocate(look, by.thread);
  yield { operation: 'mach_port_set_qlimit', ...by, name, limit: 0 };
  const access = yield* lend(look, by, taskOf(look, client), name);
  const reply = yield* allocate(look, client);
  const call = sends(client, access, random);
  const local = { name: reply, disposition: 'make-send-once' } as const;
  yield { ...call, send: { ...call.send!, remote: { name: access, disposition: 'copy-send' }, local }, receive: { name: reply, size: 1024 } };
  yield random.once(3) ? ends(random, by, name) : { operation: 'task_terminate', ...by };
}

/** A watched send right is asked about as what it is and what it is not, and then extracted. */
function* askAmiss(look: Look, random: Random): Motif {
  const found = cast(look, random, 1);
  const client = found === null ? undefined : strangerTo(look, found.by);
  if (found === null || client === undefined) return;
  const { by } = found;
  const task = identity(taskOf(look, client));
  const name = yield* allocate(look, by.thread);
  const access = yield* lend(look, by, task.identity, name);
  const inbox = yield* allocate(look, client);
  const about = { thread: client, task, name: access };
  const notify = { name: inbox, disposition: 'make-send-once' } as const;
  yield { operation: 'mach_port_request_notification', ...about, kind: 'dead-name', sync: 0, notify };
  yield { operation: 'mach_port_type', ...about };
  if (random.once(2)) yield { operation: 'mach_port_get_set_status', ...about };
  if (random.once(2)) yield { operation: 'mach_port_get_receive_status', ...about };
  if (random.once(2)) yield { operation: 'mach_port_deallocate', thread: client, task, name: inbox };
  yield { operation: 'mach_port_extract_right', thread: by.thread, task, name: access, disposition: 'move-send' };
}

/** A message with rights, or with none, is received by somebody who names no port to be told at. */
function* receiveBadly(look: Look, random: Random): Motif {
  const found = cast(look, random, 1);
  if (found === null) return;
  const { by: { thread } } = found;
  const name = yield* allocate(look, thread);
  const call = sends(thread, name, random);
  const local = { name, disposition: random.pick(['make-send', 'make-send-once'] as const) };
  yield random.once(3) ? call : { ...call, send: { ...call.send!, local } };
  const notify = newest(look, taskOf(look, thread)) + 1 as Name;
  yield { ...plain(thread), options: ['receive-notify', 'receive-timeout'], receive: { name, size: 1024 }, notify };
}

/** A message beyond the limit, in a call that was to go on to receive. */
function* forceCombined(look: Look, random: Random): Motif {
  const found = cast(look, random, 1);
  if (found === null) return;
  const { by } = found;
  const name = yield* allocate(look, by.thread);
  const inbox = yield* allocate(look, by.thread);
  yield { operation: 'mach_port_set_qlimit', ...by, name, limit: 1 };
  yield sends(by.thread, name, random);
  yield { ...sends(by.thread, name, random, ['send-notify']), notify: inbox, receive: { name: inbox, size: 1024 } };
  yield poll(by.thread, name);
}

/** Ports join a set while somebody waits at one of them, and with messages; the set ends while somebody waits there. */
function* gather(look: Look, random: Random): Motif {
  const found = cast(look, random, 2);
  if (found === null) return;
  const { by, others: [waiter] } = found;
  const members = [yield* allocate(look, by.thread), yield* allocate(look, by.thread)];
  yield { operation: 'mach_port_allocate', ...by, right: 'port-set' };
  const set = newest(look, by.task.identity);
  const isWaited = random.once(2);
  if (isWaited) yield { ...plain(waiter!), receive: { name: members[0]!, size: 1024 } };
  for (const member of members) {
    if (!isWaited) yield sends(by.thread, member, random);
    yield { operation: 'mach_port_move_member', ...by, member, set };
  }
  if (isWaited) yield { ...plain(waiter!), receive: { name: set, size: 1024 } };
  else for (let i = 0; i < 2; i += 1) yield poll(by.thread, set);
  yield random.once(2) ? { operation: 'mach_port_destroy', ...by, name: set }
    : { operation: 'mach_port_mod_refs', ...by, name: set, right: 'port-set', delta: -1 };
}

/** The port where something is to be told dies, and then there is something to tell. */
function* loseConfidant(look: Look, random: Random): Motif {
  const found = cast(look, random, 1);
  if (found === null) return;
  const { by } = found;
  const name = yield* allocate(look, by.thread);
  const inbox = yield* allocate(look, by.thread);
  yield { operation: 'mach_port_insert_right', ...by, name, right: { name, disposition: 'make-send' } };
  const kind = random.pick(['dead-name', 'no-senders'] as const);
  yield { operation: 'mach_port_request_notification', ...by, name, kind, sync: 0, notify: { name: inbox, disposition: 'make-send-once' } };
  yield ends(random, by, inbox);
  yield kind === 'no-senders' ? { operation: 'mach_port_deallocate', ...by, name } : ends(random, by, name);
}
