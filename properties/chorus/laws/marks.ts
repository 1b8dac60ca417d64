import type { ThreadId } from '#spec/chorus/vocabulary';
import type { ActorId, ChorusState, Message, PortId } from '#model/chorus/state';
import { outcomeOf, waitersAt } from '#properties/chorus/facts';
import type { ChorusStep } from '#properties/chorus/obligation';

/** The words of a change, as `changes` has them. */
export const actorIs = (actor: number, field: string): string => `A${actor + 1}.${field}`;
export const threadIs = (thread: number, field: string): string => `t${thread + 1}.${field}`;
export const portIs = (port: number, field: string): string => `p${port + 1}.${field}`;
export const siteIs = (site: number, field: string): string => `S${site + 1}.${field}`;

/** What may change for the client of a request that will not be answered. */
export function marksOfFailure(state: ChorusState, messages: readonly (Message | null | undefined)[]): readonly string[] {
  return messages.flatMap((message) => {
    const id = message?.transaction ?? null;
    return id === null ? [] : [`x${id + 1}.life`, ...marksOfEnd(state, id)];
  });
}

/** What may change for who waits for a transaction that comes to its end: a client, or those who wait for what the nucleus asked. */
function marksOfEnd({ transactions, threads }: ChorusState, id: number): readonly string[] {
  const { client, errand } = transactions[id]!;
  if (client !== null) return [threadIs(client, 'run')];
  if (errand.tag === 'create') return ['memory'];
  if (errand.tag === 'fetch') return threads.flatMap(({ run }, at) => (run.tag === 'paging' && run.transaction === id ? [threadIs(at, 'run')] : []));
  if (errand.tag !== 'push') return [];
  return transactions.flatMap((other, at) => (other.life === 'open' && other.errand.tag === 'flush' && other.errand.object === errand.object
    ? [`x${at + 1}.life`, `x${at + 1}.errand`, 'network', threadIs(other.client ?? -1, 'run')] : []));
}

/** What may change where a message comes to a port: its queue, or one of the threads that wait for it. */
export function marksOfArrival(state: ChorusState, port: PortId): readonly string[] {
  const waiting = waitersAt(state, port);
  return [
    portIs(port, 'queue'),
    ...(waiting.length === 0 ? [] : [portIs(port, 'received'), actorIs(state.ports[port]!.actor, 'waiting')]),
    ...waiting.flatMap((thread) => marksOfReceipt(state, thread)),
  ];
}

/** What may change for a thread that is given a message. */
export const marksOfReceipt = (state: ChorusState, thread: ThreadId): readonly string[] => [
  threadIs(thread, 'run'), threadIs(thread, 'current'), ...marksOfFailure(state, [state.threads[thread]!.current?.message]),
];

export const failureSymbols: readonly (string | null)[] = ['K_EUNKNOWN', 'K_ENOPORT', 'K_EABORT'];

/** What is owed to the clients of requests that go unanswered: an error on the same site, and in time elsewhere. */
export function owed({ before, after }: ChorusStep, step: ChorusStep, messages: readonly (Message | null | undefined)[], site: number): readonly string[] {
  return messages.flatMap((message) => {
    const id = message?.transaction ?? null;
    if (id === null || before.transactions[id]!.life !== 'open') return [];
    const { client, site: home } = before.transactions[id]!;
    const now = after.transactions[id]!.life;
    if (client === null) return now === (home === site ? 'closed' : 'failed') ? [] : [`x${id + 1} is ${now} after its request was dropped`];
    if (after.threads[client]!.life === 'dead') return [];
    if (home !== site) return now === 'failed' ? [] : [`the call of t${client + 1} is ${now} after its request was dropped on another site`];
    const outcome = outcomeOf(step, client);
    return now === 'closed' && outcome !== null && failureSymbols.includes(outcome.error) ? []
      : [`t${client + 1} is not told that its request was dropped`];
  });
}

/** Every message an actor has: in the queues of its ports, with its threads, and saved. */
export const messagesOf = (state: ChorusState, actor: ActorId): readonly Message[] => [
  ...state.ports.flatMap((port) => (port.actor === actor && port.life === 'live' ? port.queue : [])),
  ...state.threads.flatMap(({ actor: home, current }) => (home === actor && current !== null ? [current.message] : [])),
  ...state.actors[actor]!.saved.flatMap((kept) => (kept === null ? [] : [kept.message])),
];
