import type { ThreadId } from '#spec/chorus/vocabulary';
import type { ChorusState, Region } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { actorAt, callerEvent, once, outcomeOf } from '#properties/chorus/facts';
import { bytesOf, layout } from '#properties/chorus/laws/layout';
import type { CallOf, ChorusStep } from '#properties/chorus/obligation';

/** Facts about what threads send: bytes, or what is in their memory. */

export type Body = CallOf<'ipcSend'>['body'];
export type Sending = CallOf<'ipcSend'> | CallOf<'ipcCall'> | CallOf<'ipcReply'>;

const operations: ReadonlySet<string> = new Set(['ipcSend', 'ipcCall', 'ipcReply']);
export const isSending = (call: ChorusCall): call is Sending => operations.has(call.operation);

export const lengthOf = (body: Body): number => (typeof body === 'string' ? body.length / 2 : body.size);

/** The bytes of a body, as memory is in a state; null where it is not all mapped and in memory. */
export function bytesIn(state: ChorusState, thread: ThreadId, body: Body): string | null {
  if (typeof body === 'string') return body;
  const shown = layout(state.actors[actorAt(state, thread)]!);
  const { page } = state.limits;
  let bytes = '';
  for (let at = body.address; at < body.address + body.size; at += 1) {
    const view = shown.get(Math.floor(at / page));
    const held = view === undefined ? null : bytesOf(state, view.object, view.page);
    if (held === null) return null;
    bytes += held.slice(2 * (at % page), 2 * (at % page) + 2);
  }
  return bytes;
}

/** Whether all of a body is in the address space of a thread, if not in memory. */
export function isMapped(state: ChorusState, thread: ThreadId, body: Body): boolean {
  if (typeof body === 'string') return true;
  const shown = layout(state.actors[actorAt(state, thread)]!);
  for (let at = body.address; at < body.address + body.size; at += 1) if (!shown.has(Math.floor(at / state.limits.page))) return false;
  return true;
}

/** Whether a body is whole pages of one region. */
export function isWholePages(state: ChorusState, thread: ThreadId, body: Body): boolean {
  const { page } = state.limits;
  if (typeof body === 'string' || body.size === 0 || body.address % page !== 0 || body.size % page !== 0) return false;
  const [first, last] = [body.address / page, (body.address + body.size) / page];
  return state.actors[actorAt(state, thread)]!.regions.some(({ start, size }: Region) => start <= first && last <= start + size);
}

/** What a thread was about to send when it had to wait for its pages; null if it does not. */
export function putBack({ threads }: ChorusState, thread: ThreadId): Sending | null {
  const run = threads[thread]?.run;
  if (run === undefined || (run.tag !== 'paging' && run.tag !== 'resuming')) return null;
  const call = JSON.parse(run.retry) as ChorusCall;
  return isSending(call) ? call : null;
}

/** What a thread has sent in a step, at once or after it waited for its pages. */
export interface Sent { readonly thread: ThreadId; readonly call: Sending; readonly body: string | null; readonly late: boolean }

export const sentIn = once((step): readonly Sent[] => {
  const { before, after, call } = step;
  const found: Sent[] = [];
  if (isSending(call) && callerEvent(step)?.tag !== 'raised' && putBack(after, call.thread) === null) {
    found.push({ thread: call.thread, call, body: bytesIn(before, call.thread, call.body), late: false });
  }
  before.threads.forEach((_, id) => {
    const thread = id as ThreadId;
    const late = putBack(before, thread);
    if (late === null || after.threads[thread]!.life === 'dead' || isStill(step, thread)) return;
    if ((outcomeOf(step, thread)?.error ?? null) === null) found.push({ thread, call: late, body: bytesIn(after, thread, late.body), late: true });
  });
  return found;
});

/** Whether a thread has not come to send yet. */
const isStill = ({ after }: ChorusStep, thread: ThreadId): boolean => ['paging', 'resuming'].includes(after.threads[thread]!.run.tag);

/** The answers that threads give to requests in a step, with the transactions that they are of. */
export const repliesIn = once((step): readonly (Sent & { readonly transaction: number })[] => sentIn(step).flatMap((sent) => {
  const transaction = sent.call.operation === 'ipcReply' ? step.before.threads[sent.thread]!.current?.message.transaction ?? null : null;
  return transaction === null ? [] : [{ ...sent, transaction }];
}));
