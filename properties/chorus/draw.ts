import type { Capability, Key, Li, SavedId, SiteId, ThreadId, Ui } from '#spec/chorus/vocabulary';
import { canBeEvicted } from '#model/chorus/memory/eviction';
import { canBeGivenUp, canBePushedOut, canBeReleased } from '#model/chorus/memory/page-out';
import { canFail } from '#model/chorus/messages/call';
import { canArrive, isApart } from '#model/chorus/network/network';
import { canBeDuplicated, canSendAgain } from '#model/chorus/network/retransmission';
import { canTick } from '#model/chorus/threads/processor';
import { isEligible, isTimed } from '#model/chorus/threads/waits';
import type { ActorId, ChorusState, PortId } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import type { Random } from '#properties/random';

/** How wild the arguments are: one in so many is wrong on purpose. */
const WRONG = 14;

/** Draws the arguments of calls from what there is in a state. */
export class Draw {
  readonly state: ChorusState;
  readonly random: Random;
  readonly thread: ThreadId;
  readonly actor: ActorId;
  readonly site: SiteId;
  /** Threads that would be left free to call if this one waited. */
  readonly others: number;

  constructor(state: ChorusState, random: Random, thread: ThreadId, others: number) {
    this.state = state;
    this.random = random;
    this.thread = thread;
    this.actor = state.threads[thread]!.actor;
    this.site = state.actors[this.actor]!.site;
    this.others = others;
  }

  wrong(): boolean {
    return this.random.once(WRONG);
  }

  actors(wanted: (actor: ActorId) => boolean = () => true): readonly ActorId[] {
    return this.state.actors.flatMap(({ life }, id) => (life === 'live' && wanted(id as ActorId) ? [id as ActorId] : []));
  }

  /** The actor a call is about: mostly the caller's own, or one of its site; at times one elsewhere, or none. */
  target(own = 2): { actor: Capability | null; id: ActorId } {
    const here = this.actors((id) => this.state.actors[id]!.site === this.site);
    if (this.random.once(10)) {
      const gone = this.state.actors.flatMap(({ life }, other) => (life === 'dead' ? [other as ActorId] : []));
      const id = gone.length > 0 && this.random.once(3) ? this.random.pick(gone) : this.random.below(this.state.actors.length) as ActorId;
      return { actor: this.capability(id), id };
    }
    if (!this.random.once(own)) return { actor: null, id: this.actor };
    const id = this.random.pick(here);
    return { actor: this.capability(id), id };
  }

  capability(id: ActorId): Capability {
    const { ui, key } = this.state.actors[id]!;
    return { ui, key: this.wrong() ? key + 1 as Key : key };
  }

  ports(wanted: (port: PortId) => boolean = () => true): readonly PortId[] {
    return this.state.ports.flatMap(({ life }, id) => (life === 'live' && wanted(id as PortId) ? [id as PortId] : []));
  }

  isDefault(port: PortId): boolean {
    return this.state.actors[this.state.ports[port]!.actor]!.defaultPort === port;
  }

  /** A port of an actor by its local identifier; now and then one that it does not have. */
  li(actor: ActorId, wanted: (port: PortId) => boolean = () => true): Li | null {
    const { ports } = this.state.actors[actor]!;
    if (this.wrong()) return this.random.pick([0, ports.length, Math.max(1, this.random.below(ports.length))]) as Li;
    const found = ports.flatMap((port, li) => (port !== null && wanted(port) ? [li as Li] : []));
    return found.length === 0 ? null : this.random.pick(found);
  }

  /** A port anywhere, by its identifier. Busy ones are preferred, and dead ones not forgotten. */
  portUi(wanted: (port: PortId) => boolean = () => true): Ui {
    const { state, random } = this;
    if (this.wrong()) return random.below(state.uis.length) as Ui;
    if (random.once(12)) return random.pick(state.ports).ui;
    const found = this.ports(wanted);
    return found.length === 0 ? random.pick(state.ports).ui : state.ports[random.pick(found)]!.ui;
  }

  /** A thread of an actor; null is the caller. */
  threadOf(actor: ActorId, wanted: (thread: ThreadId) => boolean = () => true): ThreadId | null {
    if (this.random.once(25)) return null;
    const all = this.state.threads.flatMap(({ life, actor: home }, id) =>
      (life === 'live' && home === actor ? [id as ThreadId] : []));
    if (all.length === 0 || this.wrong()) return this.random.below(this.state.threads.length) as ThreadId;
    const fit = all.filter(wanted);
    return this.random.pick(fit.length > 0 && !this.random.once(4) ? fit : all);
  }

  bytes(limit: number): string {
    const length = this.random.once(WRONG) ? limit + 1 : this.random.below(limit + 1);
    return Array.from({ length }, () => this.random.pick(['00', '11', 'a5', 'ff'])).join('');
  }

  saved(): SavedId {
    const { saved } = this.state.actors[this.actor]!;
    const kept = saved.flatMap((message, id) => (message === null ? [] : [id as SavedId]));
    return kept.length === 0 || this.wrong() ? this.random.below(saved.length + 1) as SavedId : this.random.pick(kept);
  }

  /** How long to wait: not at all where nobody else could go on. */
  delay(): number | null {
    if (this.others === 0) return 0;
    return this.random.pick([0, 100, null]);
  }
}

/** The threads that may make a call: alive, not waiting, and eligible. */
export function callers(state: ChorusState): readonly ThreadId[] {
  const free: ThreadId[] = [];
  state.threads.forEach(({ run }, id) => {
    if (run.tag === 'ready' && isEligible(state, id as ThreadId) && hasProcessor(state, id as ThreadId)) free.push(id as ThreadId);
  });
  return free;
}

/** Where processors are modelled only the thread that runs may call. */
const hasProcessor = (state: ChorusState, thread: ThreadId): boolean =>
  !state.processors || state.sites[state.actors[state.threads[thread]!.actor]!.site]!.running === thread;

export const timedWaits = (state: ChorusState): readonly ThreadId[] =>
  state.threads.flatMap(({ run, life }, id) => (life === 'live' && isTimed(run) ? [id as ThreadId] : []));

export const failingCalls = (state: ChorusState): readonly ThreadId[] =>
  state.threads.flatMap((_, id) => (canFail(state, id as ThreadId) ? [id as ThreadId] : []));

/** What the network, the clock and failure may do by themselves, but for crashes and broken links. */
export function spontaneous(state: ChorusState): readonly ChorusCall[] {
  return [
    ...state.network.flatMap((_, packet) => (canArrive(state, packet) ? [{ operation: 'packetArrives', packet } as const] : [])),
    ...state.network.map((_, packet) => ({ operation: 'packetIsLost', packet }) as const),
    ...timedWaits(state).map((waiting) => ({ operation: 'timeout', waiting }) as const),
    ...pagings(state),
    ...state.transactions.flatMap((_, transaction) => (canBeGivenUp(state, transaction) ? [{ operation: 'requestIsGivenUp', transaction } as const] : [])),
    ...state.sites.flatMap((_, site) => (canTick(state, site) ? [{ operation: 'clockTicks', site: site as SiteId } as const] : [])),
    ...failingCalls(state).map((client) => ({ operation: 'failureIsNoticed', client }) as const),
  ];
}

/** What comes of retransmission, which nobody notices where all goes well. */
export const repetitions = (state: ChorusState): readonly ChorusCall[] => [
  ...state.network.flatMap((_, packet) => (canBeDuplicated(state, packet) ? [{ operation: 'packetIsDuplicated', packet } as const] : [])),
  ...state.threads.flatMap((_, client) => (canSendAgain(state, client as ThreadId) ? [{ operation: 'requestIsSentAgain', client: client as ThreadId } as const] : [])),
];

/** What the nucleus may do about memory by itself. */
const pagings = (state: ChorusState): readonly ChorusCall[] => state.objects.flatMap(({ pages }, object) => [
  ...pages.flatMap((_, page): readonly ChorusCall[] => {
    if (canBeEvicted(state, object, page)) return [{ operation: 'pageIsEvicted', object, page }];
    return canBePushedOut(state, object, page) ? [{ operation: 'pageIsPushedOut', object, page }] : [];
  }),
  ...(canBeReleased(state, object) ? [{ operation: 'segmentIsReleased', object } as const] : []),
]);

/** Whether a call could be made at all in a state, whatever the nucleus would say to it. */
export function isEnabled(state: ChorusState, call: ChorusCall): boolean {
  switch (call.operation) {
    case 'packetArrives': return canArrive(state, call.packet);
    case 'packetIsDuplicated': return canBeDuplicated(state, call.packet);
    case 'requestIsSentAgain': return state.threads[call.client] !== undefined && canSendAgain(state, call.client);
    case 'packetIsLost': return state.network[call.packet] !== undefined;
    case 'timeout': {
      const waiting = state.threads[call.waiting];
      return waiting !== undefined && waiting.life === 'live' && isTimed(waiting.run);
    }
    case 'failureIsNoticed': return state.threads[call.client] !== undefined && canFail(state, call.client);
    case 'siteCrashes': return state.sites[call.site]?.up === true;
    case 'siteReboots': return state.sites[call.site]?.up === false && call.child === state.threads.length;
    case 'clockTicks': return canTick(state, call.site);
    case 'pageIsEvicted': return canBeEvicted(state, call.object, call.page);
    case 'pageIsPushedOut': return canBePushedOut(state, call.object, call.page);
    case 'segmentIsReleased': return canBeReleased(state, call.object);
    case 'requestIsGivenUp': return canBeGivenUp(state, call.transaction);
    case 'linkFails': return areSites(state, call) && !isApart(state, call.site, call.other);
    case 'linkHeals': return areSites(state, call) && isApart(state, call.site, call.other);
    default: {
      const thread = state.threads[call.thread];
      if (thread === undefined || thread.run.tag !== 'ready' || !isEligible(state, call.thread) || !hasProcessor(state, call.thread)) return false;
      return call.operation !== 'threadCreate' || call.child === state.threads.length;
    }
  }
}

const areSites = (state: ChorusState, { site, other }: { readonly site: SiteId; readonly other: SiteId }): boolean =>
  site !== other && state.sites[site] !== undefined && state.sites[other] !== undefined;
