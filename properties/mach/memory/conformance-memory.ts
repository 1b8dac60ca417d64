import type { TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { MachScope } from '#model/mach/kernel';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { callers, Draw } from '#properties/mach/draw';
import { drawMemory } from '#properties/mach/memory/draw-memory';
import type { Random } from '#properties/random';
import type { Theme } from '#properties/suite';

type DrawCall = Theme<MachState, MachCall>['draw'];

const threads = [[2, 1], [2, 2], [1, 1, 1], [3, 1]];
/** Spaces of an even number of pages: a mask of two pages then means the same wherever a space lies. */
const sizes = [{ pageSize: 2, pageCount: 6 }, { pageSize: 4, pageCount: 4 }, { pageSize: 4, pageCount: 8 }];

/** One in so many calls that the caller would not survive is let through. */
const WILD = 20;

/** Copies by way of memory calls, and by children that inherit. */
const copies: DrawCall = (state, random) => childCall(state, random) ?? drawMemory(state, random, WILD);

const topics: Readonly<Record<string, DrawCall>> = { copies };

/** What other implementations are asked about memory. */
export function memoryConformance(random: Random): Theme<MachState, MachCall> {
  const scope: MachScope = { threads: random.pick(threads), memory: random.pick(sizes) };
  return { scope: { ...scope }, draw: topics[random.pick(Object.keys(topics))]! };
}

/** One call in so many gives a child a thread of its own, so that it can say what it sees. */
const CHILD = 12;

function childCall(state: MachState, random: Random): MachCall | null {
  const free = callers(state);
  if (free.length === 0 || !random.once(CHILD)) return null;
  const draw = new Draw(state, random, random.pick(free));
  const asleep = state.threads.flatMap(({ life, suspends, run }, thread) =>
    (life === 'live' && suspends > 0 && run.tag === 'ready' ? [thread as ThreadId] : []));
  if (asleep.length > 0) return { operation: 'thread_resume', thread: draw.thread, target: draw.identity(random.pick(asleep)) };
  const empty = state.tasks.flatMap(({ life }, task) =>
    (life === 'live' && !state.threads.some((thread) => thread.task === task && thread.life === 'live') ? [task as TaskId] : []));
  return empty.length === 0 ? null
    : { operation: 'thread_create', thread: draw.thread, task: draw.identity(random.pick(empty)), child: state.threads.length as ThreadId };
}
