import { taskPorts, type MessageOption, type Name, type NotificationKind, type TaskId, type ThreadId } from '#spec/mach/vocabulary';
import { isSend } from '#model/mach/entries';
import { NULL, type MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { callers } from '#properties/mach/draw';
import type { Random } from '#properties/random';

export type Look = () => MachState;
export type Motif = Generator<MachCall, void>;
type MachMsg = Extract<MachCall, { operation: 'mach_msg' }>;

/** What other motifs seldom put together, and what only shows in what follows: openings of runs. */
export const curios: readonly ((look: Look, random: Random) => Motif)[] =
  [suspendTwice, suspendTwins, failToRename, cancelRequest, exceptionPorts, specialPorts, stopSender, askBesideAFullQueue, countReferences, registerAndDie, dieInLine];

export const identity = <Id>(id: Id) => ({ tag: 'identity', identity: id }) as const;
export const plain = (thread: ThreadId): MachMsg => ({ operation: 'mach_msg', thread, options: [], send: null, receive: null, timeout: 0, notify: NULL });

export const sends = (thread: ThreadId, name: Name, random: Random, options: readonly MessageOption[] = []): MachMsg => ({
  ...plain(thread), options: [...options],
  send: { id: 20_000 + random.below(9000), remote: { name, disposition: 'make-send' }, local: { name: NULL, disposition: null }, complex: false, body: [], size: null },
});

/** The threads of one task that has so many that may call; none if there is no such task. */
export function crew(look: Look, random: Random, count: number): readonly ThreadId[] {
  const able = callers(look());
  const crews = look().tasks.map((_, task) => able.filter((thread) => look().threads[thread]!.task === task)).filter((threads) => threads.length >= count);
  return crews.length === 0 ? [] : random.pick(crews);
}

export const taskOf = (look: Look, thread: ThreadId): TaskId => look().threads[thread]!.task;
export const newest = (look: Look, task: TaskId): Name => look().tasks[task]!.names.length - 1 as Name;

export function* allocate(look: Look, thread: ThreadId): Generator<MachCall, Name> {
  const task = taskOf(look, thread);
  yield { operation: 'mach_port_allocate', thread, task: identity(task), right: 'receive' };
  return newest(look, task);
}

/** A thread that waits is suspended twice, and resumed twice: it goes on the second time. */
function* suspendTwice(look: Look, random: Random): Motif {
  const [actor, waiter] = crew(look, random, 2);
  if (actor === undefined || waiter === undefined) return;
  const name = yield* allocate(look, actor);
  yield { ...plain(waiter), receive: { name, size: 1024 } };
  const outsider = callers(look()).find((thread) => taskOf(look, thread) !== taskOf(look, waiter));
  const whole = outsider !== undefined && random.once(2);
  if (whole) yield sends(actor, name, random, ['send-timeout']);
  const by = whole ? outsider : actor;
  const about = whole ? { task: identity(taskOf(look, waiter)) } : { target: identity(waiter) };
  for (const operation of [whole ? 'task_suspend' : 'thread_suspend', whole ? 'task_suspend' : 'thread_suspend'] as const) {
    yield { operation, thread: by, ...about } as MachCall;
  }
  if (!whole) yield sends(actor, name, random);
  for (let i = 0; i < 3; i += 1) yield { operation: whole ? 'task_resume' : 'thread_resume', thread: by, ...about } as MachCall;
}

/** One of two threads that wait is suspended: the other goes on. */
function* suspendTwins(look: Look, random: Random): Motif {
  const [actor, ...twins] = crew(look, random, 3);
  if (actor === undefined || twins.length < 2) return;
  const names: Name[] = [];
  for (const twin of twins.slice(0, 2)) {
    const name = yield* allocate(look, actor);
    names.push(name);
    yield { ...plain(twin), receive: { name, size: 1024 } };
  }
  yield { operation: 'thread_suspend', thread: actor, target: identity(twins[0]!) };
  yield sends(actor, names[1]!, random);
  yield sends(actor, names[0]!, random);
  yield { operation: 'thread_resume', thread: actor, target: identity(twins[1]!) };
  yield { operation: 'thread_resume', thread: actor, target: identity(twins[0]!) };
}

/** A rename that fails leaves both names what they were. */
function* failToRename(look: Look, random: Random): Motif {
  const [thread] = crew(look, random, 1);
  if (thread === undefined) return;
  const task = identity(taskOf(look, thread));
  const name = yield* allocate(look, thread);
  const to = random.once(3) ? name : yield* allocate(look, thread);
  yield { operation: 'mach_port_rename', thread, task, name, to };
  for (const either of new Set([name, to])) yield { operation: 'mach_port_type', thread, task, name: either };
  if (random.once(2)) yield { operation: 'mach_port_names', thread, task };
}

/** A request is made and taken back, and then what it was about comes to pass. */
function* cancelRequest(look: Look, random: Random): Motif {
  const [thread] = crew(look, random, 1);
  if (thread === undefined) return;
  const task = identity(taskOf(look, thread));
  const name = yield* allocate(look, thread);
  const inbox = yield* allocate(look, thread);
  const kind: NotificationKind = random.pick(['dead-name', 'no-senders', 'port-destroyed']);
  if (kind !== 'port-destroyed') yield { operation: 'mach_port_insert_right', thread, task, name, right: { name, disposition: 'make-send' } };
  const request = { operation: 'mach_port_request_notification', thread, task, name, kind, sync: 0 } as const;
  yield { ...request, notify: { name: inbox, disposition: 'make-send-once' } };
  yield { ...request, notify: { name: NULL, disposition: 'make-send-once' } };
  const previous = newest(look, task.identity);
  yield kind === 'no-senders' ? { operation: 'mach_port_deallocate', thread, task, name } : { operation: 'mach_port_destroy', thread, task, name };
  yield { operation: 'mach_port_get_receive_status', thread, task, name: inbox };
  yield { operation: 'mach_port_deallocate', thread, task, name: previous };
  yield { ...plain(thread), options: ['receive-timeout'], receive: { name: inbox, size: 1024 } };
}

/** Exception ports of threads of one task are told apart, and from their task's. */
function* exceptionPorts(look: Look, random: Random): Motif {
  const [thread, twin] = crew(look, random, 2);
  if (thread === undefined || twin === undefined) return;
  const task = identity(taskOf(look, thread));
  const name = yield* allocate(look, thread);
  const port = { name, disposition: 'make-send' } as const;
  yield { operation: 'thread_set_special_port', thread, target: identity(thread), which: 'exception', port };
  yield { operation: 'thread_get_special_port', thread: twin, target: identity(twin), which: 'exception' };
  yield { operation: 'thread_get_special_port', thread: twin, target: identity(thread), which: 'exception' };
  yield { operation: 'task_get_special_port', thread: twin, task, which: 'exception' };
  if (random.once(2)) {
    const child = look().threads.length as ThreadId;
    yield { operation: 'thread_create', thread, task, child };
    yield { operation: 'thread_get_special_port', thread, target: identity(child), which: 'exception' };
  }
  yield { operation: 'thread_set_special_port', thread, target: identity(thread), which: 'exception', port: { name: NULL, disposition: 'copy-send' } };
  yield { operation: 'thread_get_special_port', thread, target: identity(thread), which: 'exception' };
}

/** A special port of a task is set, or is to be and is not, and read, and cleared. */
function* specialPorts(look: Look, random: Random): Motif {
  const [thread, twin = thread] = crew(look, random, 1);
  if (thread === undefined) return;
  const task = identity(taskOf(look, thread));
  const name = yield* allocate(look, thread);
  const port = { name, disposition: 'make-send' } as const;
  const which = random.pick(taskPorts);
  const read = taskPorts.map((other): MachCall => ({ operation: 'task_get_special_port', thread: twin!, task, which: other }));
  yield { operation: 'task_set_special_port', thread, task, which: random.once(3) ? 'other' : which, port };
  yield* read;
  if (random.once(2)) yield { operation: 'mach_task_self', thread };
  yield { operation: 'task_set_special_port', thread, task, which, port: { name: NULL, disposition: 'copy-send' } };
  yield* read;
}

/** References go up by several and down by several, and are counted. */
function* countReferences(look: Look, random: Random): Motif {
  const [thread] = crew(look, random, 1);
  if (thread === undefined) return;
  const task = identity(taskOf(look, thread));
  const name = yield* allocate(look, thread);
  yield { operation: 'mach_port_insert_right', thread, task, name, right: { name, disposition: 'make-send' } };
  const right = random.once(3) ? 'dead-name' : 'send';
  if (right === 'dead-name') yield { operation: 'mach_port_mod_refs', thread, task, name, right: 'receive', delta: -1 };
  for (const delta of [3 + random.below(4), -1 - random.below(4), -random.below(3)]) {
    yield { operation: 'mach_port_mod_refs', thread, task, name, right, delta };
    yield { operation: 'mach_port_get_refs', thread, task, name, right };
  }
}

/** What the kernel holds for a task goes when the task does. */
function* registerAndDie(look: Look, random: Random): Motif {
  const [thread] = crew(look, random, 1);
  if (thread === undefined) return;
  const task = identity(taskOf(look, thread));
  const others = look().tasks.flatMap(({ life }, other) => (life === 'live' && other !== task.identity ? [other as TaskId] : []));
  if (others.length === 0) return;
  const about = identity(random.pick(others));
  const name = yield* allocate(look, thread);
  yield { operation: 'mach_ports_register', thread, task: about, ports: { names: random.once(2) ? [name] : [NULL, name], disposition: 'make-send' } };
  yield { operation: 'mach_port_request_notification', thread, task, name, kind: 'no-senders', sync: 0, notify: { name, disposition: 'make-send-once' } };
  yield { operation: 'task_terminate', thread, task: about };
  yield { operation: 'mach_port_get_receive_status', thread, task, name };
}

/** Of two tasks with senders in one line, one ends: the other's is let go when there is room. */
function* dieInLine(look: Look, random: Random): Motif {
  const [thread] = crew(look, random, 1);
  if (thread === undefined) return;
  const task = identity(taskOf(look, thread));
  const name = yield* allocate(look, thread);
  yield { operation: 'mach_port_set_qlimit', thread, task, name, limit: 1 };
  yield sends(thread, name, random);
  const waiters = [...callers(look())].filter((other) => other !== thread);
  const line = random.once(2) ? waiters : waiters.reverse();
  for (const waiter of line.slice(0, 3)) {
    const at = taskOf(look, waiter);
    if (at === task.identity) {
      yield sends(waiter, name, random);
      continue;
    }
    yield { operation: 'mach_port_extract_right', thread: waiter, task, name, disposition: 'make-send' };
    const through = newest(look, at);
    const call = sends(waiter, through, random);
    yield { ...call, send: { ...call.send!, remote: { name: through, disposition: 'copy-send' } } };
  }
  const victims = line.map((waiter) => taskOf(look, waiter)).filter((at) => at !== task.identity);
  if (victims.length === 0) return;
  yield { operation: 'task_terminate', thread, task: identity(random.pick(victims)) };
  for (let i = 0; i < 3; i += 1) yield { ...plain(thread), options: ['receive-timeout'], receive: { name, size: 1024 } };
}

/** The kernel answers at a port whose queue is full. */
function* askBesideAFullQueue(look: Look, random: Random): Motif {
  const [thread] = crew(look, random, 1);
  if (thread === undefined) return;
  const task = identity(taskOf(look, thread));
  const name = yield* allocate(look, thread);
  yield { operation: 'mach_port_set_qlimit', thread, task, name, limit: 1 };
  yield sends(thread, name, random);
  yield { operation: random.pick(['mach_host_self', 'mach_task_self', 'mach_thread_self'] as const), thread };
  const remote = { name: newest(look, task.identity), disposition: random.pick(['copy-send', 'move-send'] as const) };
  const local = { name, disposition: random.pick(['make-send-once', 'make-send'] as const) };
  yield { ...plain(thread), send: { id: 20_000 + random.below(9000), remote, local, complex: false, body: [], size: null } };
  for (let i = 0; i < 3; i += 1) yield { ...plain(thread), options: ['receive-timeout'], receive: { name, size: 1024 } };
}

/** A sender that is kept from running is called back, and then there is room. */
export function* stopSender(look: Look, random: Random): Motif {
  const [actor, ...waiters] = crew(look, random, 2);
  if (actor === undefined) return;
  const task = identity(taskOf(look, actor));
  const name = yield* allocate(look, actor);
  yield { operation: 'mach_port_set_qlimit', thread: actor, task, name, limit: 1 };
  yield sends(actor, name, random);
  for (const waiter of waiters.slice(0, 2)) yield sends(waiter, name, random);
  const target = identity(random.pick(waiters.slice(0, 2)));
  yield { operation: 'thread_suspend', thread: actor, target };
  yield { operation: random.pick(['thread_abort', 'thread_abort', 'thread_terminate'] as const), thread: actor, target };
  for (let i = 0; i < 2; i += 1) yield { ...plain(actor), options: ['receive-timeout'], receive: { name, size: 1024 } };
  yield { operation: 'thread_resume', thread: actor, target };
  const held = look().tasks[task.identity]!.names[name] ?? null;
  if (isSend(held)) yield { operation: 'mach_port_get_refs', thread: actor, task, name, right: 'send' };
}
