import type { MachNetworkState, Outgoing, Proxy } from '#model/mach-network/state';
import type { NodeId } from '#model/network/wire';
import { arrived, entriesOf, entryIn, holders, isUnused, nodeOf, packetOf, posted, postedOf, serverPort } from '#properties/mach-network/facts';
import type { MachNetworkLaws, MachNetworkStep } from '#properties/mach-network/obligation';
import { monitor, type Violations } from '#properties/obligation';

const others = (state: MachNetworkState, node: NodeId): readonly NodeId[] => state.nodes.flatMap((_, other) => (other === node ? [] : [other]));

/** What a server has to say of a port, from what it has in its table. */
function truth(state: MachNetworkState, node: NodeId, port: number, believed: NodeId): { readonly says: string; readonly receiver: NodeId | null } {
  const entry = entryIn(state.nodes[node]!.manager, port);
  if (entry === null) return { says: 'unknown', receiver: null };
  if (entry.tag === 'gone') return { says: 'dead', receiver: null };
  if (entry.tag === 'real') return { says: believed === node ? 'here' : 'here but moved', receiver: node };
  if (entry.kind === 'once' || entry.leaving) return { says: 'here', receiver: node };
  const { receiver } = entry.id;
  return receiver === believed || receiver === node ? { says: 'unknown', receiver: null } : { says: 'not here but moved', receiver };
}

function answersTruly(step: MachNetworkStep): Violations {
  const question = arrived(step, 'question');
  if (question === null) return [];
  const { from, to, cargo: { port, believed } } = question;
  const { says, receiver } = truth(step.before, to, port, believed);
  const [answer, ...more] = postedOf(step, 'answer');
  if (answer === undefined || more.length > 0 || answer.to !== from || answer.cargo.port !== port) return [`node ${from} gets no one answer about ${port}`];
  return answer.cargo.whereabouts === says && answer.cargo.receiver === receiver ? [] : [`node ${to} says ${answer.cargo.whereabouts} of ${port}, which is ${says}`];
}

/** A server believes what it is told, and asks on where it is told nothing. */
function believes(step: MachNetworkStep): Violations {
  const answer = arrived(step, 'answer');
  if (answer === null) return [];
  const { to, cargo: { port, whereabouts, receiver } } = answer;
  const was = entryIn(step.before.nodes[to]!.manager, port);
  if (was?.tag !== 'proxy' || was.asked === 'nobody') return [];
  const is = entryIn(step.after.nodes[to]!.manager, port);
  const questions = postedOf(step, 'question').filter(({ cargo }) => cargo.port === port).map((packet) => packet.to);
  switch (whereabouts) {
    case 'here':
    case 'here but moved': return is?.tag === 'proxy' && is.id.receiver === receiver && is.asked === 'nobody' ? [] : [`node ${to} does not believe that ${port} is on node ${receiver}`];
    case 'dead': return is === null ? [] : [`node ${to} does not believe that ${port} is dead`];
    case 'not here but moved': return was.asked === 'everyone' || questions.includes(receiver!) || receiver === to ? [] : [`node ${to} does not ask node ${receiver} for ${port}`];
    case 'unknown': return was.asked === 'everyone' || sameNodes(questions, next(step.before, to, was)) ? [] : [`node ${to} asks nobody else for ${port}`];
  }
}

/** Whom a server asks next: the believed receiver, the owner, everybody. */
function next(state: MachNetworkState, node: NodeId, { id, asked }: Proxy): readonly NodeId[] {
  if (asked === 'nobody' && id.receiver !== node) return [id.receiver];
  if (asked !== 'owner' && asked !== 'everyone' && id.owner !== node && id.owner !== id.receiver) return [id.owner];
  return asked === 'everyone' ? [] : others(state, node);
}

const sameNodes = (some: readonly NodeId[], same: readonly NodeId[]): boolean => some.length === same.length && same.every((node) => some.includes(node));

/** Messages go where their ports are believed to be, and are told where those have gone that are not there. */
function routedRight(step: MachNetworkStep): Violations {
  const wrong = postedOf(step, 'message').flatMap(({ from, to, cargo }) => {
    const entry = entryIn(step.after.nodes[from]!.manager, cargo.port);
    const known = step.before.nodes[from]!.manager.outgoing.find(({ serial }) => serial === cargo.serial);
    const isAnswered = arrived(step, 'completion')?.cargo.serial === cargo.serial;
    // What may have been taken somewhere is sent there again.
    if (known !== undefined && known.at !== null && !isAnswered) return known.at === to ? [] : [`message ${cargo.serial} goes to node ${to}, and node ${known.at} may have it`];
    return entry !== null && entry.id.receiver !== to ? [`a message for ${cargo.port} goes to node ${to}, and not to node ${entry.id.receiver}`] : [];
  });
  const message = arrived(step, 'message');
  if (message === null) return wrong;
  const { to, from, cargo: { port, serial } } = message;
  const entry = entryIn(step.before.nodes[to]!.manager, port);
  const completion = postedOf(step, 'completion').find((packet) => packet.to === from && packet.cargo.serial === serial);
  if (completion === undefined) return [...wrong, `node ${from} does not hear what became of message ${serial}`];
  const { cargo } = completion;
  if (cargo.completion === 'accepted') return wrong;
  const moves = entry?.tag === 'proxy' && !entry.leaving && entry.id.receiver !== to;
  if (moves && (cargo.completion !== 'moved' || cargo.receiver !== entry.id.receiver)) wrong.push(`node ${from} is not told that ${port} has gone to node ${entry.id.receiver}`);
  if (entry?.tag === 'gone' && cargo.completion !== 'dead') wrong.push(`node ${from} is not told that ${port} is dead`);
  return wrong;
}

/** Whether a message carries the receive right of a port. */
const bringsReceive = ({ content }: Pick<Outgoing, 'content'>, port: number): boolean =>
  content.body.some((item) => item.tag === 'rights' && item.rights.some((right) => right.tag === 'receive' && right.id.public === port));

/** Whether messages are destroyed in a step with the port they were queued at, and with them rights to other ports. */
function losesMessages({ before, after }: MachNetworkStep, node: NodeId): boolean {
  const is = after.nodes[node]!.kernel.ports;
  return before.nodes[node]!.kernel.ports.some(({ queue, senders }, port) => queue.length + senders.length > 0 && is[port]!.life === 'dead');
}

/** What may make a server declare a port dead. */
function isJustified(step: MachNetworkStep, proxy: Proxy): boolean {
  const { before, call } = step;
  const port = proxy.id.public;
  if (call.operation === 'netmsgserver_restarts') return true;
  const death = arrived(step, 'death');
  const answer = arrived(step, 'answer');
  const completion = arrived(step, 'completion');
  const node = nodeOf(step)!;
  const carriers = before.nodes[node]!.manager.outgoing.filter((kept) => bringsReceive(kept, port));
  const spilled = carriers.some((sent) => !step.after.nodes[node]!.manager.outgoing.some(({ serial }) => serial === sent.serial));
  if (spilled || death?.cargo.port === port || (answer?.cargo.port === port && answer.cargo.whereabouts === 'dead')) return true;
  const message = arrived(step, 'message');
  if (message !== null && bringsReceive(message.cargo, port) && postedOf(step, 'completion').some(({ cargo }) => cargo.completion === 'dead')) return true;
  const sent = completion === null ? undefined : before.nodes[node]!.manager.outgoing.find(({ serial }) => serial === completion.cargo.serial);
  if (sent?.port === port && (completion!.cargo.completion === 'dead' || (proxy.kind === 'once' && completion!.cargo.completion === 'accepted'))) return true;
  if (sent?.port === port && completion!.cargo.completion === 'unknown' && proxy.asked === 'everyone') return true;
  if (call.operation !== 'checkup') return false;
  const isGivenUp = proxy.kind === 'once' && before.nodes[node]!.manager.outgoing.some((kept) => kept.port === port && kept.tries > 0);
  return proxy.asked === 'everyone' || isGivenUp || losesMessages(step, node) || isUnused(before, node, proxy, step.after.nodes[node]!.manager.outgoing);
}

const proxiesGone = (step: MachNetworkStep): readonly Proxy[] => {
  const node = nodeOf(step);
  if (node === null || !step.after.nodes[node]!.up || step.call.operation === 'node_reboots') return [];
  const is = step.after.nodes[node]!.manager;
  if (is === step.before.nodes[node]!.manager) return [];
  return entriesOf(step.before.nodes[node]!.manager).proxies.filter(({ id }) => {
    const entry = entryIn(is, id.public);
    return entry === null || entry.tag === 'gone';
  });
};

/** A port is declared dead for a reason only; then its holders see it die. One that was asked for in vain is. */
function declaredDead(step: MachNetworkStep): Violations {
  const node = nodeOf(step);
  const wrong = proxiesGone(step).flatMap((proxy) => {
    const port = serverPort(step.before, node!, proxy.local.name);
    const lives = port !== null && step.after.nodes[node!]!.kernel.ports[port]!.life === 'live';
    return [
      ...(isJustified(step, proxy) ? [] : [`node ${node} declares ${proxy.id.public} dead for no reason`]),
      ...(lives ? [`what stood for ${proxy.id.public} on node ${node} lives on`] : []),
    ];
  });
  const death = arrived(step, 'death');
  if (death !== null && entryIn(step.after.nodes[death.to]!.manager, death.cargo.port)?.tag === 'proxy') {
    wrong.push(`node ${death.to} has heard that ${death.cargo.port} is dead, and does not believe it`);
  }
  return step.call.operation === 'checkup' ? [...wrong, ...asksAll(step)] : wrong;
}

/** At a checkup every port that is used is asked for, a step further each time, until it is declared dead. */
function asksAll(step: MachNetworkStep): Violations {
  const node = nodeOf(step)!;
  const questions = postedOf(step, 'question');
  return entriesOf(step.before.nodes[node]!.manager).proxies.flatMap((proxy) => {
    const { id: { public: port }, leaving, asked } = proxy;
    const now = entryIn(step.after.nodes[node]!.manager, port);
    if (leaving || now === null || now.tag !== 'proxy' || isUnused(step.before, node, proxy)) return [];
    if (asked === 'everyone') return [`nobody knows of ${port}, and node ${node} does not declare it dead`];
    const whom = questions.filter(({ cargo }) => cargo.port === port).map(({ to }) => to);
    return sameNodes(whom, next(step.before, node, proxy)) ? [] : [`node ${node} does not ask where ${port} is as it should`];
  });
}

/** A proxy that nobody can use is given up at the next checkup; one that is used is not. */
function unusedIsGivenUp(step: MachNetworkStep): Violations {
  const node = nodeOf(step)!;
  const wasOutgoing = step.before.nodes[node]!.manager.outgoing;
  const lost = losesMessages(step, node);
  return entriesOf(step.before.nodes[node]!.manager).proxies.flatMap((proxy) => {
    if (proxy.leaving) return [];
    const isGone = entryIn(step.after.nodes[node]!.manager, proxy.id.public) === null;
    const unused = isUnused(step.before, node, proxy);
    if (unused && !isGone) return [`node ${node} keeps a proxy for ${proxy.id.public} that nobody uses`];
    const mayGo = lost || proxy.asked === 'everyone' || wasOutgoing.some(({ tries }) => tries > 0);
    return isGone && !unused && !mayGo ? [`node ${node} gives up a proxy for ${proxy.id.public} that is used`] : [];
  });
}

/** A server tells all others of the death of a port as soon as it hears of it. */
function tellsOfDeath(step: MachNetworkStep): Violations {
  const node = nodeOf(step);
  if (node === null || !step.after.nodes[node]!.up || ['netmsgserver_restarts', 'node_reboots'].includes(step.call.operation)) return [];
  const was = entriesOf(step.before.nodes[node]!.manager).reals;
  const told = postedOf(step, 'death');
  const heard = deathsHeard(step, node);
  return was.flatMap(({ id, kind, local }) => {
    const entry = entryIn(step.after.nodes[node]!.manager, id.public);
    const isBuried = kind === 'port' && entry?.tag === 'gone';
    const to = told.filter(({ cargo }) => cargo.port === id.public).map((packet) => packet.to);
    if (isBuried && !sameNodes(to, others(step.before, node))) return [`not everybody is told that ${id.public} is dead`];
    return !isBuried && heard.includes(local.name) && kind === 'port' ? [`node ${node} heard that ${id.public} is dead, and tells nobody`] : [];
  });
}

const DEAD_NAME = 72;

/** The names that a server is told are dead in this step: it takes the message from the port where it is notified. */
function deathsHeard({ before, after, call }: MachNetworkStep, node: NodeId): readonly number[] {
  if (call.operation !== 'netmsgserver_runs') return [];
  const port = serverPort(before, node, before.nodes[node]!.manager.notify.name);
  if (port === null) return [];
  const left = after.nodes[node]!.kernel.ports[port]!.queue;
  return before.nodes[node]!.kernel.ports[port]!.queue.filter(({ id, serial }) => id === DEAD_NAME && !left.some((message) => message.serial === serial))
    .flatMap(({ body }) => body.flatMap((item) => (item.tag === 'name' ? [item.name.name] : [])));
}

/** How many checkups a machine that is down can be taken for alive: receiver, owner, everybody, and the end. */
const ROUNDS = 4;

/** For each node and each port that it uses: how many checkups its receiver has been down, as the node believes. */
class Silence {
  readonly #counts = new Map<string, number>();

  next(step: MachNetworkStep): Violations {
    const { before, after, call } = step;
    if (call.operation !== 'checkup') {
      // An answer may have been under way when the machine crashed.
      const answer = arrived(step, 'answer');
      if (answer !== null) for (const key of this.#counts.keys()) if (key.startsWith(`${answer.to}/${answer.cargo.port}/`)) this.#counts.delete(key);
      if (call.operation === 'node_reboots') this.#counts.clear();
      return [];
    }
    const { node } = call as unknown as { node: NodeId };
    return entriesOf(after.nodes[node]!.manager).proxies.flatMap((proxy) => {
      const { public: port, receiver } = proxy.id;
      const key = `${node}/${port}/${receiver}`;
      const was = entryIn(before.nodes[node]!.manager, port);
      const counts = !after.nodes[receiver]!.up && was?.tag === 'proxy' && was.id.receiver === receiver && !proxy.leaving;
      const count = counts ? (this.#counts.get(key) ?? 0) + 1 : 0;
      this.#counts.set(key, count);
      return count >= ROUNDS ? [`node ${node} still believes after ${count} checkups that ${port} lives on node ${receiver}, which is down`] : [];
    });
  }
}

/** A crash changes nothing but the machine that crashes, and nobody hears of what is sent to it. */
function crashIsSilent(step: MachNetworkStep): Violations {
  const { before, after, call } = step;
  if (call.operation === 'node_crashes') {
    const { node } = call as unknown as { node: NodeId };
    const touched = after.nodes.flatMap((other, at) => (at !== node && other.manager !== before.nodes[at]!.manager ? [at] : []));
    const wrong = touched.map((at) => `node ${at} is told of a crash`);
    if (step.events.length > 0) wrong.push('a thread is told of a crash');
    if (after.wire !== before.wire) wrong.push('a crash puts something on the wire');
    return wrong;
  }
  const packet = call.operation === 'packet_arrives' ? packetOf(step)! : null;
  if (packet === null || before.nodes[packet.to]!.up) return [];
  return posted(step).length > 0 || step.events.length > 0 ? ['a machine that is down answers'] : [];
}

/** What was lost in a crash stays lost, whoever had asked for it to be handed over. */
function handsNothingOver({ before, after, call }: MachNetworkStep): Violations {
  if (call.operation !== 'node_crashes' && call.operation !== 'node_reboots') return [];
  const { node } = call as unknown as { node: NodeId };
  const queued = (state: MachNetworkState): number => state.nodes.reduce((sum, { kernel }, at) => sum + (at === node ? 0 : kernel.ports.reduce((all, { queue }) => all + queue.length, 0)), 0);
  const wrong: string[] = [];
  if (queued(after) > queued(before)) wrong.push('a crash brings somebody a message');
  if (call.operation !== 'node_reboots') return wrong;
  const { kernel, manager } = after.nodes[node]!;
  if (kernel.ports.some((port) => port.kernel === null && port.queue.some(({ sender }) => sender !== -1))) wrong.push('a machine comes up with messages of before');
  if (manager.entries.length > 0) wrong.push('a machine comes up with ports of before');
  return wrong;
}

const waitedForBackup = ({ before, call }: MachNetworkStep): boolean =>
  call.operation === 'node_crashes' && before.nodes[(call as unknown as { node: NodeId }).node]!.kernel.ports.some(({ life, portDestroyed }) => life === 'live' && portDestroyed !== null);

/** Links come and go, and nothing else happens then; names that are dead stay dead. */
function linksChangeNothing({ before, after, call }: MachNetworkStep): Violations {
  if (call.operation === 'link_fails' || call.operation === 'link_heals') {
    const wrong = after.nodes.flatMap((node, at) => (node.manager !== before.nodes[at]!.manager ? [`node ${at} notices a link`] : []));
    return after.wire.packets === before.wire.packets ? wrong : [...wrong, 'a link brings or takes packets'];
  }
  if (call.thread !== undefined) return [];
  return after.nodes.flatMap(({ up, epoch, kernel, manager }, node) => {
    const was = before.nodes[node]!;
    if (!up || epoch !== was.epoch || kernel === was.kernel) return [];
    return was.kernel.tasks.flatMap(({ names }, task) => (task === manager.task ? [] : names.flatMap((entry, name) => {
      const now = kernel.tasks[task]!.names[name];
      return entry?.tag === 'dead' && now !== null && now !== undefined && now.tag !== 'dead' ? [`name ${name} on node ${node} comes alive again`] : [];
    })));
  });
}

/** A server that is new has no proxies, and all that held the old ones see them dead; real ports live on. */
function losesProxies({ before, after, call, events }: MachNetworkStep): Violations {
  const { node } = call as unknown as { node: NodeId };
  const was = before.nodes[node]!;
  const is = after.nodes[node]!;
  const wrong = entriesOf(was.manager).proxies.flatMap(({ id, local }) => {
    const port = serverPort(before, node, local.name);
    if (port === null) return [];
    const lives = is.kernel.ports[port]!.life === 'live';
    return [
      ...(lives ? [`the proxy for ${id.public} outlives its server`] : []),
      ...holders(is, port).map(({ name }) => `name ${name} on node ${node} still denotes a proxy`),
    ];
  });
  for (const { id, local } of entriesOf(was.manager).reals) {
    const port = serverPort(before, node, local.name);
    const isServers = port === serverPort(before, node, was.manager.service.name);
    if (port === null || isServers || was.kernel.ports[port]!.life === 'dead' || was.kernel.ports[port]!.kernel !== null) continue;
    if (is.kernel.ports[port]!.life === 'dead' && !dependsOnServer(was, port)) wrong.push(`${id.public} dies with the server`);
  }
  if (is.manager.entries.length + is.manager.outgoing.length + is.manager.services.length > 0) wrong.push('the new server remembers something');
  if (is.kernel.tasks[was.manager.task]!.life === 'live' || is.manager.task === was.manager.task) wrong.push('the old server lives on');
  return events.some(({ tag }) => tag === 'ended') ? [...wrong, 'somebody sees the server end'] : wrong;
}

/** Whether the receive right of a port is in a message that ends with the server, or is the server's own. */
const dependsOnServer = ({ kernel, manager }: MachNetworkState['nodes'][number], port: number): boolean =>
  !kernel.tasks.some(({ names }, task) => task !== manager.task && names.some((entry) => entry?.tag === 'port' && entry.receive && entry.port === port));

/** A new server says so to all others; they look for every port that they believed it had. */
function checksUpon(step: MachNetworkStep): Violations {
  const { before, after, call } = step;
  if (call.operation === 'netmsgserver_restarts' || call.operation === 'node_reboots') {
    const { node } = call as unknown as { node: NodeId };
    const to = postedOf(step, 'restarted').map((packet) => packet.to);
    return sameNodes(to, others(before, node)) ? [] : [`not everybody is told that the server of node ${node} is new`];
  }
  const hint = arrived(step, 'restarted');
  if (hint === null) return [];
  const { to, from } = hint;
  const questions = postedOf(step, 'question');
  return entriesOf(before.nodes[to]!.manager).proxies.flatMap(({ id, asked, leaving }) => {
    if (id.receiver !== from || asked !== 'nobody' || leaving) return [];
    const now = entryIn(after.nodes[to]!.manager, id.public);
    const isAsked = questions.some((packet) => packet.to === from && packet.cargo.port === id.public);
    return isAsked || now === null ? [] : [`node ${to} does not ask the new server of node ${from} for ${id.public}`];
  });
}

const goes = (wanted: (proxy: Proxy, step: MachNetworkStep) => boolean) => (step: MachNetworkStep): boolean => proxiesGone(step).some((proxy) => wanted(proxy, step));

export const whereaboutsLaws: MachNetworkLaws = {
  'mach-network/moved-port-is-searched-for': {
    step: (step) => [...answersTruly(step), ...believes(step), ...routedRight(step)],
    sometimes: Object.fromEntries((['here', 'here but moved', 'not here but moved', 'dead', 'unknown'] as const).map((says) =>
      [`a server answers that a port is ${says}`, (step: MachNetworkStep) => postedOf(step, 'answer').some(({ cargo }) => cargo.whereabouts === says)])),
  },
  'mach-network/port-death-is-told-at-once': {
    step: tellsOfDeath,
    sometimes: { 'a server hears of the death of a port': (step) => postedOf(step, 'death').length > 0 },
  },
  'mach-network/silent-port-is-declared-dead': {
    step: declaredDead,
    sometimes: {
      'a port is declared dead because nobody answers': goes(({ asked }, { call }) => call.operation === 'checkup' && asked === 'everyone'),
      'a port is declared dead because another server says so': goes((_, step) => arrived(step, 'answer') !== null),
      'a port is declared dead at a hint': goes((_, step) => arrived(step, 'death') !== null),
    },
  },
  'mach-network/unused-proxy-is-given-up': {
    on: ['checkup'],
    step: unusedIsGivenUp,
    sometimes: { 'a proxy is given up': goes((proxy, step) => step.call.operation === 'checkup' && isUnused(step.before, nodeOf(step)!, proxy)) },
  },
  'mach-network/crash-kills-the-ports-of-a-node': {
    step: crashIsSilent,
    monitor: monitor({ start: () => new Silence(), next: (silence, step) => silence.next(step) }),
    sometimes: {
      'a machine crashes': ({ call }) => call.operation === 'node_crashes',
      'a port is declared dead whose machine is down': goes(({ id }, { before }) => !before.nodes[id.receiver]!.up),
    },
  },
  'mach-network/machine-crash-hands-nothing-over': {
    on: ['node_crashes', 'node_reboots'],
    step: handsNothingOver,
    sometimes: { 'a machine crashes on which somebody waited to take over': waitedForBackup },
  },
  'mach-network/partition-looks-like-death': {
    step: linksChangeNothing,
    sometimes: {
      'a link heals': ({ call }) => call.operation === 'link_heals',
      'a port is declared dead that lives': goes(({ id }, { before, call }) => call.operation === 'checkup' && before.wire.apart.length > 0
        && before.nodes[id.receiver]!.up && entryIn(before.nodes[id.receiver]!.manager, id.public)?.tag === 'real'),
    },
  },
  'mach-network/restarted-server-loses-its-proxies': {
    on: ['netmsgserver_restarts'],
    step: losesProxies,
    sometimes: { 'a server ends that had proxies': ({ before, call }) => entriesOf(before.nodes[(call as unknown as { node: NodeId }).node]!.manager).proxies.length > 0 },
  },
  'mach-network/restarted-server-is-checked-upon': {
    step: checksUpon,
    sometimes: {
      'a server hears of a new one': (step) => arrived(step, 'restarted') !== null && postedOf(step, 'question').length > 0,
      'a machine comes up': ({ call }) => call.operation === 'node_reboots',
    },
  },
};
