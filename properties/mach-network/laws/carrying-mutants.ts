import { mach } from '#model/mach/kernel';
import type { Message } from '#model/mach/state';
import type { Mach } from '#model/mach/world';
import { ideal } from '#model/mach-network/mechanisms';
import { entryFor } from '#model/mach-network/entries';
import { minding, serverOf } from '#model/mach-network/world';
import type { ServerMechanisms } from '#model/mach-network/mechanisms';
import type { MachNetworkMutants } from '#properties/mach-network/obligation';

export const carryingMutants: MachNetworkMutants = {
  'full-port-takes-more': {
    rule: 'mach-network/full-port-suspends-its-senders',
    fault: 'a server gives messages to a port that is full',
    mechanisms: { isFull: () => false },
  },
  'refused-node-is-forgotten': {
    rule: 'mach-network/full-port-suspends-its-senders',
    fault: 'a server does not note whom it refuses',
    mechanisms: {
      judgeMessage: (world, node, from, message) => {
        const before = serverOf(world, node).entries;
        const judged = ideal.judgeMessage(world, node, from, message);
        if (judged.completion === 'blocked') minding(world, node).entries = [...before];
        return judged;
      },
    },
  },
  'refused-server-goes-on': {
    rule: 'mach-network/full-port-suspends-its-senders',
    fault: 'a server goes on taking messages for a port that is full',
    mechanisms: {
      completionComes: (world, node, from, completion) => {
        if (completion.completion !== 'blocked') return ideal.completionComes(world, node, from, completion);
        minding(world, node).outgoing = serverOf(world, node).outgoing.map((sent) => (sent.serial === completion.serial ? { ...sent, blocked: true } : sent));
      },
    },
  },
  'room-is-not-told': {
    rule: 'mach-network/unblock-restarts-senders',
    fault: 'nobody is told that there is room again',
    mechanisms: {
      heed: (world, node, message) => {
        minding(world, node).entries = serverOf(world, node).entries.map((entry) => (entry.tag === 'real' ? { ...entry, waiting: [] } : entry));
        ideal.heed(world, node, message);
      },
    },
  },
  'word-of-room-is-not-heeded': {
    rule: 'mach-network/unblock-restarts-senders',
    fault: 'a server that hears of room sends nothing',
    mechanisms: { unblockComes: () => {} },
  },
  'proxy-stays-suspended': {
    rule: 'mach-network/unblock-restarts-senders',
    fault: 'once nothing was taken from a proxy nothing is ever taken',
    mechanisms: { resumeProxy: () => {} },
  },
  'checkup-leaves-the-refused': {
    rule: 'mach-network/unblock-restarts-senders',
    fault: 'a checkup does not send again what was refused',
    mechanisms: { retryOrAbort: (world, node, sent) => { if (!sent.blocked) ideal.retryOrAbort(world, node, sent); } },
  },
  'resent-in-reverse': {
    rule: 'mach-network/unblock-restarts-senders',
    fault: 'a checkup sends messages again from the last to the first',
    mechanisms: {
      checkUp: (world, node) => {
        const mind = minding(world, node);
        mind.outgoing = [...serverOf(world, node).outgoing].reverse();
        ideal.checkUp(world, node);
      },
    },
  },
  'proxy-knows-whether-its-port-is-busy': {
    rule: 'mach-network/proxy-accepts-for-the-port',
    fault: 'a proxy takes no message while one is under way',
    mechanisms: {
      hasRoom: (world: Mach<'limit zero'>, message: Message) => {
        const { ports, tasks } = world.state;
        const { destination: { port, kind } } = message;
        const isProxy = tasks.some(({ names }) => names.some((entry) => entry?.tag === 'set') && names.some((entry) => entry?.tag === 'port' && entry.receive && entry.port === port));
        return !(isProxy && kind === 'send' && ports[port]!.set === null) && hasRoom(world, message);
      },
    } as unknown as Partial<ServerMechanisms>,
  },
  'message-is-forgotten-when-sent': {
    rule: 'mach-network/message-is-kept-until-completion',
    fault: 'a server keeps no one-way message that it has sent',
    mechanisms: {
      completionComes: (world, node, from, completion) => {
        ideal.completionComes(world, node, from, completion);
        if (completion.completion === 'blocked') minding(world, node).outgoing = serverOf(world, node).outgoing.filter(({ serial }) => serial !== completion.serial);
      },
    },
  },
  'message-does-not-follow-its-port': {
    rule: 'mach-network/message-is-kept-until-completion',
    fault: 'a message for a port that has moved is sent to where it was',
    mechanisms: {
      completionComes: (world, node, from, completion) => {
        if (completion.completion !== 'moved') return ideal.completionComes(world, node, from, completion);
        const sent = serverOf(world, node).outgoing.find(({ serial }) => serial === completion.serial);
        if (sent !== undefined) world.mechanisms.transmit(world, node, sent);
      },
    },
  },
  'rights-of-lost-messages-are-kept': {
    rule: 'mach-network/message-is-kept-until-completion',
    fault: 'the rights of a message that is given up are neither here nor there',
    mechanisms: { discardContent: () => {} },
  },
  'arrived-message-is-kept': {
    rule: 'mach-network/message-is-kept-until-completion',
    fault: 'a server does not believe that a request has arrived',
    mechanisms: {
      completeMessage: (world, node, sent, at) => {
        const { outgoing } = serverOf(world, node);
        ideal.completeMessage(world, node, sent, at);
        if (sent.rpc && entryFor(world, node, sent.port)?.tag === 'proxy') minding(world, node).outgoing = [...outgoing];
      },
    },
  },
  'echo-is-delivered-again': {
    rule: 'mach-network/resent-message-is-delivered-once',
    fault: 'a message is delivered as often as it comes',
    mechanisms: { alreadyTaken: () => null },
  },
  'settled-messages-are-forgotten': {
    rule: 'mach-network/resent-message-is-delivered-once',
    fault: 'a late echo of a message that is over and done with is delivered again',
    mechanisms: {
      alreadyTaken: (world, node, from, { serial }) => {
        return serverOf(world, node).taken.find((known) => known.from === from && known.serial === serial) ?? null;
      },
    },
  },
  'numbers-of-all-nodes-are-one': {
    rule: 'mach-network/message-passes-through-two-servers',
    fault: 'a server takes what comes after an echo for an echo',
    mechanisms: {
      messageComes: (world, node, from, message) => ideal.messageComes(world, node, from, { ...message, settled: message.settled + 1 }),
    },
  },
};

const { hasRoom } = mach.mechanisms;

