import { newObject, objectOf, resident, setPage } from '#model/mach/memory/object';
import { findSpace, mapPages, unmapPages, vmAllocate, vmDeallocate } from '#model/mach/memory/allocate';
import { inheritSpace } from '#model/mach/memory/inherit';
import { vmMap } from '#model/mach/memory/map';
import { collapse, contents, copyObject } from '#model/mach/memory/object';
import { alterPages, mayProtect, regionAt, vmInherit, vmProtect, vmRegion } from '#model/mach/memory/protect';
import { mappingAt, mappingsIn, memoryOf, setMapping } from '#model/mach/memory/space';
import { load, perform, store, touchByte } from '#model/mach/memory/touch';
import { accessErrors, overwrite, placePages, takePages, vmCopy, vmRead, vmWrite } from '#model/mach/memory/transfer';
import { raiseException } from '#model/mach/memory/exception';
import { taskCreate } from '#model/mach/tasks/task';
import { change } from '#model/operation';
import { altered } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';

const zeros = 'mach/allocated-memory-is-zero-filled';
const outward = 'mach/deallocate-rounds-outward';
const protection = 'mach/protection-stays-below-the-maximum';
const inheritance = 'mach/inheritance-acts-at-task-creation';
const child = 'mach/child-inherits-range-by-range';
const sharing = 'mach/sharing-comes-by-inheritance';
const snapshots = 'mach/read-write-and-copy-move-snapshots';
const map = 'mach/map-binds-a-range-to-an-object';
const access = 'mach/access-is-judged-by-the-map';
const invisible = 'mach/copy-on-write-is-invisible';
const regions = 'mach/space-maps-pages-to-objects';

export const virtualMemoryMutants: MachMutants = {
  'region-begins-where-asked': {
    rule: regions,
    fault: 'vm_region shows a region from the address asked on, though it lies further up',
    mechanisms: {
      regionAt: (world, task, address) => {
        const region = regionAt(world, task, address);
        return region === null ? null : { ...region, first: Math.floor(address / memoryOf(world.state).pageSize) };
      },
    },
  },
  'region-joins-pages-that-differ': {
    rule: regions,
    fault: 'vm_region shows pages of different protection as one region',
    mechanisms: {
      regionAt: (world, task, address) => {
        const region = regionAt(world, task, address);
        if (region === null) return null;
        let { end } = region;
        while (mappingAt(world.state, task, end) !== null) end += 1;
        return { ...region, end };
      },
    },
  },
  'region-looks-at-one-page': {
    rule: regions,
    fault: 'vm_region finds nothing where the very page asked for is not mapped',
    mechanisms: {
      regionAt: (world, task, address) => (mappingAt(world.state, task, Math.floor(address / memoryOf(world.state).pageSize)) === null
        ? null : regionAt(world, task, address)),
    },
  },
  'region-shows-the-maximum-as-current': {
    rule: regions,
    fault: 'vm_region shows the maximum protection in the place of the current one',
    operations: {
      vm_region: {
        ...vmRegion,
        step: (world, call) => {
          const verdict = vmRegion.step(world, call);
          return verdict.tag === 'returned' ? { ...verdict, value: { ...verdict.value, protection: verdict.value.maximum } } : verdict;
        },
      },
    },
  },
  'region-may-be-misaligned': {
    rule: 'mach/regions-may-be-split-anywhere',
    fault: 'vm_region splits regions within pages',
    operations: {
      vm_region: {
        ...vmRegion,
        step: (world, call) => {
          const verdict = vmRegion.step(world, call);
          return verdict.tag === 'returned' ? { ...verdict, value: { ...verdict.value, size: verdict.value.size - 1 } } : verdict;
        },
      },
    },
  },

  'allocated-memory-keeps-old-bytes': {
    rule: zeros,
    fault: 'vm_allocate gives memory that holds what was there before',
    mechanisms: {
      mapPages: (world, task, pages, mapping) => {
        mapPages(world, task, pages, mapping);
        setPage(world.state, mapping.object, 0, resident('a5'.repeat(memoryOf(world.state).pageSize), true));
      },
    },
  },
  'allocate-rounds-sizes-down': {
    rule: zeros,
    fault: 'vm_allocate rounds the end of its range down',
    mechanisms: {
      findSpace: (world, task, placement) => {
        const { pageSize } = memoryOf(world.state);
        const size = Math.max(pageSize, placement.size - placement.size % pageSize);
        return findSpace(world, task, placement.anywhere ? { ...placement, size } : placement);
      },
    },
  },
  'allocate-shares-by-default': {
    rule: zeros,
    fault: 'vm_allocate gives memory that is inherited by sharing',
    mechanisms: {
      mapPages: (world, task, pages, mapping) => mapPages(world, task, pages, { ...mapping, inheritance: 'share' }),
    },
  },
  'allocate-replaces-what-is-there': {
    rule: zeros,
    fault: 'vm_allocate at an address replaces what is mapped there',
    mechanisms: {
      findSpace: (world, task, placement) => {
        const found = findSpace(world, task, placement);
        if (found !== 'KERN_NO_SPACE' || placement.anywhere) return found;
        const { pageSize } = memoryOf(world.state);
        return { first: Math.floor(placement.address / pageSize), end: Math.ceil((placement.address + placement.size) / pageSize) };
      },
    },
  },
  'allocate-out-of-range-has-no-space': {
    rule: zeros,
    fault: 'vm_allocate beyond the end of the space is refused with KERN_NO_SPACE',
    mechanisms: {
      findSpace: (...asked) => {
        const found = findSpace(...asked);
        return found === 'KERN_INVALID_ADDRESS' ? 'KERN_NO_SPACE' : found;
      },
    },
  },
  'allocate-of-nothing-is-refused': {
    rule: zeros,
    fault: 'vm_allocate refuses size 0',
    operations: {
      vm_allocate: {
        ...vmAllocate,
        step: (world, call) => (call.size === 0 ? { tag: 'raised', error: 'KERN_NO_SPACE' } : vmAllocate.step(world, call)),
      },
    },
  },
  'allocate-forgets-execute': {
    rule: zeros,
    fault: 'vm_allocate gives memory from which nothing may be executed',
    mechanisms: {
      mapPages: (world, task, pages, mapping) => mapPages(world, task, pages, { ...mapping, current: mapping.current & 3 }),
    },
  },
  'mask-is-ignored': {
    rule: 'mach/memory-may-go-anywhere-free',
    fault: 'vm_map puts memory where the mask does not let it',
    mechanisms: { findSpace: (world, task, placement) => findSpace(world, task, placement.anywhere ? { ...placement, mask: 0 } : placement) },
  },
  'received-data-lands-on-others': {
    rule: 'mach/memory-may-go-anywhere-free',
    fault: 'data that is read goes to the first page of the space, whatever is there',
    mechanisms: {
      placePages: (world, task, pages) => {
        if (placePages(world, task, []) === null) return null;
        pages.forEach((page, at) => setMapping(world.state, task, at, { tag: 'mapped', ...page, current: 7, maximum: 7, inheritance: 'copy' }));
        return 0;
      },
    },
  },

  'deallocate-rounds-inward': {
    rule: outward,
    fault: 'vm_deallocate leaves the pages that its range only touches',
    mechanisms: {
      unmapPages: (world, task, pages) => {
        if (pages.end - pages.first > 1) unmapPages(world, task, { first: pages.first + 1, end: pages.end });
        else unmapPages(world, task, pages);
      },
    },
  },
  'deallocate-frees-the-sharers': {
    rule: outward,
    fault: 'vm_deallocate unmaps the pages in every task that shares them',
    mechanisms: {
      unmapPages: (world, task, pages) => {
        const gone = [...mappingsIn(world.state, task, pages)].map(([, mapping]) => mapping);
        unmapPages(world, task, pages);
        memoryOf(world.state).spaces.forEach((space, other) => space.pages.forEach((mapping, page) => {
          if (mapping !== null && gone.some((one) => one?.object === mapping.object && one.index === mapping.index)) setMapping(world.state, other as typeof task, page, null);
        }));
      },
    },
  },
  'deallocate-works-on-the-caller': {
    rule: outward,
    fault: "vm_deallocate unmaps pages of the caller's own space",
    operations: {
      vm_deallocate: {
        ...vmDeallocate,
        step: (world, call) => vmDeallocate.step(
          altered(world, { unmapPages: (inner, _, pages) => unmapPages(inner, world.state.threads[call.thread]!.task, pages) }), call),
      },
    },
  },
  'deallocate-takes-one-page-more': {
    rule: outward,
    fault: 'vm_deallocate unmaps the page after its range as well',
    mechanisms: { unmapPages: (world, task, { first, end }) => unmapPages(world, task, { first, end: end + 1 }) },
  },
  'refused-deallocate-goes-half-way': {
    rule: 'mach/unmapped-ranges-may-be-skipped',
    fault: 'vm_deallocate is refused for unmapped pages after it has unmapped the others',
    operations: {
      vm_deallocate: {
        ...vmDeallocate,
        step: (world, call) => {
          const verdict = vmDeallocate.step(world, call);
          if (verdict.tag === 'raised' && verdict.error === 'KERN_INVALID_ADDRESS' && call.task.tag === 'identity') {
            const { pageSize } = memoryOf(world.state);
            const first = Math.floor(call.address / pageSize);
            unmapPages(world, call.task.identity, { first, end: Math.ceil((call.address + call.size) / pageSize) });
          }
          return verdict;
        },
      },
    },
  },
  'inherit-stops-at-a-hole': {
    rule: 'mach/unmapped-ranges-may-be-skipped',
    fault: 'vm_inherit succeeds for the pages up to the first that is not mapped',
    operations: {
      vm_inherit: {
        ...vmInherit,
        step: (world, call) => vmInherit.step(altered(world, {
          alterPages: (inner, task, pages, alter) => {
            let { end } = pages;
            for (const [page, mapping] of mappingsIn(inner.state, task, pages)) if (mapping === null) end = Math.min(end, page);
            alterPages(inner, task, { first: pages.first, end }, alter);
          },
        }), call),
      },
    },
  },

  'protect-goes-beyond-the-maximum': {
    rule: protection,
    fault: 'vm_protect allows more than the maximum',
    mechanisms: { mayProtect: () => true },
  },
  'protect-judges-the-first-page': {
    rule: protection,
    fault: 'vm_protect holds a protection against the maximum of the first page alone',
    mechanisms: { mayProtect: (world, task, { first }, wanted) => mayProtect(world, task, { first, end: first + 1 }, wanted) },
  },
  'lowered-maximum-spares-the-current': {
    rule: protection,
    fault: 'a lowered maximum leaves the current protection as it was',
    operations: {
      vm_protect: {
        ...vmProtect,
        step: (world, call) => vmProtect.step(altered(world, {
          alterPages: (inner, task, pages, alter) => alterPages(inner, task, pages, (mapping) =>
            (call.setMaximum ? { ...alter(mapping), current: mapping.current } : alter(mapping))),
        }), call),
      },
    },
  },
  'maximum-can-grow': {
    rule: protection,
    fault: 'setting the maximum may raise it again',
    operations: {
      vm_protect: {
        ...vmProtect,
        step: (world, call) => (call.setMaximum
          ? vmProtect.step(altered(world, {
            mayProtect: () => true,
            alterPages: (inner, task, pages, alter) => alterPages(inner, task, pages, (mapping) => ({ ...alter(mapping), maximum: mapping.maximum | (call.protection.includes('write') ? 2 : 0) })),
          }), call)
          : vmProtect.step(world, call)),
      },
    },
  },
  'maximum-is-set-as-current': {
    rule: protection,
    fault: 'vm_protect sets the current protection where it should lower the maximum',
    operations: { vm_protect: { ...vmProtect, step: (world, call) => vmProtect.step(world, { ...call, setMaximum: false }) } },
  },

  'unknown-inheritance-is-taken-as-none': {
    rule: inheritance,
    fault: 'vm_inherit takes an inheritance it does not know for none',
    operations: {
      vm_inherit: {
        ...vmInherit,
        step: (world, call) => vmInherit.step(world, { ...call, inheritance: call.inheritance === 'other' ? 'none' : call.inheritance }),
      },
    },
  },
  'inheritance-reaches-one-page': {
    rule: inheritance,
    fault: 'vm_inherit changes the first page of its range alone',
    operations: {
      vm_inherit: {
        ...vmInherit,
        step: (world, call) => vmInherit.step(altered(world, {
          alterPages: (inner, task, { first }, alter) => alterPages(inner, task, { first, end: first + 1 }, alter),
        }), call),
      },
    },
  },
  'no-inheritance-unmaps-at-once': {
    rule: inheritance,
    fault: 'a range marked none is unmapped in the task itself',
    operations: {
      vm_inherit: {
        ...vmInherit,
        step: (world, call) => {
          const verdict = vmInherit.step(world, call);
          if (verdict.tag === 'returned' && call.inheritance === 'none' && call.task.tag === 'identity' && call.size > 0) {
            setMapping(world.state, call.task.identity, Math.floor(call.address / memoryOf(world.state).pageSize), null);
          }
          return verdict;
        },
      },
    },
  },

  'fork-gives-what-is-marked-none': {
    rule: child,
    fault: 'a child is given copies of pages marked none',
    mechanisms: {
      inheritSpace: (world, template, made) => {
        inheritSpace(world, template, made);
        memoryOf(world.state).spaces[template]!.pages.forEach((mapping, page) => {
          if (mapping?.inheritance === 'none') setMapping(world.state, made, page, { ...mapping, object: world.mechanisms.copyObject(world, mapping.object) });
        });
      },
    },
  },
  'fork-shares-what-is-to-be-copied': {
    rule: child,
    fault: 'a child shares pages of which it should have a copy',
    mechanisms: {
      inheritSpace: (world, template, made) => inheritSpace(altered(world, { copyObject: (_, object) => object }), template, made),
    },
  },
  'fork-copies-what-is-shared': {
    rule: child,
    fault: 'a child is given a copy of pages that it should share',
    mechanisms: {
      inheritSpace: (world, template, made) => {
        inheritSpace(world, template, made);
        memoryOf(world.state).spaces[template]!.pages.forEach((mapping, page) => {
          if (mapping?.inheritance === 'share') setMapping(world.state, made, page, { ...mapping, object: world.mechanisms.copyObject(world, mapping.object) });
        });
      },
    },
  },
  'fork-lifts-protections': {
    rule: child,
    fault: 'a child may do everything with the memory it is given',
    mechanisms: {
      inheritSpace: (world, template, made) => {
        inheritSpace(world, template, made);
        alterPages(world, made, { first: 0, end: memoryOf(world.state).pageCount }, (mapping) => ({ ...mapping, current: mapping.maximum }));
      },
    },
  },
  'fork-ignores-the-inherit-flag': {
    rule: child,
    fault: 'a child is given memory although its creator wants it empty',
    operations: {
      task_create: {
        ...taskCreate,
        step: (world, call) => taskCreate.step(world, { ...call, inherit: true }),
      },
    },
  },
  'grandchildren-get-copies': {
    rule: sharing,
    fault: 'a page that is shared already is copied for the next child',
    mechanisms: {
      inheritSpace: (world, template, made) => {
        const pages = memoryOf(world.state).spaces[template]!.pages;
        const shared = pages.map((mapping) => mapping !== null && memoryOf(world.state).spaces.some((space, other) =>
          other !== template && space.pages.some((one) => one?.object === mapping.object)));
        inheritSpace(world, template, made);
        pages.forEach((mapping, page) => {
          if (mapping?.inheritance === 'share' && shared[page]) setMapping(world.state, made, page, { ...mapping, object: world.mechanisms.copyObject(world, mapping.object) });
        });
      },
    },
  },
  'protecting-ends-sharing': {
    rule: sharing,
    fault: 'a page whose protection is changed is shared no longer',
    operations: {
      vm_protect: {
        ...vmProtect,
        step: (world, call) => vmProtect.step(altered(world, {
          alterPages: (inner, task, pages, alter) => alterPages(inner, task, pages, (mapping) =>
            ({ ...alter(mapping), object: world.mechanisms.copyObject(world, mapping.object) })),
        }), call),
      },
    },
  },
  'writing-ends-sharing': {
    rule: sharing,
    fault: 'whoever writes a shared page gets one of its own',
    mechanisms: {
      perform: (world, mapping, touch) => {
        if (touch.tag === 'load') return perform(world, mapping, touch);
        const object = world.mechanisms.copyObject(world, mapping.object);
        memoryOf(world.state).spaces.forEach(({ pages }, task) => {
          const page = pages.indexOf(mapping);
          if (page >= 0) setMapping(world.state, task as never, page, { ...mapping, object });
        });
        return perform(world, { ...mapping, object }, touch);
      },
    },
  },

  'read-shares-instead-of-copying': {
    rule: snapshots,
    fault: 'vm_read maps the very memory that it should copy',
    mechanisms: {
      takePages: (world, task, pages) => takePages(altered(world, { copyObject: (_, object) => object }), task, pages),
    },
  },
  'write-ignores-protections': {
    rule: snapshots,
    fault: 'vm_write and vm_copy overwrite memory that may not be written',
    mechanisms: {
      accessErrors: (world, task, pages, wanted) => accessErrors(world, task, pages, wanted).filter((error) => wanted !== 2 || error !== 'KERN_PROTECTION_FAILURE'),
    },
  },
  'read-ignores-protections': {
    rule: snapshots,
    fault: 'what may not be read is read by the kernel for others',
    mechanisms: {
      accessErrors: (world, task, pages, wanted) => accessErrors(world, task, pages, wanted).filter((error) => wanted !== 1 || error !== 'KERN_PROTECTION_FAILURE'),
    },
  },
  'overlapping-copy-smears': {
    rule: snapshots,
    fault: 'vm_copy copies page after page, so that an overlapping copy repeats itself',
    mechanisms: {
      overwrite: (world, from, source, to, destination) => {
        for (let at = 0; at < source.end - source.first; at += 1) {
          overwrite(world, from, { first: source.first + at, end: source.first + at + 1 }, to, destination + at);
        }
      },
    },
  },
  'write-does-one-page': {
    rule: snapshots,
    fault: 'vm_write overwrites the first page of its range alone',
    operations: {
      vm_write: {
        ...vmWrite,
        step: (world, call) => vmWrite.step(altered(world, {
          overwrite: (inner, from, { first, end }, to, destination) => overwrite(inner, from, { first, end: Math.min(end, first + 1) }, to, destination),
        }), call),
      },
    },
  },
  'unaligned-copy-is-accepted': {
    rule: snapshots,
    fault: 'vm_copy rounds addresses within pages instead of refusing them',
    operations: {
      vm_copy: {
        ...vmCopy,
        step: (world, call) => {
          const { pageSize } = memoryOf(world.state);
          const down = (address: number) => address - address % pageSize;
          return vmCopy.step(world, { ...call, source: down(call.source), destination: down(call.destination), size: down(call.size) });
        },
      },
    },
  },
  'unreadable-data-is-the-fault-of-the-target': {
    rule: snapshots,
    fault: 'vm_write with data that cannot be read is refused with KERN_INVALID_ADDRESS',
    operations: {
      vm_write: {
        ...vmWrite,
        step: (world, call) => {
          const verdict = vmWrite.step(world, call);
          return verdict.tag === 'raised' && verdict.error === 'MACH_SEND_INVALID_MEMORY' ? { ...verdict, error: 'KERN_INVALID_ADDRESS' } : verdict;
        },
      },
    },
  },
  'read-forgets-the-offset': {
    rule: snapshots,
    fault: 'vm_read of data within a page returns the address of the page',
    operations: {
      vm_read: {
        ...vmRead,
        step: (world, call) => {
          const verdict = vmRead.step(world, call);
          if (verdict.tag !== 'returned') return verdict;
          const { address, size } = verdict.value;
          return { ...verdict, value: { address: address - address % memoryOf(world.state).pageSize, size } };
        },
      },
    },
  },

  'map-of-nothing-is-accepted': {
    rule: map,
    fault: 'vm_map accepts size 0',
    operations: {
      vm_map: {
        ...vmMap,
        step: (world, call) => {
          const verdict = vmMap.step(world, call);
          return call.size === 0 && verdict.tag === 'raised' && verdict.error === 'KERN_INVALID_ARGUMENT' ? { tag: 'returned', value: { address: 0 } } : verdict;
        },
      },
    },
  },
  'map-forgets-the-maximum': {
    rule: map,
    fault: 'vm_map allows everything as maximum protection',
    operations: { vm_map: { ...vmMap, step: (world, call) => vmMap.step(world, { ...call, maximum: ['read', 'write', 'execute'] }) } },
  },
  'map-forgets-the-inheritance': {
    rule: map,
    fault: 'vm_map maps memory to be copied, whatever it is asked',
    operations: {
      vm_map: {
        ...vmMap,
        step: (world, call) => vmMap.step(world, { ...call, inheritance: call.inheritance === 'share' ? 'copy' : call.inheritance }),
      },
    },
  },
  'map-takes-the-maximum-for-the-current': {
    rule: map,
    fault: 'vm_map gives the maximum protection at once',
    operations: {
      vm_map: {
        ...vmMap,
        step: (world, call) => vmMap.step(altered(world, {
          mapPages: (inner, task, pages, mapping) => mapPages(inner, task, pages, { ...mapping, current: mapping.maximum }),
        }), call),
      },
    },
  },

  'stores-need-no-permission': {
    rule: access,
    fault: 'a thread writes what it may only read',
    mechanisms: {
      touchByte: (world, thread, touch) => {
        const { task } = world.state.threads[thread]!;
        const mapping = mappingAt(world.state, task, Math.floor(touch.address / memoryOf(world.state).pageSize));
        if (mapping === null || mapping.current === 0) return touchByte(world, thread, touch);
        return { tag: 'done', byte: world.mechanisms.perform(world, mapping, touch) };
      },
    },
  },
  'loads-of-nothing-give-zero': {
    rule: access,
    fault: 'a thread reads zeros where nothing is mapped',
    operations: {
      load: {
        ...load,
        step: (world, call) => {
          const page = Math.floor(call.address / memoryOf(world.state).pageSize);
          const mapping = mappingAt(world.state, world.state.threads[call.thread]!.task, page);
          return mapping === null ? { tag: 'returned', value: { byte: '00' } } : load.step(world, call);
        },
      },
    },
  },
  'stores-hit-the-first-byte': {
    rule: access,
    fault: 'a byte is written to the beginning of its page',
    operations: {
      store: {
        ...store,
        step: (world, call) => store.step(altered(world, {
          perform: (inner, mapping, touch) => perform(inner, mapping, { ...touch, address: touch.address - touch.address % memoryOf(inner.state).pageSize }),
        }), call),
      },
    },
  },
  'holes-are-protection-faults': {
    rule: access,
    fault: 'a touch of what is not mapped is reported as a protection failure',
    mechanisms: {
      raiseException: (world, thread, level, fault, touch) =>
        raiseException(world, thread, level, fault === 'KERN_INVALID_ADDRESS' ? 'KERN_PROTECTION_FAILURE' : fault, touch),
    },
  },
  'loads-write-back': {
    rule: access,
    fault: 'reading a byte clears it',
    mechanisms: {
      perform: (world, mapping, touch) => {
        const byte = perform(world, mapping, touch);
        if (touch.tag === 'load' && byte !== '00') perform(world, mapping, { tag: 'store', address: touch.address, byte: '00' });
        return byte;
      },
    },
  },

  'writes-do-not-spare-the-copy': {
    rule: invisible,
    fault: 'a page is written before its copy has got the old version',
    mechanisms: {
      writePage: ({ state }, object, index, bytes) => setPage(state, object, index, resident(bytes, true)),
    },
  },
  'old-version-overwrites-the-copy': {
    rule: invisible,
    fault: 'a write gives the old version to a copy that has one of its own',
    mechanisms: {
      writePage: (world, object, index, bytes) => {
        const { copy } = objectOf(world.state, object);
        if (copy !== null) setPage(world.state, copy, index, resident(contents(world, object, index), true));
        setPage(world.state, object, index, resident(bytes, true));
      },
    },
  },
  'copies-get-the-original-version': {
    rule: invisible,
    fault: 'a copy is given the version of the original, not the one that it was made from',
    mechanisms: {
      writePage: (world, object, index, bytes) => {
        const { copy } = objectOf(world.state, object);
        if (copy !== null && objectOf(world.state, copy).pages[index] === null) {
          setPage(world.state, copy, index, objectOf(world.state, object).pages[index] ?? resident('00'.repeat(memoryOf(world.state).pageSize), true));
        }
        setPage(world.state, object, index, resident(bytes, true));
      },
    },
  },
  'collapse-loses-pages': {
    rule: invisible,
    fault: 'an object that is merged into its copy takes pages along',
    mechanisms: {
      collapse: (world, object) => {
        change(objectOf(world.state, object)).pages = objectOf(world.state, object).pages.map(() => null);
        collapse(world, object);
      },
    },
  },
  'collapse-overwrites-the-copy': {
    rule: invisible,
    fault: 'an object that is merged into its copy replaces what the copy has of its own',
    mechanisms: {
      collapse: (world, object) => {
        const { copy, pages } = objectOf(world.state, object);
        if (copy !== null) pages.forEach((page, index) => { if (page !== null) setPage(world.state, copy, index, page); });
        collapse(world, object);
      },
    },
  },
  'collapse-cuts-the-chain': {
    rule: invisible,
    fault: 'a copy whose original goes forgets what the original was a copy of',
    mechanisms: {
      collapse: (world, object) => {
        const { copy } = objectOf(world.state, object);
        collapse(world, object);
        if (copy !== null) change(objectOf(world.state, copy)).shadow = null;
      },
    },
  },
  'newer-copy-takes-the-place-of-the-older': {
    rule: invisible,
    fault: 'a second copy of an object makes it forget the first',
    mechanisms: {
      copyObject: (world, object) => {
        const made = newObject(world.state, objectOf(world.state, object).pages.length);
        change(objectOf(world.state, made)).shadow = object;
        change(objectOf(world.state, object)).copy = made;
        return made;
      },
    },
  },
  'older-copy-stays-on-the-original': {
    rule: invisible,
    fault: 'an older copy goes on looking at the original when a newer one is made',
    mechanisms: {
      copyObject: (world, object) => {
        const older = objectOf(world.state, object).copy;
        const made = copyObject(world, object);
        if (older !== null) change(objectOf(world.state, older)).shadow = object;
        return made;
      },
    },
  },
};
