import type { SiteId, ThreadId, TransactionId, Ui } from '#spec/chorus/vocabulary';
import { areConnected, portNamed, siteOfPort } from '#model/chorus/naming/identifiers';
import { memoryRead, memoryWrite, sgRead, sgWrite, vmCopy, type AccessChoices, type Went } from '#model/chorus/memory/access';
import { ipcCall, ipcSend } from '#model/chorus/messages/call';
import { ipcReply } from '#model/chorus/messages/reply';
import { implementing, type Chorus, type ChorusCall } from '#model/chorus/world';
import { NO_UI, type ChorusState, type Message, type ObjectId, type Page, type Transaction } from '#model/chorus/state';
import { change, type Effects, type Verdict } from '#model/operation';

/** What a mapper can be asked, by the first byte of a request. */
export const services = { pullIn: '01', pushOut: '02', getAccess: '03', create: '04', release: '05' } as const;

const byte = (value: number): string => (value & 0xff).toString(16).padStart(2, '0');

/** A request: what is asked, the key of the segment, a page, the access that is needed, the site of the cache, and data. */
export interface Asking {
  readonly service: (typeof services)[keyof typeof services];
  readonly key: number;
  readonly page?: number;
  readonly write?: boolean;
  readonly data?: string;
}

/** The number that the next transaction will have. */
export const nextTransaction = (state: ChorusState): TransactionId => state.transactions.length as TransactionId;

/**
 * Sends a request of the nucleus to the port of a mapper: an ordinary call, of which the nucleus keeps what it
 * is for. Says whether it could be sent.
 */
export const request = implementing(
  ['chorus/absent-page-is-pulled-in', 'chorus/dirty-pages-are-pushed-out-first', 'chorus/temporary-memory-has-a-default-mapper'],
  (world: Chorus<AccessChoices>, site: SiteId, mapper: Ui, asking: Asking, of: Pick<Transaction, 'client' | 'errand'>): boolean => {
    const { state, mechanisms } = world;
    const port = portNamed(state, mapper);
    if (port === null || !areConnected(state, site, siteOfPort(state, port)) || !mechanisms.hasRoom(world, site, port)) return false;
    const transaction = nextTransaction(state);
    change(state.transactions).push({ ...of, site, life: 'open', sent: null });
    change(state).serial += 1;
    const { service, key, page = 0, write = false, data = '' } = asking;
    const message: Message = {
      tag: 'message', source: NO_UI, target: mapper, coTarget: null, transaction, actorPi: 0, portPi: 0, annex: null, parcel: null,
      body: `${service}${byte(key)}${byte(page)}${write ? '01' : '00'}${byte(site)}${data}`, serial: state.serial, sender: -1,
    };
    mechanisms.transmit(world, site, port, message);
    return true;
  },
);

/**
 * A thread needs a page, or the right to write one, and waits until its mapper has given that. Whoever needs the
 * same page meanwhile waits for the same answer.
 */
export const askMapper = implementing(
  ['chorus/absent-page-is-pulled-in', 'chorus/write-needs-granted-access', 'chorus/failing-mapper-fails-the-access'],
  (world: Chorus<AccessChoices>, thread: ThreadId, object: ObjectId, page: number, write: boolean, call: ChorusCall): Went => {
    const { state, mechanisms } = world;
    const underWay = state.transactions.findIndex(({ life, errand }) =>
      life !== 'closed' && errand.tag === 'fetch' && errand.object === object && errand.page === page);
    const transaction = underWay >= 0 ? underWay as TransactionId : nextTransaction(state);
    if (underWay < 0 && !mechanisms.fetch(world, object, page, write)) return 'failed';
    change(state.threads[thread]!).run = { tag: 'paging', transaction, object, page, write, retry: JSON.stringify(call) };
    return 'waits';
  },
);

/** Asks the mapper of a page for it, or for the right to write it. Says whether it could be asked. */
export const fetch = implementing(
  ['chorus/absent-page-is-pulled-in', 'chorus/write-needs-granted-access', 'chorus/temporary-memory-has-a-default-mapper'],
  (world: Chorus<AccessChoices>, object: ObjectId, page: number, write: boolean): boolean => {
    const { state, mechanisms } = world;
    const { segment: own, store, pages, site } = state.objects[object]!;
    const segment = own ?? (store?.tag === 'made' ? store : null);
    if (segment === null) return false;
    const pulls = (pages[page] ?? null) === null;
    const asking = { service: pulls ? services.pullIn : services.getAccess, key: segment.key, page, write };
    const sent = mechanisms.request(world, site, segment.ui, asking, { client: null, errand: { tag: 'fetch', object, page, write, pulls, stale: false } });
    if (sent) world.charge('page');
    return sent;
  },
);

type Fetch = Extract<Transaction['errand'], { tag: 'fetch' }>;

/** A mapper has answered: with a diagnosis, the access it grants, and the page if it was asked for. */
export const mapperAnswers = implementing(
  ['chorus/absent-page-is-pulled-in', 'chorus/write-needs-granted-access', 'chorus/failing-mapper-fails-the-access'],
  (world: Chorus<AccessChoices>, transaction: TransactionId, { object, page, write, pulls, stale }: Fetch, body: string): void => {
    const { state, mechanisms } = world;
    const [diagnosis, access, data] = [body.slice(0, 2), body.slice(2, 4), body.slice(4)];
    const complete = !pulls || data.length === 2 * state.limits.page;
    if (diagnosis !== '00' || !complete || (write && access !== '01')) return mechanisms.fetchFails(world, transaction);
    const there = state.objects[object]!.pages[page] ?? null;
    const given = pulls ? { tag: 'page', bytes: data, dirty: false, writable: access === '01' } as const : there;
    if (given !== null && !stale) mechanisms.install(world, object, page, { ...given, writable: given.writable || access === '01' });
    for (const thread of waitersFor(state, transaction)) change(state.threads[thread]!).run = { tag: 'resuming', retry: retryOf(state, thread) };
  },
);

/** The threads that wait for the answer of a mapper. */
const waitersFor = ({ threads }: ChorusState, transaction: TransactionId): readonly ThreadId[] => threads.flatMap(({ life, run }, id) =>
  (life === 'live' && run.tag === 'paging' && run.transaction === transaction ? [id as ThreadId] : []));

function retryOf({ threads }: ChorusState, thread: ThreadId): string {
  const { run } = threads[thread]!;
  return run.tag === 'paging' ? run.retry : '';
}

/** A page cannot be had: all who wait for it are told. */
export const fetchFails = implementing(
  ['chorus/failing-mapper-fails-the-access'],
  (world: Chorus, transaction: TransactionId): void => {
    for (const thread of waitersFor(world.state, transaction)) world.mechanisms.pagingFails(world, thread);
  },
);

/** A page comes into memory, or comes to be another there. */
export const install = implementing(
  ['chorus/absent-page-is-pulled-in', 'chorus/write-needs-granted-access'],
  ({ state }: Pick<Chorus, 'state'>, object: ObjectId, page: number, there: Page): void => {
    if (state.objects[object]!.life === 'live') change(state.objects[object]!.pages)[page] = there;
  },
);

/** A thread is told that a page cannot be had: as an exception, if it was its own access that needed it. */
export const pagingFails = implementing(
  ['chorus/failing-mapper-fails-the-access'],
  ({ state, mechanisms }: Chorus, thread: ThreadId): void => {
    const { run } = state.threads[thread]!;
    const access = run.tag === 'paging' && (JSON.parse(run.retry) as ChorusCall).operation.startsWith('memory');
    mechanisms.answer({ state }, thread, access ? 'exception' : 'K_EMAPPER');
  },
);

const retried = { memoryRead, memoryWrite, sgRead, sgWrite, vmCopy, ipcSend, ipcCall, ipcReply } as const;

/** A thread does again what it could not do for want of a page. */
export const resume = implementing(
  ['chorus/absent-page-is-pulled-in'],
  (world: Chorus<AccessChoices>, thread: ThreadId, retry: string): void => {
    const { state, mechanisms } = world;
    const call = JSON.parse(retry) as ChorusCall;
    change(state.threads[thread]!).run = { tag: 'ready' };
    const { step } = retried[call.operation as keyof typeof retried];
    const verdict = (step as (world: Chorus<AccessChoices>, call: never) => Verdict<Effects>)(world, call as never);
    if (verdict.tag === 'raised' || verdict.tag === 'spoiled') mechanisms.answer(world, thread, verdict.error);
    if (verdict.tag !== 'returned') return;
    mechanisms.answer(world, thread, null, verdict.value === null ? { tag: 'nothing' } : { tag: 'bytes', bytes: (verdict.value as { bytes: string }).bytes });
  },
);
