import type { Name, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { MachScope } from '#model/mach/kernel';
import { runInPlace, type Event, type Kernel } from '#model/kernel';
import { copy } from '#model/copy';
import { BeyondScope } from '#model/operation';
import { evictable } from '#model/mach/memory/evict';
import { NULL, type MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { callers, isEnabled } from '#properties/mach/draw';
import { Eager } from '#properties/mach/laws/memory/eager';
import { drawMemory } from '#properties/mach/memory/draw-memory';
import { HonestManager, PAGE } from '#properties/mach/memory/honest-manager';
import type { Relation, Tried } from '#properties/obligation';
import { Random } from '#properties/random';

/** How many calls a history has. */
const LENGTH = 300;

const MANAGER = 0 as TaskId;
const managing = 0 as ThreadId;
const of = (task: TaskId) => ({ tag: 'identity', identity: task }) as const;
const message = { operation: 'mach_msg', options: [], send: null, receive: null, timeout: 0, notify: NULL } as const;

/** The manager's space must hold whatever goes out. */
const scope: MachScope = { threads: [1, 2, 1], memory: { pageSize: PAGE, pageCount: 48, privileged: true } };

/** How many of the pages of a space are used by the others: few, so that they meet. */
const USED = 6;

/** A default memory manager is set; two tasks get a port each for letters, and map an object of the manager's. */
const beginning: readonly MachCall[] = [
  { operation: 'task_get_special_port', thread: managing, task: of(MANAGER), which: 'bootstrap' },
  { operation: 'mach_port_allocate', thread: managing, task: of(MANAGER), right: 'receive' },
  { operation: 'vm_set_default_memory_manager', thread: managing, host: 1 as Name, manager: { name: 2 as Name, disposition: 'make-send' } },
  { operation: 'mach_port_allocate', thread: managing, task: of(MANAGER), right: 'receive' },
  ...[1, 2].flatMap((task): readonly MachCall[] => [
    { operation: 'mach_port_insert_right', thread: managing, task: of(task as TaskId), name: 1 as Name, right: { name: 3 as Name, disposition: 'make-send' } },
    {
      operation: 'vm_map', thread: task === 1 ? 1 as ThreadId : 3 as ThreadId, task: of(task as TaskId), address: 0, size: 2 * PAGE, mask: 0, anywhere: false,
      object: { name: 1 as Name, disposition: 'copy-send' }, offset: 0, copy: false, protection: ['read', 'write'], maximum: ['read', 'write'], inheritance: 'copy',
    },
    { operation: 'mach_port_allocate', thread: task === 1 ? 1 as ThreadId : 3 as ThreadId, task: of(task as TaskId), right: 'receive' },
  ]),
];

/** A task sends itself part of its memory, or takes in what it has sent. */
function letter(state: MachState, random: Random, thread: ThreadId): MachCall {
  const { task } = state.threads[thread]!;
  if (random.once(2)) return { ...message, thread, options: ['receive-timeout'], receive: { name: 2 as Name, size: 1024 } };
  const pages = state.memory!.spaces[task]!.pages.flatMap((mapping, page) => (mapping !== null && (mapping.current & 1) !== 0 ? [page] : []));
  const region = { tag: 'region' as const, type: 8, bits: 8, long: false, address: (pages.length === 0 ? 0 : random.pick(pages)) * PAGE, size: PAGE };
  return {
    ...message, thread, options: ['send-timeout'], send: {
      id: 7, remote: { name: 2 as Name, disposition: 'make-send' }, local: { name: NULL, disposition: null }, complex: true, size: null,
      body: [{ ...region, deallocate: random.once(3) }],
    },
  };
}

/** Whether a call keeps away from the manager's own space, and finds what it copies at once in memory. */
function isFit(state: MachState, call: MachCall): boolean {
  if ('thread' in call && state.threads[call.thread]!.task === MANAGER) return false;
  const task = 'task' in call && typeof call.task === 'object' && 'identity' in call.task ? call.task.identity : null;
  if (task === MANAGER || call.operation === 'task_terminate') return false;
  if (call.operation !== 'vm_write' && call.operation !== 'vm_copy') return true;
  return state.memory!.objects.every(({ life, pager }) => life === 'dead' || pager === null);
}

/** Of the pages that can go out one is taken, if it is none of the manager's. */
function evict(state: MachState, random: Random): MachCall | null {
  const found = state.memory!.spaces.flatMap(({ pages }, task) => (task === MANAGER ? [] : pages.flatMap((_, page) =>
    (evictable(state, task as TaskId, page * PAGE) === null ? [] : [{ operation: 'evict' as const, owner: task as TaskId, address: page * PAGE }]))));
  return found.length === 0 ? null : random.pick(found);
}

/** The next call of a history. */
function draw(state: MachState, random: Random, manager: HonestManager): MachCall | null {
  const turn = random.below(10);
  if (turn < 4) return manager.next(state, random) ?? evict(state, random);
  if (turn === 4) return evict(state, random);
  const free = callers(state).filter((thread) => state.threads[thread]!.task !== MANAGER);
  if (free.length === 0) return manager.next(state, random);
  if (turn === 5) {
    const writers = free.filter((thread) => state.threads[thread]!.task < 3);
    return writers.length === 0 ? null : letter(state, random, random.pick(writers));
  }
  for (let drawn = 0; drawn < 40; drawn += 1) {
    const call = drawMemory(state, random, 10_000);
    if (call !== null && isFit(state, call)) return within(call);
  }
  return null;
}

/** The same call among the first pages of its space. */
const within = (call: MachCall): MachCall => ('address' in call && !('owner' in call) ? { ...call, address: call.address % (USED * PAGE) } as MachCall : call);

const conditions = {
  'a page is evicted': (call: MachCall) => call.operation === 'evict',
  'an evicted page comes back': (call: MachCall) => call.operation === 'memory_object_data_supply',
  'a page never went out': (call: MachCall) => call.operation === 'memory_object_data_unavailable',
  'memory is inherited': (call: MachCall) => call.operation === 'task_create' && call.inherit,
  'memory goes through a message': (call: MachCall) => call.operation === 'mach_msg' && call.send !== null,
} as const;

/** Long histories in which memory goes out and comes back, next to a memory that copies at once and of which nothing ever goes out. */
class History {
  readonly state: MachState;
  readonly eager: Eager;
  readonly met = new Set<string>();
  readonly #kernel: Kernel<MachState, MachCall>;
  readonly #random: Random;
  readonly #manager = new HonestManager(managing, MANAGER);

  constructor(kernel: Kernel<MachState, MachCall>, seed: number) {
    this.#kernel = kernel;
    this.#random = Random.forRun(seed, LENGTH);
    this.state = kernel.boot(scope as never);
    this.eager = Eager.of(this.state);
    this.eager.pagersAreHonest = true;
  }

  /** Makes a call on both memories, and says where they differ. */
  make(call: MachCall): readonly string[] {
    if (!isEnabled(this.state, call)) return [];
    const before = copy(this.state);
    const outcome = runInPlace(this.#kernel, this.state, call, (kind, options, label) =>
      (kind === 'address' ? options[0]! : kind === 'unhandled exception' ? options.find((option) => label(option) === 'thread')! : this.#random.pick(options)));
    this.eager.apply({ ...outcome, before, call, after: this.state, kernel: this.#kernel });
    this.#manager.hear(outcome.events as readonly Event[]);
    for (const [condition, isMet] of Object.entries(conditions)) if (isMet(call)) this.met.add(condition);
    return this.eager.differences(this.state).map(({ text }) => text);
  }

  next(): MachCall | null {
    return draw(this.state, this.#random, this.#manager);
  }
}

function tries(kernel: Kernel<MachState, MachCall>, seed: number): Tried<MachCall> {
  const history = new History(kernel, seed);
  let made = 0;
  const told = (violations: readonly string[]): Tried<MachCall> =>
    ({ applied: made >= 200, met: [...history.met], violations: violations.map((text) => `after ${made} calls ${text}`) });
  try {
    for (const call of beginning) history.make(call);
    for (; made < LENGTH; made += 1) {
      const call = history.next();
      const found = call === null ? [] : history.make(call);
      if (found.length > 0) return told(found);
    }
  } catch (error) {
    if (!(error instanceof BeyondScope)) throw error;
  }
  return told([]);
}

export const pagedHistories: Relation<MachState, MachCall> = { tries };
export const pagedHistoryConditions: readonly string[] = Object.keys(conditions);
