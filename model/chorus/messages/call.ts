import type { SiteId, ThreadId, TransactionId } from '#spec/chorus/vocabulary';
import { areConnected, siteOfPort } from '#model/chorus/naming/identifiers';
import { siteOf } from '#model/chorus/naming/resolve';
import type { AccessChoices } from '#model/chorus/memory/access';
import type { SendChoices } from '#model/chorus/messages/send';
import { implementing, type Chorus, type ChorusOperation } from '#model/chorus/world';
import type { ChorusState, Message, PortId, Run } from '#model/chorus/state';
import { blocked, change, returned, spoiled } from '#model/operation';

/** Sends a message, and does not wait for anything. */
export const ipcSend: ChorusOperation<'ipcSend', SendChoices> = {
  implements: [
    'chorus/send-never-waits', 'chorus/local-sends-arrive', 'chorus/remote-sends-promise-nothing', 'chorus/source-is-an-own-port',
    'chorus/full-queue-refuses-the-send', 'chorus/message-for-nobody-is-lost', 'chorus/too-long-bodies-are-refused', 'chorus/bad-target-refuses-the-send',
    'chorus/bodies-are-in-own-memory', 'chorus/bodies-are-copied-later',
  ],
  step(world, call) {
    world.charge('trap');
    const { thread, ...sending } = call;
    return world.mechanisms.sendMessage(world, thread, { ...sending, again: { operation: 'ipcSend', ...call } }, null) ?? returned(null);
  },
};

/** Sends a request, and waits for the answer of whoever receives it. */
export const ipcCall: ChorusOperation<'ipcCall', SendChoices> = {
  implements: [
    'chorus/call-waits-for-its-answer', 'chorus/broadcast-cannot-be-called', 'chorus/source-is-an-own-port', 'chorus/reply-answers-its-own-request',
    'chorus/full-queue-refuses-the-send', 'chorus/too-long-bodies-are-refused', 'chorus/bad-target-refuses-the-send',
    'chorus/call-to-nobody-fails', 'chorus/remembered-abort-is-used-up-once',
  ],

  step(world, call) {
    world.charge('trap');
    const { thread, delay, abortable, room, ...sending } = call;
    const { state, mechanisms } = world;
    const before = state.threads[thread]!.aborted;
    const begin = (): TransactionId => {
      const transaction = state.transactions.length as TransactionId;
      change(state.transactions).push({ client: thread, site: siteOf(state, thread), life: 'open', errand: { tag: 'none' }, sent: null });
      change(state.threads[thread]!).run = { tag: 'calling', transaction, timed: delay !== null, abortable, room };
      return transaction;
    };
    if (abortable && before && mechanisms.consumeAbort(world, thread)) return spoiled('K_EABORT', null);
    return mechanisms.sendMessage(world, thread, { ...sending, again: { operation: 'ipcCall', ...call } }, begin) ?? blocked;
  },
};

const symbols = ['K_EUNKNOWN', 'K_ENOPORT', 'K_EABORT'] as const;

/** A request that will not be answered: its client is told at once on the same site, in time on another. */
export const failRequest = implementing(
  ['chorus/deleted-actor-frees-its-clients', 'chorus/deleted-port-aborts-queued-calls', 'chorus/lost-call-is-noticed', 'chorus/deleted-thread-drops-its-request'],
  (world: Chorus<'failed call'>, { transaction: id }: Message, at: SiteId): void => {
    const { state, mechanisms } = world;
    if (id === null) return;
    const transaction = change(state.transactions[id]!);
    if (transaction.life !== 'open') return;
    transaction.life = 'failed';
    if (transaction.site === at && state.sites[at]!.up) mechanisms.noticeFailure(world, id);
  },
);

export const noticeFailure = implementing(
  ['chorus/failed-call-ends-with-an-error', 'chorus/lost-call-is-noticed'],
  (world: Chorus<'failed call'>, id: TransactionId): void => {
    const { state, mechanisms } = world;
    const { client, errand } = state.transactions[id]!;
    change(state.transactions[id]!).life = 'closed';
    if (client === null) return mechanisms.errandFails(world as Chorus<AccessChoices>, id, errand);
    const { run } = state.threads[client]!;
    mechanisms.answer(world, client, run.tag === 'flushing' ? 'K_EMAPPER' : world.choose('failed call', symbols, String));
  },
);

/** The client waits no longer. An abort of the client is one of the thread that serves the request. */
export const abandonCall = implementing(
  ['chorus/abort-reaches-the-server', 'chorus/timeout-leaves-the-server-alone', 'chorus/dead-client-is-not-answered'],
  (world: Chorus, id: TransactionId, aborted: boolean): void => {
    const { state, mechanisms } = world;
    const { site } = state.transactions[id]!;
    change(state.transactions[id]!).life = 'closed';
    if (!aborted) return;
    const server = serverOf(state, id);
    if (server === null) return;
    const to = siteOf(state, server);
    if (to === site) return mechanisms.abortThread(world, server);
    change(state.network).push({ tag: 'packet', from: site, to, cargo: { tag: 'abort', transaction: id } });
    world.charge('packet');
  },
);

/** The thread whose current message is the request; null if there is none. */
export function serverOf(state: ChorusState, transaction: TransactionId): ThreadId | null {
  const at = state.threads.findIndex(({ life, current }) => life === 'live' && current?.message.transaction === transaction);
  return at < 0 ? null : at as ThreadId;
}

/** The site a request is on: queued, held, saved, or on its way there; null if it is nowhere. */
export function whereabouts(state: ChorusState, transaction: TransactionId): SiteId | null {
  const server = serverOf(state, transaction);
  if (server !== null) return siteOf(state, server);
  const port = state.ports.findIndex(({ queue }) => queue.some((message) => message.transaction === transaction));
  if (port >= 0) return siteOfPort(state, port as PortId);
  const keeper = state.actors.find(({ life, saved }) => life === 'live' && saved.some((kept) => kept?.message.transaction === transaction));
  if (keeper !== undefined) return keeper.site;
  const { errand } = state.transactions[transaction]!;
  if (errand.tag === 'flush') return state.objects[errand.object]!.site;
  for (const { from, to, cargo } of state.network) {
    if (cargo.tag === 'message' && cargo.message.transaction === transaction) return to;
    if (cargo.tag === 'flush' && cargo.transaction === transaction) return to;
    if (cargo.tag === 'reply' && cargo.transaction === transaction) return from;
  }
  return null;
}

/** Whether a thread waits for the end of a transaction of its own. */
export const awaits = (run: Run): run is Extract<Run, { tag: 'calling' | 'flushing' }> =>
  run.tag === 'calling' || run.tag === 'flushing';

/** Whether the nucleus of a client can come to believe that its call will not be answered. */
export function canFail(state: ChorusState, client: ThreadId): boolean {
  const { life, run } = state.threads[client]!;
  if (life === 'dead' || !awaits(run)) return false;
  const { life: stage, site } = state.transactions[run.transaction]!;
  if (stage === 'failed') return true;
  const where = whereabouts(state, run.transaction);
  return where !== null && !areConnected(state, site, where);
}
