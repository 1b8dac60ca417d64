import type { TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { MachScope } from '#model/mach/kernel';
import type { MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { callers, Draw } from '#properties/mach/draw';
import { targets, TRIES, type DrawCall } from '#properties/mach/memory/conformance-calls';
import { paging } from '#properties/mach/memory/conformance-pagers';
import { drawExceptional } from '#properties/mach/memory/draw-exceptions';
import { drawMemory } from '#properties/mach/memory/draw-memory';
import { drawTransfer } from '#properties/mach/memory/draw-regions';
import type { Random } from '#properties/random';
import type { Theme } from '#properties/suite';

const ordinary = [[2, 1], [2, 2], [1, 1, 1], [3, 1]];
/** Handlers need threads that do not fail. */
const watched = [[3, 1], [2, 2], [2, 1, 1]];
/** Spaces of an even number of pages: a mask of two pages then means the same wherever a space lies. */
const sizes = [{ pageSize: 2, pageCount: 6 }, { pageSize: 4, pageCount: 4 }, { pageSize: 4, pageCount: 8 }];

/** One in so many calls that the caller would not survive is let through. */
const WILD = 20;

/** Copies by way of memory calls, and by children that inherit. */
const copies: DrawCall = (state, random) => furnish(state, random) ?? childCall(state, random) ?? drawMemory(state, random, WILD);

/** At the start every task gets some memory: most calls need some to be about. */
function furnish(state: MachState, random: Random): MachCall | null {
  if (state.moment > state.tasks.length) return null;
  const { spaces, pageSize, pageCount } = state.memory!;
  const bare = callers(state).filter((thread) => spaces[state.threads[thread]!.task]!.pages.every((mapping) => mapping === null));
  if (bare.length === 0) return null;
  const thread = random.pick(bare);
  const pages = 1 + random.below(pageCount - 1);
  return {
    operation: 'vm_allocate', thread, task: { tag: 'identity', identity: state.threads[thread]!.task },
    address: random.below(pageCount - pages + 1) * pageSize, size: pages * pageSize, anywhere: random.once(4),
  };
}

/** Memory in messages. A short description has no room for as many bytes as a page of a real machine has. */
const transfers: DrawCall = (state, random) => {
  const call = furnish(state, random) ?? drawTransfer(state, random);
  if (call?.operation !== 'mach_msg' || call.send === null) return call;
  const { pageSize } = state.memory!;
  const body = call.send.body.map((item) =>
    (item.tag === 'region' && item.size >= pageSize ? { ...item, long: true } : item));
  return { ...call, send: { ...call.send, body } };
};

/**
 * Threads that touch what they may not, and the handlers of their exceptions. A thread that was answered while it was
 * suspended is not aborted: which of the two counts is a race.
 */
const exceptions: DrawCall = (state, random) => {
  const call = furnish(state, random) ?? drawExceptional(state, random);
  const isRace = call?.operation === 'thread_abort' && state.threads.some(({ run }) => run.tag === 'raising' && run.verdict !== null);
  return isRace ? exceptions(state, random) : call;
};

interface Topic { readonly threads: readonly (readonly number[])[]; readonly draw: DrawCall }

const topics: readonly Topic[] = [
  { threads: ordinary, draw: copies }, { threads: ordinary, draw: transfers }, { threads: watched, draw: exceptions },
  { threads: watched, draw: paging },
];

/** What other implementations are asked about memory. */
export function memoryConformance(random: Random): Theme<MachState, MachCall> {
  const topic = random.pick(topics);
  const scope: MachScope = { threads: random.pick(topic.threads), memory: random.pick(sizes) };
  return { scope: { ...scope }, draw: gentle(topic.draw) };
}

/**
 * Leaves alone what was shared once: GNU Mach forgets to take some of its pages away when it is unmapped, and fails
 * some time later; and it waits for itself for ever where shared memory is copied over itself.
 */
function gentle(draw: DrawCall): DrawCall {
  const shared = new Set<string>();
  return (state, random) => {
    noteShared(state, shared);
    for (let i = 0; i < TRIES; i += 1) {
      const call = draw(state, random);
      if (call === null || !(unmaps(state, call, shared) || overwritesItself(state, call, shared))) return call;
    }
    return null;
  };
}

const placeOf = (task: number, page: number): string => `${task}/${page}`;

function noteShared({ memory }: MachState, shared: Set<string>): void {
  const users = new Map<number, Set<number>>();
  memory!.spaces.forEach(({ pages }, task) => pages.forEach((mapping) => {
    if (mapping !== null) users.set(mapping.object, (users.get(mapping.object) ?? new Set()).add(task));
  }));
  memory!.spaces.forEach(({ pages }, task) => pages.forEach((mapping, page) => {
    const isShared = mapping !== null && users.get(mapping.object)!.size > 1 && memory!.objects[mapping.object]!.pager === null;
    if (isShared) shared.add(placeOf(task, page));
  }));
}

/** Whether a call takes shared pages out of a space: by giving them up, or with the whole task. */
function unmaps(state: MachState, call: MachCall, shared: ReadonlySet<string>): boolean {
  const { pageSize, pageCount, spaces } = state.memory!;
  const holds = (task: number, first = 0, end = pageCount): boolean => {
    for (let page = first; page < Math.min(end, pageCount); page += 1) if (shared.has(placeOf(task, page))) return true;
    return false;
  };
  const range = ({ address, size }: { readonly address: number; readonly size: number }) =>
    [Math.floor(address / pageSize), Math.ceil((address + size) / pageSize)] as const;
  switch (call.operation) {
    case 'vm_deallocate': return targets(state, call.task).some((task) => holds(task, ...range(call)));
    case 'task_terminate': return targets(state, call.task).some((task) => holds(task));
    case 'mach_msg': {
      const { task } = state.threads[call.thread]!;
      return call.send?.body.some((item) => item.tag === 'region' && item.deallocate && holds(task, ...range(item))) ?? false;
    }
    case 'load':
    case 'store': {
      const { task } = state.threads[call.thread]!;
      const mapping = spaces[task]!.pages[Math.floor(call.address / pageSize)] ?? null;
      return (mapping === null || (mapping.current & 3) !== 3) && holds(task);
    }
    default: return false;
  }
}

/** Whether a call copies a page over the very same page, which was shared once. */
function overwritesItself(state: MachState, call: MachCall, shared: ReadonlySet<string>): boolean {
  if (call.operation !== 'vm_copy' && call.operation !== 'vm_write') return false;
  const { pageSize, spaces } = state.memory!;
  const [source, destination] = call.operation === 'vm_copy' ? [call.source, call.destination] : [call.data, call.address];
  return targets(state, call.task).some((task) => {
    const from = call.operation === 'vm_copy' ? task : state.threads[call.thread]!.task;
    for (let at = 0; at < call.size; at += pageSize) {
      const read = spaces[from]!.pages[Math.floor((source + at) / pageSize)] ?? null;
      const written = spaces[task]!.pages[Math.floor((destination + at) / pageSize)] ?? null;
      const isSame = read !== null && written !== null && read.object === written.object && read.index === written.index;
      if (isSame && shared.has(placeOf(task, Math.floor((destination + at) / pageSize)))) return true;
    }
    return false;
  });
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
