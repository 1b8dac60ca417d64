import type { Name, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { isReceive } from '#model/mach/entries';
import { NULL, type Entry, type MachState, type PortId } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { callers } from '#properties/mach/draw';
import { message } from '#properties/mach/task-motifs';
import type { Random } from '#properties/random';

type Motif = Generator<MachCall, void>;

const identity = <Id>(id: Id) => ({ tag: 'identity', identity: id }) as const;

/**
 * A server's port with a client, and a backup that is to have it; requests in its queue; the server's end; and
 * what comes after: the client sends on, the backup takes the port over, serves, and looks for a backup itself.
 */
export class Failover {
  readonly #look: () => MachState;
  readonly #random: Random;
  #server = 0 as TaskId;
  #client = 0 as TaskId;
  #backup = 0 as TaskId;
  #port = -1 as PortId;
  #inbox = -1 as PortId;

  constructor(look: () => MachState, random: Random) {
    this.#look = look;
    this.#random = random;
  }

  * story(): Motif {
    if (!this.#cast()) return;
    yield* this.#set();
    if (this.#nameOf(this.#server, this.#port) === null) return;
    yield* this.#traffic();
    yield* this.#end();
    yield* this.#aftermath();
  }

  #cast(): boolean {
    const tasks = [...new Set(callers(this.#look()).map((thread) => this.#look().threads[thread]!.task))];
    if (tasks.length < 2) return false;
    this.#server = this.#random.pick(tasks);
    const others = tasks.filter((task) => task !== this.#server);
    this.#backup = this.#random.pick(others);
    this.#client = this.#random.pick(this.#random.once(4) ? tasks : others);
    return true;
  }

  #free(task: TaskId): ThreadId | null {
    const able = callers(this.#look()).filter((thread) => this.#look().threads[thread]!.task === task);
    return able.length === 0 ? null : this.#random.pick(able);
  }

  #names(task: TaskId): readonly (Entry | null)[] {
    return this.#look().tasks[task]!.names;
  }

  #nameOf(task: TaskId, port: PortId): Name | null {
    const found = this.#names(task).findIndex((entry) => entry?.tag === 'port' && entry.port === port);
    return found < 0 ? null : found as Name;
  }

  * #allocate(task: TaskId): Generator<MachCall, PortId> {
    const thread = this.#free(task);
    if (thread === null) return -1 as PortId;
    const made = this.#look().ports.length as PortId;
    yield { operation: 'mach_port_allocate', thread, task: identity(task), right: 'receive' };
    return made;
  }

  * #give(from: TaskId, to: TaskId, port: PortId, disposition: 'make-send' | 'make-send-once'): Motif {
    const thread = this.#free(from);
    const name = this.#nameOf(from, port);
    if (thread === null || name === null) return;
    const known = disposition === 'make-send' ? this.#nameOf(to, port) : null;
    const under = known ?? this.#names(to).length as Name;
    yield { operation: 'mach_port_insert_right', thread, task: identity(to), name: under, right: { name, disposition } };
  }

  /** The port, its client, the backup's inbox, and the request that ties them. */
  * #set(): Motif {
    this.#port = yield* this.#allocate(this.#server);
    this.#inbox = yield* this.#allocate(this.#backup);
    if (this.#port < 0 || this.#inbox < 0) return;
    yield* this.#give(this.#server, this.#client, this.#port, 'make-send');
    if (!this.#random.once(4)) yield* this.#register();
    yield* this.#extras();
  }

  /** The backup's right to be told, and the server's request that it be used. */
  * #register(): Motif {
    yield* this.#give(this.#backup, this.#server, this.#inbox, 'make-send-once');
    const thread = this.#free(this.#server);
    const name = this.#nameOf(this.#server, this.#port);
    const notify = this.#names(this.#server).findLastIndex((entry) => entry?.tag === 'send-once' && entry.port === this.#inbox) as Name;
    if (thread === null || name === null || notify < 0) return;
    yield {
      operation: 'mach_port_request_notification', thread, task: identity(this.#server), name, kind: 'port-destroyed', sync: 0,
      notify: { name: notify, disposition: 'move-send-once' },
    };
  }

  /** What else may hang on the port: a watched name, a narrow queue, a send right of the server's own. */
  * #extras(): Motif {
    const name = this.#nameOf(this.#server, this.#port);
    const server = this.#free(this.#server);
    if (name === null || server === null) return;
    const own = { thread: server, task: identity(this.#server), name };
    if (this.#random.once(3)) yield { operation: 'mach_port_set_qlimit', ...own, limit: this.#random.pick([1, 2]) };
    if (this.#random.once(3)) yield* this.#join(server, name);
    if (this.#random.once(2)) yield* this.#give(this.#server, this.#server, this.#port, 'make-send');
    if (this.#random.once(3)) {
      yield { operation: 'mach_port_request_notification', ...own, kind: 'dead-name', sync: 0, notify: { name, disposition: 'make-send-once' } };
    }
    const access = this.#nameOf(this.#client, this.#port);
    const client = this.#free(this.#client);
    const told = this.#names(this.#client).findIndex((entry) => entry !== null && isReceive(entry)) as Name;
    if (access === null || client === null || told < 0 || !this.#random.once(3)) return;
    yield {
      operation: 'mach_port_request_notification', thread: client, task: identity(this.#client), name: access, kind: 'dead-name', sync: 0,
      notify: { name: told, disposition: 'make-send-once' },
    };
  }

  /** The port goes into a set of the server's. */
  * #join(thread: ThreadId, member: Name): Motif {
    const task = identity(this.#server);
    yield { operation: 'mach_port_allocate', thread, task, right: 'port-set' };
    const set = this.#names(this.#server).findLastIndex((entry) => entry?.tag === 'set') as Name;
    if (set > 0) yield { operation: 'mach_port_move_member', thread, task, member, set };
  }

  /** Requests, one of which the server may have received; the last may find no room. */
  * #traffic(): Motif {
    const { queueLimit } = this.#look().ports[this.#port]!;
    const isNarrow = queueLimit <= 2 && !this.#random.once(3);
    if (isNarrow && !this.#names(this.#client).some((entry) => entry !== null && isReceive(entry))) yield* this.#allocate(this.#client);
    for (let i = isNarrow ? queueLimit + 1 : this.#random.below(5); i > 0; i -= 1) yield* this.#request(i === 1 && callers(this.#look()).length > 2);
    const name = this.#nameOf(this.#server, this.#port);
    const thread = this.#free(this.#server);
    if (name === null || thread === null || !this.#random.once(4)) return;
    yield this.#poll(thread, name, callers(this.#look()).length < 3);
  }

  * #request(mayWait: boolean): Motif {
    const thread = this.#free(this.#client);
    const name = this.#nameOf(this.#client, this.#port);
    const entry = name === null ? null : this.#names(this.#client)[name]!;
    if (thread === null || name === null || entry?.tag !== 'port' || entry.sends === 0) return;
    const reply = this.#names(this.#client).findIndex((held) => held !== null && isReceive(held)) as Name;
    const local = reply > 0 && (mayWait || this.#random.once(2)) ? { name: reply, disposition: 'make-send-once' as const } : undefined;
    const call = message(thread, { name, disposition: 'copy-send' }, 40_000 + this.#random.below(9000), local);
    const receive = local !== undefined && this.#random.once(2) ? { name: reply, size: 1024 } : null;
    yield mayWait && call.operation === 'mach_msg' ? { ...call, options: [], receive } : call;
  }

  #poll(thread: ThreadId, name: Name, timed = true): MachCall {
    return {
      operation: 'mach_msg', thread, options: timed ? ['receive-timeout'] : [], send: null, receive: { name, size: 1024 },
      timeout: 0, notify: NULL,
    };
  }

  * #end(): Motif {
    const name = this.#nameOf(this.#server, this.#port);
    const outside = this.#free(this.#backup);
    const task = identity(this.#server);
    if (this.#random.once(6) && outside !== null) yield { operation: 'task_suspend', thread: outside, task };
    const inside = this.#free(this.#server);
    const entry = name === null ? null : this.#names(this.#server)[name]!;
    if (name !== null && inside !== null && entry?.tag === 'port' && entry.sends > 0 && entry.request !== null) {
      yield { operation: 'mach_port_mod_refs', thread: inside, task, name, right: 'receive', delta: -1 };
    }
    const waits = this.#look().ports[this.#port]!.senders.length > 0;
    if (outside !== null && (waits || this.#random.once(2))) yield { operation: 'task_terminate', thread: outside, task };
    else if (name !== null && inside !== null) yield this.#release(inside, name);
  }

  /** The right goes without its task: by itself, with its name, or with a request that fails. */
  #release(thread: ThreadId, name: Name): MachCall {
    const task = identity(this.#server);
    switch (this.#random.below(4)) {
      case 0:
      case 3: return { operation: 'mach_port_mod_refs', thread, task, name, right: 'receive', delta: -1 };
      case 1: return { operation: 'mach_port_destroy', thread, task, name };
      default: return { operation: 'mach_port_insert_right', thread, task, name: NULL, right: { name, disposition: 'move-receive' } };
    }
  }

  /** The client sends on; the backup takes the port over, and serves it. */
  * #aftermath(): Motif {
    if (this.#random.once(2)) yield* this.#request(false);
    const inbox = this.#nameOf(this.#backup, this.#inbox);
    const first = this.#free(this.#backup);
    if (inbox === null || first === null) return;
    yield this.#poll(first, inbox);
    for (let i = 0; i < 3; i += 1) {
      const name = this.#nameOf(this.#backup, this.#port);
      const thread = this.#free(this.#backup);
      const queue = this.#look().ports[this.#port]?.queue ?? [];
      if (name === null || thread === null || queue.length === 0) break;
      yield this.#poll(thread, name);
    }
    const name = this.#nameOf(this.#backup, this.#port);
    const thread = this.#free(this.#backup);
    if (name === null || thread === null || !this.#random.once(2)) return;
    yield {
      operation: 'mach_port_request_notification', thread, task: identity(this.#backup), name, kind: 'port-destroyed', sync: 0,
      notify: { name: inbox, disposition: 'make-send-once' },
    };
  }
}
