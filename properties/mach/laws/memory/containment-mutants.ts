import { evict } from '#model/mach/memory/evict';
import { lockPage } from '#model/mach/memory/lock-request';
import { objectOf, setPage } from '#model/mach/memory/object';
import { loseObject, memoryObjectAt } from '#model/mach/memory/object-control';
import { askPager, returnPage, wakeFaulters } from '#model/mach/memory/pager';
import { memoryOf, setMapping } from '#model/mach/memory/space';
import type { ObjectId } from '#model/mach/memory/state';
import { dataError, givePages } from '#model/mach/memory/supply';
import { touchByte } from '#model/mach/memory/touch';
import type { MachState } from '#model/mach/state';
import { change } from '#model/operation';
import type { MachMutants } from '#properties/mach/obligation';

const rule = 'mach/others-go-on-whatever-pagers-do';

/** Every object that some pager keeps. */
const pagedObjects = (state: MachState): readonly ObjectId[] => memoryOf(state).objects.flatMap(({ life, pager }, object) =>
  (life === 'live' && pager !== null && pager.status === 'ready' ? [object as ObjectId] : []));

export const containmentMutants: MachMutants = {
  'any-control-port-is-as-good': {
    rule,
    fault: 'a call through any control port is about the first object there is',
    mechanisms: {
      memoryObjectAt: (world, caller, name) => {
        const target = memoryObjectAt(world, caller, name);
        const first = pagedObjects(world.state)[0];
        return target.tag === 'object' && first !== undefined ? { tag: 'object', object: first } : target;
      },
    },
  },
  'supply-fills-every-object': {
    rule,
    fault: 'what one pager supplies is put into the objects of all',
    mechanisms: {
      givePages: (world, object, ...given) => {
        for (const other of pagedObjects(world.state)) if (other !== object) givePages(world, other, ...given);
        return givePages(world, object, ...given);
      },
    },
  },
  'locks-hold-in-every-object': {
    rule,
    fault: 'a lock request acts on the same page of every object',
    mechanisms: {
      lockPage: (world, object, index, request) => {
        for (const other of pagedObjects(world.state)) lockPage(world, other, index, other === object ? request : { ...request, clean: 'nothing', flush: false });
      },
    },
  },
  'requests-are-limited-together': {
    rule,
    fault: 'the pages awaited of all pagers together count against the limit of each',
    mechanisms: {
      askPager: (world, object, index, write) => {
        const { objects, requestLimit } = memoryOf(world.state);
        const awaited = objects.flatMap(({ pages }) => pages).filter((page) => page?.tag === 'awaited').length;
        if (objectOf(world.state, object).pages[index]?.tag === 'awaited' || awaited < requestLimit) askPager(world, object, index, write);
      },
    },
  },
  'one-death-orphans-all': {
    rule,
    fault: 'when one pager dies the objects of all are without',
    mechanisms: {
      loseObject: (world, port) => {
        const dies = memoryOf(world.state).objects.some(({ life, pager }) => life === 'live' && pager?.port === port && pager.status !== 'gone');
        if (!dies) return;
        for (const object of pagedObjects(world.state)) {
          if (objectOf(world.state, object).pager!.status !== 'gone') loseObject(world, objectOf(world.state, object).pager!.port);
        }
      },
    },
  },
  'one-error-fails-all': {
    rule,
    fault: 'an error of one pager fails every thread that waits for a page',
    operations: {
      memory_object_data_error: { ...dataError, step: (world, call) => {
        const verdict = dataError.step(world, call);
        world.state.threads.forEach(({ run }, thread) => {
          if (verdict.tag === 'returned' && run.tag === 'faulting') change(world.state.threads[thread]!).run = { ...run, woken: true, failed: true };
        });
        return verdict;
      } },
    },
  },
  'eviction-clears-memory': {
    rule,
    fault: 'a page of one object that is evicted takes the same page of all others along',
    operations: {
      evict: { ...evict, step: (world, call) => {
        const verdict = evict.step(world, call);
        memoryOf(world.state).objects.forEach(({ life, pages }, object) => pages.forEach((page, index) => {
          if (life === 'live' && page?.tag === 'resident' && index === 0) setPage(world.state, object as ObjectId, index, null);
        }));
        return verdict;
      } },
    },
  },
  'one-wait-stops-the-whole-task': {
    rule,
    fault: 'while one thread waits for a page no other thread of its task runs',
    mechanisms: {
      touchByte: (world, thread, touch) => {
        const touched = touchByte(world, thread, touch);
        const { run, task } = world.state.threads[thread]!;
        if (touched.tag === 'waiting' && run.tag === 'faulting') change(world.state.tasks[task]!).suspends += 1;
        return touched;
      },
    },
  },
  'returned-pages-are-mapped-away': {
    rule,
    fault: 'a page that is returned to its pager leaves the same place of every space',
    mechanisms: {
      returnPage: (world, object, index, ...page) => {
        returnPage(world, object, index, ...page);
        memoryOf(world.state).spaces.forEach(({ pages }, task) => { if ((pages[index] ?? null) !== null) setMapping(world.state, task as never, index, null); });
      },
    },
  },
  'one-answer-wakes-all-and-fails-them': {
    rule,
    fault: 'whoever waits when any pager answers hears of an error',
    mechanisms: {
      wakeFaulters: (world, object, index) => {
        wakeFaulters(world, object, index);
        world.state.threads.forEach(({ run }, thread) => {
          if (run.tag === 'faulting' && run.object !== object) change(world.state.threads[thread]!).run = { ...run, woken: true, failed: true };
        });
      },
    },
  },
};

