import { amend, amendReal, entryFor } from '#model/mach-network/entries';
import { rightsOf } from '#model/mach-network/proxies';
import type { Cargo, Completion, Real, Taken } from '#model/mach-network/state';
import { minding, serverOf, serving, tell, type Servers } from '#model/mach-network/world';
import type { NodeId, Packet } from '#model/network/wire';

type Message = Extract<Cargo, { tag: 'message' }>;

/** A packet has come to a node whose server runs. */
export const packetComes = serving(
  ['mach-network/message-passes-through-two-servers'],
  (world: Servers, { from, to, cargo }: Packet<Cargo>): void => {
    const { mechanisms } = world;
    switch (cargo.tag) {
      case 'message': return mechanisms.messageComes(world, to, from, cargo);
      case 'completion': return mechanisms.completionComes(world, to, from, cargo);
      case 'unblock': return mechanisms.unblockComes(world, to, cargo.port);
      case 'question': return mechanisms.questionComes(world, to, from, cargo.port, cargo.believed);
      case 'answer': return mechanisms.answerComes(world, to, from, cargo);
      case 'death': return mechanisms.declareDead(world, to, cargo.port);
      case 'restarted': return mechanisms.peerHasRestarted(world, to, from);
      case 'token': return mechanisms.tokenComes(world, to, cargo);
      case 'look up': return mechanisms.lookUpComes(world, to, from, cargo);
      case 'looked up': return mechanisms.lookedUpComes(world, to, from, cargo);
    }
  },
);

/** A message from another node, which is told what becomes of it. */
export const messageComes = serving(
  ['mach-network/message-is-kept-until-completion', 'mach-network/resent-message-is-delivered-once'],
  (world: Servers, node: NodeId, from: NodeId, message: Message): void => {
    const { mechanisms } = world;
    const { serial, settled } = message;
    settle(world, node, from, settled);
    const known = mechanisms.alreadyTaken(world, node, from, message);
    const { completion, receiver } = known ?? mechanisms.judgeMessage(world, node, from, message);
    if (known === null && completion === 'accepted') {
      const taken: Taken = { tag: 'taken', from, serial, completion, receiver };
      minding(world, node).taken = [...serverOf(world, node).taken, taken];
    }
    tell(world, node, from, { tag: 'completion', serial, completion, receiver });
  },
);

/** Messages that are over and done with need not be remembered: anything with such a number is an echo. */
function settle(world: Servers, node: NodeId, from: NodeId, below: number): void {
  const server = serverOf(world, node);
  if ((server.settled[from] ?? 0) >= below) return;
  const mind = minding(world, node);
  mind.settled = world.state.nodes.map((_, other) => (other === from ? below : server.settled[other] ?? 0));
  mind.taken = server.taken.filter((taken) => taken.from !== from || taken.serial >= below);
}

export interface Judged { readonly completion: Completion; readonly receiver: NodeId | null }

/** What a message was answered that has come before; null for one that is new. */
export const alreadyTaken = serving(
  ['mach-network/resent-message-is-delivered-once'],
  (world: Servers, node: NodeId, from: NodeId, { serial }: Message): Judged | null => {
    const { taken, settled } = serverOf(world, node);
    if (serial < (settled[from] ?? 0)) return { completion: 'accepted', receiver: null };
    return taken.find((known) => known.from === from && known.serial === serial) ?? null;
  },
);

/** Of a server that numbers nothing but what is secret: other messages may be delivered as often as they come, unless rights go with them. */
export const alreadyTakenIfSecret = serving(
  ['mach-network/resent-message-is-delivered-once'],
  (world: Servers, node: NodeId, from: NodeId, message: Message): Judged | null => {
    const known = alreadyTaken(world, node, from, message);
    if (known === null || rightsOf(message.content).some(({ tag }) => tag !== 'null')) return known;
    const entry = entryFor(world, node, message.port);
    if (entry?.tag !== 'real' || entry.kind === 'once') return known;
    if (world.choose('duplicate', ['suppressed', 'delivered'], (what) => what) === 'suppressed') return known;
    world.deviate('mach-network/resent-message-is-delivered-once');
    return null;
  },
);

/** What is to become of a new message. */
export const judgeMessage = serving(
  ['mach-network/full-port-suspends-its-senders', 'mach-network/moved-port-is-searched-for'],
  (world: Servers, node: NodeId, from: NodeId, { port, content }: Message): Judged => {
    const entry = entryFor(world, node, port);
    if (entry === null) return { completion: 'unknown', receiver: null };
    switch (entry.tag) {
      case 'gone': return { completion: 'dead', receiver: null };
      case 'proxy': {
        if (entry.leaving) {
          amend(world, node, port, { waiting: joined(entry.waiting, from) });
          return { completion: 'blocked', receiver: null };
        }
        return entry.id.receiver === node ? { completion: 'unknown', receiver: null } : { completion: 'moved', receiver: entry.id.receiver };
      }
      case 'real': return deliver(world, node, from, entry, content);
    }
  },
);

function deliver(world: Servers, node: NodeId, from: NodeId, real: Real, content: Message['content']): Judged {
  if (world.mechanisms.isFull(real)) {
    amendReal(world, node, real, { waiting: joined(real.waiting, from), quiet: 0 });
    return { completion: 'blocked', receiver: null };
  }
  return { completion: world.mechanisms.deliverHere(world, node, real, content), receiver: null };
}

/** Whether a port takes no more messages until the one that was forced into its queue has been taken out. */
export const isFull = serving(['mach-network/full-port-suspends-its-senders'], ({ full }: Real): boolean => full);

const joined = (waiting: readonly NodeId[], node: NodeId): readonly NodeId[] => (waiting.includes(node) ? waiting : [...waiting, node]);
