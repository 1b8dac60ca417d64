import type { ReceivedMessage } from '#spec/mach/vocabulary';
import { isEcho, takenOnce } from '#properties/mach-network/laws/carrying';
import { nodeOfThread } from '#model/network/nodes';
import type { NodeId } from '#model/network/wire';
import type { MachNetworkState } from '#model/mach-network/state';
import { arrived, carries, entriesOf, entryIn, postedOf, serverPort } from '#properties/mach-network/facts';
import { ledgerAfter, type Receipt, type Topic } from '#properties/mach-network/ledger';
import type { MachNetworkLaws, MachNetworkStep } from '#properties/mach-network/obligation';
import { isIdeal } from '#properties/mach-network/obligation';
import type { Violations } from '#properties/obligation';

/** What was found wrong with messages that a program has just received, of some kinds. */
const findings = (...topics: readonly Topic[]) => (step: MachNetworkStep): Violations => {
  const { findings: found } = ledgerAfter(step);
  return found.length === 0 ? [] : found.filter(({ topic }) => topics.includes(topic)).map(({ says }) => says);
};

/** A message from another node was received, and is as wanted. */
const received = (wanted: (receipt: Receipt, step: MachNetworkStep) => boolean) => (step: MachNetworkStep): boolean =>
  ledgerAfter(step).receipts.some((receipt) => receipt.sent.from !== receipt.node && wanted(receipt, step));

const rightsOf = ({ body }: ReceivedMessage) => body.flatMap((item) => (item.tag === 'rights' ? item.names.map((name) => ({ name, kind: item.kind })) : []));

const hasRight = (kind: string) => ({ message }: Receipt): boolean => rightsOf(message).some((right) => right.kind === kind && right.name > 0);

/** Whether a right of a message is for a port that lives where it was received. */
const comesHome = ({ sent, node }: Receipt): boolean => sent.body.some((part) => part.tag === 'rights'
  && part.rights.some((right) => right.tag === 'thing' && right.kind === 'send' && right.thing.home.startsWith(`${node}.`)));

/** A message that a server takes from a proxy goes out as it is, to the port for which the proxy stands. */
function goesOut(step: MachNetworkStep): Violations {
  if (step.call.operation !== 'netmsgserver_runs') return [];
  const { node } = step.call as unknown as { node: NodeId };
  return entriesOf(step.before.nodes[node]!.manager).proxies.flatMap(({ id, local }) => {
    const port = serverPort(step.before, node, local.name);
    if (port === null) return [];
    const left = step.after.nodes[node]!.kernel.ports[port]!.queue;
    return step.before.nodes[node]!.kernel.ports[port]!.queue.filter(({ serial }) => !left.some((message) => message.serial === serial)).flatMap((taken) => {
      const sent = postedOf(step, 'message').filter(({ cargo }) => cargo.port === id.public);
      if (sent.length !== 1) return [`message ${taken.id} for ${id.public} goes out ${sent.length} times`];
      const { content } = sent[0]!.cargo;
      return content.id === taken.id && content.complex === taken.complex && content.body.length === taken.body.length ? [] : [`message ${taken.id} does not go out as it is`];
    });
  });
}

/** A message that is accepted is then in the queue of the real port, or in the hands of a thread. */
function comesIn(step: MachNetworkStep): Violations {
  const message = arrived(step, 'message');
  if (message === null || ledgerAfter(step).isEcho) return [];
  const { to, from, cargo: { port, serial, content } } = message;
  const real = entryIn(step.before.nodes[to]!.manager, port);
  const isAccepted = postedOf(step, 'completion').some(({ cargo }) => cargo.completion === 'accepted');
  const isLate = serial < (step.before.nodes[to]!.manager.settled[from] ?? 0);
  if (!isAccepted || isLate) return [];
  const at = real?.tag === 'real' ? serverPort(step.before, to, real.local.name) : null;
  if (at === null) return [`a message for ${port} is accepted where the port is not`];
  const { kernel } = step.after.nodes[to]!;
  const old = step.before.nodes[to]!.kernel.ports[at]!;
  if (old.kernel !== null || kernel.ports[at]!.life === 'dead') return [];
  const fresh = kernel.ports[at]!.queue.filter((queued) => !old.queue.some((known) => known.serial === queued.serial));
  const isHere = fresh.some(({ id, body }) => id === content.id && body.length === content.body.length) || step.events.some(({ thread }) => nodeOfThread(thread) === to)
    || kernel.threads.some(({ run }) => run.tag === 'handed');
  return isHere ? [] : [`message ${content.id} is accepted and is nowhere`];
}

/** A receive right that leaves is in a message that is kept. */
function leavesForSomewhere(state: MachNetworkState): Violations {
  return state.nodes.flatMap(({ up, manager }, node) => (up ? entriesOf(manager).proxies : []).flatMap(({ id, leaving }) =>
    (leaving && !manager.outgoing.some((sent) => carries(sent, id.public)) ? [`the receive right of ${id.public} has left node ${node}, which does not know it`] : [])));
}

/** What becomes of messages between programs on different nodes, and of what is in them. */
export const messageLaws: MachNetworkLaws = {
  'mach-network/message-passes-through-two-servers': {
    step: (step) => [...findings('delivery')(step), ...goesOut(step), ...comesIn(step)],
    sometimes: {
      'a message comes from another node': received(() => true),
      'an answer comes back through a send-once right': received(({ message }) => message.local.kind === 'send-once'),
    },
  },
  'mach-network/right-becomes-an-identifier-and-back': {
    step: findings('rights'),
    sometimes: {
      'a send right comes from another node': received(hasRight('send')),
      'a receive right comes from another node': received(hasRight('receive')),
      'a right comes that was null or dead': received(({ message }) => rightsOf(message).some(({ name }) => name <= 0)),
    },
  },
  'mach-network/right-that-comes-home-is-real': {
    step: findings('home'),
    sometimes: { 'a right comes to where its port lives': received(comesHome) },
  },
  'mach-network/receive-right-moves-between-nodes': {
    always: leavesForSomewhere,
    step: findings('move'),
    sometimes: {
      'a receive right comes from another node': received(hasRight('receive')),
      'a message comes to a port that has moved': received(({ sent }) => sent.to.target.moves > 0 && sent.moves < sent.to.target.moves),
    },
  },
  'mach-network/memory-crosses-as-bytes': {
    step: findings('memory'),
    sometimes: { 'memory comes from another node': received(({ message }) => message.body.some((item) => item.tag === 'region' && item.size > 0)) },
  },
  'mach-network/data-is-converted-to-the-receiver': {
    step: findings('data'),
    sometimes: {
      'a number comes from a machine that writes it the other way round': received(({ sent, node, message }, { after }) =>
        sent.bigEndian !== after.nodes[node]!.manager.bigEndian && message.body.some((item) => item.tag === 'data' && item.bits > 8)),
    },
  },
  'mach-network/one-way-messages-stay-in-order': {
    step: findings('order'),
    sometimes: { 'a one-way message comes from another node': received(({ sent }) => sent.oneWay && sent.kind === 'send') },
  },
  'mach-network/resent-message-is-delivered-once': {
    step: (step) => (isIdeal(step) ? [...findings('twice')(step), ...takenOnce(step)] : []),
    sometimes: { 'a message comes that was taken before': (step) => isEcho(step) },
  },
};
