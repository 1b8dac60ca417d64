import { Ranges } from '#properties/mach/laws/memory/ranges';
import type { Disposition, MachArguments, Name, RightKind, SentItem, SentMessage, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { Carried, Entry, Item, MachState, Message, PortId } from '#model/mach/state';
import { entryAt } from '#properties/mach/facts';

/** What each disposition makes of a right. */
export const kinds: Readonly<Record<Disposition, RightKind>> = {
  'move-receive': 'receive', 'move-send': 'send', 'copy-send': 'send', 'make-send': 'send',
  'move-send-once': 'send-once', 'make-send-once': 'send-once',
};

/** A freed name, and the port to be told of it. */
export interface Deleted { readonly name: Name; readonly notify: PortId }

/** A name space on paper: laws take rights out of it and put them in, to see what should have come of it. */
export class Space {
  readonly names: (Entry | null)[];
  readonly deleted: Deleted[] = [];
  /** The dispositions with which rights of ports were taken, in order. */
  readonly takings: { readonly port: PortId; readonly disposition: Disposition }[] = [];
  readonly #state: MachState;

  constructor(state: MachState, names: readonly (Entry | null)[]) {
    this.#state = state;
    this.names = [...names];
  }

  static of(state: MachState, task: TaskId): Space {
    return new Space(state, state.tasks[task]!.names);
  }

  /** The same space, to be changed on its own. */
  copy(): Space {
    return new Space(this.#state, this.names);
  }

  at(name: Name): Entry | null {
    return name > 0 ? this.names[name] ?? null : null;
  }

  /** Takes a right as its disposition says; null if the name does not have it. */
  take(name: Name, disposition: Disposition): Carried | null {
    const kind = kinds[disposition];
    if (name === 0) return { tag: 'null', kind };
    if (name === -1) return { tag: 'dead', kind };
    const entry = this.at(name);
    if (!gives(entry, disposition)) return null;
    if (entry.tag === 'dead') {
      if (disposition !== 'copy-send') this.names[name] = entry.refs > 1 ? { ...entry, refs: entry.refs - 1 } : null;
      return { tag: 'dead', kind };
    }
    const { port } = entry as Extract<Entry, { port: PortId }>;
    this.takings.push({ port, disposition });
    if (entry.tag === 'send-once') this.#free(name, entry.request);
    if (entry.tag === 'port') this.#move(name, entry, disposition);
    return { tag: 'right', port, kind };
  }

  #move(name: Name, entry: Extract<Entry, { tag: 'port' }>, disposition: Disposition): void {
    let { receive, sends } = entry;
    if (disposition === 'move-receive') receive = false;
    if (disposition === 'move-send') sends -= 1;
    if (receive || sends > 0) this.names[name] = { ...entry, receive, sends };
    else this.#free(name, entry.request);
  }

  #free(name: Name, request: PortId | null): void {
    this.names[name] = null;
    if (request !== null) this.deleted.push({ name, notify: request });
  }

  /** Puts an arriving right where it belongs, and says under which name; a new one if it gets one of its own. */
  give(right: Carried): { readonly name: Name; readonly fresh: boolean } {
    if (right.tag !== 'right') return { name: (right.tag === 'null' ? 0 : -1) as Name, fresh: false };
    const { port, kind } = right;
    if (this.#state.ports[port]!.life === 'dead') return { name: -1 as Name, fresh: false };
    const known = kind === 'send-once' ? -1 : this.names.findIndex((entry) => entry?.tag === 'port' && entry.port === port);
    const entry = known < 0 ? null : this.names[known] as Extract<Entry, { tag: 'port' }>;
    if (entry === null) {
      const isReceive = kind === 'receive';
      this.names.push(kind === 'send-once' ? { tag: 'send-once', port, request: null }
        : { tag: 'port', port, receive: isReceive, sends: isReceive ? 0 : 1, request: null, accepted: false });
      return { name: this.names.length - 1 as Name, fresh: true };
    }
    const most = this.#state.limits.references - 1;
    this.names[known] = kind === 'receive' ? { ...entry, receive: true } : { ...entry, sends: Math.min(entry.sends + 1, most) };
    return { name: known as Name, fresh: false };
  }
}

/** Whether what a name denotes can be given away with a disposition. A dead name stands for what it was. */
export function gives(entry: Entry | null, disposition: Disposition): entry is Exclude<Entry, { tag: 'set' }> {
  if (entry === null) return false;
  switch (kinds[disposition]) {
    case 'receive': return entry.tag === 'port' && entry.receive;
    case 'send':
      if (disposition === 'make-send') return entry.tag === 'port' && entry.receive;
      return entry.tag === 'dead' || (entry.tag === 'port' && entry.sends > 0);
    case 'send-once':
      if (disposition === 'make-send-once') return entry.tag === 'port' && entry.receive;
      return entry.tag === 'dead' || entry.tag === 'send-once';
  }
}

export type Refusal =
  | 'MACH_SEND_MSG_TOO_SMALL' | 'MACH_SEND_INVALID_HEADER' | 'MACH_SEND_INVALID_NOTIFY'
  | 'MACH_SEND_INVALID_DEST' | 'MACH_SEND_INVALID_REPLY';

const HEADER_BYTES = 24;
type Send = Pick<MachArguments<'mach_msg'>, 'thread' | 'options' | 'notify'> & { readonly send: SentMessage };

/** Every cause there is to refuse a send before anything is taken, those that are found first at the front. */
export function refusalsOf(state: MachState, { thread, options, notify, send }: Send): readonly Refusal[] {
  const { task } = state.threads[thread]!;
  const size = send.size ?? bytesOf(send);
  const cancels = options.includes('send-cancel');
  const wrongNotify = cancels && !isReceiver(entryAt(state, task, notify));
  const found: Refusal[] = [];
  if (size < HEADER_BYTES || size % 4 !== 0) found.push('MACH_SEND_MSG_TOO_SMALL');
  if (wrongNotify && notify === 0) found.push('MACH_SEND_INVALID_NOTIFY');
  const badForm = !isForm(send);
  if (badForm) found.push('MACH_SEND_INVALID_HEADER');
  if (wrongNotify) found.push('MACH_SEND_INVALID_NOTIFY');
  return badForm ? found : [...found, ...badRights(state, task, send)];
}

export const isReceiver = (entry: Entry | null): entry is Extract<Entry, { tag: 'port' }> =>
  entry?.tag === 'port' && entry.receive;

export function isForm({ remote, local }: SentMessage): boolean {
  if (remote.disposition === null || remote.disposition === 'move-receive') return false;
  return local.disposition === null ? local.name === 0 : local.disposition !== 'move-receive';
}

/** Destination and reply are judged each by itself, and together where they share a name. */
export function badRights(state: MachState, task: TaskId, { remote, local }: SentMessage): readonly Refusal[] {
  const known = entryAt(state, task, remote.name);
  const badDestination = known?.tag === 'dead' || !gives(known, remote.disposition!);
  const noReply = local.name === 0 || local.name === -1;
  const badReply = !noReply && !gives(entryAt(state, task, local.name), local.disposition!);
  const found: Refusal[] = [];
  if (badDestination && known === null) found.push('MACH_SEND_INVALID_DEST');
  if (badReply) found.push('MACH_SEND_INVALID_REPLY');
  if (badDestination && known !== null) found.push('MACH_SEND_INVALID_DEST');
  if (found.length > 0 || noReply || remote.name !== local.name) return found;
  const both = [remote.disposition, local.disposition];
  const one = known?.tag === 'port' && known.sends === 1;
  const clash = both.includes('move-send-once') || (one && both.every((disposition) => disposition === 'move-send'));
  return clash ? ['MACH_SEND_INVALID_DEST', 'MACH_SEND_INVALID_REPLY'] : [];
}

export type BodyError = 'MACH_SEND_MSG_TOO_SMALL' | 'MACH_SEND_INVALID_TYPE' | 'MACH_SEND_INVALID_RIGHT' | 'MACH_SEND_INVALID_MEMORY';

/** What should come of a send that is not refused: the message, and what its sender's space is then. */
export interface ExpectedSend {
  readonly error: BodyError | null;
  readonly message: Message;
  readonly space: Space;
}

/** Takes on paper what a send takes, header first and then the items in order, up to the first that fails. */
export function expectedSend(state: MachState, thread: ThreadId, send: SentMessage): ExpectedSend {
  const { task } = state.threads[thread]!;
  const space = Space.of(state, task);
  const [destination, reply] = takeHeader(space, send);
  const size = send.size ?? bytesOf(send);
  const { port, kind } = destination as Extract<Carried, { tag: 'right' }>;
  const named = state.ports[port]!.kernel === 'task' ? state.tasks.findIndex((one) => one.port === port) as TaskId : task;
  const copied = send.complex ? takeBody(space, new Ranges(state, task), named, send, size) : { body: plainBody(task, named, send, size), error: null };
  const message: Message = {
    tag: 'message', id: send.id, destination: { port, kind }, reply,
    complex: copied.body.some(({ tag }) => tag === 'rights' || tag === 'region'), body: copied.body, size,
    circular: false, accepted: null, moment: 0, arrival: 0, serial: -1, sender: thread,
  };
  return { error: copied.error, message, space };
}

/** A copy goes before a move, so that one reference of one name is enough for both. */
function takeHeader(space: Space, { remote, local }: SentMessage): readonly [Carried, Carried] {
  const takeReply = (): Carried => {
    const standsIn = local.disposition === null ? null : kinds[local.disposition];
    if (local.name === 0) return { tag: 'null', kind: standsIn };
    if (local.name === -1) return { tag: 'dead', kind: standsIn };
    return space.take(local.name, local.disposition!)!;
  };
  if (local.disposition !== 'copy-send') {
    const destination = space.take(remote.name, remote.disposition!)!;
    return [destination, takeReply()];
  }
  const reply = takeReply();
  return [space.take(remote.name, remote.disposition!)!, reply];
}

function takeBody(space: Space, ranges: Ranges, named: TaskId, { body: items }: SentMessage, size: number): { body: Item[]; error: BodyError | null } {
  const body: Item[] = [];
  let at = HEADER_BYTES;
  for (const item of items) {
    if (at >= size) break;
    const end = at + itemBytes(item);
    const wrong = ('deallocate' in item && item.deallocate && item.tag !== 'region') || (item.tag === 'rights' && item.bits !== 32);
    if (at + descriptorBytes(item) > size) return { body, error: 'MACH_SEND_MSG_TOO_SMALL' };
    if (wrong) return { body, error: 'MACH_SEND_INVALID_TYPE' };
    if (end > size) return { body, error: 'MACH_SEND_MSG_TOO_SMALL' };
    at = end;
    if (item.tag === 'data') {
      body.push(dataItem(item));
      continue;
    }
    if (item.tag === 'name') {
      body.push({ tag: 'name', name: { task: named, name: item.name } });
      continue;
    }
    if (item.tag === 'region') {
      const region = ranges.take(item);
      if (region === null) return { body, error: 'MACH_SEND_INVALID_MEMORY' };
      body.push(region);
      continue;
    }
    const rights: Carried[] = [];
    for (const name of item.names) {
      const right = space.take(name, item.disposition);
      if (right === null) break;
      rights.push(right);
    }
    body.push({ tag: 'rights', kind: kinds[item.disposition], rights, long: item.long });
    if (rights.length < item.names.length) return { body, error: 'MACH_SEND_INVALID_RIGHT' };
  }
  return { body, error: null };
}

/** A simple message is bytes: whole items, as far as its size goes. */
function plainBody(task: TaskId, named: TaskId, { body }: SentMessage, size: number): Item[] {
  const items: Item[] = [];
  let at = HEADER_BYTES;
  for (const item of body) {
    at += itemBytes(item);
    if (at > size) break;
    if (item.tag === 'data') items.push(dataItem(item));
    else if (item.tag === 'region') items.push({ ...item, tag: 'pointer' });
    else if (item.tag === 'name') items.push({ tag: 'name', name: { task: named, name: item.name } });
    else items.push({ tag: 'uninterpreted', disposition: item.disposition, names: item.names.map((name) => ({ task, name })), long: item.long });
  }
  return items;
}

const dataItem = ({ type, bits, bytes, long }: Extract<SentItem, { tag: 'data' }>): Item =>
  ({ tag: 'data', type, bits, bytes, long });

const descriptorBytes = (item: SentItem): number => ('long' in item && item.long ? 12 : 4);

function itemBytes(item: SentItem): number {
  const data = item.tag === 'data' ? item.bytes.length / 2 : item.tag === 'rights' ? 4 * item.names.length : 4;
  return descriptorBytes(item) + Math.ceil(data / 4) * 4;
}

/** The exact size of a message as it is sent. */
export const bytesOf = ({ body }: SentMessage): number =>
  body.reduce((bytes, item) => bytes + itemBytes(item), HEADER_BYTES);
