import type { Scope } from '#model/kernel';
import type { QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import { cast, dispatch, kills, pidOf, sends, stretch } from '#properties/qnx/scripts/parties';
import type { Beside, Failing } from '#properties/script';

/**
 * Who takes part when a server fails: it has the lowest priority, so that it has received nothing when the operator, who
 * has the next, ends it. Then come the clients. Whoever stands by is the most urgent, and waits before anybody asks.
 */
export const SERVER = 1;
export const OPERATOR = 2;
export const STANDBY = 3;
const FIRST_CLIENT = 4;

export const clientsOf = (size: number): readonly number[] => Array.from({ length: size }, (_, at) => FIRST_CLIENT + at);
export const failingCast = (size: number): Scope => cast([10, 11, 18, ...clientsOf(size).map(() => 12)]);

/** Each client asks the server, which is not there to receive. */
export function* requests(look: () => QnxState, size: number): Generator<QnxCall, void> {
  const server = pidOf(look(), SERVER);
  for (const client of clientsOf(size)) yield* [dispatch, sends(client, server, stretch(64), stretch(64))];
  yield dispatch;
}

/** The server is ended: its clients are told that there is no such process. */
export const serverEnds = (look: () => QnxState, size: number): Failing<QnxCall> =>
  ({ failing: kills(OPERATOR, pidOf(look(), SERVER)), errors: ['ended', ...clientsOf(size).map(() => 'ESRCH')] });

/** Each of so many clients has the processor once to hear what became of its request, and would then do something else. */
export const heard = (clients: number): Beside => ({ beside: { switch: clients } });
