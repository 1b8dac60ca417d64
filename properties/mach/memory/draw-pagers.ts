import { protections, type Name, type Protection, type TaskId, type ThreadId } from '#spec/mach/vocabulary';
import { isReceive, isSend } from '#model/mach/entries';
import { evictable } from '#model/mach/memory/evict';
import { NULL, type Entry, type MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { callers, Draw } from '#properties/mach/draw';
import { drawMemory } from '#properties/mach/memory/draw-memory';
import { Weighted, type Random } from '#properties/random';

const message = {
  operation: 'mach_msg', options: [], send: null, receive: null, timeout: 0, notify: NULL,
} as const;

export type Row = (draw: Draw) => MachCall | null;

const kernelOf = (draw: Draw, entry: Entry) => (entry.tag === 'port' ? draw.state.ports[entry.port]!.kernel : null);

/** The caller's name for a control port; now and then for another port of the kernel's, or none. */
function control(draw: Draw): Name | null {
  const wrong = draw.random.once(25);
  const names = draw.names((entry) => isSend(entry) && (wrong ? kernelOf(draw, entry) !== null : kernelOf(draw, entry) === 'control'));
  if (wrong && draw.random.once(2)) return draw.names(({ tag }) => tag === 'dead')[0] ?? draw.unknown();
  if (names.length > 0) return draw.random.pick(names);
  return wrong ? draw.unknown() : null;
}

/** The object a control port of the caller's stands for, and one of its pages: an awaited one for preference. */
function place(draw: Draw, name: Name): number {
  const { state, random } = draw;
  const entry = draw.entries()[name];
  const object = entry?.tag === 'port' ? state.memory!.objects.find(({ pager }) => pager?.control === entry.port) : undefined;
  const awaited = (object?.pages ?? []).flatMap((page, index) => (page?.tag === 'awaited' ? [index] : []));
  const held = (object?.pages ?? []).flatMap((page, index) => (page?.tag === 'resident' ? [index] : []));
  if (awaited.length > 0 && !random.once(4)) return random.pick(awaited);
  if (held.length > 0 && !random.once(4)) return random.pick(held);
  return random.below(state.memory!.pageCount);
}

/** A page that was written, for preference. */
function dirtyPlace(draw: Draw, name: Name): number {
  const entry = draw.entries()[name];
  const object = entry?.tag === 'port' ? draw.state.memory!.objects.find(({ pager }) => pager?.control === entry.port) : undefined;
  const dirty = (object?.pages ?? []).flatMap((page, index) => (page?.tag === 'resident' && page.dirty ? [index] : []));
  return dirty.length === 0 || draw.random.once(3) ? place(draw, name) : draw.random.pick(dirty);
}

export function range(draw: Draw, name: Name, at = place(draw, name)): { readonly offset: number; readonly size: number } {
  const { pageSize } = draw.state.memory!;
  const offset = at * pageSize + (draw.random.once(16) ? 1 : 0);
  return { offset, size: pageSize * draw.random.pick([1, 1, 1, 2]) - (draw.random.once(16) ? 1 : 0) };
}

function replyTo(draw: Draw) {
  const own = draw.names(isReceive);
  return own.length === 0 || draw.random.once(2) ? { name: NULL, disposition: 'copy-send' as const }
    : { name: draw.random.pick(own), disposition: draw.random.pick(['make-send-once', 'make-send-once', 'make-send'] as const) };
}

const lock = (random: Random): readonly Protection[] =>
  random.pick([[], [], [], ['write'], ['write'], ['read', 'write'], [...protections]] as const);

/** One call on a control port. */
export const onControl = (make: (draw: Draw, name: Name) => MachCall | null): Row => (draw) => {
  const name = control(draw);
  return name === null ? null : make(draw, name);
};

const strategy = (random: Random) => random.pick(['delay', 'temporary'] as const);

/** Pages of the caller that no pager has a say in: data comes from there. */
function ownPages({ state, task }: Draw): readonly number[] {
  const { spaces, objects } = state.memory!;
  return spaces[task]!.pages.flatMap((mapping, page) => (mapping !== null && rootOf(objects, mapping.object) === null ? [page] : []));
}

export const supply = onControl((draw, name) => {
  const { pageSize, spaces } = draw.state.memory!;
  const own = ownPages(draw);
  if (own.length === 0) return { operation: 'vm_allocate', thread: draw.thread, task: draw.identity(draw.task), address: 0, size: pageSize * 2, anywhere: true };
  const page = draw.random.pick(own);
  const { offset, size } = range(draw, name);
  const follows = own.includes(page + 1) || spaces[draw.task]!.pages[page + 1] === null;
  return {
    operation: 'memory_object_data_supply', thread: draw.thread, control: name, offset, size: follows ? size : Math.min(size, pageSize),
    data: page * pageSize, lock: lock(draw.random), precious: draw.random.once(3), reply: replyTo(draw),
  };
});

/** Maps an object: at a place that is free, some pages of it, as a share or as a snapshot. */
function map(draw: Draw): MachCall | null {
  const { random, state } = draw;
  const { pageSize, pageCount } = state.memory!;
  const objects = draw.names((entry) => entry.tag === 'port' && state.ports[entry.port]!.kernel === null);
  if (objects.length === 0) return null;
  const name = random.pick(objects);
  const entry = draw.entries()[name] as Extract<Entry, { tag: 'port' }>;
  const pages = random.pick([1, 2, 2]);
  return {
    operation: 'vm_map', thread: draw.thread, task: draw.identity(random.once(3) ? draw.otherTask() : draw.task), address: 0, size: pages * pageSize,
    mask: 0, anywhere: true, object: { name, disposition: entry.receive ? 'make-send' : 'copy-send' },
    offset: random.once(3) ? random.below(pageCount - pages + 1) * pageSize : 0, copy: random.once(4),
    protection: ['read', 'write'], maximum: [...protections], inheritance: random.pick(['share', 'copy', 'none'] as const),
  };
}

/** A touch of what a pager keeps, by a thread that may wait for it. */
export function touch(draw: Draw): MachCall | null {
  const { random, state, task, thread } = draw;
  const { spaces, objects, pageSize } = state.memory!;
  const paged = spaces[task]!.pages.flatMap((mapping, page) => (mapping !== null && rootOf(objects, mapping.object) !== null ? [page] : []));
  if (paged.length === 0) return null;
  const joined = state.threads.flatMap(({ run, life, task: owner }) => (life === 'live' && owner === task && run.tag === 'faulting' ? [run.touch.address] : []));
  if (joined.length > 0 && random.once(3)) return { operation: 'store', thread, address: random.pick(joined), byte: '33' };
  const address = random.pick(paged) * pageSize + random.below(pageSize);
  return random.once(2) ? { operation: 'load', thread, address } : { operation: 'store', thread, address, byte: random.pick(['11', '7f', 'e0']) };
}

/** Gives up memory that some pager keeps, in some task: its object may end with that. */
export function unmap(draw: Draw): MachCall | null {
  const { random, state, thread } = draw;
  const { spaces, objects, pageSize } = state.memory!;
  const all = spaces.flatMap(({ pages }, task) => pages.flatMap((mapping, page) =>
    (mapping !== null && rootOf(objects, mapping.object) !== null ? [{ task: task as TaskId, page }] : [])));
  if (all.length === 0) return null;
  const { task, page } = random.pick(all);
  return { operation: 'vm_deallocate', thread, task: draw.identity(task), address: page * pageSize, size: pageSize * random.pick([1, 2, 4, 6]) };
}

function rootOf(objects: NonNullable<MachState['memory']>['objects'], object: number): object | null {
  for (let at: number | null = object; at !== null; at = objects[at]!.shadow) if (objects[at]!.pager !== null) return objects[at]!.pager;
  return null;
}

export function receive(draw: Draw): MachCall | null {
  const busy = draw.names((entry) => isReceive(entry) && draw.state.ports[entry.port]!.queue.length > 0);
  return busy.length === 0 ? null
    : { ...message, thread: draw.thread, options: ['receive-timeout'], receive: { name: draw.random.pick(busy), size: 1024 } };
}

export function evict(draw: Draw): MachCall | null {
  const { state, random } = draw;
  const { pageSize, pageCount } = state.memory!;
  const task = random.below(state.tasks.length) as TaskId;
  const pages = Array.from({ length: pageCount }, (_, page) => page * pageSize).filter((address) => evictable(state, task, address) !== null);
  return pages.length === 0 ? null : { operation: 'evict', owner: task, address: random.pick(pages) };
}

/** Refuses an access that some thread waits for: the page is flushed. */
const refuse = onControl((draw, name) => {
  const { ports, memory } = draw.state;
  const entry = draw.entries()[name];
  const object = entry?.tag === 'port' && ports[entry.port]!.life === 'live' ? memory!.objects.find(({ pager }) => pager?.control === entry.port) : undefined;
  const asked = (object?.pages ?? []).findIndex((page) => page?.tag === 'resident' && page.asked !== 0);
  return asked < 0 ? null : {
    operation: 'memory_object_lock_request', thread: draw.thread, control: name, offset: asked * memory!.pageSize, size: memory!.pageSize,
    clean: 'dirty', flush: true, lock: [], reply: replyTo(draw),
  };
});

/** Sends memory that some pager keeps to a port of the sender's own. */
function post(draw: Draw): MachCall | null {
  const { random, state, task, thread } = draw;
  const { spaces, objects, pageSize } = state.memory!;
  const own = draw.names(isReceive);
  const paged = spaces[task]!.pages.flatMap((mapping, page) =>
    (mapping !== null && (mapping.current & 1) !== 0 && rootOf(objects, mapping.object) !== null ? [page] : []));
  if (own.length === 0 || paged.length === 0) return null;
  return {
    ...message, thread, options: ['send-timeout'], send: {
      id: 31, remote: { name: random.pick(own), disposition: 'make-send' }, local: { name: NULL, disposition: null }, complex: true, size: null,
      body: [{ tag: 'region', type: 8, bits: 8, long: false, address: random.pick(paged) * pageSize, size: pageSize, deallocate: random.once(4) }],
    },
  };
}

const waiting = (state: MachState): readonly ThreadId[] =>
  state.threads.flatMap(({ run, life }, thread) => (life === 'live' && run.tag === 'faulting' ? [thread as ThreadId] : []));

/** What pagers do, well or badly, and what is done to the memory that they keep. */
const rows = new Weighted<Row>([
  [3, (draw) => (draw.task !== PAGERS || draw.names(isReceive).length > 2 ? null
    : { operation: 'mach_port_allocate', thread: draw.thread, task: draw.identity(draw.task), right: 'receive' })],
  [2, (draw) => {
    const right = draw.right(['make-send']);
    const task = draw.otherTask();
    return right === null ? null : { operation: 'mach_port_insert_right', thread: draw.thread, task: draw.identity(task), name: draw.unknown(task), right };
  }],
  [10, map],
  [12, receive],
  [7, onControl((draw, name) => ({ operation: 'memory_object_ready', thread: draw.thread, control: name, cacheable: draw.random.once(2), strategy: strategy(draw.random) }))],
  [18, supply],
  [3, onControl((draw, name) => ({ operation: 'memory_object_data_unavailable', thread: draw.thread, control: name, ...range(draw, name) }))],
  [3, onControl((draw, name) => ({ operation: 'memory_object_data_error', thread: draw.thread, control: name, ...range(draw, name), reason: 5 }))],
  [10, onControl((draw, name) => ({
    operation: 'memory_object_lock_request', thread: draw.thread, control: name, ...range(draw, name, dirtyPlace(draw, name)),
    clean: draw.random.pick(['nothing', 'dirty', 'all'] as const), flush: draw.random.once(2), lock: lock(draw.random), reply: replyTo(draw),
  }))],
  [2, onControl((draw, name) => ({
    operation: 'memory_object_change_attributes', thread: draw.thread, control: name, cacheable: draw.random.once(2), strategy: strategy(draw.random), reply: replyTo(draw),
  }))],
  [1, onControl((draw, name) => ({ operation: 'memory_object_destroy', thread: draw.thread, control: name, reason: 0 }))],
  [34, touch],
  [5, unmap],
  [2, post],
  [3, refuse],
  [8, evict],
  [1, (draw) => {
    const names = draw.names(isReceive);
    return names.length === 0 ? null : { operation: 'mach_port_destroy', thread: draw.thread, task: draw.identity(draw.task), name: draw.random.pick(names) };
  }],
  [2, (draw) => (waiting(draw.state).length === 0 ? null
    : { operation: 'thread_abort', thread: draw.thread, target: draw.identity(draw.random.pick(waiting(draw.state))) })],
  [12, (draw) => drawMemory(draw.state, draw.random, 60)],
]);

/** The task whose threads are pagers; one of them never waits for a page. */
export const PAGERS = 0;

/** What brings paging about: an object that is mapped, a pager that hears of it, and that says it is ready. */
function opening(draw: Draw): MachCall | null {
  const { state, task, thread } = draw;
  const live = state.memory!.objects.filter(({ life, pager }) => life === 'live' && pager !== null && pager.status !== 'gone');
  if (live.length === 0) {
    if (task !== PAGERS || draw.names(isReceive).length > 0) return map(draw);
    return { operation: 'mach_port_allocate', thread, task: draw.identity(task), right: 'receive' };
  }
  const silent = live.filter(({ pager }) => pager!.status === 'silent').map(({ pager }) => pager!.control);
  if (silent.length === 0) return null;
  const known = draw.names((entry) => entry.tag === 'port' && entry.sends > 0 && silent.includes(entry.port));
  if (known.length > 0 && draw.random.once(waiting(state).length > 0 ? 4 : 12)) {
    return { operation: 'memory_object_destroy', thread, control: known[0]!, reason: 0 };
  }
  return known.length === 0 ? receive(draw)
    : { operation: 'memory_object_ready', thread, control: known[0]!, cacheable: draw.random.once(2), strategy: strategy(draw.random) };
}

/** Calls that need all they read in memory at once. */
export const isBulk = ({ operation }: MachCall): boolean => operation === 'vm_write' || operation === 'vm_copy';

/** Whether a thread is the last that may call of those that answer for pages. */
export const isLastPager = (state: MachState, thread: ThreadId, free: readonly ThreadId[]): boolean =>
  state.threads[thread]!.task === PAGERS && !free.some((other) => other !== thread && state.threads[other]!.task === PAGERS);

export function drawPaging(state: MachState, random: Random): MachCall | null {
  const free = callers(state);
  if (free.length === 0) return null;
  for (;;) {
    const draw = new Draw(state, random, random.pick(free));
    const call = (random.once(3) ? null : opening(draw)) ?? rows.draw(random)(draw);
    if (call === null || (isBulk(call) && state.memory!.objects.some(({ pager }) => pager !== null))) continue;
    const isTouch = call.operation === 'load' || call.operation === 'store';
    if (!isTouch || !isLastPager(state, draw.thread, free)) return call;
  }
}
