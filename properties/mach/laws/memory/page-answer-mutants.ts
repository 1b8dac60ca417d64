import { evict } from '#model/mach/memory/evict';
import { lockPage, lockRequest } from '#model/mach/memory/lock-request';
import { copyObject, objectOf, resident, setPage } from '#model/mach/memory/object';
import { returnPage } from '#model/mach/memory/pager';
import { memoryOf } from '#model/mach/memory/space';
import { dataSupply } from '#model/mach/memory/supply';
import { fetchPage } from '#model/mach/memory/touch';
import { altered } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';

const refusal = 'mach/refused-unlock-ends-in-an-error';
const whole = 'mach/only-whole-pages-count';
const precious = 'mach/precious-pages-are-returned-clean';
const strategy = 'mach/copy-strategy-says-what-copies-are';
const received = 'mach/received-memory-may-need-its-pager';

export const pageAnswerMutants: MachMutants = {
  'flush-forgets-who-waits-for-an-unlock': {
    rule: refusal,
    fault: 'threads that wait to be allowed an access sleep on when the page is flushed',
    operations: {
      memory_object_lock_request: { ...lockRequest, step: (world, call) =>
        lockRequest.step(call.flush ? altered(world, { wakeFaulters: () => {} }) : world, call) },
    },
  },
  'flush-allows-what-was-asked': {
    rule: refusal,
    fault: 'a flush of a page that a thread waits for lets the thread have it',
    mechanisms: {
      lockPage: (world, object, index, request) => {
        const page = objectOf(world.state, object).pages[index] ?? null;
        const isAsked = page?.tag === 'resident' && page.asked !== 0;
        lockPage(world, object, index, isAsked ? { ...request, flush: false, forbidden: 0 } : request);
      },
    },
  },
  'supply-is-rounded-up': {
    rule: whole,
    fault: 'part of a page that is supplied counts as the whole page',
    operations: {
      memory_object_data_supply: { ...dataSupply, step: (world, call) => {
        const { pageSize } = memoryOf(world.state);
        return dataSupply.step(world, { ...call, size: Math.ceil(call.size / pageSize) * pageSize });
      } },
    },
  },
  'supply-is-moved-to-a-page': {
    rule: whole,
    fault: 'what is supplied from within a page on counts from its beginning',
    operations: {
      memory_object_data_supply: { ...dataSupply, step: (world, call) =>
        dataSupply.step(world, { ...call, offset: call.offset - call.offset % memoryOf(world.state).pageSize }) },
    },
  },
  'clean-precious-pages-are-dropped': {
    rule: precious,
    fault: 'a precious page that was not written is dropped when it is evicted',
    operations: {
      evict: { ...evict, step: (world, call) => evict.step(altered(world, {
        returnPage: (inner, object, index, page, held) => { if (page.dirty) world.mechanisms.returnPage(inner, object, index, page, held); },
      }), call) },
    },
  },
  'precious-pages-count-as-written': {
    rule: precious,
    fault: 'a precious page is returned as if it had been written',
    mechanisms: { returnPage: (world, object, index, page, held) => returnPage(world, object, index, { ...page, dirty: page.dirty || page.precious }, held) },
  },
  'precious-pages-come-with-dirty-ones': {
    rule: precious,
    fault: 'a precious page is returned where dirty pages alone are asked for',
    mechanisms: {
      lockPage: (world, object, index, request) => lockPage(world, object, index, request.clean === 'dirty' ? { ...request, clean: 'all' } : request),
    },
  },
  'copies-fetch-the-first-page': {
    rule: strategy,
    fault: 'the first page of an object is asked for as a copy of it is made',
    mechanisms: {
      copyObject: (world, object) => {
        const { pager, pages } = objectOf(world.state, object);
        if (pager?.status === 'ready' && pages[0] === null) world.mechanisms.askPager(world as never, object, 0, false);
        return copyObject(world, object);
      },
    },
  },
  'copies-begin-with-zeros': {
    rule: strategy,
    fault: 'a copy has zeros for what the pager of its original has',
    mechanisms: {
      copyObject: (world, object) => {
        const made = copyObject(world, object);
        const { pager, pages } = objectOf(world.state, object);
        if (pager !== null) pages.forEach((page, index) => {
          if (page === null) setPage(world.state, made, index, resident('00'.repeat(memoryOf(world.state).pageSize), true));
        });
        return made;
      },
    },
  },
  'copies-do-not-ask-the-pager': {
    rule: received,
    fault: 'a touch of a copy fails where it needs what a pager has',
    mechanisms: {
      fetchPage: (world, mapping, write) => fetchPage(altered(world, {
        askPager: (inner, object, ...asked) => { if (object === mapping.object) world.mechanisms.askPager(inner, object, ...asked); },
      }), mapping, write),
    },
  },
  'copies-fail-without-their-pager': {
    rule: received,
    fault: 'a touch of a copy is a memory error where it needs what a pager has',
    mechanisms: {
      fetchPage: (world, mapping, write) => {
        const fetched = fetchPage(world, mapping, write);
        return fetched.tag === 'away' && objectOf(world.state, mapping.object).shadow === fetched.object ? { tag: 'gone' } : fetched;
      },
    },
  },
};
