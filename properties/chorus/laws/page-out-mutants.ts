import { evict } from '#model/chorus/memory/eviction';
import { pushFails } from '#model/chorus/memory/flush';
import { release } from '#model/chorus/memory/objects';
import { errandFails, errandIsAnswered, pageIsTaken } from '#model/chorus/memory/page-out';
import { request } from '#model/chorus/memory/paging';
import { change, returned } from '#model/operation';
import { around } from '#properties/chorus/laws/faults';
import type { ChorusMutants } from '#properties/chorus/obligation';

export const pageOutMutants: ChorusMutants = {
  'written-pages-are-evicted': {
    rule: 'chorus/dirty-pages-are-pushed-out-first',
    fault: 'a written page is dropped where it is to be pushed out',
    operations: around('pageIsPushedOut', (world, { object, page }) => {
      change(world.state.objects[object]!.pages)[page] = null;
      return returned(null);
    }),
  },
  'refused-push-out-drops-the-page': {
    rule: 'chorus/dirty-pages-are-pushed-out-first',
    fault: 'a page whose mapper would not take it back is clean all the same',
    mechanisms: {
      errandIsAnswered: (world, transaction, errand, body) => errandIsAnswered(world, transaction, errand, errand.tag === 'push' ? `00${body.slice(2)}` : body),
    },
  },
  'write-during-push-out-is-lost': {
    rule: 'chorus/dirty-pages-are-pushed-out-first',
    fault: 'a page that was written while it was on its way out is clean all the same',
    mechanisms: {
      pageIsTaken: (world, object, page, bytes) => pageIsTaken(world, object, page, world.state.objects[object]!.pages[page]?.bytes ?? bytes),
    },
  },
  'last-bytes-are-not-pushed-out': {
    rule: 'chorus/dirty-pages-are-pushed-out-first',
    fault: 'the last byte of a page is not pushed out',
    mechanisms: {
      request: (world, site, mapper, asking, of) => request(world, site, mapper, asking.data === undefined ? asking : { ...asking, data: asking.data.slice(0, -2) }, of),
    },
  },
  'eviction-takes-the-next-page-too': {
    rule: 'chorus/dirty-pages-are-pushed-out-first',
    fault: 'with a page the one behind it is dropped',
    mechanisms: {
      evict: (world, object, page) => {
        evict(world, object, page);
        if ((world.state.objects[object]!.pages[page + 1] ?? null) !== null) evict(world, object, page + 1);
      },
    },
  },
  'every-page-has-a-segment-of-its-own': {
    rule: 'chorus/temporary-memory-has-a-default-mapper',
    fault: 'the default mapper is asked for a segment whenever volatile memory is pushed out',
    operations: around('pageIsPushedOut', (world, call, step) => {
      const row = change(world.state.objects[call.object]!);
      if (row.segment === null) row.store = null;
      return step(world, call);
    }),
  },
  'segment-without-a-key-is-taken': {
    rule: 'chorus/temporary-memory-has-a-default-mapper',
    fault: 'a default mapper that refuses is taken to have given a segment',
    mechanisms: {
      errandIsAnswered: (world, transaction, errand, body) => errandIsAnswered(world, transaction, errand, errand.tag === 'create' ? `00${body.slice(2, 4).padEnd(2, '0')}` : body),
    },
  },
  'default-mapper-is-asked-for-ever': {
    rule: 'chorus/temporary-memory-has-a-default-mapper',
    fault: 'volatile memory whose request for a segment fails waits for it for ever',
    mechanisms: { errandFails: (world, transaction, errand) => { if (errand.tag !== 'create') errandFails(world, transaction, errand); } },
  },
  'stored-pages-are-forgotten': {
    rule: 'chorus/temporary-memory-has-a-default-mapper',
    fault: 'of the pages that the default mapper keeps the last alone is remembered',
    mechanisms: {
      pageIsTaken: (world, object, page, bytes) => {
        const row = change(world.state.objects[object]!);
        row.stored = [];
        pageIsTaken(world, object, page, bytes);
      },
    },
  },
  'segments-are-never-released': {
    rule: 'chorus/temporary-segments-are-released',
    fault: 'a segment of volatile memory that has gone is forgotten, not released',
    mechanisms: {
      release: (world, object) => {
        release(world, object);
        const row = change(world.state.objects[object]!);
        if (row.life === 'dead') row.store = null;
      },
    },
  },
  'another-segment-is-released': {
    rule: 'chorus/temporary-segments-are-released',
    fault: 'another segment is released than the one that is needed no more',
    mechanisms: {
      request: (world, site, mapper, asking, of) => request(world, site, mapper, asking.service === '05' ? { ...asking, key: asking.key + 1 } : asking, of),
    },
  },
  'segments-are-released-twice': {
    rule: 'chorus/temporary-segments-are-released',
    fault: 'a segment that was released is released again',
    operations: around('segmentIsReleased', (world, call, step) => {
      const { store } = world.state.objects[call.object]!;
      const verdict = step(world, call);
      change(world.state.objects[call.object]!).store = store;
      return verdict;
    }),
  },
  'failed-flush-waits-for-ever': {
    rule: 'chorus/failing-mapper-fails-the-flush',
    fault: 'who flushes a page that its mapper does not take back is not told',
    mechanisms: { pushFails: () => undefined },
  },
  'failed-push-out-drops-the-page': {
    rule: 'chorus/failing-mapper-fails-the-flush',
    fault: 'a page that could not be pushed out is dropped',
    mechanisms: {
      pushFails: (world, object, page) => {
        pushFails(world, object, page);
        if (world.state.objects[object]!.life === 'live') change(world.state.objects[object]!.pages)[page] = null;
      },
    },
  },
};
