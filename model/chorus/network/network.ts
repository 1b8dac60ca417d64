import type { SiteId } from '#spec/chorus/vocabulary';
import { portNamed, siteOfPort, areConnected } from '#model/chorus/naming/identifiers';
import { forgetAnswers, isSecond, markSent, takesItsPlace } from '#model/chorus/network/retransmission';
import { serverOf } from '#model/chorus/messages/call';
import type { AccessChoices } from '#model/chorus/memory/access';
import { newActor, newThread } from '#model/chorus/actors/new-actor';
import { implementing, type Chorus, type ChorusOperation } from '#model/chorus/world';
import type { ActorId, ChorusState, Packet } from '#model/chorus/state';
import { change, ModelError, returned } from '#model/operation';

type ArrivalChoices = AccessChoices | 'forwarding';

/** Whether a packet can arrive: its sites can still reach each other. */
export const canArrive = (state: ChorusState, packet: number): boolean => {
  const found = state.network[packet];
  return found !== undefined && areConnected(state, found.from, found.to);
};

export const packetArrives: ChorusOperation<'packetArrives', ArrivalChoices> = {
  implements: ['chorus/remote-sends-promise-nothing', 'chorus/request-is-received-at-most-once', 'chorus/messages-in-transit-to-a-moved-port'],
  step(world, { packet }) {
    if (!canArrive(world.state, packet)) throw new ModelError('no such packet can arrive');
    world.mechanisms.arrive(world, packet);
    return returned(null);
  },
};

export const packetIsLost: ChorusOperation<'packetIsLost', 'failed call'> = {
  implements: ['chorus/remote-sends-promise-nothing', 'chorus/lost-call-is-noticed'],
  step(world, { packet }) {
    const { state, mechanisms } = world;
    const lost = state.network[packet];
    if (lost === undefined) throw new ModelError('no such packet is under way');
    change(state).network = state.network.filter((_, at) => at !== packet);
    mechanisms.lose(world, lost);
    return returned(null);
  },
};

/** What is lost of a call is noticed in time; what was just sent is gone. */
export const lose = implementing(
  ['chorus/lost-call-is-noticed'],
  ({ state }: Pick<Chorus, 'state'>, { cargo }: Packet): void => {
    if (isSecond(cargo) || takesItsPlace(state, cargo)) return;
    const id = cargo.tag === 'message' ? cargo.message.transaction : cargo.tag === 'reply' || cargo.tag === 'flush' ? cargo.transaction : null;
    if (id === null || state.transactions[id]!.life !== 'open') return;
    change(state.transactions[id]!).life = 'failed';
    markSent(state, id, { lost: true });
  },
);

/** A packet leaves the network: what it carries is done, or comes too late. */
export const arrive = implementing(
  ['chorus/remote-sends-promise-nothing', 'chorus/request-is-received-at-most-once', 'chorus/abort-reaches-the-server'],
  (world: Chorus<ArrivalChoices>, place: number): void => {
    const { state, mechanisms } = world;
    const { cargo, ...packet } = mechanisms.asFirst(world, place);
    change(state).network = state.network.filter((_, at) => at !== place);
    switch (cargo.tag) {
      case 'second message': return mechanisms.suppress(world, cargo.message.transaction!);
      case 'message': return mechanisms.arriveAtPort(world, { ...packet, cargo });
      case 'second reply':
      case 'reply': return mechanisms.completeCall(world, cargo.transaction, { ...cargo, parcel: null });
      case 'flush': return mechanisms.beginFlush(world, packet.to, cargo.transaction, cargo);
      case 'abort': {
        const server = serverOf(state, cargo.transaction);
        if (server !== null) mechanisms.abortThread(world, server);
      }
    }
  },
);

/** A message whose port is gone or full is lost. One whose port moved meanwhile is sent after it, or lost. */
export const arriveAtPort = implementing(
  ['chorus/remote-sends-promise-nothing', 'chorus/messages-in-transit-to-a-moved-port', 'chorus/queues-are-bounded'],
  (world: Chorus<ArrivalChoices>, packet: Packet): void => {
    const { state, mechanisms } = world;
    const { cargo, to } = packet;
    if (cargo.tag !== 'message') return;
    const port = portNamed(state, cargo.port);
    if (port === null || state.ports[port]!.queue.length >= state.limits.queue) return mechanisms.lose(world, packet);
    const site = siteOfPort(state, port);
    if (site !== to) {
      mechanisms.learn(world, packet.from, cargo.port, site);
      const found = areConnected(state, to, site) ? (['forwarded', 'lost'] as const) : (['lost'] as const);
      if (world.choose('forwarding', found, String) === 'lost') return mechanisms.lose(world, packet);
    }
    if (cargo.message.transaction !== null) markSent(state, cargo.message.transaction, { taken: true });
    mechanisms.enqueue(world, port, cargo.message);
  },
);

/** A site is down: nothing on it lives on, and nobody elsewhere is told yet. */
export const siteCrashes: ChorusOperation<'siteCrashes', 'failed call'> = {
  implements: ['chorus/crash-ends-all-on-the-site', 'chorus/lost-call-is-noticed'],
  step(world, { site }) {
    const { state, mechanisms } = world;
    if (!state.sites[site]!.up) throw new ModelError('the site is down');
    change(state.sites[site]!).up = false;
    forgetAnswers(state, site);
    Object.assign(change(state.sites[site]!), { regions: [], running: null, queue: [] });
    state.actors.forEach((actor, id) => {
      if (actor.site === site && actor.life === 'live') mechanisms.killActor(world, id as ActorId);
    });
    mechanisms.forgetMemory(world, site);
    return returned(null);
  },
};

/** The memory of a site is lost with it, and what its nucleus asked of mappers; who elsewhere has it flush a cache will find out. */
export const forgetMemory = implementing(
  ['chorus/crash-ends-all-on-the-site', 'chorus/lost-call-is-noticed'],
  ({ state }: Pick<Chorus, 'state'>, site: SiteId): void => {
    for (const row of state.transactions) {
      const { client, errand, life } = row;
      if (life === 'open' && errand.tag === 'flush' && state.objects[errand.object]!.site === site) Object.assign(change(row), { life: 'failed', errand: { tag: 'none' } });
      if (client === null && row.site === site) Object.assign(change(row), { life: 'closed', errand: { tag: 'none' } });
    }
    for (const object of state.objects) {
      if (object.site === site) Object.assign(change(object), { life: 'dead', pages: [], stored: [], store: null, parent: null, history: null });
    }
  },
);

export const siteReboots: ChorusOperation<'siteReboots'> = {
  implements: ['chorus/rebooted-site-begins-anew', 'chorus/identifiers-are-never-reused'],
  step(world, { site, child }) {
    const { state, mechanisms } = world;
    if (state.sites[site]!.up || child !== state.threads.length) throw new ModelError('the site is up, or the next thread has another number');
    mechanisms.startSite(world, site);
    const actor = newActor(state, site, { privilege: 'system', stopped: false, pi: 0 });
    newThread(state, actor, { supervisor: false, active: true, priority: 128 });
    return returned(null);
  },
};

/** Each start has a number of its own, so that identifiers made before it are not made again. */
export const startSite = implementing(
  ['chorus/identifiers-are-never-reused', 'chorus/rebooted-site-begins-anew'],
  ({ state }: Pick<Chorus, 'state'>, id: SiteId): void => {
    const site = change(state.sites[id]!);
    site.up = true;
    site.epoch += 1;
    site.made = 0;
    site.beliefs = [];

  },
);

export const linkFails: ChorusOperation<'linkFails'> = {
  implements: ['chorus/partition-hides-sites-from-each-other'],
  step({ state }, { site, other }) {
    if (site === other || isApart(state, site, other)) throw new ModelError('there is no such link');
    change(state).apart = [...state.apart, { tag: 'pair', one: site, other }];
    return returned(null);
  },
};

export const linkHeals: ChorusOperation<'linkHeals'> = {
  implements: ['chorus/healing-revives-nothing'],
  step({ state }, { site, other }) {
    if (!isApart(state, site, other)) throw new ModelError('the link is up');
    change(state).apart = state.apart.filter((pair) => !isPair(pair, site, other));
    return returned(null);
  },
};

type Pair = ChorusState['apart'][number];

const isPair = (pair: Pair, a: SiteId, b: SiteId): boolean =>
  (pair.one === a && pair.other === b) || (pair.one === b && pair.other === a);

export const isApart = (state: ChorusState, a: SiteId, b: SiteId): boolean => state.apart.some((pair) => isPair(pair, a, b));
