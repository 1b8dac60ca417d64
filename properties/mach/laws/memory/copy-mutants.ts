import { newObject, objectOf, resident, setPage } from '#model/mach/memory/object';
import { inheritSpace } from '#model/mach/memory/inherit';
import { collapse, contents, copyObject } from '#model/mach/memory/object';
import { alterPages, vmProtect } from '#model/mach/memory/protect';
import { memoryOf, setMapping } from '#model/mach/memory/space';
import { perform } from '#model/mach/memory/touch';
import { accessErrors, overwrite, takePages, vmCopy, vmRead, vmWrite } from '#model/mach/memory/transfer';
import { taskCreate } from '#model/mach/tasks/task';
import { change } from '#model/operation';
import { altered } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';

const child = 'mach/child-inherits-range-by-range';
const sharing = 'mach/sharing-comes-by-inheritance';
const snapshots = 'mach/read-write-and-copy-move-snapshots';
const invisible = 'mach/copy-on-write-is-invisible';

export const copyMutants: MachMutants = {
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
