import type { Name, TaskId, ThreadId } from '#spec/mach/vocabulary';
import type { MachState, Run } from '#model/mach/state';
import type { MemoryObject } from '#model/mach/memory/state';
import { arrive, Transit } from '#properties/mach/laws/memory/transit';
import { sendsIn } from '#properties/mach/laws/message-steps';
import { isCall, targetTask } from '#properties/mach/laws/ledger';
import type { CallOf, MachStep } from '#properties/mach/obligation';
import { callerEvent, callerTask, entryAt, succeeded, taskName } from '#properties/mach/facts';

/** Bytes that are nowhere in memory: their pager has them. */
export const AWAY = '?';

/** Where bytes are kept. Pages that share memory share one; every copy makes its own at once. */
export interface Cell { bytes: string }

/** What one page of a space stands for, said without objects. */
export interface Place {
  readonly cell: Cell;
  readonly current: number;
  readonly maximum: number;
  readonly inheritance: 'share' | 'copy' | 'none';
}

/** In what respect memory is other than it should be. */
export type Aspect =
  | 'mapping' | 'current' | 'maximum' | 'inheritance' | 'contents' | 'sharing' | 'load'
  /** Of regions: what they hold under way, and where, how and whether they arrive. */
  | 'transit' | 'arrival' | 'offset' | 'empty' | 'shortage';
export interface Difference { readonly aspect: Aspect; readonly task: TaskId; readonly text: string }

interface Range { readonly address: number; readonly size: number }
type Touching = CallOf<'load'> | CallOf<'store'>;

/**
 * Memory as a kernel has it that copies whenever anything is to be copied: no objects, no shadows, no pages that
 * are copied later. It follows a run by itself, from the calls and what was answered; a kernel that optimises
 * must not be told apart from it.
 */
export class Eager {
  readonly pageSize: number;
  readonly pageCount: number;
  readonly spaces: (Place | null)[][] = [];
  transit = new Transit();
  /** What goes out comes back as it was: this memory goes on holding it. */
  pagersAreHonest = false;
  /** The pages of memory objects, by the port of the object and the place. */
  readonly objects = new Map<string, Cell>();
  /** What threads were told and should not have been: bytes that are others, regions that are elsewhere. */
  readonly misread: Difference[] = [];
  /** One variant maps memory so that it cannot be executed, and takes an empty range within a page for that page. */
  readonly #variant: MachState['variant'];

  constructor({ variant, memory }: MachState) {
    this.#variant = variant;
    this.pageSize = memory!.pageSize;
    this.pageCount = memory!.pageCount;
  }

  /** How memory is mapped unless somebody asks otherwise. */
  get ordinary(): Omit<Place, 'cell'> {
    return { current: this.#variant === 'gnumach' ? 3 : 7, maximum: 7, inheritance: 'copy' };
  }

  /** Memory as a state shows it. `doubted`: the control port of an object whose pager may yet say more than that it has nothing. */
  static of(state: MachState, doubted: number | null = null): Eager {
    const memory = state.memory!;
    const eager = new Eager(state);
    const cells = new Map<string, Cell>();
    for (const { pages } of memory.spaces) {
      eager.spaces.push(pages.map((mapping) => {
        if (mapping === null) return null;
        const { object, index, current, maximum, inheritance } = mapping;
        const key = `${object}/${index}`;
        const cell = cells.get(key) ?? { bytes: bytesAt(state, object, index, doubted) };
        cells.set(key, cell);
        const { pager } = memory.objects[object]!;
        if (pager !== null && pager.status !== 'gone') eager.objects.set(`${pager.port}/${index}`, cell);
        return { cell, current, maximum, inheritance };
      }));
    }
    eager.transit = Transit.of(state, (object, index) => bytesAt(state, object, index, doubted));
    return eager;
  }

  /** Takes in what a step did. */
  apply(step: MachStep): this {
    this.transit.begin();
    while (this.spaces.length < step.after.tasks.length) this.spaces.push(this.#nothing());
    if (succeeded(step)) this.#perform(step);
    if (sendsIn(step) !== null) this.transit.send(step, callerTask(step), this);
    for (const event of step.events) {
      if (event.tag === 'returned') this.#touched(step, event.thread as ThreadId, event.value);
      for (const region of this.transit.arriving(step, event.thread)) this.misread.push(...arrive(this, ...region));
    }
    step.after.tasks.forEach(({ life }, task) => { if (life === 'dead') this.spaces[task] = this.#nothing(); });
    return this;
  }

  #nothing(): (Place | null)[] {
    return Array.from({ length: this.pageCount }, () => null);
  }

  #perform(step: MachStep): void {
    const target = targetTask(step);
    if (isCall(step, 'vm_allocate')) {
      if (step.call.size > 0) this.#fill(target!, answered(step), step.call, this.ordinary);
    } else if (isCall(step, 'vm_map')) {
      const { protection, maximum, inheritance } = step.call;
      const how = { current: bitsOf(protection), maximum: bitsOf(maximum), inheritance: inheritance as 'share' };
      this.#fill(target!, answered(step), step.call, how);
      const port = portOf(step, step.call.object.name);
      if (port !== null) this.#bind(target!, answered(step), port, step.call);
    } else if (isCall(step, 'vm_deallocate')) {
      this.#alter(target!, step.call, () => null);
    } else if (isCall(step, 'vm_protect')) {
      const wanted = bitsOf(step.call.protection);
      const lowers = step.call.setMaximum;
      this.#alter(target!, this.changed(step.call), (place) => (lowers
        ? { ...place, maximum: place.maximum & wanted, current: place.current & wanted } : { ...place, current: wanted }));
    } else if (isCall(step, 'vm_inherit')) {
      const inheritance = step.call.inheritance as Place['inheritance'];
      this.#alter(target!, this.changed(step.call), (place) => ({ ...place, inheritance }));
    } else if (isCall(step, 'vm_read')) {
      const { address, size } = step.call;
      if (size > 0) this.#arrive(callerTask(step), answered(step), this.#bytes(target!, address, size));
    } else if (isCall(step, 'vm_write')) {
      const { address, size, data } = step.call;
      this.#overwrite(target!, address, this.#bytes(callerTask(step), data, size));
    } else if (isCall(step, 'vm_copy')) {
      const { source, size, destination } = step.call;
      this.#overwrite(target!, destination, this.#bytes(target!, source, size));
    } else if (isCall(step, 'task_create') && step.call.inherit) {
      this.#fork(target!, step.call.child);
    }
  }

  /** The range whose protection or inheritance a call changes. */
  changed({ address, size }: Range): Range {
    const isPage = this.#variant === 'gnumach' && size === 0 && address % this.pageSize !== 0;
    return { address, size: isPage ? 1 : size };
  }

  /** The pages a range touches. */
  pages(address: number, size: number): readonly number[] {
    if (size === 0) return [];
    const first = Math.floor(address / this.pageSize);
    const end = Math.ceil((address + size) / this.pageSize);
    return Array.from({ length: end - first }, (_, at) => first + at);
  }

  /** New pages of zeros, as many as the size needs. */
  #fill(task: TaskId, at: number, call: CallOf<'vm_allocate' | 'vm_map'>, how: Omit<Place, 'cell'>): void {
    const first = Math.floor(at / this.pageSize);
    const { length } = this.pages(0, call.size);
    for (let page = first; page < first + length; page += 1) {
      this.spaces[task]![page] = { cell: { bytes: '00'.repeat(this.pageSize) }, ...how };
    }
  }

  /** Pages of a memory object: those of others who map it, or for a copy what they hold now. */
  #bind(task: TaskId, at: number, port: number, { offset, copy, size }: CallOf<'vm_map'>): void {
    const first = Math.floor(at / this.pageSize);
    this.pages(0, size).forEach((_, page) => {
      const key = `${port}/${offset / this.pageSize + page}`;
      const cell = this.objects.get(key) ?? { bytes: AWAY };
      if (!copy) this.objects.set(key, cell);
      this.spaces[task]![first + page] = { ...this.spaces[task]![first + page]!, cell: copy ? { bytes: cell.bytes } : cell };
    });
  }

  #alter(task: TaskId, { address, size }: Range, alter: (place: Place) => Place | null): void {
    const space = this.spaces[task]!;
    for (const page of this.pages(address, size)) {
      const place = space[page] ?? null;
      if (place !== null) space[page] = alter(place);
    }
  }

  #bytes(task: TaskId, address: number, size: number): readonly string[] {
    return this.pages(address, size).map((page) => this.spaces[task]![page]!.cell.bytes);
  }

  #arrive(task: TaskId, address: number, pages: readonly string[]): void {
    pages.forEach((bytes, at) => {
      this.spaces[task]![Math.floor(address / this.pageSize) + at] = { cell: { bytes }, ...this.ordinary };
    });
  }

  #overwrite(task: TaskId, address: number, pages: readonly string[]): void {
    pages.forEach((bytes, at) => { this.spaces[task]![Math.floor(address / this.pageSize) + at]!.cell.bytes = bytes; });
  }

  #fork(template: TaskId, child: TaskId): void {
    this.spaces[child] = this.spaces[template]!.map((place) => {
      if (place === null || place.inheritance === 'none') return null;
      return place.inheritance === 'share' ? place : { ...place, cell: { bytes: place.cell.bytes } };
    });
  }

  /** A thread has read or written a byte: in this call, or in one that had to wait. */
  #touched(step: MachStep, thread: ThreadId, value: unknown): void {
    const touch = touchOf(step, thread);
    const task = step.before.threads[thread]?.task;
    if (touch === null || task === undefined) return;
    const place = this.spaces[task]![Math.floor(touch.address / this.pageSize)] ?? null;
    const at = (touch.address % this.pageSize) * 2;
    if (place === null) {
      this.misread.push({ aspect: 'load', task, text: `${taskName(task)} touches ${touch.address}, where nothing is` });
    } else if (touch.what === 'load') {
      const { byte } = value as { byte: string };
      if (place.cell.bytes === AWAY) return;
      const expected = place.cell.bytes.slice(at, at + 2);
      if (byte !== expected) {
        this.misread.push({ aspect: 'load', task, text: `${taskName(task)} reads ${byte} instead of ${expected} at ${touch.address}` });
      }
    } else if (place.cell.bytes !== AWAY) {
      place.cell.bytes = place.cell.bytes.slice(0, at) + touch.byte + place.cell.bytes.slice(at + 2);
    }
  }

  /** Where the memory of a state is other than this. */
  differences(state: MachState): readonly Difference[] {
    const shown = Eager.of(state);
    const found: Difference[] = [...this.misread, ...this.transit.differences(shown.transit)];
    const meant = new Map<Cell, Cell>();
    const taken = new Set<Cell>();
    shown.spaces.forEach((pages, owner) => pages.forEach((place, page) => {
      const task = owner as TaskId;
      const expected = this.spaces[task]?.[page] ?? null;
      const say = (aspect: Aspect, text: string) => found.push({ aspect, task, text: `page ${page} of ${taskName(task)} ${text}` });
      if (place === null || expected === null) {
        if (place !== expected) say('mapping', place === null ? 'is not mapped' : 'is mapped');
        return;
      }
      if (place.current !== expected.current) say('current', `allows ${place.current} instead of ${expected.current}`);
      if (place.maximum !== expected.maximum) say('maximum', `may allow ${place.maximum} instead of ${expected.maximum}`);
      if (place.inheritance !== expected.inheritance) say('inheritance', `is inherited by ${place.inheritance}`);
      if (expected.cell.bytes === AWAY || (place.cell.bytes === AWAY && !this.pagersAreHonest)) expected.cell.bytes = place.cell.bytes;
      if (place.cell.bytes !== AWAY && place.cell.bytes !== expected.cell.bytes) say('contents', `holds ${place.cell.bytes} instead of ${expected.cell.bytes}`);
      const known = meant.get(expected.cell);
      if (known === undefined ? taken.has(place.cell) : known !== place.cell) say('sharing', 'shares memory with others than it should');
      meant.set(expected.cell, place.cell);
      taken.add(place.cell);
    }));
    return found;
  }
}

/** The touch that an answer to a thread is about, if it is about one. */
export function touchOf({ before, call }: MachStep, thread: ThreadId):
  { readonly what: 'load'; readonly address: number } | { readonly what: 'store'; readonly address: number; readonly byte: string } | null {
  if ('thread' in call && call.thread === thread) {
    const { operation } = call;
    if (operation === 'load') return { what: 'load', address: (call as Touching).address };
    return operation === 'store' ? { what: 'store', address: call.address, byte: call.byte } : null;
  }
  const run: Run | undefined = before.threads[thread]?.run;
  if (run?.tag !== 'raising' && run?.tag !== 'faulting') return null;
  return run.touch.tag === 'load' ? { what: 'load', address: run.touch.address }
    : { what: 'store', address: run.touch.address, byte: run.touch.byte };
}

/** The port that a name of the caller's stands for. */
function portOf(step: MachStep, name: Name): number | null {
  const entry = entryAt(step.before, callerTask(step), name);
  return entry?.tag === 'port' ? entry.port : null;
}

const answered = (step: MachStep): number => (callerEvent(step) as { value: { address: number } }).value.address;

export function bitsOf(protection: readonly string[]): number {
  let bits = 0;
  if (protection.includes('read')) bits |= 1;
  if (protection.includes('write')) bits |= 2;
  if (protection.includes('execute')) bits |= 4;
  return bits;
}

/** What a page of an object holds, looked up along the chain; `AWAY` where a pager would have to be asked. */
export function bytesAt({ memory }: MachState, object: number, index: number, doubted: number | null = null): string {
  const { objects, pageSize } = memory!;
  let at: number | null = object;
  for (let hops = 0; at !== null && hops <= objects.length; hops += 1) {
    const { pages, shadow, pager }: MemoryObject = objects[at]!;
    const page = pages[index] ?? null;
    if (page?.tag === 'resident') return page.bytes;
    if (pager !== null && (page?.tag !== 'absent' || pager.control === doubted)) return AWAY;
    at = shadow;
  }
  return '00'.repeat(pageSize);
}
