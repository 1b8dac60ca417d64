import { evict } from '#model/chorus/memory/access';
import { copyLater, find, preserve, release, writePage } from '#model/chorus/memory/objects';
import { askMapper, mapperAnswers, pagingFails } from '#model/chorus/memory/paging';
import { copyRegion, shareRegion, unmap } from '#model/chorus/memory/regions';
import { answer } from '#model/chorus/threads/waits';
import type { Chorus, ChorusCall } from '#model/chorus/world';
import { change, returned as answered } from '#model/operation';
import { actorAt, actorFor } from '#properties/chorus/facts';
import { afterwards, altered, anySite, around, misread } from '#properties/chorus/laws/faults';
import type { ChorusMutants } from '#properties/chorus/obligation';

export const memoryMutants: ChorusMutants = {
  'new-memory-is-never-filled': {
    rule: 'chorus/new-region-is-as-asked',
    fault: 'memory that is to be filled with zeros is not',
    operations: afterwards('rgnAllocate', ({ state }, { zero }) => {
      const object = state.objects.at(-1)!;
      if (zero) change(object).pages = object.pages.map((page) => page && { ...page, bytes: '5a'.repeat(state.limits.page) });
    }),
  },
  'sizes-are-cut-to-whole-pages': {
    rule: 'chorus/new-region-is-as-asked',
    fault: 'a size that is no whole page is made smaller, not larger',
    operations: misread('rgnAllocate', ({ limits: { page } }, call) => (call.size > page ? { ...call, size: call.size - (call.size % page) } : call)),
  },
  'new-region-is-always-writable': {
    rule: 'chorus/new-region-is-as-asked',
    fault: 'a region that is to be read only can be written',
    operations: misread('rgnAllocate', (_state, call) => ({ ...call, writable: true })),
  },
  'regions-overlap': {
    rule: 'chorus/regions-do-not-overlap',
    fault: 'a region that overlaps another takes its place',
    operations: around('rgnAllocate', (world, call, step) => {
      const verdict = step(world, call);
      if (verdict.tag !== 'raised' || verdict.error !== 'K_EOVERLAP' || call.space === 'supervisor') return verdict;
      const actor = world.state.actors[actorFor(world.state, call.thread, call.actor)!]!;
      const { page } = world.state.limits;
      unmap(world, actor, call.start! / page, Math.ceil(call.size / page));
      return step(world, call);
    }),
  },
  'regions-begin-anywhere': {
    rule: 'chorus/regions-do-not-overlap',
    fault: 'a region that is to begin within a page begins with it',
    operations: misread('rgnMap', ({ limits: { page } }, call) => ({ ...call, offset: call.offset - (call.offset % page) })),
  },
  'address-space-has-no-end': {
    rule: 'chorus/regions-do-not-overlap',
    fault: 'an address space has room for one page more than it has',
    operations: around('rgnAllocate', (world, call, step) => {
      const limits = change(world.state.limits);
      limits.space += 1;
      const verdict = step(world, call);
      limits.space -= 1;
      return verdict;
    }),
  },
  'freeing-a-part-frees-the-region': {
    rule: 'chorus/free-takes-exactly-the-range',
    fault: 'a region is freed whole when a part of it is',
    mechanisms: {
      unmap: (world, holder, first, count) => {
        for (const { start, size } of holder.regions) if (start < first + count && first < start + size) unmap(world, holder, start, size);
      },
    },
  },
  'freeing-stops-at-the-region': {
    rule: 'chorus/free-takes-exactly-the-range',
    fault: 'a range that spans two regions frees what is in the first of them only',
    mechanisms: {
      unmap: (world, holder, first, count) => {
        const region = holder.regions.find(({ start, size }) => start < first + count && first < start + size);
        unmap(world, holder, first, region === undefined ? count : Math.min(count, region.start + region.size - first));
      },
    },
  },
  'rest-of-a-region-shows-its-beginning': {
    rule: 'chorus/free-takes-exactly-the-range',
    fault: 'what is left behind a freed part shows the wrong pages',
    mechanisms: {
      unmap: (world, holder, first, count) => {
        const old = new Set(holder.regions.map(({ offset }) => offset));
        unmap(world, holder, first, count);
        change(holder).regions = holder.regions.map((region) => (region.start === first + count && !old.has(region.offset) ? { ...region, offset: 0 }
          : region));
      },
    },
  },
  'memory-of-other-sites-is-allocated': {
    rule: 'chorus/memory-is-local',
    fault: 'rgnAllocate takes an actor of another site',
    operations: anySite('rgnAllocate'),
  },
  'sharing-is-copying': {
    rule: 'chorus/mapped-memory-is-shared',
    fault: 'memory that is to be shared is copied',
    mechanisms: { shareRegion: (world, target, region) => copyRegion(world as Chorus, target, region) },
  },
  'sharing-shows-the-next-page': {
    rule: 'chorus/mapped-memory-is-shared',
    fault: 'shared memory of several pages shows them from the second on',
    mechanisms: {
      shareRegion: (world, target, region) => shareRegion(world, target, region.size > 1 ? { ...region, offset: region.offset + 1, size: region.size - 1 } : region),
    },
  },
  'source-writes-through-to-its-copy': {
    rule: 'chorus/copies-are-snapshots',
    fault: 'what is written to a source shows in its copy',
    mechanisms: { preserve: () => undefined },
  },
  'copying-is-sharing': {
    rule: 'chorus/copies-are-snapshots',
    fault: 'memory that is to be copied is shared',
    mechanisms: { copyRegion: shareRegion },
  },
  'copy-writes-through-to-its-source': {
    rule: 'chorus/copies-are-snapshots',
    fault: 'what is written to a copy, where its page is its source\'s, shows in the source',
    mechanisms: {
      writePage: (world, object, page, at, bytes) => {
        const found = find(world.state, object, page);
        writePage(world, found.object, found.page, at, bytes);
      },
    },
  },
  'second-copy-forgets-the-first': {
    rule: 'chorus/copies-are-snapshots',
    fault: 'of two copies of one source the second alone is given what the source loses',
    mechanisms: {
      copyLater: (world, source, offset, size) => {
        const first = world.state.objects[source]!.history;
        if (first === null) return copyLater(world, source, offset, size);
        change(world.state.objects[source]!).history = null;
        return copyLater(world, source, offset, size);
      },
    },
  },
  'history-forgets-its-offset': {
    rule: 'chorus/copies-are-snapshots',
    fault: 'a copy of a part of a source is given the wrong page of it',
    mechanisms: {
      preserve: (world, object, page) => {
        const { history } = world.state.objects[object]!;
        if (history === null) return;
        const row = change(world.state.objects[history]!);
        const { offset } = row;
        row.offset = 0;
        preserve(world, object, page);
        row.offset = offset;
      },
    },
  },
  'history-is-overwritten': {
    rule: 'chorus/copies-are-snapshots',
    fault: 'a copy is given the page of its source at every write, not at the first',
    mechanisms: {
      preserve: (world, object, page) => {
        const { history } = world.state.objects[object]!;
        if (history !== null) {
          const { offset, pages } = world.state.objects[history]!;
          if (pages[page - offset] !== undefined) change(pages)[page - offset] = null;
        }
        preserve(world, object, page);
      },
    },
  },
  'eviction-takes-the-copy-along': {
    rule: 'chorus/copies-are-snapshots',
    fault: 'a page that a copy depends on is evicted without being given to it',
    mechanisms: { evict: (world, object, page) => evict(altered(world, { preserve: () => undefined }), object, page) },
  },
  'sources-have-two-histories': {
    rule: 'chorus/source-has-one-history',
    fault: 'a second copy of a source hangs on it beside the first',
    mechanisms: {
      copyLater: (world, source, offset, size) => {
        const { history } = world.state.objects[source]!;
        const copy = copyLater(world, source, offset, size);
        if (history === null) return copy;
        change(world.state.objects[copy]!).parent = source;
        return copy;
      },
    },
  },
  'source-takes-its-copies-along': {
    rule: 'chorus/copies-outlive-their-source',
    fault: 'a source that nobody maps any more is gone although a copy depends on it',
    mechanisms: {
      release: (world, object) => {
        const { state } = world;
        const mapped = state.actors.some(({ regions }) => regions.some((region) => region.object === object));
        if (!mapped && state.objects[object]!.segment === null) change(state.objects[object]!).life = 'dead';
        else release(world, object);
      },
    },
  },
  'duplication-shares-everything': {
    rule: 'chorus/duplication-goes-by-inheritance',
    fault: 'rgnDup shares what is to be copied',
    operations: around('rgnDup', (world, call, step) => step(altered(world, { copyRegion: shareRegion }), call)),
  },
  'duplication-goes-by-the-call-alone': {
    rule: 'chorus/duplication-goes-by-inheritance',
    fault: 'rgnDup copies regions that are not to be inherited',
    operations: misread('rgnDup', (_state, call) => ({ ...call, inherit: call.inherit ?? 'copy' })),
  },
  'duplication-adds-to-what-is-there': {
    rule: 'chorus/duplication-goes-by-inheritance',
    fault: 'rgnDup takes a target that has regions already, and leaves it as it is',
    operations: around('rgnDup', (world, call, step) => {
      const actor = actorFor(world.state, call.thread, call.actor);
      return actor !== null && world.state.actors[actor]!.regions.length > 0 ? answered(null) : step(world, call);
    }),
  },
  'segments-are-mapped-from-their-beginning': {
    rule: 'chorus/segments-are-mapped-by-offset',
    fault: 'rgnMap does not look at the offset',
    operations: misread('rgnMap', ({ limits: { page } }, call) => (call.offset % page === 0 ? { ...call, offset: 0 } : call)),
  },
  'explicit-access-has-a-cache-of-its-own': {
    rule: 'chorus/explicit-and-mapped-access-agree',
    fault: 'what sgWrite writes does not show where the segment is mapped',
    operations: afterwards('sgWrite', ({ state }, { segment }) => {
      for (const object of state.objects) if (object.segment?.ui === segment.ui) change(object).pages = object.pages.map((page) => (page?.dirty === true
        ? { ...page, bytes: '00'.repeat(state.limits.page) } : page));
    }),
  },
  'supervisor-regions-go-with-their-actor': {
    rule: 'chorus/supervisor-regions-outlive-actors',
    fault: 'the regions of the supervisor space go when an actor of the site goes',
    operations: around('actorDelete', (world, call, step) => {
      const { site } = world.state.actors[actorAt(world.state, call.thread)]!;
      const verdict = step(world, call);
      if (verdict.tag !== 'raised') change(world.state.sites[site]!).regions = [];
      return verdict;
    }),
  },
  'protection-spreads-over-the-region': {
    rule: 'chorus/attributes-change-on-the-range',
    fault: 'rgnSetProtect protects whole regions',
    operations: afterwards('rgnSetProtect', ({ state }, { thread, actor, writable }) => {
      const holder = state.actors[actorFor(state, thread, actor)!]!;
      change(holder).regions = holder.regions.map((region) => ({ ...region, writable }));
    }),
  },
  'inheritance-is-not-set': {
    rule: 'chorus/attributes-change-on-the-range',
    fault: 'rgnSetInherit sets nothing but copying',
    operations: misread('rgnSetInherit', (_state, call) => ({ ...call, inherit: 'copy' })),
  },
  'read-only-memory-is-written': {
    rule: 'chorus/illegal-access-is-an-exception',
    fault: 'memory that is read only can be written',
    operations: around('memoryWrite', (world, call, step) => {
      const holder = world.state.actors[actorAt(world.state, call.thread)]!;
      const { regions } = holder;
      change(holder).regions = regions.map((region) => ({ ...region, writable: true }));
      const verdict = step(world, call);
      if (holder.life === 'live') change(holder).regions = [...regions];
      return verdict;
    }),
  },
  'illegal-access-spares-the-actor': {
    rule: 'chorus/illegal-access-is-an-exception',
    fault: 'an illegal access without a handler is told to the thread, and its actor lives on',
    operations: misread('memoryRead', (_state, call) => ({ ...call, handler: true })),
  },
  'mapper-is-asked-for-the-first-page': {
    rule: 'chorus/absent-page-is-pulled-in',
    fault: 'the mapper is asked for the first page whatever page is needed',
    mechanisms: {
      askMapper: (world, thread, object, page, write, call) => {
        const went = askMapper(world, thread, object, page, write, call);
        const last = world.state.ports.flatMap(({ queue }, id) => (queue.at(-1)?.serial === world.state.serial ? [id] : []))[0];
        if (went === 'waits' && last !== undefined) {
          const port = change(world.state.ports[last]!);
          port.queue = port.queue.map((message) => (message.serial === world.state.serial
            ? { ...message, body: `${message.body.slice(0, 4)}00${message.body.slice(6)}` } : message));
        }
        return went;
      },
    },
  },
  'page-of-a-mapper-is-zeros': {
    rule: 'chorus/absent-page-is-pulled-in',
    fault: 'what a mapper gives is not looked at',
    mechanisms: { mapperAnswers: (world, thread, run, body) => mapperAnswers(world, thread, run, `${body.slice(0, 4)}${'00'.repeat((body.length - 4) / 2)}`) },
  },
  'writing-needs-no-grant': {
    rule: 'chorus/write-needs-granted-access',
    fault: 'a page that a mapper gave for reading may be written',
    mechanisms: { mapperAnswers: (world, thread, run, body) => mapperAnswers(world, thread, run, `${body.slice(0, 2)}01${body.slice(4)}`) },
  },
  'written-pages-are-evicted': {
    rule: 'chorus/dirty-pages-are-pushed-out-first',
    fault: 'a flush drops written pages without pushing them out',
    operations: around('sgFlush', (world, call, step) => {
      for (const object of world.state.objects) {
        if (object.segment?.ui === call.segment.ui) change(object).pages = object.pages.map((page) => page && { ...page, dirty: false });
      }
      return step(world, call);
    }),
  },
  'refused-push-out-drops-the-page': {
    rule: 'chorus/dirty-pages-are-pushed-out-first',
    fault: 'a page whose mapper would not take it back is clean all the same',
    mechanisms: {
      mapperAnswers: (world, thread, run, body) => {
        if ((JSON.parse(run.retry) as ChorusCall).operation !== 'sgFlush') return mapperAnswers(world, thread, run, body);
        mapperAnswers(world, thread, run, `00${body.slice(2)}`);
      },
    },
  },
  'flush-keeps-the-pages': {
    rule: 'chorus/dirty-pages-are-pushed-out-first',
    fault: 'a segment that was flushed is still in memory',
    operations: around('sgFlush', (world, call, step) => step(altered(world, { evict: () => undefined }), call)),
  },
  'failing-mapper-gives-zeros': {
    rule: 'chorus/failing-mapper-fails-the-access',
    fault: 'what a mapper says of its failure is not looked at',
    mechanisms: { mapperAnswers: (world, thread, run, body) => mapperAnswers(world, thread, run, `00${body.slice(2)}`) },
  },
  'failing-mapper-looks-like-a-bad-address': {
    rule: 'chorus/failing-mapper-fails-the-access',
    fault: 'an explicit operation whose mapper fails is told K_EINVAL',
    mechanisms: {
      pagingFails: (world, thread) => pagingFails(altered(world, { answer: (inner, id, error) => answer(inner, id, error === 'K_EMAPPER' ? 'K_EINVAL'
        : error) }), thread),
    },
  },
  'every-use-has-its-cache': {
    rule: 'chorus/one-cache-for-a-segment',
    fault: 'each mapping of a segment has a cache of its own',
    mechanisms: {
      cacheOf: ({ state }, site, segment) => {
        change(state.objects).push({ life: 'live', site, segment, size: state.limits.space, pages: Array.from({ length: state.limits.space }, () => null),
          parent: null, offset: 0, history: null });
        return state.objects.length - 1 as never;
      },
    },
  },
  'copying-stops-half-way': {
    rule: 'chorus/explicit-copy-is-whole-or-nothing',
    fault: 'vmCopy of several bytes copies one less',
    operations: misread('vmCopy', (_state, call) => (call.size > 1 ? { ...call, size: call.size - 1 } : call)),
  },
  'copying-past-the-end-is-quiet': {
    rule: 'chorus/explicit-copy-is-whole-or-nothing',
    fault: 'vmCopy into memory that is not mapped succeeds, and copies nothing',
    operations: around('vmCopy', (world, call, step) => {
      const verdict = step(world, call);
      return verdict.tag === 'raised' && verdict.error === 'K_EADDRESS' ? answered(null) : verdict;
    }),
  },
};
