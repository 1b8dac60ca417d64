import type { Capability, Key, ThreadId } from '#spec/chorus/vocabulary';
import type { ActorId, ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import type { Program } from '#properties/chorus/programs/program';
import type { Random } from '#properties/random';

type Doings<T = void> = Generator<ChorusCall, T>;
type Look = () => ChorusState;

const capabilityOf = ({ actors }: ChorusState, actor: ActorId): Capability => ({ ui: actors[actor]!.ui, key: actors[actor]!.key });

/** How the memory of a child is made: all at once by what its regions say, or region by region. */
export type Duplicating = 'as a whole' | 'region by region';

/**
 * fork as a subsystem builds it: an actor after the pattern of the caller's, with its privilege, stopped; its memory, shared or copied as
 * the regions of the parent say; one thread; and then it starts. Ports, messages and other threads are not inherited.
 * Gives the number of the child's thread.
 */
export function* fork(thread: ThreadId, look: Look, how: Duplicating): Doings<ThreadId> {
  const made = look().actors.length as ActorId;
  const { privilege } = look().actors[look().threads[thread]!.actor]!;
  yield { operation: 'actorCreate', thread, initial: null, privilege, status: 'stopped' };
  const actor = capabilityOf(look(), made);
  if (how === 'as a whole') yield { operation: 'rgnDup', thread, actor, source: null, inherit: null };
  else yield* duplicate(thread, actor, look);
  const child = look().threads.length as ThreadId;
  yield { operation: 'threadCreate', thread, actor, status: 'active', privilege: 'user', priority: null, child };
  yield { operation: 'actorStart', thread, actor };
  return child;
}

/** Each region of the caller's actor is mapped in another, or copied to it. */
function* duplicate(thread: ThreadId, actor: Capability, look: Look): Doings {
  const { regions } = look().actors[look().threads[thread]!.actor]!;
  const { page } = look().limits;
  for (const { start, size, writable, inherit } of regions) {
    const operation = { share: 'rgnMapFromActor', copy: 'rgnInitFromActor', none: null } as const;
    const chosen = operation[inherit];
    if (chosen === null) continue;
    yield { operation: chosen, thread, actor, start: start * page, size: size * page, source: null, from: start * page, writable, inherit };
  }
}

/** What a new image is made of: a segment with the text and the data. */
export interface Image { readonly segment: Capability }

/**
 * exec as a subsystem builds it: the caller's actor keeps its identity and its ports, loses its memory, maps the text of
 * the image, gets copies of its data and fresh memory, and goes on with one new thread.
 */
export function* exec(thread: ThreadId, look: Look, { segment }: Image): Doings<ThreadId> {
  const { page, space } = look().limits;
  const own = { thread, actor: null };
  yield { operation: 'rgnFree', ...own, space: 'actor', start: 0, size: space * page };
  yield { operation: 'rgnMap', ...own, segment, offset: 0, start: 0, size: page, writable: false, inherit: 'share' };
  yield { operation: 'rgnInit', ...own, segment, offset: page, start: page, size: page, writable: true, inherit: 'copy' };
  yield { operation: 'rgnAllocate', ...own, space: 'actor', start: 2 * page, size: page, zero: true, writable: true, inherit: 'copy' };
  const { actor } = look().threads[thread]!;
  for (const [other, { life, actor: home }] of look().threads.entries()) {
    if (life === 'live' && home === actor && other !== thread) yield { operation: 'threadDelete', ...own, target: other as ThreadId };
  }
  const child = look().threads.length as ThreadId;
  yield { operation: 'threadCreate', ...own, status: 'active', privilege: 'user', priority: null, child };
  yield { operation: 'threadDelete', ...own, target: null };
  return child;
}

/** A region of one page for each way of inheritance, filled with bytes of its own. */
export function* settle(thread: ThreadId, look: Look): Doings {
  const { page } = look().limits;
  for (const [at, inherit] of (['none', 'share', 'copy'] as const).entries()) {
    yield { operation: 'rgnAllocate', thread, actor: null, space: 'actor', start: at * page, size: page, zero: true, writable: true, inherit };
    yield write(thread, at * page, `${at}1`.repeat(page));
  }
}

export const write = (thread: ThreadId, address: number, bytes: string): ChorusCall => ({ operation: 'memoryWrite', thread, address, bytes });
export const read = (thread: ThreadId, address: number, size: number): ChorusCall => ({ operation: 'memoryRead', thread, address, size });

/** A process that forks, while parent and child both go on reading and writing; the child may fork too, or become another. */
export function* family(program: Program, thread: ThreadId, random: Random, generations: number): Doings {
  const { look } = program;
  const child = yield* fork(thread, look, random.pick(['as a whole', 'region by region']));
  program.start(child, live(program, child, random, generations - 1));
  yield* touch(thread, look, random);
}

function* live(program: Program, thread: ThreadId, random: Random, generations: number): Doings {
  yield* touch(thread, program.look, random);
  if (generations > 0) return yield* family(program, thread, random, generations);
  if (random.once(2)) yield* exec(thread, program.look, { segment: segmentOf(program.look()) });
}

/** Any port can be a mapper's: nothing of the image is read before it is used. */
const segmentOf = ({ ports, actors }: ChorusState): Capability => ({ ui: ports[actors[0]!.defaultPort]!.ui, key: 1 as Key });

function* touch(thread: ThreadId, look: Look, random: Random): Doings {
  const { page } = look().limits;
  for (let i = 0; i < 4; i += 1) {
    const address = random.below(3) * page;
    yield random.once(2) ? read(thread, address, page) : write(thread, address, `${random.below(8)}${thread % 10}`);
  }
}
