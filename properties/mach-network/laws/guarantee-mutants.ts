import { ideal } from '#model/mach-network/mechanisms';
import { enter, entryFor, forget } from '#model/mach-network/entries';
import { minding, serverOf } from '#model/mach-network/world';
import { serverPort } from '#properties/mach-network/facts';
import { change } from '#model/operation';
import type { MachNetworkMutants } from '#properties/mach-network/obligation';

export const guaranteeMutants: MachNetworkMutants = {
  'send-once-right-comes-as-a-send-right': {
    rule: 'mach-network/send-once-guarantee-crosses-nodes',
    fault: 'a send-once right of another node can be used as often as one likes',
    mechanisms: { onceDisposition: () => 'make-send' },
  },
  'vanished-holder-is-waited-for': {
    rule: 'mach-network/send-once-guarantee-crosses-nodes',
    fault: 'nobody asks whether a send-once right is still there',
    mechanisms: { checkOnce: () => {} },
  },
  'vanished-right-is-kept': {
    rule: 'mach-network/send-once-guarantee-crosses-nodes',
    fault: 'a server forgets a send-once right, and does not let it go',
    mechanisms: {
      vanish: (world, node, port) => {
        const entry = entryFor(world, node, port);
        if (entry?.tag === 'real') enter(world, node, { tag: 'gone', id: entry.id });
      },
    },
  },
  'send-once-right-is-let-go-at-once': {
    rule: 'mach-network/send-once-guarantee-crosses-nodes',
    fault: 'a server lets a send-once right go as soon as it asks for it',
    mechanisms: { checkOnce: (world, node, real) => ideal.checkOnce(world, node, { ...real, asked: true }) },
  },
  'holder-is-not-believed': {
    rule: 'mach-network/send-once-guarantee-crosses-nodes',
    fault: 'a server lets a send-once right go though its holder says that it has it',
    mechanisms: {
      answerComes: (world, node, from, answer) => {
        const isAboutOnce = answer.whereabouts === 'here' && entryFor(world, node, answer.port)?.tag === 'real';
        ideal.answerComes(world, node, from, isAboutOnce ? { ...answer, whereabouts: 'unknown' } : answer);
      },
    },
  },
  'token-sees-nobody': {
    rule: 'mach-network/no-senders-waits-for-remote-holders',
    fault: 'a port has no senders although one lives elsewhere',
    mechanisms: {
      tokenComes: (world, node, token) => ideal.tokenComes(world, node, token),
      isUsed: () => false,
    },
  },
  'one-pass-is-enough': {
    rule: 'mach-network/no-senders-waits-for-remote-holders',
    fault: 'the token goes round once only',
    mechanisms: {
      passEnds: (world, node, token) => {
        const real = entryFor(world, node, token.port);
        if (real?.tag === 'real' && real.round === token.round && token.nobody) world.mechanisms.letGo(world, node, real);
      },
    },
  },
  'right-under-way-is-not-counted': {
    rule: 'mach-network/no-senders-waits-for-remote-holders',
    fault: 'the token does not see rights in messages that are kept',
    mechanisms: {
      tokenComes: (world, node, token) => {
        const { outgoing } = serverOf(world, node);
        minding(world, node).outgoing = [];
        ideal.tokenComes(world, node, token);
        minding(world, node).outgoing = [...outgoing];
      },
    },
  },
  'rights-sent-on-are-not-counted': {
    rule: 'mach-network/no-senders-waits-for-remote-holders',
    fault: 'nobody counts that a right was sent on',
    mechanisms: {
      exportSend: (world, node, name) => {
        const { exports } = serverOf(world, node);
        const right = ideal.exportSend(world, node, name);
        minding(world, node).exports = exports;
        return right;
      },
    },
  },
  'right-is-kept-when-nobody-sends': {
    rule: 'mach-network/no-senders-waits-for-remote-holders',
    fault: 'a server keeps its right to a port that nobody elsewhere can send to',
    mechanisms: { letGo: (world, node, { id }) => forget(world, node, id.public) },
  },
  'nobody-asks-for-senders': {
    rule: 'mach-network/no-senders-waits-for-remote-holders',
    fault: 'no token is ever sent',
    mechanisms: { checkReal: () => {} },
  },
  'backup-gets-nothing': {
    rule: 'mach-network/hand-over-reaches-a-remote-backup',
    fault: 'the receive right that the kernel hands over does not go to another node',
    mechanisms: {
      exportMessage: (world, node, message, to) => ideal.exportMessage(world, node, message.id === 69 ? { ...message, body: [] } : message, to),
    },
  },
  'backup-gets-a-send-right': {
    rule: 'mach-network/hand-over-reaches-a-remote-backup',
    fault: 'the receive right that comes to a backup is none',
    mechanisms: {
      deliverHere: (world, node, real, content) => {
        const isHandOver = content.id === 69;
        return ideal.deliverHere(world, node, real, isHandOver ? { ...content, complex: false, body: [] } : content);
      },
    },
  },
  'tasks-cannot-be-reached': {
    rule: 'mach-network/tasks-are-controlled-through-proxies',
    fault: 'what is asked of the kernel from another node is thrown away',
    mechanisms: {
      deliverHere: (world, node, real, content) => {
        const port = serverPort(world.state, node, real.local.name);
        const isKernels = port !== null && world.state.nodes[node]!.kernel.ports[port]!.kernel !== null;
        return isKernels ? 'accepted' : ideal.deliverHere(world, node, real, content);
      },
    },
  },
  'requests-are-about-the-first-task': {
    rule: 'mach-network/tasks-are-controlled-through-proxies',
    fault: 'what is asked of one task from another node is done to the server\'s own',
    mechanisms: {
      deliverHere: (world, node, real, content) => {
        const { kernel, manager } = world.state.nodes[node]!;
        const verdict = ideal.deliverHere(world, node, real, content);
        const port = serverPort(world.state, node, real.local.name);
        if (content.id === 2056 && port !== null && kernel.ports[port]!.kernel === 'task') change(kernel.tasks[manager.task]!).suspends += 1;
        return verdict;
      },
    },
  },
  'names-of-others-are-not-found': {
    rule: 'mach-network/names-find-services',
    fault: 'a server tells no other what names it keeps',
    mechanisms: { lookUpComes: (world, node, from, { serial }) => ideal.lookUpComes(world, node, from, { tag: 'look up', serial, name: '' }) },
  },
  'look-up-waits-for-ever': {
    rule: 'mach-network/names-find-services',
    fault: 'a look-up that nobody answers is never given up',
    mechanisms: { checkLookup: (world, node, lookup) => ideal.checkLookup(world, node, { ...lookup, tries: 0 }) },
  },
  'name-is-not-the-other-nodes': {
    rule: 'mach-network/names-find-services',
    fault: 'what another node answers is not passed on',
    mechanisms: { lookedUpComes: (world, node, from, answer) => ideal.lookedUpComes(world, node, from, { ...answer, right: null }) },
  },
  'names-are-taken-over': {
    rule: 'mach-network/names-find-services',
    fault: 'a name can be checked in anew by anybody',
    mechanisms: {
      serveNames: (world, node, message) => {
        if (message.id === 1040) minding(world, node).services = [];
        ideal.serveNames(world, node, message);
      },
    },
  },
  'look-up-is-of-the-check-in': {
    rule: 'mach-network/names-find-services',
    fault: 'a request with a number that is unknown is taken for a look-up',
    mechanisms: { serveNames: (world, node, message) => ideal.serveNames(world, node, message.id > 1042 || message.id < 1040 ? { ...message, id: 1041 } : message) },
  },
};
