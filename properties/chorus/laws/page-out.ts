import type { ChorusState } from '#model/chorus/state';
import { isCall, threadName } from '#properties/chorus/facts';
import { besides, changes, same } from '#properties/chorus/laws/changes';
import {
  answeredAs, begunAs, canAsk, flushesOf, givenUp, headOf, isToldOf, marksOfRequest, segmentOf, type Answered, type Errand,
} from '#properties/chorus/laws/paging';
import type { ChorusLaws, ChorusStep } from '#properties/chorus/obligation';

type Push = Extract<Errand, { tag: 'push' }>;

/** A page that a step pushes out, or would push out if its mapper could be asked. */
function pushed(step: ChorusStep) {
  if (!isCall(step, 'pageIsPushedOut')) return null;
  const { object, page } = step.call;
  const row = step.before.objects[object]!;
  const segment = segmentOf(row);
  return { object, page, row, segment, mapper: segment?.ui ?? step.before.defaultMapper };
}

/** Pages that could not be pushed out in a step: they could not be sent, the mapper would not, or will not answer. */
function unpushed(step: ChorusStep): readonly (readonly [object: number, page: number])[] {
  const given = answeredAs(step, 'push');
  const out = pushed(step);
  return [
    ...(given !== null && !given.body.startsWith('00') ? [[given.errand.object, given.errand.page] as const] : []),
    ...givenUp(step).flatMap(({ errand }) => (errand.tag === 'push' ? [[errand.object, errand.page] as const] : [])),
    ...(out !== null && out.segment !== null && !canAsk(step.before, out.row.site, out.mapper) ? [[out.object, out.page] as const] : []),
  ];
}

/** Whether a mapper has just said that it has a page as it is. */
const isTaken = (given: Answered<Push> | null, object: number, page: number, bytes: string): boolean => given !== null
  && given.errand.object === object && given.errand.page === page && given.body.startsWith('00') && given.errand.bytes === bytes;

/** Pages that are nowhere any more as they were. */
function lost(step: ChorusStep): readonly string[] {
  const given = answeredAs(step, 'push');
  return step.before.objects.flatMap(({ pages }, object) => {
    const now = step.after.objects[object]!;
    if (now.life === 'dead' || pages === now.pages) return [];
    return pages.flatMap((page, at) => {
      const there = now.pages[at] ?? null;
      if (page === null || there?.dirty === true) return [];
      const untaken = page.dirty && !isTaken(given, object, at, page.bytes);
      const nowhere = there === null && now.segment === null && !now.stored.some((kept) => kept.page === at && kept.bytes === page.bytes);
      return untaken || nowhere ? [`page ${at} of o${object + 1} was written, and its mapper has not taken it back`] : [];
    });
  });
}

/** What an eviction changes besides the page that it drops, and what a copy gets instead. */
function besidesEvicted(step: ChorusStep): readonly string[] {
  if (!isCall(step, 'pageIsEvicted')) return [];
  const { object, page } = step.call;
  const { history, segment } = step.before.objects[object]!;
  const others = step.after.objects.flatMap((row, id) => row.pages.flatMap((there, at) => {
    const old = step.before.objects[id]!.pages[at] ?? null;
    const mine = id === object && at === page ? there === null : false;
    return same(there, old) || mine || (id === history && segment !== null && old === null) ? [] : [`page ${at} of o${id + 1} changed with another`];
  }));
  return [...others, ...(step.after.objects[object]!.pages[page] === null ? [] : ['a page that is evicted is still there']), ...besides(step, 'memory')];
}

const storeOf = ({ objects }: ChorusState, object: number) => objects[object]!.store;

export const pageOutLaws = {
  'chorus/dirty-pages-are-pushed-out-first': {
    step: (step) => [
      ...lost(step), ...besidesEvicted(step),
      ...begunAs(step, 'push').flatMap(({ errand: { object, page, bytes }, message }) => {
        const row = step.before.objects[object]!;
        const segment = segmentOf(row)!;
        const right = message?.target === segment.ui && message.body === `${headOf('02', segment.key, page, false, row.site)}${bytes}`
          && row.pages[page]?.bytes === bytes && row.pages[page]!.dirty;
        return right ? [] : ['something else is pushed out than was written'];
      }),
    ],
    sometimes: {
      'a page of a segment is pushed out': (step) => begunAs(step, 'push').some(({ errand }) => step.before.objects[errand.object]!.segment !== null),
      'a page is evicted': (step) => isCall(step, 'pageIsEvicted'),
      'a page is taken that was written meanwhile': (step) => {
        const given = answeredAs(step, 'push');
        const page = given === null ? null : step.before.objects[given.errand.object]!.pages[given.errand.page] ?? null;
        return given !== null && page !== null && given.body.startsWith('00') && page.bytes !== given.errand.bytes;
      },
    },
  },

  'chorus/temporary-memory-has-a-default-mapper': {
    step: (step) => {
      const given = answeredAs(step, 'create');
      const made = given === null ? [] : [expectedStore(step, given)].flatMap((store) =>
        (same(storeOf(step.after, given.errand.object), store) ? [] : [`o${given.errand.object + 1} is not kept in the segment that the default mapper gave`]));
      const unanswered = givenUp(step).flatMap(({ errand }) => (errand.tag === 'create' && storeOf(step.after, errand.object) !== null
        ? [`o${errand.object + 1} waits for a segment that nobody will give`] : []));
      const taken = answeredAs(step, 'push');
      const kept = taken !== null && taken.body.startsWith('00') && isKeptWrong(step, taken.errand) ? [`o${taken.errand.object + 1} does not know what is kept of it`] : [];
      return [...made, ...unanswered, ...kept, ...wronglyPushed(step), ...unasked(step)];
    },
    sometimes: {
      'the default mapper is asked for a segment': (step) => begunAs(step, 'create').length > 0,
      'the default mapper gives a segment': (step) => answeredAs(step, 'create') !== null && storeOf(step.after, answeredAs(step, 'create')!.errand.object)?.tag === 'made',
      'the default mapper gives no segment': (step) => answeredAs(step, 'create') !== null && storeOf(step.after, answeredAs(step, 'create')!.errand.object) === null,
      'volatile memory is pushed out': (step) => begunAs(step, 'push').some(({ errand }) => step.before.objects[errand.object]!.segment === null),
      'volatile memory is pulled in again': (step) => begunAs(step, 'fetch').some(({ errand }) => step.after.objects[errand.object]!.segment === null),
      'the default mapper cannot be asked': (step) => pushed(step)?.segment === null && !canAsk(step.before, pushed(step)!.row.site, pushed(step)!.mapper),
      'a copy that was put off is pushed out': (step) => begunAs(step, 'push').some(({ errand }) => step.before.objects[errand.object]!.parent !== null),
    },
  },

  'chorus/temporary-segments-are-released': {
    step: (step) => {
      const releases = begunAs(step, 'release');
      const kept = step.before.objects.flatMap(({ store, site }, id) => {
        if (store?.tag !== 'made' || same(step.after.objects[id]!.store, store)) return [];
        const own = isCall(step, 'segmentIsReleased') && step.call.object === id;
        return own || (isCall(step, 'siteCrashes') && step.call.site === site) ? [] : [`the segment of o${id + 1} is forgotten`];
      });
      if (!isCall(step, 'segmentIsReleased')) return [...kept, ...(releases.length > 0 ? ['a segment is released that is needed'] : [])];
      const { object } = step.call;
      const { store, life, site } = step.before.objects[object]!;
      if (store?.tag !== 'made' || life === 'live') return ['a segment is released that is needed'];
      const can = canAsk(step.before, site, store.ui);
      const right = releases.length === (can ? 1 : 0) && (!can || (releases[0]!.message?.target === store.ui
        && releases[0]!.message.body === headOf('05', store.key, 0, false, site) && storeOf(step.after, object) === null));
      return [...kept, ...(right ? [] : [`the segment of o${object + 1} is not released`]), ...besides(step, 'memory', ...marksOfRequest(step.before, store.ui))];
    },
    sometimes: { 'a segment is released': (step) => begunAs(step, 'release').length > 0 },
  },

  'chorus/failing-mapper-fails-the-flush': {
    step: (step) => {
      const failed = unpushed(step);
      const gone = failed.flatMap(([object, page]) => {
        const old = step.before.objects[object]!.pages[page];
        return step.after.objects[object]!.life === 'dead' || same(old, step.after.objects[object]!.pages[page]) ? [] : [`page ${page} of o${object + 1} did not stay as it was`];
      });
      const untold = failed.flatMap(([object, page]) => flushesOf(step.before, object as never, page).flatMap(({ id }) => (isToldOfFailure(step, id, object) ? []
        : [`who waits for x${id + 1} is not told that it failed`])));
      const told = step.before.threads.flatMap(({ run }, thread) => (run.tag === 'flushing' && isToldOf(step, thread as never, 'K_EMAPPER')
        && !failed.some(([object, page]) => flushesOf(step.before, object as never, page).some(({ id }) => id === run.transaction))
        && !bringsFailure(step, run.transaction) ? [`${threadName(thread)} is told of a failure that there is none of`] : []));
      return [...gone, ...untold, ...told];
    },
    sometimes: {
      'a mapper does not take a page back': (step) => answeredAs(step, 'push') !== null && unpushed(step).length > 0,
      'a flush fails with its mapper': (step) => unpushed(step).some(([object, page]) => flushesOf(step.before, object as never, page).length > 0),
      'a push out is given up': (step) => givenUp(step).some(({ errand }) => errand.tag === 'push'),
    },
  },
} satisfies ChorusLaws;

/** The store of volatile memory after the default mapper's answer to the request for one. */
function expectedStore({ before }: ChorusStep, { body }: Answered): ReturnType<typeof storeOf> {
  if (!body.startsWith('00') || body.length !== 4) return null;
  return { tag: 'made', ui: before.defaultMapper, key: Number.parseInt(body.slice(2), 16) as never };
}

const isKeptWrong = ({ before, after }: ChorusStep, { object, page, bytes }: Push): boolean => {
  const { segment, life, stored } = after.objects[object]!;
  if (segment !== null || life === 'dead') return false;
  const others = before.objects[object]!.stored.filter((kept) => kept.page !== page);
  return !same(stored.toSorted((a, b) => a.page - b.page), [...others, { page, bytes }].toSorted((a, b) => a.page - b.page));
};

/** What is wrong with what the nucleus does when it is to push out a page. */
function wronglyPushed(step: ChorusStep): readonly string[] {
  const out = pushed(step);
  if (out === null) return [];
  const { object, row, segment, mapper } = out;
  const marks = ['memory', ...marksOfRequest(step.before, mapper)];
  if (!canAsk(step.before, row.site, mapper)) return segment === null && changes(step).length > 0 ? ['a mapper that cannot be asked changes something'] : [];
  if (segment !== null) return [...(begunAs(step, 'push').length === 1 ? [] : ['a page is not pushed out']), ...besides(step, ...marks)];
  const [asked] = begunAs(step, 'create');
  const right = asked?.errand.object === object && asked.message?.target === mapper && asked.message.body === headOf('04', 0, 0, false, row.site)
    && storeOf(step.after, object)?.tag === 'asked';
  return [...(right ? [] : [`the default mapper is not asked for a segment for o${object + 1}`]), ...besides(step, ...marks)];
}

/** Requests for segments that nobody needs. */
const unasked = (step: ChorusStep): readonly string[] => begunAs(step, 'create').flatMap(({ errand: { object } }) =>
  (isCall(step, 'pageIsPushedOut') && step.call.object === object && segmentOf(step.before.objects[object]!) === null && storeOf(step.before, object) === null
    ? [] : [`a second segment is asked for o${object + 1}`]));

/** Whether who asked for a flush is told that it failed: at once on the same site, by a packet to another. */
function isToldOfFailure({ before, after, ...step }: ChorusStep, id: number, object: number): boolean {
  const { client, site } = before.transactions[id]!;
  if (after.transactions[id]!.life !== 'open' && (client === null || after.threads[client]!.life === 'dead')) return true;
  if (site === before.objects[object]!.site) return isToldOf({ before, after, ...step }, client!, 'K_EMAPPER');
  return after.network.some(({ cargo }) => cargo.tag === 'reply' && cargo.transaction === id && cargo.body === '01');
}

/** Whether a step brings a thread the news that its flush has failed elsewhere. */
function bringsFailure({ before, call }: ChorusStep, id: number): boolean {
  if (call.operation === 'failureIsNoticed') return true;
  if (call.operation !== 'packetArrives') return false;
  const { cargo } = before.network[call.packet]!;
  return cargo.tag === 'reply' && cargo.transaction === id && cargo.body === '01';
}
