import { amend, enter, entryFor, forget, movedTo, outgoingFor, proxyFor } from '#model/mach-network/entries';
import { resumeProxy, rightsOf, unblockAll } from '#model/mach-network/proxies';
import type { Cargo, Content, NetworkRight, Outgoing, Proxy } from '#model/mach-network/state';
import { ask, minding, self, serverOf, serving, tell, tick, type ReceivedMessage, type Servers } from '#model/mach-network/world';
import type { NodeId } from '#model/network/wire';

type Completed = Extract<Cargo, { tag: 'completion' }>;

/**
 * A message that was taken from a proxy goes to where the port is believed to be, and is kept until its fate is known.
 * After a one-way message nothing more is taken until then; requests that a reply is expected to may overlap.
 */
export const forwardMessage = serving(
  ['mach-network/message-passes-through-two-servers', 'mach-network/one-way-messages-stay-in-order', 'mach-network/message-is-kept-until-completion'],
  (world: Servers, node: NodeId, proxy: Proxy, message: ReceivedMessage): void => {
    const { mechanisms } = world;
    const content = mechanisms.exportMessage(world, node, message, proxy.id.receiver);
    const rpc = message.remote.kind === 'send-once';
    const port = proxy.id.public;
    const sent: Outgoing = { tag: 'outgoing', serial: tick(world, node), port, content, rpc, blocked: false, at: null, tries: 0 };
    minding(world, node).outgoing = [...serverOf(world, node).outgoing, sent];
    if (!rpc) mechanisms.suspendProxy(world, node, port);
    mechanisms.transmit(world, node, sent);
  },
);

/**
 * Sends a message, perhaps not for the first time. Where it may have been taken it is sent again, and nowhere else: else it
 * might be taken twice. Rights that it moves go where it goes.
 */
export const transmit = serving(
  ['mach-network/message-is-kept-until-completion'],
  (world: Servers, node: NodeId, { serial, port, content, at }: Outgoing): void => {
    const entry = entryFor(world, node, port);
    const to = at ?? entry?.id.receiver ?? node;
    const aimed = aimedAt(world, node, content, to);
    amendOutgoing(world, node, serial, { content: aimed, at: to });
    const settled = Math.min(...serverOf(world, node).outgoing.map((other) => other.serial));
    tell(world, node, to, { tag: 'message', serial, settled, port, content: aimed });
  },
);

/** The message with its receive rights on their way to a node; whoever keeps a send-once right is found there. */
function aimedAt(world: Servers, node: NodeId, content: Content, to: NodeId): Content {
  for (const right of rightsOf(content)) {
    const ids = right.tag === 'receive' ? right.requests.map((request) => request.right) : right.tag === 'send-once' ? [right.id] : [];
    for (const { public: once } of ids) {
      const real = entryFor(world, node, once);
      if (real?.tag === 'real') enter(world, node, { ...real, holder: to });
    }
    if (right.tag === 'receive') {
      const leaving = proxyFor(world, node, right.id.public);
      if (leaving !== null) amend(world, node, right.id.public, { id: movedTo(leaving.id, to) });
    }
  }
  const aim = (right: NetworkRight): NetworkRight => (right.tag === 'receive' ? { ...right, id: movedTo(right.id, to) } : right);
  return { ...content, body: content.body.map((item) => (item.tag === 'rights' ? { ...item, rights: item.rights.map(aim) } : item)) };
}

function amendOutgoing(world: Servers, node: NodeId, serial: number, changes: Partial<Outgoing>): void {
  minding(world, node).outgoing = serverOf(world, node).outgoing.map((message) =>
    (message.serial === serial ? { ...message, ...changes } : message));
}

/** What became of a message where it was sent: it is over, or is to be sent again. */
export const completionComes = serving(
  ['mach-network/message-is-kept-until-completion', 'mach-network/full-port-suspends-its-senders', 'mach-network/moved-port-is-searched-for'],
  (world: Servers, node: NodeId, from: NodeId, { serial, completion, receiver }: Completed): void => {
    const { mechanisms } = world;
    const sent = serverOf(world, node).outgoing.find((message) => message.serial === serial);
    if (sent === undefined) return;
    const { port } = sent;
    switch (completion) {
      case 'accepted': return mechanisms.completeMessage(world, node, sent, from);
      case 'dead': return mechanisms.declareDead(world, node, port);
      case 'unknown': {
        amendOutgoing(world, node, serial, { at: null });
        return mechanisms.searchOn(world, node, port);
      }
      case 'blocked': {
        amendOutgoing(world, node, serial, { blocked: true, tries: 0 });
        return mechanisms.suspendProxy(world, node, port);
      }
      case 'moved': {
        const proxy = proxyFor(world, node, port);
        if (proxy !== null) amend(world, node, port, { id: movedTo(proxy.id, receiver!) });
        amendOutgoing(world, node, serial, { tries: 0 });
        return mechanisms.transmit(world, node, { ...sent, tries: 0, at: receiver });
      }
    }
  },
);

/** A message has arrived: so have the rights in it. */
export const completeMessage = serving(
  ['mach-network/message-is-kept-until-completion', 'mach-network/receive-right-moves-between-nodes'],
  (world: Servers, node: NodeId, { serial, port, content }: Outgoing, at: NodeId): void => {
    const server = minding(world, node);
    server.outgoing = server.outgoing.filter((message) => message.serial !== serial);
    for (const right of rightsOf(content)) if (right.tag === 'receive') hasLeft(world, node, right.id.public, at);
    const proxy = proxyFor(world, node, port);
    if (proxy?.kind === 'once') {
      forget(world, node, port);
      ask(world, node, 'mach_port_destroy', { ...self(world, node), name: proxy.local.name });
    } else {
      world.mechanisms.resumeProxy(world, node, port);
    }
  },
);

/** The receive right of a port has arrived elsewhere: what waits here for the port follows it. */
function hasLeft(world: Servers, node: NodeId, port: number, at: NodeId): void {
  const proxy = proxyFor(world, node, port);
  if (proxy === null || !proxy.leaving) return;
  amend(world, node, port, { id: movedTo(proxy.id, at), leaving: false, waiting: [] });
  unblockAll(world, node, port, proxy.waiting);
  world.mechanisms.resumeProxy(world, node, port);
}

/** There is room again: what was refused is sent again, in the order in which it was taken. */
export const unblockComes = serving(
  ['mach-network/unblock-restarts-senders'],
  (world: Servers, node: NodeId, port: number): void => {
    for (const sent of outgoingFor(world, node, port)) {
      if (!sent.blocked) continue;
      amendOutgoing(world, node, sent.serial, { blocked: false });
      world.mechanisms.transmit(world, node, sent);
    }
    resumeProxy(world, node, port);
  },
);

/** Nothing was heard of a message since the last checkup: it is sent again, or given up. */
export const retryOrAbort = serving(
  ['mach-network/message-is-kept-until-completion', 'mach-network/unblock-restarts-senders'],
  (world: Servers, node: NodeId, sent: Outgoing): void => {
    const { serial, port, content, tries, blocked } = sent;
    const { mechanisms } = world;
    const choice = tries === 0 || blocked ? 'retry' : world.choose('network failure', ['retry', 'abort'], (what) => what);
    if (choice === 'retry') {
      amendOutgoing(world, node, serial, { tries: tries + 1 });
      return mechanisms.transmit(world, node, sent);
    }
    const server = minding(world, node);
    server.outgoing = server.outgoing.filter((message) => message.serial !== serial);
    mechanisms.discardContent(world, node, content);
    mechanisms.resumeProxy(world, node, port);
    const proxy = proxyFor(world, node, port);
    if (proxy?.kind === 'once') mechanisms.declareDead(world, node, port);
  },
);
