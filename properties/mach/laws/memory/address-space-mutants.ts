import { resident, setPage } from '#model/mach/memory/object';
import { findSpace, mapPages, unmapPages, vmAllocate, vmDeallocate } from '#model/mach/memory/allocate';
import { vmMap } from '#model/mach/memory/map';
import { alterPages, mayProtect, regionAt, vmInherit, vmProtect, vmRegion } from '#model/mach/memory/protect';
import { mappingAt, mappingsIn, memoryOf, setMapping } from '#model/mach/memory/space';
import { placePages } from '#model/mach/memory/transfer';
import { altered } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';

const zeros = 'mach/allocated-memory-is-zero-filled';
const outward = 'mach/deallocate-rounds-outward';
const protection = 'mach/protection-stays-below-the-maximum';
const inheritance = 'mach/inheritance-acts-at-task-creation';
const map = 'mach/map-binds-a-range-to-an-object';
const regions = 'mach/space-maps-pages-to-objects';

export const addressSpaceMutants: MachMutants = {
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
  'allocate-rounds-the-end-up': {
    rule: zeros,
    fault: 'vm_allocate at an address within a page takes every page that its range touches',
    mechanisms: {
      findSpace: (world, task, placement) => {
        const found = findSpace(world, task, placement);
        if (typeof found === 'string' || placement.anywhere) return found;
        const end = Math.ceil((placement.address + placement.size) / memoryOf(world.state).pageSize);
        return mappingAt(world.state, task, end - 1) === null ? { ...found, end: Math.max(found.end, end) } : found;
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
  'map-of-nothing-is-accepted': {
    rule: map,
    fault: 'vm_map accepts size 0',
    operations: {
      vm_map: {
        ...vmMap,
        step: (world, call) => {
          const verdict = vmMap.step(world, call);
          return call.size === 0 && verdict.tag === 'spoiled' && verdict.error === 'KERN_INVALID_ARGUMENT' ? { tag: 'returned', value: { address: 0 } } : verdict;
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
};
