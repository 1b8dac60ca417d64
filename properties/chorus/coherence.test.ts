import { describe, expect, test } from 'vitest';
import type { Key, ThreadId } from '#spec/chorus/vocabulary';
import { chorus } from '#model/chorus/kernel';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { randomRun } from '#properties/check';
import { callers, isEnabled } from '#properties/chorus/draw';
import { outcomeOf } from '#properties/chorus/facts';
import type { ChorusStep } from '#properties/chorus/obligation';
import { chorusSuite } from '#properties/chorus/suite';
import { mutate } from '#properties/obligation';
import { Random } from '#properties/random';

const MAPPERS = 6;
const PAGES = 2;
const PAGE = 2;

const segment = (state: ChorusState) => ({ ui: state.defaultMapper, key: 1 as Key });

/** What the mapper knows of a page: its bytes, who may read it and who may write it. */
interface Entry { bytes: string; writer: number | null; readonly readers: Set<number>; servedBy: number | null }

/** A request of a nucleus, as the mapper reads it. */
function asked(body: string) {
  const [service, , page, write, site] = body.match(/../g)!;
  return { service: service!, page: Number.parseInt(page!, 16), write: write === '01', site: Number.parseInt(site!, 16), data: body.slice(10) };
}

/** A mapper that lets one site write a page, or several read it: before it grants what others have it takes that back from them. */
class Mapper {
  readonly #pages: Entry[] = Array.from({ length: PAGES }, () => ({ bytes: '00'.repeat(PAGE), writer: null, readers: new Set<number>(), servedBy: null }));
  /** Which site each thread takes something back from, and whether all of it. */
  readonly #recalls = new Map<number, { readonly site: number; readonly all: boolean; readonly page: number }>();

  next(state: ChorusState, random: Random): ChorusCall | null {
    const free = callers(state).filter((thread) => state.threads[thread]!.actor === 0);
    const holders = free.filter((thread) => state.threads[thread]!.current !== null);
    for (const thread of holders) {
      const call = this.#serve(state, thread);
      if (call !== null) return call;
    }
    const idle = free.filter((thread) => state.threads[thread]!.current === null);
    if (idle.length === 0 || state.ports[state.actors[0]!.defaultPort]!.queue.length === 0) return null;
    return { operation: 'ipcReceive', thread: random.pick(idle), from: { tag: 'default' }, delay: 0, abortable: false, room: 16 };
  }

  #serve(state: ChorusState, thread: ThreadId): ChorusCall | null {
    const { service, page, write, site, data } = asked(state.threads[thread]!.current!.message.body);
    const entry = this.#pages[page]!;
    const reply = (body: string): ChorusCall => ({ operation: 'ipcReply', thread, annex: null, body });
    if (service === '02') {
      entry.bytes = data;
      return reply('00');
    }
    if (entry.servedBy !== null && entry.servedBy !== thread) return null;
    entry.servedBy = thread;
    this.#takenBack(thread);
    const other = write ? [...entry.readers].find((one) => one !== site) : entry.writer !== null && entry.writer !== site ? entry.writer : undefined;
    if (other !== undefined) {
      this.#recalls.set(thread, { site: other, all: write, page });
      return { operation: 'lcFlush', thread, site: state.sites[other]!.ui, segment: segment(state), offset: page * PAGE, size: PAGE, keep: write ? 'nothing' : 'readable' };
    }
    entry.readers.add(site);
    if (write) entry.writer = site;
    entry.servedBy = null;
    return reply(`00${write ? '01' : '00'}${service === '01' ? entry.bytes : ''}`);
  }

  /** What a thread had flushed is the mapper's again. */
  #takenBack(thread: number): void {
    const recall = this.#recalls.get(thread);
    if (recall === undefined) return;
    this.#recalls.delete(thread);
    const entry = this.#pages[recall.page]!;
    if (recall.all) entry.readers.delete(recall.site);
    if (entry.writer === recall.site) entry.writer = null;
  }
}

/** What the network and the nuclei do by themselves, and nothing is lost. */
function byItself(state: ChorusState, random: Random): ChorusCall | null {
  const possible = [
    ...state.network.map((_, packet) => ({ operation: 'packetArrives', packet }) as const),
    ...state.objects.flatMap(({ pages }, object) => pages.flatMap((_, page) => [{ operation: 'pageIsPushedOut', object, page } as const,
      { operation: 'pageIsEvicted', object, page } as const])),
  ].filter((call) => isEnabled(state, call));
  return possible.length === 0 ? null : random.pick(possible);
}

/** A byte of the segment is read or written, by a thread of either site. */
function uses(state: ChorusState, random: Random): ChorusCall | null {
  const free = callers(state).filter((thread) => state.threads[thread]!.actor > 0);
  if (free.length === 0) return null;
  const [thread, offset] = [random.pick(free), random.below(PAGES * PAGE)];
  if (random.once(2)) return { operation: 'sgRead', thread, segment: segment(state), offset, size: 1 };
  return { operation: 'sgWrite', thread, segment: segment(state), offset, bytes: (1 + random.below(0xfe)).toString(16).padStart(2, '0') };
}

/** The reads and writes that come to their end in a step. */
function completed(pending: Map<number, ChorusCall>, step: ChorusStep): readonly (readonly [ChorusCall, unknown])[] {
  if (step.call.operation === 'sgRead' || step.call.operation === 'sgWrite') pending.set(step.call.thread, step.call);
  return [...pending].flatMap(([thread, call]) => {
    const outcome = outcomeOf(step, thread as ThreadId);
    if (outcome === null) return [];
    pending.delete(thread);
    return outcome.error === null ? [[call, outcome.value] as const] : [];
  });
}

/** What was written of each byte by the writes that ended in one step. */
function writesOf(done: ReturnType<typeof completed>): ReadonlyMap<number, string[]> {
  const written = new Map<number, string[]>();
  for (const [call] of done) if (call.operation === 'sgWrite') written.set(call.offset, [...written.get(call.offset) ?? [], call.bytes]);
  return written;
}

/** A run of several sites over one segment, compared with one array of bytes. */
function run(kernel: typeof chorus, seed: number): { readonly reads: number; readonly recalls: number; readonly stale: string | undefined } {
  /** What each byte may be: which of several writes that end in one step was the last is seen when it is read. */
  const bytes: string[][] = Array.from({ length: PAGES * PAGE }, () => ['00']);
  const pending = new Map<number, ChorusCall>();
  let [reads, recalls] = [0, 0];
  let stale: string | undefined;
  const mapper = new Mapper();
  const theme = () => ({
    scope: { threads: [MAPPERS, 2, 2], sites: [0, 0, 1], limits: { page: PAGE, space: PAGES, body: 64, queue: 8, packets: 16 } },
    draw: (state: ChorusState, random: Random) => {
      const moves = [uses, (at: ChorusState, by: Random) => mapper.next(at, by), byItself];
      const first = random.below(moves.length);
      for (let at = 0; at < moves.length; at += 1) {
        const call = moves[(first + at) % moves.length]!(state, random);
        if (call !== null) return call;
      }
      return null;
    },
  });
  randomRun({ ...chorusSuite, theme }, kernel, Random.forRun(seed, 0), 400, (step) => {
    if (step.call.operation === 'lcFlush') recalls += 1;
    const done = completed(pending, step);
    const before = [...bytes];
    for (const [offset, written] of writesOf(done)) bytes[offset] = written;
    for (const [call, value] of done) {
      if (call.operation !== 'sgRead') continue;
      reads += 1;
      const { offset } = call;
      const { bytes: seen } = value as { bytes: string };
      if (![...before[offset]!, ...bytes[offset]!].includes(seen)) stale ??= `${seen} was read of byte ${offset}, which is ${bytes[offset]!.join(' or ')}`;
      else if (before[offset] === bytes[offset]) bytes[offset] = [seen];
    }
    return stale !== undefined;
  });
  return { reads, recalls, stale };
}

describe('caches of one segment on two sites', () => {
  test('are coherent where their mapper lets one write or several read', () => {
    const runs = Array.from({ length: 60 }, (_, seed) => run(chorus, seed));
    expect(runs.map(({ stale }) => stale).filter((stale) => stale !== undefined)).toEqual([]);
    expect(runs.reduce((sum, { reads }) => sum + reads, 0)).toBeGreaterThan(500);
    expect(runs.reduce((sum, { recalls }) => sum + recalls, 0)).toBeGreaterThan(200);
  }, 120_000);

  test.each(['flush-keeps-the-pages', 'late-grants-count', 'flush-does-not-wait-for-the-mapper', 'writing-needs-no-grant'] as const)('are not where %s', (slug) => {
    const broken = mutate(chorus, chorusSuite.mutants[slug]!);
    let stale: string | undefined;
    for (let seed = 0; seed < 60 && stale === undefined; seed += 1) ({ stale } = run(broken, seed));
    expect(stale).toBeDefined();
  }, 120_000);
});
