import type { ThreadId, TransactionId } from '#spec/chorus/vocabulary';
import { areConnected, portNamed, siteOfPort } from '#model/chorus/naming/identifiers';
import { siteOf } from '#model/chorus/naming/resolve';
import { memoryRead, memoryWrite, sgFlush, sgRead, sgWrite, vmCopy, type AccessChoices, type Went } from '#model/chorus/memory/access';
import { implementing, type Chorus, type ChorusCall } from '#model/chorus/world';
import { NO_UI, type Message, type ObjectId, type Run } from '#model/chorus/state';
import { change } from '#model/operation';

const PULL_IN = '01';
const PUSH_OUT = '02';
const GET_ACCESS = '03';
const byte = (value: number): string => (value & 0xff).toString(16).padStart(2, '0');

/**
 * Asks the mapper of a segment for a page, for the right to write it, or to take it back: an ordinary call of
 * the nucleus to the port in the capability of the segment. Its body says what is asked, the key of the
 * segment, the page, and the access that is needed; what is pushed out follows.
 */
export const askMapper = implementing(
  ['chorus/absent-page-is-pulled-in', 'chorus/write-needs-granted-access', 'chorus/dirty-pages-are-pushed-out-first', 'chorus/failing-mapper-fails-the-access'],
  (world: Chorus<AccessChoices>, thread: ThreadId, object: ObjectId, page: number, write: boolean, call: ChorusCall): Went => {
    const { state, mechanisms } = world;
    const { segment, site, pages } = state.objects[object]!;
    const port = segment === null ? null : portNamed(state, segment.ui);
    if (port === null || !areConnected(state, site, siteOfPort(state, port)) || !mechanisms.hasRoom(world, thread, port)) return 'failed';
    const there = pages[page] ?? null;
    const kind = there === null ? PULL_IN : call.operation === 'sgFlush' ? PUSH_OUT : GET_ACCESS;
    const transaction = state.transactions.length as TransactionId;
    change(state.transactions).push({ client: thread, site: siteOf(state, thread), life: 'open' });
    change(state.threads[thread]!).run = { tag: 'paging', transaction, object, page, write, retry: JSON.stringify(call) };
    change(state).serial += 1;
    const message: Message = {
      tag: 'message', source: NO_UI, target: segment!.ui, coTarget: null, transaction, actorPi: 0, portPi: 0, annex: null,
      body: `${kind}${byte(segment!.key)}${byte(page)}${write ? '01' : '00'}${kind === PUSH_OUT ? there!.bytes : ''}`, serial: state.serial, sender: -1,
    };
    world.charge('page');
    mechanisms.transmit(world, site, port, message);
    return 'waits';
  },
);

type Paging = Extract<Run, { tag: 'paging' }>;

/** A mapper has answered: with a diagnosis, the access it grants, and the page if it was asked for. */
export const mapperAnswers = implementing(
  ['chorus/absent-page-is-pulled-in', 'chorus/write-needs-granted-access', 'chorus/dirty-pages-are-pushed-out-first', 'chorus/failing-mapper-fails-the-access'],
  (world: Chorus<AccessChoices>, thread: ThreadId, { object, page, write, retry }: Paging, body: string): void => {
    const { state, mechanisms } = world;
    const [diagnosis, access, data] = [body.slice(0, 2), body.slice(2, 4), body.slice(4)];
    const row = state.objects[object]!;
    const there = row.pages[page] ?? null;
    const pushed = (JSON.parse(retry) as ChorusCall).operation === 'sgFlush';
    const complete = there !== null || data.length === 2 * state.limits.page;
    if (diagnosis !== '00' || (!pushed && (!complete || (write && access !== '01')))) return mechanisms.pagingFails(world, thread);
    const pages = change(row.pages);
    if (there === null) pages[page] = { tag: 'page', bytes: data, dirty: false, writable: access === '01' };
    else if (pushed) pages[page] = { ...there, dirty: false };
    else pages[page] = { ...there, writable: there.writable || access === '01' };
    change(state.threads[thread]!).run = { tag: 'resuming', retry };
  },
);

/** The page cannot be had: who needed it is told. */
export const pagingFails = implementing(
  ['chorus/failing-mapper-fails-the-access'],
  ({ state, mechanisms }: Chorus, thread: ThreadId): void => {
    const { run } = state.threads[thread]!;
    const access = run.tag === 'paging' && (JSON.parse(run.retry) as ChorusCall).operation.startsWith('memory');
    mechanisms.answer({ state }, thread, access ? 'exception' : 'K_EMAPPER');
  },
);

const retried = { memoryRead, memoryWrite, sgRead, sgWrite, sgFlush, vmCopy } as const;

/** A thread does again what it could not do for want of a page. */
export const resume = implementing(
  ['chorus/absent-page-is-pulled-in'],
  (world: Chorus<AccessChoices>, thread: ThreadId, retry: string): void => {
    const { state, mechanisms } = world;
    const call = JSON.parse(retry) as ChorusCall;
    change(state.threads[thread]!).run = { tag: 'ready' };
    const { step } = retried[call.operation as keyof typeof retried];
    const verdict = step(world, call as never);
    if (verdict.tag === 'raised' || verdict.tag === 'spoiled') mechanisms.answer(world, thread, verdict.error);
    if (verdict.tag !== 'returned') return;
    mechanisms.answer(world, thread, null, verdict.value === null ? { tag: 'nothing' } : { tag: 'bytes', bytes: verdict.value.bytes });
  },
);
