import type { SiteId, Ui } from '#spec/chorus/vocabulary';
import { areConnected, siteOfPort } from '#model/chorus/naming/identifiers';
import { implementing, type Chorus } from '#model/chorus/world';
import type { ChorusState, PortId } from '#model/chorus/state';
import { change } from '#model/operation';

/** The site on which an identifier was made, which is where what it names is looked for first; null if it was built. */
function birthplace({ uis }: ChorusState, ui: Ui): SiteId | null {
  const made = uis[ui]!;
  return made.tag === 'made' ? made.site : null;
}

/** Where a site believes a port to be: as it has learned, or where the identifier comes from. */
export const believed = (state: ChorusState, at: SiteId, ui: Ui): SiteId | null =>
  state.sites[at]!.beliefs.find(({ port }) => port === ui)?.site ?? birthplace(state, ui);

/** A site learns where a port is. */
export const learn = implementing(
  ['chorus/locations-are-hints'],
  ({ state }: Pick<Chorus, 'state'>, at: SiteId, ui: Ui, where: SiteId): void => {
    if (believed(state, at, ui) === where) return;
    const others = state.sites[at]!.beliefs.filter(({ port }) => port !== ui);
    change(state.sites[at]!).beliefs = birthplace(state, ui) === where ? others : [...others, { tag: 'belief', port: ui, site: where }];
  },
);

/** The site to send to for a port of another site. A stale belief costs time, or the message; it is not asked for in vain. */
export const locate = implementing(
  ['chorus/locations-are-hints'],
  (world: Chorus<'location'>, from: SiteId, port: PortId): SiteId => {
    const { state, mechanisms } = world;
    const { ui } = state.ports[port]!;
    const where = siteOfPort(state, port);
    const remembered = believed(state, from, ui);
    const isStale = remembered !== null && remembered !== where && remembered !== from && areConnected(state, from, remembered);
    if (isStale && world.choose('location', ['searched', 'as remembered'] as const, String) === 'as remembered') return remembered;
    mechanisms.learn(world, from, ui, where);
    return where;
  },
);
