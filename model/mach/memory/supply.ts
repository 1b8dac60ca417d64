import { accessErrorsOf, pagesToRead, written } from '#model/mach/memory/transfer';
import { memoryOf, toBits } from '#model/mach/memory/space';
import { objectOf, placesOf, resident, setPage } from '#model/mach/memory/object';
import { complete, ofObject, SUPPLY_COMPLETED } from '#model/mach/memory/pager';
import { READ, type ObjectId } from '#model/mach/memory/state';
import { argument } from '#model/mach/tasks/argument';
import { implementing, refused, type Cascade, type Mach, type MachOperation } from '#model/mach/world';
import { threadLabel } from '#model/mach/messages/enqueue';
import type { ThreadId } from '#spec/mach/vocabulary';
import { change, raised, returned, spoiled } from '#model/operation';

/** How a supply ended: 0, or that a page was there already, and at which offset. */
export interface Supplied { readonly result: number; readonly offset: number }

const KERN_MEMORY_PRESENT = 23;

/** Puts pages in the places of an object where there are none; the first that is there ends it. */
export const givePages = implementing(
  ['mach/page-states-follow-the-table', 'mach/supplied-pages-spare-resident-ones'],
  (world: Mach, object: ObjectId, first: number, pages: readonly string[], forbidden: number, precious: boolean): Supplied => {
    const { state, mechanisms } = world;
    for (const [at, bytes] of pages.entries()) {
      const index = first + at;
      if (index >= objectOf(state, object).pages.length) break;
      const page = objectOf(state, object).pages[index] ?? null;
      if (page?.tag === 'resident') return { result: KERN_MEMORY_PRESENT, offset: index * memoryOf(state).pageSize };
      setPage(state, object, index, { tag: 'resident', bytes, dirty: false, precious, forbidden, asked: 0 });
      mechanisms.wakeFaulters(world, object, index);
    }
    return { result: 0, offset: 0 };
  },
);

/** The pager gives pages, which it was asked for or not. */
export const dataSupply: MachOperation<'memory_object_data_supply', Cascade> = {
  implements: ['mach/page-states-follow-the-table', 'mach/supplied-pages-spare-resident-ones'],

  step(world, call) {
    const { thread, control, offset, lock, precious, reply } = call;
    world.charge('trap');
    const { state, mechanisms } = world;
    const memory = memoryOf(state);
    const target = mechanisms.memoryObjectAt(world, thread, control);
    if (target.tag === 'missing') return refused('MACH_SEND_INVALID_DEST', target.touched);
    const { task } = state.threads[thread]!;
    const { from, source, size, offset: at } = written(world, task, call);
    if (size > 0 && from === task && accessErrorsOf(state, task, source, READ).length > 0) return raised('MACH_SEND_INVALID_MEMORY');
    const right = argument(world, task, reply);
    if (right === null) return spoiled('MACH_SEND_INVALID_RIGHT', null);
    if (target.tag === 'nothing') {
      mechanisms.destroyRight(world, right);
      return returned(null);
    }
    const whole = offset % memory.pageSize === 0 && at % memory.pageSize === 0 ? Math.floor(size / memory.pageSize) : 0;
    const bytes = pagesToRead(world, from, { first: source.first, end: source.first + whole }).map(({ object, index }) =>
      mechanisms.contents(world, object, index));
    const { result, offset: met } = mechanisms.givePages(world, target.object, offset / memory.pageSize, bytes, toBits(lock), precious);
    complete(world, right, SUPPLY_COMPLETED, ofObject(world, target.object, [offset, size, result, met]));
    return returned(null);
  },
};

/** The places of a range of an object that are awaited. */
function* awaited({ state }: Mach, object: ObjectId, range: { readonly offset: number; readonly size: number }): Generator<number> {
  const { first, end } = placesOf(state, object, range);
  for (let index = first; index < end; index += 1) if (objectOf(state, object).pages[index]?.tag === 'awaited') yield index;
}

/** The pager has nothing there: the page is what the object shadows, or zeros. */
export const dataUnavailable: MachOperation<'memory_object_data_unavailable'> = {
  implements: ['mach/page-states-follow-the-table', 'mach/answers-to-nothing-do-nothing', 'mach/default-pager-backs-anonymous-memory'],

  step(world, { thread, control, offset, size }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const target = mechanisms.memoryObjectAt(world, thread, control);
    if (target.tag === 'missing') return refused('MACH_SEND_INVALID_DEST', target.touched);
    if (target.tag === 'nothing') return returned(null);
    // Effect.
    for (const index of awaited(world, target.object, { offset, size })) {
      const isCopy = objectOf(state, target.object).shadow !== null;
      setPage(state, target.object, index, isCopy ? { tag: 'absent' } : resident('00'.repeat(memoryOf(state).pageSize), false));
      mechanisms.wakeFaulters(world, target.object, index);
    }
    return returned(null);
  },
};

/** The pager cannot give what it was asked for: threads that wait raise exceptions. */
export const dataError: MachOperation<'memory_object_data_error', 'error recipients'> = {
  implements: [
    'mach/page-states-follow-the-table', 'mach/data-error-reaches-waiting-threads', 'mach/answers-to-nothing-do-nothing',
  ],

  step(world, { thread, control, offset, size }) {
    world.charge('trap');
    const { state, mechanisms } = world;
    // Guards.
    const target = mechanisms.memoryObjectAt(world, thread, control);
    if (target.tag === 'missing') return refused('MACH_SEND_INVALID_DEST', target.touched);
    if (target.tag === 'nothing') return returned(null);
    // Effect.
    for (const index of awaited(world, target.object, { offset, size })) {
      setPage(state, target.object, index, null);
      failFaulters(world, target.object, index);
      mechanisms.wakeFaulters(world, target.object, index);
    }
    return returned(null);
  },
};

/** All threads that wait for a page hear of the error, or one of them; the others ask again. */
function failFaulters(world: Mach<'error recipients'>, object: ObjectId, index: number): void {
  const { state } = world;
  const waiting = state.threads.flatMap(({ run, life }, thread) =>
    (life === 'live' && run.tag === 'faulting' && run.object === object && run.index === index ? [thread as ThreadId] : []));
  if (waiting.length === 0) return;
  const options = waiting.length === 1 ? [waiting] : [waiting, ...waiting.map((thread) => [thread])];
  for (const thread of world.choose('error recipients', options, (threads) => threads.map(threadLabel).join(' '))) {
    const { run } = state.threads[thread]!;
    if (run.tag === 'faulting') change(state.threads[thread]!).run = { ...run, failed: true };
  }
}
