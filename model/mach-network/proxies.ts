import { NULL } from '#model/mach/state';
import { amend, enter, entryFor, forget, outgoingFor, proxyFor } from '#model/mach-network/entries';
import type { Content, Identifier, NetworkRight, Proxy, Real } from '#model/mach-network/state';
import { ask, asked, minding, own, self, serverOf, serving, tell, tellAll, tick, type Name, type Servers } from '#model/mach-network/world';
import type { NodeId } from '#model/network/wire';
import { BeyondScope } from '#model/operation';

const unasked = { suspended: false, leaving: false, asked: 'nobody', waiting: [] } as const;

/** A new port, of which the server has the receive right. */
export function newPortOf(world: Servers, node: NodeId): Name {
  const made = asked(world, node, 'mach_port_allocate', { ...self(world, node), right: 'receive' });
  if (made === null) throw new BeyondScope('the server can make no port');
  return made.name;
}

/** Something that stands here for a port that lives elsewhere: a port of the server's, from which it takes messages. */
export const makeProxy = serving(
  ['mach-network/remote-port-has-one-proxy', 'mach-network/right-becomes-an-identifier-and-back'],
  (world: Servers, node: NodeId, id: Identifier, kind: Proxy['kind']): Proxy => {
    const name = newPortOf(world, node);
    ask(world, node, 'mach_port_move_member', { ...self(world, node), member: name, set: serverOf(world, node).set.name });
    const proxy: Proxy = { tag: 'proxy', id: { ...id, secret: null }, kind, local: own(world, node, name), ...unasked };
    enter(world, node, proxy);
    return proxy;
  },
);

/** A port of this node that is to be known elsewhere, of which the server has a send right. */
export const enterReal = serving(
  ['mach-network/identifier-is-made-on-demand'],
  (world: Servers, node: NodeId, name: Name, kind: Real['kind']): Real => {
    const id: Identifier = { tag: 'identifier', public: tick(world, node), secret: tick(world, node), receiver: node, owner: node };
    const real = realAt(world, node, name, kind, id);
    enter(world, node, real);
    if (kind === 'port') watchDeath(world, node, name);
    return real;
  },
);

export const realAt = (world: Servers, node: NodeId, name: Name, kind: Real['kind'], id: Identifier): Real => ({
  tag: 'real', id, kind, local: own(world, node, name),
  full: false, waiting: [], quiet: 0, holder: null, asked: false, round: null, exports: null,
});

/** The server is told when the port dies. */
export function watchDeath(world: Servers, node: NodeId, name: Name): void {
  const notify = { name: serverOf(world, node).notify.name, disposition: 'make-send-once' } as const;
  ask(world, node, 'mach_port_request_notification', { ...self(world, node), name, kind: 'dead-name', sync: 0, notify });
}

/** No more messages are taken from a proxy: its queue fills up, and its senders wait as they would for any port. */
export const suspendProxy = serving(
  ['mach-network/full-port-suspends-its-senders', 'mach-network/one-way-messages-stay-in-order'],
  (world: Servers, node: NodeId, port: number): void => {
    const proxy = proxyFor(world, node, port);
    if (proxy === null || proxy.suspended) return;
    ask(world, node, 'mach_port_move_member', { ...self(world, node), member: proxy.local.name, set: NULL });
    amend(world, node, port, { suspended: true });
  },
);

/** Messages are taken again, unless something else is in their way. */
export const resumeProxy = serving(
  ['mach-network/unblock-restarts-senders'],
  (world: Servers, node: NodeId, port: number): void => {
    const proxy = proxyFor(world, node, port);
    if (proxy === null || !proxy.suspended || proxy.leaving) return;
    if (outgoingFor(world, node, port).some(({ rpc, blocked }) => !rpc || blocked)) return;
    ask(world, node, 'mach_port_move_member', { ...self(world, node), member: proxy.local.name, set: serverOf(world, node).set.name });
    amend(world, node, port, { suspended: false });
  },
);

/** Those who were refused may try again. */
export function unblockAll(world: Servers, node: NodeId, port: number, waiting: readonly NodeId[]): void {
  for (const other of waiting) tell(world, node, other, { tag: 'unblock', port });
}

/** A port that lives elsewhere counts as dead from now on: what stood for it goes, and its holders see it die. */
export const declareDead = serving(
  ['mach-network/silent-port-is-declared-dead', 'mach-network/crash-kills-the-ports-of-a-node', 'mach-network/partition-looks-like-death'],
  (world: Servers, node: NodeId, port: number): void => {
    const proxy = proxyFor(world, node, port);
    if (proxy === null) return;
    forget(world, node, port);
    const lost = outgoingFor(world, node, port);
    const server = minding(world, node);
    server.outgoing = server.outgoing.filter((message) => message.port !== port);
    unblockAll(world, node, port, proxy.waiting);
    ask(world, node, 'mach_port_destroy', { ...self(world, node), name: proxy.local.name });
    for (const { content } of lost) world.mechanisms.discardContent(world, node, content);
  },
);

/** A message that will never arrive: the rights in it come to an end, as those of any message that is destroyed. */
export const discardContent = serving(
  ['mach-network/message-is-kept-until-completion', 'mach-network/send-once-guarantee-crosses-nodes'],
  (world: Servers, node: NodeId, content: Content): void => {
    for (const right of rightsOf(content)) {
      if (right.tag === 'send-once') world.mechanisms.vanish(world, node, right.id.public);
      if (right.tag !== 'receive') continue;
      for (const { right: id } of right.requests) world.mechanisms.vanish(world, node, id.public);
      world.mechanisms.declareDead(world, node, right.id.public);
    }
  },
);

/** Every right of a message. */
export function rightsOf({ reply, body }: Content): readonly NetworkRight[] {
  return [reply, ...body.flatMap((item) => (item.tag === 'rights' ? item.rights : []))];
}

/** Nobody elsewhere has a send-once right any more: the kernel tells its port when the server lets it go. */
export const vanish = serving(
  ['mach-network/send-once-guarantee-crosses-nodes'],
  (world: Servers, node: NodeId, port: number): void => {
    const entry = entryFor(world, node, port);
    if (entry?.tag !== 'real') return;
    enter(world, node, { tag: 'gone', id: entry.id });
    ask(world, node, 'mach_port_deallocate', { ...self(world, node), name: entry.local.name });
  },
);

/** A port of this node has died: everybody is told, though not everybody may hear of it. */
export const bury = serving(
  ['mach-network/port-death-is-told-at-once'],
  (world: Servers, node: NodeId, real: Real): void => {
    enter(world, node, { tag: 'gone', id: real.id });
    ask(world, node, 'mach_port_destroy', { ...self(world, node), name: real.local.name });
    const { services } = serverOf(world, node);
    minding(world, node).services = services.filter(({ port }) => port.name !== real.local.name);
    for (const { port, signature } of services) {
      if (port.name !== real.local.name || signature === null || signature.name === port.name) continue;
      ask(world, node, 'mach_port_deallocate', { ...self(world, node), name: signature.name });
    }
    unblockAll(world, node, real.id.public, real.waiting);
    tellAll(world, node, { tag: 'death', port: real.id.public });
  },
);
