import { amendReal, entryFor, forget, outgoingFor } from '#model/mach-network/entries';
import { rightsOf, unblockAll } from '#model/mach-network/proxies';
import type { Cargo, Proxy, Real } from '#model/mach-network/state';
import { ask, asked, self, serverOf, serving, tell, tick, type Servers } from '#model/mach-network/world';
import type { NodeId } from '#model/network/wire';

type Token = Extract<Cargo, { tag: 'token' }>;

/**
 * From time to time a server goes through all it knows: messages of which nothing was heard, ports that it uses, rights
 * that it has given away, and names that it has asked others for.
 */
export const checkUp = serving(
  ['mach-network/silent-port-is-declared-dead', 'mach-network/message-is-kept-until-completion'],
  (world: Servers, node: NodeId): void => {
    const { mechanisms } = world;
    const { outgoing, entries, lookups } = serverOf(world, node);
    for (const { serial } of outgoing) {
      const sent = serverOf(world, node).outgoing.find((message) => message.serial === serial);
      if (sent !== undefined) mechanisms.retryOrAbort(world, node, sent);
    }
    for (const { id } of entries) {
      const entry = entryFor(world, node, id.public);
      if (entry?.tag === 'proxy') mechanisms.checkProxy(world, node, entry);
      else if (entry?.tag === 'real' && entry.kind === 'once') mechanisms.checkOnce(world, node, entry);
      else if (entry?.tag === 'real') mechanisms.checkReal(world, node, entry);
    }
    for (const lookup of lookups) mechanisms.checkLookup(world, node, lookup);
  },
);

/** A port that is used here is asked after; one that nobody here can send to any more is no longer known. */
export const checkProxy = serving(
  ['mach-network/silent-port-is-declared-dead', 'mach-network/unused-proxy-is-given-up'],
  (world: Servers, node: NodeId, proxy: Proxy): void => {
    const { id: { public: port }, local: { name }, leaving } = proxy;
    if (leaving) return;
    if (world.mechanisms.isUsed(world, node, proxy)) return world.mechanisms.searchOn(world, node, port);
    forget(world, node, port);
    ask(world, node, 'mach_port_destroy', { ...self(world, node), name });
  },
);

/** Whether anything on this node can still send to a port that lives elsewhere, or a right to it is still on its way. */
export const isUsed = serving(
  ['mach-network/unused-proxy-is-given-up', 'mach-network/no-senders-waits-for-remote-holders'],
  (world: Servers, node: NodeId, { id: { public: port }, local: { name } }: Proxy): boolean => {
    if (outgoingFor(world, node, port).length > 0 || isCarried(world, node, port)) return true;
    const status = asked(world, node, 'mach_port_get_receive_status', { ...self(world, node), name });
    return status !== null && (status.sendRights || status.sendOnceRights > 0 || status.messages > 0);
  },
);

/** Whether a message that is still kept has a right to a port in it. */
export const isCarried = (world: Servers, node: NodeId, port: number): boolean =>
  serverOf(world, node).outgoing.some(({ content }) => rightsOf(content).some((right) => 'id' in right && right.id.public === port));

/** Whoever has a send-once right is asked whether it is still there; if it is not, or nothing is heard, the right is let go. */
export const checkOnce = serving(
  ['mach-network/send-once-guarantee-crosses-nodes'],
  (world: Servers, node: NodeId, real: Real): void => {
    const { id: { public: port }, holder, local: { name } } = real;
    const type = asked(world, node, 'mach_port_type', { ...self(world, node), name });
    if (type === null || type.type.includes('dead-name')) return world.mechanisms.bury(world, node, real);
    if (isCarried(world, node, port) || holder === null) return;
    if (real.asked) return world.mechanisms.vanish(world, node, port);
    amendReal(world, node, real, { asked: true });
    tell(world, node, holder, { tag: 'question', port, believed: holder });
  },
);

/** A server that takes send-once rights for send rights asks nobody about them. */
export const checkOnceAsSend = serving(
  ['mach-network/send-once-guarantee-crosses-nodes'],
  (world: Servers, node: NodeId, real: Real): void => {
    const type = asked(world, node, 'mach_port_type', { ...self(world, node), name: real.local.name });
    if (type === null || type.type.includes('dead-name')) world.mechanisms.bury(world, node, real);
  },
);

/**
 * A port of which nothing has been heard since the last checkup may have no senders left elsewhere. A token goes round,
 * twice: if nobody can send, no right is on its way, and nobody has sent one on in between, the server lets its own
 * right go, and the kernel tells whoever wants to know.
 */
export const checkReal = serving(
  ['mach-network/no-senders-waits-for-remote-holders'],
  (world: Servers, node: NodeId, real: Real): void => {
    const port = real.id.public;
    if (real.quiet === 0) return amendReal(world, node, real, { quiet: 1, round: null, exports: null });
    if (isCarried(world, node, port) || isCheckedIn(world, node, real)) return;
    const round = tick(world, node);
    amendReal(world, node, real, { round, exports: null });
    sendToken(world, node, { tag: 'token', port, round, pass: 1, home: node, nobody: true, exports: serverOf(world, node).exports });
  },
);

/** How many checkups without a sign of life make a server believe that nobody has the right any more. */
const QUIET = 2;

/** A server that counts nothing: several checkups without traffic or questions, and it lets its right go. */
export const checkRealByQuiet = serving(
  ['mach-network/no-senders-waits-for-remote-holders'],
  (world: Servers, node: NodeId, real: Real): void => {
    if (real.quiet < QUIET) return amendReal(world, node, real, { quiet: real.quiet + 1 });
    if (!isCheckedIn(world, node, real)) world.mechanisms.letGo(world, node, real);
  },
);

/** Whether anybody may be given the right who asks for it by name. */
const isCheckedIn = (world: Servers, node: NodeId, { local: { name } }: Real): boolean =>
  serverOf(world, node).services.some(({ port }) => port.name === name);

const sendToken = (world: Servers, node: NodeId, token: Token): void => tell(world, node, (node + 1) % world.state.nodes.length, token);

/** The token that looks for senders: each node adds what it knows, and passes it on. */
export const tokenComes = serving(
  ['mach-network/no-senders-waits-for-remote-holders'],
  (world: Servers, node: NodeId, token: Token): void => {
    if (node === token.home) return world.mechanisms.passEnds(world, node, token);
    const entry = entryFor(world, node, token.port);
    const isHeld = entry?.tag === 'proxy' && world.mechanisms.isUsed(world, node, entry);
    sendToken(world, node, { ...token, nobody: token.nobody && !isHeld, exports: token.exports + serverOf(world, node).exports });
  },
);

/** The token is back where it began. */
export const passEnds = serving(
  ['mach-network/no-senders-waits-for-remote-holders'],
  (world: Servers, node: NodeId, { port, round, pass, nobody, exports }: Token): void => {
    const real = entryFor(world, node, port);
    // The wire may bring a token twice.
    if (real?.tag !== 'real' || real.round !== round || (pass === 1) !== (real.exports === null)) return;
    if (!nobody || isCarried(world, node, port)) return amendReal(world, node, real, { round: null, exports: null });
    if (real.exports === null) {
      amendReal(world, node, real, { exports });
      return sendToken(world, node, { tag: 'token', port, round, pass: 2, home: node, nobody: true, exports: serverOf(world, node).exports });
    }
    if (real.exports === exports) return world.mechanisms.letGo(world, node, real);
    amendReal(world, node, real, { round: null, exports: null });
  },
);

/** Nobody elsewhere has a right to this port: it is no longer known outside. */
export const letGo = serving(
  ['mach-network/no-senders-waits-for-remote-holders'],
  (world: Servers, node: NodeId, { id, local: { name }, waiting }: Real): void => {
    unblockAll(world, node, id.public, waiting);
    forget(world, node, id.public);
    ask(world, node, 'mach_port_deallocate', { ...self(world, node), name });
  },
);

