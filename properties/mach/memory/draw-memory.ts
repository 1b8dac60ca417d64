import { inheritances, protections, type Inheritance, type Protection, type TaskId } from '#spec/mach/vocabulary';
import { NULL, type MachState } from '#model/mach/state';
import type { MachCall } from '#model/mach/world';
import { callers, Draw } from '#properties/mach/draw';
import { Weighted, type Random } from '#properties/random';

type Row = (draw: Memory) => MachCall | null;

/** Draws the arguments of memory calls from what there is in a state. */
export class Memory {
  readonly draw: Draw;
  readonly random: Random;
  readonly pageSize: number;
  readonly pageCount: number;

  constructor(draw: Draw) {
    this.draw = draw;
    this.random = draw.random;
    const { pageSize, pageCount } = draw.state.memory!;
    this.pageSize = pageSize;
    this.pageCount = pageCount;
  }

  get on() {
    return { thread: this.draw.thread, task: this.#task() };
  }

  /** The task a call is about, by identity or by the caller's name for its port. */
  #task(): { readonly tag: 'identity'; readonly identity: TaskId } | ReturnType<typeof byName> {
    const { draw, random } = this;
    const name = random.once(12) ? draw.kernelName('task') ?? draw.kernelName('thread') : null;
    return name === null ? { tag: 'identity', identity: draw.target } : byName(name);
  }

  /** Pages of the target that are mapped, or free. */
  pages(mapped: boolean, task: TaskId = this.draw.target): readonly number[] {
    return this.draw.state.memory!.spaces[task]!.pages.flatMap((mapping, page) => ((mapping !== null) === mapped ? [page] : []));
  }

  page(mapped: boolean, task: TaskId = this.draw.target): number {
    const fit = this.random.once(10) ? [] : this.pages(mapped, task);
    return fit.length === 0 ? this.random.below(this.pageCount + 1) : this.random.pick(fit);
  }

  /** A range that begins with a page of one kind; now and then within pages. */
  range(mapped: boolean, task: TaskId = this.draw.target, ragged = 4): { readonly address: number; readonly size: number } {
    const { random, pageSize } = this;
    const pages = random.pick([1, 1, 1, 1, 2, 2, 3]);
    const start = this.page(mapped, task) * pageSize;
    const offset = random.once(ragged) ? random.below(pageSize) : 0;
    const whole = pages * pageSize - (random.once(2) ? offset : 0);
    return { address: start + offset, size: random.once(ragged) ? random.below(whole + 1) : whole };
  }

  protection(): readonly Protection[] {
    const some = protections.filter(() => !this.random.once(4));
    return this.random.once(3) ? protections : some;
  }

  inheritance(): Inheritance | 'other' {
    return this.random.once(16) ? 'other' : this.random.pick(inheritances);
  }

  byte(): string {
    return this.random.below(256).toString(16).padStart(2, '0');
  }
}

const byName = (name: number) => ({ tag: 'name', name: name as typeof NULL } as const);

/** How many tasks a history has, at most: more show little more. */
const TASKS = 6;

/** One way to draw each memory operation, with its share. */
export const memoryRows: Readonly<Record<string, readonly [weight: number, row: Row]>> = {
  vm_allocate: [10, (m) => ({ operation: 'vm_allocate', ...m.on, ...m.range(false), anywhere: m.random.once(2) })],
  vm_deallocate: [5, (m) => ({ operation: 'vm_deallocate', ...m.on, ...m.range(true) })],
  vm_protect: [8, (m) => ({
    operation: 'vm_protect', ...m.on, ...m.range(true), setMaximum: m.random.once(3), protection: m.protection(),
  })],
  vm_inherit: [8, (m) => ({ operation: 'vm_inherit', ...m.on, ...m.range(true), inheritance: m.inheritance() })],
  vm_read: [7, (m) => ({ operation: 'vm_read', ...m.on, ...m.range(true, m.draw.target, 2) })],
  vm_write: [7, (m) => {
    const { address, size } = m.range(true, m.draw.target, 12);
    return { operation: 'vm_write', ...m.on, address, size, data: m.range(true, m.draw.task, 12).address };
  }],
  vm_copy: [8, (m) => {
    const { address, size } = m.range(true, m.draw.target, 12);
    const near = address + m.random.pick([-m.pageSize, m.pageSize]);
    const destination = m.random.once(2) && near >= 0 ? near : m.range(true, m.draw.target, 12).address;
    return { operation: 'vm_copy', ...m.on, source: address, size, destination };
  }],
  vm_map: [5, (m) => {
    const maximum = m.protection();
    const protection = m.random.once(12) ? m.protection() : maximum.filter(() => !m.random.once(4));
    return {
      operation: 'vm_map', ...m.on, ...m.range(false), mask: m.random.once(4) ? m.pageSize * 2 - 1 : 0, anywhere: m.random.once(2),
      object: { name: NULL, disposition: 'copy-send' }, offset: 0, copy: m.random.once(2), protection, maximum, inheritance: m.inheritance(),
    };
  }],
  vm_region: [4, (m) => ({ operation: 'vm_region', ...m.on, address: m.random.below((m.pageCount + 1) * m.pageSize) })],
  load: [12, (m) => ({ operation: 'load', thread: m.draw.thread, address: touched(m) })],
  store: [22, (m) => ({ operation: 'store', thread: m.draw.thread, address: touched(m), byte: m.byte() })],
  task_create: [7, (m) => (m.draw.state.tasks.length >= TASKS ? null : {
    operation: 'task_create', ...m.on, inherit: !m.random.once(5), child: m.draw.state.tasks.length as TaskId,
  })],
  task_terminate: [1, (m) => {
    const { state, task } = m.draw;
    const others = state.tasks.flatMap(({ life }, other) => (life === 'live' && other !== task ? [other as TaskId] : []));
    return others.length < 2 ? null : { operation: 'task_terminate', thread: m.draw.thread, task: m.draw.identity(m.random.pick(others)) };
  }],
};

/** An address in the caller's space; one in so many is wrong, or not to be touched in this way. */
function touched(m: Memory): number {
  const page = m.random.once(30) ? m.random.below(m.pageCount + 1) : m.page(true, m.draw.task);
  return page * m.pageSize + m.random.below(m.pageSize);
}

/** Calls that thread or task would not survive are rare in runs that are to go deep. */
function isFatal(state: MachState, call: MachCall): boolean {
  if (call.operation !== 'load' && call.operation !== 'store') return false;
  const { pageSize, spaces } = state.memory!;
  const mapping = spaces[state.threads[call.thread]!.task]!.pages[Math.floor(call.address / pageSize)] ?? null;
  return mapping === null || (mapping.current & (call.operation === 'load' ? 1 : 2)) === 0;
}

const table = new Weighted(Object.values(memoryRows));

/** The next memory call of a run; one in `wild` that the caller may not survive is let through. */
export function drawMemory(state: MachState, random: Random, wild = 4): MachCall | null {
  const free = callers(state);
  if (free.length === 0) return null;
  for (;;) {
    const call = table.draw(random)(new Memory(new Draw(state, random, random.pick(free))));
    if (call !== null && (!isFatal(state, call) || random.once(wild))) return call;
  }
}

/** The next call of a long history of copies: by threads that survive it. */
export const drawHistory = (state: MachState, random: Random): MachCall | null => drawMemory(state, random, 10_000);
