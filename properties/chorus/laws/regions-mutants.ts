import { change, returned as answered } from '#model/operation';
import { shareRegion, unmap } from '#model/chorus/memory/regions';
import { actorAt, actorFor } from '#properties/chorus/facts';
import { afterwards, altered, anySite, around, misread } from '#properties/chorus/laws/faults';
import type { ChorusMutants } from '#properties/chorus/obligation';

export const regionMutants: ChorusMutants = {
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
  'memory-is-always-filled': {
    rule: 'chorus/unfilled-memory-is-unspecified',
    fault: 'memory that nobody asked to be filled always holds zeros',
    operations: misread('rgnAllocate', (_state, call) => ({ ...call, zero: true })),
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
    operations: around('memoryRead', (world, call, step) => {
      const { handlers } = world.state.actors[actorAt(world.state, call.thread)]!;
      const [first = null] = handlers.exception;
      change(handlers.exception)[0] = 0;
      const verdict = step(world, call);
      change(handlers.exception)[0] = first;
      return verdict;
    }),
  },
};
