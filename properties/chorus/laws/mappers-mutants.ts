import { fetch, fetchFails, mapperAnswers, pagingFails, request } from '#model/chorus/memory/paging';
import { answer } from '#model/chorus/threads/waits';
import { change } from '#model/operation';
import { afterwards, altered } from '#properties/chorus/laws/faults';
import type { ChorusMutants } from '#properties/chorus/obligation';

export const mapperMutants: ChorusMutants = {
  'explicit-access-has-a-cache-of-its-own': {
    rule: 'chorus/explicit-and-mapped-access-agree',
    fault: 'what sgWrite writes does not show where the segment is mapped',
    operations: afterwards('sgWrite', ({ state }, { segment }) => {
      for (const object of state.objects) if (object.segment?.ui === segment.ui) change(object).pages = object.pages.map((page) => (page?.dirty === true
        ? { ...page, bytes: '00'.repeat(state.limits.page) } : page));
    }),
  },
  'mapper-is-asked-for-the-first-page': {
    rule: 'chorus/absent-page-is-pulled-in',
    fault: 'the mapper is asked for the first page whatever page is needed',
    mechanisms: { request: (world, site, mapper, asking, of) => request(world, site, mapper, asking.service === '01' ? { ...asking, page: 0 } : asking, of) },
  },
  'page-of-a-mapper-is-zeros': {
    rule: 'chorus/absent-page-is-pulled-in',
    fault: 'what a mapper gives is not looked at',
    mechanisms: {
      mapperAnswers: (world, transaction, errand, body) => mapperAnswers(world, transaction, errand, `${body.slice(0, 4)}${'00'.repeat(Math.max(0, body.length - 4) / 2)}`),
    },
  },
  'copies-ask-to-write-their-source': {
    rule: 'chorus/absent-page-is-pulled-in',
    fault: 'who writes a copy asks for the right to write what it is made of',
    mechanisms: { fetch: (world, object, page) => fetch(world, object, page, true) },
  },
  'one-of-several-that-wait-goes-on': {
    rule: 'chorus/absent-page-is-pulled-in',
    fault: 'of two threads that wait for a page one alone goes on when it comes',
    mechanisms: {
      mapperAnswers: (world, transaction, errand, body) => {
        const waiting = () => world.state.threads.filter(({ run }) => run.tag === 'paging' && run.transaction === transaction);
        const last = waiting().length > 1 ? waiting().at(-1)! : null;
        const kept = last?.run;
        mapperAnswers(world, transaction, errand, body);
        if (last !== null && kept !== undefined) change(last).run = kept;
      },
    },
  },
  'every-access-asks-for-itself': {
    rule: 'chorus/absent-page-is-pulled-in',
    fault: 'a page that is asked for already is asked for again',
    mechanisms: {
      askMapper: (world, thread, object, page, write, call) => {
        const { state, mechanisms } = world;
        const transaction = state.transactions.length as never;
        if (!mechanisms.fetch(world, object, page, write)) return 'failed';
        change(state.threads[thread]!).run = { tag: 'paging', transaction, object, page, write, retry: JSON.stringify(call) };
        return 'waits';
      },
    },
  },
  'writing-needs-no-grant': {
    rule: 'chorus/write-needs-granted-access',
    fault: 'a page that a mapper gave for reading may be written',
    mechanisms: { mapperAnswers: (world, transaction, errand, body) => mapperAnswers(world, transaction, errand, `${body.slice(0, 2)}01${body.slice(4)}`) },
  },
  'late-grants-count': {
    rule: 'chorus/write-needs-granted-access',
    fault: 'what a mapper granted before a flush may be written after it',
    mechanisms: { mapperAnswers: (world, transaction, errand, body) => mapperAnswers(world, transaction, { ...errand, stale: false }, body) },
  },
  'failing-mapper-gives-zeros': {
    rule: 'chorus/failing-mapper-fails-the-access',
    fault: 'what a mapper says of its failure is not looked at',
    mechanisms: { mapperAnswers: (world, transaction, errand, body) => mapperAnswers(world, transaction, errand, `00${body.slice(2)}`) },
  },
  'failing-mapper-looks-like-a-bad-address': {
    rule: 'chorus/failing-mapper-fails-the-access',
    fault: 'an explicit operation whose mapper fails is told K_EINVAL',
    mechanisms: {
      pagingFails: (world, thread) => pagingFails(altered(world, { answer: (inner, id, error) => answer(inner, id, error === 'K_EMAPPER' ? 'K_EINVAL'
        : error) }), thread),
    },
  },
  'nobody-is-told-that-a-mapper-went': {
    rule: 'chorus/failing-mapper-fails-the-access',
    fault: 'when a mapper that is waited for goes nobody is told',
    mechanisms: { errandFails: (world, transaction, errand) => { if (errand.tag !== 'fetch') fetchFails(world, transaction); } },
  },
  'every-use-has-its-cache': {
    rule: 'chorus/one-cache-for-a-segment',
    fault: 'each mapping of a segment has a cache of its own',
    mechanisms: {
      cacheOf: ({ state }, site, segment) => {
        change(state.objects).push({ life: 'live', site, segment, size: state.limits.space, pages: Array.from({ length: state.limits.space }, () => null),
          parent: null, offset: 0, history: null, store: null, stored: [], parcel: false });
        return state.objects.length - 1 as never;
      },
    },
  },
};
