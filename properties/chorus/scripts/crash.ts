import type { Scope } from '#model/kernel';
import type { SiteId } from '#spec/chorus/vocabulary';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import type { Failing, ScriptStep } from '#properties/script';
import { delivered, thread } from '#properties/chorus/scripts/parties';

/** Who takes part when a site crashes: the server there, one that stands by on a third site, and the clients, all on another. */
export const STANDBY = 1;
const FIRST_CLIENT = 2;
const [SERVER_SITE, CLIENT_SITE, STANDBY_SITE] = [0, 1, 2] as const;

export const clientsOf = (size: number): readonly number[] => Array.from({ length: size }, (_, at) => FIRST_CLIENT + at);

export const crashScope = (size: number): Scope => ({
  threads: [1, 1, ...clientsOf(size).map(() => 1)],
  sites: [SERVER_SITE, STANDBY_SITE, ...clientsOf(size).map(() => CLIENT_SITE)],
});

/** What the network brings, and nothing that is counted. */
export function* arrived(look: () => ChorusState): Generator<ChorusCall, void> {
  for (const step of delivered(look)) if ('operation' in step) yield step;
}

/** The site crashes, and the nucleus of the clients finds out, in its own time, that their calls will not be answered. */
export function* crash(size: number): Generator<ScriptStep<ChorusCall>, void> {
  yield { operation: 'siteCrashes', site: SERVER_SITE as SiteId };
  for (const client of clientsOf(size)) {
    const noticed: Failing<ChorusCall> = { failing: { operation: 'failureIsNoticed', client: thread(client) }, errors: ['K_EUNKNOWN'] };
    yield noticed;
  }
}
