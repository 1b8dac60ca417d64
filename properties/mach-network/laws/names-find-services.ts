import type { Carried, Item, MachState, Message, PortId } from '#model/mach/state';
import type { Lookup, MachNetworkState, Service } from '#model/mach-network/state';
import type { NodeId } from '#model/network/wire';
import { arrived, entryIn, nodeOf, postedOf, serverPort } from '#properties/mach-network/facts';
import type { MachNetworkLaws, MachNetworkStep } from '#properties/mach-network/obligation';
import type { Violations } from '#properties/obligation';

const CHECK_IN = 1040;
const LOOK_UP = 1041;
const CHECK_OUT = 1042;
const REPLY = 100;
const codes = { success: 0, notYours: 1000, notCheckedIn: 1001, noSuchHost: 1002, notFound: 1003, badId: -303, badArguments: -304 } as const;

/** What a request comes to: a code, a right that goes with it, or a question to other nodes. */
type Due = { readonly tag: 'answer'; readonly code: number; readonly port: PortId | null } | { readonly tag: 'ask'; readonly nodes: readonly NodeId[] } | null;

/** The request that a server takes from its own port in a step; null if it takes none. */
function requestTaken({ before, after, call }: MachNetworkStep): Message | null {
  if (call.operation !== 'netmsgserver_runs') return null;
  const { node } = call as unknown as { node: NodeId };
  const port = serverPort(before, node, before.nodes[node]!.manager.service.name)!;
  const left = after.nodes[node]!.kernel.ports[port]!.queue;
  return before.nodes[node]!.kernel.ports[port]!.queue.find(({ serial }) => !left.some((message) => message.serial === serial)) ?? null;
}

const textOf = (item: Item | undefined): string | null =>
  (item?.tag === 'data' && item.bits === 8 ? (item.bytes.match(/../g) ?? []).map((byte) => String.fromCharCode(Number.parseInt(byte, 16))).join('') : null);

const DEAD_PORT = -1 as PortId;

/** The ports that an item of send rights is about: null where there is none. */
function sendsIn(kernel: MachState, item: Item | undefined): readonly (PortId | null)[] | null {
  if (item?.tag !== 'rights' || item.kind !== 'send') return null;
  return item.rights.map((right: Carried) => (right.tag === 'null' ? null : right.tag === 'right' && kernel.ports[right.port]!.life === 'live' ? right.port : DEAD_PORT));
}

/** What a server keeps for ports that live. */
const keptBy = (state: MachNetworkState, node: NodeId): readonly Service[] =>
  state.nodes[node]!.manager.services.filter((service) => livesIn(state, node, service));

function livesIn(state: MachNetworkState, node: NodeId, { port }: Service): boolean {
  const at = serverPort(state, node, port.name);
  return at !== null && state.nodes[node]!.kernel.ports[at]!.life === 'live';
}

const serviceIn = (state: MachNetworkState, node: NodeId, name: string): Service | null =>
  keptBy(state, node).find((service) => service.name === name) ?? null;

const signs = (state: MachNetworkState, node: NodeId, { signature }: Service, port: PortId | null): boolean =>
  (signature === null ? port === null : port !== null && serverPort(state, node, signature.name) === port);

/** What a server should do about a request. */
function dueFor(state: MachNetworkState, node: NodeId, { id, body, reply }: Message): Due {
  const { kernel } = state.nodes[node]!;
  const name = textOf(body[id === LOOK_UP ? 1 : 0]);
  const rights = sendsIn(kernel, body[1]);
  const only = (code: number): Due => ({ tag: 'answer', code, port: null });
  const service = name === null ? null : serviceIn(state, node, name);
  if (id === LOOK_UP) return lookedUp(state, node, textOf(body[0]), name, service, reply);
  if (id === CHECK_IN) {
    if (name === null || rights?.length !== 2 || body.length !== 2 || rights[1] === null || rights[1] === DEAD_PORT) return only(codes.badArguments);
    return only(service !== null && !signs(state, node, service, rights[0]!) ? codes.notYours : codes.success);
  }
  if (id !== CHECK_OUT) return only(codes.badId);
  if (name === null || rights?.length !== 1) return only(codes.badArguments);
  if (service === null) return only(codes.notCheckedIn);
  return only(signs(state, node, service, rights[0]!) ? codes.success : codes.notYours);
}

function lookedUp(state: MachNetworkState, node: NodeId, host: string | null, name: string | null, service: Service | null, reply: Carried): Due {
  if (reply.tag !== 'right' || state.nodes[node]!.kernel.ports[reply.port]!.life === 'dead') return null;
  if (host === null || name === null) return { tag: 'answer', code: codes.badArguments, port: null };
  const at = host === '' ? node : host === '*' ? null : /^\d$/.test(host) ? Number(host) : -1;
  if (at !== null && state.nodes[at] === undefined) return { tag: 'answer', code: codes.noSuchHost, port: null };
  if (service !== null && (at === null || at === node)) return { tag: 'answer', code: codes.success, port: serverPort(state, node, service.port.name) };
  if (at === node) return { tag: 'answer', code: codes.notCheckedIn, port: null };
  return { tag: 'ask', nodes: at === null ? state.nodes.flatMap((_, other) => (other === node ? [] : [other])) : [at] };
}

/** A number of 32 bits as the bytes of a machine. */
function bytesOf(code: number, bigEndian: boolean): string {
  const bytes = [24, 16, 8, 0].map((shift) => ((code >> shift) & 0xff).toString(16).padStart(2, '0'));
  return (bigEndian ? bytes : bytes.reverse()).join('');
}

/** Whether somebody gets an answer in a step: it is in the queue of a port where it was not, or a thread has just received it. */
function isAnswered(step: MachNetworkStep, node: NodeId, to: PortId, id: number, code: number, port: PortId | null): boolean {
  const { before, after } = step;
  const { kernel, manager } = after.nodes[node]!;
  const bytes = bytesOf(code, manager.bigEndian);
  const old = before.nodes[node]!.kernel.ports[to]?.queue ?? [];
  const fresh = kernel.ports[to]!.queue.filter((message) => message.id === id && !old.some(({ serial }) => serial === message.serial));
  const isIt = ({ body }: Message): boolean => body[0]?.tag === 'data' && body[0].bytes === bytes
    && (port === null ? body.length === 1 : body[1]?.tag === 'rights' && body[1].kind === 'send' && body[1].rights[0]?.tag === 'right' && body[1].rights[0].port === port);
  return fresh.some(isIt) || step.events.some((event) => {
    const message = event.tag === 'returned' ? (event.value as { message?: { id: number; body: readonly { tag: string; bytes?: string }[] } | null } | null)?.message : null;
    return message?.id === id && message.body[0]?.bytes === bytes && message.body.length === (port === null ? 1 : 2);
  });
}

/** A server answers what it is asked, and keeps what it is given. */
function serves(step: MachNetworkStep): Violations {
  const request = requestTaken(step);
  if (request === null) return [];
  const node = nodeOf(step)!;
  const due = dueFor(step.before, node, request);
  if (due === null) return [];
  if (due.tag === 'ask') {
    const asked = postedOf(step, 'look up').map(({ to }) => to);
    return asked.length === due.nodes.length && due.nodes.every((other) => asked.includes(other)) ? [] : [`node ${node} does not ask all it should for a name`];
  }
  const { reply } = request;
  const wrong = kept(step, node, request, due.code);
  if (reply.tag !== 'right' || reply.kind === 'send') return wrong;
  const livesOn = [step.before, step.after].every((state) => state.nodes[node]!.kernel.ports[reply.port]!.life === 'live');
  if (!livesOn) return wrong;
  const isSaid = isAnswered(step, node, reply.port, request.id + REPLY, due.code, due.port);
  return isSaid ? wrong : [...wrong, `request ${request.id} on node ${node} is not answered with ${due.code}`];
}

/** What a server has in mind after a request that succeeds, or does not. */
function kept({ before, after }: MachNetworkStep, node: NodeId, { id, body }: Message, code: number): Violations {
  const was = keptBy(before, node);
  const is = keptBy(after, node);
  const name = textOf(body[0]);
  const changes = code === codes.success && (id === CHECK_IN || id === CHECK_OUT);
  const isOther = (service: Service): boolean => !changes || service.name !== name;
  const among = (services: readonly Service[], service: Service): boolean => services.some((other) => JSON.stringify(other) === JSON.stringify(service));
  const isLost = was.some((service) => isOther(service) && !among(is, service) && livesIn(after, node, service));
  if (isLost || is.some((service) => isOther(service) && !among(was, service))) return [`request ${id} changes what is kept under other names`];
  if (!changes) return [];
  const [service, ...more] = is.filter((held) => held.name === name);
  if (id === CHECK_OUT) return service === undefined ? [] : ['a name that was checked out is kept'];
  const port = sendsIn(before.nodes[node]!.kernel, body[1])![1];
  return service !== undefined && more.length === 0 && serverPort(after, node, service.port.name) === port ? [] : ['a name that was checked in is not kept'];
}

/** What servers say to each other about names. */
function tells(step: MachNetworkStep): Violations {
  const question = arrived(step, 'look up');
  if (question !== null) {
    const { to, from, cargo: { name, serial } } = question;
    const service = serviceIn(step.before, to, name);
    const [answer] = postedOf(step, 'looked up');
    if (answer?.to !== from || answer.cargo.serial !== serial) return [`node ${from} is not told about a name`];
    const { right } = answer.cargo;
    if (service === null || right === null) return (service === null) === (right === null) ? [] : [`node ${from} is told wrongly whether a name is known`];
    const entry = right.tag === 'send' ? entryIn(step.after.nodes[to]!.manager, right.id.public) : null;
    const isIt = entry !== null && entry.tag !== 'gone' && serverPort(step.after, to, entry.local.name) === serverPort(step.before, to, service.port.name);
    return isIt ? [] : [`node ${from} gets another right than it asked for`];
  }
  const answer = arrived(step, 'looked up');
  const lookup = answer === null ? undefined : step.before.nodes[answer.to]!.manager.lookups.find(({ serial }) => serial === answer.cargo.serial);
  if (answer === null || lookup === undefined) return [];
  const { right } = answer.cargo;
  if (right?.tag !== 'send') return lookup.host === null ? [] : ends(step, answer.to, lookup, codes.notCheckedIn, null);
  const entry = entryIn(step.after.nodes[answer.to]!.manager, right.id.public);
  if (entry === null || entry.tag === 'gone') return ends(step, answer.to, lookup, codes.notCheckedIn, null);
  return ends(step, answer.to, lookup, codes.success, serverPort(step.after, answer.to, entry.local.name));
}

/** Somebody who waits for a name is told, and waits no more. */
function ends(step: MachNetworkStep, node: NodeId, { serial, id, reply, kind }: Lookup, code: number, port: PortId | null): Violations {
  if (step.after.nodes[node]!.manager.lookups.some((pending) => pending.serial === serial)) return ['a look-up that is over is kept'];
  const to = serverPort(step.before, node, reply.name);
  if (to === null || kind === 'send' || step.before.nodes[node]!.kernel.ports[to]!.life === 'dead') return [];
  return isAnswered(step, node, to, id, code, port) ? [] : [`a look-up on node ${node} is not answered with ${code}`];
}

/** A look-up that nobody answers is put again, once. */
function givesUp(step: MachNetworkStep): Violations {
  if (step.call.operation !== 'checkup') return [];
  const { node } = step.call as unknown as { node: NodeId };
  return step.before.nodes[node]!.manager.lookups.flatMap((lookup) => {
    if (lookup.tries > 0) return ends(step, node, lookup, lookup.host === null ? codes.notCheckedIn : codes.notFound, null);
    return postedOf(step, 'look up').some(({ cargo }) => cargo.serial === lookup.serial) ? [] : ['a look-up that nobody answers is not put again'];
  });
}

const takes = (id: number, wanted: (due: Due) => boolean) => (step: MachNetworkStep): boolean => {
  const request = requestTaken(step);
  return request?.id === id && wanted(dueFor(step.before, nodeOf(step)!, request));
};

const gets = (code: number) => (due: Due): boolean => due?.tag === 'answer' && due.code === code;

export const nameServiceLaws: MachNetworkLaws = {
  'mach-network/names-find-services': {
    on: ['netmsgserver_runs', 'packet_arrives', 'checkup'],
    step: (step) => [...serves(step), ...tells(step), ...givesUp(step)],
    sometimes: {
      'a name is checked in': takes(CHECK_IN, gets(codes.success)),
      'a name is somebody else\'s': takes(CHECK_IN, gets(codes.notYours)),
      'a name is checked out': takes(CHECK_OUT, gets(codes.success)),
      'a name is looked up here': takes(LOOK_UP, gets(codes.success)),
      'a name is not known': takes(LOOK_UP, gets(codes.notCheckedIn)),
      'a name is found on another node': (step) => arrived(step, 'looked up')?.cargo.right?.tag === 'send',
      'nobody answers': ({ before, call }) => call.operation === 'checkup' && before.nodes[(call as unknown as { node: NodeId }).node]!.manager.lookups.some(({ tries }) => tries > 0),
    },
  },
};
