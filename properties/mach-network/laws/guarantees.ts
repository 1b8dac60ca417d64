import type { MachNetworkState, Real } from '#model/mach-network/state';
import type { NodeId } from '#model/network/wire';
import { arrived, carries, entriesOf, entryIn, isUnused, nodeOf, postedOf, serverEntry, serverPort } from '#properties/mach-network/facts';
import { ledgerAfter } from '#properties/mach-network/ledger';
import { isIdeal, type MachNetworkLaws, type MachNetworkStep } from '#properties/mach-network/obligation';
import { monitor, type Violations } from '#properties/obligation';

const startsAnew = ({ call }: MachNetworkStep): boolean => call.operation === 'netmsgserver_restarts' || call.operation === 'node_reboots';

/** Ports and send-once rights of a node that its server knew before a step, and knows no more. */
function lost(step: MachNetworkStep, kind: Real['kind']): readonly Real[] {
  const node = nodeOf(step);
  if (node === null || !step.after.nodes[node]!.up || startsAnew(step) || step.before.nodes[node]!.manager === step.after.nodes[node]!.manager) return [];
  return entriesOf(step.before.nodes[node]!.manager).reals.filter((real) => real.kind === kind && entryIn(step.after.nodes[node]!.manager, real.id.public)?.tag !== 'real');
}

/** A server lets its own send-once right go when it has used it, or when nobody elsewhere can have it any more. */
function onceIsUsedOrGone(step: MachNetworkStep): Violations {
  const node = nodeOf(step)!;
  return lost(step, 'once').flatMap((real) => {
    const port = real.id.public;
    const says = `node ${node} lets the send-once right ${port} go`;
    const left = serverEntry(step.after, node, real.local.name);
    if (left !== null) return [`${says}, and keeps it`];
    const was = serverPort(step.before, node, real.local.name);
    const isDead = was === null || step.after.nodes[node]!.kernel.ports[was]!.life === 'dead';
    const message = arrived(step, 'message');
    if (isDead || message?.cargo.port === port || (message !== null && (carries(message.cargo, port) || carriesRequest(message.cargo, port)))) return [];
    const answer = arrived(step, 'answer');
    if (answer?.cargo.port === port && answer.from === real.holder && real.asked && answer.cargo.whereabouts !== 'here') return [];
    if (step.call.operation === 'checkup' && real.asked && isIdeal(step)) return [];
    return isGivenUp(step, node, port) ? [] : [`${says}, which node ${real.holder} still has`];
  });
}

/** Whether a message with a right in it is kept no longer. */
const isGivenUp = ({ before, after }: MachNetworkStep, node: NodeId, port: number): boolean =>
  before.nodes[node]!.manager.outgoing.some((sent) => (carries(sent, port) || carriesRequest(sent, port)) && !after.nodes[node]!.manager.outgoing.some(({ serial }) => serial === sent.serial));

const carriesRequest = ({ content }: Parameters<typeof carries>[0], port: number): boolean => content.body.some((item) =>
  item.tag === 'rights' && item.rights.some((right) => right.tag === 'receive' && right.requests.some((request) => request.right.public === port)));

/** What comes for a send-once right uses it up, and what comes after that is too late. */
function onceIsUsedUp(step: MachNetworkStep): Violations {
  const message = arrived(step, 'message');
  if (message === null) return [];
  const { to, from, cargo: { port, serial } } = message;
  // What its sender has given up is not taken any more, though it is answered.
  const isLate = serial < (step.before.nodes[to]!.manager.settled[from] ?? 0);
  const was = entryIn(step.before.nodes[to]!.manager, port);
  if (was?.tag === 'real' && was.kind === 'once' && !isLate && postedOf(step, 'completion').some(({ cargo }) => cargo.completion === 'accepted')) {
    return entryIn(step.after.nodes[to]!.manager, port)?.tag === 'gone' && serverEntry(step.after, to, was.local.name) === null ? [] : [`the send-once right ${port} is not used up`];
  }
  if (was?.tag !== 'gone') return [];
  return step.after.nodes[to]!.kernel.ports === step.before.nodes[to]!.kernel.ports ? [] : [`something comes of a message for ${port}, which is no more`];
}

/** Checkups after which nobody who has lost a send-once right can be taken for its holder. */
const ROUNDS = 4;

/** A send-once right whose holder is gone is let go, so that its port is told. */
class Vanishing {
  readonly #counts = new Map<string, number>();

  next(step: MachNetworkStep): Violations {
    const { after, call } = step;
    if (call.operation !== 'checkup' || !isIdeal(step)) return [];
    const { node } = call as unknown as { node: NodeId };
    const { manager, epoch } = after.nodes[node]!;
    return entriesOf(manager).reals.flatMap(({ id: { public: port }, kind, holder }) => {
      if (kind !== 'once' || holder === null || manager.outgoing.some((sent) => carries(sent, port) || carriesRequest(sent, port))) return [];
      const key = `${node}.${epoch}/${port}`;
      const there = after.nodes[holder]!;
      const isThere = there.up && entryIn(there.manager, port)?.tag === 'proxy';
      const count = isThere ? 0 : (this.#counts.get(key) ?? 0) + 1;
      this.#counts.set(key, count);
      return count >= ROUNDS ? [`node ${node} keeps the send-once right ${port}, which node ${holder} has no more`] : [];
    });
  }
}

const isCheckedIn = (state: MachNetworkState, node: NodeId, { local }: Real): boolean =>
  state.nodes[node]!.manager.services.some(({ port }) => port.name === local.name);

/** A server lets its send right go when nobody elsewhere has one, wherever that may be. */
function noSendersAtAll(step: MachNetworkStep): Violations {
  const node = nodeOf(step);
  return lost(step, 'port').flatMap((real) => {
    const port = real.id.public;
    if (entryIn(step.after.nodes[node!]!.manager, port) !== null) return [];
    const holders = step.before.nodes.flatMap((other, at) => {
      const entry = other.up ? entryIn(other.manager, port) : null;
      const keeps = other.up && other.manager.outgoing.some((sent) => carries(sent, port));
      return keeps || (entry?.tag === 'proxy' && !isUnused(step.before, at, entry)) ? [at] : [];
    });
    if (!isIdeal(step)) return real.quiet >= 2 && step.call.operation === 'checkup' ? [] : [`node ${node} lets ${port} go, though it has not been quiet`];
    const wrong = holders.map((at) => `node ${node} believes that ${port} has no senders, and node ${at} has one`);
    const was = serverEntry(step.before, node!, real.local.name);
    const is = serverEntry(step.after, node!, real.local.name);
    const sends = (entry: typeof was): number => (entry?.tag === 'port' ? entry.sends : 0);
    return was?.tag === 'port' && sends(is) !== sends(was) - 1 ? [...wrong, `node ${node} knows nothing of ${port} and keeps a right to it`] : wrong;
  });
}

/** The token goes round as it should, and says what is true. */
function tokenIsTrue(step: MachNetworkStep): Violations {
  if (!isIdeal(step)) return [];
  const out = postedOf(step, 'token');
  const { before } = step;
  const count = before.nodes.length;
  if (step.call.operation === 'checkup') {
    const { node } = step.call as unknown as { node: NodeId };
    return entriesOf(before.nodes[node]!.manager).reals.flatMap((real) => {
      const now = entryIn(step.after.nodes[node]!.manager, real.id.public);
      if (real.kind === 'port' && now?.tag === 'real' && now.quiet === 0) return [`node ${node} does not notice how long ${real.id.public} has been quiet`];
      const due = real.kind === 'port' && real.quiet > 0 && !isCheckedIn(before, node, real) && !before.nodes[node]!.manager.outgoing.some((sent) => carries(sent, real.id.public));
      const sent = out.some(({ cargo, to }) => cargo.port === real.id.public && cargo.pass === 1 && to === (node + 1) % count);
      return due && !sent && entryIn(step.after.nodes[node]!.manager, real.id.public)?.tag === 'real' ? [`node ${node} does not ask who has a right to ${real.id.public}`] : [];
    });
  }
  const token = arrived(step, 'token');
  if (token === null) return [];
  const { to, cargo } = token;
  const entry = entryIn(before.nodes[to]!.manager, cargo.port);
  if (to !== cargo.home) {
    const held = entry?.tag === 'proxy' && !isUnused(before, to, entry);
    const [next, ...more] = out;
    const isRight = next !== undefined && more.length === 0 && next.to === (to + 1) % count && next.cargo.nobody === (cargo.nobody && !held)
      && next.cargo.exports === cargo.exports + before.nodes[to]!.manager.exports && next.cargo.round === cargo.round && next.cargo.pass === cargo.pass;
    return isRight ? [] : [`node ${to} does not pass the token for ${cargo.port} on as it is`];
  }
  if (entry?.tag !== 'real' || entry.round !== cargo.round) return out.length === 0 ? [] : [`an old token for ${cargo.port} goes on`];
  const isCarried = before.nodes[to]!.manager.outgoing.some((sent) => carries(sent, cargo.port));
  const ends = cargo.nobody && !isCarried && cargo.pass === 2 && entry.exports === cargo.exports;
  const isGone = entryIn(step.after.nodes[to]!.manager, cargo.port) === null;
  return ends === isGone ? [] : [`node ${to} ${ends ? 'does not believe' : 'believes too soon'} that ${cargo.port} has no senders`];
}

/** Whoever sends a right on counts that. */
function exportsAreCounted(step: MachNetworkStep): Violations {
  if (step.call.operation !== 'netmsgserver_runs') return [];
  const { node } = step.call as unknown as { node: NodeId };
  const sent = postedOf(step, 'message').flatMap(({ cargo: { content } }) => [content.reply, ...content.body.flatMap((item) => (item.tag === 'rights' ? item.rights : []))])
    .filter(({ tag }) => tag === 'send').length;
  const counted = step.after.nodes[node]!.manager.exports - step.before.nodes[node]!.manager.exports;
  return counted >= sent ? [] : [`node ${node} does not count that it sends rights on`];
}

const PORT_DESTROYED = 69;

/** The receive right that the kernel hands to a backup on another node goes there, and its messages wait to follow it. */
function goesToBackup(step: MachNetworkStep): Violations {
  const { before, after } = step;
  const node = nodeOf(step);
  if (step.call.operation === 'netmsgserver_runs') {
    return handedOver(step, node!).flatMap((port) => {
      const proxy = entriesOf(after.nodes[node!]!.manager).proxies.find(({ local }) => serverPort(after, node!, local.name) === port);
      const goes = proxy !== undefined && postedOf(step, 'message').some(({ cargo }) => cargo.content.id === PORT_DESTROYED && carries(cargo, proxy.id.public));
      const was = before.nodes[node!]!.kernel.ports[port]!.queue;
      const is = after.nodes[node!]!.kernel.ports[port]!.queue;
      if (!goes) return [`the receive right of p${port + 1} does not go to its backup`];
      return was.every(({ serial }, at) => is[at]?.serial === serial) ? [] : [`messages for p${port + 1} do not wait for its backup`];
    });
  }
  const message = arrived(step, 'message');
  if (message?.cargo.content.id !== PORT_DESTROYED || !postedOf(step, 'completion').some(({ cargo }) => cargo.completion === 'accepted')) return [];
  const { to, cargo: { content } } = message;
  return content.body.flatMap((item) => (item.tag === 'rights' ? item.rights : [])).flatMap((right) => {
    if (right.tag !== 'receive' || ledgerAfter(step).isEcho) return [];
    const entry = entryIn(after.nodes[to]!.manager, right.id.public);
    return entry?.tag === 'real' ? [] : [`the receive right of ${right.id.public} has not come to its backup`];
  });
}

/** The ports whose receive rights a server takes from a proxy, as the kernel hands them over. */
function handedOver({ before, after }: MachNetworkStep, node: NodeId): readonly number[] {
  return entriesOf(before.nodes[node]!.manager).proxies.flatMap(({ local }) => {
    const port = serverPort(before, node, local.name);
    if (port === null) return [];
    const left = after.nodes[node]!.kernel.ports[port]!.queue;
    return before.nodes[node]!.kernel.ports[port]!.queue.filter(({ id, sender, serial }) => id === PORT_DESTROYED && sender === -1 && !left.some((message) => message.serial === serial))
      .flatMap(({ body }) => body.flatMap((item) => (item.tag === 'rights' ? item.rights.flatMap((right) => (right.tag === 'right' ? [right.port] : [])) : [])));
  });
}

/** A request that a reply bears the number of, and this much. */
const REPLY = 100;

/** Whether a message arrives for a port of the kernel's own. */
function kernelRequest({ before }: MachNetworkStep, message: ReturnType<typeof arrived<'message'>>): boolean {
  if (message === null) return false;
  const entry = entryIn(before.nodes[message.to]!.manager, message.cargo.port);
  const port = entry?.tag === 'real' ? serverPort(before, message.to, entry.local.name) : null;
  return port !== null && before.nodes[message.to]!.kernel.ports[port]!.kernel !== null;
}

/** What the kernel is asked from another node it does at once, and its answer waits to go back. */
function kernelAnswers(step: MachNetworkStep): Violations {
  const message = arrived(step, 'message');
  if (message === null || !kernelRequest(step, message) || message.cargo.content.reply.tag !== 'send-once' || ledgerAfter(step).isEcho) return [];
  const { to, cargo: { port, content } } = message;
  const entry = entryIn(step.before.nodes[to]!.manager, port) as Real;
  const target = step.before.nodes[to]!.kernel.ports[serverPort(step.before, to, entry.local.name)!]!;
  if (target.life === 'dead') return [];
  const reply = entryIn(step.after.nodes[to]!.manager, (content.reply as { id: { public: number } }).id.public);
  const at = reply?.tag === 'proxy' ? serverPort(step.after, to, reply.local.name) : null;
  const answers = at === null ? [] : step.after.nodes[to]!.kernel.ports[at]!.queue;
  const isAnswered = answers.length === 1 && answers[0]!.id === content.id + REPLY;
  const wrong = isAnswered ? [] : [`the kernel of node ${to} does not answer request ${content.id}`];
  const task = step.before.nodes[to]!.kernel.tasks.findIndex((one) => step.before.nodes[to]!.kernel.ports[one.port] === target);
  return task < 0 ? wrong : [...wrong, ...taskObeys(step, to, task, content.id)];
}

const SUSPEND = 2056;
const RESUME = 2057;
const TERMINATE = 2008;

/** What a request does to the task, which stays where it is; others are as before. */
function taskObeys({ before, after }: MachNetworkStep, node: NodeId, task: number, id: number): Violations {
  const was = before.nodes[node]!.kernel.tasks;
  const is = after.nodes[node]!.kernel.tasks;
  const due = id === SUSPEND ? was[task]!.suspends + 1 : id === RESUME ? Math.max(0, was[task]!.suspends - 1) : was[task]!.suspends;
  const wrong = is.flatMap(({ life, suspends }, at) => {
    const lives = at === task && id === TERMINATE ? 'dead' : was[at]?.life;
    if (was[at] !== undefined && life !== lives) return [`T${at + 1} on node ${node} is ${life}`];
    return was[at] !== undefined && suspends !== (at === task ? due : was[at].suspends) ? [`T${at + 1} on node ${node} is suspended ${suspends} times`] : [];
  });
  return wrong;
}

export const guaranteeLaws: MachNetworkLaws = {
  'mach-network/send-once-guarantee-crosses-nodes': {
    step: (step) => [
      ...(isIdeal(step) ? ledgerAfter(step).findings.filter(({ topic }) => topic === 'once').map(({ says }) => says) : []),
      ...onceIsUsedOrGone(step), ...onceIsUsedUp(step),
    ],
    monitor: monitor({ start: () => new Vanishing(), next: (vanishing, step) => vanishing.next(step) }),
    sometimes: {
      'a send-once right comes from another node': (step) => ledgerAfter(step).receipts.some(({ message, sent, node }) => sent.from !== node && message.remote.kind === 'send-once'),
      'a holder has it no more': (step) => lost(step, 'once').length > 0 && arrived(step, 'answer') !== null,
      'nothing is heard of a holder': (step) => lost(step, 'once').length > 0 && step.call.operation === 'checkup',
    },
  },
  'mach-network/no-senders-waits-for-remote-holders': {
    step: (step) => [...noSendersAtAll(step), ...tokenIsTrue(step), ...exportsAreCounted(step)],
    sometimes: {
      'a server lets its right go': (step) => lost(step, 'port').some(({ id }) => entryIn(step.after.nodes[nodeOf(step)!]!.manager, id.public) === null),
      'the token finds a holder': (step) => arrived(step, 'token')?.cargo.nobody === true && postedOf(step, 'token').some(({ cargo }) => !cargo.nobody),
      'a right is on its way while the token goes round': (step) => step.after.nodes.some(({ up, manager }) => up && manager.outgoing.some((sent) => {
        const token = arrived(step, 'token');
        return token !== null && carries(sent, token.cargo.port);
      })),
    },
  },
  'mach-network/hand-over-reaches-a-remote-backup': {
    on: ['netmsgserver_runs', 'packet_arrives'],
    step: goesToBackup,
    sometimes: {
      'a receive right goes to a backup elsewhere': (step) => step.call.operation === 'netmsgserver_runs' && handedOver(step, nodeOf(step)!).length > 0,
      'it comes there': (step) => arrived(step, 'message')?.cargo.content.id === PORT_DESTROYED,
    },
  },
  'mach-network/tasks-are-controlled-through-proxies': {
    on: ['packet_arrives'],
    step: kernelAnswers,
    sometimes: {
      'the kernel is asked for something from another node': (step) => kernelRequest(step, arrived(step, 'message')),
      'a task is suspended from another node': (step) => kernelRequest(step, arrived(step, 'message')) && arrived(step, 'message')!.cargo.content.id === SUSPEND,
    },
  },
};
