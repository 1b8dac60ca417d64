import type { Disposition, MessageOption, Name, SentItem, TaskId, ThreadId } from '#spec/mach/vocabulary';
import { isReceive } from '#model/mach/entries';
import { NULL, type Entry, type MachState, type PortEntry, type PortId } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { callers } from '#properties/mach/draw';
import { bereavement, farewell, mourning } from '#properties/mach/end-motifs';
import { Failover } from '#properties/mach/failover';
import { endow, hold, obituary, orphan, passOn, register, spawn } from '#properties/mach/task-motifs';
import { cancel, crowd, exchange, keepReceiver, keepSender, merge, pause } from '#properties/mach/wait-motifs';
import type { Random } from '#properties/random';

type MachMsg = Extract<MachCall, { operation: 'mach_msg' }>;
type Motif = Generator<MachCall, void>;

const COMPANY = 12;

/**
 * What programs do in several calls: get to know each other, fill a queue, wait, ask to be told, fail. Blind
 * draws seldom put these together; a run that is woven of them meets what only goes wrong in company.
 * A motif looks at the state anew before each call, and ends when what it needs is not there.
 */
export class Weaver {
  #state: MachState;
  readonly #random: Random;
  #motif: Motif | null = null;

  constructor(state: MachState, random: Random) {
    this.#state = state;
    this.#random = random;
    this.#company = Array.from({ length: COMPANY }, () => random.pick(this.#motifs));
  }

  /** The next call of the motif under way, or the first of another; null if none has anything to do. */
  next(state: MachState): MachCall | null {
    this.#state = state;
    for (let tries = 0; tries < 6; tries += 1) {
      this.#motif ??= this.#random.pick(this.#company)();
      const { value, done } = this.#motif.next();
      if (done !== true && this.#mayCall(value)) return value;
      this.#motif = null;
    }
    return null;
  }

  /** Whether the thread that is to make a call still can: much may have happened since it was chosen. */
  #mayCall(call: MachCall): boolean {
    return !('thread' in call) || callers(this.#state).includes(call.thread);
  }

  readonly #motifs: readonly (() => Motif)[] = [
    () => bereavement(this.#look, this.#random), () => farewell(this.#look, this.#random), () => this.#circle(),
    () => this.#meet(), () => this.#congest(), () => this.#congest(), () => this.#drain(), () => this.#drain(), () => this.#drain(),
    () => this.#watch(), () => this.#watch(), () => this.#watch(), () => this.#back(), () => this.#back(), () => this.#park(), () => this.#park(),
    () => this.#gather(), () => this.#fail(), () => this.#fail(), () => this.#move(), () => this.#circle(), () => this.#ask(), () => this.#ask(),
    () => this.#force(), () => this.#force(), () => cancel(this.#look, this.#random), () => this.#peg(), () => this.#giveUp(), () => this.#unblock(), () => this.#unblock(), () => this.#inspect(),
    () => hold(this.#look, this.#random), () => this.#random.pick([spawn, endow, register])(this.#look, this.#random),
    () => passOn(this.#look, this.#random), () => obituary(this.#look, this.#random), () => new Failover(this.#look, this.#random).story(),
    () => keepSender(this.#look, this.#random), () => keepReceiver(this.#look, this.#random), () => crowd(this.#look, this.#random), () => exchange(this.#look, this.#random),
    () => merge(this.#look, this.#random), () => mourning(this.#look, this.#random), () => pause(this.#look, this.#random), () => orphan(this.#look, this.#random),
  ];

  /** A run keeps to some of them: what belongs together meets the more often. */
  readonly #company: readonly (() => Motif)[];

  readonly #look = (): MachState => this.#state;

  /** A thread that may call, of the task if one is named. */
  #free(task?: TaskId): ThreadId | null {
    const free = callers(this.#state).filter((thread) => task === undefined || this.#taskOf(thread) === task);
    return free.length === 0 ? null : this.#random.pick(free);
  }

  /** There must be somebody left to call when this one waits. */
  #spare(task?: TaskId): ThreadId | null {
    return callers(this.#state).length > 1 ? this.#free(task) : null;
  }

  #taskOf(thread: ThreadId): TaskId {
    return this.#state.threads[thread]!.task;
  }

  #self(task: TaskId) {
    return { tag: 'identity', identity: task } as const;
  }

  #names(task: TaskId, wanted: (entry: Entry) => boolean): Name[] {
    return this.#state.tasks[task]!.names.flatMap((entry, name) => (entry !== null && wanted(entry) ? [name as Name] : []));
  }

  #pick(task: TaskId, wanted: (entry: Entry) => boolean): Name | null {
    const names = this.#names(task, wanted);
    return names.length === 0 ? null : this.#random.pick(names);
  }

  #newest(task: TaskId): Name {
    return this.#state.tasks[task]!.names.length - 1 as Name;
  }

  #entry(task: TaskId, name: Name): Entry | null {
    return this.#state.tasks[task]?.names[name] ?? null;
  }

  /** A port with a receiver and a sender in different tasks, and their names for it. */
  #link(): { to: TaskId; name: Name; from: TaskId; send: Name; port: PortId } | null {
    const links = this.#state.tasks.flatMap(({ names, life }, to) => (life === 'dead' ? [] : names.flatMap((entry, name) => {
      if (!isReceive(entry)) return [];
      return this.#state.tasks.flatMap((other, from) => other.names.flatMap((held, send) =>
        (held?.tag === 'port' && held.port === entry.port && held.sends > 0
          ? [{ to: to as TaskId, name: name as Name, from: from as TaskId, send: send as Name, port: entry.port }] : [])));
    })));
    const usable = links.filter(({ from, port }) => this.#state.ports[port]!.kernel === null && this.#free(from) !== null);
    return usable.length === 0 ? null : this.#random.pick(usable);
  }

  /** A receive right of a task, made if there is none, or to have one of its own. */
  * #receiveRight(task: TaskId): Generator<MachCall, Name | null> {
    const known = this.#pick(task, isReceive);
    if (known !== null && !this.#random.once(3)) return known;
    const thread = this.#free(task);
    if (thread === null) return known;
    yield { operation: 'mach_port_allocate', thread, task: this.#self(task), right: 'receive' };
    return this.#newest(task);
  }

  #someTask(): TaskId | null {
    const thread = this.#free();
    return thread === null ? null : this.#taskOf(thread);
  }

  #otherTask(task: TaskId): TaskId | null {
    const others = this.#state.tasks.flatMap(({ life }, other) => (life === 'live' && other !== task ? [other as TaskId] : []));
    return others.length === 0 ? null : this.#random.pick(others);
  }

  /** One task gives another a send right to its port. */
  * #meet(): Motif {
    const task = this.#someTask();
    if (task === null) return;
    const name = yield* this.#receiveRight(task);
    if (name !== null) yield* this.#introduce(task, name, 'make-send');
  }

  * #introduce(task: TaskId, name: Name, disposition: Disposition): Motif {
    const thread = this.#free(task);
    const other = this.#random.once(6) ? task : this.#otherTask(task);
    const entry = this.#entry(task, name);
    if (thread === null || other === null || entry?.tag !== 'port') return;
    const known = disposition === 'make-send-once' ? [] : this.#names(other, (held) => held.tag === 'port' && held.port === entry.port);
    const under = known[0] ?? this.#newest(other) + 1 as Name;
    yield { operation: 'mach_port_insert_right', thread, task: this.#self(other), name: under, right: { name, disposition } };
  }

  /** Senders fill a queue until they wait. */
  * #congest(): Motif {
    let link = this.#link();
    if (link === null) {
      yield* this.#meet();
      link = this.#link();
    }
    if (link === null) return;
    const { port, to, name, from, send } = link;
    const holder = this.#free(to);
    if (holder !== null && this.#state.ports[port]!.queueLimit > 2) {
      yield { operation: 'mach_port_set_qlimit', thread: holder, task: this.#self(to), name, limit: this.#random.pick([0, 1, 1, 1, 2]) };
    }
    for (let i = 0; i < 4; i += 1) {
      const full = this.#state.ports[port]!.queue.length >= this.#state.ports[port]!.queueLimit;
      const thread = full ? this.#spare(from) : this.#free(from);
      const held = this.#entry(from, send);
      if (thread === null || held?.tag !== 'port' || held.sends === 0 || held.port !== port) return;
      yield { ...this.#message(thread, send, i === 0 && full ? 'move-send' : 'copy-send'), ...(full ? this.#patience(thread) : {}) };
    }
  }

  #patience(thread: ThreadId): { options: MessageOption[]; timeout: number; notify: Name } {
    const options: MessageOption[] = this.#random.once(3) ? ['send-timeout'] : [];
    if (this.#random.once(6)) options.push('send-notify');
    const notify = this.#pick(this.#taskOf(thread), isReceive) ?? NULL;
    return { options, timeout: this.#random.once(3) ? 0 : 50, notify: options.includes('send-notify') ? notify : NULL };
  }

  #message(thread: ThreadId, name: Name, disposition: Disposition, reply: Name | null = null): MachMsg {
    const body = this.#cargo(this.#taskOf(thread), name);
    const local = reply === null ? { name: NULL, disposition: null } : { name: reply, disposition: 'make-send-once' as const };
    return {
      operation: 'mach_msg', thread, options: [], receive: null, timeout: 0, notify: NULL,
      send: { id: 20_000 + this.#random.below(9000), remote: { name, disposition }, local, complex: body.some(({ tag }) => tag === 'rights'), body, size: null },
    };
  }

  /** What a message brings along: often a right, at times one it would be a pity to lose. */
  #cargo(task: TaskId, beside: Name): SentItem[] {
    const random = this.#random;
    if (random.once(2)) return [];
    const disposition = random.pick(['make-send', 'make-send-once', 'move-receive', 'copy-send', 'move-send', 'move-send-once'] as const);
    const fit = this.#names(task, (entry) => {
      switch (disposition) {
        case 'make-send':
        case 'make-send-once':
        case 'move-receive': return isReceive(entry);
        case 'move-send-once': return entry.tag === 'send-once' || entry.tag === 'dead';
        default: return entry.tag === 'dead' || (entry.tag === 'port' && entry.sends > 0);
      }
    }).filter((name) => name !== beside || disposition !== 'move-send');
    if (fit.length === 0) return [{ tag: 'data', type: 9, bits: 8, bytes: '0badcafe', long: false, deallocate: false }];
    const names = random.once(5) ? [random.pick(fit), NULL] : [random.pick(fit)];
    return [{ tag: 'rights', disposition, names, bits: 32, long: random.once(6), deallocate: false }];
  }

  #receive(thread: ThreadId, name: Name, options: MessageOption[] = [], timeout = 0, size = 1024): MachMsg {
    return { operation: 'mach_msg', thread, options, send: null, receive: { name, size }, timeout, notify: NULL };
  }

  /** A receiver takes messages out, and answers those that ask to be. */
  * #drain(): Motif {
    for (let i = 0; i < 3; i += 1) {
      const busy = this.#busy();
      if (busy === null) return;
      const { thread, name } = busy;
      const task = this.#taskOf(thread);
      const before = this.#newest(task);
      const small = this.#random.once(10);
      const options: MessageOption[] = small && this.#random.once(2) ? ['receive-large'] : [];
      const call = this.#receive(thread, name, options, 0, small ? this.#random.pick([24, 28]) : 1024);
      const notify = this.#random.once(6) ? this.#pick(task, isReceive) : null;
      yield notify === null ? call : { ...call, options: [...options, 'receive-notify'], notify };
      const reply = this.#names(task, (entry) => entry.tag === 'send-once').find((held) => held > before);
      const free = this.#free(task);
      if (reply !== undefined && free !== null && !this.#random.once(3)) yield this.#message(free, reply, 'move-send-once');
    }
  }

  /** A port or set with messages, and a thread of its task. */
  #busy(): { thread: ThreadId; name: Name } | null {
    const found = callers(this.#state).flatMap((thread) => {
      const task = this.#taskOf(thread);
      return this.#names(task, (entry) => this.#hasMessages(entry)).map((name) => ({ thread, name }));
    });
    return found.length === 0 ? null : this.#random.pick(found);
  }

  #hasMessages(entry: Entry): boolean {
    const { ports } = this.#state;
    if (entry.tag === 'set') return ports.some(({ set, queue }) => set === entry.set && queue.length > 0);
    return isReceive(entry) && ports[entry.port]!.set === null && ports[entry.port]!.queue.length > 0;
  }

  /** Asks to be told of a name's death, or of there being no senders. */
  * #watch(): Motif {
    const task = this.#someTask();
    if (task === null) return;
    const notify = yield* this.#receiveRight(task);
    const dead = this.#random.once(2);
    const name = this.#pick(task, (entry) => (dead ? entry.tag === 'send-once' || (entry.tag === 'port' && entry.sends > 0) : isReceive(entry)));
    const thread = this.#free(task);
    if (notify === null || name === null || thread === null) return;
    // At times somebody else is to be told: whoever gave the task a send-once right.
    const given = this.#random.once(3) ? this.#names(task, (entry) => entry.tag === 'send-once').find((held) => held !== name) : undefined;
    yield {
      operation: 'mach_port_request_notification', thread, task: this.#self(task), name, kind: dead ? 'dead-name' : 'no-senders',
      sync: this.#random.pick([0, 0, 1, 2]),
      notify: given === undefined ? { name: notify, disposition: 'make-send-once' } : { name: given, disposition: 'move-send-once' },
    };
  }

  /** A backup gives the server a send-once right; the server has its port handed over there, should it fail. */
  * #back(): Motif {
    const backup = this.#someTask();
    if (backup === null) return;
    const inbox = yield* this.#receiveRight(backup);
    if (inbox === null) return;
    const server = this.#random.once(4) ? backup : this.#otherTask(backup);
    const thread = this.#free(backup);
    if (server === null || thread === null) return;
    const under = this.#newest(server) + 1 as Name;
    yield { operation: 'mach_port_insert_right', thread, task: this.#self(server), name: under, right: { name: inbox, disposition: 'make-send-once' } };
    const name = this.#pick(server, (entry) => isReceive(entry) && this.#state.ports[entry.port]!.portDestroyed === null);
    const asking = this.#free(server);
    if (name === null || asking === null || this.#entry(server, under)?.tag !== 'send-once') return;
    yield {
      operation: 'mach_port_request_notification', thread: asking, task: this.#self(server), name, kind: 'port-destroyed', sync: 0,
      notify: { name: under, disposition: 'move-send-once' },
    };
  }

  /** A thread waits for a message, at a port or a set. */
  * #park(): Motif {
    const thread = this.#spare();
    if (thread === null) return;
    const task = this.#taskOf(thread);
    const name = this.#pick(task, (entry) => entry.tag === 'set' || (isReceive(entry) && this.#state.ports[entry.port]!.set === null));
    if (name === null || this.#hasMessages(this.#entry(task, name)!)) return;
    const options: MessageOption[] = this.#random.once(3) ? ['receive-timeout'] : [];
    if (this.#random.once(6)) options.push('receive-large');
    yield this.#receive(thread, name, options, 50, options.includes('receive-large') ? 24 : 1024);
  }

  /** Ports go into a set, and come out again. */
  * #gather(): Motif {
    const task = this.#someTask();
    if (task === null) return;
    let set = this.#pick(task, ({ tag }) => tag === 'set');
    const thread = this.#free(task);
    if (thread === null) return;
    if (set === null) {
      yield { operation: 'mach_port_allocate', thread, task: this.#self(task), right: 'port-set' };
      set = this.#newest(task);
    }
    for (let i = 0; i < 2; i += 1) {
      const member = yield* this.#receiveRight(task);
      const mover = this.#free(task);
      if (member === null || mover === null) return;
      const entry = this.#entry(task, member);
      const inSet = isReceive(entry) && this.#state.ports[entry.port]!.set !== null;
      yield { operation: 'mach_port_move_member', thread: mover, task: this.#self(task), member, set: inSet && this.#random.once(2) ? NULL : set };
    }
  }

  /** The receive right goes: with its name, by itself, or with its task. */
  * #fail(): Motif {
    const task = this.#someTask();
    const thread = task === null ? null : this.#free(task);
    if (task === null || thread === null) return;
    const weighty = this.#pick(task, (entry) => isReceive(entry) && this.#isWeighty(entry.port));
    const name = weighty ?? this.#pick(task, isReceive);
    if (name === null) return;
    const others = callers(this.#state).filter((other) => this.#taskOf(other) !== task);
    switch (this.#random.below(5)) {
      case 0:
        yield { operation: 'mach_port_mod_refs', thread, task: this.#self(task), name, right: 'receive', delta: -1 };
        return;
      case 1:
        if (others.length > 0) yield { operation: 'task_terminate', thread: this.#random.pick(others), task: this.#self(task) };
        return;
      default:
        yield { operation: 'mach_port_destroy', thread, task: this.#self(task), name };
    }
  }

  /** Somebody waits for this port, asked to be told of it, or has something in its queue. */
  #isWeighty(id: PortId): boolean {
    const { queue, senders, receivers, noSenders, portDestroyed } = this.#state.ports[id]!;
    return queue.length + senders.length + receivers.length > 0 || noSenders !== null || portDestroyed !== null;
  }

  /** A receive right moves to another task, by message. */
  * #move(): Motif {
    const link = this.#link();
    const thread = link === null ? null : this.#free(link.from);
    if (link === null || thread === null) return;
    const name = this.#pick(link.from, (entry) => isReceive(entry) && (this.#isWeighty(entry.port) || this.#random.once(2)));
    if (name === null) return;
    const call = this.#message(thread, link.send, 'copy-send');
    const body: SentItem[] = [{ tag: 'rights', disposition: 'move-receive', names: [name], bits: 32, long: false, deallocate: false }];
    yield { ...call, send: { ...call.send!, complex: true, body } };
  }

  /** Two receive rights are sent to each other's ports. */
  * #circle(): Motif {
    const task = this.#someTask();
    const thread = task === null ? null : this.#free(task);
    if (task === null || thread === null) return;
    const rights = this.#names(task, (entry) => entry.tag === 'port' && entry.receive && entry.sends > 0);
    if (rights.length < 2) {
      const name = yield* this.#receiveRight(task);
      const again = this.#free(task);
      if (name === null || again === null) return;
      yield { operation: 'mach_port_insert_right', thread: again, task: this.#self(task), name, right: { name, disposition: 'make-send' } };
      return;
    }
    const [first, second] = [rights[0]!, this.#random.once(3) ? rights[0]! : rights[1]!];
    for (const [to, carried] of [[first, second], [second, first]] as const) {
      const sender = this.#free(task);
      if (sender === null || !isReceive(this.#entry(task, carried))) return;
      const call = this.#message(sender, to, 'copy-send');
      const body: SentItem[] = [{ tag: 'rights', disposition: 'move-receive', names: [carried], bits: 32, long: false, deallocate: false }];
      yield { ...call, send: { ...call.send!, complex: true, body } };
    }
  }

  /** A client asks a server, and waits for the answer if somebody is left to give it. */
  * #ask(): Motif {
    const link = this.#link();
    if (link === null) return;
    const reply = yield* this.#receiveRight(link.from);
    const waits = this.#random.once(2) ? this.#spare(link.from) : null;
    const thread = waits ?? this.#free(link.from);
    if (reply === null || thread === null) return;
    const held = this.#entry(link.from, link.send);
    if (held?.tag !== 'port' || held.sends === 0) return;
    const call = this.#message(thread, link.send, 'copy-send', reply);
    yield waits === null ? call : { ...call, receive: { name: reply, size: 1024 } };
  }

  /** A message beyond the limit, whose sender is owed a notification; then room is made. */
  * #force(): Motif {
    const link = this.#link();
    if (link === null) return;
    const { to, name, from, send, port } = link;
    const notify = yield* this.#receiveRight(from);
    const holder = this.#free(to);
    if (holder !== null && this.#state.ports[port]!.queueLimit > 1) {
      yield { operation: 'mach_port_set_qlimit', thread: holder, task: this.#self(to), name, limit: this.#random.pick([0, 0, 1]) };
    }
    for (let i = 0; i < 2; i += 1) {
      const thread = this.#free(from);
      const held = this.#entry(from, send);
      if (notify === null || thread === null || held?.tag !== 'port' || held.sends === 0) return;
      yield { ...this.#message(thread, send, 'copy-send'), options: ['send-notify'], notify };
    }
    const renamer = this.#random.once(4) ? this.#free(from) : null;
    if (renamer !== null && this.#entry(from, send) !== null) {
      yield { operation: 'mach_port_rename', thread: renamer, task: this.#self(from), name: send, to: this.#newest(from) + 1 as Name };
    }
    const receiver = this.#free(to);
    const entry = this.#entry(to, name);
    if (receiver !== null && isReceive(entry) && this.#state.ports[port]!.set === null) yield this.#receive(receiver, name, ['receive-timeout']);
  }

  /** References go up to the ceiling, and over it. */
  * #peg(): Motif {
    const task = this.#someTask();
    const thread = task === null ? null : this.#free(task);
    if (task === null || thread === null) return;
    const name = this.#pick(task, (entry) => entry.tag === 'dead' || (entry.tag === 'port' && entry.sends > 0));
    const entry = name === null ? null : this.#entry(task, name);
    if (name === null || entry === null) return;
    const ceiling = this.#state.limits.references - (entry.tag === 'dead' ? 0 : 1);
    const refs = entry.tag === 'dead' ? entry.refs : (entry as PortEntry).sends;
    const right = entry.tag === 'dead' ? 'dead-name' : 'send';
    const delta = ceiling - refs - this.#random.below(2);
    if (delta > 0) yield { operation: 'mach_port_mod_refs', thread, task: this.#self(task), name, right, delta };
    const again = this.#free(task);
    if (again === null || right !== 'send') return;
    const by = { thread: again, task: this.#self(task) };
    yield this.#random.once(2) ? { operation: 'mach_port_extract_right', ...by, name, disposition: 'copy-send' }
      : { operation: 'mach_port_insert_right', ...by, name, right: { name, disposition: 'copy-send' } };
  }

  /** References are given up, down to none. */
  * #giveUp(): Motif {
    const task = this.#someTask();
    if (task === null) return;
    for (let i = 0; i < 2; i += 1) {
      const thread = this.#free(task);
      const name = this.#pick(task, (entry) => entry.tag === 'send-once' || (entry.tag === 'port' && entry.sends > 0) || entry.tag === 'dead');
      if (thread === null || name === null) return;
      yield { operation: 'mach_port_deallocate', thread, task: this.#self(task), name };
    }
  }

  /** Something for a thread that waits: room, a message, an end of its wait. */
  * #unblock(): Motif {
    const thread = this.#free();
    if (thread === null) return;
    const waiting = this.#state.threads.flatMap(({ run, life }, other) =>
      (life === 'live' && (run.tag === 'sending' || run.tag === 'receiving') ? [{ other: other as ThreadId, run }] : []));
    if (waiting.length === 0) return;
    const { other, run } = this.#random.pick(waiting);
    if (this.#random.once(5)) {
      yield { operation: 'thread_abort', thread, target: { tag: 'identity', identity: other } };
      return;
    }
    if (run.tag === 'sending') {
      const holders = callers(this.#state).flatMap((free) =>
        this.#names(this.#taskOf(free), (entry) => isReceive(entry) && entry.port === run.to && this.#state.ports[run.to]!.set === null).map((name) => ({ free, name })));
      if (holders.length > 0) yield this.#receive(holders[0]!.free, holders[0]!.name);
      return;
    }
    const wanted = run.tag === 'receiving' && run.from.tag === 'port' ? run.from.port : null;
    const senders = callers(this.#state).flatMap((free) => this.#names(this.#taskOf(free), (entry) =>
      entry.tag === 'port' && entry.port === wanted && (entry.sends > 0 || entry.receive)).map((name) => ({ free, name })));
    if (senders.length === 0) return;
    const { free, name } = this.#random.pick(senders);
    const entry = this.#entry(this.#taskOf(free), name) as PortEntry;
    yield this.#message(free, name, entry.sends > 0 ? 'copy-send' : 'make-send');
  }

  /** What is there is looked at. */
  * #inspect(): Motif {
    const task = this.#someTask();
    const thread = task === null ? null : this.#free(task);
    if (task === null || thread === null) return;
    const name = this.#pick(task, isReceive);
    if (name !== null) yield { operation: 'mach_port_get_receive_status', thread, task: this.#self(task), name };
    const again = this.#free(task);
    if (again !== null) yield { operation: 'mach_port_names', thread: again, task: this.#self(task) };
  }
}
