import { copyLater } from '#model/chorus/memory/objects';
import { copyRegion, shareRegion } from '#model/chorus/memory/regions';
import type { Li } from '#spec/chorus/vocabulary';
import { newThread } from '#model/chorus/actors/new-actor';
import { change } from '#model/operation';
import { actorAt, actorFor } from '#properties/chorus/facts';
import { afterwards, altered, around } from '#properties/chorus/laws/faults';
import type { ChorusMutants } from '#properties/chorus/obligation';

const FORK = 'chorus/fork-is-built-of-calls';

export const forkingMutants: ChorusMutants = {
  'child-writes-into-its-parent': {
    rule: FORK,
    fault: 'a child shares what it is to have a copy of',
    operations: around('rgnDup', (world, call, step) => step(altered(world, { copyRegion: shareRegion }), call)),
  },
  'child-is-a-copy-throughout': {
    rule: FORK,
    fault: 'a child has copies of what it is to share',
    operations: around('rgnDup', (world, call, step) => step(altered(world, { shareRegion: (_world, target, region) => copyRegion(world, target, region) }), call)),
  },
  'child-inherits-a-port': {
    rule: FORK,
    fault: 'a new actor has the default port of its pattern as well',
    operations: afterwards('actorCreate', ({ state }, { thread, initial }) => {
      const pattern = actorFor(state, thread, initial);
      if (pattern !== null) change(state.actors.at(-1)!.ports).push(state.actors[pattern]!.defaultPort);
    }),
  },
  'child-inherits-all-threads': {
    rule: FORK,
    fault: 'the first thread of an actor comes with a second',
    operations: afterwards('threadCreate', ({ state }, { thread, actor, child }) => {
      const target = actorFor(state, thread, actor);
      if (target === null || state.threads.some((other, id) => other.actor === target && id !== child)) return;
      newThread(state, target, { supervisor: false, active: true, priority: 128 });
    }),
  },
  'child-lacks-its-last-region': {
    rule: FORK,
    fault: 'duplication stops before the last region',
    operations: afterwards('rgnDup', ({ state }, { thread, actor }) => {
      const target = state.actors[actorFor(state, thread, actor)!]!;
      change(target).regions = target.regions.slice(0, -1);
    }),
  },
  'child-is-copied-before-its-time': {
    rule: FORK,
    fault: 'a copy of a region is one of what the region began with',
    operations: around('rgnInitFromActor', (world, call, step) => step(altered(world, {
      copyLater: (at, source, offset, size) => {
        const object = copyLater(at, source, offset, size);
        const { page } = at.state.limits;
        change(at.state.objects[object]!).pages = Array.from({ length: size }, () => ({ tag: 'page', bytes: '00'.repeat(page), dirty: false, writable: true }) as const);
        return object;
      },
    }), call)),
  },
  'old-image-leaves-a-page': {
    rule: FORK,
    fault: 'an address space that is freed whole keeps its first region',
    operations: around('rgnFree', (world, call, step) => {
      const { state } = world;
      const holder = state.actors[actorAt(state, call.thread)]!;
      const [first] = holder.regions;
      const verdict = step(world, call);
      if (verdict.tag === 'returned' && call.start === 0 && holder.regions.length === 0 && first !== undefined) change(holder).regions = [first];
      return verdict;
    }),
  },
  'old-program-leaves-its-ports': {
    rule: FORK,
    fault: 'an actor loses a port with a thread that ends itself',
    operations: around('threadDelete', (world, call, step) => {
      const actor = world.state.actors[actorAt(world.state, call.thread)]!;
      const verdict = step(world, call);
      const li = actor.ports.findLastIndex((port) => port !== null) as Li;
      if (verdict.tag === 'ended') change(actor.ports)[li] = null;
      return verdict;
    }),
  },
};
