import { describe, expect, test } from 'vitest';
import { chorus } from '#model/chorus/kernel';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { randomRun } from '#properties/check';
import { callers, Draw, isEnabled } from '#properties/chorus/draw';
import { drawing } from '#properties/chorus/draw-call';
import { answersMapper, memoryRows } from '#properties/chorus/draw-memory';
import { asIfEager } from '#properties/chorus/laws/eager';
import { bodyLaws } from '#properties/chorus/laws/bodies';
import { copyLaws } from '#properties/chorus/laws/copies';
import { chorusSuite } from '#properties/chorus/suite';
import { mutate } from '#properties/obligation';
import { Random } from '#properties/random';
import type { Theme } from '#properties/suite';

const LENGTH = 300;

/** The first thread of each actor does nothing but serve, so that there is always one that does not wait for a page. */
const SERVERS: ReadonlySet<number> = new Set([0, 4]);

/** Mappers that do their work, so that nobody waits for long: they receive whatever is asked of them, and answer. */
function serves(state: ChorusState, random: Random): ChorusCall | null {
  const free = callers(state).filter((thread) => SERVERS.has(thread));
  for (const thread of free) {
    const { current } = state.threads[thread]!;
    if (current?.message.source === 0) return answersMapper(new Draw(state, random, thread, 0), current.message);
  }
  for (const thread of free) {
    const { defaultPort } = state.actors[state.threads[thread]!.actor]!;
    if (state.ports[defaultPort]!.queue.length > 0) return { operation: 'ipcReceive', thread, from: { tag: 'default' }, delay: 0, abortable: false, room: 8 };
  }
  return null;
}

/** What the nucleus does about pages, a page at a time: nothing is lost, and what is flushed comes to its end. */
function pages(state: ChorusState, random: Random): ChorusCall | null {
  const possible = state.objects.flatMap(({ pages: all }, object) => [
    ...all.flatMap((_, page): readonly ChorusCall[] => [{ operation: 'pageIsPushedOut', object, page }, { operation: 'pageIsEvicted', object, page }]),
    { operation: 'segmentIsReleased' as const, object },
  ]).filter((call) => isEnabled(state, call));
  return possible.length === 0 ? null : random.pick(possible);
}

/** Runs about memory in which nobody goes, so that they last: copies of copies, writes on all sides, frees and pages that leave memory. */
function lasting(random: Random): Theme<ChorusState, ChorusCall> {
  const shares: Record<string, number> = Object.fromEntries(Object.entries(memoryRows).map(([operation, [weight]]) => [operation, weight]));
  Object.assign(shares, { actorCreate: 1, ipcSend: random.pick([0, 2]), sgFlush: 2, lcFlush: 0 });
  const draw = drawing(shares, { itself: 1000, accident: 0 });
  return {
    scope: { threads: [4, 4], sites: [0, 0], handlers: 'connected', limits: { annex: 2, body: 6, queue: 6, packets: 8, page: 2, space: 6 } },
    draw: (state, draws) => {
      const stuck = callers(state).every((thread) => SERVERS.has(thread));
      const waiting = state.threads.some(({ run }) => run.tag === 'paging' || run.tag === 'flushing');
      const own = (stuck || draws.once(waiting ? 2 : 4) ? serves(state, draws) : null) ?? (stuck || draws.once(5) ? pages(state, draws) : null);
      if (own !== null || stuck) return own;
      let call = draw(state, draws);
      while (call !== null && 'thread' in call && SERVERS.has(call.thread)) call = draw(state, draws);
      return call;
    },
  };
}

interface Seen { steps: number; writes: number; copies: number; out: number; in: number; deepest: number; first: string | undefined }

/** One long history of memory, compared after every step with plain bytes that are copied at once. */
function history(kernel: typeof chorus, seed: number): Seen {
  const law = asIfEager(null);
  const memory = law.start();
  const seen: Seen = { steps: 0, writes: 0, copies: 0, out: 0, in: 0, deepest: 0, first: undefined };
  randomRun({ ...chorusSuite, theme: lasting }, kernel, Random.forRun(seed, 0), LENGTH, (step) => {
    const { call, events, after } = step;
    seen.steps += 1;
    const returned = events.some(({ tag }) => tag === 'returned');
    if (call.operation === 'memoryWrite' && returned) seen.writes += 1;
    if ((call.operation === 'rgnInitFromActor' || call.operation === 'rgnInit' || call.operation === 'rgnDup') && returned) seen.copies += 1;
    if (call.operation === 'pageIsEvicted') seen.out += 1;
    for (const { errand, life } of after.transactions.slice(step.before.transactions.length)) if (errand.tag === 'fetch' && life === 'open') seen.in += 1;
    seen.deepest = Math.max(seen.deepest, depthOf(after));
    seen.first ??= law.next(memory, step)[0] ?? bodyLaws['chorus/bodies-are-copied-later'].always(after)[0] ?? copyLaws['chorus/copies-outlive-their-source'].always(after)[0];
    return seen.first !== undefined;
  });
  return seen;
}

/** How many copies hang one on another, at most. */
function depthOf({ objects }: ChorusState): number {
  let deepest = 0;
  objects.forEach(({ life, parent }) => {
    let depth = 0;
    for (let at = life === 'live' ? parent : null; at !== null; at = objects[at]!.parent) depth += 1;
    deepest = Math.max(deepest, depth);
  });
  return deepest;
}

describe('every copy', () => {
  test('holds what its source held, over histories of hundreds of operations', () => {
    const histories = Array.from({ length: 120 }, (_, seed) => history(chorus, seed));
    expect(histories.map(({ first }) => first).filter((first) => first !== undefined)).toEqual([]);
    const sum = (what: 'writes' | 'copies' | 'out' | 'in') => histories.reduce((total, seen) => total + seen[what], 0);
    expect(histories.filter(({ steps }) => steps >= 200).length).toBeGreaterThan(100);
    expect(sum('writes')).toBeGreaterThan(2000);
    expect(sum('copies')).toBeGreaterThan(1000);
    expect(sum('out')).toBeGreaterThan(1000);
    expect(sum('in')).toBeGreaterThan(1000);
    expect(Math.max(...histories.map(({ deepest }) => deepest))).toBeGreaterThan(3);
  }, 240_000);

  test.each([
    'second-copy-forgets-the-first', 'source-writes-through-to-its-copy', 'copy-writes-through-to-its-source', 'history-forgets-its-offset', 'history-is-overwritten',
    'eviction-takes-the-copy-along', 'stored-pages-are-forgotten', 'page-of-a-mapper-is-zeros', 'bodies-show-later-writes',
    'bodies-are-kept-for-ever', 'source-takes-its-copies-along',
  ] as const)('is told from one where %s', (slug) => {
    const broken = mutate(chorus, chorusSuite.mutants[slug]!);
    let found: string | undefined;
    for (let seed = 0; seed < 40 && found === undefined; seed += 1) found = survived(broken, seed);
    expect(found).toBeDefined();
  }, 60_000);
});

/** What differs first; a kernel that cannot go on has gone wrong as well. */
function survived(kernel: typeof chorus, seed: number): string | undefined {
  try {
    return history(kernel, seed).first;
  } catch (error) {
    return String(error);
  }
}
