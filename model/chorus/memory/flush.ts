import type { Capability, SiteId, ThreadId, TransactionId } from '#spec/chorus/vocabulary';
import { areConnected, siteNamed } from '#model/chorus/naming/identifiers';
import { siteOf } from '#model/chorus/naming/resolve';
import type { AccessChoices } from '#model/chorus/memory/access';
import { nextTransaction } from '#model/chorus/memory/paging';
import { implementing, refusal, type Chorus, type ChorusOperation } from '#model/chorus/world';
import type { ChorusState, ObjectId, Packet, Transaction } from '#model/chorus/state';
import { blocked, change } from '#model/operation';

/** What is flushed of a segment, in pages, and what the cache may keep of it. */
type Order = Omit<Extract<Packet['cargo'], { tag: 'flush' }>, 'tag' | 'transaction'>;

interface Range { readonly offset: number; readonly size: number; readonly keep: Order['keep']; readonly segment: Capability }

/** What is wrong with a range of a segment. */
function wrongRange({ limits }: ChorusState, { offset, size }: Range) {
  return [
    (offset % limits.page !== 0 || size % limits.page !== 0) && 'K_EROUND' as const,
    offset + size > limits.space * limits.page && 'K_EADDRESS' as const,
  ];
}

const ordered = ({ limits }: ChorusState, { segment, offset, size, keep }: Range): Order =>
  ({ segment, first: offset / limits.page, count: size / limits.page, keep });

/** A thread waits until a cache has been flushed. */
function waitForFlush({ state }: Chorus, thread: ThreadId): TransactionId {
  const transaction = nextTransaction(state);
  change(state.transactions).push({ client: thread, site: siteOf(state, thread), life: 'open', errand: { tag: 'none' }, sent: null });
  change(state.threads[thread]!).run = { tag: 'flushing', transaction };
  return transaction;
}

/** Flushes what the caller's own site has of a segment. */
export const sgFlush: ChorusOperation<'sgFlush', AccessChoices> = {
  implements: ['chorus/flush-leaves-what-it-may', 'chorus/dirty-pages-are-pushed-out-first'],
  step(world, { thread, ...range }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const no = refusal(world, wrongRange(state, range));
    if (no !== null) return no;
    // Effect.
    const transaction = waitForFlush(world, thread);
    mechanisms.beginFlush(world, siteOf(state, thread), transaction, ordered(state, range));
    return blocked;
  },
};

/** Flushes the cache of a segment that a site has, which may be another: how a mapper takes back what it granted. */
export const lcFlush: ChorusOperation<'lcFlush', AccessChoices> = {
  implements: ['chorus/flush-leaves-what-it-may', 'chorus/caches-elsewhere-are-flushed-too'],
  step(world, { thread, site: ui, ...range }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const [here, to] = [siteOf(state, thread), siteNamed(state, ui)];
    const unknown = to === null || state.sites[to]!.ui !== ui || !areConnected(state, here, to);
    const no = refusal(world, [...wrongRange(state, range), unknown && 'K_EUNKNOWN']);
    if (no !== null) return no;
    // Effect.
    const transaction = waitForFlush(world, thread);
    const order = ordered(state, range);
    if (to === here) mechanisms.beginFlush(world, here, transaction, order);
    else {
      change(state.network).push({ tag: 'packet', from: here, to: to!, cargo: { tag: 'flush', transaction, ...order } });
      world.charge('packet');
    }
    return blocked;
  },
};

/**
 * A site begins to flush its cache of a segment. What is not to be kept for writing cannot be written from now
 * on: it would be lost.
 */
export const beginFlush = implementing(
  ['chorus/flush-leaves-what-it-may', 'chorus/caches-elsewhere-are-flushed-too'],
  (world: Chorus<AccessChoices>, site: SiteId, transaction: TransactionId, { segment, first, count, keep }: Order): void => {
    const { state, mechanisms } = world;
    if (state.transactions[transaction]!.life !== 'open') return;
    const object = cacheIn(state, site, segment);
    if (object === null) return mechanisms.flushEnds(world, site, transaction, true);
    change(state.transactions[transaction]!).errand = { tag: 'flush', object, first, count, keep };
    if (keep !== 'writable') mechanisms.revoke(world, object, first, count);
    mechanisms.advanceFlushes(world, object);
  },
);

/** Nobody may write some pages any more without asking again; what was asked for before does not count. */
export const revoke = implementing(
  ['chorus/flush-leaves-what-it-may', 'chorus/write-needs-granted-access'],
  ({ state }: Pick<Chorus, 'state'>, object: ObjectId, first: number, count: number): void => {
    const { pages } = state.objects[object]!;
    for (let at = first; at < first + count; at += 1) {
      const page = pages[at] ?? null;
      if (page !== null) change(pages)[at] = { ...page, writable: false };
    }
    for (const transaction of state.transactions) {
      const { life, errand } = transaction;
      const within = errand.tag === 'fetch' && errand.object === object && errand.page >= first && errand.page < first + count;
      if (life === 'open' && within) change(transaction).errand = { ...errand, stale: true };
    }
  },
);

function cacheIn({ objects }: ChorusState, site: SiteId, { ui, key }: Capability): ObjectId | null {
  const at = objects.findIndex(({ life, site: home, segment }) => life === 'live' && home === site && segment?.ui === ui && segment.key === key);
  return at < 0 ? null : at as ObjectId;
}

type Flush = Extract<Transaction['errand'], { tag: 'flush' }>;

/** The flushes under way that want something of an object, or of one of its pages. */
function flushesOf({ transactions }: ChorusState, object: ObjectId, page: number | null): readonly (readonly [TransactionId, Flush])[] {
  return transactions.flatMap(({ life, errand }, id) => (life === 'open' && errand.tag === 'flush' && errand.object === object
    && (page === null || (page >= errand.first && page < errand.first + errand.count)) ? [[id as TransactionId, errand] as const] : []));
}

/**
 * A flush comes to its end once the mapper has all that was written; what is not to be kept is dropped then. What
 * was granted while it went on is taken back with the rest.
 */
export const advanceFlushes = implementing(
  ['chorus/flush-leaves-what-it-may', 'chorus/dirty-pages-are-pushed-out-first'],
  (world: Chorus<AccessChoices>, object: ObjectId): void => {
    const { state, mechanisms } = world;
    for (const [transaction, { first, count, keep }] of flushesOf(state, object, null)) {
      const { pages, site } = state.objects[object]!;
      const range = pages.slice(first, first + count);
      if (range.some((page) => page?.dirty === true)) continue;
      if (keep !== 'writable') mechanisms.revoke(world, object, first, count);
      if (keep === 'nothing') range.forEach((page, at) => { if (page !== null) mechanisms.evict(world, object, first + at); });
      mechanisms.flushEnds(world, site, transaction, true);
    }
  },
);

/** A mapper would not take a page back, or cannot be reached: whoever flushes it is told. The page stays. */
export const pushFails = implementing(
  ['chorus/failing-mapper-fails-the-flush'],
  (world: Chorus<AccessChoices>, object: ObjectId, page: number): void => {
    const { state, mechanisms } = world;
    for (const [transaction] of flushesOf(state, object, page)) mechanisms.flushEnds(world, state.objects[object]!.site, transaction, false);
  },
);

/** Who asked for a flush is told how it went. */
export const flushEnds = implementing(
  ['chorus/flush-leaves-what-it-may', 'chorus/caches-elsewhere-are-flushed-too', 'chorus/failing-mapper-fails-the-flush'],
  (world: Chorus<AccessChoices>, at: SiteId, transaction: TransactionId, done: boolean): void => {
    const { state, mechanisms } = world;
    change(state.transactions[transaction]!).errand = { tag: 'none' };
    const { site } = state.transactions[transaction]!;
    const body = done ? '00' : '01';
    if (site === at) return mechanisms.completeCall(world, transaction, { annex: null, body, parcel: null });
    change(state.network).push({ tag: 'packet', from: at, to: site, cargo: { tag: 'reply', transaction, annex: null, body } });
    world.charge('packet');
  },
);
