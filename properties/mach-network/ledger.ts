import type { Disposition, Name, ReceivedItem, ReceivedMessage, RightKind, SentItem, SentMessage, TaskId } from '#spec/mach/vocabulary';
import type { Event } from '#model/kernel';
import { DEAD, NULL, type MachState, type PortId } from '#model/mach/state';
import type { MachNetworkState } from '#model/mach-network/state';
import { nodeOfThread, threadWithin } from '#model/network/nodes';
import type { NodeId } from '#model/network/wire';
import { arrived, entriesOf, portKey, posted, serverPort } from '#properties/mach-network/facts';
import type { MachNetworkStep } from '#properties/mach-network/obligation';
import { oncePerStep } from '#properties/remember';

/** A port, or a send-once right, wherever in the network it is: told by what was seen of it, and not by any server's table. */
export interface Thing {
  readonly kind: 'port' | 'once';
  /** The key of the port; of a send-once right, of the port it was made of. */
  home: string;
  /** What messages through it get to in the end. */
  target: Thing;
  /** How often its receive right has come to another node. */
  moves: number;
  /** What stands for something that nobody was seen to send: an earlier request's right, say. It may be anything. */
  readonly unknown: boolean;
}

/** What a right in a message was when it was sent. */
type Right = { readonly tag: 'null' } | { readonly tag: 'dead' } | { readonly tag: 'thing'; readonly thing: Thing; readonly kind: RightKind };

type Part = { readonly tag: 'data'; readonly type: number; readonly bits: number; readonly bytes: string }
  | { readonly tag: 'rights'; readonly kind: RightKind; readonly rights: readonly Right[] }
  | { readonly tag: 'region'; readonly bits: number; readonly bytes: string }
  /** A name as data: a number, of which nobody else can make anything. */
  | { readonly tag: 'name' };

/** A message of a program, as it was sent. */
export interface Sent {
  readonly id: number;
  readonly place: number;
  readonly from: NodeId;
  readonly bigEndian: boolean;
  readonly thread: number;
  readonly port: string;
  readonly to: Thing;
  readonly moves: number;
  readonly kind: RightKind;
  readonly oneWay: boolean;
  readonly reply: Right;
  readonly body: readonly Part[];
  received: boolean;
  overtaken: boolean;
}

/** What a law has to say of a message that was received. */
export type Topic = 'delivery' | 'rights' | 'home' | 'proxy' | 'move' | 'memory' | 'data' | 'order' | 'twice' | 'once';
export interface Finding { readonly topic: Topic; readonly says: string }

/** A message of another node's that a program has just received. */
export interface Receipt { readonly sent: Sent; readonly node: NodeId; readonly message: ReceivedMessage }

const kinds: Readonly<Record<Disposition, RightKind>> = {
  'move-receive': 'receive', 'move-send': 'send', 'copy-send': 'send', 'make-send': 'send', 'move-send-once': 'send-once', 'make-send-once': 'send-once',
};

/** Messages between programs have smaller numbers than requests to servers and kernels. */
const REQUESTS = 1000;

/** What the programs of a network have sent and received, and what each port of each node stands for. */
export class Ledger {
  readonly #things = new Map<string, Thing>();
  /** By node and thing: the port that stands for it there. */
  readonly #stands = new Map<Thing, Map<string, string>>();
  readonly #sent = new Map<number, Sent>();
  /** Something has gone wrong that may make ports count as dead that live. */
  troubled = false;
  aborted = false;
  /** A message has come that was accepted there before. */
  isEcho = false;
  readonly #accepted = new Set<string>();
  #legacy = false;
  findings: Finding[] = [];
  receipts: Receipt[] = [];

  constructor(state: MachNetworkState) {
    const byNumber = new Map<number, Thing>();
    state.nodes.forEach(({ manager }, node) => {
      for (const { id, local } of entriesOf(manager).reals) {
        const port = serverPort(state, node, local.name);
        if (port !== null) byNumber.set(id.public, this.thingAt(portKey(state, node, port)));
      }
    });
    state.nodes.forEach(({ manager }, node) => {
      for (const { id, local } of entriesOf(manager).proxies) {
        const thing = byNumber.get(id.public);
        const port = serverPort(state, node, local.name);
        if (thing !== undefined && port !== null) this.#bind(thing, state, node, portKey(state, node, port));
      }
    });
  }

  /** The thing that a port is or stands for; a port not seen before is one of its own. */
  thingAt(key: string, unknown = false): Thing {
    const known = this.#things.get(key);
    if (known !== undefined) return known;
    const thing = { kind: 'port', home: key, moves: 0, unknown } as unknown as Thing;
    thing.target = thing;
    this.#things.set(key, thing);
    return thing;
  }

  #bind(thing: Thing, state: MachNetworkState, node: NodeId, key: string): void {
    this.#things.set(key, thing);
    let stands = this.#stands.get(thing);
    if (stands === undefined) this.#stands.set(thing, stands = new Map());
    stands.set(nodeKey(state, node), key);
  }

  advance(step: MachNetworkStep): this {
    this.findings = [];
    this.receipts = [];
    this.#legacy = step.kernel.variant === 'legacy';
    const { operation } = step.call;
    if (['link_fails', 'node_crashes', 'netmsgserver_restarts', 'packet_is_lost'].includes(operation)) this.troubled = true;
    if (step.choices.some(({ taken }) => taken === 'abort')) this.aborted = true;
    if (operation === 'checkup' && hasGivenUp(step)) this.troubled = true;
    this.#take(step);
    this.#send(step);
    for (const event of step.events) this.#receive(step, event);
    return this;
  }

  /** Keeps book of which messages of other nodes a server has taken. */
  #take(step: MachNetworkStep): void {
    this.isEcho = false;
    const packet = arrived(step, 'message');
    if (packet === null) return;
    const { to, from, cargo: { serial } } = packet;
    const key = `${nodeKey(step.before, to)}/${step.before.nodes[to]!.manager.task}/${from}/${serial}`;
    this.isEcho = this.#accepted.has(key);
    if (posted(step).some(({ cargo }) => cargo.tag === 'completion' && cargo.completion === 'accepted')) this.#accepted.add(key);
  }

  #send(step: MachNetworkStep): void {
    const { before, call, events } = step;
    const { send } = call as unknown as { send?: SentMessage | null };
    // Requests that bear the number of what they ask for are many that bear the same.
    if (call.operation !== 'mach_msg' || send === null || send === undefined || send.id >= REQUESTS) return;
    const own = events.find(({ thread }) => thread === call.thread);
    if (own === undefined || (own.tag === 'raised' && own.error.startsWith('MACH_SEND') && own.error !== 'MACH_SEND_WILL_NOTIFY')) return;
    const node = nodeOfThread(call.thread!);
    const { kernel, manager } = before.nodes[node]!;
    const { task } = kernel.threads[threadWithin(call.thread!)]!;
    const port = portAt(kernel, task, send.remote.name);
    if (port === null) return;
    const key = portKey(before, node, port);
    const right = (name: Name, disposition: Disposition): Right => this.#rightOf(before, node, task, name, disposition);
    const to = this.thingAt(key, isServers(before, node, port));
    this.#sent.set(send.id, {
      id: send.id, place: this.#sent.size, from: node, bigEndian: manager.bigEndian, thread: call.thread!, port: key, to, moves: to.target.moves,
      kind: kinds[send.remote.disposition!], oneWay: send.local.disposition === null || kinds[send.local.disposition] !== 'send-once',
      reply: send.local.disposition === null ? { tag: 'null' } : right(send.local.name, send.local.disposition),
      body: send.body.map((item) => partOf(kernel, task, item, right)), received: this.#sent.has(send.id), overtaken: false,
    });
  }

  #rightOf(state: MachNetworkState, node: NodeId, task: TaskId, name: Name, disposition: Disposition): Right {
    if (name === NULL) return { tag: 'null' };
    const { kernel } = state.nodes[node]!;
    const port = portAt(kernel, task, name);
    if (port === null || kernel.ports[port]!.life === 'dead') return { tag: 'dead' };
    const thing = this.thingAt(portKey(state, node, port), isServers(state, node, port));
    const kind = kinds[disposition];
    if (kind !== 'send-once') return { tag: 'thing', thing, kind };
    return { tag: 'thing', kind, thing: { kind: 'once', home: portKey(state, node, port), target: thing.target, moves: 0, unknown: thing.target.unknown } };
  }

  #receive(step: MachNetworkStep, event: Event): void {
    const message = messageIn(event);
    if (message === null) return;
    const node = nodeOfThread(event.thread);
    const sent = this.#sent.get(message.id);
    if (sent === undefined || !step.after.nodes[node]!.up) return;
    const { kernel } = step.after.nodes[node]!;
    const { task } = kernel.threads[threadWithin(event.thread)]!;
    const port = portAt(kernel, task, message.local.name);
    if (sent.received) this.#find('twice', `message ${sent.id} was received twice`);
    sent.received = true;
    this.receipts.push({ sent, node, message });
    if (port !== null) this.#arrived(step.after, sent, node, port, message);
    this.#inOrder(sent);
    this.#compareReply(step.after, sent, node, task, message);
    this.#compareBody(step, sent, node, task, message, event.tag === 'raised');
  }

  #find(topic: Topic, says: string): void { this.findings.push({ topic, says }); }

  #arrived(state: MachNetworkState, sent: Sent, node: NodeId, port: PortId, { local }: ReceivedMessage): void {
    if (sent.to.target.unknown) return;
    const key = portKey(state, node, port);
    const at = this.#things.get(key);
    if (at !== undefined && at.target !== sent.to.target) this.#find('delivery', `message ${sent.id} for ${sent.to.target.home} came to ${key}`);
    if (at === undefined && key !== sent.to.target.home) this.#find('delivery', `message ${sent.id} for ${sent.to.target.home} came to ${key}, which nobody knows`);
    const expected = sent.to.kind === 'once' ? 'send-once' : sent.kind;
    if (local.kind !== expected && sent.to.target.moves === 0) this.#find('delivery', `message ${sent.id} came through a right of another kind`);
  }

  #inOrder(sent: Sent): void {
    if (!sent.oneWay || sent.kind !== 'send') return;
    if (sent.overtaken && !this.aborted) this.#find('order', `message ${sent.id} came after one that was sent later`);
    for (const other of this.#sent.values()) {
      if (other.place >= sent.place || other.received || !other.oneWay || other.kind !== 'send') continue;
      if (other.thread === sent.thread && other.port === sent.port && other.moves === sent.to.target.moves) other.overtaken = true;
    }
  }

  #compareReply(state: MachNetworkState, sent: Sent, node: NodeId, task: TaskId, { remote }: ReceivedMessage): void {
    if (sent.reply.tag === 'null' && remote.kind === null) return;
    this.#compareRight(state, sent, node, task, sent.reply, remote.name, remote.kind);
  }

  #compareBody({ after }: MachNetworkStep, sent: Sent, node: NodeId, task: TaskId, { body }: ReceivedMessage, isShort: boolean): void {
    const { kernel, manager } = after.nodes[node]!;
    if (body.length !== sent.body.length) return this.#find('delivery', `message ${sent.id} has ${body.length} items and not ${sent.body.length}`);
    const turned = sent.bigEndian !== manager.bigEndian;
    sent.body.forEach((part, at) => {
      const item = body[at]!;
      if (part.tag === 'name') return;
      if (item.tag !== part.tag) return this.#find('delivery', `item ${at} of message ${sent.id} is ${item.tag} and not ${part.tag}`);
      if (part.tag === 'data') return this.#compareData(sent, part, item as Extract<ReceivedItem, { tag: 'data' }>, turned);
      if (part.tag === 'region') {
        const { address, size, bits } = item as Extract<ReceivedItem, { tag: 'region' }>;
        const bytes = bytesAt(kernel, task, address, size);
        const expected = turned ? turnedRound(part.bytes, part.bits) : part.bytes;
        // A receiver without room is told so, and gets nothing.
        if (size === 0 && isShort) return;
        if (bytes !== expected || bits !== part.bits) this.#find('memory', `memory of message ${sent.id} is ${bytes} and not ${expected}`);
        return;
      }
      const { names, kind } = item as Extract<ReceivedItem, { tag: 'rights' }>;
      if (names.length !== part.rights.length) this.#find('rights', `message ${sent.id} has ${names.length} rights and not ${part.rights.length}`);
      part.rights.forEach((right, place) => this.#compareRight(after, sent, node, task, right, names[place] ?? NULL, kind));
    });
  }

  #compareData(sent: Sent, part: Extract<Part, { tag: 'data' }>, item: Extract<ReceivedItem, { tag: 'data' }>, turned: boolean): void {
    const expected = turned ? turnedRound(part.bytes, part.bits) : part.bytes;
    if (item.bits !== part.bits || item.type !== part.type || item.bytes.length !== part.bytes.length) {
      this.#find('delivery', `data of message ${sent.id} is of another form`);
    } else if (item.bytes !== expected) {
      this.#find(turned ? 'data' : 'delivery', `data of message ${sent.id} is ${item.bytes} and not ${expected}`);
    }
  }

  #compareRight(state: MachNetworkState, sent: Sent, node: NodeId, task: TaskId, right: Right, name: Name, kind: RightKind | null): void {
    if (right.tag === 'null') {
      if (name !== NULL) this.#find('rights', `message ${sent.id} has a right that was none`);
      return;
    }
    const { kernel } = state.nodes[node]!;
    const port = portAt(kernel, task, name);
    if (right.tag !== 'thing') {
      if (port !== null && kernel.ports[port]!.life === 'live') this.#find('rights', `message ${sent.id} has a live right that was dead`);
      return;
    }
    if (right.thing.target.unknown || (this.#legacy && right.thing.kind === 'once')) return;
    if (port === null || kernel.ports[port]!.life === 'dead') {
      if (!this.troubled && !this.aborted && this.#isLive(state, right.thing)) this.#find('rights', `a right in message ${sent.id} was lost`);
      return;
    }
    if (right.thing.kind === 'once') return this.#compareOnce(state, sent, node, right.thing, port, kind);
    if (kind !== right.kind) this.#find('rights', `a right in message ${sent.id} is ${kind ?? 'none'} and not ${right.kind}`);
    this.#comparePort(state, sent, node, right.thing, port, right.kind);
  }

  #isLive(state: MachNetworkState, thing: Thing): boolean {
    const [at, port] = thing.target.home.split(':');
    const node = Number(at!.split('.')[0]);
    const { up, epoch, kernel } = state.nodes[node]!;
    return up && `${node}.${epoch}` === at && kernel.ports[Number(port)]!.life === 'live';
  }

  #compareOnce(state: MachNetworkState, sent: Sent, node: NodeId, once: Thing, port: PortId, kind: RightKind | null): void {
    const key = portKey(state, node, port);
    if (kind !== 'send-once') this.#find('once', `a send-once right in message ${sent.id} is ${kind ?? 'none'}`);
    if (key === once.home) return;
    const known = this.#things.get(key);
    if (known === undefined) this.#bind(once, state, node, key);
    else if (known.target !== once.target) this.#find('once', `a send-once right in message ${sent.id} is of ${known.target.home} and not of ${once.target.home}`);
  }

  #comparePort(state: MachNetworkState, sent: Sent, node: NodeId, thing: Thing, port: PortId, kind: RightKind): void {
    const key = portKey(state, node, port);
    const known = this.#things.get(key);
    const says = `message ${sent.id} brought ${key} for ${thing.home}`;
    if (known !== undefined && known !== thing && known.target !== thing.target) this.#find('rights', `${says}, which is something else`);
    if (kind === 'send' && thing.home.startsWith(`${nodeKey(state, node)}:`) && this.#isLive(state, thing) && key !== thing.home) this.#find('home', `${says}, which lives here`);
    const other = this.#stands.get(thing)?.get(nodeKey(state, node));
    if (other !== undefined && other !== key && isHeld(state, node, Number(other.split(':')[1]) as PortId)) {
      this.#find(kind === 'receive' ? 'move' : 'proxy', `${says}, where ${other} stands for it`);
    }
    this.#bind(thing, state, node, key);
    if (kind === 'receive' && thing.home !== key) {
      thing.home = key;
      thing.moves += 1;
    }
  }
}

/** Whether a server has just given up a port, or a send-once right, of which it had heard nothing: the network may only have been slow. */
const hasGivenUp = ({ before, after, call }: MachNetworkStep): boolean => {
  const { node } = call as unknown as { node: NodeId };
  const { entries } = after.nodes[node]!.manager;
  const isKnown = (port: number): boolean => entries.some(({ id, tag }) => id.public === port && tag !== 'gone');
  return before.nodes[node]!.manager.entries.some((entry) => !isKnown(entry.id.public)
    && ((entry.tag === 'proxy' && entry.asked === 'everyone') || (entry.tag === 'real' && entry.asked)));
};

const nodeKey = (state: MachNetworkState, node: NodeId): string => `${node}.${state.nodes[node]!.epoch}`;

/** Whether a server receives from a port. */
function isServers({ nodes }: MachNetworkState, node: NodeId, port: PortId): boolean {
  const { kernel, manager } = nodes[node]!;
  return kernel.tasks[manager.task]!.names.some((entry) => entry?.tag === 'port' && entry.receive && entry.port === port);
}

/** Whether there is any right to a port besides that to receive from it. */
function isHeld({ nodes }: MachNetworkState, node: NodeId, port: PortId): boolean {
  const { life, sendRights } = nodes[node]!.kernel.ports[port]!;
  return life === 'live' && sendRights > 0;
}

function portAt({ tasks }: MachState, task: TaskId, name: Name): PortId | null {
  if (name === NULL || name === DEAD) return null;
  const entry = tasks[task]!.names[name];
  return entry?.tag === 'port' || entry?.tag === 'send-once' ? entry.port : null;
}

/** What a thread has just received, though perhaps not all of its memory. */
function messageIn(event: Event): ReceivedMessage | null {
  if (event.tag === 'returned') return (event.value as { message?: ReceivedMessage | null } | null)?.message ?? null;
  return event.tag === 'raised' && event.error === 'MACH_RCV_BODY_ERROR' ? event.value as ReceivedMessage : null;
}

function partOf(kernel: MachState, task: TaskId, item: SentItem, right: (name: Name, disposition: Disposition) => Right): Part {
  switch (item.tag) {
    case 'data': return { tag: 'data', type: item.type, bits: item.bits, bytes: item.bytes };
    case 'rights': return { tag: 'rights', kind: kinds[item.disposition], rights: item.names.map((name) => (name === DEAD ? { tag: 'dead' } : right(name, item.disposition))) };
    case 'name': return { tag: 'name' };
    case 'region': return { tag: 'region', bits: item.bits, bytes: bytesAt(kernel, task, item.address, item.size) };
  }
}

/** What a task would read in its memory, which nobody but the kernel keeps. */
function bytesAt({ memory }: MachState, task: TaskId, address: number, size: number): string {
  if (memory === null) return '';
  let bytes = '';
  for (let at = address; at < address + size; at += 1) {
    const mapping = memory.spaces[task]!.pages[Math.floor(at / memory.pageSize)];
    if (mapping === null || mapping === undefined) return bytes;
    let object = memory.objects[mapping.object]!;
    while (object.pages[mapping.index]?.tag !== 'resident' && object.shadow !== null) object = memory.objects[object.shadow]!;
    const page = object.pages[mapping.index];
    const place = 2 * (at % memory.pageSize);
    bytes += page?.tag === 'resident' ? page.bytes.slice(place, place + 2) : '00';
  }
  return bytes;
}

/** Numbers of several bytes, from the other end. */
function turnedRound(hex: string, bits: number): string {
  const bytes = hex.match(/../g) ?? [];
  const width = bits / 8;
  if (!Number.isInteger(width) || width < 2) return hex;
  return bytes.map((byte, at) => {
    const start = at - (at % width);
    return start + width > bytes.length ? byte : bytes[start + width - 1 - (at - start)]!;
  }).join('');
}

const ledgers = new WeakMap<MachNetworkState, Ledger>();

/** The ledger after a step. Steps are shown in order, so that what was before is known. */
export const ledgerAfter = oncePerStep((step: MachNetworkStep): Ledger => {
  const ledger = ledgers.get(step.before) ?? new Ledger(step.before);
  ledgers.delete(step.before);
  ledgers.set(step.after, ledger.advance(step));
  return ledger;
});
