import type { Scope } from '#model/kernel';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import type { Failing } from '#properties/script';
import { capabilityOf, cast, SERVER, thread } from '#properties/chorus/scripts/parties';

/** Who takes part when a server fails: an actor that deletes the server's, one that stands by, and the clients. */
const OPERATOR = 1;
export const STANDBY = 2;
const FIRST_CLIENT = 3;

export const clientsOf = (size: number): readonly number[] => Array.from({ length: size }, (_, at) => FIRST_CLIENT + at);
export const failingCast = (size: number): Scope => cast(FIRST_CLIENT + size, false);

/** The server's actor is deleted: its clients are told that their calls have failed, by the first of the codes that may say so. */
export const serverEnds = (look: () => ChorusState, size: number): Failing<ChorusCall> => ({
  failing: { operation: 'actorDelete', thread: thread(OPERATOR), actor: capabilityOf(look(), SERVER) },
  errors: clientsOf(size).map(() => 'K_EUNKNOWN'),
});
