import type { ThreadId, TransactionId } from '#spec/chorus/vocabulary';
import { areConnected } from '#model/chorus/naming/identifiers';
import { siteOf, threadOf } from '#model/chorus/naming/resolve';
import type { AccessChoices } from '#model/chorus/memory/access';
import type { SendChoices } from '#model/chorus/messages/send';
import { implementing, refusal, type Chorus, type ChorusOperation } from '#model/chorus/world';
import type { Message } from '#model/chorus/state';
import { change, returned } from '#model/operation';

type ReplyChoices = SendChoices | 'late reply';

/** Answers the current message, which is then current no longer. */
export const ipcReply: ChorusOperation<'ipcReply', ReplyChoices> = {
  implements: [
    'chorus/reply-answers-its-own-request', 'chorus/reply-ends-the-current-message', 'chorus/needs-a-current-message', 'chorus/late-reply-is-discarded',
    'chorus/one-way-messages-are-answered-by-sends', 'chorus/too-long-bodies-are-refused', 'chorus/reply-takes-no-room-at-the-client',
  ],

  step(world, { thread, annex, body }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const { current } = threadOf(state, thread);
    const long = body.length / 2 > state.limits.body;
    const wrong = refusal(world, [current === null && 'K_EINVAL', long && 'K_ETOOMUCH']);
    if (wrong !== null) return wrong;
    // Effect.
    const { message } = current!;
    const no = message.transaction === null
      ? sendBack(world, thread, message, annex, body)
      : mechanisms.answerRequest(world, thread, message.transaction, { annex, body });
    if (no !== null) return no;
    change(threadOf(state, thread)).current = null;
    return returned(null);
  },
};

/** A one-way message is answered by another, to the port it came from. */
function sendBack(world: Chorus<SendChoices>, thread: ThreadId, { source }: Message, annex: string | null, body: string) {
  const destination = { ui: source, mode: null, coTarget: null };
  return world.mechanisms.sendMessage(world, thread, { source: null, destination, annex, body }, null);
}

/** Takes the answer to the client that waits for it, past every queue. One that nobody waits for is dropped. */
export const answerRequest = implementing(
  ['chorus/reply-answers-its-own-request', 'chorus/late-reply-is-discarded', 'chorus/reply-takes-no-room-at-the-client'],
  (world: Chorus<AccessChoices | 'late reply'>, thread: ThreadId, id: TransactionId, reply: Pick<Message, 'annex' | 'body'>) => {
    const { state, mechanisms } = world;
    const { life, site: to } = state.transactions[id]!;
    const from = siteOf(state, thread);
    if (life !== 'open' || !areConnected(state, from, to)) {
      const told = world.choose('late reply', ['not told', 'told'] as const, String);
      if (told === 'told') return refusal(world, ['K_EUNKNOWN']);
      if (life !== 'open') return null;
    }
    const annex = reply.annex === null ? null : reply.annex.slice(0, 2 * state.limits.annex);
    world.charge('copy', 2);
    world.charge('byte', reply.body.length);
    world.charge('message');
    if (from === to) mechanisms.completeCall(world, id, { annex, body: reply.body });
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
  (world: Chorus<AccessChoices>, id: TransactionId, { annex, body }: Pick<Message, 'annex' | 'body'>): void => {
    const { state, mechanisms } = world;
    const transaction = change(state.transactions[id]!);
    if (transaction.life !== 'open') return;
    transaction.life = 'closed';
    const { client, errand } = transaction;
    if (client === null) return mechanisms.errandIsAnswered(world, id, errand, body);
    const { run } = state.threads[client]!;
    if (run.tag === 'flushing') return mechanisms.answer(world, client, body === '00' ? null : 'K_EMAPPER');
    if (run.tag !== 'calling') return;
    mechanisms.answer(world, client, null, { tag: 'replied', annex, body, room: run.room });
  },
);
