import { evict } from '#model/mach/memory/evict';
import { objectOf, setPage } from '#model/mach/memory/object';
import { enterObject, memoryObjectAt, objectDestroy, releaseObject, terminateObject } from '#model/mach/memory/object-control';
import { pagerOf } from '#model/mach/memory/pager';
import { memoryOf, setMapping } from '#model/mach/memory/space';
import { change, returned } from '#model/operation';
import { altered, decided } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';
import type { TaskId } from '#spec/mach/vocabulary';

const rejected = 'mach/pager-may-reject-a-mapping';
const kept = 'mach/kept-object-keeps-its-pages';
const anew = 'mach/remapped-object-has-other-ports';
const deaf = 'mach/ended-object-hears-nothing-more';
const temporary = 'mach/temporary-objects-return-nothing-in-the-end';

export const objectEndMutants: MachMutants = {
  'silent-pagers-cannot-reject': {
    rule: rejected,
    fault: 'a pager that never said it is ready cannot give its object up',
    operations: {
      memory_object_destroy: { ...objectDestroy, step: (world, call) => {
        const target = world.mechanisms.memoryObjectAt(world, call.thread, call.control);
        const isSilent = target.tag === 'object' && pagerOf(world, target.object)?.status === 'silent';
        return isSilent ? returned(null) : objectDestroy.step(world, call);
      } },
    },
  },
  'rejected-mappings-are-removed': {
    rule: rejected,
    fault: 'a mapping that is rejected leaves the spaces it is in',
    operations: {
      memory_object_destroy: { ...objectDestroy, step: (world, call) => {
        const target = world.mechanisms.memoryObjectAt(world, call.thread, call.control);
        const verdict = objectDestroy.step(world, call);
        if (target.tag !== 'object') return verdict;
        memoryOf(world.state).spaces.forEach(({ pages }, task) => pages.forEach((mapping, page) => {
          if (mapping?.object === target.object) setMapping(world.state, task as TaskId, page, null);
        }));
        return verdict;
      } },
    },
  },
  'rejection-wakes-nobody': {
    rule: rejected,
    fault: 'threads that wait for an object sleep on when it is rejected',
    operations: {
      memory_object_destroy: { ...objectDestroy, step: (world, call) => objectDestroy.step(altered(world, { wakeFaulters: () => {} }), call) },
    },
  },
  'kept-objects-are-emptied': {
    rule: kept,
    fault: 'an object that is kept for nobody loses the pages it has in memory',
    mechanisms: {
      releaseObject: (world, object) => {
        releaseObject(world, object);
        const { life, pages } = objectOf(world.state, object);
        if (life === 'live') pages.forEach((page, index) => { if (page?.tag === 'resident') setPage(world.state, object, index, null); });
      },
    },
  },
  'kept-objects-count-as-clean': {
    rule: kept,
    fault: 'an object that is kept for nobody forgets that it was written',
    mechanisms: {
      releaseObject: (world, object) => {
        releaseObject(world, object);
        const { life, pages } = objectOf(world.state, object);
        if (life === 'live') pages.forEach((page, index) => { if (page?.tag === 'resident') setPage(world.state, object, index, { ...page, dirty: false }); });
      },
    },
  },
  'remapped-objects-have-their-old-ports': {
    rule: anew,
    fault: 'an object that is mapped again has the ports it had before it ended',
    mechanisms: {
      enterObject: (world, right) => {
        const old = memoryOf(world.state).objects.findLast(({ life, pager }) => life === 'dead' && pager?.port === right.port)?.pager;
        const object = enterObject(world, right);
        const made = change(objectOf(world.state, object));
        if (old !== undefined && old !== null && made.pager !== null) made.pager = { ...made.pager, control: old.control, name: old.name };
        return object;
      },
    },
  },
  'unread-last-word-is-introduction-enough': {
    rule: anew,
    fault: 'a pager that has not yet read the last word about an object is not told that it is mapped again',
    mechanisms: {
      enterObject: (world, right) => {
        const isUnread = world.state.ports[right.port]!.queue.some(({ id, sender }) => id === 2201 && sender === -2);
        return enterObject(isUnread ? altered(world, { sendToPager: () => {} }) : world, right);
      },
    },
  },
  'ended-objects-keep-their-ports': {
    rule: deaf,
    fault: 'the kernel goes on receiving at the ports of an object that has ended',
    mechanisms: {
      terminateObject: (world, pager) => {
        terminateObject(decided(world, 'ended ports'), pager);
        for (const port of [pager.control, pager.name]) change(world.state.ports[port]!).kernel = port === pager.control ? 'control' : 'name';
      },
    },
  },
  'name-port-dies-alone': {
    rule: deaf,
    fault: 'of the ports of an object that has ended the pager is given one, and the other dies',
    mechanisms: {
      terminateObject: (world, pager) => {
        terminateObject(decided(world, 'ended ports'), pager);
        if (world.state.ports[pager.name]!.life === 'live') world.mechanisms.killPort(world, pager.name);
      },
    },
  },
  'dead-control-ports-are-heard': {
    rule: deaf,
    fault: 'a call through a control port that is dead succeeds, and does nothing',
    mechanisms: {
      memoryObjectAt: (world, caller, name) => {
        const target = memoryObjectAt(world, caller, name);
        const entry = typeof name === 'number' ? world.state.tasks[world.state.threads[caller]!.task]!.names[name] : null;
        return target.tag === 'missing' && entry?.tag === 'dead' ? { tag: 'nothing' } : target;
      },
    },
  },
  'temporary-pages-are-lost-at-eviction': {
    rule: temporary,
    fault: 'a written page of a temporary object is dropped when it is evicted',
    operations: {
      evict: { ...evict, step: (world, call) => evict.step(altered(world, {
        returnPage: (inner, object, ...page) => { if (pagerOf(inner, object)!.strategy !== 'temporary') world.mechanisms.returnPage(inner, object, ...page); },
      }), call) },
    },
  },
  'temporary-objects-return-their-last-pages': {
    rule: temporary,
    fault: 'a temporary object that ends returns the pages that were written',
    mechanisms: {
      releaseObject: (world, object) => {
        const released = change(objectOf(world.state, object));
        const { pager } = released;
        if (pager?.strategy === 'temporary' && !pager.cacheable) released.pager = { ...pager, strategy: 'delay' };
        releaseObject(world, object);
      },
    },
  },
};
