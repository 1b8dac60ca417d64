import type { Key, SiteId, TransactionId } from '#spec/chorus/vocabulary';
import { areConnected, portNamed } from '#model/chorus/naming/identifiers';
import { whereabouts } from '#model/chorus/messages/call';
import type { AccessChoices } from '#model/chorus/memory/access';
import { services } from '#model/chorus/memory/paging';
import { implementing, type Chorus, type ChorusOperation } from '#model/chorus/world';
import type { ChorusState, ObjectId, Transaction } from '#model/chorus/state';
import { change, ModelError, returned } from '#model/operation';

type Errand = Transaction['errand'];

/** Whether a page was written, or made, since its mapper saw it last, and is not on its way there. */
export function canBePushedOut(state: ChorusState, object: number, page: number): boolean {
  const row = state.objects[object];
  if (row === undefined || row.life === 'dead' || row.pages[page]?.dirty !== true || row.store?.tag === 'asked') return false;
  return !state.transactions.some(({ client, life, errand }) => client === null && life !== 'closed'
    && errand.tag === 'push' && errand.object === object && errand.page === page);
}

/**
 * The nucleus gives a page that was written back to its mapper. Temporary memory goes to the default mapper,
 * which is first asked for a segment to keep it in.
 */
export const pageIsPushedOut: ChorusOperation<'pageIsPushedOut', AccessChoices> = {
  implements: ['chorus/dirty-pages-are-pushed-out-first', 'chorus/temporary-memory-has-a-default-mapper', 'chorus/failing-mapper-fails-the-flush'],
  step(world, { object: id, page }) {
    const { state, mechanisms } = world;
    const object = id as ObjectId;
    if (!canBePushedOut(state, object, page)) throw new ModelError('there is no such page to be pushed out');
    const row = state.objects[object]!;
    const { segment: own, store, pages } = row;
    const segment = own ?? (store?.tag === 'made' ? store : null);
    if (segment === null) {
      const asked = mechanisms.request(world, row.site, state.defaultMapper, { service: services.create, key: 0 }, { client: null, errand: { tag: 'create', object } });
      if (asked) change(row).store = { tag: 'asked' };
      return returned(null);
    }
    const { bytes } = pages[page]!;
    const asking = { service: services.pushOut, key: segment.key, page, data: bytes };
    const sent = mechanisms.request(world, row.site, segment.ui, asking, { client: null, errand: { tag: 'push', object, page, bytes } });
    if (sent) world.charge('page');
    else mechanisms.pushFails(world, object, page);
    return returned(null);
  },
};

/** Whether the segment of temporary memory that has gone is still with the default mapper. */
export const canBeReleased = ({ objects }: ChorusState, object: number): boolean =>
  objects[object]?.life === 'dead' && objects[object]!.store?.tag === 'made';

/** The default mapper is told that it need keep a segment no longer. */
export const segmentIsReleased: ChorusOperation<'segmentIsReleased', AccessChoices> = {
  implements: ['chorus/temporary-segments-are-released'],
  step(world, { object: id }) {
    const { state, mechanisms } = world;
    if (!canBeReleased(state, id)) throw new ModelError('there is no such segment to be released');
    const row = state.objects[id]!;
    const { store, site } = row;
    if (store?.tag !== 'made') return returned(null);
    const sent = mechanisms.request(world, site, store.ui, { service: services.release, key: store.key }, { client: null, errand: { tag: 'release' } });
    if (sent || portNamed(state, store.ui) === null) change(row).store = null;
    return returned(null);
  },
};

/** A mapper has answered what the nucleus asked of it for itself. */
export const errandIsAnswered = implementing(
  ['chorus/dirty-pages-are-pushed-out-first', 'chorus/temporary-memory-has-a-default-mapper', 'chorus/failing-mapper-fails-the-flush'],
  (world: Chorus<AccessChoices>, transaction: TransactionId, errand: Errand, body: string): void => {
    const { state, mechanisms } = world;
    if (errand.tag === 'fetch') return mechanisms.mapperAnswers(world, transaction, errand, body);
    const done = body.startsWith('00');
    if (errand.tag === 'create') {
      const given = done && body.length === 4;
      const row = change(state.objects[errand.object]!);
      row.store = given ? { tag: 'made', ui: state.defaultMapper, key: Number.parseInt(body.slice(2), 16) as Key } : null;
    }
    if (errand.tag !== 'push') return;
    if (done) mechanisms.pageIsTaken(world, errand.object, errand.page, errand.bytes);
    else mechanisms.pushFails(world, errand.object, errand.page);
  },
);

/** The mapper has a page as it was when it was pushed out: what was written meanwhile it has not. */
export const pageIsTaken = implementing(
  ['chorus/dirty-pages-are-pushed-out-first', 'chorus/flush-leaves-what-it-may'],
  (world: Chorus<AccessChoices>, object: ObjectId, page: number, bytes: string): void => {
    const { state, mechanisms } = world;
    const row = state.objects[object]!;
    if (row.life === 'dead') return;
    const there = row.pages[page] ?? null;
    if (row.segment === null) change(row).stored = [...row.stored.filter((kept) => kept.page !== page), { page, bytes }];
    if (there?.bytes === bytes) change(row.pages)[page] = { ...there, dirty: false };
    mechanisms.advanceFlushes(world, object);
  },
);

/** What the nucleus asked will not be answered: who waits for it is told. A page that was to be pushed out stays. */
export const errandFails = implementing(
  ['chorus/failing-mapper-fails-the-flush', 'chorus/temporary-memory-has-a-default-mapper'],
  (world: Chorus<AccessChoices>, transaction: TransactionId, errand: Errand): void => {
    const { state, mechanisms } = world;
    if (errand.tag === 'fetch') mechanisms.fetchFails(world, transaction);
    if (errand.tag === 'create') change(state.objects[errand.object]!).store = null;
    if (errand.tag === 'push') mechanisms.pushFails(world, errand.object, errand.page);
  },
);

/** Whether the nucleus can come to believe that what it asked for itself will not be answered. */
export function canBeGivenUp(state: ChorusState, id: number): boolean {
  const transaction = state.transactions[id];
  if (transaction === undefined || transaction.client !== null || transaction.life === 'closed') return false;
  if (transaction.life === 'failed') return true;
  const where: SiteId | null = whereabouts(state, id as TransactionId);
  return where !== null && !areConnected(state, transaction.site, where);
}

export const requestIsGivenUp: ChorusOperation<'requestIsGivenUp', AccessChoices> = {
  implements: ['chorus/failing-mapper-fails-the-flush', 'chorus/temporary-memory-has-a-default-mapper'],
  step(world, { transaction }) {
    if (!canBeGivenUp(world.state, transaction)) throw new ModelError('the nucleus has no reason to give that up');
    world.mechanisms.noticeFailure(world, transaction as TransactionId);
    return returned(null);
  },
};
