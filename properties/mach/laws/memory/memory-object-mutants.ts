import { enterObject, loseObject, memoryObjectAt, objectDestroy, releaseObject, terminateObject } from '#model/mach/memory/object-control';
import { mapPages } from '#model/mach/memory/allocate';
import { vmMap } from '#model/mach/memory/map';
import { objectOf, setPage, writePage } from '#model/mach/memory/object';
import { memoryOf } from '#model/mach/memory/space';
import { change } from '#model/operation';
import { altered } from '#properties/mach/laws/altered';
import type { Mach } from '#model/mach/world';
import type { MachMutants } from '#properties/mach/obligation';

/** Whether any space has pages of an object. */
const isMapped = ({ state }: Mach, object: number): boolean =>
  memoryOf(state).spaces.some(({ pages }) => pages.some((mapping) => mapping?.object === object));

const ports = 'mach/object-has-control-and-name-ports';
const init = 'mach/first-map-sends-init';
const last = 'mach/last-unmap-terminates';
const gone = 'mach/destroyed-object-asks-nothing-more';
const death = 'mach/pager-death-fails-waiting-threads';

export const memoryObjectMutants: MachMutants = {
  'control-and-name-are-one': {
    rule: ports,
    fault: 'the control port of an object is its name port as well',
    mechanisms: {
      enterObject: (world, right) => {
        const object = enterObject(world, right);
        const { pager } = objectOf(world.state, object);
        change(objectOf(world.state, object)).pager = { ...pager!, name: pager!.control };
        return object;
      },
    },
  },
  'introduction-swaps-the-ports': {
    rule: ports,
    fault: 'a pager is told the name port where it should be told the control port',
    mechanisms: {
      enterObject: (world, right) => enterObject(altered(world, {
        sendToPager: (inner, pager, id, words) => world.mechanisms.sendToPager(inner, { ...pager, control: pager.name }, id, words),
      }), right),
    },
  },
  'every-map-makes-an-object': {
    rule: init,
    fault: 'every mapping of an object makes another, and tells its pager',
    mechanisms: {
      enterObject: (world, right) => {
        const { objects } = memoryOf(world.state);
        const hidden = objects.map(({ pager }) => pager);
        objects.forEach(({ pager }, at) => { if (pager !== null) change(objects[at]!).pager = { ...pager, status: 'gone' }; });
        const made = enterObject(world, right);
        hidden.forEach((pager, at) => { change(memoryOf(world.state).objects[at]!).pager = pager; });
        return made;
      },
    },
  },
  'first-map-is-silent': {
    rule: init,
    fault: 'a pager is not told of the first mapping of its object',
    mechanisms: { enterObject: (world, right) => enterObject(altered(world, { sendToPager: () => {} }), right) },
  },
  'unmapped-objects-stay': {
    rule: last,
    fault: 'an object that nobody maps is kept, though its pager does not let it',
    mechanisms: { releaseObject: (world, object) => (objectOf(world.state, object).pager?.status === 'gone' ? releaseObject(world, object) : undefined) },
  },
  'objects-end-without-a-word': {
    rule: last,
    fault: 'a pager is not told that its object has ended',
    mechanisms: {
      terminateObject: (world, { control, name }) => {
        world.mechanisms.killPort(world, control);
        world.mechanisms.killPort(world, name);
      },
    },
  },
  'last-word-comes-first': {
    rule: last,
    fault: 'a pager is told that its object has ended, and then its pages are returned',
    mechanisms: {
      releaseObject: (world, object) => {
        const returned: (() => void)[] = [];
        releaseObject(altered(world, {
          returnPage: (_, of, index, page, kept) => { returned.push(() => world.mechanisms.returnPage(world, of, index, page, kept)); },
        }), object);
        for (const run of returned) run();
      },
    },
  },
  'temporary-pages-are-returned': {
    rule: last,
    fault: 'pages of a temporary object are returned when it ends',
    mechanisms: {
      releaseObject: (world, object) => {
        const released = change(objectOf(world.state, object));
        if (released.pager !== null) released.pager = { ...released.pager, strategy: 'delay' };
        const { pager } = released;
        releaseObject(world, object);
        if (pager !== null) change(objectOf(world.state, object)).pager = { ...pager, strategy: 'temporary' };
      },
    },
  },
  'cache-attribute-is-not-needed': {
    rule: 'mach/cached-object-may-be-kept',
    fault: 'an object that may not be cached is kept',
    mechanisms: {
      releaseObject: (world, object) => {
        const { pager } = objectOf(world.state, object);
        if (pager?.status === 'ready' && !pager.cacheable) return;
        releaseObject(world, object);
      },
    },
  },
  'destroyed-objects-go-on': {
    rule: gone,
    fault: 'an object that its pager has given up goes on',
    operations: { memory_object_destroy: { ...objectDestroy, step: () => ({ tag: 'returned', value: null }) } },
  },
  'destroy-gets-no-last-word': {
    rule: gone,
    fault: 'a pager that gives an object up is not told that it has ended',
    operations: {
      memory_object_destroy: {
        ...objectDestroy,
        step: (world, call) => objectDestroy.step(altered(world, {
          terminateObject: (inner, { control, name }) => {
            inner.mechanisms.killPort(inner, control);
            inner.mechanisms.killPort(inner, name);
          },
        }), call),
      },
    },
  },
  'orphaned-pages-read-as-zeros': {
    rule: gone,
    fault: 'a page that went with its pager reads as zeros',
    mechanisms: {
      terminateObject: (world, pager) => {
        terminateObject(world, pager);
        memoryOf(world.state).objects.forEach(({ pager: known, pages }, object) => {
          if (known?.control !== pager.control) return;
          change(memoryOf(world.state).objects[object]!).pages = pages.map((page) => page ?? { tag: 'absent' });
        });
      },
    },
  },
  'death-of-a-pager-is-not-noticed': {
    rule: death,
    fault: 'the death of a pager changes nothing for its object',
    mechanisms: { loseObject: () => {} },
  },
  'death-of-a-pager-wakes-nobody': {
    rule: death,
    fault: 'threads that wait for a pager that dies wait on',
    mechanisms: { loseObject: (world, port) => loseObject(altered(world, { wakeFaulters: () => {} }), port) },
  },
  'ports-of-a-dead-object-live-on': {
    rule: death,
    fault: 'the control port of an object outlives its pager',
    mechanisms: { loseObject: (world, port) => loseObject(altered(world, { killPort: () => {} }), port) },
  },
  'one-orphaned-page-goes': {
    rule: 'mach/orphaned-pages-may-stay',
    fault: 'of the pages that stay without a pager the first goes',
    mechanisms: {
      loseObject: (world, port) => {
        const lost = memoryOf(world.state).objects.flatMap(({ pager }, object) => (pager?.port === port && pager.status !== 'gone' ? [object] : []));
        loseObject(world, port);
        for (const object of lost) {
          const orphan = change(memoryOf(world.state).objects[object]!);
          const first = orphan.pages.findIndex((page) => page?.tag === 'resident');
          orphan.pages = orphan.pages.map((page, at) => (at === first ? null : page));
        }
      },
    },
  },
  'second-map-gets-a-copy': {
    rule: 'mach/same-object-shares-its-pages',
    fault: 'the second mapping of an object is a copy of the first',
    operations: {
      vm_map: {
        ...vmMap,
        step: (world, call) => vmMap.step(altered(world, {
          mapPages: (inner, task, pages, mapping) => mapPages(inner, task, pages,
            isMapped(inner, mapping.object) ? { ...mapping, object: inner.mechanisms.copyObject(inner, mapping.object) } : mapping),
        }), call),
      },
    },
  },
  'mapped-snapshots-are-shared': {
    rule: 'mach/same-object-shares-its-pages',
    fault: 'a mapping by copy is the object itself',
    operations: { vm_map: { ...vmMap, step: (world, call) => vmMap.step(world, { ...call, copy: false }) } },
  },
  'originals-are-written-under-their-copies': {
    rule: 'mach/delayed-copy-keeps-the-old-version',
    fault: 'a page of an object with a pager is written before its copy has the old version',
    mechanisms: {
      writePage: (world, object, index, bytes) => {
        const page = objectOf(world.state, object).pages[index] ?? null;
        if (objectOf(world.state, object).pager === null || page?.tag !== 'resident') writePage(world, object, index, bytes);
        else setPage(world.state, object, index, { ...page, bytes, dirty: true });
      },
    },
  },
  'name-port-controls-too': {
    rule: 'mach/pager-reaches-its-own-object-alone',
    fault: 'any port of the kernel controls the first object there is',
    mechanisms: {
      memoryObjectAt: (world, caller, name) => {
        const found = memoryObjectAt(world, caller, name);
        if (found.tag !== 'object') return found;
        const first = memoryOf(world.state).objects.findIndex(({ life, pager }) => life === 'live' && pager !== null && pager.status !== 'gone');
        return { tag: 'object', object: first as typeof found.object };
      },
    },
  },
};
