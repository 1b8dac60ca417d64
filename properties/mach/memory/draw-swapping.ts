import type { Name, ThreadId } from '#spec/mach/vocabulary';
import { isReceive, isSend } from '#model/mach/entries';
import { evictable } from '#model/mach/memory/evict';
import { NULL, type MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { callers, Draw } from '#properties/mach/draw';
import { drawMemory } from '#properties/mach/memory/draw-memory';
import { drawPaging, evict, isBulk, isLastPager, onControl, PAGERS, range, receive, supply, touch, type Row } from '#properties/mach/memory/draw-pagers';
import { Weighted, type Random } from '#properties/random';

/** The caller's name for the control port of the host, if it has one. */
const hostControl = (draw: Draw): Name | undefined =>
  draw.names((entry) => isSend(entry) && entry.tag === 'port' && entry.port === draw.state.memory!.hostControl)[0];

/** Has the default memory manager set, replaced or told; now and then by somebody who may not. */
function manage(draw: Draw): MachCall | null {
  const { random, thread, task } = draw;
  const host = random.once(5) ? draw.names((entry) => isSend(entry) && entry.tag === 'port' && draw.state.ports[entry.port]!.kernel === 'control')[0] ?? draw.unknown()
    : hostControl(draw);
  if (host === undefined) return { operation: 'task_get_special_port', thread, task: draw.identity(task), which: 'bootstrap' };
  const own = draw.names(isReceive);
  const asks = random.once(4) || (own.length === 0 && random.once(2));
  if (!asks && own.length === 0) return { operation: 'mach_port_allocate', thread, task: draw.identity(task), right: 'receive' };
  const name = random.once(8) ? draw.names((entry) => entry.tag === 'dead')[0] ?? draw.unknown() : random.pick(own);
  const manager = asks ? { name: NULL, disposition: 'copy-send' as const }
    : { name, disposition: own.includes(name) ? 'make-send' as const : 'copy-send' as const };
  return { operation: 'vm_set_default_memory_manager', thread, host, manager };
}

/** A touch of memory that can be read and written, of what has gone out or is shared for preference. */
function use(draw: Draw): MachCall | null {
  const { random, state, task, thread } = draw;
  const { spaces, objects, pageSize } = state.memory!;
  const usable = spaces[task]!.pages.flatMap((mapping, page) => (mapping !== null && (mapping.current & 3) === 3 ? [page] : []));
  if (usable.length === 0) return { operation: 'vm_allocate', thread, task: draw.identity(task), address: 0, size: pageSize * 2, anywhere: true };
  const chained = usable.filter((page) => {
    const { copy, shadow, pager } = objects[spaces[task]!.pages[page]!.object]!;
    return copy !== null || shadow !== null || pager !== null;
  });
  const address = random.pick(chained.length > 0 && !random.once(3) ? chained : usable) * pageSize + random.below(pageSize);
  return random.once(3) ? { operation: 'load', thread, address } : { operation: 'store', thread, address, byte: random.pick(['21', '8d', 'f6']) };
}

/** Makes a copy of memory: in a child, or at another place. */
function duplicate(draw: Draw): MachCall | null {
  const { random, state, thread, task } = draw;
  const { spaces, pageSize } = state.memory!;
  const readable = spaces[task]!.pages.flatMap((mapping, page) => (mapping !== null && (mapping.current & 1) !== 0 ? [page] : []));
  if (readable.length === 0) return null;
  if (random.once(4) && state.tasks.length < 5) {
    return { operation: 'task_create', thread, task: draw.identity(task), inherit: true, child: state.tasks.length as never };
  }
  return { operation: 'vm_read', thread, task: draw.identity(task), address: random.pick(readable) * pageSize, size: pageSize };
}

/** Writes a page of which a copy may have a version that has gone out: while the copy waits for it, for preference. */
function overtake(draw: Draw): MachCall | null {
  const { random, state, task, thread } = draw;
  const { spaces, objects, pageSize } = state.memory!;
  const below = (isWaited: boolean): readonly number[] => spaces[task]!.pages.flatMap((mapping, page) => {
    const copy = mapping === null || (mapping.current & 2) === 0 ? null : objects[mapping.object]!.copy;
    if (copy === null || objects[copy]!.pager === null) return [];
    const held = objects[copy]!.pages[mapping!.index] ?? null;
    return (isWaited ? held?.tag === 'awaited' : held === null) ? [page] : [];
  });
  const waited = below(true);
  const pages = waited.length > 0 ? waited : random.once(4) ? below(false) : [];
  return pages.length === 0 ? null : { operation: 'store', thread, address: random.pick(pages) * pageSize, byte: '5b' };
}

/** A touch of a copy that has gone out, which its original has not. */
function recall(draw: Draw): MachCall | null {
  const { state, task, thread } = draw;
  const { spaces, objects, pageSize } = state.memory!;
  const page = spaces[task]!.pages.findIndex((mapping) => {
    if (mapping === null || (mapping.current & 1) === 0) return false;
    const { shadow, pager, pages } = objects[mapping.object]!;
    return shadow !== null && pager !== null && pages[mapping.index]?.tag !== 'resident';
  });
  return page < 0 ? null : { operation: 'load', thread, address: page * pageSize };
}

/** Says that there is nothing where a page is awaited, as a manager must for what never went out. */
const lack = onControl((draw, name) => ({ operation: 'memory_object_data_unavailable', thread: draw.thread, control: name, ...range(draw, name) }));

const rows = new Weighted<Row>([
  [5, manage], [34, use], [18, evict], [7, duplicate], [14, receive], [12, supply], [9, lack], [4, touch], [30, overtake], [6, recall],
  [2, (draw) => {
    const names = draw.names(isReceive);
    return names.length === 0 || !draw.random.once(3) ? null
      : { operation: 'mach_port_destroy', thread: draw.thread, task: draw.identity(draw.task), name: draw.random.pick(names) };
  }],
  [6, (draw) => drawMemory(draw.state, draw.random, 60)],
  [6, (draw) => drawPaging(draw.state, draw.random)],
]);

/** What brings the default memory manager about. */
function opening(draw: Draw): MachCall | null {
  const { state, task } = draw;
  if (state.memory!.manager !== null) return null;
  return task === PAGERS ? manage(draw) : use(draw);
}

/** Whether a page of some task could be evicted. */
const hasEvictable = (state: MachState): boolean => state.memory!.spaces.some((space, task) =>
  space.pages.some((_, page) => evictable(state, task as never, page * state.memory!.pageSize) !== null));

/** Memory that the default memory manager keeps: it goes out, is copied and written, and comes back. */
export function drawSwapping(state: MachState, random: Random): MachCall | null {
  const free = callers(state);
  if (free.length === 0) return null;
  for (;;) {
    const draw = new Draw(state, random, pick(state, random, free));
    const call = (random.once(4) ? null : opening(draw)) ?? rows.draw(random)(draw);
    if (call === null || (isBulk(call) && state.memory!.objects.some(({ pager }) => pager !== null))) continue;
    const isTouch = call.operation === 'load' || call.operation === 'store';
    if (!isTouch || !isLastPager(state, draw.thread, free)) return call;
    if (!hasEvictable(state) && random.once(20)) return call;
  }
}

/** The threads of the manager, as often as all others. */
function pick(state: MachState, random: Random, free: readonly ThreadId[]): ThreadId {
  const managers = free.filter((thread) => state.threads[thread]!.task === PAGERS);
  return random.pick(managers.length > 0 && random.once(2) ? managers : free);
}
