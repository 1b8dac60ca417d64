import type { ReceivedItem, SentItem } from '#spec/mach/vocabulary';
import { DEAD, NULL } from '#model/mach/state';
import { addSend } from '#model/mach-network/arriving';
import { hexOfNumber, textOfHex } from '#model/mach-network/bytes';
import { entryNamed } from '#model/mach-network/entries';
import type { Cargo, Lookup, Service } from '#model/mach-network/state';
import { ask, asked, minding, own, self, serverOf, serving, tell, tellAll, tick, type Name, type ReceivedMessage, type Servers } from '#model/mach-network/world';
import type { NodeId } from '#model/network/wire';

const CHECK_IN = 1040;
const LOOK_UP = 1041;
const CHECK_OUT = 1042;
/** A reply bears the number of its request, and this much. */
const REPLY = 100;

const SUCCESS = 0;
const NOT_YOURS = 1000;
const NOT_CHECKED_IN = 1001;
const NO_SUCH_HOST = 1002;
const HOST_NOT_FOUND = 1003;
const BAD_ID = -303;
const BAD_ARGUMENTS = -304;

interface Reply { readonly name: Name; readonly kind: 'send' | 'send-once'; readonly id: number }

/** A message to the server itself: it keeps names for rights, and finds those that are kept elsewhere. */
export const serveNames = serving(
  ['mach-network/names-find-services'],
  (world: Servers, node: NodeId, message: ReceivedMessage): void => {
    const { id, remote, body } = message;
    const reply: Reply | null = remote.name > 0 ? { name: remote.name, kind: remote.kind as Reply['kind'], id: id + REPLY } : null;
    switch (id) {
      case CHECK_IN: return checkIn(world, node, body, reply);
      case LOOK_UP: return lookUp(world, node, body, reply);
      case CHECK_OUT: return checkOut(world, node, body, reply);
      default: {
        discard(world, node, body);
        return answer(world, node, reply, BAD_ID);
      }
    }
  },
);

/** The text of an item of characters. */
const textOf = (item: ReceivedItem | undefined): string | null => (item?.tag === 'data' && item.bits === 8 ? textOfHex(item.bytes) : null);

const sendsOf = (item: ReceivedItem | undefined): readonly Name[] | null => (item?.tag === 'rights' && item.kind === 'send' ? item.names : null);

/** Rights that came with a request, and that the server has no use for. */
function discard(world: Servers, node: NodeId, body: readonly ReceivedItem[]): void {
  for (const item of body) {
    if (item.tag === 'region' && item.size > 0) world.mechanisms.readRegion(world, node, item.address, item.size);
    if (item.tag !== 'rights') continue;
    for (const name of item.names) release(world, node, name, item.kind);
  }
}

function release(world: Servers, node: NodeId, name: Name, kind: 'receive' | 'send' | 'send-once'): void {
  if (name === NULL || name === DEAD) return;
  if (kind === 'receive') ask(world, node, 'mach_port_mod_refs', { ...self(world, node), name, right: kind, delta: -1 });
  else ask(world, node, 'mach_port_deallocate', { ...self(world, node), name });
}

/** A right is kept under a name, in the place of what was kept under it. */
function checkIn(world: Servers, node: NodeId, body: readonly ReceivedItem[], reply: Reply | null): void {
  const name = textOf(body[0]);
  const rights = sendsOf(body[1]);
  if (name === null || rights === null || rights.length !== 2 || body.length !== 2 || !(rights[1]! > 0)) {
    discard(world, node, body);
    return answer(world, node, reply, BAD_ARGUMENTS);
  }
  const [signature, port] = rights as [Name, Name];
  const old = serviceOf(world, node, name);
  if (old !== null && !isSignedBy(old, signature)) {
    discard(world, node, body);
    return answer(world, node, reply, NOT_YOURS);
  }
  if (old !== null) remove(world, node, old);
  const kept: Service = { tag: 'service', name, port: own(world, node, port), signature: signature > 0 ? own(world, node, signature) : null };
  minding(world, node).services = [...serverOf(world, node).services, kept];
  answer(world, node, reply, SUCCESS);
}

/** What is kept under a name. What has died is kept no longer. */
function serviceOf(world: Servers, node: NodeId, name: string): Service | null {
  const service = serverOf(world, node).services.find((kept) => kept.name === name);
  if (service === undefined) return null;
  const type = asked(world, node, 'mach_port_type', { ...self(world, node), name: service.port.name });
  if (type !== null && !type.type.includes('dead-name')) return service;
  remove(world, node, service);
  return null;
}

const isSignedBy = ({ signature }: Service, name: Name): boolean => (signature?.name ?? NULL) === name;

function remove(world: Servers, node: NodeId, { name, port, signature }: Service): void {
  minding(world, node).services = serverOf(world, node).services.filter((service) => service.name !== name);
  release(world, node, port.name, 'send');
  if (signature !== null) release(world, node, signature.name, 'send');
}

/** A name is given up, by whoever can show the right with which it was signed. */
function checkOut(world: Servers, node: NodeId, body: readonly ReceivedItem[], reply: Reply | null): void {
  const name = textOf(body[0]);
  const rights = sendsOf(body[1]);
  const service = name === null ? null : serviceOf(world, node, name);
  const signature = rights?.[0] ?? NULL;
  discard(world, node, body);
  if (name === null || rights?.length !== 1) return answer(world, node, reply, BAD_ARGUMENTS);
  if (service === null) return answer(world, node, reply, NOT_CHECKED_IN);
  if (!isSignedBy(service, signature)) return answer(world, node, reply, NOT_YOURS);
  remove(world, node, service);
  answer(world, node, reply, SUCCESS);
}

/** A name is looked up where the request says: here, on one other node, or everywhere. */
function lookUp(world: Servers, node: NodeId, body: readonly ReceivedItem[], reply: Reply | null): void {
  const host = textOf(body[0]);
  const name = textOf(body[1]);
  discard(world, node, body);
  if (reply === null) return;
  if (host === null || name === null) return answer(world, node, reply, BAD_ARGUMENTS);
  const service = serviceOf(world, node, name);
  const at = host === '*' ? null : host === '' ? node : /^[0-9]$/.test(host) ? Number(host) : -1;
  if (at !== null && world.state.nodes[at] === undefined) return answer(world, node, reply, NO_SUCH_HOST);
  if (service !== null && (at === null || at === node)) return answer(world, node, reply, SUCCESS, service.port.name);
  if (at === node) return answer(world, node, reply, NOT_CHECKED_IN);
  const lookup: Lookup = {
    tag: 'lookup', serial: tick(world, node), host: at, name, id: reply.id, reply: own(world, node, reply.name), kind: reply.kind, tries: 0,
  };
  minding(world, node).lookups = [...serverOf(world, node).lookups, lookup];
  askOthers(world, node, lookup);
}

function askOthers(world: Servers, node: NodeId, { serial, host, name }: Lookup): void {
  const cargo: Cargo = { tag: 'look up', serial, name };
  if (host === null) tellAll(world, node, cargo);
  else tell(world, node, host, cargo);
}

/** Another node asks for a name. */
export const lookUpComes = serving(
  ['mach-network/names-find-services'],
  (world: Servers, node: NodeId, from: NodeId, { serial, name }: Extract<Cargo, { tag: 'look up' }>): void => {
    const service = serviceOf(world, node, name);
    let right = null;
    if (service !== null) {
      addSend(world, node, service.port.name, !isOwn(world, node, service.port.name));
      right = world.mechanisms.exportSend(world, node, service.port.name);
    }
    tell(world, node, from, { tag: 'looked up', serial, right });
  },
);

/** Whether the server receives from a port itself. */
const isOwn = (world: Servers, node: NodeId, name: Name): boolean =>
  name === serverOf(world, node).service.name || entryNamed(world, node, name)?.tag === 'proxy';

/** Another node has answered: where only one was asked, or the name is found, so can whoever waits be. */
export const lookedUpComes = serving(
  ['mach-network/names-find-services'],
  (world: Servers, node: NodeId, _from: NodeId, { serial, right }: Extract<Cargo, { tag: 'looked up' }>): void => {
    const lookup = serverOf(world, node).lookups.find((pending) => pending.serial === serial);
    if (lookup === undefined || (right === null && lookup.host === null)) return;
    drop(world, node, lookup);
    const reply: Reply = { name: lookup.reply.name, kind: lookup.kind, id: lookup.id };
    if (right?.tag !== 'send') return answer(world, node, reply, NOT_CHECKED_IN);
    const name = world.mechanisms.importSend(world, node, right.id, []);
    if (name === DEAD) return answer(world, node, reply, NOT_CHECKED_IN);
    answer(world, node, reply, SUCCESS, name);
    release(world, node, name, 'send');
  },
);

function drop(world: Servers, node: NodeId, { serial }: Lookup): void {
  minding(world, node).lookups = serverOf(world, node).lookups.filter((pending) => pending.serial !== serial);
}

/** Nobody has answered since the last checkup: the question is put again, once, and then given up. */
export const checkLookup = serving(
  ['mach-network/names-find-services'],
  (world: Servers, node: NodeId, lookup: Lookup): void => {
    if (lookup.tries === 0) {
      minding(world, node).lookups = serverOf(world, node).lookups.map((pending) =>
        (pending.serial === lookup.serial ? { ...pending, tries: 1 } : pending));
      return askOthers(world, node, lookup);
    }
    drop(world, node, lookup);
    const reply: Reply = { name: lookup.reply.name, kind: lookup.kind, id: lookup.id };
    answer(world, node, reply, lookup.host === null ? NOT_CHECKED_IN : HOST_NOT_FOUND);
  },
);

const INTEGER = 2;
const WORD = 32;

/** Answers a request; `port`: a right that goes with the answer, of which the server keeps its own. */
function answer(world: Servers, node: NodeId, reply: Reply | null, code: number, port: Name | null = null): void {
  if (reply === null) return;
  const bytes = hexOfNumber(code, serverOf(world, node).bigEndian);
  const body: SentItem[] = [{ tag: 'data', type: INTEGER, bits: WORD, bytes, long: false, deallocate: false }];
  if (port !== null) {
    addSend(world, node, port, !isOwn(world, node, port));
    body.push({ tag: 'rights', disposition: 'move-send', names: [port], bits: WORD, long: false, deallocate: false });
  }
  const heard = ask(world, node, 'mach_msg', {
    options: ['send-timeout'], receive: null, timeout: 0, notify: NULL,
    send: {
      id: reply.id, remote: { name: reply.name, disposition: reply.kind === 'send' ? 'move-send' : 'move-send-once' },
      local: { name: NULL, disposition: null }, complex: port !== null, body, size: null,
    },
  });
  if (!('error' in heard)) return;
  const back = 'value' in heard ? heard.value as ReceivedMessage | undefined : undefined;
  if (back !== undefined && back !== null) {
    release(world, node, back.remote.name, back.remote.kind!);
    return discard(world, node, back.body);
  }
  release(world, node, reply.name, reply.kind);
  if (port !== null) release(world, node, port, 'send');
}
