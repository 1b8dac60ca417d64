import type { ReceivedItem } from '#spec/mach/vocabulary';
import { DEAD, NULL } from '#model/mach/state';
import { enter, entryNamed } from '#model/mach-network/entries';
import { hexOfNumber } from '#model/mach-network/bytes';
import { readMemory } from '#model/mach-network/memory';
import { enterReal, unblockAll } from '#model/mach-network/proxies';
import type { Content, Identifier, NetworkItem, NetworkRight, Proxy, TravellingRequest } from '#model/mach-network/state';
import { ask, asked, minding, self, serverOf, serving, tick, own, type Name, type ReceivedMessage, type Servers } from '#model/mach-network/world';
import type { NodeId } from '#model/network/wire';
import { BeyondScope, ModelError } from '#model/operation';

/** What the kernel's answers begin with, as numbers. */
const codes: Readonly<Record<string, number>> = {
  KERN_SUCCESS: 0, KERN_INVALID_ADDRESS: 1, KERN_PROTECTION_FAILURE: 2, KERN_NO_SPACE: 3, KERN_INVALID_ARGUMENT: 4, KERN_FAILURE: 5,
  KERN_MEMORY_ERROR: 10, KERN_NOT_IN_SET: 12, KERN_NAME_EXISTS: 13, KERN_ABORTED: 14, KERN_INVALID_NAME: 15, KERN_INVALID_TASK: 16,
  KERN_INVALID_RIGHT: 17, KERN_INVALID_VALUE: 18, KERN_UREFS_OVERFLOW: 19, KERN_INVALID_CAPABILITY: 20, KERN_RIGHT_EXISTS: 21,
  MIG_BAD_ID: -303, MIG_BAD_ARGUMENTS: -304,
};
const INTEGER = 2;
const WORD = 32;

/** A message as it goes over the wire, with an identifier for each right. */
export const exportMessage = serving(
  ['mach-network/right-becomes-an-identifier-and-back', 'mach-network/message-passes-through-two-servers'],
  (world: Servers, node: NodeId, { id, complex, remote, body }: ReceivedMessage, to: NodeId): Content => {
    const { exportRight } = world.mechanisms;
    const reply = exportRight(world, node, remote.name, remote.kind, to);
    const items = body.map((item) => exportItem(world, node, item, to));
    return { tag: 'content', id, complex, bigEndian: serverOf(world, node).bigEndian, reply, body: items };
  },
);

function exportItem(world: Servers, node: NodeId, item: ReceivedItem, to: NodeId): NetworkItem {
  switch (item.tag) {
    case 'data': return { tag: 'data', type: item.type, bits: item.bits, bytes: item.bytes, long: item.long };
    case 'rights': {
      const rights = item.names.map((name) => world.mechanisms.exportRight(world, node, name, item.kind, to));
      return { tag: 'rights', kind: item.kind, rights, long: item.long };
    }
    case 'region': return { tag: 'region', type: item.type, bits: item.bits, long: item.long, bytes: world.mechanisms.readRegion(world, node, item.address, item.size) };
    case 'count': return word(world, node, item.count);
    case 'code': {
      const value = codes[item.code];
      if (value === undefined) throw new BeyondScope(`an answer whose number is not known: ${item.code}`);
      return word(world, node, value);
    }
    case 'name': {
      const { name } = item.name;
      if (name !== NULL && name !== DEAD) throw new BeyondScope('a name as a number that another machine is told');
      return word(world, node, name);
    }
    case 'uninterpreted':
    case 'pointer': throw new BeyondScope('names and addresses as numbers that another machine is told');
  }
}

/** What the kernel says in a word of a message. */
const word = (world: Servers, node: NodeId, value: number): NetworkItem =>
  ({ tag: 'data', type: INTEGER, bits: WORD, bytes: hexOfNumber(value, serverOf(world, node).bigEndian), long: false });

/** The bytes of memory that came with a message. The server has no more use for the memory itself. */
export const readRegion = serving(
  ['mach-network/memory-crosses-as-bytes'],
  (world: Servers, node: NodeId, address: number, size: number): string => {
    if (size === 0) return '';
    const bytes = readMemory(world, node, address, size);
    const { pageSize } = world.state.nodes[node]!.kernel.memory!;
    const start = Math.floor(address / pageSize) * pageSize;
    const end = Math.ceil((address + size) / pageSize) * pageSize;
    ask(world, node, 'vm_deallocate', { ...self(world, node), address: start, size: end - start });
    return bytes;
  },
);

/** The identifier of a right that the server has received. What it does not need for itself, it lets go. */
export const exportRight = serving(
  ['mach-network/right-becomes-an-identifier-and-back'],
  (world: Servers, node: NodeId, name: Name, kind: 'receive' | 'send' | 'send-once' | null, to: NodeId): NetworkRight => {
    if (kind === null || name === NULL) return { tag: 'null', kind };
    if (name === DEAD) return { tag: 'dead', kind };
    const { exportSend, exportOnce, exportReceive } = world.mechanisms;
    switch (kind) {
      case 'send': return exportSend(world, node, name);
      case 'send-once': return { tag: 'send-once', id: exportOnce(world, node, name, to) };
      case 'receive': return exportReceive(world, node, name, to);
    }
  },
);

export const exportSend = serving(
  ['mach-network/identifier-is-made-on-demand', 'mach-network/remote-port-has-one-proxy'],
  (world: Servers, node: NodeId, name: Name): NetworkRight => {
    minding(world, node).exports += 1;
    const known = entryNamed(world, node, name);
    if (known === null) return { tag: 'send', id: openly(enterReal(world, node, name, 'port').id) };
    ask(world, node, 'mach_port_mod_refs', { ...self(world, node), name, right: 'send', delta: -1 });
    return { tag: 'send', id: openly(known.id) };
  },
);

/** What holders of send rights may know. */
const openly = (id: Identifier): Identifier => ({ ...id, secret: null });

/** A send-once right is like no other, even of the same port: its identifier is its own. */
export const exportOnce = serving(
  ['mach-network/send-once-guarantee-crosses-nodes'],
  (world: Servers, node: NodeId, name: Name, to: NodeId): Identifier => {
    const real = enterReal(world, node, name, 'once');
    enter(world, node, { ...real, holder: to });
    return openly(real.id);
  },
);

/**
 * The receive right goes to another node: what remains is a proxy, with the queue and the senders that it has. The
 * requests on the port go with the right.
 */
export const exportReceive = serving(
  ['mach-network/receive-right-moves-between-nodes'],
  (world: Servers, node: NodeId, name: Name, to: NodeId): NetworkRight => {
    const known = entryNamed(world, node, name);
    if (known?.tag === 'proxy') throw new ModelError('the receive right of a proxy came in a message');
    const requests = (['no-senders', 'port-destroyed'] as const).flatMap((kind) => takeRequest(world, node, name, kind, to));
    const id: Identifier = known?.id ?? { tag: 'identifier', public: tick(world, node), secret: tick(world, node), receiver: to, owner: node };
    if (known !== null) {
      unblockAll(world, node, id.public, known.waiting);
      ask(world, node, 'mach_port_mod_refs', { ...self(world, node), name, right: 'send', delta: -1 });
    }
    const proxy: Proxy = {
      tag: 'proxy', id: { ...id, receiver: to }, kind: 'port', local: own(world, node, name), suspended: true, leaving: true, asked: 'nobody', waiting: [],
    };
    enter(world, node, proxy);
    return { tag: 'receive', id: proxy.id, requests };
  },
);

/** A request that sits on a port is taken off it, to be made again where its receive right goes. */
function takeRequest(world: Servers, node: NodeId, name: Name, kind: TravellingRequest['kind'], to: NodeId): readonly TravellingRequest[] {
  const nobody = { name: NULL, disposition: 'make-send-once' } as const;
  const answer = asked(world, node, 'mach_port_request_notification', { ...self(world, node), name, kind, sync: 0, notify: nobody });
  if (answer === null || answer.previous === NULL || answer.previous === DEAD) return [];
  return [{ tag: 'request', kind, right: world.mechanisms.exportOnce(world, node, answer.previous, to) }];
}
