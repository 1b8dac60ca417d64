import type { MachArguments, MessageOption, Name, SentItem, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { isReceive } from '#model/mach/entries';
import { NULL, type MachState } from '#model/mach/state';
import { isTimed } from '#model/mach/threads/thread';
import type { MachCall } from '#model/mach/world';
import { callers } from '#properties/mach/draw';
import type { Random } from '#properties/random';

/** The state as it is when it is looked at: a motif goes on over several calls. */
type Look = () => MachState;
type Motif = Generator<MachCall, void>;
type MachMsg = MachArguments<'mach_msg'> & { readonly operation: 'mach_msg' };

/** Two threads of one task, the one that acts and the one that waits, and a port of theirs. */
interface Pair { readonly actor: ThreadId; readonly waiter: ThreadId; readonly task: { tag: 'identity'; identity: TaskId }; readonly name: Name }

const plain = (thread: ThreadId): MachMsg => ({ operation: 'mach_msg', thread, options: [], send: null, receive: null, timeout: 0, notify: NULL });

/** A port with a send right of its own task's, and two threads of that task that may call. */
function* pair(look: Look, random: Random): Generator<MachCall, Pair | null> {
  const able = callers(look());
  const actors = able.filter((thread) => able.some((other) => other !== thread && look().threads[other]!.task === look().threads[thread]!.task));
  if (actors.length === 0) return null;
  const actor = random.pick(actors);
  const identity = look().threads[actor]!.task;
  const waiter = able.find((other) => other !== actor && look().threads[other]!.task === identity)!;
  const task = { tag: 'identity', identity } as const;
  yield { operation: 'mach_port_allocate', thread: actor, task, right: 'receive' };
  const name = look().tasks[identity]!.names.length - 1 as Name;
  yield { operation: 'mach_port_insert_right', thread: actor, task, name, right: { name, disposition: 'make-send' } };
  return { actor, waiter, task, name };
}

function send(thread: ThreadId, name: Name, random: Random, body: SentItem[] = []): MachMsg {
  return {
    ...plain(thread),
    send: {
      id: 30_000 + random.below(9000), remote: { name, disposition: 'copy-send' }, local: { name: NULL, disposition: null },
      complex: body.some(({ tag }) => tag === 'rights'), body, size: null,
    },
  };
}

/** A sender waits for room and is kept from running; room is made, and then something gets in its way. */
export function* keepSender(look: Look, random: Random): Motif {
  const found = yield* pair(look, random);
  if (found === null) return;
  const { actor, waiter, task, name } = found;
  const target = { tag: 'identity', identity: waiter } as const;
  yield { operation: 'mach_port_set_qlimit', thread: actor, task, name, limit: 1 };
  yield send(actor, name, random);
  const options: MessageOption[] = random.once(2) ? ['send-timeout'] : [];
  yield { ...send(waiter, name, random, cargo(look, random, task.identity, name)), options, timeout: 50 };
  yield { operation: 'thread_suspend', thread: actor, target };
  if (random.once(6) && isTimed(look().threads[waiter]!.run)) yield { operation: 'timeout', waiting: waiter };
  if (!random.once(5)) yield { ...plain(actor), receive: { name, size: 1024 } };
  switch (random.below(5)) {
    case 0:
    case 1:
      yield { operation: 'thread_abort', thread: actor, target };
      break;
    case 2:
      yield { ...send(actor, name, random), options: ['send-timeout'] };
      break;
    case 3:
      yield { operation: 'mach_port_destroy', thread: actor, task, name };
      break;
    default:
  }
  yield { operation: 'thread_resume', thread: actor, target };
}

/** Something that a message brings along, that need not be there. */
function cargo(look: Look, random: Random, task: TaskId, beside: Name): SentItem[] {
  const names = look().tasks[task]!.names.flatMap((entry, name) => (isReceive(entry) && name !== beside ? [name as Name] : []));
  if (names.length === 0 || random.once(2)) return [];
  const disposition = random.pick(['make-send', 'make-send-once', 'move-receive'] as const);
  return [{ tag: 'rights', disposition, names: [random.pick(names)], bits: 32, long: false, deallocate: false }];
}

/** A receiver is kept from running; a message is handed to it, and then much can change before it takes it out. */
export function* keepReceiver(look: Look, random: Random): Motif {
  const found = yield* pair(look, random);
  if (found === null) return;
  const { actor, waiter, task, name } = found;
  const target = { tag: 'identity', identity: waiter } as const;
  const options: MessageOption[] = random.once(2) ? ['receive-timeout'] : [];
  yield { ...plain(waiter), receive: { name, size: random.once(6) ? 24 : 1024 }, options, timeout: 50 };
  yield { operation: 'thread_suspend', thread: actor, target };
  if (random.once(2) && isTimed(look().threads[waiter]!.run)) {
    yield { operation: 'timeout', waiting: waiter };
    if (random.once(2)) {
      yield { operation: 'thread_resume', thread: actor, target };
      return;
    }
  }
  if (random.once(6)) yield { operation: 'mach_port_set_qlimit', thread: actor, task, name, limit: 1 };
  const once = random.once(3);
  const message = send(actor, name, random, cargo(look, random, task.identity, name));
  yield once ? { ...message, send: { ...message.send!, remote: { name, disposition: 'make-send-once' } } } : message;
  yield* between(look, random, found);
  yield { operation: 'thread_resume', thread: actor, target };
}

/** Of two that wait for a message, the one that came last wants to be told if it is too large, as it is. */
export function* crowd(look: Look, random: Random): Motif {
  const found = yield* pair(look, random);
  if (found === null) return;
  const { actor, waiter, task, name } = found;
  const third = callers(look()).find((thread) => thread !== actor && thread !== waiter && look().threads[thread]!.task === task.identity);
  yield { ...plain(waiter), receive: { name, size: random.once(4) ? 24 : 1024 } };
  if (third !== undefined) yield { ...plain(third), receive: { name, size: 24 }, options: ['receive-large'] };
  const body: SentItem[] = [{ tag: 'data', type: 9, bits: 8, bytes: '0badcafe', long: false, deallocate: false }];
  yield send(actor, name, random, body);
}

/** Two ports, each with a message, join one set; then one is received from, or one of them leaves, or is taken away. */
export function* merge(look: Look, random: Random): Motif {
  const [thread] = callers(look());
  if (thread === undefined) return;
  const { task: identity } = look().threads[thread]!;
  const by = { thread, task: { tag: 'identity', identity } as const };
  const newest = () => look().tasks[identity]!.names.length - 1 as Name;
  let set = look().tasks[identity]!.names.findIndex((entry) => entry?.tag === 'set') as Name;
  if (set < 0) {
    yield { operation: 'mach_port_allocate', ...by, right: 'port-set' };
    set = newest();
  }
  let member = NULL;
  for (let i = 0; i < 2; i += 1) {
    yield { operation: 'mach_port_allocate', ...by, right: 'receive' };
    member = newest();
    const call = send(thread, member, random);
    yield { ...call, send: { ...call.send!, remote: { name: member, disposition: 'make-send' } } };
    yield { operation: 'mach_port_move_member', ...by, member, set };
  }
  switch (random.below(4)) {
    case 0:
      yield { operation: 'mach_port_move_member', ...by, member, set: NULL };
      return;
    case 1:
      yield { operation: 'mach_port_extract_right', ...by, thread: random.pick(callers(look())), name: member, disposition: 'move-receive' };
      return;
    default:
      yield { ...plain(thread), receive: { name: set, size: 1024 } };
  }
}

/** What may happen to a port while a message of it is in the hands of a thread that does not run. */
function* between(look: Look, random: Random, { actor, waiter, task, name }: Pair): Motif {
  const target = { tag: 'identity', identity: waiter } as const;
  switch (random.below(9)) {
    case 0:
      yield { operation: 'mach_port_destroy', thread: actor, task, name };
      return;
    case 1:
      yield { operation: 'mach_port_rename', thread: actor, task, name, to: look().tasks[task.identity]!.names.length as Name };
      return;
    case 2:
    case 6:
      yield* moveAway(look, random, actor, task, name);
      return;
    case 3:
      yield { operation: 'thread_abort', thread: actor, target };
      return;
    case 4:
      yield { operation: 'thread_terminate', thread: actor, target };
      return;
    case 5:
      yield { ...send(actor, name, random), options: ['send-timeout'] };
      return;
    default:
  }
}

/** A receive right is on its way, in a message to another port; at times it comes back under another name. */
function* moveAway(look: Look, random: Random, actor: ThreadId, task: Pair['task'], name: Name): Motif {
  yield { operation: 'mach_port_allocate', thread: actor, task, right: 'receive' };
  const inbox = look().tasks[task.identity]!.names.length - 1 as Name;
  const call = send(actor, inbox, random, [{ tag: 'rights', disposition: 'move-receive', names: [name], bits: 32, long: false, deallocate: false }]);
  yield { ...call, send: { ...call.send!, remote: { name: inbox, disposition: 'make-send' } } };
  if (random.once(4)) yield { ...plain(actor), receive: { name: inbox, size: 1024 } };
}

/** A thread yields for a while, and another has it go on before its time, suspended or not. */
export function* pause(look: Look, random: Random): Motif {
  const able = callers(look());
  if (able.length < 2) return;
  const thread = random.pick(able);
  const other = random.pick(able.filter((one) => one !== thread));
  const target = { tag: 'identity', identity: thread } as const;
  yield { operation: 'thread_switch', thread, to: NULL, option: 'wait', milliseconds: 50 };
  const suspended = random.once(3);
  if (suspended) yield { operation: 'thread_suspend', thread: other, target };
  yield { operation: 'thread_abort', thread: other, target };
  if (suspended) yield { operation: 'thread_resume', thread: other, target };
}

/** A client asks a server of its task, which waits or comes late, with combined calls or separate ones; or it asks the kernel. */
export function* exchange(look: Look, random: Random): Motif {
  const found = yield* pair(look, random);
  if (found === null) return;
  const { actor: client, waiter: server, task, name } = found;
  yield { operation: 'mach_port_allocate', thread: client, task, right: 'receive' };
  const inbox = look().tasks[task.identity]!.names.length - 1 as Name;
  const local = { name: inbox, disposition: 'make-send-once' as const };
  const combined = random.once(2);
  const receive = { name: inbox, size: 1024 };
  if (random.once(4)) {
    yield { operation: 'mach_host_self', thread: client };
    const host = look().tasks[task.identity]!.names.findLastIndex((entry) => entry?.tag === 'port' && look().ports[entry.port]!.kernel === 'host') as Name;
    const asking = send(client, host, random);
    yield { ...asking, send: { ...asking.send!, local }, receive };
    return;
  }
  yield { ...plain(server), receive: { name, size: 1024 } };
  const request = send(client, name, random);
  yield { ...request, send: { ...request.send!, local }, receive: combined ? receive : null };
  const right = look().tasks[task.identity]!.names.findLastIndex((entry) => entry?.tag === 'send-once') as Name;
  if (right < 0) return;
  if (!combined) yield { ...plain(client), receive };
  const reply = send(server, right, random);
  yield { ...reply, send: { ...reply.send!, remote: { name: right, disposition: 'move-send-once' } }, receive: combined ? { name, size: 1024 } : null };
}

/** A watched name is given away in sending, by somebody who would rather not be told; first it is to be watched. */
export function* cancel(look: Look, random: Random): Motif {
  const found = yield* pair(look, random);
  if (found === null) return;
  const { actor, task, name } = found;
  yield { operation: 'mach_port_allocate', thread: actor, task, right: 'receive' };
  const notify = look().tasks[task.identity]!.names.length - 1 as Name;
  const once = name + 2 as Name;
  yield { operation: 'mach_port_insert_right', thread: actor, task, name: once, right: { name, disposition: 'make-send-once' } };
  yield {
    operation: 'mach_port_request_notification', thread: actor, task, name: once, kind: 'dead-name', sync: 0,
    notify: { name: notify, disposition: 'make-send-once' },
  };
  const call = send(actor, once, random);
  yield {
    ...call, send: { ...call.send!, remote: { name: once, disposition: 'move-send-once' } },
    options: ['send-cancel'], notify: random.pick([notify, notify, notify, name, NULL]),
  };
}
