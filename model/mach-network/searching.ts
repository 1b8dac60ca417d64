import { amend, amendReal, entryFor, movedTo, proxyFor, outgoingFor } from '#model/mach-network/entries';
import type { Cargo, Proxy, Whereabouts } from '#model/mach-network/state';
import { serverOf, serving, tell, tellAll, type Servers } from '#model/mach-network/world';
import type { NodeId } from '#model/network/wire';

type Answer = Extract<Cargo, { tag: 'answer' }>;

/**
 * Asks on: whoever is believed to have the port, then whoever made its identifier, then everybody; and when nobody has
 * answered, the port counts as dead.
 */
export const searchOn = serving(
  ['mach-network/moved-port-is-searched-for', 'mach-network/silent-port-is-declared-dead'],
  (world: Servers, node: NodeId, port: number): void => {
    const proxy = proxyFor(world, node, port);
    if (proxy === null || proxy.leaving) return;
    const { asked, id } = proxy;
    const put = (whom: Proxy['asked'], to: NodeId | null): void => {
      amend(world, node, port, { asked: whom });
      const question = { tag: 'question', port, believed: id.receiver } as const;
      if (to === null) tellAll(world, node, question);
      else tell(world, node, to, question);
    };
    if (asked === 'nobody' && id.receiver !== node) return put('receiver', id.receiver);
    if ((asked === 'nobody' || asked === 'receiver') && id.owner !== node && id.owner !== id.receiver) return put('owner', id.owner);
    if (asked !== 'everyone') return put('everyone', null);
    world.mechanisms.declareDead(world, node, port);
  },
);

/** Another server asks about a port. */
export const questionComes = serving(
  ['mach-network/moved-port-is-searched-for'],
  (world: Servers, node: NodeId, from: NodeId, port: number, believed: NodeId): void => {
    const { whereabouts, receiver } = world.mechanisms.whereIs(world, node, port, believed);
    const entry = entryFor(world, node, port);
    if (entry?.tag === 'real') amendReal(world, node, entry, { quiet: 0 });
    tell(world, node, from, { tag: 'answer', port, whereabouts, receiver });
  },
);

/** What a node knows of where a port is. */
export const whereIs = serving(
  ['mach-network/moved-port-is-searched-for'],
  (world: Servers, node: NodeId, port: number, believed: NodeId): { readonly whereabouts: Whereabouts; readonly receiver: NodeId | null } => {
    const entry = entryFor(world, node, port);
    switch (entry?.tag) {
      case undefined: return { whereabouts: 'unknown', receiver: null };
      case 'gone': return { whereabouts: 'dead', receiver: null };
      case 'real': return { whereabouts: believed === node ? 'here' : 'here but moved', receiver: node };
      case 'proxy': {
        if (entry.kind === 'once') return { whereabouts: 'here', receiver: node };
        if (entry.leaving) return { whereabouts: 'here', receiver: node };
        const isHint = entry.id.receiver !== believed && entry.id.receiver !== node;
        return isHint ? { whereabouts: 'not here but moved', receiver: entry.id.receiver } : { whereabouts: 'unknown', receiver: null };
      }
    }
  },
);

/** An answer to a question: of a port that this node uses, or of a send-once right that it has given away. */
export const answerComes = serving(
  ['mach-network/moved-port-is-searched-for', 'mach-network/silent-port-is-declared-dead', 'mach-network/send-once-guarantee-crosses-nodes'],
  (world: Servers, node: NodeId, from: NodeId, { port, whereabouts, receiver }: Answer): void => {
    const { mechanisms } = world;
    const entry = entryFor(world, node, port);
    if (entry?.tag === 'real' && entry.kind === 'once' && entry.asked && entry.holder === from) {
      if (whereabouts === 'here') amendReal(world, node, entry, { asked: false });
      else mechanisms.vanish(world, node, port);
    }
    if (entry?.tag !== 'proxy' || entry.asked === 'nobody') return;
    switch (whereabouts) {
      case 'here':
      case 'here but moved': return found(world, node, port, entry, receiver!);
      case 'dead': return mechanisms.declareDead(world, node, port);
      case 'not here but moved': {
        if (entry.asked === 'everyone') return;
        amend(world, node, port, { id: movedTo(entry.id, receiver!), asked: 'nobody' });
        return mechanisms.searchOn(world, node, port);
      }
      case 'unknown': if (entry.asked !== 'everyone') mechanisms.searchOn(world, node, port);
    }
  },
);

/** The port is found, and what nobody has is sent there. */
function found(world: Servers, node: NodeId, port: number, { id }: Proxy, receiver: NodeId): void {
  amend(world, node, port, { id: movedTo(id, receiver), asked: 'nobody' });
  for (const sent of outgoingFor(world, node, port)) if (sent.at === null) world.mechanisms.transmit(world, node, sent);
}

/** Another server has been started anew, and knows nothing of what it was: every port is looked for that it was believed to have. */
export const peerHasRestarted = serving(
  ['mach-network/restarted-server-is-checked-upon'],
  (world: Servers, node: NodeId, from: NodeId): void => {
    for (const entry of serverOf(world, node).entries) {
      if (entry.tag === 'proxy' && entry.id.receiver === from && entry.asked === 'nobody') world.mechanisms.searchOn(world, node, entry.id.public);
    }
  },
);
