import type { Cascade, Mach } from '#model/mach/world';
import { copyinBody } from '#model/mach/messages/copyin-body';
import { mappingAt, mappingsIn, memoryOf, pagesOf, setMapping } from '#model/mach/memory/space';
import { reclaim } from '#model/mach/memory/object';
import { copyinRegion, copyoutRegion } from '#model/mach/memory/region';
import { placePages, takePages } from '#model/mach/memory/transfer';
import { machMsg } from '#model/mach/messages/mach-msg';
import { pseudoReceive } from '#model/mach/messages/pseudo-receive';
import { takeMessage } from '#model/mach/messages/receive';
import { altered } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';

const copy = 'mach/region-is-a-copy-at-send';
const deallocate = 'mach/deallocate-bit-unmaps-the-source';
const fresh = 'mach/region-arrives-at-a-fresh-place';
const unaligned = 'mach/unaligned-regions-carry-whole-pages';
const empty = 'mach/empty-region-arrives-at-zero';
const readable = 'mach/region-must-be-readable';
const freed = 'mach/destroyed-message-frees-its-regions';
const short = 'mach/body-shortage-delivers-in-part';

export const outOfLineMutants: MachMutants = {
  'regions-alias-the-source': {
    rule: copy,
    fault: 'a region is the very memory of its sender, not a copy',
    mechanisms: {
      copyinRegion: (world, task, item) => copyinRegion(altered(world, {
        takePages: (inner, owner, pages) => takePages(altered(inner, { copyObject: (_, object) => object }), owner, pages),
      }), task, item),
    },
  },
  'regions-are-copied-on-receipt': {
    rule: copy,
    fault: 'a region is copied from its source when it is received',
    mechanisms: {
      copyinRegion: (world, task, item) => copyinRegion(altered(world, {
        takePages: (inner, owner, pages) => [...mappingsIn(inner.state, owner, pages)].map(([, mapping]) => ({ object: mapping!.object, index: mapping!.index })),
      }), task, item),
      copyoutRegion: (world, task, region) => copyoutRegion(world, task,
        { ...region, pages: region.pages.map(({ object, index }) => ({ object: world.mechanisms.copyObject(world, object), index })) }),
    },
  },
  'several-pages-share-the-first': {
    rule: copy,
    fault: 'every page of a region holds what its first page holds',
    mechanisms: { copyoutRegion: (world, task, region) => copyoutRegion(world, task, { ...region, pages: region.pages.map(() => region.pages[0]!) }) },
  },
  'deallocate-bit-is-ignored': {
    rule: deallocate,
    fault: 'a region that is to leave its sender stays there as well',
    mechanisms: { copyinRegion: (world, task, item) => copyinRegion(world, task, { ...item, deallocate: false }) },
  },
  'every-region-leaves-its-sender': {
    rule: deallocate,
    fault: 'a region leaves its sender without the deallocate bit',
    mechanisms: { copyinRegion: (world, task, item) => copyinRegion(world, task, { ...item, deallocate: true }) },
  },
  'deallocate-bit-spares-parts-of-pages': {
    rule: deallocate,
    fault: 'pages that a region only touches stay with its sender',
    mechanisms: {
      copyinRegion: (world, task, item) => copyinRegion(altered(world, {
        unmapPages: (inner, owner, { first, end }) => world.mechanisms.unmapPages(inner, owner, {
          first: item.address % memoryOf(inner.state).pageSize === 0 ? first : first + 1, end,
        }),
      }), task, item),
    },
  },
  'inline-data-may-be-deallocated': {
    rule: deallocate,
    fault: 'the deallocate bit on inline data is overlooked',
    mechanisms: {
      copyinBody: (world, task, message, destination) => copyinBody(world, task, {
        ...message, body: message.body.map((item) => (item.tag === 'data' ? { ...item, deallocate: false } : item)),
      }, destination),
    },
  },
  'regions-arrive-read-only': {
    rule: fresh,
    fault: 'a region that arrives may only be read',
    mechanisms: {
      copyoutRegion: (world, task, region) => {
        const arrived = copyoutRegion(world, task, region);
        const pages = pagesOf(memoryOf(world.state), arrived);
        for (const [page, mapping] of mappingsIn(world.state, task, pages)) setMapping(world.state, task, page, { ...mapping!, current: 1 });
        return arrived;
      },
    },
  },
  'regions-arrive-to-be-shared': {
    rule: fresh,
    fault: 'a region that arrives is inherited by sharing',
    mechanisms: {
      copyoutRegion: (world, task, region) => {
        const arrived = copyoutRegion(world, task, region);
        const pages = pagesOf(memoryOf(world.state), arrived);
        for (const [page, mapping] of mappingsIn(world.state, task, pages)) setMapping(world.state, task, page, { ...mapping!, inheritance: 'share' });
        return arrived;
      },
    },
  },
  'regions-arrive-where-they-were': {
    rule: fresh,
    fault: 'a region arrives at the beginning of the space, whatever is there',
    mechanisms: {
      copyoutRegion: (world, task, region) => copyoutRegion(altered(world, {
        placePages: (inner, owner, pages) => {
          if (placePages(inner, owner, []) === null) return null;
          pages.forEach((page, at) => setMapping(inner.state, owner, at, { tag: 'mapped', ...page, current: 7, maximum: 7, inheritance: 'copy' }));
          return 0;
        },
      }), task, region),
    },
  },
  'regions-lose-their-last-page': {
    rule: fresh,
    fault: 'the last page of a region of several does not arrive',
    mechanisms: {
      copyoutRegion: (world, task, region) => {
        const arrived = copyoutRegion(world, task, region);
        if (region.pages.length > 1 && arrived.size > 0) setMapping(world.state, task, pagesOf(memoryOf(world.state), arrived).end - 1, null);
        return arrived;
      },
    },
  },
  'regions-arrive-at-the-start-of-the-page': {
    rule: unaligned,
    fault: 'a region from within a page is said to arrive at the start of its page',
    mechanisms: { copyoutRegion: (world, task, region) => copyoutRegion(world, task, { ...region, offset: 0 }) },
  },
  'bytes-around-a-region-are-cleared': {
    rule: unaligned,
    fault: 'bytes before a region in its first page arrive as zeros',
    mechanisms: {
      copyoutRegion: (world, task, region) => {
        const arrived = copyoutRegion(world, task, region);
        if (arrived.size === 0 || region.offset === 0) return arrived;
        const { object, index } = mappingAt(world.state, task, Math.floor(arrived.address / memoryOf(world.state).pageSize))!;
        const bytes = world.mechanisms.contents(world, object, index);
        world.mechanisms.writePage(world as unknown as Mach<Cascade>, object, index, '00'.repeat(region.offset) + bytes.slice(region.offset * 2));
        return arrived;
      },
    },
  },
  'empty-region-keeps-its-address': {
    rule: empty,
    fault: 'an empty region arrives at an address of its own',
    mechanisms: {
      copyoutRegion: (world, task, region) => {
        const arrived = copyoutRegion(world, task, region);
        return region.size === 0 ? { ...arrived, address: memoryOf(world.state).pageSize } : arrived;
      },
    },
  },
  'empty-region-must-be-mapped': {
    rule: empty,
    fault: 'an empty region is refused where nothing is mapped',
    mechanisms: {
      copyinRegion: (world, task, item) => {
        const page = Math.floor(item.address / memoryOf(world.state).pageSize);
        return item.size === 0 && mappingAt(world.state, task, page) === null ? null : copyinRegion(world, task, item);
      },
    },
  },
  'regions-need-one-readable-page': {
    rule: readable,
    fault: 'only the first page of a region must be mapped and readable',
    mechanisms: {
      copyinRegion: (world, task, item) => copyinRegion(world, task, item)
        ?? copyinRegion(world, task, { ...item, size: Math.min(item.size, memoryOf(world.state).pageSize - item.address % memoryOf(world.state).pageSize) }),
    },
  },
  'unreadable-regions-are-sent': {
    rule: readable,
    fault: 'memory that may not be read is sent all the same',
    mechanisms: {
      copyinRegion: (world, task, item) => {
        const pages = pagesOf(memoryOf(world.state), item);
        const kept = [...mappingsIn(world.state, task, pages)];
        for (const [page, mapping] of kept) if (mapping !== null) setMapping(world.state, task, page, { ...mapping, current: mapping.current | 1 });
        const region = copyinRegion(world, task, { ...item, deallocate: false });
        for (const [page, mapping] of kept) if (mapping !== null) setMapping(world.state, task, page, mapping);
        return region;
      },
    },
  },
  'regions-need-write-permission': {
    rule: readable,
    fault: 'a region that may be read and not written is refused',
    mechanisms: {
      copyinRegion: (world, task, item) => {
        const pages = pagesOf(memoryOf(world.state), item);
        return item.size > 0 && [...mappingsIn(world.state, task, pages)].some(([, mapping]) => mapping !== null && (mapping.current & 2) === 0)
          ? null : copyinRegion(world, task, item);
      },
    },
  },
  'bad-region-is-a-bad-right': {
    rule: readable,
    fault: 'a region that cannot be read is refused as a right that is not there',
    operations: {
      mach_msg: {
        ...machMsg,
        step: (world, call) => {
          const verdict = machMsg.step(world, call);
          return verdict.tag === 'spoiled' && verdict.error === 'MACH_SEND_INVALID_MEMORY' ? { ...verdict, error: 'MACH_SEND_INVALID_RIGHT' } : verdict;
        },
      },
    },
  },
  'destroyed-regions-are-kept': {
    rule: freed,
    fault: 'the memory of a message that is destroyed is never freed',
    mechanisms: {
      reclaim: (world) => {
        const before = new Set(memoryOf(world.state).spaces.flatMap(({ pages }) => pages.map((mapping) => mapping?.object)));
        reclaim(altered(world, { collapse: (inner, object) => { if (before.size === 0) world.mechanisms.collapse(inner, object); } }));
      },
    },
  },
  'given-back-regions-are-lost': {
    rule: freed,
    fault: 'a message that is given back comes without its regions',
    mechanisms: {
      pseudoReceive: (world, task, message) => pseudoReceive(altered(world, {
        copyoutRegion: (inner, owner, region) => copyoutRegion(inner, owner, { ...region, pages: [] }),
      }), task, message),
    },
  },
  'shortage-is-not-told': {
    rule: short,
    fault: 'a region for which there is no room is lost without a word',
    mechanisms: {
      takeMessage: (...asked) => {
        const taken = takeMessage(...asked);
        return taken.tag === 'received' ? { ...taken, short: false } : taken;
      },
    },
  },
  'lost-region-keeps-its-bits': {
    rule: short,
    fault: 'a region for which there is no room is described as if there were something at address 0',
    mechanisms: {
      copyoutRegion: (world, task, region) => ({ ...copyoutRegion(world, task, region), bits: region.bits }),
    },
  },
  'shortage-spares-no-region': {
    rule: short,
    fault: 'where one region has no room, none of the message is delivered',
    mechanisms: {
      takeMessage: (world, thread, message, ...asked) => {
        const taken = takeMessage(world, thread, message, ...asked);
        if (taken.tag !== 'received') return taken;
        const isLong = message.body.filter(({ tag }) => tag === 'region').length > 1;
        return isLong ? { ...taken, message: { ...taken.message, body: taken.message.body.map((item) => (item.tag === 'region' ? { ...item, address: 0, size: 0 } : item)) } } : taken;
      },
    },
  },
};
