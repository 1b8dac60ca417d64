import type { ReceivedMessage } from '#spec/mach/vocabulary';
import { isEcho, takenOnce } from '#properties/mach-network/laws/carrying';
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

/** What becomes of messages between programs on different nodes, and of what is in them. */
export const messageLaws: MachNetworkLaws = {
  'mach-network/message-passes-through-two-servers': {
    step: findings('delivery'),
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
