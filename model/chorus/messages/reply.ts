import type { ThreadId, TransactionId } from '#spec/chorus/vocabulary';
import { areConnected } from '#model/chorus/naming/identifiers';
import { siteOf, threadOf } from '#model/chorus/naming/resolve';
import type { AccessChoices } from '#model/chorus/memory/access';
import type { SendChoices } from '#model/chorus/messages/send';
import { bytesIn, isMapped, prepareBody, sizeOf } from '#model/chorus/messages/bodies';
import { implementing, refusal, type Chorus, type ChorusCall, type ChorusOperation } from '#model/chorus/world';
import type { Message } from '#model/chorus/state';
import { blocked, change, returned } from '#model/operation';

type ReplyChoices = SendChoices | 'late reply';

/** What is answered, and how a copy of it is put off where that can be. */
export interface Answering extends Pick<Message, 'annex' | 'body'> { readonly putOff: () => Message['parcel'] }

/** What a client is answered. */
export type Reply = Pick<Message, 'annex' | 'body' | 'parcel'>;

/** Answers the current message, which is then current no longer. */
export const ipcReply: ChorusOperation<'ipcReply', ReplyChoices> = {
  implements: [
    'chorus/reply-answers-its-own-request', 'chorus/reply-ends-the-current-message', 'chorus/needs-a-current-message', 'chorus/late-reply-is-discarded',
    'chorus/one-way-messages-are-answered-by-sends', 'chorus/too-long-bodies-are-refused', 'chorus/reply-takes-no-room-at-the-client',
    'chorus/bodies-are-in-own-memory', 'chorus/bodies-are-copied-later',
  ],

  step(world, call) {
    world.charge('trap');
    const { thread, body } = call;
    const { state } = world;
    // Guards.
    const { current } = threadOf(state, thread);
    const long = sizeOf(body) > state.limits.body;
    const wrong = refusal(world, [current === null && 'K_EINVAL', long && 'K_ETOOMUCH', !isMapped(state, thread, body) && 'K_EFAULT']);
    if (wrong !== null) return wrong;
    // Effect.
    const { message } = current!;
    const no = message.transaction === null
      ? sendBack(world, message, { operation: 'ipcReply', ...call })
      : sendAnswer(world, message.transaction, { operation: 'ipcReply', ...call });
    if (no !== null) return no;
    change(threadOf(state, thread)).current = null;
    return returned(null);
  },
};

/** A one-way message is answered by another, to the port it came from. */
function sendBack(world: Chorus<SendChoices>, { source }: Message, again: Again) {
  const destination = { ui: source, mode: null, coTarget: null };
  return world.mechanisms.sendMessage(world, again.thread, { source: null, destination, annex: again.annex, body: again.body, again }, null);
}

type Again = Extract<ChorusCall, { operation: 'ipcReply' }>;

/** Answers a request, with what is in memory where it is to be that. */
function sendAnswer(world: Chorus<ReplyChoices>, transaction: TransactionId, again: Again) {
  const { state, mechanisms } = world;
  const { thread, annex, body } = again;
  const went = prepareBody(world, thread, body, again);
  if (went === 'waits') return blocked;
  if (went === 'failed') return refusal(world, ['K_EMAPPER']);
  const { client, site } = state.transactions[transaction]!;
  const putOff = () => mechanisms.parcelFor(world, thread, body, client !== null && site === siteOf(state, thread));
  return mechanisms.answerRequest(world, thread, transaction, { annex, body: bytesIn(state, thread, body), putOff });
}

/** Takes the answer to the client that waits for it, past every queue. One that nobody waits for is dropped. */
export const answerRequest = implementing(
  ['chorus/reply-answers-its-own-request', 'chorus/late-reply-is-discarded', 'chorus/reply-takes-no-room-at-the-client'],
  (world: Chorus<AccessChoices | 'late reply'>, thread: ThreadId, id: TransactionId, reply: Answering) => {
    const { state, mechanisms } = world;
    const { life, site: to } = state.transactions[id]!;
    const from = siteOf(state, thread);
    if (life !== 'open' || !areConnected(state, from, to)) {
      const told = world.choose('late reply', ['not told', 'told'] as const, String);
      if (told === 'told') return refusal(world, ['K_EUNKNOWN']);
      if (life !== 'open') return null;
    }
    const annex = reply.annex === null ? null : reply.annex.slice(0, 2 * state.limits.annex);
    const parcel = reply.putOff();
    const copies = parcel === null ? 2 : 1;
    world.charge('copy', copies);
    world.charge('byte', copies * reply.body.length / 2);
    world.charge('message');
    if (from === to) mechanisms.completeCall(world, id, { annex, body: reply.body, parcel });
    else {
      change(state.network).push({ tag: 'packet', from, to, cargo: { tag: 'reply', transaction: id, annex, body: reply.body } });
      mechanisms.keepAnswer(world, id, { annex, body: reply.body, from });
      world.charge('packet');
    }
    return null;
  },
);

/** The answer reaches its client, if that still waits for it. */
export const completeCall = implementing(
  ['chorus/reply-answers-its-own-request', 'chorus/late-reply-is-discarded'],
  (world: Chorus<AccessChoices>, id: TransactionId, { annex, body, parcel }: Reply): void => {
    const { state, mechanisms } = world;
    const transaction = change(state.transactions[id]!);
    if (transaction.life !== 'open') return;
    transaction.life = 'closed';
    const { client, errand } = transaction;
    if (client === null) return mechanisms.errandIsAnswered(world, id, errand, body);
    const { run } = state.threads[client]!;
    if (run.tag === 'flushing') return mechanisms.answer(world, client, body === '00' ? null : 'K_EMAPPER');
    if (run.tag !== 'calling') return;
    mechanisms.answer(world, client, null, { tag: 'replied', annex, body, parcel, room: run.room });
  },
);
