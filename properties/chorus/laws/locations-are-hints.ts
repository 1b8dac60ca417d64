import type { SiteId, Ui } from '#spec/chorus/vocabulary';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { learn, locate } from '#model/chorus/network/location';
import { portBy, siteName, siteOfPort } from '#properties/chorus/facts';
import type { ChorusLaws, ChorusMutants, ChorusStep } from '#properties/chorus/obligation';
import { monitor } from '#properties/obligation';

/** What can be known of where ports were, and of who knows where they are. */
interface Places {
  /** Every site a port of that identifier was ever on. */
  readonly homes: Map<Ui, Set<SiteId>>;
  /** Sites that know where the port is now: `S/u`. */
  readonly informed: Set<string>;
}

const key = (site: SiteId, ui: Ui): string => `${site}/${ui}`;

/** Whether packets with messages for ports were added in a step, and which. */
const sentIn = ({ before, after, call }: ChorusStep) => (call.operation === 'packetArrives' || call.operation === 'packetIsDuplicated' ? []
  : after.network.filter((packet) => !before.network.includes(packet)).flatMap(({ from, to, cargo }) =>
    (cargo.tag === 'message' || cargo.tag === 'second message' ? [{ from, to, ui: cargo.port }] : [])));

/** Where a port that is live is now; null if it is none. */
function whereIs(state: ChorusState, ui: Ui): SiteId | null {
  const port = portBy(state, ui);
  return port === null ? null : siteOfPort(state, port);
}

/** The message that arrives where its port is not any more; one that finds the port full is lost without a word. */
function astray({ before, call }: ChorusStep): { readonly from: SiteId; readonly ui: Ui } | null {
  const packet = call.operation === 'packetArrives' ? before.network[call.packet]! : undefined;
  if (packet?.cargo.tag !== 'message') return null;
  const where = whereIs(before, packet.cargo.port);
  const port = portBy(before, packet.cargo.port);
  if (port !== null && before.ports[port]!.queue.length >= before.limits.queue) return null;
  return where === null || where === packet.to ? null : { from: packet.from, ui: packet.cargo.port };
}

/** Follows ports from site to site. */
function follow({ homes, informed }: Places, { before, after, call }: ChorusStep): void {
  after.ports.forEach(({ life, ui }, id) => {
    if (life === 'dead') return;
    const now = siteOfPort(after, id as never);
    if (!homes.has(ui)) homes.set(ui, new Set());
    homes.get(ui)!.add(now);
    const old = before.ports[id]?.life === 'live' ? siteOfPort(before, id as never) : now;
    if (old === now) return;
    for (const known of informed) if (known.endsWith(`/${ui}`)) informed.delete(known);
    informed.add(key(old, ui));
  });
  if (call.operation === 'siteReboots') for (const known of informed) if (known.startsWith(`${call.site}/`)) informed.delete(known);
}

function watch(places: Places, step: ChorusStep): readonly string[] {
  const { homes, informed } = places;
  if (homes.size === 0) follow(places, { ...step, after: step.before });
  const wrong = sentIn(step).flatMap(({ from, to, ui }) => {
    const where = whereIs(step.before, ui);
    if (where === null || to === where) {
      informed.add(key(from, ui));
      return [];
    }
    const made = step.before.uis[ui]!;
    const was = homes.get(ui)?.has(to) === true || (made.tag === 'made' && made.site === to);
    return [
      ...(was ? [] : [`a message for u${ui} goes to ${siteName(to)}, where its port never was`]),
      ...(informed.has(key(from, ui)) ? [`${siteName(from)} knows where u${ui} is, and sends to ${siteName(to)}`] : []),
    ];
  });
  const stray = astray(step);
  if (stray !== null) informed.add(key(stray.from, stray.ui));
  follow(places, step);
  return wrong;
}

const moved = (step: ChorusStep, wanted: (to: SiteId, where: SiteId) => boolean): boolean => sentIn(step).some(({ to, ui }) => {
  const made = step.before.uis[ui]!;
  const where = whereIs(step.before, ui);
  return where !== null && made.tag === 'made' && made.site !== where && wanted(to, where);
});

export const locationLaws = {
  'chorus/locations-are-hints': {
    monitor: monitor<ChorusState, ChorusCall, Places>({ start: () => ({ homes: new Map(), informed: new Set() }), next: watch }),
    sometimes: {
      'a message goes where its port was': (step) => moved(step, (to, where) => to !== where),
      'a message goes where its port has come to': (step) => moved(step, (to, where) => to === where),
      'a message arrives where its port is not any more': (step) => astray(step) !== null,
    },
  },
} satisfies ChorusLaws;

const HINTS = 'chorus/locations-are-hints';

export const locationMutants: ChorusMutants = {
  'site-forgets-where-its-port-went': {
    rule: HINTS,
    fault: 'the site that a port has left looks for it where it was before',
    mechanisms: {
      learn: (world, at, ui, where) => { if (world.state.sites[at]!.beliefs.length > 0) learn(world, at, ui, where); },
    },
  },
  'messages-go-to-any-site': {
    rule: HINTS,
    fault: 'a message for a port of another site goes to the first other site that is up',
    mechanisms: {
      locate: (world, from, port) => {
        const found = world.state.sites.findIndex(({ up }, site) => up && site !== from) as SiteId;
        return found < 0 ? locate(world, from, port) : found;
      },
    },
  },
  'messages-always-go-where-the-port-was-made': {
    rule: HINTS,
    fault: 'where a port is now is never learned, and never asked for',
    mechanisms: {
      locate: (world, from, port) => {
        const made = world.state.uis[world.state.ports[port]!.ui]!;
        return made.tag === 'made' && made.site !== from && world.state.sites[made.site]!.up ? made.site : locate(world, from, port);
      },
    },
  },
};
