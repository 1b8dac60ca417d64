import { evict } from '#model/mach/memory/evict';
import { integerItem } from '#model/mach/memory/exception';
import { lockPage, lockRequest } from '#model/mach/memory/lock-request';
import { objectOf, setPage } from '#model/mach/memory/object';
import { askPager, returnPage, wakeFaulters } from '#model/mach/memory/pager';
import { memoryOf } from '#model/mach/memory/space';
import { dataError, dataSupply, dataUnavailable, givePages } from '#model/mach/memory/supply';
import { fetchPage } from '#model/mach/memory/touch';
import { change } from '#model/operation';
import { altered } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';

const table = 'mach/page-states-follow-the-table';
const once = 'mach/page-is-asked-for-once';
const unlock = 'mach/unlock-is-asked-once';
const locks = 'mach/lock-says-what-is-forbidden';
const requests = 'mach/lock-request-restricts-returns-and-flushes';
const spared = 'mach/supplied-pages-spare-resident-ones';
const dirty = 'mach/dirty-pages-are-returned';
const messages = 'mach/paging-is-messages';

export const pagerMutants: MachMutants = {
  'supply-wakes-nobody': {
    rule: table,
    fault: 'threads that wait for a page sleep on when it is supplied',
    operations: { memory_object_data_supply: { ...dataSupply, step: (world, call) => dataSupply.step(altered(world, { wakeFaulters: () => {} }), call) } },
  },
  'supplied-pages-are-dirty': {
    rule: table,
    fault: 'a page that is supplied counts as written',
    mechanisms: {
      givePages: (world, object, first, ...rest) => {
        const known = objectOf(world.state, object).pages.slice();
        const result = givePages(world, object, first, ...rest);
        objectOf(world.state, object).pages.forEach((page, index) => {
          if (page?.tag === 'resident' && known[index]?.tag !== 'resident') setPage(world.state, object, index, { ...page, dirty: true });
        });
        return result;
      },
    },
  },
  'unavailable-pages-stay-awaited': {
    rule: table,
    fault: 'the word that there is no data is not heard',
    operations: { memory_object_data_unavailable: { ...dataUnavailable, step: (world, call) => dataUnavailable.step(world, { ...call, size: 0 }) } },
  },
  'write-interest-is-forgotten': {
    rule: table,
    fault: 'that an awaited page is to be written as well is not kept',
    mechanisms: { askPager: (world, object, index, write) => askPager(world, object, index, write && objectOf(world.state, object).pages[index]?.tag !== 'awaited') },
  },
  'pages-are-asked-for-again': {
    rule: once,
    fault: 'every touch of an awaited page asks the pager again',
    mechanisms: {
      askPager: (world, object, index, write) => {
        if (objectOf(world.state, object).pages[index]?.tag === 'awaited') setPage(world.state, object, index, null);
        askPager(world, object, index, write);
      },
    },
  },
  'pages-are-awaited-in-silence': {
    rule: once,
    fault: 'a page is awaited of which the pager was never told',
    mechanisms: { askPager: (world, ...asked) => askPager(altered(world, { sendToPager: () => {} }), ...asked) },
  },
  'writing-is-asked-for-as-reading': {
    rule: once,
    fault: 'the pager is not told that a page is to be written',
    mechanisms: {
      askPager: (world, ...asked) => askPager(altered(world, {
        sendToPager: (inner, pager, id, words) => world.mechanisms.sendToPager(inner, pager, id, [...words.slice(0, 2), integerItem(1)]),
      }), ...asked),
    },
  },
  'requests-come-before-ready': {
    rule: 'mach/no-request-before-ready',
    fault: 'a pager is asked for pages before it is ready',
    mechanisms: {
      askPager: (world, object, index, write) => {
        const asked = change(objectOf(world.state, object));
        const { pager } = asked;
        asked.pager = { ...pager!, status: 'ready' };
        askPager(world, object, index, write);
        asked.pager = pager;
      },
    },
  },
  'ready-wakes-nobody': {
    rule: 'mach/no-request-before-ready',
    fault: 'threads that waited for a pager to be ready are not told that it is',
    mechanisms: { wakeFaulters: (world, object, index) => (index === null && objectOf(world.state, object).pager?.status === 'ready' ? undefined : wakeFaulters(world, object, index)) },
  },
  'unlocks-are-repeated': {
    rule: unlock,
    fault: 'every touch of a locked page asks the pager again',
    mechanisms: {
      fetchPage: (world, mapping, write) => {
        const page = objectOf(world.state, mapping.object).pages[mapping.index] ?? null;
        if (page?.tag === 'resident') setPage(world.state, mapping.object, mapping.index, { ...page, asked: 0 });
        return fetchPage(world, mapping, write);
      },
    },
  },
  'unlocks-are-kept-in-mind': {
    rule: unlock,
    fault: 'a lock request leaves the kernel waiting for an access that it will not ask for again',
    mechanisms: {
      lockPage: (world, object, index, request) => {
        const page = objectOf(world.state, object).pages[index] ?? null;
        lockPage(world, object, index, request);
        const now = objectOf(world.state, object).pages[index] ?? null;
        if (page?.tag === 'resident' && now?.tag === 'resident') setPage(world.state, object, index, { ...now, asked: page.asked });
      },
    },
  },
  'locks-add-up': {
    rule: locks,
    fault: 'a lock adds to what was forbidden before',
    mechanisms: {
      lockPage: (world, object, index, request) => {
        const page = objectOf(world.state, object).pages[index] ?? null;
        lockPage(world, object, index, page?.tag === 'resident' ? { ...request, forbidden: request.forbidden | page.forbidden } : request);
      },
    },
  },
  'locks-say-what-is-allowed': {
    rule: locks,
    fault: 'the lock value is taken for what is allowed',
    mechanisms: { lockPage: (world, object, index, request) => lockPage(world, object, index, { ...request, forbidden: 7 & ~request.forbidden }) },
  },
  'locked-pages-are-written': {
    rule: locks,
    fault: 'a thread writes what the pager lets it only read',
    mechanisms: { fetchPage: (world, mapping) => fetchPage(world, mapping, false) },
  },
  'supplied-locks-are-overlooked': {
    rule: locks,
    fault: 'the lock that comes with a page is overlooked',
    mechanisms: { givePages: (world, object, first, bytes, _, precious) => givePages(world, object, first, bytes, 0, precious) },
  },
  'flush-keeps-the-page': {
    rule: requests,
    fault: 'a page that is to be dropped stays',
    mechanisms: { lockPage: (world, object, index, request) => lockPage(world, object, index, { ...request, flush: false }) },
  },
  'clean-returns-precious-pages-alone': {
    rule: requests,
    fault: 'precious pages are not returned when all are asked for',
    mechanisms: { lockPage: (world, object, index, request) => lockPage(world, object, index, { ...request, clean: request.clean === 'all' ? 'dirty' : request.clean }) },
  },
  'completion-comes-first': {
    rule: requests,
    fault: 'a lock request is said to be done before its pages are returned',
    operations: {
      memory_object_lock_request: {
        ...lockRequest,
        step: (world, call) => {
          const verdict = lockRequest.step(world, { ...call, size: 0 });
          if (verdict.tag === 'returned') lockRequest.step(world, { ...call, reply: { name: 0 as typeof call.control, disposition: 'copy-send' } });
          return verdict;
        },
      },
    },
  },
  'lock-request-is-not-answered': {
    rule: requests,
    fault: 'a lock request is never said to be done',
    operations: {
      memory_object_lock_request: { ...lockRequest, step: (world, call) => lockRequest.step(world, { ...call, reply: { name: 0 as typeof call.control, disposition: 'copy-send' } }) },
    },
  },
  'lock-request-spares-the-last-page': {
    rule: requests,
    fault: 'the last page of the range of a lock request is left out',
    operations: {
      memory_object_lock_request: {
        ...lockRequest,
        step: (world, call) => lockRequest.step(world, { ...call, size: Math.max(0, call.size - memoryOf(world.state).pageSize) }),
      },
    },
  },
  'supply-replaces-resident-pages': {
    rule: spared,
    fault: 'a supply replaces what is in memory',
    mechanisms: {
      givePages: (world, object, first, bytes, ...rest) => {
        bytes.forEach((_, at) => {
          if (objectOf(world.state, object).pages[first + at]?.tag === 'resident') setPage(world.state, object, first + at, null);
        });
        return givePages(world, object, first, bytes, ...rest);
      },
    },
  },
  'conflicts-are-not-told': {
    rule: spared,
    fault: 'a supply that met a page in memory is said to have succeeded',
    mechanisms: { givePages: (...asked) => ({ ...givePages(...asked), result: 0 }) },
  },
  'parts-of-pages-count': {
    rule: spared,
    fault: 'a supply of part of a page counts for the whole page',
    operations: {
      memory_object_data_supply: {
        ...dataSupply,
        step: (world, call) => {
          const { pageSize } = memoryOf(world.state);
          return dataSupply.step(world, { ...call, size: Math.ceil(call.size / pageSize) * pageSize });
        },
      },
    },
  },
  'errors-reach-nobody': {
    rule: 'mach/data-error-reaches-waiting-threads',
    fault: 'threads that wait for a page of which there is an error ask again',
    operations: {
      memory_object_data_error: {
        ...dataError,
        step: (world, call) => {
          const verdict = dataError.step(world, call);
          world.state.threads.forEach((thread) => {
            if (thread.run.tag === 'faulting' && thread.run.failed) change(thread).run = { ...thread.run, failed: false };
          });
          return verdict;
        },
      },
    },
  },
  'errors-drop-resident-pages': {
    rule: 'mach/answers-to-nothing-do-nothing',
    fault: 'an error about a page in memory drops it',
    operations: {
      memory_object_data_error: {
        ...dataError,
        step: (world, call) => {
          const target = world.mechanisms.memoryObjectAt(world, call.thread, call.control);
          const index = Math.floor(call.offset / memoryOf(world.state).pageSize);
          if (target.tag === 'object' && objectOf(world.state, target.object).pages[index]?.tag === 'resident') setPage(world.state, target.object, index, null);
          return dataError.step(world, call);
        },
      },
    },
  },
  'evicted-pages-are-lost': {
    rule: dirty,
    fault: 'a page that was written is evicted without being returned',
    operations: { evict: { ...evict, step: (world, call) => evict.step(altered(world, { returnPage: () => {} }), call) } },
  },
  'precious-pages-are-lost': {
    rule: dirty,
    fault: 'a precious page that was not written is not returned',
    mechanisms: { returnPage: (world, object, index, page, kept) => (page.dirty ? returnPage(world, object, index, page, kept) : undefined) },
  },
  'returned-pages-hold-zeros': {
    rule: dirty,
    fault: 'pages are returned without what was written',
    mechanisms: { returnPage: (world, object, index, page, kept) => returnPage(world, object, index, { ...page, bytes: '00'.repeat(page.bytes.length / 2) }, kept) },
  },
  'evicted-pages-stay': {
    rule: 'mach/evicted-page-leaves-before-the-pager-acts',
    fault: 'an evicted page stays until its pager has it',
    operations: {
      evict: {
        ...evict,
        step: (world, call) => {
          const before = memoryOf(world.state).objects.map(({ pages }) => pages.slice());
          const verdict = evict.step(world, call);
          before.forEach((pages, object) => pages.forEach((page, index) => {
            if (page?.tag === 'resident' && page.dirty && objectOf(world.state, object as never).pages[index] === null) setPage(world.state, object as never, index, { ...page, dirty: false });
          }));
          return verdict;
        },
      },
    },
  },
  'requests-name-another-port': {
    rule: messages,
    fault: 'a request to a pager carries the name port in the place of the control port',
    mechanisms: {
      askPager: (world, ...asked) => askPager(altered(world, {
        sendToPager: (inner, pager, id, words) => world.mechanisms.sendToPager(inner, { ...pager, control: pager.name }, id, words),
      }), ...asked),
    },
  },
  'pagers-reach-every-object': {
    rule: 'mach/pager-reaches-its-own-object-alone',
    fault: 'what a pager supplies goes into every object with a pager',
    mechanisms: {
      givePages: (world, object, ...rest) => {
        memoryOf(world.state).objects.forEach(({ life, pager }, other) => {
          if (life === 'live' && pager !== null && other !== object) givePages(world, other as typeof object, ...rest);
        });
        return givePages(world, object, ...rest);
      },
    },
  },
  'errors-end-the-waits-of-others': {
    rule: 'mach/pager-reaches-its-own-object-alone',
    fault: 'an error of one pager ends the waits of threads for another',
    operations: {
      memory_object_data_error: {
        ...dataError,
        step: (world, call) => {
          world.state.threads.forEach((thread) => {
            const target = world.mechanisms.memoryObjectAt(world, call.thread, call.control);
            if (target.tag === 'object' && thread.run.tag === 'faulting' && thread.run.object !== target.object) change(thread).run = { tag: 'ready' };
          });
          return dataError.step(world, call);
        },
      },
    },
  },
};
