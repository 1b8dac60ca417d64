import type { SentItem, Disposition } from '#spec/mach/vocabulary';
import { DEAD, NULL } from '#model/mach/state';
import { amendReal, enter, entryFor, forget } from '#model/mach-network/entries';
import { swapped } from '#model/mach-network/bytes';
import { writeMemory } from '#model/mach-network/memory';
import { newPortOf, realAt, unblockAll, watchDeath } from '#model/mach-network/proxies';
import type { Content, Identifier, NetworkItem, NetworkRight, Real, TravellingRequest } from '#model/mach-network/state';
import { ask, asked, self, serverOf, serving, type Name, type Servers } from '#model/mach-network/world';
import type { NodeId } from '#model/network/wire';

/** What is to be undone where the message turns out to have nowhere to go. */
export type Undo = (() => void)[];

/** A right of an arriving message as the server gives it: a name of its own, and how it gives it. */
export interface Given { readonly name: Name; readonly disposition: Disposition }

const given: Readonly<Record<'receive' | 'send', Disposition>> = { receive: 'move-receive', send: 'move-send' };

/** Gives a message to the port that lives here. */
export const deliverHere = serving(
  ['mach-network/message-passes-through-two-servers', 'mach-network/full-port-suspends-its-senders'],
  (world: Servers, node: NodeId, real: Real, content: Content): 'accepted' | 'dead' => {
    const undo: Undo = [];
    const { importRight } = world.mechanisms;
    const reply = content.reply.tag === 'null' && content.reply.kind === null
      ? { name: NULL, disposition: null } : importRight(world, node, content.reply, undo);
    const body = content.body.map((item) => importItem(world, node, item, content.bigEndian, undo));
    const disposition = real.kind === 'once' ? 'move-send-once' : 'copy-send';
    const heard = ask(world, node, 'mach_msg', {
      options: ['send-timeout', 'send-notify'], receive: null, timeout: 0, notify: serverOf(world, node).notify.name,
      send: { id: content.id, remote: { name: real.local.name, disposition }, local: reply, complex: content.complex, body, size: null },
    });
    const error = 'error' in heard ? heard.error : null;
    if (error !== null && error !== 'MACH_SEND_WILL_NOTIFY') {
      for (const step of undo) step();
      if (error === 'MACH_SEND_INVALID_DEST') world.mechanisms.bury(world, node, real);
      return 'dead';
    }
    if (real.kind === 'once') enter(world, node, { tag: 'gone', id: real.id });
    else amendReal(world, node, entryFor(world, node, real.id.public) as Real, { full: error !== null, quiet: 0 });
    return 'accepted';
  },
);

function importItem(world: Servers, node: NodeId, item: NetworkItem, bigEndian: boolean, undo: Undo): SentItem {
  switch (item.tag) {
    case 'data': {
      const bytes = world.mechanisms.convertData(world, node, item, bigEndian);
      return { ...item, bytes, deallocate: false };
    }
    case 'region': return world.mechanisms.writeRegion(world, node, item, bigEndian);
    case 'rights': {
      const rights = item.rights.map((right) => world.mechanisms.importRight(world, node, right, undo));
      const { disposition } = rights.find(({ name }) => name > 0) ?? { disposition: dispositionOf(world, item.kind) };
      return { tag: 'rights', disposition, names: rights.map(({ name }) => name), bits: 32, long: item.long, deallocate: false };
    }
  }
}

/** Typed data in the representation of this machine. */
export const convertData = serving(
  ['mach-network/data-is-converted-to-the-receiver'],
  (world: Servers, node: NodeId, { bits, bytes }: { readonly bits: number; readonly bytes: string }, bigEndian: boolean): string =>
    (bigEndian === serverOf(world, node).bigEndian ? bytes : swapped(bytes, bits)),
);

/** Memory that came as its bytes is memory again. */
export const writeRegion = serving(
  ['mach-network/memory-crosses-as-bytes'],
  (world: Servers, node: NodeId, item: Extract<NetworkItem, { tag: 'region' }>, bigEndian: boolean): SentItem => {
    const { type, bits, long } = item;
    const bytes = world.mechanisms.convertData(world, node, item, bigEndian);
    const size = bytes.length / 2;
    const place = { tag: 'region', type, bits, long, deallocate: true } as const;
    if (size === 0) return { ...place, address: 0, size: 0 };
    const made = asked(world, node, 'vm_allocate', { ...self(world, node), address: 0, size, anywhere: true });
    if (made === null) return { ...place, address: 0, size: 0 };
    writeMemory(world, node, made.address, bytes);
    return { ...place, address: made.address, size };
  },
);

/** A right of an arriving message as one of this node's: of the port itself where it lives here, and of its proxy otherwise. */
export const importRight = serving(
  ['mach-network/right-becomes-an-identifier-and-back', 'mach-network/right-that-comes-home-is-real'],
  (world: Servers, node: NodeId, right: NetworkRight, undo: Undo): Given => {
    const { importSend, importOnce, importReceive } = world.mechanisms;
    switch (right.tag) {
      case 'null': return { name: NULL, disposition: dispositionOf(world, right.kind) };
      case 'dead': return { name: DEAD, disposition: dispositionOf(world, right.kind) };
      case 'send': return { name: importSend(world, node, right.id, undo), disposition: 'move-send' };
      case 'send-once': return importOnce(world, node, right.id, undo);
      case 'receive': return { name: importReceive(world, node, right.id, right.requests, undo), disposition: 'move-receive' };
    }
  },
);

const dispositionOf = (world: Servers, kind: 'receive' | 'send' | 'send-once' | null): Disposition =>
  (kind === 'send-once' ? world.mechanisms.onceDisposition() : given[kind ?? 'send']);

/** How a send-once right of another node is given. */
export const onceDisposition = serving(
  ['mach-network/send-once-guarantee-crosses-nodes'],
  (): Disposition => 'make-send-once',
);

/** One more reference to the send right of a port that lives here, or a new one of what stands for it: to be given away. */
export const importSend = serving(
  ['mach-network/remote-port-has-one-proxy', 'mach-network/right-that-comes-home-is-real'],
  (world: Servers, node: NodeId, id: Identifier, undo: Undo): Name => {
    const known = entryFor(world, node, id.public);
    // Of what it has a send-once right for, a server has no send right to give.
    if (known?.tag === 'gone' || (known?.tag === 'real' && known.kind === 'once')) return DEAD;
    const { local: { name } } = known ?? world.mechanisms.makeProxy(world, node, id, 'port');
    addSend(world, node, name, known?.tag === 'real');
    undo.push(() => ask(world, node, 'mach_port_mod_refs', { ...self(world, node), name, right: 'send', delta: -1 }));
    return name;
  },
);

export function addSend(world: Servers, node: NodeId, name: Name, isReal: boolean): void {
  if (isReal) ask(world, node, 'mach_port_mod_refs', { ...self(world, node), name, right: 'send', delta: 1 });
  else ask(world, node, 'mach_port_insert_right', { ...self(world, node), name, right: { name, disposition: 'make-send' } });
}

/** A send-once right of another node: messages through it go by a port of its own. One that comes home is given back. */
export const importOnce = serving(
  ['mach-network/send-once-guarantee-crosses-nodes'],
  (world: Servers, node: NodeId, id: Identifier, undo: Undo): Given => {
    const known = entryFor(world, node, id.public);
    if (known?.tag === 'real') {
      enter(world, node, { tag: 'gone', id: known.id });
      undo.push(() => enter(world, node, known));
      return { name: known.local.name, disposition: 'move-send-once' };
    }
    const { local: { name } } = world.mechanisms.makeProxy(world, node, id, 'once');
    undo.push(() => {
      forget(world, node, id.public);
      ask(world, node, 'mach_port_destroy', { ...self(world, node), name });
    });
    return { name, disposition: world.mechanisms.onceDisposition() };
  },
);

/** A port comes to live here. What stood for it here becomes the port, so that its senders notice nothing. */
export const importReceive = serving(
  ['mach-network/receive-right-moves-between-nodes'],
  (world: Servers, node: NodeId, id: Identifier, requests: readonly TravellingRequest[], undo: Undo): Name => {
    const known = entryFor(world, node, id.public);
    if (known?.tag === 'real') return NULL;
    const name = known?.tag === 'proxy' ? known.local.name : newPortOf(world, node);
    addSend(world, node, name, false);
    enter(world, node, { ...realAt(world, node, name, 'port', { ...id, receiver: node }) });
    watchDeath(world, node, name);
    for (const { kind, right } of requests) {
      const { name: told, disposition } = world.mechanisms.importOnce(world, node, right, []);
      const notify = { name: told, disposition: disposition === 'move-send-once' ? disposition : 'make-send-once' } as const;
      ask(world, node, 'mach_port_request_notification', { ...self(world, node), name, kind, sync: 0, notify });
    }
    if (known?.tag === 'proxy') unblockAll(world, node, id.public, known.waiting);
    undo.push(() => {
      enter(world, node, { tag: 'gone', id });
      ask(world, node, 'mach_port_destroy', { ...self(world, node), name });
    });
    return name;
  },
);
