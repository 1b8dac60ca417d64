import { createPager, pushPage, setDefaultManager } from '#model/mach/memory/default-manager';
import { evict } from '#model/mach/memory/evict';
import { objectOf, reclaim, resident, setPage, writePage } from '#model/mach/memory/object';
import { CREATE, DATA_INITIALIZE, pagerOf } from '#model/mach/memory/pager';
import type { ObjectId } from '#model/mach/memory/state';
import { memoryOf } from '#model/mach/memory/space';
import { dataUnavailable } from '#model/mach/memory/supply';
import { fetchPage } from '#model/mach/memory/touch';
import { enterObject } from '#model/mach/memory/object-control';
import { newPort } from '#model/mach/ports/new-port';
import { makeSend } from '#model/mach/tasks/new-task';
import type { Cascade, Mach } from '#model/mach/world';
import { change, returned } from '#model/operation';
import { altered } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';

const maker = 'mach/pager-makes-the-object-port';
const backs = 'mach/default-pager-backs-anonymous-memory';
const contents = 'mach/honest-pagers-change-no-contents';
const learns = 'mach/default-pager-learns-by-create';
const pushes = 'mach/old-version-goes-to-the-copys-pager';
const manager = 'mach/default-manager-is-replaceable';

/** The same world, where the kernel does not say one kind of thing to pagers. */
const silent = (world: Mach<Cascade>, id: number): Mach<Cascade> => altered(world, {
  sendToPager: (inner, pager, said, words) => { if (said !== id) world.mechanisms.sendToPager(inner, pager, said, words); },
});

/** Announces an object that has been announced already. */
function announceAgain(world: Mach<Cascade>, object: ObjectId): void {
  const { pager } = objectOf(world.state, object);
  createPager(world, object);
  change(objectOf(world.state, object)).pager = pager;
}

export const defaultManagerMutants: MachMutants = {
  'mapped-object-gets-another-port': {
    rule: maker,
    fault: 'the kernel makes a port of its own for an object that is mapped',
    mechanisms: {
      enterObject: (world, right) => {
        const port = newPort(world.state);
        makeSend(world.state, port);
        return enterObject(world, { ...right, port });
      },
    },
  },
  'created-object-is-the-managers-port': {
    rule: maker,
    fault: 'an object of the kernel is reached at the port of the default memory manager',
    mechanisms: {
      createPager: (world, object) => {
        createPager(world, object);
        const made = change(objectOf(world.state, object));
        made.pager = { ...made.pager!, port: memoryOf(world.state).manager!.port };
      },
    },
  },
  'evicted-memory-is-dropped': {
    rule: backs,
    fault: 'a page without a pager leaves memory, and nobody is sent it',
    operations: {
      evict: { ...evict, step: (world, call) => evict.step(altered(world, {
        returnPage: (inner, object, ...page) => (pagerOf(inner, object)!.internal ? undefined : world.mechanisms.returnPage(inner, object, ...page)),
      }), call) },
    },
  },
  'evicted-memory-counts-as-clean': {
    rule: backs,
    fault: 'a page that goes out for the first time is said not to have been written',
    operations: {
      evict: { ...evict, step: (world, call) => evict.step(altered(world, {
        returnPage: (inner, object, index, page, kept) => world.mechanisms.returnPage(inner, object, index,
          pagerOf(inner, object)!.internal ? { ...page, dirty: false } : page, kept),
      }), call) },
    },
  },
  'one-page-takes-all-along': {
    rule: backs,
    fault: 'with the first page of an object all its pages leave memory',
    mechanisms: {
      createPager: (world, object) => {
        createPager(world, object);
        objectOf(world.state, object).pages.forEach((page, index) => { if (page !== null) setPage(world.state, object, index, null); });
      },
    },
  },
  'evicted-memory-goes-out-at-another-place': {
    rule: backs,
    fault: 'a page that goes out for the first time is said to be the first of its object',
    operations: {
      evict: { ...evict, step: (world, call) => evict.step(altered(world, {
        returnPage: (inner, object, index, page, kept) => world.mechanisms.returnPage(inner, object, pagerOf(inner, object)!.internal ? 0 : index, page, kept),
      }), call) },
    },
  },
  'copies-have-zeros-for-what-they-shadow': {
    rule: contents,
    fault: 'a page of a copy that the manager has not is zeros',
    operations: {
      memory_object_data_unavailable: { ...dataUnavailable, step: (world, call) => {
        const verdict = dataUnavailable.step(world, call);
        const { objects, pageSize } = memoryOf(world.state);
        objects.forEach(({ pages }, object) => pages.forEach((page, index) => {
          if (page?.tag === 'absent') setPage(world.state, object as ObjectId, index, resident('00'.repeat(pageSize), false));
        }));
        return verdict;
      } },
    },
  },
  'old-versions-override-what-went-out': {
    rule: contents,
    fault: 'an original that is no longer used leaves its pages to a copy whose own have gone out',
    mechanisms: {
      reclaim: (world) => {
        const { objects, spaces } = memoryOf(world.state);
        objects.forEach(({ life, copy, pager }, object) => {
          const isUsed = spaces.some(({ pages }) => pages.some((mapping) => mapping?.object === object));
          if (life === 'live' && !isUsed && pager === null && copy !== null && objects[copy]!.pager !== null) {
            for (const [index, page] of objects[copy]!.pages.entries()) if (page?.tag === 'sent') setPage(world.state, copy, index, null);
            world.mechanisms.collapse(world, object as ObjectId);
          }
        });
        reclaim(world);
      },
    },
  },
  'objects-are-announced-to-nobody': {
    rule: learns,
    fault: 'the default memory manager is not told of an object that the kernel makes',
    mechanisms: { createPager: (world, object) => createPager(altered(world, { enqueue: () => {} }), object) },
  },
  'objects-are-announced-late': {
    rule: learns,
    fault: 'the first page of an object goes out before the object is announced',
    operations: {
      evict: { ...evict, step: (world, call) => {
        const late: (() => void)[] = [];
        const verdict = evict.step(altered(world, {
          createPager: (inner, object) => createPager(altered(inner, {
            enqueue: (_, message) => { late.push(() => world.mechanisms.enqueue(world, { ...message, serial: change(world.state).serial++ })); },
          }), object),
        }), call);
        for (const announce of late) announce();
        return verdict;
      } },
    },
  },
  'announced-size-is-in-pages': {
    rule: learns,
    fault: 'an object is announced with its size in pages',
    mechanisms: {
      createPager: (world, object) => createPager(altered(world, {
        enqueue: (inner, message) => world.mechanisms.enqueue(inner, message.id !== CREATE ? message
          : { ...message, body: message.body.map((item, at) => (at === 1 ? message.body[4]! : item)) }),
      }), object),
    },
  },
  'announcement-swaps-the-ports': {
    rule: learns,
    fault: 'an object is announced with its name port for its control port',
    mechanisms: {
      createPager: (world, object) => createPager(altered(world, {
        enqueue: (inner, message) => world.mechanisms.enqueue(inner, { ...message, body: [...message.body.slice(0, 2), message.body[3]!, message.body[2]!, message.body[4]!] }),
      }), object),
    },
  },
  'created-objects-wait-to-be-ready': {
    rule: learns,
    fault: 'an object of the kernel is not asked for pages until the manager says that it is ready',
    mechanisms: {
      createPager: (world, object) => {
        createPager(world, object);
        const made = change(objectOf(world.state, object));
        made.pager = { ...made.pager!, status: 'silent' };
      },
    },
  },
  'announcements-come-again': {
    rule: learns,
    fault: 'an object is announced with every page that goes out',
    operations: {
      evict: { ...evict, step: (world, call) => {
        const announced = memoryOf(world.state).objects.findIndex(({ pager, life }) => life === 'live' && pager?.internal === true);
        const verdict = evict.step(world, call);
        if (announced >= 0) announceAgain(world, announced as ObjectId);
        return verdict;
      } },
    },
  },
  'old-versions-are-kept-back': {
    rule: pushes,
    fault: 'the manager is not told what a page of a copy began as',
    mechanisms: {
      pushPage: (world, copy, index, old) => pushPage(silent(world, DATA_INITIALIZE), copy, index, old),
    },
  },
  'new-version-is-pushed': {
    rule: pushes,
    fault: 'the manager is told the new version of a page as what it began as',
    mechanisms: {
      writePage: (world, object, index, bytes) => writePage(altered(world, {
        pushPage: (inner, copy, place) => pushPage(inner, copy, place, () => bytes),
      }), object, index, bytes),
    },
  },
  'pushed-page-overrides-the-managers': {
    rule: pushes,
    fault: 'a copy takes the old version of a page though the manager may have one',
    mechanisms: {
      pushPage: (world, copy, index, old) => {
        const page = objectOf(world.state, copy).pages[index] ?? null;
        if (page !== null) return pushPage(world, copy, index, old);
        setPage(world.state, copy, index, resident(old(), true));
        return true;
      },
    },
  },
  'every-write-is-pushed': {
    rule: pushes,
    fault: 'the manager is told again with each write what a page began as',
    mechanisms: {
      pushPage: (world, copy, index, old) => {
        if (objectOf(world.state, copy).pages[index]?.tag === 'sent') setPage(world.state, copy, index, null);
        return pushPage(world, copy, index, old);
      },
    },
  },
  'writers-overtake-the-copy': {
    rule: pushes,
    fault: 'a page is written while a copy of it waits for its own version',
    mechanisms: {
      fetchPage: (world, mapping, write) => {
        const held = change(objectOf(world.state, mapping.object));
        const { copy } = held;
        held.copy = null;
        const fetched = fetchPage(world, mapping, write);
        held.copy = copy;
        return fetched;
      },
      pushPage: (world, copy, ...page) => objectOf(world.state, copy).pages[page[0]]?.tag !== 'awaited' && pushPage(world, copy, ...page),
    },
  },
  'asking-removes-the-manager': {
    rule: manager,
    fault: 'who asks for the default memory manager removes it',
    operations: {
      vm_set_default_memory_manager: { ...setDefaultManager, step: (world, call) => {
        const verdict = setDefaultManager.step(world, call);
        const { manager: known } = memoryOf(world.state);
        if (verdict.tag === 'returned' && call.manager.name === 0 && known !== null) {
          change(memoryOf(world.state)).manager = null;
          world.mechanisms.releaseSend(world, known.port);
        }
        return verdict;
      } },
    },
  },
  'replacing-tells-nothing': {
    rule: manager,
    fault: 'who replaces the default memory manager is not told of the one before',
    operations: {
      vm_set_default_memory_manager: { ...setDefaultManager, step: (world, call) => {
        const verdict = setDefaultManager.step(world, call);
        return verdict.tag === 'returned' && call.manager.name !== 0 ? returned({ previous: 0 as never }) : verdict;
      } },
    },
  },
  'first-manager-stays': {
    rule: manager,
    fault: 'a default memory manager cannot be replaced',
    operations: {
      vm_set_default_memory_manager: { ...setDefaultManager, step: (world, call) => {
        const { manager: known } = memoryOf(world.state);
        const verdict = setDefaultManager.step(world, call);
        if (known !== null && verdict.tag === 'returned') change(memoryOf(world.state)).manager = known;
        return verdict;
      } },
    },
  },
  'anybody-sets-the-manager': {
    rule: manager,
    fault: 'any port of the kernel lets the default memory manager be set',
    operations: {
      vm_set_default_memory_manager: { ...setDefaultManager, step: (world, call) => {
        const memory = change(memoryOf(world.state));
        const { hostControl } = memory;
        const entry = world.state.tasks[world.state.threads[call.thread]!.task]!.names[call.host];
        const port = entry?.tag === 'port' ? change(world.state.ports[entry.port]!) : null;
        const kernel = port?.kernel ?? null;
        if (port !== null && kernel !== null) port.kernel = 'host-control';
        const verdict = setDefaultManager.step(world, call);
        if (port !== null) port.kernel = kernel;
        memory.hostControl = hostControl;
        return verdict;
      } },
    },
  },
  'unprivileged-call-answers-the-manager-all-the-same': {
    rule: manager,
    fault: 'a call through another port of the kernel is answered as a missing port',
    operations: {
      vm_set_default_memory_manager: { ...setDefaultManager, step: (world, call) => {
        const verdict = setDefaultManager.step(world, call);
        return verdict.tag === 'spoiled' && verdict.error === 'KERN_INVALID_ARGUMENT' ? { ...verdict, error: 'MACH_SEND_INVALID_DEST' } : verdict;
      } },
    },
  },
};
