import type { SiteId, Ui } from '#spec/chorus/vocabulary';
import { implementing, type Chorus } from '#model/chorus/world';
import type { ActorId, ChorusState, GroupId, Identifier, PortId } from '#model/chorus/state';
import { BeyondScope, change } from '#model/operation';

/** A new identifier of a site: its start and its place among those made since tell it from all others. */
export const newUi = implementing(
  ['chorus/identifiers-are-never-reused'],
  ({ state }: Pick<Chorus, 'state'>, site: SiteId): Ui => {
    const { epoch, made } = state.sites[site]!;
    change(state.sites[site]!).made += 1;
    return uiOf(state, { tag: 'made', site, epoch, serial: made });
  },
);

/** The identifier that is made of just that. */
export function uiOf(state: ChorusState, identifier: Identifier): Ui {
  const known = state.uis.findIndex((other) => isSame(other, identifier));
  if (known >= 0) return known as Ui;
  if (state.uis.length > state.limits.identifiers) throw new BeyondScope('more identifiers than the scope holds');
  change(state.uis).push(identifier);
  return state.uis.length - 1 as Ui;
}

function isSame(a: Identifier, b: Identifier): boolean {
  switch (a.tag) {
    case 'none': return b.tag === 'none';
    case 'made': return b.tag === 'made' && a.site === b.site && a.epoch === b.epoch && a.serial === b.serial;
    case 'built': return b.tag === 'built' && a.stamp === b.stamp;
    case 'group stamp': return b.tag === 'group stamp' && a.kind === b.kind && a.stamp === b.stamp;
  }
}

/** The live actor, port or group of an identifier; null if there is none. */
export const actorNamed = (state: ChorusState, ui: Ui): ActorId | null =>
  place<ActorId>(state.actors.findIndex((actor) => actor.life === 'live' && actor.ui === ui));

export const portNamed = (state: ChorusState, ui: Ui): PortId | null =>
  place<PortId>(state.ports.findIndex((port) => port.life === 'live' && port.ui === ui));

export const groupNamed = (state: ChorusState, ui: Ui): GroupId | null =>
  place<GroupId>(state.groups.findIndex((group) => group.ui === ui));

const place = <Id extends number>(at: number): Id | null => (at < 0 ? null : at as Id);

/** The site of whatever is registered under an identifier: a site itself, an actor or a port. */
export function siteNamed(state: ChorusState, ui: Ui): SiteId | null {
  const site = state.sites.findIndex((other) => other.ui === ui && other.up);
  if (site >= 0) return site as SiteId;
  const actor = actorNamed(state, ui);
  if (actor !== null) return state.actors[actor]!.site;
  const port = portNamed(state, ui);
  return port === null ? null : siteOfPort(state, port);
}

export const siteOfPort = (state: ChorusState, port: PortId): SiteId => state.actors[state.ports[port]!.actor]!.site;

/** Whether messages can pass between two sites. */
export function areConnected(state: ChorusState, a: SiteId, b: SiteId): boolean {
  if (!state.sites[a]!.up || !state.sites[b]!.up) return false;
  return !state.apart.some(({ one, other }) => (one === a && other === b) || (one === b && other === a));
}
