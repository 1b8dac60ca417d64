import type { Addressing, Capability, Destination, SiteId, ThreadId, Ui } from '#spec/chorus/vocabulary';
import type { ActorId, ChorusState, Packet, PortId } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { callers, isEnabled } from '#properties/chorus/draw';
import type { Random } from '#properties/random';

/** One step of a plan: the call it comes to in the state as it is by then; null if it has come to nothing. */
export type Move = (state: ChorusState) => ChorusCall | null;

/** Who takes part: a client and a server that are free, the server's port, and others on either side. */
export interface Cast {
  readonly client: ThreadId;
  readonly server: ThreadId;
  readonly port: PortId;
  /** Another free thread on the site of the client. */
  readonly helper: ThreadId | null;
  /** Another free thread on the site of the server. */
  readonly second: ThreadId | null;
}

export const actorAt = (state: ChorusState, thread: ThreadId): ActorId => state.threads[thread]!.actor;
const siteAt = (state: ChorusState, thread: ThreadId): SiteId => state.actors[actorAt(state, thread)]!.site;
export const capabilityOf = (state: ChorusState, actor: ActorId): Capability => ({ ui: state.actors[actor]!.ui, key: state.actors[actor]!.key });
const plain = (ui: Ui): Destination => ({ ui, mode: null, coTarget: null });

const at = (state: ChorusState, wanted: (packet: Packet) => boolean): number => state.network.findIndex(wanted);

export const arrives = (cargo: Packet['cargo']['tag']): Move => (state) => {
  const packet = at(state, (other) => other.cargo.tag === cargo);
  return packet < 0 ? null : { operation: 'packetArrives', packet };
};

const duplicates = (cargo: Packet['cargo']['tag']): Move => (state) => {
  const packet = at(state, (other) => other.cargo.tag === cargo);
  return packet < 0 ? null : { operation: 'packetIsDuplicated', packet };
};

const lost = (cargo: Packet['cargo']['tag']): Move => (state) => {
  const packet = at(state, (other) => other.cargo.tag === cargo);
  return packet < 0 ? null : { operation: 'packetIsLost', packet };
};

const calls = ({ client, port }: Cast, abortable = true): Move => (state) => ({
  operation: 'ipcCall', thread: client, source: null, destination: plain(state.ports[port]!.ui), annex: null, body: 'a5', delay: 100, abortable, room: 8,
});

export const receives = ({ server, port }: Cast): Move => (state) => ({
  operation: 'ipcReceive', thread: server, from: { tag: 'port', port: state.ports[port]!.li }, delay: 0, abortable: false, room: 8,
});

const replies = ({ server }: Cast): Move => () => ({ operation: 'ipcReply', thread: server, annex: '11', body: 'ff' });
const runsOut = ({ client }: Cast): Move => () => ({ operation: 'timeout', waiting: client });

/** The request goes to the server, by the network if need be. */
const request = (cast: Cast): readonly Move[] => [calls(cast), arrives('message'), receives(cast)];

const aborts = ({ client, helper }: Cast): Move => (state) => (helper === null ? null : {
  operation: 'threadAbort', thread: helper, actor: capabilityOf(state, actorAt(state, client)), target: client,
});

/** The port goes to another actor, on any site, by the hand of a thread of its own. */
const migrates = ({ server, port }: Cast, random: Random, messages: boolean): Move => (state) => {
  const { actor, li } = state.ports[port]!;
  const others = state.actors.flatMap(({ life }, id) => (life === 'live' && id !== actor ? [id as ActorId] : []));
  if (others.length === 0) return null;
  return { operation: 'portMigrate', thread: server, actor: capabilityOf(state, actor), port: li, to: capabilityOf(state, random.pick(others)), messages };
};

const crashes = ({ server }: Cast): Move => (state) => ({ operation: 'siteCrashes', site: siteAt(state, server) });
const fails = ({ server, client }: Cast): Move => (state) => ({ operation: 'linkFails', site: siteAt(state, server), other: siteAt(state, client) });
const heals = ({ server, client }: Cast): Move => (state) => ({ operation: 'linkHeals', site: siteAt(state, server), other: siteAt(state, client) });
const notices = ({ client }: Cast): Move => () => ({ operation: 'failureIsNoticed', client });
const sendsAgain = ({ client }: Cast): Move => () => ({ operation: 'requestIsSentAgain', client });
const saves = ({ server }: Cast): Move => () => ({ operation: 'ipcSave', thread: server });

const restores = (thread: ThreadId): Move => (state) => {
  const saved = state.actors[actorAt(state, thread)]!.saved.findLastIndex((kept) => kept !== null);
  return saved < 0 ? null : { operation: 'ipcRestore', thread, saved: saved as never };
};

const deletes = ({ server, second }: Cast): Move => (state) => (second === null || actorAt(state, second) === actorAt(state, server)
  ? { operation: 'actorDelete', thread: server, actor: null }
  : { operation: 'actorDelete', thread: second, actor: capabilityOf(state, actorAt(state, server)) });

/** The thread that serves is deleted, by another or by itself. */
const ends = ({ server, second }: Cast): Move => (state) => ({
  operation: 'threadDelete', thread: second ?? server, actor: capabilityOf(state, actorAt(state, server)), target: server,
});

/** Two ports in one group, and a message to one of them. */
const grouped = ({ client, server, port, second }: Cast, mode: Addressing): readonly Move[] => {
  const joins = (thread: ThreadId, member: (state: ChorusState) => PortId): Move => (state) => {
    const group = state.groups.at(-1);
    if (group === undefined) return null;
    const { ui, key } = group;
    return { operation: 'grpPortInsert', thread, group: { ui, key }, port: state.ports[member(state)]!.ui };
  };
  return [
    () => ({ operation: 'grpAllocate', thread: server, kind: 'dynamic', stamp: 0 }),
    joins(server, () => port),
    joins(second ?? server, (state) => state.actors[actorAt(state, second ?? server)]!.defaultPort),
    (state) => (state.groups.length === 0 ? null : {
      operation: 'ipcSend', thread: client, source: null, destination: { ui: state.groups.at(-1)!.ui, mode, coTarget: mode === 'func' ? null
        : state.ports[port]!.ui }, annex: null, body: '11',
    }),
    arrives('message'),
    (state) => ({ operation: 'ipcReceive', thread: server, from: { tag: 'port', port: state.ports[port]!.li }, delay: 0, abortable: false, room: null }),
    () => ({ operation: 'ipcSysInfo', thread: server }),
  ];
};

/** A thread sleeps, and is woken by another. */
const sleeps = ({ server }: Cast): Move => () => ({ operation: 'threadDelay', thread: server, delay: 50 });
const wakes = ({ server, second }: Cast): Move => (state) => (second === null ? null
  : { operation: 'threadAbort', thread: second, actor: capabilityOf(state, actorAt(state, server)), target: server });

/** The server waits for a message of a port that another deletes. */
const waits = ({ server, port }: Cast): Move => (state) => ({
  operation: 'ipcReceive', thread: server, from: { tag: 'port', port: state.ports[port]!.li }, delay: null, abortable: true, room: 8,
});
const unmakes = ({ server, second, port }: Cast): Move => (state) => (second === null ? null
  : { operation: 'portDelete', thread: second, actor: capabilityOf(state, actorAt(state, server)), port: state.ports[port]!.li });

/** Threads of one actor that want one lock. */
const getsNext = ({ server }: Cast): Move => (state) => {
  const thread = callers(state).find((other) => other !== server && actorAt(state, other) === actorAt(state, server));
  return thread === undefined ? null : { operation: 'mutexGet', thread, mutex: 3 };
};
const getsFirst = ({ server }: Cast): Move => () => ({ operation: 'mutexGet', thread: server, mutex: 3 });
const makesLock = ({ server }: Cast): Move => (state) => ((state.actors[actorAt(state, server)]!.locks[3]?.waiting.length ?? 0) > 0 ? null
  : { operation: 'mutexInit', thread: server, mutex: 3, spin: false });
const makesSemaphore = ({ server }: Cast): Move => (state) => ((state.actors[actorAt(state, server)]!.locks[2]?.waiting.length ?? 0) > 0 ? null
  : { operation: 'semInit', thread: server, semaphore: 2, count: 0 });
const takesNext = ({ server }: Cast): Move => (state) => {
  const thread = callers(state).find((other) => other !== server && actorAt(state, other) === actorAt(state, server));
  return thread === undefined ? null : { operation: 'semP', thread, semaphore: 2 };
};
const gives = ({ server }: Cast): Move => () => ({ operation: 'semV', thread: server, semaphore: 2 });
const frees = ({ server }: Cast): Move => () => ({ operation: 'mutexRel', thread: server, mutex: 3 });

/** The actor of the server is stopped while that waits, gets what it waits for, and is started. */
const stops = ({ server, second }: Cast, operation: 'actorStop' | 'actorStart'): Move => (state) => (second === null
  || actorAt(state, second) === actorAt(state, server)
  ? null : { operation, thread: second, actor: capabilityOf(state, actorAt(state, server)) });
/** The thread of the server is suspended while it waits, gets what it waits for, and is resumed. */
const suspends = ({ server, second }: Cast, operation: 'threadSuspend' | 'threadResume'): Move => (state) => (second === null ? null
  : { operation, thread: second, actor: capabilityOf(state, actorAt(state, server)), target: server });
const sends = ({ second, client, port }: Cast): Move => (state) => ({
  operation: 'ipcSend', thread: second ?? client, source: null, destination: plain(state.ports[port]!.ui), annex: null, body: '11',
});

/** A new port of the server's goes to a site that is neither its own nor that of the client, who sends to it. */
const newest = (state: ChorusState): PortId => state.ports.findLastIndex(({ life }) => life === 'live') as PortId;
const makesPort = ({ server }: Cast): Move => () => ({ operation: 'portCreate', thread: server, actor: null });
const migratesFar = ({ client, server }: Cast): Move => (state) => {
  const { actor, li } = state.ports[newest(state)]!;
  const far = state.actors.findIndex(({ life, site }) => life === 'live' && site !== state.actors[actor]!.site && site !== siteAt(state, client)) as ActorId;
  return far < 0 ? null : { operation: 'portMigrate', thread: server, actor: capabilityOf(state, actor), port: li, to: capabilityOf(state, far), messages: true };
};
const writesTo = ({ client }: Cast): Move => (state) => ({
  operation: 'ipcSend', thread: client, source: null, destination: plain(state.ports[newest(state)]!.ui), annex: null, body: '22',
});

/** Two ports of the server's, enabled at two priorities, have messages when it receives from any. */
const enables = ({ server }: Cast, port: (state: ChorusState) => PortId, priority: number): Move => (state) =>
  ({ operation: 'portEnable', thread: server, actor: null, port: state.ports[port(state)]!.li, priority });
const ownDefault = ({ server }: Cast) => (state: ChorusState): PortId => state.actors[actorAt(state, server)]!.defaultPort;
const writesOwn = ({ server }: Cast, port: (state: ChorusState) => PortId): Move => (state) => ({
  operation: 'ipcSend', thread: server, source: null, destination: plain(state.ports[port(state)]!.ui), annex: null, body: '33',
});
const receivesAny = ({ server }: Cast): Move => () => ({ operation: 'ipcReceive', thread: server, from: { tag: 'any' }, delay: 0, abortable: false, room: 8 });
const preferring = (cast: Cast): readonly Move[] => [
  makesPort(cast), enables(cast, newest, 1), enables(cast, ownDefault(cast), 0), writesOwn(cast, newest), writesOwn(cast, ownDefault(cast)), receivesAny(cast),
];

/** A group is called, and one of its members has the request. */
const callsGroup = ({ client }: Cast): Move => (state) => (state.groups.length === 0 ? null : {
  operation: 'ipcCall', thread: client, source: null, destination: { ui: state.groups.at(-1)!.ui, mode: 'func', coTarget: null }, annex: null, body: '44', delay: 100,
  abortable: true, room: 8,
});

/** A user thread tries to delete a supervisor thread of its site. */
const oversteps: Move = (state) => {
  for (const thread of callers(state)) {
    if (state.actors[actorAt(state, thread)]!.privilege !== 'user') continue;
    const target = state.threads.findIndex(({ life, supervisor }, id) => life === 'live' && supervisor
      && siteAt(state, id as ThreadId) === siteAt(state, thread)) as ThreadId;
    if (target >= 0) return { operation: 'threadDelete', thread, actor: capabilityOf(state, actorAt(state, target)), target };
  }
  return null;
};

/** A privileged thread makes a system actor of a user actor of its site. */
const promotes: Move = (state) => {
  for (const thread of callers(state)) {
    const { supervisor } = state.threads[thread]!;
    if (!supervisor && state.actors[actorAt(state, thread)]!.privilege !== 'system') continue;
    const user = state.actors.findIndex(({ life, privilege, site }) => life === 'live' && privilege === 'user' && site === siteAt(state, thread)) as ActorId;
    if (user >= 0) return { operation: 'actorPrivilege', thread, actor: capabilityOf(state, user), set: 'system' };
  }
  return null;
};

/** The client's site gets as many ports as it can have, where those are few, and then one more is to come. */
const FEW = 8;
const fills = ({ client }: Cast): Move => ({ limits }) => (limits.ports > FEW ? null : { operation: 'portCreate', thread: client, actor: null });
const comes = ({ server, client, port }: Cast): Move => (state) => (state.limits.ports > FEW ? null : {
  operation: 'portMigrate', thread: server, actor: capabilityOf(state, actorAt(state, server)), port: state.ports[port]!.li,
  to: capabilityOf(state, actorAt(state, client)), messages: true,
});

/** A supervisor thread connects handlers for its own actor, is aborted, and goes home. */
const supervisor = (state: ChorusState): ThreadId | undefined => callers(state).find((thread) => state.threads[thread]!.supervisor);
const bySupervisor = (call: (thread: ThreadId) => ChorusCall): Move => (state) => {
  const thread = supervisor(state);
  return thread === undefined ? null : call(thread);
};
const connects = (entry: number, handler: number): Move => bySupervisor((thread) =>
  ({ operation: 'svActorHandlerConnect', thread, actor: null, kind: 'abort', entry, handler }));
const tells = bySupervisor((thread) => ({ operation: 'svActorHandlerGetConnected', thread, actor: null, kind: 'abort', entry: 1 }));
const disconnects = bySupervisor((thread) => ({ operation: 'svActorHandlerDisconnect', thread, actor: null, kind: 'abort', entry: 0 }));
const abortsItself: Move = bySupervisor((thread) => ({ operation: 'threadAbort', thread, actor: null, target: thread }));
const goesHome: Move = bySupervisor((thread) => ({ operation: 'threadGoesHome', thread }));

export type Plan = (cast: Cast, random: Random) => readonly Move[];

/** What is worth trying with locks on purpose. */
export const lockPlans: readonly Plan[] = [
  (cast) => [makesLock(cast), getsFirst(cast), getsNext(cast), getsNext(cast), frees(cast), frees(cast)],
  (cast) => [sleeps(cast), wakes(cast)],
  (cast) => [makesSemaphore(cast), takesNext(cast), takesNext(cast), gives(cast), gives(cast)],
];

/** What is worth trying on purpose, since chance would seldom come to it. */
const plans: readonly Plan[] = [
  (cast) => [...request(cast), replies(cast), arrives('reply')],
  (cast) => [...request(cast), runsOut(cast), replies(cast)],
  (cast) => [...request(cast), replies(cast), runsOut(cast), arrives('reply')],
  (cast) => [...request(cast), runsOut(cast), calls(cast), replies(cast), arrives('reply'), arrives('message'), receives(cast), replies(cast), arrives('reply')],
  (cast) => [...request(cast), aborts(cast), arrives('abort')],
  (cast) => [...request(cast), aborts(cast), arrives('abort'), replies(cast)],
  (cast) => [waits(cast), stops(cast, 'actorStop'), sends(cast), stops(cast, 'actorStart')],
  (cast) => [waits(cast), suspends(cast, 'threadSuspend'), sends(cast), suspends(cast, 'threadResume')],
  (cast) => [...request(cast), replies(cast), lost('reply'), notices(cast)],
  (cast) => [calls(cast), lost('message'), notices(cast)],
  (cast) => [calls(cast), lost('message'), sendsAgain(cast), arrives('message'), receives(cast), replies(cast), arrives('reply')],
  (cast) => [calls(cast), duplicates('message'), arrives('second message'), receives(cast), arrives('second message'), replies(cast), arrives('reply')],
  (cast) => [...request(cast), replies(cast), lost('reply'), sendsAgain(cast), arrives('second message'), arrives('reply')],
  (cast) => [calls(cast), duplicates('message'), arrives('message'), receives(cast), replies(cast), arrives('second message'), arrives('reply')],
  (cast) => [...request(cast), replies(cast), duplicates('reply'), arrives('reply'), calls(cast), arrives('second reply')],
  (cast) => [...request(cast), replies(cast), duplicates('reply'), arrives('second reply')],
  (cast) => [...request(cast), crashes(cast), notices(cast)],
  (cast) => [calls(cast), arrives('message'), crashes(cast), notices(cast)],
  (cast) => [...request(cast), fails(cast), notices(cast), replies(cast), heals(cast)],
  (cast) => [calls(cast), fails(cast), notices(cast), heals(cast)],
  (cast) => [...request(cast), saves(cast), restores(cast.second ?? cast.server), replies(cast), arrives('reply')],
  (cast) => [...request(cast), saves(cast), deletes(cast)],
  (cast) => [...request(cast), deletes(cast)],
  (cast) => [...request(cast), ends(cast)],
  (cast) => [calls(cast), arrives('message'), deletes(cast)],
  (cast, random) => [...request(cast), migrates(cast, random, random.once(2)), replies(cast), arrives('reply')],
  (cast, random) => [calls(cast), migrates(cast, random, true), arrives('message')],
  (cast, random) => [calls(cast), migrates(cast, random, true), arrives('message'), notices(cast)],
  () => [oversteps],
  (cast) => [sleeps(cast), wakes(cast)],
  (cast) => [waits(cast), unmakes(cast)],
  (cast) => [waits(cast), ends(cast)],
  (cast) => [makesSemaphore(cast), takesNext(cast), takesNext(cast), gives(cast)],
  (cast) => [makesLock(cast), getsFirst(cast), getsNext(cast), getsNext(cast), frees(cast)],
  () => [promotes],
  preferring,
  (cast) => [...grouped(cast, 'func').slice(0, 3), callsGroup(cast), arrives('message')],
  (cast) => [makesPort(cast), migratesFar(cast), writesTo(cast), arrives('message'), writesTo(cast)],
  () => [connects(0, 3), connects(0, 1), connects(1, 2), tells, abortsItself, goesHome, disconnects],
  (cast) => [fills(cast), fills(cast), fills(cast), fills(cast), fills(cast), comes(cast)],
  (cast, random) => [calls(cast), arrives('message'), migrates(cast, random, random.once(2))],
  (cast, random) => grouped(cast, random.pick(['func', 'funcu', 'funcx', 'broad', 'broad'])),
];

/** Picks a client and a server among the free threads, on two sites where there are two. */
function castFor(state: ChorusState, random: Random): Cast | null {
  const free = callers(state);
  if (free.length < 2) return null;
  const client = random.pick(free);
  const site = siteAt(state, client);
  const far = free.filter((thread) => siteAt(state, thread) !== site);
  const server = random.pick(far.length > 0 && !random.once(3) ? far : free.filter((thread) => thread !== client));
  const own = state.actors[actorAt(state, server)]!;
  const ports = own.ports.filter((port) => port !== null);
  const movable = ports.filter((port) => port !== own.defaultPort);
  const rest = free.filter((thread) => thread !== client && thread !== server);
  const helpers = rest.filter((thread) => siteAt(state, thread) === site);
  const seconds = rest.filter((thread) => siteAt(state, thread) === own.site);
  return {
    client, server, port: random.pick(movable.length > 0 ? movable : ports),
    helper: helpers.length === 0 ? null : random.pick(helpers), second: seconds.length === 0 ? null : random.pick(seconds),
  };
}

/** Carries out one plan after another, a step whenever it is asked for one. */
export class Weaver {
  readonly #plans: readonly Plan[];
  #moves: Move[] = [];

  constructor(known: readonly Plan[] = plans) {
    this.#plans = known;
  }

  next(state: ChorusState, random: Random): ChorusCall | null {
    if (this.#moves.length === 0) {
      const cast = castFor(state, random);
      if (cast === null) return null;
      this.#moves = [...random.pick(this.#plans)(cast, random)];
    }
    while (this.#moves.length > 0) {
      const call = this.#moves.shift()!(state);
      if (call !== null && isEnabled(state, call)) return call;
    }
    return null;
  }
}

