import { evict } from '#model/chorus/memory/eviction';
import { copyLater, find, preserve, release, writePage } from '#model/chorus/memory/objects';
import { copyRegion, shareRegion } from '#model/chorus/memory/regions';
import type { Chorus } from '#model/chorus/world';
import { change, returned as answered } from '#model/operation';
import { altered, around, misread } from '#properties/chorus/laws/faults';
import type { ChorusMutants } from '#properties/chorus/obligation';

export const copyMutants: ChorusMutants = {
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
