import { addressings, groupKinds, handlerKinds, privileges, type Destination, type SiteId, type ThreadId, type Ui } from '#spec/chorus/vocabulary';
import { isApart } from '#model/chorus/network/network';
import type { ChorusState, PortId } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { callers, Draw, repetitions, spontaneous } from '#properties/chorus/draw';
import { answersMapper, areaOf, memoryRows } from '#properties/chorus/draw-memory';
import { Weighted, type Random } from '#properties/random';

type Row = (draw: Draw) => ChorusCall | null;

/** With so many ports an actor seldom wants another: few that are shared show more than many apart. */
const ENOUGH = 3;

/** One way to draw each operation, with the share it has of a run. Ordinary ones are frequent. */
export const rows: Readonly<Record<string, readonly [weight: number, row: Row]>> = {
  uiBuild: [1, ({ thread, random }) => ({ operation: 'uiBuild', thread, stamp: random.below(3) })],
  actorCreate: [1, (draw) => ({
    operation: 'actorCreate', thread: draw.thread, initial: draw.target().actor,
    privilege: draw.random.pick(privileges), status: draw.random.once(3) ? 'stopped' : 'active',
  })],
  actorDelete: [1, (draw) => ({ operation: 'actorDelete', thread: draw.thread, actor: draw.random.once(6) ? null : aBusyActor(draw) ?? draw.target(1).actor })],
  actorStop: [1, (draw) => ({ operation: 'actorStop', thread: draw.thread, actor: draw.target(1).actor })],
  actorStart: [3, (draw) => ({ operation: 'actorStart', thread: draw.thread, actor: aStopped(draw) ?? draw.target(1).actor })],
  actorSelf: [1, ({ thread }) => ({ operation: 'actorSelf', thread })],
  actorPrivilege: [1, (draw) => ({
    operation: 'actorPrivilege', thread: draw.thread, actor: draw.target().actor, set: draw.random.once(3) ? null : draw.random.pick(privileges),
  })],
  actorPi: [1, (draw) => ({
    operation: 'actorPi', thread: draw.thread, actor: draw.target().actor, set: draw.random.once(3) ? null : draw.random.below(8),
  })],
  actorName: [1, (draw) => ({ operation: 'actorName', thread: draw.thread, actor: draw.target().actor, set: draw.random.pick([null, 'a', 'abc', 'abcd', 'abcdef']) })],
  actorStat: [3, ({ thread }) => ({ operation: 'actorStat', thread })],
  svActorHandlerConnect: [2, (draw) => ({ operation: 'svActorHandlerConnect', ...anEntry(draw), handler: 1 + draw.random.below(3) })],
  svActorHandlerDisconnect: [1, (draw) => ({ operation: 'svActorHandlerDisconnect', ...anEntry(draw) })],
  svActorHandlerGetConnected: [1, (draw) => ({ operation: 'svActorHandlerGetConnected', ...anEntry(draw) })],
  threadGoesHome: [2, ({ thread }) => ({ operation: 'threadGoesHome', thread })],
  threadCreate: [1, (draw) => ({
    operation: 'threadCreate', thread: draw.thread, actor: draw.target().actor, status: draw.random.once(3) ? 'inactive' : 'active',
    privilege: draw.random.once(3) ? 'supervisor' : 'user', priority: draw.random.pick([null, 100, 128]), child: draw.state.threads.length as ThreadId,
  })],
  threadDelete: [1, (draw) => aThread(draw, 'threadDelete', (id) => draw.state.threads[id]!.current !== null)],
  threadActivate: [1, (draw) => aThread(draw, 'threadActivate', (id) => !draw.state.threads[id]!.active)],
  threadSuspend: [1, (draw) => aThread(draw, 'threadSuspend', (id) => draw.state.threads[id]!.run.tag !== 'ready')],
  threadResume: [3, (draw) => aThread(draw, 'threadResume', (id) => draw.state.threads[id]!.suspends > 0)],
  threadAbort: [3, (draw) => aThread(draw, 'threadAbort', (id) => draw.random.once(3) || draw.state.threads[id]!.run.tag !== 'ready')],
  threadAborted: [1, ({ thread }) => ({ operation: 'threadAborted', thread })],
  semInit: [1, (draw) => fresh(draw, (at) => ({ operation: 'semInit', thread: draw.thread, semaphore: at, count: draw.random.below(2) }))],
  semP: [3, (draw) => (draw.others === 0 ? null : { operation: 'semP', thread: draw.thread, semaphore: aLock(draw, true) })],
  semV: [2, (draw) => ({ operation: 'semV', thread: draw.thread, semaphore: aLock(draw, true) })],
  mutexInit: [1, (draw) => fresh(draw, (at) => ({ operation: 'mutexInit', thread: draw.thread, mutex: at, spin: draw.random.once(2) }))],
  mutexGet: [3, (draw) => (draw.others === 0 ? null : { operation: 'mutexGet', thread: draw.thread, mutex: aLock(draw, false) })],
  mutexTry: [1, (draw) => ({ operation: 'mutexTry', thread: draw.thread, mutex: aLock(draw, false) })],
  mutexRel: [3, (draw) => ({ operation: 'mutexRel', thread: draw.thread, mutex: aLock(draw, false) })],
  threadScheduler: [1, (draw) => {
    const { actor, id } = draw.target();
    const set = draw.random.once(4) ? null : { policy: draw.random.pick(['fifo', 'round-robin', 'time-sharing'] as const), priority: draw.random.pick([100, 128, 128]) };
    return { operation: 'threadScheduler', thread: draw.thread, actor, target: draw.threadOf(id), set };
  }],
  threadDelay: [1, ({ thread, others, random }) => ({ operation: 'threadDelay', thread, delay: others === 0 ? 0 : random.pick([0, 50, 50]) })],
  portCreate: [4, (draw) => {
    const { actor, id } = draw.target();
    const ports = draw.state.actors[id]!.ports.filter((port) => port !== null).length;
    return ports > ENOUGH && !draw.random.once(4) ? null : { operation: 'portCreate', thread: draw.thread, actor };
  }],
  portDeclare: [2, (draw) => {
    const ui = declarable(draw);
    return ui === null ? null : { operation: 'portDeclare', thread: draw.thread, actor: draw.target().actor, ui };
  }],
  portUi: [1, (draw) => {
    const port = draw.li(draw.actor);
    return port === null ? null : { operation: 'portUi', thread: draw.thread, port };
  }],
  portLi: [1, (draw) => ({ operation: 'portLi', thread: draw.thread, ui: draw.portUi((port) => draw.random.once(4)
    || draw.state.ports[port]!.actor === draw.actor) })],
  portEnable: [5, (draw) => {
    const { actor, id } = draw.target();
    const port = draw.li(id, (other) => draw.random.once(3) || draw.state.ports[other]!.priority === null);
    return port === null ? null : { operation: 'portEnable', thread: draw.thread, actor, port, priority: draw.random.pick([0, 1, 1]) };
  }],
  portDisable: [1, (draw) => aPort(draw, 'portDisable')],
  portDelete: [2, (draw) => aPort(draw, 'portDelete')],
  portMigrate: [5, (draw) => {
    const { actor, id } = draw.random.once(4) ? anywhere(draw) : draw.target();
    const awaited = draw.random.once(2);
    const port = draw.li(id, (other) => (!draw.isDefault(other) && (!awaited || isAwaited(draw.state, other))) || draw.random.once(20))
      ?? draw.li(id, (other) => !draw.isDefault(other));
    if (port === null) return null;
    const to = draw.random.once(6) ? actor : anywhere(draw).actor;
    return { operation: 'portMigrate', thread: draw.thread, actor, port, to, messages: draw.random.once(2) };
  }],
  portGetSeqNum: [1, (draw) => {
    const port = draw.li(draw.actor);
    return port === null ? null : { operation: 'portGetSeqNum', thread: draw.thread, port };
  }],
  portPi: [1, (draw) => {
    const { actor, id } = draw.target();
    const port = draw.li(id);
    return port === null ? null : { operation: 'portPi', thread: draw.thread, actor, port, set: draw.random.once(3) ? null : draw.random.below(8) };
  }],
  grpAllocate: [2, ({ thread, random }) => ({
    operation: 'grpAllocate', thread, kind: random.once(12) ? 'other' : random.pick(groupKinds), stamp: random.below(2),
  })],
  grpPortInsert: [5, (draw) => groupCall(draw, 'grpPortInsert')],
  grpPortRemove: [1, (draw) => groupCall(draw, 'grpPortRemove')],
  ipcTarget: [1, (draw) => ({
    operation: 'ipcTarget', thread: draw.thread, ui: draw.random.once(3) || draw.state.groups.length === 0 ? draw.portUi() : draw.random.pick(draw.state.groups).ui,
    mode: draw.random.once(6) ? 'other' : draw.random.pick(addressings),
  })],
  ipcSend: [10, (draw) => ({ operation: 'ipcSend', thread: draw.thread, ...sending(draw) })],
  ipcReceive: [14, (draw) => ({
    operation: 'ipcReceive', thread: draw.thread, from: receiveFrom(draw), delay: draw.delay(), abortable: draw.random.once(2),
    room: draw.random.once(4) ? null : draw.random.pick([0, 1, 2, 8]),
  })],
  ipcCall: [9, (draw) => (draw.others === 0 && !draw.random.once(4) ? null : {
    operation: 'ipcCall', thread: draw.thread, ...sending(draw), delay: draw.random.pick([null, 100]), abortable: draw.random.once(2),
      room: draw.random.pick([0, 1, 8]),
  })],
  ipcReply: [3, (draw) => ({ operation: 'ipcReply', thread: draw.thread, annex: annex(draw), body: bodyOf(draw) })],
  ipcSave: [2, ({ thread }) => ({ operation: 'ipcSave', thread })],
  ipcRestore: [2, (draw) => ({ operation: 'ipcRestore', thread: draw.thread, saved: draw.saved() })],
  ipcGetData: [2, ({ thread, random }) => ({ operation: 'ipcGetData', thread, room: random.pick([0, 1, 8]) })],
  ...memoryRows,
  ipcSysInfo: [1, ({ thread }) => ({ operation: 'ipcSysInfo', thread })],
};

/** An entry of one of the vectors of handlers of an actor; now and then one that it does not have. */
const anEntry = (draw: Draw) => ({
  thread: draw.thread, actor: draw.target().actor, kind: draw.random.pick(handlerKinds), entry: draw.random.below(draw.state.limits.handlers + (draw.wrong() ? 1 : 0)),
});

/** Whether something is under way to a port, or somebody waits for it. */
const isAwaited = (state: ChorusState, port: PortId): boolean =>
  state.network.some(({ cargo }) => cargo.tag === 'message' && cargo.port === state.ports[port]!.ui)
  || state.threads.some(({ run }) => run.tag === 'receiving' && run.from.tag === 'port' && run.from.port === port);

/** A place for a new semaphore or lock: one that nobody waits for. */
function fresh({ state, actor, random }: Draw, make: (at: number) => ChorusCall): ChorusCall | null {
  const at = random.below(3);
  return (state.actors[actor]!.locks[at]?.waiting.length ?? 0) > 0 ? null : make(at);
}

/** A semaphore or lock of the caller's actor, mostly one that there is. */
function aLock(draw: Draw, semaphore: boolean): number {
  const there = draw.state.actors[draw.actor]!.locks.flatMap((lock, at) => (lock !== null && (lock.kind === 'semaphore') === semaphore ? [at] : []));
  return there.length === 0 || draw.wrong() ? draw.random.below(4) : draw.random.pick(there);
}

type OnThread = 'threadDelete' | 'threadActivate' | 'threadSuspend' | 'threadResume' | 'threadAbort';

/** What an operation on a thread is most telling of: a client, a supervisor, and one that waits. */
const telling: Readonly<Partial<Record<OnThread, (state: ChorusState, thread: ThreadId) => boolean>>> = {
  threadAbort: ({ threads }, id) => threads[id]!.run.tag === 'calling',
  threadDelete: ({ threads }, id) => threads[id]!.supervisor || threads[id]!.current !== null,
};

function aThread(draw: Draw, operation: OnThread, wanted: (thread: ThreadId) => boolean): ChorusCall {
  const { state, random, thread, site } = draw;
  const tells = telling[operation];
  const known = tells === undefined || random.once(2) ? [] : state.threads.flatMap(({ life, actor: home }, other) =>
    (life === 'live' && state.actors[home]!.site === site && tells(state, other as ThreadId) ? [other as ThreadId] : []));
  if (known.length > 0) {
    const target = random.pick(known);
    return { operation, thread, actor: draw.capability(state.threads[target]!.actor), target };
  }
  const { actor, id } = draw.target();
  return { operation, thread: draw.thread, actor, target: draw.threadOf(id, wanted) };
}

function aPort(draw: Draw, operation: 'portDisable' | 'portDelete'): ChorusCall | null {
  const { actor, id } = draw.target();
  const awaited = draw.random.once(2);
  const port = draw.li(id, (other) => operation === 'portDisable' || (!draw.isDefault(other) && (!awaited || isAwaited(draw.state, other))) || draw.random.once(20))
    ?? draw.li(id, (other) => !draw.isDefault(other));
  return port === null ? null : { operation, thread: draw.thread, actor, port };
}

function anywhere(draw: Draw): ReturnType<Draw['target']> {
  const all = draw.actors();
  const id = draw.random.pick(all);
  return { actor: id === draw.actor && draw.random.once(2) ? null : draw.capability(id), id };
}

/** An actor of the site that has saved something, or holds requests. */
function aBusyActor(draw: Draw) {
  if (draw.random.once(2)) return null;
  const { state, site, actor } = draw;
  const busy = draw.actors((id) => id !== actor && state.actors[id]!.site === site
    && (state.actors[id]!.saved.some((kept) => kept !== null) || state.threads.some(({ actor: home, current }) => home === id
      && (current?.message.transaction ?? null) !== null)));
  return busy.length === 0 ? null : draw.capability(draw.random.pick(busy));
}

function aStopped(draw: Draw) {
  const stopped = draw.actors((id) => draw.state.actors[id]!.stopped && draw.state.actors[id]!.site === draw.site);
  return stopped.length === 0 ? null : draw.capability(draw.random.pick(stopped));
}

/** An identifier that was built, or that of a port that has gone; now and then one that is in use on the site. */
function declarable({ state, random, site }: Draw): Ui | null {
  const built = state.uis.flatMap(({ tag }, ui) => (tag === 'built' ? [ui as Ui] : []));
  const gone = state.ports.flatMap(({ life, ui }) => (life === 'dead' ? [ui] : []));
  const free = [...built, ...gone].filter((ui) => !state.ports.some((port) => port.life === 'live' && port.ui === ui));
  const here = state.ports.flatMap(({ life, ui, actor }) => (life === 'live' && state.actors[actor]!.site === site ? [ui] : []));
  if (free.length === 0 || random.once(6)) return here.length === 0 ? null : random.pick(here);
  return random.pick(free);
}

function groupCall(draw: Draw, operation: 'grpPortInsert' | 'grpPortRemove'): ChorusCall | null {
  const { groups, ports, actors } = draw.state;
  if (groups.length === 0) return null;
  const group = draw.random.pick(groups);
  const key = draw.wrong() ? group.key + 1 as typeof group.key : group.key;
  const local = draw.portUi((port) => actors[ports[port]!.actor]!.site === draw.site || draw.random.once(10));
  return { operation, thread: draw.thread, group: { ui: draw.wrong() ? local : group.ui, key }, port: local };
}

function annex(draw: Draw): string | null {
  return draw.random.once(2) ? null : draw.bytes(draw.state.limits.annex + 1);
}

function sending(draw: Draw) {
  const source = draw.random.once(2) ? null : draw.li(draw.actor);
  return { source, destination: destination(draw), annex: annex(draw), body: bodyOf(draw) };
}

/** Bytes, or memory of the caller, where it has some. */
const bodyOf = (draw: Draw) => (draw.state.actors[draw.actor]!.regions.length === 0 ? null : areaOf(draw)) ?? draw.bytes(draw.state.limits.body);

/** A port, mostly of others, or a group in some mode. */
function destination(draw: Draw): Destination {
  const { state, random } = draw;
  if (state.groups.length === 0 || !random.once(3)) {
    const far = random.once(2);
    const ui = draw.portUi((port) => far || state.actors[state.ports[port]!.actor]!.site === draw.site);
    return { ui, mode: draw.wrong() ? 'func' : null, coTarget: null };
  }
  const full = state.groups.filter(({ members }) => members.length > 0);
  const group = full.length > 0 && !random.once(8) ? random.pick(full) : random.pick(state.groups);
  const mode = random.once(6) ? null : random.pick(addressings);
  const coTarget = mode === 'funcu' || mode === 'funcx' ? coTargetOf(draw, group) : null;
  return { ui: group.ui, mode, coTarget };
}

function coTargetOf(draw: Draw, { members }: ChorusState['groups'][number]): Ui | null {
  const { state, random } = draw;
  if (random.once(10)) return null;
  if (members.length > 0 && random.once(2)) return state.ports[random.pick(members)]!.ui;
  return random.once(2) ? random.pick(state.sites).ui : draw.portUi();
}

/** Where to receive from: mostly where there is something. */
function receiveFrom(draw: Draw): Extract<ChorusCall, { operation: 'ipcReceive' }>['from'] {
  const { state, random, actor } = draw;
  const kind = random.below(5);
  if (kind === 0) return { tag: 'default' };
  if (kind <= 2) return { tag: 'any' };
  const busy = state.ports.some((port) => port.life === 'live' && port.actor === actor && port.queue.length > 0);
  const port = draw.li(actor, (other) => !busy || state.ports[other]!.queue.length > 0 || random.once(6));
  return port === null ? { tag: 'default' } : { tag: 'port', port };
}

/** What happens by itself, in proportion. */
const accidents: readonly ((state: ChorusState, random: Random) => ChorusCall | null)[] = [
  (state, random) => aSite(state, random, (up) => up, (site) => ({ operation: 'siteCrashes', site })),
  (state, random) => aSite(state, random, (up) => !up, (site) => ({ operation: 'siteReboots', site, child: state.threads.length as ThreadId })),
  (state, random) => {
    const site = random.below(state.sites.length) as SiteId;
    const other = random.below(state.sites.length) as SiteId;
    if (site === other) return null;
    return isApart(state, site, other) ? { operation: 'linkHeals', site, other } : { operation: 'linkFails', site, other };
  },
];

function aSite(state: ChorusState, random: Random, wanted: (up: boolean) => boolean, make: (site: SiteId) => ChorusCall): ChorusCall | null {
  const sites = state.sites.flatMap(({ up }, site) => (wanted(up) ? [site as SiteId] : []));
  return sites.length === 0 ? null : make(random.pick(sites));
}

/** How often what happens by itself happens, and how often it is an accident: one step in so many. */
export interface Pace { readonly itself: number; readonly accident: number }

/** Draws calls with given shares. */
export function drawing(shares: Readonly<Record<string, number>>, pace: Pace) {
  const table = new Weighted(Object.entries(rows).map(([operation, [, row]]) => [shares[operation] ?? 0, row] as const).filter(([share]) => share > 0));
  return (state: ChorusState, random: Random): ChorusCall | null => {
    const free = callers(state);
    if (pace.accident > 0 && random.once(pace.accident)) {
      const call = random.pick(accidents)(state, random);
      if (call !== null && (call.operation !== 'siteCrashes' || leavesSomebody(state, call.site))) return call;
    }
    if (free.length === 0 || random.once(pace.itself)) {
      const call = byItself(state, random);
      if (call !== null) return call;
    }
    if (free.length === 0) return rescue(state);
    const draw = new Draw(state, random, random.pick(free), free.length - 1);
    return served(draw) ?? ordinary(draw, table);
  };
}

/** What keeps nobody waiting: a reply to what was received, more often than not. */
function served(draw: Draw): ChorusCall | null {
  const { current } = draw.state.threads[draw.thread]!;
  if (current?.message.source === 0) return draw.random.once(2) ? answersMapper(draw, current.message) : null;
  if (current === null || !draw.random.once(4)) return null;
  const operation = draw.random.pick(['ipcReply', 'ipcReply', 'ipcSave', 'ipcSave', 'ipcGetData'] as const);
  return rows[operation]![1](draw);
}

function ordinary(draw: Draw, table: Weighted<Row>): ChorusCall {
  for (let tries = 0; tries < 40; tries += 1) {
    const call = table.draw(draw.random)(draw);
    if (call !== null) return call;
  }
  return { operation: 'actorSelf', thread: draw.thread };
}

function byItself(state: ChorusState, random: Random): ChorusCall | null {
  const all = thinned([...spontaneous(state), ...repetitions(state)], random);
  if (all.length === 0) return null;
  const answered = state.network.flatMap(({ cargo }) => (cargo.tag === 'reply' ? [state.transactions[cargo.transaction]!.client ?? -1] : []));
  const late = answered.length > 0 && random.once(2);
  const preferred = all.filter((call) => (late ? call.operation === 'timeout' && answered.includes(call.waiting) : call.operation === 'packetArrives'));
  return preferred.length > 0 && !random.once(3) ? random.pick(preferred) : random.pick(all);
}

/** Of the many pages that may leave memory one or two do as well as all. */
function thinned(all: readonly ChorusCall[], random: Random): readonly ChorusCall[] {
  const [evicted, pushed] = (['pageIsEvicted', 'pageIsPushedOut'] as const).map((operation) => all.filter((call) => call.operation === operation));
  const rest = all.filter(({ operation }) => operation !== 'pageIsEvicted' && operation !== 'pageIsPushedOut');
  return [...rest, ...(evicted!.length > 0 ? [random.pick(evicted!)] : []), ...(pushed!.length > 0 ? [random.pick(pushed!), random.pick(pushed!)] : [])];
}

const leavesSomebody = (state: ChorusState, site: SiteId): boolean =>
  callers(state).some((thread) => state.actors[state.threads[thread]!.actor]!.site !== site);

/** Where nobody can call any more, a site that is down may come up. */
function rescue(state: ChorusState): ChorusCall | null {
  const site = state.sites.findIndex(({ up }) => !up);
  return site < 0 ? null : { operation: 'siteReboots', site: site as SiteId, child: state.threads.length as ThreadId };
}
