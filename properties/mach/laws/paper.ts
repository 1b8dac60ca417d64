import type { Disposition, Name, ReportedName, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { Accepted, Carried, Entry, MachState, Message, Port, PortId, PortSet, SetId } from '#model/mach/state';
import { countSendRights, heldByKernel } from '#properties/mach/facts';
import { gives, kinds } from '#properties/mach/laws/expected-send';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type PortEntry = Extract<Entry, { tag: 'port' }>;

/** What waits to be destroyed: a right, or a notification owed for a message. */
type End =
  | { readonly tag: 'right'; readonly right: Carried }
  | { readonly tag: 'owed'; readonly accepted: Accepted; readonly at: PortId };

/** In which order what hangs on destroyed rights is destroyed. */
export type Order = 'breadth-first' | 'depth-first';

/**
 * The names, ports and sets of a state on paper. Laws play a call out here, step by step as the rules have it,
 * and hold the result against what the kernel made of it. Threads do nothing on paper: where one that waits
 * would come into it, the paper is marked as disturbed, and says nothing of the rest.
 */
export class Paper {
  readonly before: MachState;
  readonly spaces: (Entry | null)[][];
  readonly ports: Mutable<Port>[];
  readonly sets: Mutable<PortSet>[];
  /** Messages that threads hold: senders that wait, and receivers that have not run. */
  readonly held = new Map<ThreadId, Message>();
  /** Threads whose wait for a message ends, and how. */
  readonly answers = new Map<ThreadId, string>();
  disturbed = false;
  readonly #order: Order;
  /** What the kernel chose, each time it was open, of the notification that is owed for a dead destination. */
  readonly #forms: string[];
  #ends: End[] = [];
  #busy = false;
  /** Send rights that one variant goes on counting although their names are dead. */
  readonly #excess: number[];

  constructor(before: MachState, forms: readonly string[], order: Order = 'breadth-first') {
    this.before = before;
    this.spaces = before.tasks.map(({ names }) => [...names]);
    this.ports = before.ports.map((port) => ({ ...port }));
    this.sets = before.sets.map((set) => ({ ...set }));
    this.#forms = [...forms];
    this.#order = order;
    before.threads.forEach(({ run }, thread) => {
      if (run.tag === 'sending' || run.tag === 'handed') this.held.set(thread as ThreadId, run.message);
    });
    const counts = before.variant === 'gnumach' ? countSendRights(before) : null;
    this.#excess = before.ports.map(({ sendRights }, port) => (counts === null ? 0 : sendRights - counts[port]!));
  }

  at(task: TaskId, name: Name): Entry | null {
    return name > 0 ? this.spaces[task]![name] ?? null : null;
  }

  put(task: TaskId, name: Name, entry: Entry | null): void {
    const names = this.spaces[task]!;
    while (names.length <= name) names.push(null);
    names[name] = entry;
  }

  /** Puts an entry under a name that the kernel picks. */
  putFresh(task: TaskId, entry: Entry): Name {
    return this.spaces[task]!.push(entry) - 1 as Name;
  }

  isLive(port: PortId): boolean {
    return this.ports[port]!.life === 'live';
  }

  /** The name under which a space knows a port; 0 if it does not. */
  nameFor(task: TaskId, port: PortId): Name {
    const found = this.spaces[task]!.findIndex((entry) => entry?.tag === 'port' && entry.port === port);
    return Math.max(found, 0) as Name;
  }

  /** Takes a right out of a space; null if the name cannot give it. Who had asked about a freed name is told. */
  take(task: TaskId, name: Name, disposition: Disposition, isTold = (_watcher: PortId) => true): Carried | null {
    const kind = kinds[disposition];
    if (name <= 0) return { tag: name === 0 ? 'null' : 'dead', kind };
    const entry = this.at(task, name);
    if (!gives(entry, disposition)) return null;
    if (entry.tag === 'dead') {
      if (disposition !== 'copy-send') this.put(task, name, entry.refs > 1 ? { ...entry, refs: entry.refs - 1 } : null);
      return { tag: 'dead', kind };
    }
    if (entry.tag === 'send-once') this.#free(task, name, isTold);
    else if (disposition === 'move-send') this.loseSends(task, name, 1, isTold);
    else if (disposition === 'move-receive') this.#loseReceive(task, name, entry);
    else if (disposition === 'make-send') this.ports[entry.port]!.makeSend += 1;
    return { tag: 'right', port: (entry as PortEntry).port, kind };
  }

  /** References of a send right go from a name; with the last the right is gone from there. */
  loseSends(task: TaskId, name: Name, count: number, isTold = (_watcher: PortId) => true): void {
    const entry = this.at(task, name) as PortEntry;
    if (entry.sends > count || entry.receive) this.put(task, name, { ...entry, sends: entry.sends - count });
    else this.#free(task, name, isTold);
  }

  #loseReceive(task: TaskId, name: Name, entry: PortEntry): void {
    if (entry.sends > 0) this.put(task, name, { ...entry, receive: false });
    else this.#free(task, name);
    this.clear(entry.port);
  }

  #free(task: TaskId, name: Name, isTold = (_watcher: PortId) => true): void {
    const watcher = this.vacate(task, name);
    if (watcher !== null && isTold(watcher)) this.tellOf(watcher, 'port-deleted', { task, name });
  }

  /** Frees a name, and says who is to be told of that. A msg-accepted that is owed for it will name nothing. */
  vacate(task: TaskId, name: Name): PortId | null {
    const entry = this.at(task, name)!;
    this.put(task, name, null);
    if (entry.tag === 'port' && entry.accepted) this.renameOwed(task, name, 0 as Name);
    return entry.tag === 'port' || entry.tag === 'send-once' ? entry.request : null;
  }

  renameOwed(task: TaskId, from: Name, to: Name): void {
    const renamed = (message: Message): Message => {
      const { accepted } = message;
      return accepted === null || accepted.name.task !== task || accepted.name.name !== from ? message
        : { ...message, accepted: { ...accepted, name: { task, name: to } } };
    };
    for (const port of this.ports) port.queue = port.queue.map(renamed);
    for (const [thread, message] of this.held) this.held.set(thread, renamed(message));
  }

  /** Gives a right to a space, and says under which name. */
  give(task: TaskId, right: Carried): Name {
    if (right.tag !== 'right') return (right.tag === 'null' ? 0 : -1) as Name;
    const { port, kind } = right;
    if (!this.isLive(port)) return -1 as Name;
    if (kind === 'send-once') return this.putFresh(task, { tag: 'send-once', port, request: null });
    const receive = kind === 'receive';
    const name = this.nameFor(task, port);
    if (name === 0) return this.putFresh(task, { tag: 'port', port, receive, sends: receive ? 0 : 1, request: null, accepted: false });
    const entry = this.at(task, name) as PortEntry;
    const most = this.before.limits.references - 1;
    this.put(task, name, receive ? { ...entry, receive } : { ...entry, sends: Math.min(entry.sends + 1, most) });
    return name;
  }

  /** The receive right of a port leaves its holder. */
  clear(id: PortId): void {
    const port = this.ports[id]!;
    if (port.set === null) this.#answer(port, 'MACH_RCV_PORT_DIED');
    Object.assign(port, { set: null, makeSend: 0, sequence: 0 });
  }

  #answer(at: Mutable<Port> | Mutable<PortSet>, error: string): void {
    for (const thread of at.receivers) this.answers.set(thread, error);
    at.receivers = [];
  }

  destroySet(id: SetId): void {
    const set = this.sets[id]!;
    set.life = 'dead';
    this.#answer(set, 'MACH_RCV_PORT_DIED');
    for (const port of this.ports) if (port.set === id) port.set = null;
  }

  join(id: PortId, set: SetId): void {
    const port = this.ports[id]!;
    this.#answer(port, 'MACH_RCV_PORT_CHANGED');
    port.set = set;
    if (port.queue.length > 0 && this.sets[set]!.receivers.length > 0) this.disturbed = true;
  }

  /** Destroys rights, and all that hangs on them. */
  destroy(...rights: readonly Carried[]): void {
    this.#doom(rights.map((right) => ({ tag: 'right', right })));
  }

  destroyMessage(message: Message): void {
    const { accepted, destination, reply, body } = message;
    const rights = body.flatMap((item) => (item.tag === 'rights' ? item.rights : []));
    this.#doom([
      ...(accepted === null ? [] : [{ tag: 'owed', accepted, at: destination.port } as const]),
      ...[{ tag: 'right', ...destination } as const, reply, ...rights].map((right) => ({ tag: 'right', right }) as const),
    ]);
  }

  #doom(ends: readonly End[]): void {
    this.#ends = this.#order === 'depth-first' ? [...ends, ...this.#ends] : [...this.#ends, ...ends];
    if (this.#busy) return;
    this.#busy = true;
    for (let end = this.#ends.shift(); end !== undefined; end = this.#ends.shift()) {
      if (end.tag === 'owed') this.settle(end.accepted, end.at);
      else this.#end(end.right);
    }
    this.#busy = false;
  }

  #end(right: Carried): void {
    if (right.tag !== 'right' || !this.isLive(right.port)) return;
    switch (right.kind) {
      case 'send': return this.lostSender(right.port);
      case 'send-once': return this.tell(right.port, 'send-once', []);
      case 'receive': return this.endPort(right.port);
    }
  }

  /** A send right is gone: if it was the last, whoever asked is told. */
  lostSender(id: PortId): void {
    const { noSenders, makeSend } = this.ports[id]!;
    if (noSenders === null || this.sendRights(id) > 0) return;
    this.ports[id]!.noSenders = null;
    this.tell(noSenders, 'no-senders', [{ tag: 'count', count: makeSend }]);
  }

  /** How many send rights to a port there are. */
  sendRights(id: PortId): number {
    let count = this.#excess[id] ?? 0;
    const add = (right: Carried): void => { if (right.tag === 'right' && right.kind === 'send' && right.port === id) count += 1; };
    for (const names of this.spaces) for (const entry of names) if (entry?.tag === 'port' && entry.port === id && entry.sends > 0) count += 1;
    for (const { destination, reply, body } of this.messages()) {
      add({ tag: 'right', ...destination });
      add(reply);
      for (const item of body) if (item.tag === 'rights') item.rights.forEach(add);
    }
    for (const end of this.#ends) if (end.tag === 'right') add(end.right);
    for (const right of heldByKernel(this.before)) add(right);
    return count;
  }

  * messages(): Generator<Message> {
    for (const { queue } of this.ports) yield* queue;
    yield* this.held.values();
  }

  /** A port loses its receive right for good: its backup gets it, or it dies. */
  endPort(id: PortId): void {
    const port = this.ports[id]!;
    const backup = port.portDestroyed;
    Object.assign(port, { makeSend: 0, sequence: 0, portDestroyed: null });
    if (backup === null || this.leadsTo(backup, id)) return this.#kill(id);
    this.tell(backup, 'port-destroyed', [{ tag: 'rights', kind: 'receive', rights: [{ tag: 'right', port: id, kind: 'receive' }], long: false }]);
  }

  /** Whether receive rights in transit lead from one port to another. */
  leadsTo(from: PortId, to: PortId): boolean {
    const seen = new Set<PortId>();
    for (let at: PortId | undefined = from; at !== undefined && !seen.has(at); at = this.#boundFor(at)) {
      if (at === to) return true;
      seen.add(at);
    }
    return false;
  }

  #boundFor(id: PortId): PortId | undefined {
    for (const { destination, body } of this.messages()) {
      for (const item of body) {
        if (item.tag !== 'rights' || item.kind !== 'receive') continue;
        if (item.rights.some((right) => right.tag === 'right' && right.port === id)) return destination.port;
      }
    }
    return undefined;
  }

  #kill(id: PortId): void {
    const port = this.ports[id]!;
    const { noSenders, queue, stray } = port;
    if (port.senders.length > 0) this.disturbed = true;
    Object.assign(port, { life: 'dead', noSenders: null, queue: [], stray: [], senders: [] });
    if (noSenders !== null) this.tell(noSenders, 'send-once', []);
    for (const message of queue) this.destroyMessage(message);
    for (const { name, notify } of stray) this.tellOf(notify, 'dead-name', name);
    this.#bury(id);
  }

  /** Every name for a dead port is a dead name, and whoever asked is told. */
  #bury(id: PortId): void {
    this.spaces.forEach((names, task) => names.forEach((entry, name) => {
      if ((entry?.tag !== 'port' && entry?.tag !== 'send-once') || entry.port !== id) return;
      const refs = (entry.tag === 'port' ? entry.sends : 1) + (entry.request === null ? 0 : 1);
      names[name] = { tag: 'dead', refs, untouched: null };
      if (entry.request !== null) this.tellOf(entry.request, 'dead-name', { task: task as TaskId, name: name as Name });
    }));
  }

  /** A known defect of one variant: the name is dead, the port is not, and goes on counting a sender. */
  buryAlive(task: TaskId, name: Name): void {
    const { port: id, sends, request } = this.at(task, name) as PortEntry;
    const port = this.ports[id]!;
    this.put(task, name, { tag: 'dead', refs: sends + (request === null ? 0 : 1), untouched: null });
    this.#excess[id] = (this.#excess[id] ?? 0) + 1;
    if (request !== null) port.stray = [...port.stray, { tag: 'stray', name: { task, name }, notify: request }];
  }

  /** A notification that was owed for a message is due. It names nothing once the task is dead. */
  settle({ name: { task, name }, notify }: Accepted, at: PortId): void {
    const entry = this.at(task, name);
    if (entry?.tag === 'port') this.put(task, name, { ...entry, accepted: false });
    const about = { task, name: this.before.tasks[task]!.life === 'dead' ? 0 as Name : name };
    const isOpen = !this.isLive(at) && this.before.variant === 'documented';
    if (isOpen && this.#forms.shift() === 'send-once') this.tell(notify, 'send-once', []);
    else this.tellOf(notify, 'msg-accepted', about);
  }

  tellOf(to: PortId, kind: keyof typeof noticeIds, name: ReportedName): void {
    this.tell(to, kind, [{ tag: 'name', name }]);
  }

  /** The kernel sends a notification; with its port dead, what it carries is destroyed. */
  tell(to: PortId, kind: keyof typeof noticeIds, body: Message['body']): void {
    const message: Message = {
      tag: 'message', id: noticeIds[kind], destination: { port: to, kind: 'send-once' }, reply: { tag: 'null', kind: null },
      complex: kind === 'port-destroyed', body, size: body.length === 0 ? 24 : 32, circular: false, accepted: null,
      moment: 0, arrival: 0, serial: Number.MAX_SAFE_INTEGER, sender: -1,
    };
    if (this.isLive(to)) this.queue(message);
    else this.destroyMessage(message);
  }

  queue(message: Message): void {
    const port = this.ports[message.destination.port]!;
    const waiting = port.set === null ? port : this.sets[port.set]!;
    if (waiting.receivers.length > 0 || port.kernel !== null) this.disturbed = true;
    port.queue = [...port.queue, message];
  }
}

const noticeIds = {
  'port-deleted': 65, 'msg-accepted': 66, 'port-destroyed': 69, 'no-senders': 70, 'send-once': 71, 'dead-name': 72,
} as const;
