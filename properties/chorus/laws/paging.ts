import type { Capability, ThreadId, Ui } from '#spec/chorus/vocabulary';
import type { ChorusState, Message, ObjectId, Transaction } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { actorAt, errorOf, isCall, once, outcomeOf, portBy, connected, siteAt, siteOfPort, traffic } from '#properties/chorus/facts';
import { layout, pagesIn } from '#properties/chorus/laws/layout';
import { marksOfArrival } from '#properties/chorus/laws/marks';
import { repliesIn } from '#properties/chorus/laws/sent';
import type { ChorusStep } from '#properties/chorus/obligation';

/** Facts about what passes between the nucleus and mappers. */

export type Errand = Transaction['errand'];
type ErrandOf<Tag extends Errand['tag']> = Extract<Errand, { tag: Tag }>;

/** A request of the nucleus for itself: what it is for, and the message that carries it. */
export interface Begun<E extends Errand = Errand> { readonly id: number; readonly errand: E; readonly message: Message | null }

/** The requests that the nucleus began in a step. */
export const begun = once((step): readonly Begun[] => {
  const { before, after } = step;
  if (after.transactions.length === before.transactions.length) return [];
  const messages = [...traffic(step).after.values()].map(([message]) => message);
  return after.transactions.flatMap(({ client, errand }, id) => (id < before.transactions.length || client !== null ? []
    : [{ id, errand, message: messages.find(({ transaction }) => transaction === id) ?? null }]));
});

export const begunAs = <Tag extends Errand['tag']>(step: ChorusStep, tag: Tag): readonly Begun<ErrandOf<Tag>>[] =>
  begun(step).filter((one): one is Begun<Errand> & Begun<ErrandOf<Tag>> => one.errand.tag === tag);

/** What a mapper says in a step to a request that the nucleus made for itself. */
export interface Answered<E extends Errand = Errand> { readonly id: number; readonly errand: E; readonly body: string }

export const answered = once((step): Answered | null => {
  const { before, call } = step;
  const given = repliesIn(step).find(({ transaction }) => before.transactions[transaction]!.client === null);
  const reply = given !== undefined ? { transaction: given.transaction, body: given.body ?? '', at: siteAt(before, given.thread) }
    : call.operation === 'packetArrives' && before.network[call.packet]!.cargo.tag === 'reply'
      ? { ...before.network[call.packet]!.cargo as { transaction: number; body: string }, at: null } : null;
  if (reply === null || reply.transaction === null) return null;
  const { client, life, site, errand } = before.transactions[reply.transaction]!;
  if (client !== null || life !== 'open' || (reply.at !== null && reply.at !== site)) return null;
  return { id: reply.transaction, errand, body: reply.body };
});

export function answeredAs<Tag extends Errand['tag']>(step: ChorusStep, tag: Tag): Answered<ErrandOf<Tag>> | null {
  const found = answered(step);
  return found?.errand.tag === tag ? found as Answered<ErrandOf<Tag>> : null;
}

/** The requests of the nucleus that a step ends without an answer. */
export const givenUp = once((step): readonly Answered[] => step.before.transactions.flatMap(({ client, life, errand }, id) =>
  (client === null && life !== 'closed' && step.after.transactions[id]!.life === 'closed' && answered(step)?.id !== id ? [{ id, errand, body: '' }] : [])));

/** What a mapper's answer to the request for a page fails in: a bad diagnosis, no page, no right to write. */
export const failsTo = ({ limits }: ChorusState, { pulls, write }: ErrandOf<'fetch'>, body: string): boolean =>
  body.slice(0, 2) !== '00' || (pulls && body.length !== 4 + 2 * limits.page) || (write && body.slice(2, 4) !== '01');

export const hex = (value: number): string => (value & 0xff).toString(16).padStart(2, '0');

/** How a request begins: what is asked, the key of the segment, the page, whether it is to be written, and the site of the cache. */
export const headOf = (service: string, key: number, page: number, write: boolean, site: number): string =>
  `${service}${hex(key)}${hex(page)}${write ? '01' : '00'}${hex(site)}`;

/** The segment that the mapper of an object knows it by. */
export function segmentOf({ segment, store }: ChorusState['objects'][number]): Capability | null {
  return segment ?? (store?.tag === 'made' ? { ui: store.ui, key: store.key } : null);
}

/** Whether a mapper can be asked something from a site. */
export function canAsk(state: ChorusState, site: number, ui: Ui): boolean {
  const port = portBy(state, ui);
  if (port === null || !connected(state, site as never, siteOfPort(state, port))) return false;
  const to = siteOfPort(state, port);
  return to === site ? state.ports[port]!.queue.length < state.limits.queue : state.network.filter((packet) => packet.to === to).length < state.limits.packets;
}

/** What may change where the nucleus sends a request to a mapper. */
export function marksOfRequest(state: ChorusState, ui: Ui | null): readonly string[] {
  const port = ui === null ? null : portBy(state, ui);
  return [`new x${state.transactions.length + 1}`, 'network', ...(port === null ? [] : marksOfArrival(state, port))];
}

/** The threads that wait for a page in a step's beginning, and what each was about to do. */
export function waitingFor({ threads }: ChorusState, id: number): readonly { readonly thread: ThreadId; readonly retry: ChorusCall }[] {
  return threads.flatMap(({ life, run }, at) => (life === 'live' && run.tag === 'paging' && run.transaction === id
    ? [{ thread: at as ThreadId, retry: JSON.parse(run.retry) as ChorusCall }] : []));
}

/** What a thread that cannot have a page is told. */
export const toldOf = ({ operation }: ChorusCall): string => (operation === 'memoryRead' || operation === 'memoryWrite' ? 'exception' : 'K_EMAPPER');

export const isToldOf = (step: ChorusStep, thread: ThreadId, error: string): boolean => outcomeOf(step, thread)?.error === error;

export const isOwnAccess = (step: ChorusStep): boolean => isCall(step, 'memoryRead', 'memoryWrite');

/** Whether an access to its own memory is one that its thread may make. */
export function isLegal({ before, call }: ChorusStep): boolean {
  if (call.operation !== 'memoryRead' && call.operation !== 'memoryWrite') return true;
  const shown = layout(before.actors[actorAt(before, call.thread)]!);
  const size = call.operation === 'memoryRead' ? call.size : call.bytes.length / 2;
  return pagesIn(before, call.address, size).every((page) => shown.has(page) && (call.operation === 'memoryRead' || shown.get(page)!.writable));
}

/** Every cache that is there after a step. */
export const cachesIn = ({ objects }: ChorusState): readonly ObjectId[] =>
  objects.flatMap(({ segment, life }, id) => (segment !== null && life === 'live' ? [id as ObjectId] : []));

/** The flushes under way of an object, or of one of its pages. */
export function flushesOf({ transactions }: ChorusState, object: ObjectId, page: number | null): readonly { readonly id: number; readonly errand: ErrandOf<'flush'> }[] {
  return transactions.flatMap(({ life, errand }, id) => (life === 'open' && errand.tag === 'flush' && errand.object === object
    && (page === null || (page >= errand.first && page < errand.first + errand.count)) ? [{ id, errand }] : []));
}

export const wasRefused = (step: ChorusStep): boolean => errorOf(step) !== null;
